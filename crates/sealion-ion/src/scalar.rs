//! A scalar value as it lies in the input: found and bounded, its text not yet decoded.

use crate::timestamp::Timestamp;

/// The thirteen types of Ion 1.0. Every type but `Null` has a null of its own too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Type {
    Null,
    Bool,
    Int,
    Float,
    Decimal,
    Timestamp,
    Symbol,
    String,
    Clob,
    Blob,
    List,
    Sexp,
    Struct,
}

/// A value that is no container, or the null of any type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scalar<'a> {
    Null(Type),
    Bool(bool),
    Int {
        negative: bool,
        magnitude: Magnitude<'a>,
    },
    Float(f64),
    Decimal {
        negative: bool,
        coefficient: Magnitude<'a>,
        exponent: i64,
    },
    Timestamp(Timestamp),
    Symbol(Text<'a>),
    String(Text<'a>),
    Clob(Text<'a>),
    Blob(Blob<'a>),
}

impl Scalar<'_> {
    /// The type, and whether it is a null.
    pub(crate) fn kind(&self) -> (Type, bool) {
        let kind = match self {
            Self::Null(kind) => return (*kind, true),
            Self::Bool(_) => Type::Bool,
            Self::Int { .. } => Type::Int,
            Self::Float(_) => Type::Float,
            Self::Decimal { .. } => Type::Decimal,
            Self::Timestamp(_) => Type::Timestamp,
            Self::Symbol(_) => Type::Symbol,
            Self::String(_) => Type::String,
            Self::Clob(_) => Type::Clob,
            Self::Blob(_) => Type::Blob,
        };
        (kind, false)
    }
}

/// The magnitude of an integer or of a decimal's coefficient.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Magnitude<'a> {
    /// Fits a word, as nearly all do.
    Small(u64),
    /// Decimal digits of text, with underscores and a point among them that mean nothing here.
    Digits(&'a [u8]),
    /// Hexadecimal (4 bits each) or binary (1 bit each) digits of text, with underscores among them.
    Bits(&'a [u8], u32),
    /// Bytes of binary Ion, the highest first, possibly with zeros before them.
    Bytes(&'a [u8]),
    /// The same, the top bit of the first byte being a sign that is known and no part of the magnitude.
    Signed(&'a [u8]),
}

/// The text of a string or symbol, or the bytes of a clob.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a> {
    /// The bytes, as `form` says.
    pub(crate) bytes: &'a [u8],
    /// Offset of `bytes` in the input.
    pub(crate) offset: usize,
    pub(crate) form: Form,
}

/// How much is to be done to the bytes of a [`Text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Nothing: the bytes are the text, and hold no control character, so none that Ion Hash escapes.
    Clean,
    /// Nothing but Ion Hash's own escapes.
    Plain,
    /// The inside of one pair of quotes, with escapes of Ion text.
    Escaped,
    /// Pieces in `'''`, quotes included, with blanks (and comments, but not in a clob) between them.
    Long,
}

/// The content of a blob.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Blob<'a> {
    /// The bytes themselves.
    Bytes(&'a [u8]),
    /// Base64, perhaps with blanks, that begins at this offset in the input.
    Base64(&'a [u8], usize),
}
