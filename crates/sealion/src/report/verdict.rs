//! The verdict: one word, and the exit status that scripts see.

use std::fmt;

/// The answer to "does it hold?".
///
/// [`Consistent`](Verdict::Consistent) is not [`Verified`](Verdict::Verified):
/// whoever could rebuild a whole journal could make it consistent. Only a digest
/// that you trust, from elsewhere, makes the difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every block and revision handed over hangs under a trusted digest, every
    /// trusted digest is reached, nothing failed, nothing is incomplete.
    Verified,
    /// No trusted digest was given; all hashes that can be recomputed agree and
    /// the chain holds; nothing failed, nothing is incomplete.
    Consistent,
    /// Something is wrong.
    Failed,
    /// Nothing is wrong, but something could not be decided.
    Inconclusive,
}

impl Verdict {
    /// The word, in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Verified => "verified",
            Verdict::Consistent => "consistent",
            Verdict::Failed => "failed",
            Verdict::Inconclusive => "inconclusive",
        }
    }

    /// What the program exits with: 0 holds, 1 wrong, 2 undecided.
    pub fn exit_status(self) -> u8 {
        match self {
            Verdict::Verified | Verdict::Consistent => 0,
            Verdict::Failed => 1,
            Verdict::Inconclusive => 2,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
