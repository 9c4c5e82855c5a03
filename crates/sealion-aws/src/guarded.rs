//! The HTTP client under AWS's own clients and under the sources of credentials.

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{rustls_provider::CryptoMode, Provider};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;

use crate::{among, Patience, Unfit, Watched};

/// AWS's own HTTP client, whose answers, in JSON, are bounded and whose redirects are errors.
#[derive(Debug)]
pub struct Guarded<C = SharedHttpClient> {
    inner: C,
    bytes_max: u64,
    patience: Patience,
}

impl Guarded {
    /// A client whose answers have at most `bytes_max` bytes, with proxies as the environment names them.
    pub fn shared(bytes_max: u64, patience: Patience) -> SharedHttpClient {
        // As AWS's crates make it where nobody makes one for them.
        let inner = Builder::new().build_with_connector_fn(|settings, components| {
            let mut connector = ConnectorBuilder::default()
                .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
                .proxy_config(ProxyConfig::from_env());
            connector.set_connector_settings(settings.cloned());
            if let Some(components) = components {
                connector.set_sleep_impl(components.sleep_impl());
            }
            connector.build()
        });
        SharedHttpClient::new(Guarded {
            inner,
            bytes_max,
            patience,
        })
    }
}

impl HttpClient for Guarded {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Guarded {
            inner: self.inner.http_connector(settings, components),
            bytes_max: self.bytes_max,
            patience: self.patience,
        })
    }
}

impl HttpConnector for Guarded<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.inner.call(request);
        let (bytes_max, patience) = (self.bytes_max, self.patience);
        HttpConnectorFuture::new(async move {
            let answer = answer.await?;
            bounded(answer, bytes_max, patience)
                .map_err(|unfit| ConnectorError::other(unfit.into(), None))
        })
    }
}

fn bounded(
    mut answer: HttpResponse,
    bytes_max: u64,
    patience: Patience,
) -> Result<HttpResponse, Unfit> {
    let header = |name: &str| answer.headers().get(name).map(str::to_owned);
    let status = answer.status().as_u16();
    if (300..400).contains(&status) {
        return Err(Unfit::redirect(status, header));
    }
    let body = std::mem::replace(answer.body_mut(), SdkBody::taken());
    let watched = Watched::new(body, bytes_max, patience)?.json();
    *answer.body_mut() = SdkBody::from_body_1_x(watched);
    Ok(answer)
}

/// Has AWS's clients take an unfit answer for what it is, and not ask again for the next one.
#[derive(Debug)]
pub struct Final;

impl ClassifyRetry for Final {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let failed = context.output_or_error().and_then(Result::err);
        match failed.is_some_and(|error| among::<Unfit>(error).is_some()) {
            true => RetryAction::RetryForbidden,
            false => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "unfit answers"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}
