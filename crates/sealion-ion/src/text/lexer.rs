//! Bytes of Ion text to scalars, names, blanks and comments.

use memchr::{memchr2, memmem};

use super::base64;
use super::string::Quotes;
use crate::hasher;
use crate::pass::{pass, Pass, Reason};
use crate::scalar::{Blob, Form, Scalar, Text, Type};
use crate::scan;

/// Classes of bytes, a bit each.
const BLANK: u8 = 1;
/// Begins a comment.
const COMMENT: u8 = 8;
/// May follow a number or a keyword.
const STOP: u8 = 2;
/// May be part of a name without quotes.
const NAME: u8 = 4;

/// The classes of every byte (Ion 1.0 text: blanks; stop characters of numbers; identifiers).
static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b' ' | b'\t'..=b'\r' => BLANK | STOP,
            b'{' | b'}' | b'[' | b']' | b'(' | b')' | b',' | b'"' | b'\'' => STOP,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' => NAME,
            b'/' => COMMENT,
            _ => 0,
        };
        byte += 1;
    }
    table
}

/// A word without quotes, as the beginning of the rest of the input, and its length.
pub(super) enum Word<'a> {
    /// A keyword that stands for a value without representation, of this TQ.
    Bare(u8),
    Symbol(&'a [u8], usize),
    /// A symbol with `::` behind it, which has been read.
    Annotation(&'a [u8], usize),
}

/// A place in Ion text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexer<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or(&[])
    }

    /// The byte here; zero, which is nothing in Ion text, at the end.
    #[inline]
    pub(super) fn peek(&self) -> u8 {
        self.peek_at(0)
    }

    #[inline]
    pub(super) fn peek_at(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    #[inline]
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == byte;
        self.at += usize::from(there);
        there
    }

    #[inline]
    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// Whether a number or keyword may end here.
    #[inline]
    pub(super) fn at_stop(&self) -> bool {
        self.is_stop_at(self.at)
    }

    #[inline(always)]
    pub(super) fn is_stop_at(&self, at: usize) -> bool {
        match self.bytes.get(at) {
            Some(byte) => CLASS[usize::from(*byte)] & STOP != 0,
            None => true,
        }
    }

    /// What is wrong with the byte here, or that there is none.
    #[cold]
    pub(super) fn unexpected<T>(&self) -> Result<T, Pass> {
        if self.is_at_end() {
            pass(self.bytes.len(), Reason::Truncated)
        } else {
            pass(self.at, Reason::Unexpected)
        }
    }

    /// Skips blanks and comments.
    #[inline]
    pub(super) fn blanks(&mut self) -> Result<(), Pass> {
        if CLASS[usize::from(self.peek())] & (BLANK | COMMENT) == 0 {
            return Ok(());
        }
        self.more_blanks()
    }

    /// The byte behind this one, if this one stands here and no blank or comment follows it: so it is nearly always.
    #[inline(always)]
    pub(super) fn tight(&self, mark: u8) -> Option<u8> {
        let [here, next] = *self.bytes.get(self.at..)?.first_chunk()?;
        let is_tight = here == mark && CLASS[usize::from(next)] & (BLANK | COMMENT) == 0;
        is_tight.then_some(next)
    }

    #[inline(never)]
    fn more_blanks(&mut self) -> Result<(), Pass> {
        loop {
            self.plain_blanks();
            if self.peek() != b'/' {
                return Ok(());
            }
            self.comment()?;
        }
    }

    /// Skips blanks, but no comment.
    pub(super) fn plain_blanks(&mut self) {
        // Indented text has long runs of spaces.
        while self.rest().starts_with(b"        ") {
            self.at += 8;
        }
        while CLASS[usize::from(self.peek())] & BLANK != 0 {
            self.at += 1;
        }
    }

    fn comment(&mut self) -> Result<(), Pass> {
        let rest = self.rest();
        let len = match rest.get(1) {
            Some(b'/') => memchr2(b'\r', b'\n', rest).unwrap_or(rest.len()),
            Some(b'*') => match memmem::find(&rest[2..], b"*/") {
                Some(inside) => inside + 4,
                None => return pass(self.bytes.len(), Reason::Truncated),
            },
            _ => return pass(self.at, Reason::Unexpected),
        };
        self.at += len;
        Ok(())
    }

    /// A scalar: the lexer stands before its first byte.
    #[inline(never)]
    pub(super) fn scalar(&mut self) -> Result<Scalar<'a>, Pass> {
        match self.peek() {
            b'"' => Ok(Scalar::String(self.quoted(Quotes::String)?)),
            b'0'..=b'9' | b'-' | b'+' => self.number(),
            b'\'' if self.rest().starts_with(b"'''") => Ok(Scalar::String(self.long()?)),
            b'\'' => Ok(Scalar::Symbol(self.quoted(Quotes::Symbol)?)),
            b'{' => self.lob(),
            byte if CLASS[usize::from(byte)] & NAME != 0 => self.word(),
            _ => self.unexpected(),
        }
    }

    /// A keyword or a symbol without quotes.
    fn word(&mut self) -> Result<Scalar<'a>, Pass> {
        let start = self.at;
        let name = self.name();
        let scalar = match name {
            b"null" => Scalar::Null(self.null_type()?),
            b"true" => Scalar::Bool(true),
            b"false" => Scalar::Bool(false),
            b"nan" => Scalar::Float(f64::NAN),
            [b'$', b'0'..=b'9', ..] => return pass(start, Reason::Symbol),
            _ => return Ok(Scalar::Symbol(clean(name, start))),
        };
        if self.at_stop() {
            Ok(scalar)
        } else {
            pass(self.at, Reason::Unexpected)
        }
    }

    /// The letters, digits, `_` and `$` from here on.
    #[inline(always)]
    fn name(&mut self) -> &'a [u8] {
        let (rest, len) = self.name_run();
        &rest[..len]
    }

    /// The same, as the beginning of the rest of the input, and its length.
    #[inline(always)]
    fn name_run(&mut self) -> (&'a [u8], usize) {
        let rest = self.rest();
        let len = match scan::run(rest, scan::not_name) {
            Some(len) => len,
            // It may go on at the end of the input.
            None => {
                let is_name = |byte: &&u8| CLASS[usize::from(**byte)] & NAME != 0;
                rest.iter().take_while(is_name).count()
            }
        };
        self.at += len;
        (rest, len)
    }

    /// A name without quotes that begins with a letter and is no keyword, as the beginning of the rest of the input, and
    /// its length: nearly all field names are such. `None` for any other, and then the lexer has not moved.
    #[inline(always)]
    pub(super) fn identifier(&mut self) -> Option<(&'a [u8], usize)> {
        if !self.peek().is_ascii_alphabetic() {
            return None;
        }
        let before = self.at;
        let (rest, len) = self.name_run();
        if matches!(&rest[..len], b"null" | b"true" | b"false" | b"nan") {
            self.at = before;
            return None;
        }
        Some((rest, len))
    }

    /// A word that begins with a letter, and what it is, from the byte behind it. `None` where that takes a second look,
    /// and then the lexer has not moved.
    #[inline(always)]
    pub(super) fn usual_word(&mut self) -> Option<Word<'a>> {
        let before = self.at;
        let (rest, len) = self.name_run();
        let is_value = self.is_end_of_item();
        let word = match &rest[..len] {
            b"true" if is_value => Word::Bare(hasher::TRUE),
            b"false" if is_value => Word::Bare(hasher::FALSE),
            b"null" if is_value => Word::Bare(hasher::NULL),
            b"true" | b"false" | b"null" | b"nan" => {
                self.at = before;
                return None;
            }
            _ if is_value => Word::Symbol(rest, len),
            _ if self.peek() == b':' && self.peek_at(1) == b':' => {
                self.at += 2;
                Word::Annotation(rest, len)
            }
            _ => {
                self.at = before;
                return None;
            }
        };
        Some(word)
    }

    /// The inside of a symbol in quotes that has no escapes and is not empty, as
    /// [`plain_string`](Self::plain_string) gives that of a string.
    #[inline(always)]
    pub(super) fn plain_quoted(&mut self) -> Option<(&'a [u8], usize)> {
        let before = self.at;
        let found = self.plain(b'\'')?;
        // Two quotes in a row may be the beginning of three.
        if found.1 > 0 {
            return Some(found);
        }
        self.at = before;
        None
    }

    /// The same for a value, which is no annotation, for it ends with its container or at a comma.
    #[inline(always)]
    pub(super) fn quoted_symbol(&mut self) -> Option<(&'a [u8], usize)> {
        let before = self.at;
        let found = self.plain_quoted()?;
        if self.is_end_of_item() {
            return Some(found);
        }
        self.at = before;
        None
    }

    /// Whether a comma or the end of a container stands here.
    #[inline(always)]
    fn is_end_of_item(&self) -> bool {
        matches!(self.peek(), b',' | b'}' | b']' | b')')
    }

    /// The type behind `null`, if a point follows.
    fn null_type(&mut self) -> Result<Type, Pass> {
        if !self.eat(b'.') {
            return Ok(Type::Null);
        }
        let start = self.at;
        Ok(match self.name() {
            b"null" => Type::Null,
            b"bool" => Type::Bool,
            b"int" => Type::Int,
            b"float" => Type::Float,
            b"decimal" => Type::Decimal,
            b"timestamp" => Type::Timestamp,
            b"symbol" => Type::Symbol,
            b"string" => Type::String,
            b"clob" => Type::Clob,
            b"blob" => Type::Blob,
            b"list" => Type::List,
            b"sexp" => Type::Sexp,
            b"struct" => Type::Struct,
            _ => return pass(start, Reason::Unexpected),
        })
    }

    /// The name of a field: an identifier, a quoted symbol, or a string.
    #[inline(never)]
    pub(super) fn field_name(&mut self) -> Result<Text<'a>, Pass> {
        let start = self.at;
        match self.peek() {
            b'"' => self.quoted(Quotes::String),
            b'\'' if self.rest().starts_with(b"'''") => self.long(),
            b'\'' => self.quoted(Quotes::Symbol),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' => match self.name() {
                b"null" | b"true" | b"false" | b"nan" => pass(start, Reason::Unexpected),
                [b'$', b'0'..=b'9', ..] => pass(start, Reason::Symbol),
                name => Ok(clean(name, start)),
            },
            _ => self.unexpected(),
        }
    }

    /// Whether a symbol just read is an annotation: `::` follows, perhaps after blanks. If so, stands behind it
    /// and the blanks after it; if not, stands where it stood.
    #[inline]
    pub(super) fn eat_annotation_mark(&mut self) -> Result<bool, Pass> {
        let before = self.at;
        self.blanks()?;
        if self.peek() == b':' && self.peek_at(1) == b':' {
            self.at += 2;
            self.blanks()?;
            return Ok(true);
        }
        self.at = before;
        Ok(false)
    }

    /// `{{…}}`: a clob if a quote follows, a blob if not.
    fn lob(&mut self) -> Result<Scalar<'a>, Pass> {
        self.at += 2;
        let inside = self.at;
        self.plain_blanks();
        let scalar = match self.peek() {
            b'"' => {
                let text = self.quoted(Quotes::String)?;
                self.plain_blanks();
                Scalar::Clob(text)
            }
            b'\'' => Scalar::Clob(self.long_clob()?),
            _ => {
                // The blanks before it are its own: base64 has fewer kinds of them.
                self.at = inside;
                let rest = self.rest();
                let Some(len) = memchr::memchr(b'}', rest) else {
                    return pass(self.bytes.len(), Reason::Truncated);
                };
                self.at += len;
                Scalar::Blob(Blob::Base64(&rest[..len], inside))
            }
        };
        if !self.rest().starts_with(b"}}") {
            return self.unexpected();
        }
        self.at += 2;
        Ok(scalar)
    }

    /// The 32 bytes of a blob that is written without blanks, as all hashes are. `None` for any other, and then the
    /// lexer has not moved.
    #[inline]
    pub(super) fn hash_blob(&mut self) -> Option<[u8; 32]> {
        let lob: &[u8; 48] = self.rest().first_chunk()?;
        let text = lob.strip_prefix(b"{{")?.strip_suffix(b"}}")?;
        let hash = base64::hash(text)?;
        self.at += lob.len();
        Some(hash)
    }

    /// Whether `{` here begins a blob or clob and no struct.
    #[inline]
    pub(super) fn is_lob(&self) -> bool {
        self.peek_at(1) == b'{'
    }
}

/// Text that stands as it is.
pub(super) fn clean(bytes: &[u8], offset: usize) -> Text<'_> {
    Text {
        bytes,
        offset,
        form: Form::Clean,
    }
}
