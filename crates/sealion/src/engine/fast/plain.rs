//! Ion text in the way that QLDB writes envelopes: names without quotes, hashes of 44 characters,
//! timestamps in milliseconds.
//!
//! The marks between values are read here, and values in their usual form. A value in any other form
//! is left to the general reader, which then goes to the place where it stands; marks in any other form
//! (comments, annotations, quoted names) are passed on, and the whole block is read by the general
//! reader. So the answers are those of the general reader, found with less looking around.

use std::borrow::Cow;

use sealion_ion::{
    hash_from_base64, utc_from_text, Batch, Blob32, Pass, Reader, Reason, Slot, Type,
};

use super::source::{pass, time, Field, General, Source};
use crate::blocks::time::Time;

/// Bytes of a hash as a blob: `{{`, 44 characters of base64, `}}`.
const BLOB_BYTES: usize = 48;
/// Bytes of `2021-08-01T12:01:25.956Z`.
const TIME_BYTES: usize = 24;

/// A place in a piece of Ion text.
pub(super) struct Plain<'a> {
    text: &'a str,
    at: usize,
    /// A container was just entered: no comma stands before its first value.
    fresh: bool,
    /// Containers entered and not left.
    depth: u32,
    reader: Reader<'a>,
}

impl<'a> Plain<'a> {
    pub(super) fn new(text: &'a str, reader: Reader<'a>) -> Plain<'a> {
        Plain {
            text,
            at: 0,
            fresh: false,
            depth: 0,
            reader,
        }
    }

    /// Goes to a place at top level.
    pub(super) fn seek(&mut self, at: usize) {
        (self.at, self.fresh, self.depth) = (at, false, 0);
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    #[inline(always)]
    fn rest(&self) -> &'a [u8] {
        self.bytes().get(self.at..).unwrap_or(&[])
    }

    #[inline(always)]
    fn peek(&self) -> u8 {
        self.bytes().get(self.at).copied().unwrap_or(0)
    }

    #[inline(always)]
    fn blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    /// Goes to the next value of a container, or past the bracket that ends it; then false.
    #[inline(always)]
    fn more(&mut self, end: u8) -> Result<bool, Pass> {
        self.blanks();
        let byte = self.peek();
        if byte == end {
            self.at += 1;
            self.depth -= 1;
            self.fresh = false;
            return Ok(false);
        }
        if !self.fresh {
            if byte != b',' {
                return self.unexpected();
            }
            self.at += 1;
            self.blanks();
        }
        self.fresh = false;
        Ok(true)
    }

    /// What stands before the next colon, and goes to the value behind it.
    #[inline(always)]
    fn name(&mut self) -> Result<Option<(&'a str, usize)>, Pass> {
        if !self.more(b'}')? {
            return Ok(None);
        }
        let start = self.at;
        let Some(length) = colon(self.rest()) else {
            return self.unexpected();
        };
        self.at += length;
        let name = self.text.get(start..self.at).unwrap_or("");
        self.at += 1;
        self.blanks();
        Ok(Some((name, self.at)))
    }

    #[cold]
    fn unexpected<T>(&self) -> Result<T, Pass> {
        pass(self.at, Reason::Unexpected)
    }

    /// Has the general reader read the value here.
    #[cold]
    fn generally<T>(
        &mut self,
        read: impl FnOnce(&mut General<'a>) -> Result<T, Pass>,
    ) -> Result<T, Pass> {
        self.reader.seek(self.at, self.depth)?;
        let mut general = General::new(self.reader.clone());
        if general.top()? != Some(self.at) {
            return self.unexpected();
        }
        let read = read(&mut general)?;
        self.at = general.offset();
        Ok(read)
    }
}

