//! A digest: the root of the journal's tree at a tip block.

use std::fmt;
use std::str::FromStr;

use super::{saved_hash, Hash, ParseHashError, StrandId};

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
    /// stand in groups, as they are read aloud. The base64 may be wrapped, without
    /// padding, or of the alphabet for URLs; Python's `b'...'` is read as well.
    fn from_str(text: &str) -> Result<Digest, ParseDigestError> {
        // Python's bytes may hold the sign themselves.
        let (hash, tip) = match text.rsplit_once('@') {
            Some((hash, tip)) if hash_of(text).is_none() => (hash, Some(tip)),
            _ => (text, None),
        };
        let hash = match hash_of(hash) {
            Some(hash) => hash,
            // For its words on what is wrong.
            None => hash
                .parse()
                .map_err(|e: ParseHashError| ParseDigestError(e.to_string()))?,
        };
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

fn hash_of(text: &str) -> Option<Hash> {
    Hash::from_slice(&saved_hash::of_text(text)?)
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
    fn other_forms_are_the_same_digest() {
        let plain: Digest = "rGr7ElhEo1FExqD8SAWcWdtDIoN9cp81aozENEkW+A0=@23"
            .parse()
            .unwrap();
        for same in [
            "rGr7ElhEo1FExqD8SAWcWdtDIoN9cp81aozENEkW+A0@23",
            "rGr7ElhEo1FExqD8SAWcWdtDIoN9cp81aozENEkW-A0@23",
            "rGr7ElhEo1FExqD8SAWcWd\n tDIoN9cp81aozENEkW+A0=\n@23",
            r#"b"\xacj\xfb\x12XD\xa3QD\xc6\xa0\xfcH\x05\x9cY\xdbC\"\x83}r\x9f5j\x8c\xc44I\x16\xf8\r"@23"#,
        ] {
            assert_eq!(same.parse().as_ref(), Ok(&plain), "{same}");
        }
        let with_sign = format!("b'{}'", "@".repeat(32));
        let digest: Digest = with_sign.parse().unwrap();
        assert_eq!((digest.hash, digest.sequence_no), (Hash([b'@'; 32]), None));
        let digest: Digest = format!("{with_sign}@7").parse().unwrap();
        assert_eq!(digest.sequence_no, Some(7));
    }

    #[test]
    fn a_bad_tip_is_named() {
        let error = "rGr7ElhEo1FExqD8SAWcWdtDIoN9cp81aozENEkW+A0=@x"
            .parse::<Digest>()
            .unwrap_err();
        assert!(error.to_string().contains("`x` after @"), "{error}");
    }
}
