//! Where top-level structs of Ion text end, known for certain, at the speed of memory.
//!
//! QLDB writes structs and blanks at top level, and no comments anywhere. As long as that is all there is, every
//! byte is in one of few states, of which only those outside of strings, symbols and lobs matter: 64 of them are
//! looked at together, as bits of a word. Whatever else comes up makes the scan stop ([`Found::Unsure`]), and the
//! rest is read by one Ion reader that nobody cut for.
//!
//! Why an end is one for any reader: from the first byte on, every struct began where the last had ended, blanks
//! apart. In it each byte was told to be in a string, a quoted symbol, a lob, or in none, by the rules of Ion
//! alone; a `/` in none would begin a comment, and is not taken. So brackets are counted as a reader counts them.
//! What is wrong within (a bracket of another kind, a word that is no value) makes a reader refuse that struct;
//! then what is behind it stands behind a finding.

use wide::u8x16;

/// Bytes looked at together.
const BLOCK: usize = 64;

/// Bytes of one token that were surely seen: only a very long number or name has more.
const TOKEN_BYTES_MAX: usize = 400;

/// What a scan came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A struct, and the index behind it.
    End(usize),
    /// The end of the bytes, or something that more bytes are needed to tell.
    More,
    /// Something that is not told here.
    Unsure(&'static str),
}

/// A scan under way. It never stops within a token, so it needs to remember nothing but brackets.
#[derive(Debug, Default)]
pub(super) struct Exact {
    /// All before this index was told.
    at: usize,
    /// Brackets that are open there.
    depth: u32,
    /// Bytes before it that are one token.
    token: usize,
    /// Something stood before it: no version marker is looked for.
    begun: bool,
}

/// What comes behind the bytes of a block that were told.
enum Next {
    Block,
    String,
    Symbol,
    Lob,
    More,
}

impl Exact {
    /// Whether all of so many bytes was told, up to a place between structs.
    pub(super) fn is_done(&self, count: usize) -> bool {
        self.depth == 0 && self.at == count
    }

    /// So many bytes are gone from the front.
    pub(super) fn shift(&mut self, count: usize) {
        self.at -= count;
    }

    /// Scans on in `bytes`, which begin as they did before.
    pub(super) fn next(&mut self, bytes: &[u8], depth_max: u32) -> Found {
        while self.depth == 0 {
            if let Some(found) = self.enter(bytes) {
                return found;
            }
        }
        loop {
            if let Some(found) = self.block(bytes, depth_max) {
                return found;
            }
        }
    }

    /// Between structs: blanks, and the brace that begins the next.
    fn enter(&mut self, bytes: &[u8]) -> Option<Found> {
        const MARKER: &[u8] = b"$ion_1_0";
        let rest = &bytes[self.at..];
        let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
        self.at += blanks;
        let rest = &rest[blanks..];
        match rest {
            [] | [b'{'] => Some(Found::More),
            [b'{', b'{', ..] => Some(Found::Unsure("a lob between blocks")),
            [b'{', ..] => {
                (self.depth, self.begun) = (1, true);
                self.at += 1;
                None
            }
            [b'/', ..] => Some(Found::Unsure("a comment")),
            [b'$', ..] if !self.begun => match rest.get(MARKER.len()) {
                None if MARKER.starts_with(rest) => Some(Found::More),
                Some(after) if rest.starts_with(MARKER) && is_blank(*after) => {
                    self.begun = true;
                    self.at += MARKER.len();
                    None
                }
                _ => Some(Found::Unsure("a symbol or an annotation between blocks")),
            },
            _ => Some(Found::Unsure("something else than structs between blocks")),
        }
    }

