//! Strings, symbols and field names: quotes, escapes, pieces.

use super::Speller;
use crate::ion::text::push;

impl Speller<'_> {
    pub(super) fn quoted(&mut self, text: &str, quote: char) {
        self.out.push(quote);
        for c in text.chars() {
            self.character(c, &[quote], false);
        }
        self.out.push(quote);
    }

    /// A long string, in one to three pieces with blanks or comments between.
    pub(super) fn long(&mut self, text: &str) {
        let pieces = self.rng.range(1, 3);
        let chars: Vec<char> = text.chars().collect();
        let mut from = 0;
        for piece in 0..pieces {
            let left = chars.len() - from;
            let len = if piece + 1 == pieces {
                left
            } else {
                self.rng.index(left + 1)
            };
            self.out.push_str("'''");
            for c in &chars[from..from + len] {
                self.character(*c, &['\''], true);
            }
            self.out.push_str("'''");
            from += len;
            if piece + 1 < pieces {
                self.maybe_gap();
            }
        }
    }

    /// One character of text, as it is where that is allowed, or as one of its escapes. In a long string a line
    /// feed may stand as it is, and as CR LF or CR too, which Ion reads as a line feed.
    fn character(&mut self, c: char, quotes: &[char], long: bool) {
        if self.rng.chance(2) {
            self.out.push_str(["\\\n", "\\\r\n"][self.rng.index(2)]); // an escaped line end is nothing
        }
        if c == '\n' && long && self.half() {
            return self.out.push_str(self.rng.pick(&["\n", "\r\n", "\r"]));
        }
        let must = quotes.contains(&c) || c == '\\' || (c.is_control() && c.is_ascii());
        if !must && !self.rng.chance(if c.is_ascii() { 6 } else { 40 }) {
            return self.out.push(c);
        }
        let short = "0\0a\u{7}b\u{8}t\tn\nv\u{b}f\u{c}r\r''\"\"??//\\\\";
        let short = short.chars().collect::<Vec<_>>();
        let short = short
            .chunks_exact(2)
            .find(|pair| pair[1] == c)
            .map(|pair| pair[0]);
        match short {
            Some(letter) if self.half() => self.out.extend(['\\', letter]),
            _ => self.code_point(c),
        }
    }

    /// A character as the number of its code point, in a surrogate pair where it needs one and is so spelled.
    fn code_point(&mut self, c: char) {
        let code = u32::from(c);
        let upper = self.half();
        let hex = |code: u32, width: usize| {
            if upper {
                format!("{code:0width$X}")
            } else {
                format!("{code:0width$x}")
            }
        };
        match self.rng.below(3) {
            0 if code < 0x100 => push(self.out, format_args!("\\x{}", hex(code, 2))),
            1 if code < 0x1_0000 => push(self.out, format_args!("\\u{}", hex(code, 4))),
            1 => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    push(self.out, format_args!("\\u{}", hex(u32::from(*unit), 4)));
                }
            }
            _ => push(self.out, format_args!("\\U{}", hex(code, 8))),
        }
    }
}
