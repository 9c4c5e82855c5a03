//! Where top-level values of Ion text (and JSON, which is a part of it) end.
//!
//! A resumable scanner over bytes: it knows strings, symbols, long strings,
//! comments and lobs just well enough to count brackets. It decides nothing
//! about validity: a cut is only ever made right after a bracket that closes a
//! top-level container, and what lies between two cuts goes to the Ion reader.

use super::flaw::Flaw;
use crate::Limits;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Plain,
    Operator,
    Slash,
    LineComment,
    BlockComment,
    BlockCommentStar,
    String,
    StringEscape,
    Quote,
    QuoteQuote,
    Symbol,
    SymbolEscape,
    Long,
    LongEscape,
    LongQuote,
    LongQuoteQuote,
    Brace,
    LobBrace,
}

/// What operators are made of. They stand in s-expressions only, and in one a slash begins no comment.
const OPERATORS: &[u8] = b"!#%&*+-./;<=>?@^`|~";

/// The scanner's state between two stretches of bytes.
#[derive(Debug)]
pub(crate) struct TextScanner {
    state: State,
    in_lob: bool,
    depth: u32,
    /// Length of the number that the scanner is in; 0 outside numbers.
    number: u32,
    /// Inside a token that is not a number: digits in it count for nothing.
    word: bool,
}

impl TextScanner {
    pub(crate) fn new() -> TextScanner {
        TextScanner {
            state: State::Plain,
            in_lob: false,
            depth: 0,
            number: 0,
            word: false,
        }
    }

