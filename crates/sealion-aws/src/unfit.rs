//! Answers that are not taken, whatever is in them.

use std::time::Duration;

use crate::{shortened, NESTING_MAX, RATE_BYTES_MIN};

/// Why an answer is not taken. What it says of itself comes from whoever answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// It sends the request on to somebody else.
    #[error(
        "the answer sends on to {} (status {status}), and no redirect is followed, because the credentials would \
         go along; {}", place(to), advice(region)
    )]
    Redirect {
        /// The HTTP status.
        status: u16,
        /// Where to, if it says so.
        to: Option<String>,
        /// The region that it names.
        region: Option<String>,
    },
    /// It has, or announces, more bytes than an answer to that request may have.
    #[error("the answer has more than {bytes_max} bytes, the most that is taken of one; check the endpoint")]
    TooLong {
        /// The bound.
        bytes_max: u64,
    },
    /// It is in JSON of more levels than any answer has.
    #[error("the answer is nested deeper than {NESTING_MAX} levels, the most that is taken; check the endpoint")]
    TooDeep,
    /// It came too slowly.
    #[error(
        "the answer brought {bytes} bytes in {stretch:?}, expected {RATE_BYTES_MIN} a second at least; check the \
         endpoint and the network, or run again later"
    )]
    TooSlow {
        /// What came.
        bytes: u64,
        /// In which time.
        stretch: Duration,
    },
    /// It was not whole in time.
    #[error(
        "the answer was not whole after {after:?}; check the endpoint and the network, or run again later"
    )]
    TooLate {
        /// The bound.
        after: Duration,
    },
}

fn place(to: &Option<String>) -> &str {
    to.as_deref().unwrap_or("a place that it does not name")
}

fn advice(region: &Option<String>) -> String {
    match region {
        Some(region) => format!("it names the region {region}: say --region {region}"),
        None => "check --region and --endpoint-url".to_owned(),
    }
}

impl Unfit {
    /// A redirect; `header` gives the first header of a name.
    pub fn redirect(status: u16, header: impl Fn(&str) -> Option<String>) -> Unfit {
        let said = |name| header(name).filter(|said| !said.is_empty());
        Unfit::Redirect {
            status,
            to: said("location").map(|to| shortened(&to)),
            region: said("x-amz-bucket-region").map(|region| shortened(&region)),
        }
    }
}