impl<'a> Source<'a> for Plain<'a> {
    type Mark = (usize, bool, u32);

    fn top(&mut self) -> Result<Option<usize>, Pass> {
        self.blanks();
        Ok((self.at < self.text.len()).then_some(self.at))
    }

    #[inline(always)]
    fn field(&mut self) -> Result<Option<Field<'a>>, Pass> {
        let found = self.name()?;
        Ok(found.map(|(name, at)| (Cow::Borrowed(name), at)))
    }

    fn named(&mut self) -> Result<Option<Field<'a>>, Pass> {
        let Some((name, at)) = self.name()? else {
            return Ok(None);
        };
        match symbol(name) {
            Some(name) => Ok(Some((Cow::Borrowed(name), at))),
            None => self.unexpected(),
        }
    }

    #[inline(always)]
    fn item(&mut self) -> Result<Option<usize>, Pass> {
        Ok(self.more(b']')?.then_some(self.at))
    }

    #[inline(always)]
    fn enter(&mut self, kind: Type) -> Result<(), Pass> {
        let begins = match (kind, self.rest()) {
            (Type::Struct, [b'{', next, ..]) => *next != b'{',
            (Type::List, [b'[', ..]) => true,
            _ => false,
        };
        if !begins {
            return self.unexpected();
        }
        self.at += 1;
        self.depth += 1;
        self.fresh = true;
        Ok(())
    }

    /// The value was read once and is good Ion: only its end is looked for.
    fn skip_hashed(&mut self) -> Result<(), Pass> {
        let rest = self.rest();
        let end = match rest.first() {
            Some(b'0'..=b'9') if rest.first_chunk().and_then(utc_from_text).is_some() => {
                let next = rest.get(TIME_BYTES).copied();
                next.is_some_and(ends).then_some(TIME_BYTES)
            }
            Some(b'0'..=b'9') => {
                let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"-:.+".contains(byte);
                let end = rest.iter().take_while(|byte| inside(byte)).count();
                rest.get(end).copied().is_some_and(ends).then_some(end)
            }
            Some(b'[') => {
                let inside = |byte: &u8| matches!(byte, b'0'..=b'9' | b',' | b' ');
                let end = 1 + rest[1..].iter().take_while(|byte| inside(byte)).count();
                (rest.get(end) == Some(&b']')).then_some(end + 1)
            }
            _ => None,
        };
        match end {
            Some(length) => {
                self.at += length;
                Ok(())
            }
            None => self.unexpected(),
        }
    }

    fn skip(&mut self) -> Result<(), Pass> {
        self.generally(Source::skip)
    }

    #[inline(always)]
    fn text(&mut self) -> Result<Cow<'a, str>, Pass> {
        if self.peek() == b'"' {
            let start = self.at + 1;
            let inside = self.bytes().get(start..).unwrap_or(&[]);
            if let Some(length) = length_to(inside, special) {
                if inside.get(length) == Some(&b'"') {
                    if let Some(text) = self.text.get(start..start + length) {
                        self.at = start + length + 1;
                        return Ok(Cow::Borrowed(text));
                    }
                }
            }
        }
        self.generally(Source::text)
    }

    #[inline(always)]
    fn uint(&mut self) -> Result<u64, Pass> {
        /// As many digits surely fit.
        const DIGITS_MAX: usize = 19;
        let (mut value, mut length) = (0u64, 0);
        for byte in self.rest().iter().take(DIGITS_MAX) {
            match byte {
                b'0'..=b'9' => value = value * 10 + u64::from(byte - b'0'),
                _ => break,
            }
            length += 1;
        }
        let padded = length > 1 && self.peek() == b'0';
        let next = self.bytes().get(self.at + length).copied();
        if length == 0 || padded || !next.is_some_and(ends) {
            return self.generally(Source::uint);
        }
        self.at += length;
        Ok(value)
    }

    #[inline(always)]
    fn blob32(&mut self) -> Result<Blob32, Pass> {
        let rest = self.rest();
        if let Some([b'{', b'{', text @ .., b'}', b'}']) = rest.first_chunk::<BLOB_BYTES>() {
            if let Some(hash) = hash_from_base64(text) {
                self.at += BLOB_BYTES;
                return Ok(Blob32 {
                    length: 32,
                    hash: Some(hash),
                });
            }
        }
        self.generally(Source::blob32)
    }

    #[inline(always)]
    fn time(&mut self) -> Result<Time, Pass> {
        let found = self
            .rest()
            .first_chunk::<TIME_BYTES>()
            .and_then(utc_from_text);
        match (found, self.bytes().get(self.at + TIME_BYTES).copied()) {
            (Some(found), Some(next)) if ends(next) => {
                self.at += TIME_BYTES;
                Ok(time(found))
            }
            _ => self.generally(Source::time),
        }
    }

    fn hash_into(&mut self, batch: &mut Batch) -> Result<Slot, Pass> {
        self.reader.seek(self.at, self.depth)?;
        match self.reader.next()? {
            Some(value) if value.null || value.annotated => pass(value.offset, Reason::Kind),
            Some(value) if value.offset == self.at => {
                let slot = self.reader.hash_into(batch)?;
                self.at = self.reader.offset();
                Ok(slot)
            }
            _ => self.unexpected(),
        }
    }

    fn mark(&self) -> Self::Mark {
        (self.at, self.fresh, self.depth)
    }

    fn leave_hashed(&mut self, end: usize) -> Result<(), Pass> {
        (self.at, self.fresh, self.depth) = (end, false, self.depth - 1);
        Ok(())
    }

    fn rewind(&mut self, mark: Self::Mark) -> Result<(), Pass> {
        (self.at, self.fresh, self.depth) = mark;
        Ok(())
    }

    fn offset(&self) -> usize {
        self.at
    }
}