    /// Scans `bytes`; gives the index just after a byte that ends a top-level
    /// container, or `None` when all bytes are scanned. `offset` is that of
    /// `bytes[0]` in the file, for errors.
    pub(crate) fn scan(
        &mut self,
        bytes: &[u8],
        offset: u64,
        limits: &Limits,
    ) -> Result<Option<usize>, Flaw> {
        let mut at = 0;
        while at < bytes.len() {
            at += self.skip(&bytes[at..]);
            let Some(&byte) = bytes.get(at) else {
                return Ok(None);
            };
            // A state that only now learns that it saw something shorter hands
            // the byte back to the plain state: `again`.
            let again = self.step(byte);
            if again {
                continue;
            }
            at += 1;
            if self.depth > limits.depth_max {
                let place = offset + at as u64 - 1;
                return Err(Flaw::limit(place, "depth_max", limits.depth_max.into()));
            }
            self.check_number(offset + at as u64, limits)?;
            let closes = matches!(byte, b'}' | b']' | b')');
            if closes && self.depth == 0 && self.state == State::Plain && !self.in_lob {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// How many bytes from here on change nothing.
    fn skip(&self, bytes: &[u8]) -> usize {
        let next = match self.state {
            State::Plain if self.in_lob => memchr::memchr3(b'}', b'"', b'\'', bytes),
            State::String => memchr::memchr2(b'"', b'\\', bytes),
            State::Symbol | State::Long => memchr::memchr2(b'\'', b'\\', bytes),
            State::LineComment => memchr::memchr2(b'\n', b'\r', bytes),
            State::BlockComment => memchr::memchr(b'*', bytes),
            _ => Some(0),
        };
        next.unwrap_or(bytes.len())
    }

    fn check_number(&self, end: u64, limits: &Limits) -> Result<(), Flaw> {
        if self.number > limits.number_length_max {
            let place = end.saturating_sub(self.number.into());
            let max = limits.number_length_max.into();
            return Err(Flaw::limit(place, "number_length_max", max));
        }
        Ok(())
    }

    /// Whether the input may end here: in no container, string or comment.
    pub(crate) fn may_end(&self) -> bool {
        let open = !matches!(
            self.state,
            State::Plain | State::Operator | State::LineComment | State::QuoteQuote | State::Slash
        );
        self.depth == 0 && !self.in_lob && !open
    }

    /// Takes one byte; true if it must be given again.
    fn step(&mut self, byte: u8) -> bool {
        use State::*;
        self.state = match (self.state, byte) {
            (Plain, _) => return self.plain(byte),
            (Operator, byte) if OPERATORS.contains(&byte) => Operator,
            (Operator, _) => return self.back_to_plain(),
            (Slash, b'/') => LineComment,
            (Slash, b'*') => BlockComment,
            (Slash, _) => return self.back_to_plain(),
            (LineComment, b'\n' | b'\r') => Plain,
            (BlockComment, b'*') => BlockCommentStar,
            (BlockCommentStar, b'/') => Plain,
            (BlockCommentStar, b'*') => BlockCommentStar,
            (BlockCommentStar, _) => BlockComment,
            (String, b'\\') => StringEscape,
            (String, b'"') => Plain,
            (StringEscape, _) => String,
            (Quote, b'\'') => QuoteQuote,
            (Quote, b'\\') => SymbolEscape,
            (Quote, _) => Symbol,
            (QuoteQuote, b'\'') => Long,
            (QuoteQuote, _) => return self.back_to_plain(),
            (Symbol, b'\\') => SymbolEscape,
            (Symbol, b'\'') => Plain,
            (SymbolEscape, _) => Symbol,
            (Long | LongQuote | LongQuoteQuote, b'\\') => LongEscape,
            (LongEscape, _) => Long,
            (Long, b'\'') => LongQuote,
            (LongQuote, b'\'') => LongQuoteQuote,
            (LongQuoteQuote, b'\'') => Plain,
            (LongQuote | LongQuoteQuote, _) => Long,
            (Brace, b'{') => {
                self.in_lob = true;
                Plain
            }
            (Brace, _) => {
                self.depth += 1;
                return self.back_to_plain();
            }
            (LobBrace, b'}') => {
                self.in_lob = false;
                Plain
            }
            (LobBrace, _) => Plain,
            (same, _) => same,
        };
        false
    }

    fn back_to_plain(&mut self) -> bool {
        self.state = State::Plain;
        true
    }

    fn plain(&mut self, byte: u8) -> bool {
        self.count_number(byte);
        self.state = match byte {
            b'"' => State::String,
            b'\'' => State::Quote,
            b'}' if self.in_lob => State::LobBrace,
            _ if self.in_lob => State::Plain,
            b'/' => State::Slash,
            b'{' => State::Brace,
            b'[' | b'(' => {
                self.depth += 1;
                State::Plain
            }
            b'}' | b']' | b')' => {
                // One bracket too many is the Ion reader's to refuse.
                self.depth = self.depth.saturating_sub(1);
                State::Plain
            }
            // A point or a sign in a number is a part of that.
            _ if self.number == 0 && OPERATORS.contains(&byte) => State::Operator,
            _ => State::Plain,
        };
        false
    }

    fn count_number(&mut self, byte: u8) {
        let part = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'+' | b'-');
        if !part || self.in_lob {
            self.number = 0;
            self.word = false;
        } else if self.number > 0 || (!self.word && byte.is_ascii_digit()) {
            self.number += 1;
        } else {
            self.word = !matches!(byte, b'+' | b'-' | b'.');
        }
    }
}

/// Without white space and comments at the start.
pub(crate) fn skip_blanks(mut bytes: &[u8]) -> &[u8] {
    loop {
        let blanks = bytes
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c))
            .count();
        bytes = &bytes[blanks..];
        let comment_end = if bytes.starts_with(b"//") {
            bytes.iter().position(|&b| b == b'\n' || b == b'\r')
        } else if bytes.starts_with(b"/*") {
            bytes
                .windows(2)
                .skip(2)
                .position(|w| w == b"*/")
                .map(|at| at + 4)
        } else {
            return bytes;
        };
        bytes = comment_end.map_or(&[], |end| &bytes[end..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All cuts of `text`, given to the scanner `step` bytes at a time.
    fn cuts(text: &str, step: usize) -> Vec<usize> {
        let mut scanner = TextScanner::new();
        let mut cuts = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let end = (at + step).min(text.len());
            let limits = Limits::default();
            match scanner.scan(&text.as_bytes()[at..end], at as u64, &limits) {
                Ok(Some(n)) => {
                    at += n;
                    cuts.push(at);
                }
                Ok(None) => at = end,
                Err(flaw) => panic!("{flaw:?}"),
            }
        }
        cuts
    }

    #[test]
    fn cuts_only_after_top_level_containers() {
        for (text, expected) in [
            ("{a:1}{b:2}", vec![5, 10]),
            (" [1,[2]] (3) ", vec![8, 12]),
            ("{a:\"}\"}", vec![7]),
            ("{a:\"\\\"}\"}", vec![9]),
            ("{'}':1}", vec![7]),
            ("{a:'''}'' ' }''' '''}'''}", vec![25]),
            ("{a:'''\\''''}", vec![12]),
            ("{a:''}", vec![6]),
            ("{a:{{YQ==}}}", vec![12]),
            ("{a:{{ \"}}\" }}}", vec![14]),
            ("{a:{{//8=}}}", vec![12]),
            ("{a:{{'''}}'''}}}", vec![16]),
            ("{/*}*/a:1}", vec![10]),
            ("{//}\na:1}", vec![9]),
            ("{a:/**/1}", vec![9]),
            ("(a */*/ [1] +// (2) )", vec![21]),
            ("(1./*)*/ -1/*)*/ -/*)", vec![21]),
            ("{{YQ==}} {a:1}", vec![8, 14]),
            ("{}{}", vec![2, 4]),
            ("{a:{}}", vec![6]),
            ("1 2 'x'::{a:1} 3", vec![14]),
        ] {
            for step in 1..=text.len() {
                assert_eq!(cuts(text, step), expected, "{text} by {step}");
            }
        }
    }

    #[test]
    fn knows_where_input_may_end() {
        for (text, may) in [
            ("{a:1} ", true),
            ("1 // x", true),
            ("''", true),
            ("{a:1", false),
            ("\"abc", false),
            ("/* x", false),
            ("{{YQ==", false),
            ("'''a'' ", false),
        ] {
            let mut scanner = TextScanner::new();
            let limits = Limits::default();
            let mut rest = text.as_bytes();
            while let Some(end) = scanner.scan(rest, 0, &limits).unwrap() {
                rest = &rest[end..];
            }
            assert_eq!(scanner.may_end(), may, "{text}");
        }
    }

    #[test]
    fn limits_name_themselves_and_the_place() {
        let limits = Limits {
            depth_max: 2,
            number_length_max: 3,
            ..Limits::default()
        };
        let flaw = |text: &str| {
            let flaw = TextScanner::new().scan(text.as_bytes(), 10, &limits);
            format!("{:?}", flaw.unwrap_err())
        };
        assert!(flaw("[[[").contains("offset: 12, kind: Limit { name: \"depth_max\""));
        assert!(flaw("[1234").contains("offset: 11, kind: Limit { name: \"number_length_max\""));
        let fine = "[a12345,\"123456\",{{12345678}}]";
        assert!(TextScanner::new().scan(fine.as_bytes(), 0, &limits).is_ok());
    }
}
