//! How requests are sent, and what of the answers is let in.
//!
//! The client that `object_store` makes follows redirects, with the session's token among the headers, and
//! takes answers of any length.

use std::error::Error;
use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use http_body_util::BodyExt as _;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpResponseBody, HttpService,
};
use object_store::ClientOptions;
use reqwest::redirect::Policy;
use sealion_aws::{Patience, Unfit, Watched};
use tokio::time::timeout;

use crate::explain::element;
use crate::page::Page;
use crate::{ERROR_BYTES_MAX, LISTING_BYTES_MAX, PART_BYTES};

/// What `object_store` reads in place of a page that was read here.
const READ_ALREADY: &[u8] = b"<ListBucketResult/>";

/// Makes the client.
#[derive(Debug)]
pub(crate) struct Connector {
    pub(crate) patience: Patience,
    /// Whether the endpoint is to be asked without TLS.
    pub(crate) plain: bool,
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = reqwest::Client::builder()
            .user_agent(concat!("sealion/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .https_only(!self.plain)
            .connect_timeout(self.patience.connect)
            // Many connections of HTTP/1 are faster than one of HTTP/2.
            .http1_only()
            // What is read are the bytes as they are stored.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .build()
            .map_err(|error| object_store::Error::Generic {
                store: "S3",
                source: error.into(),
            })?;
        Ok(HttpClient::new(Guarded {
            client,
            patience: self.patience,
        }))
    }
}

#[derive(Debug)]
struct Guarded {
    client: reqwest::Client,
    patience: Patience,
}

#[async_trait]
impl HttpService for Guarded {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let query = request.uri().query().unwrap_or_default();
        let is_listing = query.split('&').any(|part| part == "list-type=2");
        let head = timeout(self.patience.silent, self.client.call(request));
        let answer = head.await.map_err(|_| silent(self.patience))??;
        let (mut parts, body) = answer.into_parts();
        let bytes_max = match (parts.status.is_success(), is_listing) {
            (false, _) => ERROR_BYTES_MAX,
            (true, true) => LISTING_BYTES_MAX,
            (true, false) => PART_BYTES,
        };
        let watched = Watched::new(body, bytes_max, self.patience).map_err(refused);
        if parts.status.is_redirection() {
            // It may say nowhere else where the bucket is.
            let body = match watched {
                Ok(body) => body.collect().await.ok(),
                Err(_) => None,
            };
            let body = body.map(|body| body.to_bytes()).unwrap_or_default();
            let header = |name: &str| Some(parts.headers.get(name)?.to_str().ok()?.to_owned());
            return Err(redirect(
                parts.status.as_u16(),
                header,
                &String::from_utf8_lossy(&body),
            ));
        }
        let body = watched?.map_err(broken);
        if !(parts.status.is_success() && is_listing) {
            return Ok(HttpResponse::from_parts(parts, HttpResponseBody::new(body)));
        }
        let page = body.collect().await?.to_bytes();
        let page = Page::parse(&page).map_err(refused)?;
        parts.extensions.insert(Arc::new(page));
        let body = HttpResponseBody::from(READ_ALREADY.to_vec());
        Ok(HttpResponse::from_parts(parts, body))
    }
}

/// A redirect, with what its headers or else its body say of the bucket's place.
fn redirect(status: u16, header: impl Fn(&str) -> Option<String>, body: &str) -> HttpError {
    let said = |name: &str| {
        let in_body = match name {
            "location" => "Endpoint",
            _ => "Region",
        };
        header(name).or_else(|| element(body, in_body).map(str::to_owned))
    };
    refused(Unfit::redirect(status, said))
}

fn silent(patience: Patience) -> HttpError {
    let text = format!("no answer in {:?}", patience.silent);
    let error = io::Error::new(io::ErrorKind::TimedOut, text);
    HttpError::new(HttpErrorKind::Timeout, error)
}

/// An answer that another attempt would not make better.
fn refused(error: impl Error + Send + Sync + 'static) -> HttpError {
    HttpError::new(HttpErrorKind::Unknown, error)
}

/// A body that broke off, which another attempt may bring, or one that is not taken.
fn broken(error: Box<dyn Error + Send + Sync>) -> HttpError {
    match error.downcast::<Unfit>() {
        Ok(unfit) => refused(*unfit),
        Err(error) => HttpError::new_boxed(HttpErrorKind::Interrupted, error),
    }
}
