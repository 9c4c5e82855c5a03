//! Eight bytes at a time, in one word: each answer is a word with the top bit of those bytes set that it is about. In
//! little-endian words the first byte of the text is the lowest.

/// A word of ones, to repeat a byte by multiplication.
pub(super) const ONES: u64 = 0x0101_0101_0101_0101;
/// The top bit of each byte.
pub(super) const TOPS: u64 = 0x8080_8080_8080_8080;

/// The first byte that is a control character, `quote` (repeated in a word) or `\`, and perhaps some behind it; none
/// if there is none. `x - ONES & !x` finds zero bytes, with false finds only above true ones; what is below a blank
/// is found likewise.
#[inline]
pub(super) fn specials(word: u64, quote: u64) -> u64 {
    let zero = |x: u64| x.wrapping_sub(ONES) & !x;
    let below_blank = word.wrapping_sub(ONES * 0x20) & !word;
    (zero(word ^ quote) | zero(word ^ (ONES * 0x5C)) | below_blank) & TOPS
}

/// The bytes that are no letter or digit of ASCII, `_` or `$`.
#[inline]
pub(super) fn not_name(word: u64) -> u64 {
    // Seven bits of each byte: sums below do not run over into the next.
    let low = word & !TOPS;
    let at_least = |x: u64, byte: u8| x + ONES * u64::from(0x80 - byte);
    let between = |x: u64, from: u8, to: u8| at_least(x, from) & !at_least(x, to + 1);
    let equal = |byte: u8| !((low ^ (ONES * u64::from(byte))) + ONES * 0x7F);
    let letter = between(low | (ONES * 0x20), b'a', b'z');
    let name = letter | between(low, b'0', b'9') | equal(b'_') | equal(b'$');
    (!name | word) & TOPS
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every byte in every place, among others that are not found.
    fn each(find: impl Fn(u64) -> u64, is_found: impl Fn(u8) -> bool) {
        for byte in 0..=255 {
            for place in 0..8 {
                let mut bytes = *b"aZ09az_9";
                bytes[place] = byte;
                let found = find(u64::from_le_bytes(bytes));
                let first = (found != 0).then(|| found.trailing_zeros() as usize / 8);
                assert_eq!(
                    first,
                    is_found(byte).then_some(place),
                    "{byte:02x} at {place}"
                );
            }
        }
    }

    #[test]
    fn every_byte() {
        each(not_name, |byte| {
            !(byte.is_ascii_alphanumeric() || b"_$".contains(&byte))
        });
        let quote = ONES * u64::from(b'"');
        each(
            |word| specials(word, quote),
            |byte| byte < 0x20 || b"\"\\".contains(&byte),
        );
    }

    /// Bytes that are not found, behind and before one that is, change nothing.
    #[test]
    fn every_pair() {
        for pair in 0..=u16::MAX {
            let [a, b] = pair.to_le_bytes();
            let word = u64::from_le_bytes([b'a', a, b, b'a', b'a', b'a', b'a', b'a']);
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_$".contains(&byte);
            let expected = match (is_name(a), is_name(b)) {
                (false, _) => Some(1),
                (true, false) => Some(2),
                (true, true) => None,
            };
            let found = not_name(word);
            let first = (found != 0).then(|| found.trailing_zeros() / 8);
            assert_eq!(first, expected, "{a:02x} {b:02x}");
        }
    }
}
