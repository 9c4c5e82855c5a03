//! Why claims could not be read. That a hash is wrong is not an error but an [`Outcome`].
//!
//! [`Outcome`]: super::Outcome

use ion_rs::IonError;
use std::fmt;

/// Why a block, revision, address or proof could not be read, or a digest not be computed.
///
/// Fields are named by their path in the value, as in `revisions[2].hash`.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A field that the rules need is not there.
    Missing {
        /// Its path.
        field: String,
    },
    /// A field has another Ion type, or null, or a value out of range.
    Type {
        /// Its path, empty for the value itself.
        field: String,
        /// What it must be.
        expected: &'static str,
    },
    /// A hash that is not 32 bytes long. An empty one would be neutral in every tree, so that two
    /// lists could have one root.
    HashLength {
        /// Its path.
        field: String,
        /// Its length in bytes.
        length: usize,
    },
    /// A field that stands twice in one struct.
    Duplicate {
        /// Its path.
        field: String,
    },
    /// Two fields of which only one can be.
    Both {
        /// Path of the one.
        field: String,
        /// Path of the other.
        other: String,
    },
    /// A block is not the one that must come here.
    SequenceNo {
        /// The number it must have.
        expected: u64,
        /// The number it has.
        found: u64,
    },
    /// A block of another strand.
    Strand {
        /// The strand of the first block.
        expected: String,
        /// The strand of this one.
        found: String,
    },
    /// No blocks: there is no digest of nothing.
    NoBlocks,
    /// An Ion value that could not be hashed.
    Ion(IonError),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { field } => write!(f, "{field} is missing"),
            Self::Type { field, expected } if field.is_empty() => {
                write!(f, "the value must be {expected}")
            }
            Self::Type { field, expected } => write!(f, "{field} must be {expected}"),
            Self::HashLength { field, length } => {
                write!(f, "{field} has {length} bytes, a hash has 32")
            }
            Self::Duplicate { field } => write!(f, "{field} stands twice"),
            Self::Both { field, other } => write!(f, "{field} and {other} stand side by side"),
            Self::SequenceNo { expected, found } => {
                write!(f, "block {expected} expected, block {found} found")
            }
            Self::Strand { expected, found } => {
                write!(f, "strand {expected} expected, strand {found} found")
            }
            Self::NoBlocks => write!(f, "there are no blocks"),
            Self::Ion(error) => write!(f, "an Ion value cannot be hashed: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Ion(error) => Some(error),
            _ => None,
        }
    }
}

impl From<IonError> for Error {
    fn from(error: IonError) -> Self {
        Self::Ion(error)
    }
}
