//! AWS's own client of the service, as this crate sets it up.

use aws_sdk_qldb::config::auth::{Params, ResolveAuthScheme};
use aws_sdk_qldb::config::retry::RetryConfig;
use aws_sdk_qldb::config::{Builder, ConfigBag, RuntimeComponents};
use aws_sdk_qldb::Client;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeId, AuthSchemeOption, AuthSchemeOptionsFuture,
};
use sealion_aws::{Connection, Final};

use crate::{ANSWER_BYTES_MAX, SERVICE_ID};

/// A client for `connection`.
pub(crate) fn client(connection: &Connection) -> Client {
    let mut config = Builder::from(connection.config())
        .http_client(connection.http_client(ANSWER_BYTES_MAX as u64))
        .retry_classifier(Final);
    if connection.is_anonymous() {
        config = config.auth_scheme_resolver(Unsigned);
    }
    if connection.endpoint_url(SERVICE_ID).is_none() {
        // AWS ended the service: its silence is no passing fault.
        config = config.retry_config(RetryConfig::disabled());
    }
    Client::from_conf(config.build())
}

/// Signs nothing.
#[derive(Debug)]
struct Unsigned;

impl ResolveAuthScheme for Unsigned {
    fn resolve_auth_scheme<'a>(
        &'a self,
        _: &'a Params,
        _: &'a ConfigBag,
        _: &'a RuntimeComponents,
    ) -> AuthSchemeOptionsFuture<'a> {
        let none = AuthSchemeOption::from(AuthSchemeId::new("noAuth"));
        AuthSchemeOptionsFuture::ready(Ok(vec![none]))
    }
}
