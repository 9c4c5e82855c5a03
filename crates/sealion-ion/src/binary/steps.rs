//! Ion binary, step by step, for those who know what comes.

use std::borrow::Cow;

use super::header::Header;
use super::reader::BinaryReader;
use super::value::{self, Head};
use crate::batch::{Batch, Slot};
use crate::hasher::{Sink, Skip};
use crate::pass::{pass, Pass, Reason};
use crate::reader::Blob32;
use crate::scalar::{Scalar, Type};
use crate::short;
use crate::timestamp::Timestamp;
use crate::Hash;

/// The type code of pads, and of nulls without a type.
const NULL: u8 = 0x0;
const INT: u8 = 0x2;
const TIMESTAMP: u8 = 0x6;
const STRING: u8 = 0x8;
const BLOB: u8 = 0xA;
const LIST: u8 = 0xB;
const STRUCT: u8 = 0xD;
const ANNOTATED: u8 = 0xE;
/// The low half of a null's descriptor.
const IS_NULL: u8 = 15;

/// A reader of Ion binary whose caller knows the type of each value before it is read: a [`Reader`](crate::Reader)
/// looks at a value to say what it is, and once more to read it, and this looks once.
///
/// [`top`](Self::top), [`field`](Self::field) or [`item`](Self::item) goes to a value, which is then entered, read,
/// hashed or skipped before the next is asked for. Containers are left where they end. Nulls, annotations, pads and
/// symbols in place of strings are legal and passed on, wherever a value is asked for.
///
/// After a [`Pass`] it is good for nothing more.
pub struct Steps<'a> {
    reader: BinaryReader<'a>,
    /// Where the innermost container that was entered ends, or the input.
    end: usize,
    /// The same of those around it.
    ends: Vec<usize>,
    value_bytes_max: u64,
}

impl<'a> Steps<'a> {
    /// From where the reader stands, at top level.
    pub(crate) fn new(reader: BinaryReader<'a>, value_bytes_max: u64) -> Self {
        Self {
            reader,
            end: 0,
            ends: Vec::new(),
            value_bytes_max,
        }
    }

    /// Goes to the next value at top level, past version markers, symbol tables and pads: where it stands, or `None` at
    /// the end of the input. Every container has been left.
    ///
    /// # Errors
    /// If what stands here is not read, or is a null or annotated.
    pub fn top(&mut self) -> Result<Option<usize>, Pass> {
        if !self.ends.is_empty() {
            return pass(self.offset(), Reason::Place);
        }
        let Some(found) = self.reader.next()? else {
            return Ok(None);
        };
        if found.null || found.annotated {
            return pass(found.offset, Reason::Kind);
        }
        self.reader.forget(found.offset);
        self.end = self.reader.cursor.bytes.len();
        Ok(Some(found.offset))
    }

    /// Goes to the next field of the struct entered last: its name, and where its value stands. At its end `None`, and the
    /// struct is left.
    ///
    /// # Errors
    /// If the field has no name.
    #[inline]
    pub fn field(&mut self) -> Result<Option<(&'a str, usize)>, Pass> {
        let start = self.reader.cursor.at;
        if start >= self.end {
            return self.left();
        }
        let id = self.reader.cursor.var_uint(self.end)?;
        let name = self.reader.symbols.get(id, start)?.text;
        Ok(Some((name, self.reader.cursor.at)))
    }

    /// Goes to the next item of the list entered last: where it stands. At its end `None`, and the list is left.
    ///
    /// # Errors
    /// None.
    #[inline]
    pub fn item(&mut self) -> Result<Option<usize>, Pass> {
        if self.reader.cursor.at >= self.end {
            return self.left();
        }
        Ok(Some(self.reader.cursor.at))
    }

    /// Values end where their container does, or before: so this is just its end.
    fn left<T>(&mut self) -> Result<Option<T>, Pass> {
        match self.ends.pop() {
            Some(end) => self.end = end,
            None => return pass(self.reader.cursor.at, Reason::Place),
        }
        Ok(None)
    }

    /// The descriptor of the value here, and goes to its body.
    #[inline(always)]
    fn header(&mut self, fits: impl FnOnce(&Header) -> bool) -> Result<Header, Pass> {
        let header = self.reader.cursor.header(self.end)?;
        match header.low != IS_NULL && fits(&header) {
            true => Ok(header),
            false => pass(header.start, Reason::Kind),
        }
    }

