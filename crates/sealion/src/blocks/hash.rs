//! A hash: 32 bytes of SHA-256, written as QLDB's users know it.

use std::fmt;
use std::str::FromStr;

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;

/// A SHA-256 hash: 32 bytes.
///
/// Displays as base64 with padding (44 characters), as AWS prints hashes;
/// `{:x}` gives 64 lower-case hex digits. Parses from either form.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl fmt::LowerHex for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// Why a text is not a hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected 32 bytes as base64 (44 characters) or hex (64 digits), found {found}")]
pub struct ParseHashError {
    found: String,
}

impl FromStr for Hash {
    type Err = ParseHashError;

    /// Reads 44 characters of base64 or 64 hex digits, of either case.
    fn from_str(text: &str) -> Result<Hash, ParseHashError> {
        let bytes = match text.len() {
            64 => hex::decode(text).ok(),
            _ => STANDARD.decode(text).ok(),
        };
        let found = match &bytes {
            Some(bytes) => format!("{} bytes", bytes.len()),
            None => format!("`{}`", text.chars().take(80).collect::<String>()),
        };
        bytes
            .and_then(|bytes| Hash::from_slice(&bytes))
            .ok_or(ParseHashError { found })
    }
}

impl serde::Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_text_forms_round_trip() {
        let hash = Hash(std::array::from_fn(|i| i as u8 * 7));
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(format!("{hash:x}").parse(), Ok(hash));
        assert_eq!(format!("{hash:x}").to_uppercase().parse(), Ok(hash));
    }

    #[test]
    fn other_lengths_are_refused_with_what_was_found() {
        assert_eq!(
            "AAAA".parse::<Hash>().unwrap_err().to_string(),
            "expected 32 bytes as base64 (44 characters) or hex (64 digits), found 3 bytes"
        );
        assert!("".parse::<Hash>().is_err());
        assert!("not base64!".parse::<Hash>().is_err());
    }
}
