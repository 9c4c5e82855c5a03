//! Values one by one, text or binary, each skipped, read or hashed as it comes.

use std::borrow::Cow;

use sealion_hash::Hash;

use crate::batch::{Batch, Slot};
use crate::binary::{self, BinaryReader, Steps, SymbolTable};
use crate::pass::{pass, Pass, Reason};
use crate::scalar::{Blob, Magnitude, Scalar, Type};
use crate::sniff::{self, Encoding};
use crate::text::{self, base64, TextReader};
use crate::timestamp::Timestamp;
use crate::Limits;

/// What [`Reader::next`] has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value<'a> {
    /// Its type; of a null, the type it is a null of.
    pub kind: Type,
    /// Whether it is a null.
    pub null: bool,
    /// Whether it has annotations.
    pub annotated: bool,
    /// Its name, if it is a field of a struct.
    pub field: Option<Cow<'a, str>>,
    /// Byte offset into the input at which it begins, with its annotations and without its name.
    pub offset: usize,
}

/// A value that was found and not yet read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Current<'a> {
    /// Where it begins, with its annotations.
    pub(crate) start: usize,
    pub(crate) annotated: bool,
    pub(crate) found: Found<'a>,
}

/// How much of a value has been read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found<'a> {
    /// Nothing but its type, which is plain from how it begins: of containers, strings and blobs always, of some
    /// others in Ion binary.
    Unread(Type),
    /// All of a scalar.
    Scalar(Scalar<'a>),
}

/// What a blob is, as far as hashes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blob32 {
    /// Its length in bytes.
    pub length: usize,
    /// Its bytes, if they are just 32.
    pub hash: Option<Hash>,
}

/// A reader of Ion values: text or binary, as many at top level as there are.
///
/// [`next`](Self::next) finds a value. Then it can be entered, hashed, or read by the method for its type; whatever
/// was done to it, or nothing, the following `next` goes past it, and all of it has been checked by then. Nothing
/// is checked twice, nothing left out between the first value and the last.
///
/// After a [`Pass`] the reader is good for nothing more. A clone goes on from the same place, and costs little: the
/// bytes and the symbols are shared.
///
/// ```
/// use sealion_ion::{Batch, Limits, Reader};
/// let mut reader = Reader::new(br#"{id: "x1", data: {a: 1, b: [2, 3]}}"#, &Limits::default())?;
/// let (mut batch, mut slot) = (Batch::default(), None);
/// reader.next()?;
/// reader.enter()?;
/// while let Some(value) = reader.next()? {
///     match value.field.as_deref() {
///         Some("id") => assert_eq!(reader.text()?, "x1"),
///         Some("data") => slot = Some(reader.hash_into(&mut batch)?),
///         _ => {}
///     }
/// }
/// reader.leave()?;
/// assert!(reader.next()?.is_none());
/// batch.run();
/// let data = br#"{b: [2, 3], a: 1}"#;
/// assert_eq!(slot.map(|slot| batch.get(slot)), Some(sealion_ion::ion_hash(data, &Limits::default())?));
/// # Ok::<(), sealion_ion::Pass>(())
/// ```
#[derive(Clone)]
pub struct Reader<'a> {
    source: Source<'a>,
    /// All of the input, if it is text.
    text: Option<&'a str>,
    value_bytes_max: u64,
    scratch: Vec<u8>,
}

/// A value that a [`Reader`] had just found.
#[derive(Clone, Copy, Debug)]
pub struct Mark<'a>(Place<'a>);

