//! A hash: 32 bytes of SHA-256, written as QLDB's users know it.

use alloc::format;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;

/// A SHA-256 hash: 32 bytes.
///
/// Displays as base64 with padding (44 characters), as AWS prints hashes; `{:x}` gives 64
/// lower-case hex digits. Parses from either form.
///
/// `Ord` is the order of the bytes, first to last, unsigned: for sets and maps. The order that
/// QLDB puts a pair in before hashing it is another one, [`less`](crate::less).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The number of bytes in a hash.
    pub const LENGTH: usize = 32;

    /// All bits zero: what test doubles of QLDB answer, never the service.
    pub const ZERO: Hash = Hash([0; 32]);

    /// The hash in `bytes`, if there are exactly 32 of them.
    pub fn from_slice(bytes: &[u8]) -> Option<Hash> {
        bytes.try_into().ok().map(Hash)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The characters of 32 bytes in base64 with padding.
const BASE64_LENGTH: usize = 44;

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; BASE64_LENGTH];
        let length = STANDARD
            .encode_slice(self.0, &mut text)
            .map_err(|_| fmt::Error)?;
        f.write_str(core::str::from_utf8(&text[..length]).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl fmt::LowerHex for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Why a text is not a hash. Its message quotes at most 80 characters of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseHashError {
    found: String,
}

impl fmt::Display for ParseHashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = &self.found;
        write!(
            f,
            "expected 32 bytes as base64 (44 characters) or hex (64 digits), found {found}"
        )
    }
}

impl core::error::Error for ParseHashError {}

impl FromStr for Hash {
    type Err = ParseHashError;

    /// Reads 44 characters of base64 or 64 hex digits, of either case.
    fn from_str(text: &str) -> Result<Hash, ParseHashError> {
        let mut bytes = [0; 96];
        let read = match text.len() {
            64 => hex::decode_to_slice(text, &mut bytes[..32])
                .ok()
                .map(|()| 32),
            // Longer text cannot be a hash, and is not worth a buffer.
            0..=128 => STANDARD.decode_slice(text, &mut bytes).ok(),
            _ => None,
        };
        let hash = read.and_then(|length| Hash::from_slice(&bytes[..length]));
        hash.ok_or_else(|| ParseHashError {
            found: match read {
                Some(length) => format!("{length} bytes"),
                None => format!("`{}`", text.chars().take(80).collect::<String>()),
            },
        })
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = alloc::string::String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn sample() -> Hash {
        Hash(core::array::from_fn(|i| i as u8 * 7))
    }

    #[test]
    fn both_text_forms_round_trip() {
        let hash = sample();
        assert_eq!(hash.to_string().len(), BASE64_LENGTH);
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(format!("{hash:x}").parse(), Ok(hash));
        assert_eq!(format!("{hash:x}").to_uppercase().parse(), Ok(hash));
    }

    #[test]
    fn zeros_are_written_as_aws_writes_them() {
        assert_eq!(
            Hash::ZERO.to_string(),
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
        );
        assert_eq!(format!("{:x}", Hash::ZERO), "0".repeat(64));
        assert_eq!(format!("{:?}", Hash::ZERO), format!("Hash({})", Hash::ZERO));
    }

    #[test]
    fn other_lengths_are_refused_with_what_was_found() {
        assert_eq!(
            "AAAA".parse::<Hash>().unwrap_err().to_string(),
            "expected 32 bytes as base64 (44 characters) or hex (64 digits), found 3 bytes"
        );
        for text in [
            "",
            "not base64!",
            &"A".repeat(40),
            &"A".repeat(48),
            &"A".repeat(4096),
        ] {
            assert!(text.parse::<Hash>().is_err(), "{text}");
        }
        // Without its padding, with hex digits one too few, with a digit that is none, and a
        // last character whose unused bits are set: one hash has one spelling in base64.
        let (base64, hex) = (sample().to_string(), format!("{:x}", sample()));
        let loose = base64.replace("k=", "l=");
        assert_ne!(loose, base64, "the sample must end in k=");
        for text in [&base64[..43], &hex[..63], &hex.replace('0', "g"), &loose] {
            assert!(text.parse::<Hash>().is_err(), "{text}");
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn serialises_as_base64() {
        let text = serde_json::to_string(&sample()).unwrap();
        assert_eq!(text, format!("\"{}\"", sample()));
        assert_eq!(serde_json::from_str::<Hash>(&text).unwrap(), sample());
        assert!(serde_json::from_str::<Hash>("\"AAAA\"").is_err());
    }
}
