//! Why there is no answer, and what can be done.

use std::io;

use sealion_aws::Unfit;

/// Why the endpoint's answer cannot be had. Whether an answer is *right* is in the report of
/// [`verify`](crate::verify) instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The endpoint answered with an error.
    #[error("{asked}: {kind}{about}: {message}")]
    Refused {
        /// What was asked for.
        asked: String,
        /// The error's type, such as `ResourceNotFoundException`, or the HTTP status.
        kind: String,
        /// The parameter or resource that it names, in brackets; or nothing.
        about: String,
        /// What it says.
        message: String,
        /// Whether an endpoint was named; else it was AWS.
        endpoint_given: bool,
    },
    /// Nothing answered.
    #[error("{asked}: no answer from {endpoint}: {why}")]
    NoAnswer {
        /// What was asked for.
        asked: String,
        /// Where.
        endpoint: String,
        /// Whether that was named; else it was AWS.
        endpoint_given: bool,
        /// What came instead.
        why: String,
    },
    /// Requests must be signed, and there is nothing to sign with.
    #[error("{asked}: {} ({why})", sealion_aws::NO_CREDENTIALS)]
    NoCredentials {
        /// What was asked for.
        asked: String,
        /// What was looked through.
        why: String,
    },
    /// What came is not what QLDB's API answers.
    #[error("{asked}: expected {expected}, found {found}")]
    Malformed {
        /// What was asked for.
        asked: String,
        /// What there should be.
        expected: &'static str,
        /// What there is.
        found: String,
    },
    /// What answered sends on to somebody else, or does not end.
    #[error("{asked}: no answer to take from {endpoint}: {source}")]
    Unfit {
        /// What was asked for.
        asked: String,
        /// Where.
        endpoint: String,
        /// What is wrong with the answer, and what to do.
        source: Unfit,
    },
    /// The program's own side of the connection broke.
    #[error("{asked}: {source}")]
    Broken {
        /// What was asked for.
        asked: String,
        /// What the system said.
        source: io::Error,
    },
}

/// What there is to say where nobody named an endpoint.
const ENDED: &str = "AWS ended Amazon QLDB on 2025-07-31, and there is nothing to fetch from it any more; \
    make the answer from an export with `sealion prove`, or name a server that speaks QLDB's API with \
    --endpoint-url or AWS_ENDPOINT_URL_QLDB";

impl Error {
    /// What to do about it, if that is not said already.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Error::NoAnswer {
                endpoint_given: false,
                ..
            } => Some(ENDED),
            Error::NoAnswer { .. } => {
                Some("check --endpoint-url (or AWS_ENDPOINT_URL_QLDB), and that the server runs")
            }
            Error::Refused {
                kind,
                endpoint_given,
                ..
            } => Some(refused(kind, *endpoint_given)),
            Error::Malformed { .. } => Some(
                "check --endpoint-url: what answers there does not speak QLDB's API, or is damaged",
            ),
            // It is said already.
            Error::NoCredentials { .. } | Error::Unfit { .. } | Error::Broken { .. } => None,
        }
    }
}

fn refused(kind: &str, endpoint_given: bool) -> &'static str {
    match kind {
        "ResourceNotFoundException" => {
            "check the ledger's name (--ledger), the export's id, the region and the endpoint"
        }
        "InvalidParameterException" => {
            "check the parameter: the block must be there, no later than the digest's tip, and hold the document"
        }
        "ResourcePreconditionNotMetException" => {
            "the server does not do this, or not now: a ledger that is being created gives no answers yet, \
             an archive takes no orders"
        }
        "LimitExceededException" | "ThrottlingException" | "ThrottledException" => "try again later",
        "AccessDeniedException" | "UnrecognizedClientException" | "InvalidSignatureException"
        | "SignatureDoesNotMatch" | "ExpiredTokenException" | "MissingAuthenticationTokenException"
        | "InvalidClientTokenId" => {
            "check the credentials and --region; or say --no-sign-request, if the server takes unsigned requests"
        }
        _ if !endpoint_given => ENDED,
        _ => "see what the server at --endpoint-url says of it in its own log",
    }
}
