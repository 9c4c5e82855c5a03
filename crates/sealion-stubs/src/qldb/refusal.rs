//! The API's errors (service model: status, type in the header `x-amzn-ErrorType`, `Message` and what it
//! is about in the body).

use serde_json::{json, Value};

/// An answer that is an error.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The type.
    pub kind: &'static str,
    /// The body.
    pub body: Value,
}

impl Refusal {
    /// A parameter that is not valid.
    #[must_use]
    pub fn parameter(name: &str, message: &str) -> Refusal {
        Refusal {
            status: 400,
            kind: "InvalidParameterException",
            body: json!({ "Message": message, "ParameterName": name }),
        }
    }

    /// Something that is not there.
    #[must_use]
    pub fn not_found(kind: &str, name: &str) -> Refusal {
        let message = format!("The {kind} {name} does not exist.");
        Refusal {
            status: 404,
            kind: "ResourceNotFoundException",
            body: json!({ "Message": message, "ResourceType": kind, "ResourceName": name }),
        }
    }

    /// An order to an archive.
    #[must_use]
    pub fn read_only(ledger: &str) -> Refusal {
        let message = "This ledger is a read-only archive.";
        Refusal {
            status: 412,
            kind: "ResourcePreconditionNotMetException",
            body: json!({ "Message": message, "ResourceType": "ledger", "ResourceName": ledger }),
        }
    }
}
