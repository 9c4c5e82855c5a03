//! Why this crate stood aside.

use core::fmt;

/// "I do not say": the place and the reason. Not a verdict: the value may be good Ion in a form that this crate
/// leaves to a full reader, or no Ion at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Byte offset into the input at which reading stopped, at most its length.
    pub offset: usize,
    /// What stood there.
    pub reason: Reason,
}

/// What made this crate stand aside. Several are legal Ion that is too rare to be worth reading here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// The input ends inside a value.
    Truncated,
    /// A byte that cannot stand here, or that this crate does not read here.
    Unexpected,
    /// Containers nested deeper than [`Limits::depth_max`](crate::Limits::depth_max).
    Depth,
    /// A value longer than [`Limits::value_bytes_max`](crate::Limits::value_bytes_max).
    ValueBytes,
    /// More symbols than [`Limits::symbols_max`](crate::Limits::symbols_max).
    Symbols,
    /// A number that is malformed, or too long.
    Number,
    /// A timestamp that is malformed, out of range, or finer than 18 digits of a second.
    Timestamp,
    /// An escape that is malformed or unusual.
    Escape,
    /// A control character where text must escape it.
    Control,
    /// Text that is not UTF-8.
    Utf8,
    /// Base64 that is malformed or without its padding.
    Base64,
    /// A symbol by number in text, an operator, or a symbol that the table gives no text.
    Symbol,
    /// A symbol table in text, one with imports, or a malformed one.
    SymbolTable,
    /// A version marker other than Ion 1.0's, or one in an odd place.
    Version,
    /// A binary value whose length does not fit its type or its container.
    Length,
    /// A binary type code that means nothing.
    TypeCode,
    /// Something follows the one value that was asked for, or there is none.
    Count,
    /// The value is not of the type that was asked for, is null, or does not fit the answer.
    Kind,
    /// There is no value, or no container, to do this with.
    Place,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the input ends inside a value",
            Self::Unexpected => "a byte that is not read here",
            Self::Depth => "too many levels of containers",
            Self::ValueBytes => "too long a value",
            Self::Symbols => "too many symbols",
            Self::Number => "a number in a form that is not read",
            Self::Timestamp => "a timestamp in a form that is not read",
            Self::Escape => "an escape that is not read",
            Self::Control => "a control character in text",
            Self::Utf8 => "text that is not UTF-8",
            Self::Base64 => "base64 that is not read",
            Self::Symbol => "a symbol without text here",
            Self::SymbolTable => "a symbol table that is not read",
            Self::Version => "a version marker that is not read",
            Self::Length => "a length that does not fit",
            Self::TypeCode => "an unknown type code",
            Self::Count => "not exactly one value",
            Self::Kind => "a value of another kind",
            Self::Place => "no value to do this with",
        })
    }
}

impl fmt::Display for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.offset, self.reason)
    }
}

impl std::error::Error for Pass {}

/// Shorthand for the error of every reading function here.
pub(crate) fn pass<T>(offset: usize, reason: Reason) -> Result<T, Pass> {
    Err(Pass { offset, reason })
}
