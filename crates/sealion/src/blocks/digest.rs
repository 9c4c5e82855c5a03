//! A digest: the root of the journal's tree at a tip block.

use std::fmt;
use std::str::FromStr;

use super::{Hash, StrandId};

/// A journal digest: 32 bytes, and the tip it was taken at as far as that is known.
///
/// The hash covers neither the strand id nor the tip's number; a wrong tip shows
/// as a wrong number of leaves or of proof hashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Digest {
    /// The root of blocks 0 to the tip.
    pub hash: Hash,
    /// The strand, if the source of the digest named one.
    pub strand_id: Option<StrandId>,
    /// The tip's sequence number, if the source named one: the digest has one
    /// leaf more than this.
    pub sequence_no: Option<u64>,
}

impl Digest {
    /// Whether this digest may speak of `strand`: it names that strand or none.
    pub fn may_be_of(&self, strand: &StrandId) -> bool {
        self.strand_id.as_ref().is_none_or(|own| own == strand)
    }
}

/// `BASE64` or `BASE64@SEQUENCENO`.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sequence_no {
            Some(tip) => write!(f, "{}@{tip}", self.hash),
            None => write!(f, "{}", self.hash),
        }
    }
}

/// Why a text is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a digest as BASE64 or BASE64@SEQUENCENO (or 64 hex digits): {0}")]
pub struct ParseDigestError(String);

impl FromStr for Digest {
    type Err = ParseDigestError;

    /// Reads `BASE64`, `BASE64@SEQUENCENO` or the same with 64 hex digits, which may
    /// stand in groups, as they are read aloud.
    fn from_str(text: &str) -> Result<Digest, ParseDigestError> {
        let (hash, tip) = match text.split_once('@') {
            Some((hash, tip)) => (hash, Some(tip)),
            None => (text, None),
        };
        let digits: String = hash.split_whitespace().collect();
        let hash = if digits.len() == 64 { &digits } else { hash };
        let hash = hash
            .parse::<Hash>()
            .map_err(|e| ParseDigestError(e.to_string()))?;
        let sequence_no = tip
            .map(|tip| {
                tip.parse().map_err(|_| {
                    ParseDigestError(format!("`{tip}` after @ is not a sequence number"))
                })
            })
            .transpose()?;
        Ok(Digest {
            hash,
            strand_id: None,
            sequence_no,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips_with_and_without_tip() {
        for text in [
            "rGr7ElhEo1FExqD8SAWcWdtDIoN9cp81aozENEkW+A0=@23",
            "rGr7ElhEo1FExqD8SAWcWdtDIoN9cp81aozENEkW+A0=",
        ] {
            assert_eq!(text.parse::<Digest>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn hex_may_stand_in_groups_and_base64_may_not() {
        let groups = ["0f1e"; 16].join(" ");
        let digest = format!("{groups} @23").parse::<Digest>().unwrap();
        assert_eq!(digest.hash, groups.replace(' ', "").parse().unwrap());
        assert_eq!(digest.sequence_no, Some(23));
        for wrong in [
            &groups[..groups.len() - 1],
            &format!("{groups} 0"),
            "rGr7ElhEo1FExqD8SAWc WdtDIoN9cp81aozENEkW+A0=",
        ] {
            assert!(wrong.parse::<Digest>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_bad_tip_is_named() {
        let error = "rGr7ElhEo1FExqD8SAWcWdtDIoN9cp81aozENEkW+A0=@x"
            .parse::<Digest>()
            .unwrap_err();
        assert!(error.to_string().contains("`x` after @"), "{error}");
    }
}
