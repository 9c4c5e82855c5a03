//! Strings, quoted symbols and clobs of Ion text: their ends, and what their escapes stand for.

use super::lexer::Lexer;
use crate::pass::{pass, Pass, Reason};
use crate::scalar::{Form, Text};
use crate::scan;

/// Which quotes stand around a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// `"`
    String,
    /// `'`
    Symbol,
}

impl<'a> Lexer<'a> {
    /// The inside of a string without escapes and control characters, as nearly all are, as the beginning of the rest
    /// of the input, and its length; the lexer stands before its quote, and then behind the other. `None` for any other
    /// string, and near the end of the input, and then it has not moved.
    #[inline(always)]
    pub(super) fn plain_string(&mut self) -> Option<(&'a [u8], usize)> {
        self.plain(b'"')
    }

    /// The same in such quotes.
    #[inline(always)]
    pub(super) fn plain(&mut self, quote: u8) -> Option<(&'a [u8], usize)> {
        let rest = self.bytes.get(self.at + 1..)?;
        let len = scan::long_run(rest, |chunk| scan::specials(chunk, quote))?;
        if rest.get(len) != Some(&quote) {
            return None;
        }
        self.at += len + 2;
        Some((rest, len))
    }

    /// Text in one pair of quotes. Control characters must be escaped, but for the tab.
    pub(super) fn quoted(&mut self, quotes: Quotes) -> Result<Text<'a>, Pass> {
        let quote = match quotes {
            Quotes::String => b'"',
            Quotes::Symbol => b'\'',
        };
        let from = self.at + 1;
        let mut at = from;
        let mut escaped = false;
        loop {
            let rest = self.bytes.get(at..).unwrap_or(&[]);
            at += scan::run(rest, |chunk| scan::specials(chunk, quote)).unwrap_or(0);
            match self.bytes.get(at) {
                Some(byte) if *byte == quote => break,
                Some(b'\\') => {
                    escaped = true;
                    let crlf = self.bytes[at + 1..].starts_with(b"\r\n");
                    at += if crlf { 3 } else { 2 };
                }
                Some(byte) if *byte >= 0x20 || *byte == b'\t' => at += 1,
                Some(_) => return pass(at, Reason::Control),
                None => return pass(self.bytes.len(), Reason::Truncated),
            }
        }
        self.at = at + 1;
        Ok(Text {
            bytes: &self.bytes[from..at],
            offset: from,
            form: if escaped { Form::Escaped } else { Form::Clean },
        })
    }

    /// `'''…'''`, perhaps in several pieces with blanks or comments between.
    pub(super) fn long(&mut self) -> Result<Text<'a>, Pass> {
        let start = self.at;
        let mut changed = self.long_piece()?;
        let mut end = self.at;
        let mut pieces = 1;
        loop {
            self.blanks()?;
            if !self.rest().starts_with(b"'''") {
                break;
            }
            changed |= self.long_piece()?;
            pieces += 1;
            end = self.at;
        }
        // What follows may be a comment that belongs to no string.
        self.at = end;
        Ok(if pieces == 1 && !changed {
            Text {
                bytes: &self.bytes[start + 3..end - 3],
                offset: start + 3,
                form: Form::Clean,
            }
        } else {
            Text {
                bytes: &self.bytes[start..end],
                offset: start,
                form: Form::Long,
            }
        })
    }

    /// As [`long`](Self::long), for a clob: no comment may stand between pieces.
    pub(super) fn long_clob(&mut self) -> Result<Text<'a>, Pass> {
        let start = self.at;
        while self.rest().starts_with(b"'''") {
            self.long_piece()?;
            self.plain_blanks();
        }
        Ok(Text {
            bytes: &self.bytes[start..self.at],
            offset: start,
            form: Form::Long,
        })
    }

    /// One piece. Says whether its bytes are not its text as they stand.
    fn long_piece(&mut self) -> Result<bool, Pass> {
        let mut at = self.at + 3;
        let mut changed = false;
        loop {
            match self.bytes.get(at) {
                Some(b'\'') if self.bytes[at..].starts_with(b"'''") => break,
                Some(b'\\') => {
                    changed = true;
                    at += 2;
                }
                Some(b'\r') => {
                    changed = true;
                    at += 1;
                }
                Some(byte) if *byte >= 0x20 || matches!(byte, b'\t' | b'\n') => at += 1,
                Some(_) => return pass(at, Reason::Control),
                None => return pass(self.bytes.len(), Reason::Truncated),
            }
        }
        self.at = at + 3;
        Ok(changed)
    }
}

/// The text as UTF-8, where it lies or in `scratch`.
///
/// # Errors
/// If an escape cannot be decoded.
pub(crate) fn text<'s>(text: &Text<'s>, scratch: &'s mut Vec<u8>) -> Result<&'s [u8], Pass> {
    decode(text, false, scratch)
}

