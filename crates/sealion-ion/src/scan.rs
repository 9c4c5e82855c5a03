//! Sixteen bytes looked at together. Each answer has a bit for each byte, that of the first byte the lowest.
//!
//! `wide` makes the vector instructions of it that all processors of an architecture have, and needs no unsafe code of
//! ours.

use wide::u8x16;

/// Sixteen bytes.
pub(crate) type Chunk = [u8; 16];

/// How many bytes come before the first that `find` has a bit for. `None` if none of the whole chunks has one: at the
/// end of the bytes there may be a rest that was not looked at.
#[inline(always)]
pub(crate) fn run(bytes: &[u8], find: impl Fn(&Chunk) -> u32) -> Option<usize> {
    for (index, chunk) in bytes.as_chunks().0.iter().enumerate() {
        let found = find(chunk);
        if found != 0 {
            return Some(index * 16 + found.trailing_zeros() as usize);
        }
    }
    None
}

/// As [`run`], of two chunks at a time: for what is often longer than one.
#[inline(always)]
pub(crate) fn long_run(bytes: &[u8], find: impl Fn(&Chunk) -> u32) -> Option<usize> {
    for (index, [low, high]) in bytes.as_chunks().0.as_chunks().0.iter().enumerate() {
        let found = find(low) | find(high) << 16;
        if found != 0 {
            return Some(index * 32 + found.trailing_zeros() as usize);
        }
    }
    None
}

/// All ones in the bytes that are this one.
#[inline(always)]
pub(crate) fn is(v: u8x16, byte: u8) -> u8x16 {
    v.simd_eq(u8x16::splat(byte))
}

/// All ones in the bytes that are no greater.
#[inline(always)]
pub(crate) fn at_most(v: u8x16, byte: u8) -> u8x16 {
    v.min(u8x16::splat(byte)).simd_eq(v)
}

/// The bytes that may end a run of plain text: control characters (below the blank), `quote` and `\`.
#[inline(always)]
pub(crate) fn specials(chunk: &Chunk, quote: u8) -> u32 {
    let v = u8x16::new(*chunk);
    (is(v, quote) | is(v, b'\\') | at_most(v, 0x1F)).to_bitmask()
}

/// The bytes that are no letter or digit of ASCII, `_` or `$`.
#[inline(always)]
pub(crate) fn not_name(chunk: &Chunk) -> u32 {
    let v = u8x16::new(*chunk);
    let letter = at_most((v | u8x16::splat(0x20)) - u8x16::splat(b'a'), 25);
    let digit = at_most(v - u8x16::splat(b'0'), 9);
    !(letter | digit | is(v, b'_') | is(v, b'$')).to_bitmask() & 0xFFFF
}

/// The bytes that are control characters, or no ASCII.
#[inline(always)]
pub(crate) fn not_plain(chunk: &Chunk) -> u32 {
    // From the blank on there are 0x60 bytes of ASCII.
    let v = u8x16::new(*chunk) - u8x16::splat(0x20);
    !at_most(v, 0x5F).to_bitmask() & 0xFFFF
}

/// Whether the first `len` bytes of `rest` are ASCII without control characters. The bytes behind mean nothing.
#[inline(always)]
pub(crate) fn is_plain(rest: &[u8], len: usize) -> bool {
    if let (true, Some(bytes)) = (len <= 32, rest.first_chunk::<32>()) {
        if let [low, high] = bytes.as_chunks().0 {
            let found = u64::from(not_plain(low) | not_plain(high) << 16);
            return found & ((1 << len) - 1) == 0;
        }
    }
    let (chunks, rest) = rest.get(..len).unwrap_or(rest).as_chunks();
    chunks.iter().fold(0, |all, chunk| all | not_plain(chunk)) == 0
        && rest.iter().all(|byte| (0x20..0x80).contains(byte))
}

