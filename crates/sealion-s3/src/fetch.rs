//! Parts of objects.

use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::limit::LimitStore;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore as _, RetryConfig};
use sealion_aws::{Connection, Task, ATTEMPTS_MAX};

use crate::buffers::Buffers;
use crate::credentials::Chain;
use crate::explain::explain;
use crate::http::Connector;
use crate::listing::Entry;
use crate::S3Url;

/// After this time no further attempt at a request is made.
const ATTEMPTS_SECONDS: u64 = 60;

/// A client for one bucket.
pub(crate) fn client(connection: &Connection, url: &S3Url) -> object_store::Result<AmazonS3> {
    let endpoint = connection.endpoint_url("S3");
    let connector = Connector {
        patience: connection.patience(),
        plain: endpoint
            .as_ref()
            .is_some_and(|url| url.starts_with("http://")),
    };
    // A bucket with dots does not fit the certificate of its own host name; other servers than AWS
    // seldom have a host name a bucket.
    let own_host = endpoint.is_none() && !url.bucket.contains('.');
    let retry = RetryConfig {
        max_retries: ATTEMPTS_MAX as usize - 1,
        retry_timeout: Duration::from_secs(ATTEMPTS_SECONDS),
        ..RetryConfig::default()
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&url.bucket)
        .with_region(connection.region())
        .with_virtual_hosted_style_request(own_host)
        .with_http_connector(connector)
        .with_retry(retry)
        .with_skip_signature(connection.is_anonymous())
        .with_credentials(Arc::new(Chain::new(
            connection.config().credentials_provider(),
        )));
    if let Some(endpoint) = endpoint {
        builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
    }
    builder.build()
}

/// Bytes of an object on their way.
pub(crate) type Part = Task<io::Result<Vec<u8>>>;

/// Gets parts of objects of one bucket, so many at a time as the connection allows.
#[derive(Debug)]
pub(crate) struct Fetcher {
    connection: Connection,
    store: Arc<LimitStore<AmazonS3>>,
    buffers: Arc<Buffers>,
}

impl Fetcher {
    pub(crate) fn new(connection: &Connection, store: AmazonS3) -> Fetcher {
        Fetcher {
            connection: connection.clone(),
            store: Arc::new(LimitStore::new(store, connection.connections())),
            buffers: Arc::default(),
        }
    }

    /// Takes back the memory of a part.
    pub(crate) fn give_back(&self, part: Vec<u8>) {
        self.buffers.give_back(part);
    }

    pub(crate) fn connections(&self) -> usize {
        self.connection.connections()
    }

    /// Asks for the bytes `range` of an object. The answer is exactly these bytes of the object as it
    /// was listed, or an error.
    pub(crate) fn part(&self, entry: &Arc<Entry>, range: Range<u64>) -> Part {
        let (store, entry) = (self.store.clone(), entry.clone());
        let buffers = self.buffers.clone();
        self.connection.spawn(async move {
            let text = match get(&store, &buffers, &entry, range).await {
                Ok(bytes) => return Ok(bytes),
                Err(Failed::Changed(what)) => format!(
                    "the object changed after it was listed ({what}): let writing end, then run again"
                ),
                Err(Failed::Refused(error)) => explain(&error),
            };
            Err(io::Error::other(text))
        })
    }
}

enum Failed {
    Changed(String),
    Refused(object_store::Error),
}

impl From<object_store::Error> for Failed {
    fn from(error: object_store::Error) -> Failed {
        match error {
            object_store::Error::Precondition { .. } => Failed::Changed("412".to_owned()),
            error => Failed::Refused(error),
        }
    }
}

async fn get(
    store: &LimitStore<AmazonS3>,
    buffers: &Buffers,
    entry: &Entry,
    range: Range<u64>,
) -> Result<Vec<u8>, Failed> {
    let path = Path::parse(entry.key()).map_err(object_store::Error::from)?;
    let options = GetOptions {
        range: Some(GetRange::Bounded(range.clone())),
        if_match: entry.e_tag.as_deref().map(str::to_owned),
        ..GetOptions::default()
    };
    let answer = store.get_opts(&path, options).await?;
    let found = answer.meta.clone();
    // Not every server heeds `If-Match`.
    if let (Some(listed), Some(found)) = (entry.e_tag.as_deref(), found.e_tag.as_deref()) {
        if listed.trim_matches('"') != found.trim_matches('"') {
            return Err(Failed::Changed(format!("entity tag {listed}, now {found}")));
        }
    }
    if found.size != entry.size {
        let change = format!("{} bytes, now {}", entry.size, found.size);
        return Err(Failed::Changed(change));
    }
    if let Some(version) = found.version {
        let _ = entry.version.set(version.into());
    }
    let expected = (range.end - range.start) as usize;
    let mut bytes = buffers.take(expected);
    let mut chunks = answer.into_stream();
    // Each is copied at once: the client then uses its memory again, and a part takes no more than
    // its bytes.
    while let Some(chunk) = chunks.next().await.transpose()? {
        if chunk.len() > expected - bytes.len() {
            let change = format!("more than the {expected} bytes asked for came");
            return Err(Failed::Changed(change));
        }
        bytes.extend_from_slice(&chunk);
    }
    if bytes.len() != expected {
        let change = format!("{} bytes of {expected} came", bytes.len());
        return Err(Failed::Changed(change));
    }
    Ok(bytes)
}
