//! A connection: what the user said, what the environment says, and the threads to work on.
//!
//! Order of precedence, as the AWS SDKs and Tools Reference Guide has it ("Configuration
//! precedence"): what is in [`Settings`], the environment, the shared files of the profile. Credentials
//! come from the provider chain of `aws-config`: environment, profile (with SSO and processes), web
//! identity, containers, instance metadata.

use std::future::Future;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::service_config::ServiceConfigKey;

use crate::background::{Background, Task};
use crate::{Guarded, Patience, ATTEMPTS_MAX, CONNECTIONS, CREDENTIALS_BYTES_MAX};

/// Where the `aws` command looks if it finds no region; S3 knows all buckets there.
const REGION: &str = "us-east-1";

/// What a user may say. Whatever is left out is resolved as the `aws` command resolves it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The region, instead of `AWS_REGION` and of the profile's.
    pub region: Option<String>,
    /// The profile in the shared files, instead of `AWS_PROFILE`.
    pub profile: Option<String>,
    /// Where the service answers, instead of AWS or `AWS_ENDPOINT_URL_<SERVICE>`: `http://localhost:9000`.
    pub endpoint_url: Option<String>,
    /// Sign no request: for what anybody may read.
    pub anonymous: bool,
    /// Requests under way at a time, instead of [`CONNECTIONS`].
    pub connections: Option<NonZeroUsize>,
    /// For tests, which cannot wait so long.
    #[doc(hidden)]
    pub patience: Patience,
}

/// A way to AWS, or to something that speaks its protocols. Clones share its threads.
#[derive(Clone, Debug)]
pub struct Connection {
    background: Arc<Background>,
    config: SdkConfig,
    settings: Settings,
}

impl Connection {
    /// Resolves what `settings` leave out, and starts the threads. Nothing is sent to a service yet;
    /// where neither region nor endpoint is known, the machine's own metadata service is asked.
    ///
    /// # Errors
    /// If the system refuses a thread.
    pub fn open(settings: &Settings) -> io::Result<Connection> {
        let background = Background::start()?;
        let loading = load(settings.clone());
        let config = background.spawn(loading).wait()?;
        Ok(Connection {
            background: Arc::new(background),
            config,
            settings: settings.clone(),
        })
    }

    /// What AWS's own clients are made from. They take answers of [`CREDENTIALS_BYTES_MAX`] with it: set
    /// [`Connection::http_client`] for more.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// An HTTP client for one of AWS's clients, whose answers have at most `bytes_max` bytes.
    pub fn http_client(&self, bytes_max: u64) -> SharedHttpClient {
        Guarded::shared(bytes_max, self.settings.patience)
    }

    /// How long answers may take.
    pub fn patience(&self) -> Patience {
        self.settings.patience
    }

    /// The region to sign for.
    pub fn region(&self) -> &str {
        self.config.region().map_or(REGION, Region::as_ref)
    }

    /// Whether requests go out unsigned.
    pub fn is_anonymous(&self) -> bool {
        self.settings.anonymous
    }

    /// How many requests may be under way at a time.
    pub fn connections(&self) -> usize {
        self.settings
            .connections
            .map_or(CONNECTIONS, NonZeroUsize::get)
    }

    /// Where a service answers if not at AWS: the settings' endpoint, else
    /// `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, or what the profile says of them (AWS SDKs and
    /// Tools Reference Guide, "Service-specific endpoints"). `service_id` is AWS's, such as `S3`.
    pub fn endpoint_url(&self, service_id: &str) -> Option<String> {
        if self.settings.endpoint_url.is_some() {
            return self.settings.endpoint_url.clone();
        }
        let key = ServiceConfigKey::builder()
            .service_id(service_id)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build();
        let own = key.ok().and_then(|key| {
            self.config
                .service_config()
                .and_then(|config| config.load_config(key))
        });
        own.or_else(|| self.config.endpoint_url().map(str::to_owned))
    }

    /// Runs `work` on the connection's threads.
    pub fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Task<T> {
        self.background.spawn(work)
    }
}

async fn load(settings: Settings) -> SdkConfig {
    let region = RegionProviderChain::first_try(settings.region.clone().map(Region::new));
    let region = match &settings.endpoint_url {
        None => region.or_default_provider().or_else(REGION),
        // The region is only signed, so the metadata service need not be waited for.
        Some(_) => {
            let mut profile = ProfileFileRegionProvider::builder();
            if let Some(name) = &settings.profile {
                profile = profile.profile_name(name);
            }
            region
                .or_else(EnvironmentVariableRegionProvider::new())
                .or_else(profile.build())
                .or_else(REGION)
        }
    };
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(settings.patience.connect)
        // Until the head is there; the client watches over what follows.
        .read_timeout(settings.patience.silent)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .region(region)
        .http_client(Guarded::shared(CREDENTIALS_BYTES_MAX, settings.patience))
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS_MAX))
        .timeout_config(timeouts);
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(url) = &settings.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if settings.anonymous {
        loader = loader.no_credentials();
    }
    loader.load().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_user_says_goes_first() {
        let settings = Settings {
            region: Some("eu-west-3".to_owned()),
            endpoint_url: Some("http://localhost:1".to_owned()),
            connections: NonZeroUsize::new(3),
            anonymous: true,
            ..Settings::default()
        };
        let connection = Connection::open(&settings).unwrap();
        assert_eq!(connection.region(), "eu-west-3");
        assert_eq!(connection.connections(), 3);
        let endpoint = connection.endpoint_url("S3");
        assert_eq!(endpoint.as_deref(), Some("http://localhost:1"));
        assert!(connection.config().credentials_provider().is_none());
    }
}
