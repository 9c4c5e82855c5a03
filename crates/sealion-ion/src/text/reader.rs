//! Values of Ion text, one by one.

use std::borrow::Cow;

use super::lexer::Lexer;
use super::string;
use super::walk::{Container, Walker};
use crate::hasher::{self, Sink, Skip};
use crate::pass::{pass, Pass, Reason};
use crate::reader::{Current, Found, Value};
use crate::scalar::{Form, Scalar, Text, Type};
use crate::Limits;

/// A reader of Ion text.
#[derive(Clone)]
pub(crate) struct TextReader<'a> {
    /// The bytes of the lexer, which are UTF-8.
    text: &'a str,
    lexer: Lexer<'a>,
    walker: Walker,
    depth_max: usize,
    /// Containers around the place that was gone to, which were not entered here.
    depth: usize,
    /// The containers that were entered.
    stack: Vec<Container>,
    /// Whether the innermost of them has just been entered.
    fresh: bool,
    current: Option<Current<'a>>,
}

/// A value that was just found, in so many containers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    at: usize,
    current: Option<Current<'a>>,
    depth: usize,
}

impl<'a> TextReader<'a> {
    pub(crate) fn new(text: &'a str, limits: &Limits) -> Self {
        Self {
            text,
            lexer: Lexer {
                bytes: text.as_bytes(),
                at: 0,
            },
            walker: Walker::default(),
            depth_max: limits.depth_max as usize,
            depth: 0,
            stack: Vec::new(),
            fresh: true,
            current: None,
        }
    }

    /// Goes to the value that begins at this byte, within `depth` containers.
    pub(crate) fn seek(&mut self, at: usize, depth: usize) {
        self.lexer.at = at;
        self.depth = depth;
        self.stack.clear();
        self.fresh = true;
        self.current = None;
    }

