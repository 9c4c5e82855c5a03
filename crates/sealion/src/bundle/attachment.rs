//! What may lie beside the evidence in a bundle. Nothing authenticates it.

use std::io::{self, Read};

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use serde::Serialize;

use crate::source::hash_all;

/// Something attached to a [`Bundle`](super::Bundle): it is carried along or named by
/// its hash, marked `"authenticated": false`, and proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attachment {
    authenticated: bool,
    #[serde(flatten)]
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Kind {
    File {
        name: String,
        bytes: u64,
        sha256: String,
    },
    TimeStampToken {
        base64: String,
    },
    Note {
        text: String,
    },
}

impl Attachment {
    /// A file, by its name, its size in bytes and the SHA-256 of these (64 hex digits,
    /// as `sha256sum` prints them). The file itself does not go into the bundle.
    ///
    /// # Errors
    /// Those of `input`, which is read to its end.
    pub fn file(name: impl Into<String>, input: impl Read) -> io::Result<Attachment> {
        let (bytes, hash) = hash_all(input)?;
        Ok(Attachment::of(Kind::File {
            name: name.into(),
            bytes,
            sha256: format!("{hash:x}"),
        }))
    }

    /// A time-stamp token (RFC 3161), carried whole and not looked into.
    pub fn time_stamp_token(token: &[u8]) -> Attachment {
        let base64 = STANDARD.encode(token);
        Attachment::of(Kind::TimeStampToken { base64 })
    }

    /// Somebody's words, for example on who kept what where.
    pub fn note(text: impl Into<String>) -> Attachment {
        Attachment::of(Kind::Note { text: text.into() })
    }

    fn of(kind: Kind) -> Attachment {
        Attachment {
            authenticated: false,
            kind,
        }
    }
}