    /// What `read` makes of the body of the value here, which must be of this type.
    #[inline(always)]
    fn body<T>(
        &mut self,
        code: u8,
        reason: Reason,
        read: impl FnOnce(&'a [u8]) -> Option<T>,
    ) -> Result<T, Pass> {
        let header = self.header(|header| header.code == code)?;
        let value = read(self.reader.cursor.body(header.end));
        value.map_or_else(|| pass(header.start, reason), Ok)
    }

    /// Enters the struct or list here.
    ///
    /// # Errors
    /// [`Reason::Kind`] if it is none, [`Reason::Depth`] if it is nested too deeply.
    #[inline]
    pub fn enter(&mut self, kind: Type) -> Result<(), Pass> {
        let code = match kind {
            Type::Struct => STRUCT,
            Type::List => LIST,
            _ => return pass(self.offset(), Reason::Kind),
        };
        let header = self.header(|header| header.code == code)?;
        if self.ends.len() >= self.reader.depth_max {
            return pass(header.start, Reason::Depth);
        }
        self.ends.push(self.end);
        self.end = header.end;
        Ok(())
    }

    /// The string here.
    ///
    /// # Errors
    /// If it is something else, or no UTF-8.
    #[inline]
    pub fn text(&mut self) -> Result<Cow<'a, str>, Pass> {
        let text = self.body(STRING, Reason::Utf8, |body| core::str::from_utf8(body).ok());
        text.map(Cow::Borrowed)
    }

    /// The integer here.
    ///
    /// # Errors
    /// If it is something else, negative, or longer than eight bytes.
    #[inline]
    pub fn uint(&mut self) -> Result<u64, Pass> {
        self.body(INT, Reason::Number, value::small)
    }

    /// The length of the blob here, and its bytes if there are 32 of them.
    ///
    /// # Errors
    /// If it is something else.
    #[inline]
    pub fn blob32(&mut self) -> Result<Blob32, Pass> {
        self.body(BLOB, Reason::Kind, |body| {
            Some(Blob32 {
                length: body.len(),
                hash: body.try_into().ok().map(Hash),
            })
        })
    }

    /// The timestamp here.
    ///
    /// # Errors
    /// If it is something else, or not read.
    #[inline]
    pub fn timestamp(&mut self) -> Result<Timestamp, Pass> {
        let start = self.reader.cursor;
        let header = self.header(|header| header.code == TIMESTAMP)?;
        let body = self.reader.cursor.body(header.end);
        if let Some(usual) = short::read_utc_milliseconds(body) {
            return Ok(usual);
        }
        self.reader.cursor = start;
        match self.reader.cursor.head(self.end, &self.reader.symbols)? {
            Head::Scalar(Scalar::Timestamp(timestamp)) => Ok(timestamp),
            _ => pass(header.start, Reason::Kind),
        }
    }

    /// Asks for the Ion Hash (Ion Hash 1.0, SHA-256) of the value here.
    ///
    /// # Errors
    /// If something in it is not read, or it is longer than [`Limits::value_bytes_max`](crate::Limits::value_bytes_max).
    pub fn hash_into(&mut self, batch: &mut Batch) -> Result<Slot, Pass> {
        let start = self.plain_value()?;
        let slot = batch.add(|sink| self.walk(sink))?;
        match (self.offset() - start) as u64 > self.value_bytes_max {
            true => pass(start, Reason::ValueBytes),
            false => Ok(slot),
        }
    }

    /// Goes past the value here, reading all of it.
    ///
    /// # Errors
    /// If something in it is not read.
    pub fn skip(&mut self) -> Result<(), Pass> {
        self.plain_value()?;
        self.walk(&mut Skip)
    }

    /// Goes past the value here, which is part of one that was hashed: only its end is looked for.
    ///
    /// # Errors
    /// If it has none.
    #[inline]
    pub fn skip_hashed(&mut self) -> Result<(), Pass> {
        let header = self.header(is_plain)?;
        self.reader.cursor.at = header.end;
        Ok(())
    }

    /// Where it has come to: before a value that was only gone to, or behind one.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.reader.cursor.at
    }

    /// Goes to a place again where [`offset`](Self::offset) was before a value, in the container entered last.
    pub fn back(&mut self, offset: usize) {
        self.reader.cursor.at = offset;
    }

    /// Where the value here stands, if it is no null, no pad and not annotated.
    fn plain_value(&mut self) -> Result<usize, Pass> {
        let start = self.offset();
        self.header(is_plain)?;
        self.back(start);
        Ok(start)
    }

    fn walk<S: Sink>(&mut self, sink: &mut S) -> Result<(), Pass> {
        let depth_left = self.reader.depth_max.saturating_sub(self.ends.len());
        self.reader.walk(self.end, depth_left, sink)
    }
}

fn is_plain(header: &Header) -> bool {
    !matches!(header.code, NULL | ANNOTATED)
}