#[derive(Clone, Copy, Debug)]
enum Place<'a> {
    Text(text::Place<'a>),
    Binary(binary::Place<'a>),
}

#[derive(Clone)]
enum Source<'a> {
    Text(TextReader<'a>),
    Binary(BinaryReader<'a>),
}

/// Does the same to a source of either kind.
macro_rules! either {
    ($self:expr, $source:ident => $does:expr) => {
        match &$self.source {
            Source::Text($source) => $does,
            Source::Binary($source) => $does,
        }
    };
    (mut $self:expr, $source:ident => $does:expr) => {
        match &mut $self.source {
            Source::Text($source) => $does,
            Source::Binary($source) => $does,
        }
    };
}

impl<'a> Reader<'a> {
    /// A reader of all these bytes. Binary is known by the version marker `E0 01 00 EA` that it must begin with; what
    /// does not begin so is read as text.
    ///
    /// # Errors
    /// If the bytes begin with the marker of another version, or are text and not UTF-8.
    pub fn new(bytes: &'a [u8], limits: &Limits) -> Result<Self, Pass> {
        let (source, text) = match sniff::encoding(bytes)? {
            Encoding::Text => match core::str::from_utf8(bytes) {
                Ok(text) => (Source::Text(TextReader::new(text, limits)), Some(text)),
                Err(error) => return pass(error.valid_up_to(), Reason::Utf8),
            },
            Encoding::Binary => (Source::Binary(BinaryReader::new(bytes, limits)), None),
        };
        Ok(Self {
            source,
            text,
            value_bytes_max: limits.value_bytes_max,
            scratch: Vec::new(),
        })
    }

    /// A reader that takes the symbols of this table from there wherever it stands first behind a version marker; it
    /// was [read](SymbolTable::read) by the same limits, or is not used.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_symbols(
        bytes: &'a [u8],
        symbols: &'a SymbolTable,
        limits: &Limits,
    ) -> Result<Self, Pass> {
        let mut reader = Self::new(bytes, limits)?;
        if let Source::Binary(source) = &mut reader.source {
            if symbols.symbols_max() == limits.symbols_max {
                source.know(symbols);
            }
        }
        Ok(reader)
    }

    /// The same input, of Ion binary, for those who know what comes; from where this one stands, at top level. `None` if it
    /// is text.
    #[must_use]
    pub fn steps(self) -> Option<Steps<'a>> {
        match self.source {
            Source::Binary(source) => Some(Steps::new(source, self.value_bytes_max)),
            Source::Text(_) => None,
        }
    }

    /// The next value of the container that was entered last, or at top level; `None` at its end, and then again
    /// `None`.
    ///
    /// # Errors
    /// If the value before, or the beginning of this one, is not read here.
    #[allow(clippy::should_implement_trait)] // an iterator could not be left, entered, or fail
    pub fn next(&mut self) -> Result<Option<Value<'a>>, Pass> {
        either!(mut self, source => source.next())
    }

    /// Enters the list, s-expression or struct that was just found.
    ///
    /// # Errors
    /// [`Reason::Place`] if it is none, or a null; [`Reason::Depth`] if it is nested too deeply.
    pub fn enter(&mut self) -> Result<(), Pass> {
        either!(mut self, source => source.enter())
    }

    /// Leaves the container that was entered last, after reading what is left of it.
    ///
    /// # Errors
    /// If something in it is not read here, or no container was entered.
    pub fn leave(&mut self) -> Result<(), Pass> {
        either!(mut self, source => source.leave())
    }

    /// Before the value just found, to come [`back`](Self::back) to.
    #[must_use]
    pub fn mark(&self) -> Mark<'a> {
        Mark(match &self.source {
            Source::Text(source) => Place::Text(source.place()),
            Source::Binary(source) => Place::Binary(source.place()),
        })
    }

    /// Stands before the value again that had just been found when the mark was taken: it can be hashed and then
    /// entered, or read and then hashed.
    ///
    /// # Errors
    /// [`Reason::Place`] if it stands in a container that was left since, or another one was entered.
    pub fn back(&mut self, mark: Mark<'a>) -> Result<(), Pass> {
        match (&mut self.source, mark.0) {
            (Source::Text(source), Place::Text(place)) => source.back(place),
            (Source::Binary(source), Place::Binary(place)) => source.back(place),
            _ => pass(self.offset(), Reason::Place),
        }
    }

    /// Goes past the value just found, which is part of one that was hashed, so that it was read once: of Ion binary
    /// nothing is read again but where it ends.
    ///
    /// # Errors
    /// If something in it is not read here.
    pub fn skip_hashed(&mut self) -> Result<(), Pass> {
        match &mut self.source {
            Source::Text(source) => source.skip(),
            Source::Binary(source) => source.skip_to_end(),
        }
    }

    /// Goes past the value just found, after reading all of it.
    ///
    /// # Errors
    /// If something in it is not read here.
    pub fn skip(&mut self) -> Result<(), Pass> {
        either!(mut self, source => source.skip())
    }

    /// Goes to the value of Ion text that begins at this byte of the input, as if it stood at top level; `depth` says
    /// in how many containers it really stands, for they count against [`Limits::depth_max`]. The caller has read
    /// what is around it, and goes on behind it, at [`offset`](Self::offset).
    ///
    /// # Errors
    /// [`Reason::Place`] if the input is Ion binary, where a value does not stand by itself.
    pub fn seek(&mut self, offset: usize, depth: u32) -> Result<(), Pass> {
        match &mut self.source {
            Source::Text(source) => {
                source.seek(offset, depth as usize);
                Ok(())
            }
            Source::Binary(_) => pass(offset, Reason::Place),
        }
    }

    /// Asks for the Ion Hash (Ion Hash 1.0, SHA-256) of the value just found, annotations included. A value can be
    /// hashed once.
    ///
    /// # Errors
    /// If something in it is not read here, it is longer than [`Limits::value_bytes_max`], or there is none.
    pub fn hash_into(&mut self, batch: &mut Batch) -> Result<Slot, Pass> {
        let start = either!(self, source => source.current()).map_or(0, |current| current.start);
        let slot = batch.add(|sink| either!(mut self, source => source.value(sink)))?;
        let end = self.offset();
        if (end - start) as u64 > self.value_bytes_max {
            return pass(start, Reason::ValueBytes);
        }
        Ok(slot)
    }

    /// The text of the string or symbol just found, borrowed from the input where it stands there as it is.
    ///
    /// # Errors
    /// [`Reason::Kind`] if it is something else, a null, or annotated.
    pub fn text(&mut self) -> Result<Cow<'a, str>, Pass> {
        if let Some(text) = either!(mut self, source => source.plain_string()) {
            return Ok(Cow::Borrowed(text));
        }
        match self.scalar()? {
            Scalar::String(text) | Scalar::Symbol(text) => {
                let text = either!(mut self, source => source.owned(&text))?;
                self.done();
                Ok(text)
            }
            _ => self.wrong_kind(),
        }
    }

    /// The integer just found.
    ///
    /// # Errors
    /// [`Reason::Kind`] if it is something else, a null, annotated, negative, or above 2^64 - 1.
    pub fn uint(&mut self) -> Result<u64, Pass> {
        if let Source::Binary(source) = &mut self.source {
            if let Some(value) = source.plain_uint() {
                return Ok(value);
            }
        }
        let value = match self.scalar()? {
            Scalar::Int {
                negative,
                magnitude: Magnitude::Small(value),
            } if !negative || value == 0 => value,
            _ => return self.wrong_kind(),
        };
        self.done();
        Ok(value)
    }

    /// The length of the blob just found, and its bytes if there are 32 of them.
    ///
    /// # Errors
    /// [`Reason::Kind`] if it is something else, a null, or annotated; [`Reason::Base64`] if it cannot be decoded.
    pub fn blob32(&mut self) -> Result<Blob32, Pass> {
        if let Some(hash) = either!(mut self, source => source.hash_blob()) {
            return Ok(Blob32 {
                length: 32,
                hash: Some(Hash(hash)),
            });
        }
        let bytes: &[u8] = match self.scalar()? {
            Scalar::Blob(Blob::Bytes(bytes)) => bytes,
            Scalar::Blob(Blob::Base64(text, offset)) => {
                base64::decode(text, offset, &mut self.scratch)?;
                &self.scratch
            }
            _ => return self.wrong_kind(),
        };
        let blob = Blob32 {
            length: bytes.len(),
            hash: bytes.try_into().ok().map(Hash),
        };
        self.done();
        Ok(blob)
    }

    /// The timestamp just found.
    ///
    /// # Errors
    /// [`Reason::Kind`] if it is something else, a null, or annotated.
    pub fn timestamp(&mut self) -> Result<Timestamp, Pass> {
        if let Source::Binary(source) = &mut self.source {
            if let Some(value) = source.utc_milliseconds() {
                return Ok(value);
            }
        }
        match self.scalar()? {
            Scalar::Timestamp(timestamp) => {
                self.done();
                Ok(timestamp)
            }
            _ => self.wrong_kind(),
        }
    }

    /// Byte offset into the input up to which it has been read: the end of a value that was read, hashed, or entered
    /// and left; the beginning of a container, string or blob, and of any scalar of Ion binary, that was only found.
    #[must_use]
    pub fn offset(&self) -> usize {
        either!(self, source => source.offset())
    }

    /// All of the input, if it is Ion text: it is UTF-8 to its end, comments too.
    #[must_use]
    pub fn as_str(&self) -> Option<&'a str> {
        self.text
    }

    fn scalar(&mut self) -> Result<Scalar<'a>, Pass> {
        either!(mut self, source => source.read())?;
        match either!(self, source => source.current()) {
            Some(Current {
                found: Found::Scalar(scalar),
                annotated: false,
                ..
            }) => Ok(*scalar),
            Some(_) => self.wrong_kind(),
            None => pass(self.offset(), Reason::Place),
        }
    }

    fn done(&mut self) {
        either!(mut self, source => source.done());
    }

    fn wrong_kind<T>(&self) -> Result<T, Pass> {
        let current = either!(self, source => source.current());
        pass(current.map_or(0, |current| current.start), Reason::Kind)
    }
}