    /// Within a struct, outside of every token.
    fn block(&mut self, bytes: &[u8], depth_max: u32) -> Option<Found> {
        let rest = &bytes[self.at..];
        let mut padded = [b' '; BLOCK];
        let (block, length) = match rest.first_chunk() {
            Some(block) => (block, BLOCK),
            None if rest.is_empty() => return Some(Found::More),
            None => {
                padded[..rest.len()].copy_from_slice(rest);
                (&padded, rest.len())
            }
        };
        let bits = Bits::of(block);
        let rare = match bits.rare {
            0 => Rare::default(),
            _ => Rare::of(block),
        };
        let quotes = bits.quotes & !escaped(rare.backslashes);
        let inside = within(quotes);
        let outside = !inside;
        let (mut limit, mut next) = (length as u32, Next::Block);
        if quotes.count_ones() % 2 == 1 {
            (limit, next) = (63 - quotes.leading_zeros(), Next::String);
        }
        let symbol = (rare.apostrophes & outside).trailing_zeros();
        if symbol < limit {
            (limit, next) = (symbol, Next::Symbol);
        }
        let braces = bits.braces & outside;
        let lob = (braces & braces >> 1).trailing_zeros();
        if lob < limit {
            (limit, next) = (lob, Next::Lob);
        }
        // Whether one at the end begins a lob is told by the byte behind.
        if limit as usize == length && block[length - 1] == b'{' && outside >> (length - 1) & 1 == 1
        {
            match rest.get(length) {
                Some(b'{') => (limit, next) = (limit - 1, Next::Lob),
                Some(_) => {}
                None => (limit, next) = (limit - 1, Next::More),
            }
        }
        let opening = (bits.opening | rare.opening) & outside & below(limit);
        let closing = (bits.closing | rare.closing) & outside & below(limit);
        let end = match self.count(opening, closing, depth_max) {
            Ok(end) => end,
            Err(why) => return Some(Found::Unsure(why)),
        };
        if bits.rare != 0 {
            let told = below(end.unwrap_or(limit));
            if let Some(why) = rare.unsure(inside & told, outside & told) {
                return Some(Found::Unsure(why));
            }
        }
        if let Some(end) = end {
            self.at += end as usize;
            self.token = 0;
            return Some(Found::End(self.at));
        }
        let other = bits.quotes | bits.opening | bits.closing | bits.rare;
        let token = other == 0 && block[..length].iter().all(|byte| is_token(*byte));
        self.token = if token { self.token + length } else { 0 };
        if self.token > TOKEN_BYTES_MAX {
            return Some(Found::Unsure("a very long number or name"));
        }
        self.at += limit as usize;
        let end = match next {
            Next::Block => return None,
            Next::More => return Some(Found::More),
            Next::String => quoted(bytes, self.at, b'"'),
            Next::Symbol => symbol_end(bytes, self.at),
            Next::Lob => lob_end(bytes, self.at),
        };
        match end {
            Ok(end) => self.at = end,
            Err(found) => return Some(found),
        }
        None
    }

    /// Counts brackets, up to the one with which the struct ends: gives the index behind it.
    #[inline(always)]
    fn count(
        &mut self,
        opening: u64,
        closing: u64,
        depth_max: u32,
    ) -> Result<Option<u32>, &'static str> {
        let (more, fewer) = (opening.count_ones(), closing.count_ones());
        if self.depth > fewer && self.depth + more <= depth_max {
            self.depth = self.depth + more - fewer;
            return Ok(None);
        }
        let mut both = opening | closing;
        while both != 0 {
            let at = both.trailing_zeros();
            both &= both - 1;
            if opening >> at & 1 == 1 {
                self.depth += 1;
                if self.depth > depth_max {
                    return Err("deep nesting");
                }
                continue;
            }
            self.depth -= 1;
            if self.depth == 0 {
                return Ok(Some(at + 1));
            }
        }
        Ok(None)
    }
}

/// A bit for each byte of a block, that of the first the lowest.
struct Bits {
    quotes: u64,
    braces: u64,
    /// Braces and brackets.
    opening: u64,
    closing: u64,
    /// All else that means something, in [`Rare`].
    rare: u64,
}

