//! What AWS's client says, in our words.

use aws_sdk_qldb::error::{ProvideErrorMetadata, SdkError};
use sealion_aws::{said, NO_CREDENTIALS};
use serde_json::Value;

use crate::Error;

/// Characters of a server's message that are repeated.
const MESSAGE_CHARACTERS_MAX: usize = 1_000;

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
    if let SdkError::ResponseError(_) = error {
        return Error::Malformed {
            asked: what,
            expected: "an answer of QLDB's API",
            found: shortened(&said(error)),
        };
    }
    let why = said(error);
    let unsigned = [
        "no providers in chain",
        "credentials provider",
        "CredentialsNotLoaded",
    ];
    let no_credentials = unsigned.iter().any(|words| why.contains(words));
    match no_credentials {
        true if endpoint_given => Error::NoCredentials { asked: what },
        // Without an endpoint credentials are not what is amiss.
        true => Error::NoAnswer {
            asked: what,
            endpoint,
            endpoint_given,
            why: NO_CREDENTIALS.to_owned(),
        },
        false => Error::NoAnswer {
            asked: what,
            endpoint,
            endpoint_given,
            why: shortened(&why),
        },
    }
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

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MESSAGE_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
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
    fn a_flood_of_words_is_cut() {
        let long = "ü".repeat(MESSAGE_CHARACTERS_MAX);
        assert_eq!(shortened(&long), long);
        assert_eq!(shortened(&(long.clone() + "x")), long + "…");
    }
}