    pub(crate) fn next(&mut self) -> Result<Option<Value<'a>>, Pass> {
        self.skip()?;
        let Some(container) = self.stack.last().copied() else {
            return self.next_at_top();
        };
        if !self.lexer.more(container, self.fresh)? {
            return Ok(None);
        }
        self.fresh = false;
        let field = if container == Container::Struct {
            let name = self.field_name()?;
            self.lexer.colon()?;
            Some(name)
        } else {
            None
        };
        self.head(field).map(Some)
    }

    fn field_name(&mut self) -> Result<Cow<'a, str>, Pass> {
        let start = self.lexer.at;
        if let Some((_, len)) = self.lexer.identifier() {
            if let Some(name) = self.text.get(start..start + len) {
                return Ok(Cow::Borrowed(name));
            }
        }
        let name = self.lexer.field_name()?;
        self.owned(&name)
    }

    /// The next value that is no version marker.
    fn next_at_top(&mut self) -> Result<Option<Value<'a>>, Pass> {
        loop {
            self.lexer.blanks()?;
            if self.lexer.is_at_end() {
                return Ok(None);
            }
            if self.lexer.rest().starts_with(b"$ion_1_0") {
                let mut marker = self.lexer;
                if marker.field_name()?.bytes == b"$ion_1_0" && !marker.eat_annotation_mark()? {
                    self.lexer = marker;
                    continue;
                }
            }
            return self.head(None).map(Some);
        }
    }

    /// Reads a scalar, or stands before a container, string or blob.
    #[inline]
    fn head(&mut self, field: Option<Cow<'a, str>>) -> Result<Value<'a>, Pass> {
        let start = self.lexer.at;
        let unread = match (
            self.lexer.peek(),
            self.lexer.peek_at(1),
            self.lexer.peek_at(2),
        ) {
            (b'"', _, _) => Some(Type::String),
            (b'{', b'{', byte) if byte.is_ascii_alphanumeric() => Some(Type::Blob),
            _ => {
                let container = self.lexer.container();
                container.map(Container::kind)
            }
        };
        let Some(kind) = unread else {
            return self.read_head(field);
        };
        self.current = Some(Current {
            start,
            annotated: false,
            found: Found::Unread(kind),
        });
        Ok(Value {
            kind,
            null: false,
            annotated: false,
            field,
            offset: start,
        })
    }

    /// The same for what begins with something else, annotations among it.
    fn read_head(&mut self, field: Option<Cow<'a, str>>) -> Result<Value<'a>, Pass> {
        let start = self.lexer.at;
        let mut annotated = false;
        let (kind, null, found) = loop {
            if let Some(container) = self.lexer.container() {
                let kind = container.kind();
                break (kind, false, Found::Unread(kind));
            }
            let scalar = self.lexer.scalar()?;
            if let Scalar::Symbol(text) = &scalar {
                let is_annotation = self.lexer.eat_annotation_mark()?;
                self.check_system_symbol(text, is_annotation)?;
                if is_annotation {
                    annotated = true;
                    continue;
                }
            }
            let (kind, null) = scalar.kind();
            break (kind, null, Found::Scalar(scalar));
        };
        self.current = Some(Current {
            start,
            annotated,
            found,
        });
        Ok(Value {
            kind,
            null,
            annotated,
            field,
            offset: start,
        })
    }

    /// Reads a symbol's text to see whether, at top level, it says more than itself: a version marker, or the
    /// annotation of a symbol table. Annotations are read to the end here, symbols in their turn.
    fn check_system_symbol(&mut self, text: &Text<'_>, is_annotation: bool) -> Result<(), Pass> {
        if !is_annotation && !self.stack.is_empty() {
            return Ok(());
        }
        let start = text.offset;
        let text = string::text(text, &mut self.walker.scratch)?;
        let is_system = if is_annotation {
            text.ends_with(b"symbol_table")
        } else {
            true
        };
        if self.stack.is_empty() && is_system && text.starts_with(b"$ion") {
            return pass(start, Reason::SymbolTable);
        }
        Ok(())
    }

    pub(crate) fn enter(&mut self) -> Result<(), Pass> {
        let container = self.lexer.container();
        match (self.current.take(), container) {
            (
                Some(Current {
                    found: Found::Unread(Type::List | Type::Sexp | Type::Struct),
                    ..
                }),
                Some(container),
            ) => {
                if self.depth + self.stack.len() >= self.depth_max {
                    return pass(self.lexer.at, Reason::Depth);
                }
                self.lexer.at += 1;
                self.stack.push(container);
                self.fresh = true;
                Ok(())
            }
            (current, _) => {
                self.current = current;
                pass(self.lexer.at, Reason::Place)
            }
        }
    }

    pub(crate) fn leave(&mut self) -> Result<(), Pass> {
        if self.stack.is_empty() {
            return pass(self.lexer.at, Reason::Place);
        }
        while self.next()?.is_some() {}
        self.lexer.at += 1;
        self.stack.pop();
        self.fresh = false;
        Ok(())
    }

    pub(crate) fn place(&self) -> Place<'a> {
        Place {
            at: self.lexer.at,
            current: self.current,
            depth: self.depth + self.stack.len(),
        }
    }

    pub(crate) fn back(&mut self, place: Place<'a>) -> Result<(), Pass> {
        if place.depth != self.depth + self.stack.len() {
            return pass(self.lexer.at, Reason::Place);
        }
        self.lexer.at = place.at;
        self.current = place.current;
        self.fresh = false;
        Ok(())
    }

    /// Hands the current value to the sink and goes past it.
    pub(crate) fn value<S: Sink>(&mut self, sink: &mut S) -> Result<(), Pass> {
        let Some(current) = self.current.take() else {
            return pass(self.lexer.at, Reason::Place);
        };
        match &current.found {
            Found::Scalar(scalar) if !current.annotated => {
                hasher::scalar(scalar, sink, &mut self.walker.scratch)
            }
            _ => {
                self.lexer.at = current.start;
                let depth = self.depth + self.stack.len();
                let depth_left = self.depth_max.saturating_sub(depth);
                self.walker.value(&mut self.lexer, depth_left, sink)
            }
        }
    }

    /// Goes past the current value, if there is one, reading all of it.
    pub(crate) fn skip(&mut self) -> Result<(), Pass> {
        match self.current {
            Some(_) => self.value(&mut Skip),
            None => Ok(()),
        }
    }

    pub(crate) fn current(&self) -> Option<&Current<'a>> {
        self.current.as_ref()
    }

    /// Reads the string or blob that was only found, if one was.
    pub(crate) fn read(&mut self) -> Result<(), Pass> {
        if let Some(current) = &mut self.current {
            if matches!(current.found, Found::Unread(Type::String | Type::Blob)) {
                current.found = Found::Scalar(self.lexer.scalar()?);
            }
        }
        Ok(())
    }

    /// The string that was only found, if it is a plain one.
    #[inline]
    pub(crate) fn plain_string(&mut self) -> Option<&'a str> {
        let (Some(Found::Unread(Type::String)), from) = (self.found(), self.lexer.at + 1) else {
            return None;
        };
        let (_, len) = self.lexer.plain_string()?;
        self.current = None;
        self.text.get(from..from + len)
    }

    /// The 32 bytes of the blob that was only found, if so many are written in the plain way.
    #[inline]
    pub(crate) fn hash_blob(&mut self) -> Option<[u8; 32]> {
        let Some(Found::Unread(Type::Blob)) = self.found() else {
            return None;
        };
        let hash = self.lexer.hash_blob()?;
        self.current = None;
        Some(hash)
    }

    fn found(&self) -> Option<&Found<'a>> {
        self.current.as_ref().map(|current| &current.found)
    }

    /// Forgets the current scalar, which has been read.
    pub(crate) fn done(&mut self) {
        self.current = None;
    }

    /// Where reading has come to.
    pub(crate) fn offset(&self) -> usize {
        self.lexer.at
    }

    /// The text, borrowed from the input if it stands there as it is.
    pub(crate) fn owned(&mut self, text: &Text<'a>) -> Result<Cow<'a, str>, Pass> {
        let not_utf8 = Pass {
            offset: text.offset,
            reason: Reason::Utf8,
        };
        if matches!(text.form, Form::Clean | Form::Plain) {
            let text = self.text.get(text.offset..text.offset + text.bytes.len());
            return text.map(Cow::Borrowed).ok_or(not_utf8);
        }
        let decoded = string::text(text, &mut self.walker.scratch)?;
        let decoded = core::str::from_utf8(decoded).map_err(|_| not_utf8)?;
        Ok(Cow::Owned(decoded.to_owned()))
    }
}