impl Bits {
    #[inline(always)]
    fn of(block: &[u8; BLOCK]) -> Bits {
        let mut bits = Bits {
            quotes: 0,
            braces: 0,
            opening: 0,
            closing: 0,
            rare: 0,
        };
        for (index, chunk) in block.as_chunks::<16>().0.iter().enumerate() {
            let v = u8x16::new(*chunk);
            // A brace and a bracket are one bit apart.
            let folded = v | u8x16::splat(0x20);
            let rare = is(v, b'\'') | is(v, b'/') | is(v, b'\\') | is(v & u8x16::splat(0xFE), b'(');
            let rare = rare | at_most(v, 0x1F) | v;
            let shift = index * 16;
            // The top bit of a byte that is not ASCII is set by itself.
            bits.rare |= u64::from(rare.to_bitmask()) << shift;
            bits.quotes |= u64::from(is(v, b'"').to_bitmask()) << shift;
            bits.braces |= u64::from(is(v, b'{').to_bitmask()) << shift;
            bits.opening |= u64::from(is(folded, b'{').to_bitmask()) << shift;
            bits.closing |= u64::from(is(folded, b'}').to_bitmask()) << shift;
        }
        bits
    }
}

/// The same of bytes that most blocks do not have outside of lobs.
#[derive(Default)]
struct Rare {
    apostrophes: u64,
    backslashes: u64,
    slashes: u64,
    /// Parentheses.
    opening: u64,
    closing: u64,
    /// Control characters, and those of them that are no blanks.
    control: u64,
    no_blanks: u64,
    no_ascii: u64,
}

impl Rare {
    fn of(block: &[u8; BLOCK]) -> Rare {
        let mut rare = Rare::default();
        for (index, chunk) in block.as_chunks::<16>().0.iter().enumerate() {
            let v = u8x16::new(*chunk);
            let place = |found: u8x16| u64::from(found.to_bitmask()) << (index * 16);
            rare.apostrophes |= place(is(v, b'\''));
            rare.backslashes |= place(is(v, b'\\'));
            rare.slashes |= place(is(v, b'/'));
            rare.opening |= place(is(v, b'('));
            rare.closing |= place(is(v, b')'));
            rare.control |= place(at_most(v, 0x1F));
            rare.no_blanks |= place(is(v, b'\t') | is(v, b'\n') | is(v, b'\r'));
            rare.no_ascii |= place(v);
        }
        rare.no_blanks = rare.control & !rare.no_blanks;
        rare
    }

    fn unsure(&self, inside: u64, outside: u64) -> Option<&'static str> {
        if self.slashes & outside != 0 {
            Some("a comment")
        } else if self.control & inside | self.no_blanks & outside != 0 {
            Some("a control character")
        } else if (self.backslashes | self.no_ascii) & outside != 0 {
            Some("something that is no Ion outside of strings")
        } else {
            None
        }
    }
}

/// The bits of so many bytes at the start of a block.
#[inline(always)]
fn below(limit: u32) -> u64 {
    1u64.checked_shl(limit).map_or(u64::MAX, |bit| bit - 1)
}

/// All ones in the bytes that are this one.
#[inline(always)]
fn is(v: u8x16, byte: u8) -> u8x16 {
    v.simd_eq(u8x16::splat(byte))
}

/// All ones in the bytes that are no greater.
#[inline(always)]
fn at_most(v: u8x16, byte: u8) -> u8x16 {
    v.min(u8x16::splat(byte)).simd_eq(v)
}

/// The bytes that a backslash takes, each backslash taken by none.
fn escaped(backslashes: u64) -> u64 {
    const ODD: u64 = 0xAAAA_AAAA_AAAA_AAAA;
    // A carry runs through each run of them, and tells by where it ends whether its length is odd.
    ((backslashes << 1 | ODD).wrapping_sub(backslashes) ^ ODD) ^ backslashes
}

/// The bits from each odd one on, before the next.
fn within(quotes: u64) -> u64 {
    let mut bits = quotes;
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// A byte of a number or a name.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.' | b'+' | b'-')
}

