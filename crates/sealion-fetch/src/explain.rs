//! What AWS's client says, in our words.

use aws_sdk_qldb::error::{ProvideErrorMetadata, SdkError};
use sealion_aws::{among, said, shortened, Unfit};
use serde_json::Value;

use crate::Error;

/// Where something was asked for, and what.
pub(crate) struct Asked {
    pub(crate) what: String,
    pub(crate) endpoint: String,
    /// Whether the user named the endpoint.
    pub(crate) endpoint_given: bool,
}

/// Why there is no answer.
pub(crate) fn explain<E>(error: &SdkError<E>, asked: Asked) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let Asked {
        what,
        endpoint,
        endpoint_given,
    } = asked;
    if let Some(unfit) = among::<Unfit>(error) {
        return Error::Unfit {
            asked: what,
            endpoint,
            source: unfit.clone(),
        };
    }
    // What cannot be read as an answer counts, with a status of success, as an error of the service.
    let unread = match error {
        SdkError::ServiceError(context) => context.raw().status().is_success(),
        other => matches!(other, SdkError::ResponseError(_)),
    };
    if unread {
        return Error::Malformed {
            asked: what,
            expected: "an answer of QLDB's API",
            found: shortened(&said(error)),
        };
    }
    if let SdkError::ServiceError(context) = error {
        let raw = context.raw();
        let body: Value = raw
            .body()
            .bytes()
            .and_then(|bytes| serde_json::from_slice(bytes).ok())
            .unwrap_or_default();
        let status = format!("HTTP status {}", raw.status().as_u16());
        let error = context.err();
        // Only errors that the API has come with a message of their own.
        let message = error
            .message()
            .unwrap_or("the server says no more than that");
        return Error::Refused {
            asked: what,
            kind: shortened(error.code().unwrap_or(&status)),
            about: about(&body),
            message: shortened(message),
            endpoint_given,
        };
    }
    let why = shortened(cause(&said(error)));
    // The client has no error of its own for this.
    match (why.contains("credential"), endpoint_given) {
        (true, true) => Error::NoCredentials { asked: what, why },
        // Without an endpoint credentials are not what is amiss.
        _ => Error::NoAnswer {
            asked: what,
            endpoint,
            endpoint_given,
            why,
        },
    }
}

/// What is left without the words in which the client's layers wrap it, in one line.
fn cause(said: &str) -> &str {
    let wrappings = [
        "dispatch failure: ",
        "io error: ",
        "other: ",
        "client error (Connect): ",
    ];
    let mut cause = said.lines().next().unwrap_or_default();
    for wrapping in wrappings {
        cause = cause.strip_prefix(wrapping).unwrap_or(cause);
    }
    cause
}

/// The parameter or the resource that an error names (AWS's service model of QLDB: `ParameterName`,
/// `ResourceType`, `ResourceName`).
fn about(body: &Value) -> String {
    let members = ["ParameterName", "ResourceType", "ResourceName"];
    let named: Vec<String> = members
        .iter()
        .filter_map(|name| Some(format!("{name} {}", shortened(body.get(name)?.as_str()?))))
        .collect();
    match named.is_empty() {
        true => String::new(),
        false => format!(" ({})", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_error_names_what_it_is_about() {
        let parameter = json!({"Message": "m", "ParameterName": "BlockAddress"});
        assert_eq!(about(&parameter), " (ParameterName BlockAddress)");
        let resource = json!({"ResourceName": "boats", "ResourceType": "ledger"});
        assert_eq!(
            about(&resource),
            " (ResourceType ledger, ResourceName boats)"
        );
        assert_eq!(about(&json!({"ParameterName": 5})), "");
        assert_eq!(about(&Value::Null), "");
    }

    #[test]
    fn wrappings_are_left_out() {
        let said = "dispatch failure: io error: client error (Connect): tcp connect error: refused";
        assert_eq!(cause(said), "tcp connect error: refused");
        assert_eq!(
            cause("dispatch failure: other: no credentials\nchain"),
            "no credentials"
        );
        assert_eq!(cause("request has timed out"), "request has timed out");
    }
}