/// Whether a number or timestamp surely ends before this byte.
#[inline(always)]
fn ends(next: u8) -> bool {
    matches!(next, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t')
}

/// A word of ones, to repeat a byte by multiplication.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The top bit of each byte.
const TOPS: u64 = ONES * 0x80;

/// Top bits: the first that is set is that of the first byte of the word that is this one.
/// False ones come only behind a true one.
#[inline(always)]
fn is(word: u64, byte: u8) -> u64 {
    let x = word ^ (ONES * u64::from(byte));
    x.wrapping_sub(ONES) & !x & TOPS
}

/// Top bits, in the same way, for bytes that end a string or are not just themselves in one: a
/// quote, a backslash, a control character.
#[inline(always)]
fn special(word: u64) -> u64 {
    let control = word.wrapping_sub(ONES * 0x20) & !word & TOPS;
    is(word, b'"') | is(word, b'\\') | control
}

/// How many bytes come before the first for which `find` sets a bit, eight at a time, the last
/// few of the text as if blanks followed.
#[inline(always)]
fn length_to(bytes: &[u8], find: impl Fn(u64) -> u64) -> Option<usize> {
    let mut length = 0;
    while let Some(eight) = bytes.get(length..).and_then(<[u8]>::first_chunk) {
        let found = find(u64::from_le_bytes(*eight));
        if found != 0 {
            return Some(length + found.trailing_zeros() as usize / 8);
        }
        length += 8;
    }
    // The rest, and blanks behind it, which nothing looks for.
    let mut last = [b' '; 8];
    let rest = bytes.get(length..)?;
    last.get_mut(..rest.len())?.copy_from_slice(rest);
    let found = find(u64::from_le_bytes(last));
    (found != 0).then(|| length + found.trailing_zeros() as usize / 8)
}

/// How many bytes come before the first colon.
#[inline(always)]
fn colon(bytes: &[u8]) -> Option<usize> {
    length_to(bytes, |word| is(word, b':'))
}

/// A field name as written: letters and digits, or the same in quotes, as document ids have them that
/// begin with a digit. `None` for whatever else a name may be.
fn symbol(written: &str) -> Option<&str> {
    let quoted = written.strip_prefix('\'');
    let name = match quoted {
        Some(quoted) => quoted.strip_suffix('\'')?,
        None => written,
    };
    let first = name.as_bytes().first()?;
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let keyword = matches!(name, "null" | "true" | "false" | "nan");
    let fits = plain && (quoted.is_some() || (first.is_ascii_alphabetic() && !keyword));
    fits.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealion_ion::Limits;

    /// What both readers make of the value at the start of a struct's only field.
    fn both<'a, T: PartialEq + std::fmt::Debug>(
        text: &'a str,
        plain: impl Fn(&mut Plain<'a>) -> Result<T, Pass>,
        general: impl Fn(&mut General<'a>) -> Result<T, Pass>,
    ) -> Option<T> {
        let reader = || Reader::new(text.as_bytes(), &Limits::default()).unwrap();
        let mut own = Plain::new(text, reader());
        let own = own.enter(Type::Struct).and_then(|()| {
            let found = own.field()?.unwrap();
            Ok((found, plain(&mut own)?, own.offset()))
        });
        let mut other = General::new(reader());
        other.top().unwrap();
        other.enter(Type::Struct).unwrap();
        let other = other
            .field()
            .and_then(|found| Ok((found.unwrap(), general(&mut other)?, other.offset())));
        match (own, other) {
            (Ok(own), Ok(other)) => {
                assert_eq!(own, other, "{text}");
                Some(own.1)
            }
            (Ok(own), Err(other)) => panic!("{text}: {own:?} where the general reader has {other}"),
            (Err(_), _) => None,
        }
    }

    #[test]
    fn strings_end_where_the_general_reader_ends_them() {
        let long = "x".repeat(40);
        for (inside, length) in [
            ("", 0),
            ("a", 1),
            ("1234567", 7),
            ("12345678", 8),
            ("K0V3LkIPEZunLYxcrkAXsb", 22),
            ("ä€\u{10000}", 9),
            (&*long, 40),
            ("a\\\"b", 3),
            ("a\\n", 2),
        ] {
            let text = format!("{{a:\"{inside}\" }}");
            let found = both(&text, Source::text, Source::text);
            assert_eq!(found.map(|text| text.len()), Some(length), "{text}");
        }
        for bad in ["{a:\"b}", "{a:\"\u{1}\"}", "{a:1}", "{a:b c}", "{a:\"\n\"}"] {
            both(bad, Source::text, Source::text);
        }
        for at in 0..20 {
            for byte in 0..0x80u8 {
                let mut inside = "K0V3LkIPEZunLYxcrkAXsb".to_owned();
                inside.insert(at, byte as char);
                both(&format!("{{a:\"{inside}\"}}"), Source::text, Source::text);
            }
        }
    }

    #[test]
    fn numbers() {
        let number = |text: &str| both(&format!("{{a:{text}}}"), Source::uint, Source::uint);
        for (text, value) in [
            ("0", 0),
            ("17", 17),
            ("9999999999999999999", 9_999_999_999_999_999_999),
        ] {
            assert_eq!(number(text), Some(value), "{text}");
        }
        for bad in [
            "", "00", "01", "-1", "1.", "1d0", "1e0", "0x1F", "null.int", "a::1", "2021T",
        ] {
            assert_eq!(number(bad), None, "{bad}");
        }
        assert_eq!(number("18446744073709551616"), None);
    }

    #[test]
    fn hashes() {
        let hash = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let blob = |text: &str| both(&format!("{{a:{text}}}"), Source::blob32, Source::blob32);
        let found = blob(&format!("{{{{{hash}}}}}")).unwrap();
        assert_eq!(
            found.hash.map(|hash| hash.to_string()).as_deref(),
            Some(hash)
        );
        assert_eq!(blob("{{}}").unwrap().length, 0);
        assert_eq!(blob(&format!("{{{{ {hash} }}}}")).unwrap().length, 32);
        for bad in [&hash[1..], "{{AA}}", &format!("{{{{{hash}}} }}"), "{}"] {
            assert!(blob(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn times() {
        let time = |text: &str| both(&format!("{{a:{text}}}"), Source::time, Source::time);
        for text in [
            "2021-08-01T12:01:25.956Z",
            "2020-02-29T23:59:59.999Z",
            "2021-12-31T00:00:00.000Z",
            "0001-01-01T00:00:00.000Z",
        ] {
            assert_eq!(time(text).unwrap().to_string(), text);
        }
        assert!(time("2021-08-01T12:01+01:00").is_some());
        for bad in [
            "2021-13-01T12:01:25.956Z",
            "2021-00-01T12:01:25.956Z",
            "2021-02-29T12:01:25.956Z",
            "2021-04-31T12:01:25.956Z",
            "2021-04-00T12:01:25.956Z",
            "0000-04-01T12:01:25.956Z",
            "2021-08-01T24:01:25.956Z",
            "2021-08-01T12:60:25.956Z",
            "2021-08-01T12:01:60.956Z",
            "2021-08-01T12:01:25.956Z1",
            "2021-08-01t12:01:25.956Z",
        ] {
            assert_eq!(time(bad), None, "{bad}");
        }
    }

    #[test]
    fn marks_between_values() {
        let fields = |text: &str| {
            let reader = Reader::new(text.as_bytes(), &Limits::default()).unwrap();
            let mut plain = Plain::new(text, reader);
            plain.enter(Type::Struct).ok()?;
            let mut names = Vec::new();
            loop {
                match plain.named() {
                    Ok(None) => return Some((names, plain.offset())),
                    Ok(Some((name, _))) => {
                        names.push(name.into_owned());
                        plain.uint().ok()?;
                    }
                    Err(_) => return None,
                }
            }
        };
        let names = |text| fields(text).map(|(names, _)| names.join(" "));
        assert_eq!(names("{}").as_deref(), Some(""));
        assert_eq!(names("{a:1,b:2}").as_deref(), Some("a b"));
        assert_eq!(names("{ a: 1 ,\n  b:\t2\r\n}").as_deref(), Some("a b"));
        assert_eq!(names("{'0a':1}").as_deref(), Some("0a"));
        for other in [
            "{,a:1}",
            "{a:1,}",
            "{a:1,,b:2}",
            "{a:1 b:2}",
            "{a:1",
            "{a 1}",
            "{a:1]",
            "[a:1]",
            "{a:x::1}",
            "{/**/a:1}",
            "{0a:1}",
            "{'a:1}",
            "{a':1}",
            "{null:1}",
            "{'':1}",
            "{:1}",
            "{{a:1}}",
            "{\"a\":1}",
            "{a :1}",
            "{a::1}",
        ] {
            assert_eq!(names(other), None, "{other}");
        }
    }
}