/// The index behind what begins with this quote at `start`.
fn quoted(bytes: &[u8], start: usize, quote: u8) -> Result<usize, Found> {
    let mut at = start + 1;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let special = |byte: &u8| *byte == quote || *byte == b'\\' || *byte < b' ';
        let found = rest.as_chunks::<16>().0.iter().position(|chunk| {
            let v = u8x16::new(*chunk);
            (is(v, quote) | is(v, b'\\') | at_most(v, 0x1F)).to_bitmask() != 0
        });
        at += found.unwrap_or(rest.len() / 16) * 16;
        let rest = bytes.get(at..).unwrap_or_default();
        at += rest.iter().position(special).ok_or(Found::More)?;
        match bytes[at] {
            byte if byte == quote => return Ok(at + 1),
            b'\\' => match bytes.get(at + 1) {
                None => return Err(Found::More),
                Some(..b' ') => return Err(Found::Unsure("a control character")),
                Some(_) => at += 2,
            },
            _ => return Err(Found::Unsure("a control character")),
        }
    }
}

/// The index behind the quoted symbol that begins at `start`.
fn symbol_end(bytes: &[u8], start: usize) -> Result<usize, Found> {
    match &bytes[start..] {
        [_, b'\'', b'\'', ..] => Err(Found::Unsure("a long string")),
        [_] | [_, b'\''] => Err(Found::More),
        _ => quoted(bytes, start, b'\''),
    }
}

