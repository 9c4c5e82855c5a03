//! Values of Ion binary, one by one.

use std::borrow::Cow;

use super::header::{Container, Cursor};
use super::symbols::{Symbols, SYMBOL_TABLE};
use super::table::SymbolTable;
use super::value::{self, Head};
use super::walk::Walker;
use crate::hasher::{self, Sink, Skip};
use crate::pass::{pass, Pass, Reason};
use crate::reader::{Current, Found, Value};
use crate::scalar::{Scalar, Text, Type};
use crate::short;
use crate::sniff::VERSION_MARKER;
use crate::timestamp::Timestamp;
use crate::Limits;

/// A container that was entered.
#[derive(Clone, Copy)]
struct Entered {
    container: Container,
    end: usize,
}

/// The types that are plain from the type code alone, if the value is no null.
static PLAIN: [Option<Type>; 16] = [
    None,
    Some(Type::Bool),
    Some(Type::Int),
    Some(Type::Int),
    Some(Type::Float),
    Some(Type::Decimal),
    Some(Type::Timestamp),
    // A symbol at top level may mean more than itself.
    None,
    Some(Type::String),
    Some(Type::Clob),
    Some(Type::Blob),
    Some(Type::List),
    Some(Type::Sexp),
    Some(Type::Struct),
    None,
    None,
];

/// A reader of Ion binary.
#[derive(Clone)]
pub(crate) struct BinaryReader<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) symbols: Symbols<'a>,
    /// A table that was read elsewhere, and need not be read again.
    known: Option<&'a SymbolTable>,
    walker: Walker,
    pub(super) depth_max: usize,
    stack: Vec<Entered>,
    current: Option<Current<'a>>,
    /// The container and its end, if the current value is one.
    container: Option<(Container, usize)>,
}

/// A value that was just found, in so many containers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    cursor: Cursor<'a>,
    current: Option<Current<'a>>,
    container: Option<(Container, usize)>,
    depth: usize,
}

impl<'a> BinaryReader<'a> {
    pub(crate) fn new(bytes: &'a [u8], limits: &Limits) -> Self {
        Self {
            cursor: Cursor { bytes, at: 0 },
            symbols: Symbols::new(limits.symbols_max),
            known: None,
            walker: Walker::default(),
            depth_max: limits.depth_max as usize,
            stack: Vec::new(),
            current: None,
            container: None,
        }
    }

    /// Takes the symbols of this table, where it stands first in the input, from there.
    pub(crate) fn know(&mut self, table: &'a SymbolTable) {
        self.known = Some(table);
    }

    /// The symbols of the table behind the version marker, if one is there and can be read, and where it ends.
    pub(super) fn first_table(&mut self) -> Option<(&Symbols<'a>, usize)> {
        self.cursor.at = VERSION_MARKER.len();
        let is_read = self.symbol_table() == Ok(true);
        is_read.then_some((&self.symbols, self.cursor.at))
    }

    /// Where the innermost container that was entered ends, or the input.
    fn limit(&self) -> usize {
        self.stack
            .last()
            .map_or(self.cursor.bytes.len(), |entered| entered.end)
    }