/// A clob's bytes, where they lie or in `scratch`.
///
/// # Errors
/// If an escape cannot be decoded, or a byte is not ASCII.
pub(crate) fn clob<'s>(text: &Text<'s>, scratch: &'s mut Vec<u8>) -> Result<&'s [u8], Pass> {
    let is_text = text.form != Form::Plain;
    if let Some(at) = text.bytes.iter().position(|b| is_text && !b.is_ascii()) {
        return pass(text.offset + at, Reason::Unexpected);
    }
    decode(text, true, scratch)
}

fn decode<'s>(text: &Text<'s>, clob: bool, scratch: &'s mut Vec<u8>) -> Result<&'s [u8], Pass> {
    scratch.clear();
    let lexer = Lexer {
        bytes: text.bytes,
        at: 0,
    };
    let mut decoder = Decoder {
        lexer,
        clob,
        out: scratch,
    };
    let decoded = match text.form {
        Form::Clean | Form::Plain => return Ok(text.bytes),
        Form::Escaped => decoder.body(false),
        Form::Long => decoder.pieces(),
    };
    // Offsets so far count from the start of the text.
    decoded.map_err(|p| Pass {
        offset: p.offset + text.offset,
        ..p
    })?;
    Ok(scratch)
}

/// Decodes the escapes of a text whose ends are known.
struct Decoder<'d> {
    lexer: Lexer<'d>,
    clob: bool,
    out: &'d mut Vec<u8>,
}

impl Decoder<'_> {
    fn pieces(&mut self) -> Result<(), Pass> {
        while !self.lexer.is_at_end() {
            self.lexer.at += 3;
            self.body(true)?;
            self.lexer.at += 3;
            self.lexer.blanks()?;
        }
        Ok(())
    }

    /// One stretch between quotes; in a long piece, up to its closing quotes.
    fn body(&mut self, long: bool) -> Result<(), Pass> {
        loop {
            // Often several in a row.
            while self.lexer.peek() == b'\\' {
                self.escape()?;
            }
            let rest = self.lexer.rest();
            // Some of the bytes that end a run mean nothing here, and are taken as they are.
            let quote = if long { b'\'' } else { b'\\' };
            let means_more = |byte: &u8| matches!(byte, b'\\' | b'\r') || *byte == quote;
            let len = scan::run(rest, |chunk| scan::specials(chunk, quote))
                .or_else(|| rest.iter().position(means_more))
                .unwrap_or(rest.len());
            self.out.extend_from_slice(&rest[..len]);
            self.lexer.at += len;
            match &rest[len..] {
                [] => return Ok(()),
                [b'\\', ..] => {}
                // A line end of any kind is a line feed.
                [b'\r', ..] => {
                    self.lexer.at += 1;
                    self.lexer.eat(b'\n');
                    self.out.push(b'\n');
                }
                [b'\'', b'\'', b'\'', ..] if long => return Ok(()),
                [other, ..] => {
                    self.out.push(*other);
                    self.lexer.at += 1;
                }
            }
        }
    }

    fn escape(&mut self) -> Result<(), Pass> {
        let start = self.lexer.at;
        let letter = self.lexer.peek_at(1);
        self.lexer.at += 2;
        let byte = match letter {
            b'0' => 0,
            b'a' => 0x07,
            b'b' => 0x08,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 0x0B,
            b'f' => 0x0C,
            b'r' => b'\r',
            b'"' | b'\'' | b'?' | b'/' | b'\\' => letter,
            // An escaped line end is nothing.
            b'\n' => return Ok(()),
            b'\r' => {
                self.lexer.eat(b'\n');
                return Ok(());
            }
            b'x' if self.clob => {
                let byte = self.hex(2, start)?;
                self.out.push(byte as u8);
                return Ok(());
            }
            b'x' => return self.code_point(2, start),
            b'u' if !self.clob => return self.code_point(4, start),
            b'U' if !self.clob => return self.code_point(8, start),
            _ => return pass(start, Reason::Escape),
        };
        self.out.push(byte);
        Ok(())
    }

    /// A code point in so many hexadecimal digits, or a surrogate pair of two `\u`.
    fn code_point(&mut self, digits: usize, start: usize) -> Result<(), Pass> {
        let mut code = self.hex(digits, start)?;
        if digits == 4 && (0xD800..0xDC00).contains(&code) {
            if !self.lexer.rest().starts_with(b"\\u") {
                return pass(start, Reason::Escape);
            }
            self.lexer.at += 2;
            let low = self.hex(4, start)?;
            if !(0xDC00..0xE000).contains(&low) {
                return pass(start, Reason::Escape);
            }
            code = 0x1_0000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }
        match char::from_u32(code) {
            Some(c) if c.is_ascii() => self.out.push(c as u8),
            Some(c) => self
                .out
                .extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => return pass(start, Reason::Escape),
        }
        Ok(())
    }

    fn hex(&mut self, digits: usize, start: usize) -> Result<u32, Pass> {
        let mut value = 0;
        for _ in 0..digits {
            let Some(digit) = char::from(self.lexer.peek()).to_digit(16) else {
                return pass(start, Reason::Escape);
            };
            value = value << 4 | digit;
            self.lexer.at += 1;
        }
        Ok(value)
    }
}
