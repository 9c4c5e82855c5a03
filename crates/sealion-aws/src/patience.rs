//! How long answers may take.

use std::time::Duration;

use crate::{ANSWER_SECONDS, CONNECT_SECONDS, RATE_BYTES_MIN, SILENT_SECONDS};

/// How long answers may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Until a connection stands.
    pub connect: Duration,
    /// Until the head of an answer is there. In every such stretch of time after it the answer must bring
    /// [`RATE_BYTES_MIN`] bytes a second.
    pub silent: Duration,
    /// Until the answer is whole.
    pub answer: Duration,
}

impl Patience {
    /// Bytes that must come in each stretch of `silent`; one at least.
    pub(crate) fn stretch_bytes_min(&self) -> u64 {
        let bytes = self.silent.as_millis() * u128::from(RATE_BYTES_MIN) / 1000;
        u64::try_from(bytes).unwrap_or(u64::MAX).max(1)
    }
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            connect: Duration::from_secs(CONNECT_SECONDS),
            silent: Duration::from_secs(SILENT_SECONDS),
            answer: Duration::from_secs(ANSWER_SECONDS),
        }
    }
}