    pub(crate) fn next(&mut self) -> Result<Option<Value<'a>>, Pass> {
        self.skip()?;
        let limit = self.limit();
        let at_top = self.stack.is_empty();
        let in_struct = self
            .stack
            .last()
            .is_some_and(|entered| entered.container == Container::Struct);
        while self.cursor.at < limit {
            let start = self.cursor.at;
            if at_top && self.cursor.bytes[start..].starts_with(&VERSION_MARKER) {
                self.cursor.at += VERSION_MARKER.len();
                self.symbols.reset();
                continue;
            }
            let id = if in_struct {
                Some(self.cursor.var_uint(limit)?)
            } else {
                None
            };
            if self.cursor.is_pad() {
                self.cursor.head(limit, &self.symbols)?;
                continue;
            }
            if at_top && self.symbol_table()? {
                continue;
            }
            let field = match id {
                Some(id) => Some(Cow::Borrowed(self.symbols.get(id, start)?.text)),
                None => None,
            };
            return self.head(limit, field).map(Some);
        }
        Ok(None)
    }

    /// Reads the symbol table that begins here, if one does.
    fn symbol_table(&mut self) -> Result<bool, Pass> {
        let start = self.cursor.at;
        let mut ahead = self.cursor;
        let limit = ahead.bytes.len();
        let Head::Annotations {
            annotations_end,
            end,
        } = ahead.head(limit, &self.symbols)?
        else {
            return Ok(false);
        };
        if ahead.var_uint(annotations_end)? != SYMBOL_TABLE {
            return Ok(false);
        }
        // Behind others it may append to them.
        let known = self.known.filter(|_| self.symbols.are_of_system());
        if let Some(symbols) = known.and_then(|known| known.symbols(ahead.bytes, start..end)) {
            self.symbols.set(symbols);
            self.cursor.at = end;
            return Ok(true);
        }
        if ahead.at == annotations_end {
            if let Head::Container(Container::Struct, to) = ahead.head(end, &self.symbols)? {
                if to == end {
                    self.symbols.read_table(&mut ahead, end)?;
                    self.cursor = ahead;
                    return Ok(true);
                }
            }
        }
        pass(start, Reason::SymbolTable)
    }

    /// Stands before a scalar, or in a container.
    #[inline]
    fn head(&mut self, limit: usize, field: Option<Cow<'a, str>>) -> Result<Value<'a>, Pass> {
        let start = self.cursor.at;
        let mut ahead = self.cursor;
        let header = ahead.header(limit)?;
        let kind = match PLAIN[usize::from(header.code)] {
            Some(kind) if header.low != 15 => kind,
            _ => return self.read_head(limit, field),
        };
        let container = Container::of_code(header.code);
        if container.is_some() {
            self.cursor = ahead;
        }
        self.current = Some(Current {
            start,
            annotated: false,
            found: Found::Unread(kind),
        });
        self.container = container.map(|container| (container, header.end));
        Ok(Value {
            kind,
            null: false,
            annotated: false,
            field,
            offset: start,
        })
    }

    /// The same for all other kinds, annotations among them.
    fn read_head(&mut self, limit: usize, field: Option<Cow<'a, str>>) -> Result<Value<'a>, Pass> {
        let start = self.cursor.at;
        let at_top = self.stack.is_empty();
        let mut head = self.cursor.head(limit, &self.symbols)?;
        let mut annotated = false;
        if let Head::Annotations {
            annotations_end,
            end,
        } = head
        {
            annotated = true;
            while self.cursor.at < annotations_end {
                let at = self.cursor.at;
                let id = self.cursor.var_uint(annotations_end)?;
                let text = self.symbols.text(id, at)?;
                if at_top
                    && text.bytes.starts_with(b"$ion")
                    && text.bytes.ends_with(b"symbol_table")
                {
                    return pass(at, Reason::SymbolTable);
                }
            }
            head = self.cursor.head(end, &self.symbols)?;
            let value_end = match head {
                Head::Container(_, value_end) => value_end,
                _ => self.cursor.at,
            };
            if value_end != end {
                return pass(start, Reason::Length);
            }
        }
        let (kind, null, found, container) = match head {
            Head::Scalar(scalar) => {
                if let (true, false, Scalar::Symbol(text)) = (at_top, annotated, &scalar) {
                    if text.bytes.starts_with(b"$ion") {
                        return pass(start, Reason::SymbolTable);
                    }
                }
                let (kind, null) = scalar.kind();
                (kind, null, Found::Scalar(scalar), None)
            }
            Head::Container(container, end) => {
                let kind = container.kind();
                (kind, false, Found::Unread(kind), Some((container, end)))
            }
            Head::Annotations { .. } | Head::Pad => return pass(start, Reason::TypeCode),
        };
        self.current = Some(Current {
            start,
            annotated,
            found,
        });
        self.container = container;
        Ok(Value {
            kind,
            null,
            annotated,
            field,
            offset: start,
        })
    }

    pub(crate) fn enter(&mut self) -> Result<(), Pass> {
        if self.current.is_none() || self.container.is_none() {
            return pass(self.cursor.at, Reason::Place);
        }
        if self.stack.len() >= self.depth_max {
            return pass(self.cursor.at, Reason::Depth);
        }
        self.current = None;
        let entered = self.container.take();
        self.stack
            .extend(entered.map(|(container, end)| Entered { container, end }));
        Ok(())
    }

    pub(crate) fn leave(&mut self) -> Result<(), Pass> {
        if self.stack.is_empty() {
            return pass(self.cursor.at, Reason::Place);
        }
        while self.next()?.is_some() {}
        self.stack.pop();
        Ok(())
    }

    pub(crate) fn place(&self) -> Place<'a> {
        Place {
            cursor: self.cursor,
            current: self.current,
            container: self.container,
            depth: self.stack.len(),
        }
    }

    pub(crate) fn back(&mut self, place: Place<'a>) -> Result<(), Pass> {
        if place.depth != self.stack.len() {
            return pass(self.cursor.at, Reason::Place);
        }
        self.cursor = place.cursor;
        self.current = place.current;
        self.container = place.container;
        Ok(())
    }

    /// Goes past the current value without reading what is in it.
    pub(crate) fn skip_to_end(&mut self) -> Result<(), Pass> {
        let found = self.current.take().map(|current| current.found);
        match (found, self.container) {
            (Some(Found::Unread(_)), Some((_, end))) => self.cursor.at = end,
            (Some(Found::Unread(_)), None) => {
                self.cursor.at = self.cursor.header(self.limit())?.end;
            }
            _ => {}
        }
        Ok(())
    }

    /// Hands the current value to the sink and goes past it.
    pub(crate) fn value<S: Sink>(&mut self, sink: &mut S) -> Result<(), Pass> {
        let Some(current) = self.current.take() else {
            return pass(self.cursor.at, Reason::Place);
        };
        match &current.found {
            Found::Scalar(scalar) if !current.annotated => {
                hasher::scalar(scalar, sink, &mut self.walker.scratch)
            }
            _ => {
                self.cursor.at = current.start;
                let depth_left = self.depth_max.saturating_sub(self.stack.len());
                self.walk(self.limit(), depth_left, sink)
            }
        }
    }

    /// Hands the value that begins here, and ends before `limit`, to the sink and goes past it.
    pub(super) fn walk<S: Sink>(
        &mut self,
        limit: usize,
        depth_left: usize,
        sink: &mut S,
    ) -> Result<(), Pass> {
        self.walker
            .value(&mut self.cursor, limit, &self.symbols, depth_left, sink)
    }

    /// Stands before the value that was just found there, as if it had not been found.
    pub(super) fn forget(&mut self, offset: usize) {
        self.cursor.at = offset;
        self.current = None;
        self.container = None;
    }

    /// Goes past the current value, if there is one, reading all of it.
    pub(crate) fn skip(&mut self) -> Result<(), Pass> {
        match self.current {
            Some(_) => self.value(&mut Skip),
            None => Ok(()),
        }
    }

    /// Reads the scalar that was only found, if one was.
    pub(crate) fn read(&mut self) -> Result<(), Pass> {
        let limit = self.limit();
        if let (Some(current), None) = (&mut self.current, self.container) {
            if let Found::Unread(_) = current.found {
                if let Head::Scalar(scalar) = self.cursor.head(limit, &self.symbols)? {
                    current.found = Found::Scalar(scalar);
                }
            }
        }
        Ok(())
    }

    /// The string that was only found.
    #[inline]
    pub(crate) fn plain_string(&mut self) -> Option<&'a str> {
        self.take(Type::String, |body| core::str::from_utf8(body).ok())
    }

    /// The integer that was only found, if it is not negative and fits a word.
    #[inline]
    pub(crate) fn plain_uint(&mut self) -> Option<u64> {
        if self.cursor.bytes.get(self.cursor.at)? >> 4 != 2 {
            return None;
        }
        self.take(Type::Int, value::small)
    }

    /// The timestamp that was only found, if it is one of milliseconds in UTC.
    #[inline]
    pub(crate) fn utc_milliseconds(&mut self) -> Option<Timestamp> {
        self.take(Type::Timestamp, short::read_utc_milliseconds)
    }

    /// What `read` makes of the body of the scalar that was only found, if it is of this type; if it makes something of
    /// it, the scalar has been read.
    #[inline(always)]
    fn take<T>(&mut self, kind: Type, read: impl FnOnce(&'a [u8]) -> Option<T>) -> Option<T> {
        match self.found() {
            Some(Found::Unread(found)) if *found == kind => {}
            _ => return None,
        }
        let mut ahead = self.cursor;
        let header = ahead.header(self.limit()).ok()?;
        let found = read(ahead.body(header.end))?;
        (self.cursor, self.current) = (ahead, None);
        Some(found)
    }

    /// The 32 bytes of the blob that was only found, if it has so many.
    #[inline]
    pub(crate) fn hash_blob(&mut self) -> Option<[u8; 32]> {
        self.take(Type::Blob, |body| body.try_into().ok())
    }

    fn found(&self) -> Option<&Found<'a>> {
        self.current.as_ref().map(|current| &current.found)
    }

    pub(crate) fn current(&self) -> Option<&Current<'a>> {
        self.current.as_ref()
    }

    /// Forgets the current scalar, which has been read.
    pub(crate) fn done(&mut self) {
        self.current = None;
    }

    /// Where reading has come to.
    pub(crate) fn offset(&self) -> usize {
        self.cursor.at
    }

    /// The text, which always lies in the input as it is.
    #[allow(clippy::unused_self)] // as the reader of text has it
    pub(crate) fn owned(&mut self, text: &Text<'a>) -> Result<Cow<'a, str>, Pass> {
        utf8(text)
    }
}

fn utf8<'a>(text: &Text<'a>) -> Result<Cow<'a, str>, Pass> {
    match core::str::from_utf8(text.bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => pass(text.offset, Reason::Utf8),
    }
}
