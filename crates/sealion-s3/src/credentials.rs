//! Credentials of AWS's provider chain, for `object_store`, which knows no profiles and no SSO.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use object_store::aws::AwsCredential;
use object_store::CredentialProvider;
use tokio::sync::Mutex;

/// Credentials are asked for anew this long before they expire.
const BEFORE_EXPIRY: Duration = Duration::from_secs(5 * 60);

/// The provider chain, and what it said last.
#[derive(Debug)]
pub(crate) struct Chain {
    provider: Option<SharedCredentialsProvider>,
    held: Mutex<Option<Held>>,
}

/// `AwsCredential` prints no secrets.
#[derive(Debug)]
struct Held {
    credential: Arc<AwsCredential>,
    until: Option<SystemTime>,
}

impl Chain {
    pub(crate) fn new(provider: Option<SharedCredentialsProvider>) -> Chain {
        Chain {
            provider,
            held: Mutex::default(),
        }
    }
}

#[async_trait]
impl CredentialProvider for Chain {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let mut held = self.held.lock().await;
        if let Some(held) = &*held {
            let fresh = |until: SystemTime| SystemTime::now() + BEFORE_EXPIRY < until;
            if held.until.is_none_or(fresh) {
                return Ok(held.credential.clone());
            }
        }
        let provider = self
            .provider
            .as_ref()
            .ok_or_else(|| missing("no provider"))?;
        let found = provider
            .provide_credentials()
            .await
            .map_err(|error| missing(&sealion_aws::said(&error)))?;
        let credential = Arc::new(AwsCredential {
            key_id: found.access_key_id().to_owned(),
            secret_key: found.secret_access_key().to_owned(),
            token: found.session_token().map(str::to_owned),
        });
        *held = Some(Held {
            credential: credential.clone(),
            until: found.expiry(),
        });
        Ok(credential)
    }
}

fn missing(why: &str) -> object_store::Error {
    object_store::Error::Generic {
        store: "S3",
        source: format!("{} ({why})", sealion_aws::NO_CREDENTIALS).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_credential_types::provider::future::ProvideCredentials;
    use aws_credential_types::Credentials;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Gives credentials that live so many seconds, and counts.
    #[derive(Debug)]
    struct Counting(AtomicU32, u64);

    impl aws_credential_types::provider::ProvideCredentials for Counting {
        fn provide_credentials<'a>(&'a self) -> ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let count = self.0.fetch_add(1, Ordering::Relaxed);
            let expiry = SystemTime::now() + Duration::from_secs(self.1);
            let key = format!("key-{count}");
            ProvideCredentials::ready(Ok(Credentials::new(key, "s", None, Some(expiry), "test")))
        }
    }

    fn keys(seconds: u64) -> [String; 2] {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.build().unwrap();
        let provider = SharedCredentialsProvider::new(Counting(AtomicU32::new(0), seconds));
        let chain = Chain::new(Some(provider));
        [(); 2].map(|()| {
            let credential = runtime.block_on(chain.get_credential()).unwrap();
            credential.key_id.clone()
        })
    }

    #[test]
    fn credentials_are_kept_until_shortly_before_they_expire() {
        assert_eq!(keys(3600), ["key-0", "key-0"]);
        assert_eq!(keys(60), ["key-0", "key-1"]);
    }
}