/// The index behind the blob or clob that begins at `start`.
fn lob_end(bytes: &[u8], start: usize) -> Result<usize, Found> {
    let skip = |at: usize| {
        let rest = bytes.get(at..).unwrap_or_default();
        at + rest.iter().take_while(|byte| is_blank(**byte)).count()
    };
    let inner = skip(start + 2);
    let end = match bytes.get(inner).ok_or(Found::More)? {
        b'"' => skip(quoted(bytes, inner, b'"')?),
        b'\'' => return Err(Found::Unsure("a long string")),
        // A quote in base64 is damage, and brackets behind it mean nothing.
        _ => inner + memchr::memchr3(b'}', b'"', b'\'', &bytes[inner..]).ok_or(Found::More)?,
    };
    match bytes.get(end..end + 2) {
        Some(b"}}") => Ok(end + 2),
        Some(_) => Err(Found::Unsure("a lob that does not end as one")),
        None => Err(Found::More),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All ends in `text`, told as it comes in steps of so many bytes, and what it came to in the end.
    fn told(text: &[u8], step: usize) -> (Vec<usize>, Option<&'static str>, bool) {
        let (mut exact, mut ends, mut shifted) = (Exact::default(), Vec::new(), 0);
        let steps = (0..text.len()).step_by(step);
        for end in steps.map(|start| (start + step).min(text.len())) {
            loop {
                match exact.next(&text[shifted..end], 500) {
                    Found::End(at) => {
                        ends.push(shifted + at);
                        // What was told is not needed any more.
                        exact.shift(at);
                        shifted += at;
                    }
                    Found::More => break,
                    Found::Unsure(why) => return (ends, Some(why), false),
                }
            }
        }
        (ends, None, exact.is_done(text.len() - shifted))
    }

    /// So that whatever it is comes to lie everywhere in a block.
    fn all_ways(text: &str) -> (Vec<usize>, Option<&'static str>, bool) {
        let whole = told(text.as_bytes(), text.len().max(1));
        for blanks in 0..70 {
            let moved = format!("{}{text}", " ".repeat(blanks));
            for step in [1, 7, 64, moved.len().max(1)] {
                let (ends, why, done) = told(moved.as_bytes(), step);
                let ends: Vec<_> = ends.iter().map(|end| end - blanks).collect();
                assert_eq!(
                    (ends, why, done),
                    whole,
                    "{text} behind {blanks} blanks by {step}"
                );
            }
        }
        whole
    }

    #[test]
    fn structs_end_where_their_brackets_say() {
        for (text, ends) in [
            ("", vec![]),
            (" \n", vec![]),
            ("{}", vec![2]),
            ("{a:1}{b:2} \r\n\t{c:3} ", vec![5, 10, 19]),
            ("$ion_1_0 {a:1}", vec![14]),
            ("{a:\"}\"}", vec![7]),
            ("{a:\"\\\"}\",b:\"\\\\\"}", vec![16]),
            ("{'}\"':\"'\"}", vec![10]),
            ("{'it\\'s}':1,'':2}", vec![17]),
            ("{a:{{YQ==}},b:{{ / + }}}", vec![24]),
            ("{a:{{ \"}}\\\"//\" }}}", vec![18]),
            ("{a:[{b:[{c:{}}]},{}],d:(1 [2] {e:3})}", vec![37]),
            ("{\"é\":\"😀}\"}", vec![14]),
            ("{a:[1}]", vec![7]),
        ] {
            assert_eq!(all_ways(text).0, ends, "{text}");
        }
        let (long, blob) = ("x\\\"".repeat(90), "YQ//".repeat(90));
        let long = format!("{{a:\"{long}\",b:{{{{{blob}}}}}}}");
        assert_eq!(all_ways(&long), (vec![long.len()], None, true));
    }

    #[test]
    fn an_end_within_a_struct_is_none() {
        for text in [
            "{",
            "{a:\"x",
            "{a:\"\\",
            "{a:'",
            "{a:''",
            "{a:{{",
            "{a:{{YQ==}",
            "{a:{",
            "$ion_1",
            "$ion_1_0",
        ] {
            assert_eq!(all_ways(text), (vec![], None, false), "{text}");
        }
        assert_eq!(all_ways("{}{"), (vec![2], None, false));
    }

    #[test]
    fn all_else_is_not_told() {
        for text in [
            "// {}",
            "/* */{}",
            "{}//",
            "1",
            "[{}]",
            "({})",
            "a::{}",
            "'a'::{}",
            "$ion_1_0{}",
            "$ion_1_0::{}",
            "$ion_1_1 {}",
            "$ion_symbol_table::{}",
            "$3::{}",
            "{{YQ==}}",
            "{} $ion_1_0 {}",
            "{}}",
            "{},{}",
            "{a:1 // }\n}",
            "{a:/**/1}",
            "{a:(1/2)}",
            "{a:'''x'''}",
            "{a:{{'''x'''}}}",
            "{a:{{YQ==} }}",
            "{a:\"\n\"}",
            "{a:'\t'}",
            "{a:\\}",
            "{a:\u{1}}",
            "{a:é}",
            "\u{feff}{}",
            "{}\u{b}{}",
            "{a:\"\\\n\"}",
        ] {
            let (_, why, done) = all_ways(text);
            assert!(why.is_some() && !done, "{text}");
        }
        let deep = |levels| format!("{{a:{}1{}}}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(all_ways(&deep(499)).0, [deep(499).len()]);
        assert_eq!(all_ways(&deep(500)).1, Some("deep nesting"));
        let long = format!("{{a:{}}}", "1".repeat(1_000));
        assert_eq!(all_ways(&long).1, Some("a very long number or name"));
    }

    #[test]
    fn what_backslashes_take_is_counted_in_runs() {
        for seed in 0..50_000u64 {
            let bits = seed
                .wrapping_mul(0x9E37_79B9_7F4A_7C15)
                .rotate_left(seed as u32);
            let bits = bits | seed << 40;
            let (mut expected, mut taken) = (0u64, false);
            for at in 0..64 {
                expected |= u64::from(taken) << at;
                taken = !taken && bits >> at & 1 == 1;
            }
            // Only of bytes that are no backslashes does anybody ask.
            assert_eq!(escaped(bits) & !bits, expected & !bits, "{bits:b}");
        }
    }
}
