//! Ion 1.0, text or binary, to Ion Hash 1.0 with SHA-256: in one pass over borrowed bytes, without a tree of values,
//! and without allocation once buffers have grown.
//!
//! # What it promises
//!
//! It says what the hash of a value is, or it stands aside with a [`Pass`], and never says that anything is wrong.
//! Where it gives a hash, a full Ion reader gives the same; where something is malformed, or legal and rare, it
//! passes, and a full reader is asked. Everything between the beginning of a value and its end has been looked at
//! when there is a hash.
//!
//! Passed over, though legal, are: in text, symbol tables, symbols by number (`$10`), operators, values of an
//! s-expression that touch, control characters other than the tab in short strings, underscores in floats and
//! exponents, numbers of more than 1,000 characters; in binary, shared symbol tables, symbols without text; in both,
//! more than 18 digits of a second.
//!
//! # How it is fast
//!
//! The bytes that Ion Hash prescribes are written while the value is read, one message a struct field, straight
//! into padded blocks of SHA-256. A [`Batch`] keeps them until there are many and hashes them side by side, level by
//! level from the innermost structs out.
//!
//! ```
//! let limits = sealion_ion::Limits::default();
//! let one = sealion_ion::ion_hash(b"{a: 0x0f, b: 'x'}", &limits)?;
//! let other = sealion_ion::ion_hash(b"{b: x, /* fifteen */ a: 15}", &limits)?;
//! assert_eq!(one, other);
//! # Ok::<(), sealion_ion::Pass>(())
//! ```
//!
//! Sources: Amazon Ion Specification 1.0 (text, binary, symbols); Ion Hash Specification 1.0.

#![forbid(unsafe_code)]

mod batch;
mod binary;
mod hasher;
mod pass;
mod reader;
mod scalar;
mod scan;
mod short;
mod sniff;
mod text;
mod timestamp;

pub use batch::{Batch, Slot};
pub use binary::{Steps, SymbolTable};
pub use pass::{Pass, Reason};
pub use reader::{Blob32, Mark, Reader, Value};
pub use scalar::Type;
pub use sealion_hash::{Backend, Hash};
pub use timestamp::{Precision, Timestamp};

use pass::pass;

/// What input may ask of us.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Levels of nested containers, counted from the top level.
    pub depth_max: u32,
    /// Bytes of one value that is hashed.
    pub value_bytes_max: u64,
    /// Symbols of one symbol table, the nine of the system included.
    pub symbols_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth_max: 500,
            value_bytes_max: 64 << 20,
            symbols_max: 1 << 20,
        }
    }
}

/// The 32 bytes that these 44 characters of base64 stand for: 43 digits and `=` (RFC 4648, section 4). `None` if they
/// are anything else, or bits that must be zero are not.
#[must_use]
pub fn hash_from_base64(text: &[u8; 44]) -> Option<Hash> {
    text::base64::hash(text).map(Hash)
}

/// The timestamp that these 24 characters are, `2007-02-23T12:14:33.079Z`: to the millisecond and in UTC, as QLDB writes
/// them. `None` if they have another form, or are none of the calendar.
#[must_use]
#[inline]
pub fn utc_from_text(text: &[u8; 24]) -> Option<Timestamp> {
    text::usual::utc_milliseconds(text)
}

/// The Ion Hash (Ion Hash 1.0, SHA-256) of the one value that these bytes hold, text or binary.
///
/// # Errors
/// If there is none or more than one, if the value is longer or more deeply nested than the limits, or if something
/// is malformed or not read here.
pub fn ion_hash(value: &[u8], limits: &Limits) -> Result<Hash, Pass> {
    let mut reader = Reader::new(value, limits)?;
    let mut batch = Batch::default();
    if reader.next()?.is_none() {
        return pass(value.len(), Reason::Count);
    }
    let slot = reader.hash_into(&mut batch)?;
    if let Some(more) = reader.next()? {
        return pass(more.offset, Reason::Count);
    }
    batch.run();
    Ok(batch.get(slot))
}
