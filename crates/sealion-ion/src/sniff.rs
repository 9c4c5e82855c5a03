//! Text or binary, from the first bytes.

use crate::pass::{pass, Pass, Reason};

/// The version marker that every Ion 1.0 binary stream begins with (Ion 1.0, "Value Streams").
pub(crate) const VERSION_MARKER: [u8; 4] = [0xE0, 0x01, 0x00, 0xEA];

/// How a stream of Ion values is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Ion text, which needs no marker.
    Text,
    /// Ion binary, which begins with [`VERSION_MARKER`].
    Binary,
}

/// The encoding of a stream. `E0` begins no Ion text worth reading: as UTF-8 it would be a letter outside quotes.
///
/// # Errors
/// [`Reason::Version`] if the stream begins as binary does, with another version.
pub(crate) fn encoding(bytes: &[u8]) -> Result<Encoding, Pass> {
    match bytes.first() {
        Some(0xE0) if bytes.starts_with(&VERSION_MARKER) => Ok(Encoding::Binary),
        Some(0xE0) => pass(0, Reason::Version),
        _ => Ok(Encoding::Text),
    }
}