/// The bytes that Ion Hash escapes: `0B`, `0C` and `0E`.
#[inline(always)]
pub(crate) fn markers(chunk: &Chunk) -> u32 {
    let v = u8x16::new(*chunk);
    // The latter two are one bit apart.
    (is(v, 0x0B) | is(v | u8x16::splat(0x02), 0x0E)).to_bitmask()
}

/// As [`markers`], of 32 bytes.
#[inline(always)]
pub(crate) fn markers_of_hash(hash: &[u8; 32]) -> u32 {
    match hash.as_chunks::<16>().0 {
        [low, high] => markers(low) | markers(high) << 16,
        _ => 0,
    }
}

/// Whether a byte of the bytes is one that Ion Hash escapes.
#[inline(always)]
pub(crate) fn has_markers(bytes: &[u8]) -> bool {
    let (chunks, rest) = bytes.as_chunks::<16>();
    let in_chunks = chunks.iter().fold(0, |all, chunk| all | markers(chunk));
    // The last whole chunk may overlap the one before.
    in_chunks != 0
        || match bytes.last_chunk() {
            Some(last) => markers(last) != 0,
            None => rest.iter().any(|byte| matches!(byte, 0x0B | 0x0C | 0x0E)),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every byte in every place, beside every other byte.
    fn each(name: &str, find: impl Fn(&Chunk) -> u32, is_found: impl Fn(u8) -> bool) {
        for pair in 0..=u16::MAX {
            let [a, b] = pair.to_le_bytes();
            for place in [0, 6, 7, 8, 14] {
                let mut chunk = *b"aZ09az_9aZ09az_9";
                (chunk[place], chunk[place + 1]) = (a, b);
                let expected =
                    u32::from(is_found(a)) << place | u32::from(is_found(b)) << (place + 1);
                assert_eq!(find(&chunk), expected, "{name}: {a:02x} {b:02x} at {place}");
            }
        }
    }

    #[test]
    fn every_pair() {
        let special = |byte: u8| byte < 0x20 || b"\"\\".contains(&byte);
        each("specials", |c| specials(c, b'"'), special);
        let not_a_name = |byte: u8| !(byte.is_ascii_alphanumeric() || b"_$".contains(&byte));
        each("not_name", not_name, not_a_name);
        let not_text = |byte: u8| !(0x20..0x80).contains(&byte);
        each("not_plain", not_plain, not_text);
        let marker = |byte: u8| matches!(byte, 0x0B | 0x0C | 0x0E);
        each("markers", markers, marker);
    }

    #[test]
    fn runs() {
        for len in 0..70 {
            let mut bytes = vec![b'a'; len];
            assert_eq!(run(&bytes, not_name), None);
            for at in 0..len {
                bytes[at..].fill(b':');
                let whole = |size| len / size * size;
                assert_eq!(run(&bytes, not_name), (at < whole(16)).then_some(at));
                assert_eq!(long_run(&bytes, not_name), (at < whole(32)).then_some(at));
                bytes.fill(b'a');
            }
        }
    }

    #[test]
    fn plain() {
        for len in 0..70 {
            for behind in [0, 20, 40] {
                let mut bytes = vec![b'a'; len + behind];
                bytes[len..].fill(0x80);
                assert!(is_plain(&bytes, len));
                for at in 0..len {
                    for byte in [0x1F, 0x80] {
                        bytes[at] = byte;
                        assert!(!is_plain(&bytes, len), "{at} of {len}");
                    }
                    bytes[at] = b'a';
                }
            }
        }
    }

    #[test]
    fn markers_anywhere() {
        for len in 0..70 {
            let mut bytes = vec![0x0D; len];
            assert!(!has_markers(&bytes));
            for at in 0..len {
                bytes[at] = 0x0E;
                assert!(has_markers(&bytes), "{at} of {len}");
                bytes[at] = 0x0D;
            }
        }
        for at in 0..32 {
            let mut hash = [0; 32];
            hash[at] = 0x0C;
            assert_eq!(markers_of_hash(&hash), 1 << at);
        }
    }
}
