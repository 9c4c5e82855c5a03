//! Base64 of blobs in Ion text (RFC 4648, section 4, with padding), with blanks anywhere.

use wide::{bytemuck, u16x8, u32x4, u8x16};

use crate::pass::{pass, Pass, Reason};
use crate::scan;

/// Marks what is no base64 digit.
const NONE: u8 = 0xFF;

/// The value of each digit.
const DIGITS: [u8; 256] = digits();

const fn digits() -> [u8; 256] {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [NONE; 256];
    let mut value = 0;
    while value < 64 {
        table[alphabet[value] as usize] = value as u8;
        value += 1;
    }
    table
}

/// The digits once more, each where it stands in a group of four, with a bit above the 24 for what is none.
static PLACED: [[u32; 256]; 4] = placed();

const fn placed() -> [[u32; 256]; 4] {
    let mut table = [[1 << 24; 256]; 4];
    let mut place = 0;
    while place < 4 {
        let mut byte = 0;
        while byte < 256 {
            if DIGITS[byte] != NONE {
                table[place][byte] = (DIGITS[byte] as u32) << (18 - 6 * place);
            }
            byte += 1;
        }
        place += 1;
    }
    table
}

/// Four digits as 24 bits; with a bit above them if one is no digit.
#[inline(always)]
fn group(digits: &[u8; 4]) -> u32 {
    let [a, b, c, d] = digits.map(usize::from);
    PLACED[0][a] | PLACED[1][b] | PLACED[2][c] | PLACED[3][d]
}

/// Sixteen digits as four groups of 24 bits, and a bit for each that is none, that of the first the lowest.
#[inline(always)]
fn groups(digits: &scan::Chunk) -> ([u64; 4], u32) {
    let text = u8x16::new(*digits);
    // From the character to its value; zero for what is none.
    let shift =
        |class: u8x16, first: u8, value: u8| class & u8x16::splat(value.wrapping_sub(first));
    let within = |first: u8, count: u8| scan::at_most(text - u8x16::splat(first), count - 1);
    let shifts = shift(within(b'A', 26), b'A', 0)
        | shift(within(b'a', 26), b'a', 26)
        | shift(within(b'0', 10), b'0', 52)
        | shift(scan::is(text, b'+'), b'+', 62)
        | shift(scan::is(text, b'/'), b'/', 63);
    let bad = scan::is(shifts, 0).to_bitmask();
    // Neighbours together: the one that comes first is above the other.
    let bytes: u16x8 = bytemuck::cast(text + shifts);
    let twelve = (bytes << 6 | bytes >> 8) & u16x8::splat(0xFFF);
    let twelve: u32x4 = bytemuck::cast(twelve);
    let groups: u32x4 = (twelve << 12 | twelve >> 16) & u32x4::splat(0xFF_FFFF);
    (groups.to_array().map(u64::from), bad)
}

/// The 32 bytes of a hash from its 44 characters, 43 digits and one `=`; `None` if they are anything else.
pub(crate) fn hash(text: &[u8]) -> Option<[u8; 32]> {
    let text: &[u8; 44] = text.try_into().ok()?;
    // The last chunk begins with a group of the one before.
    let ([first, second], last) = (text.first_chunk::<32>()?.as_chunks().0, text.last_chunk()?)
    else {
        return None;
    };
    let ([a, b, c, d], bad_first) = groups(first);
    let ([e, f, g, h], bad_second) = groups(second);
    let ([_, i, j, k], bad_last) = groups(last);
    // The last group is three digits, of which the last two bits must be zero, and what is none.
    let bad = bad_first | bad_second | (bad_last ^ 1 << 15) | k as u32 & 0xC0;
    let words = [
        a << 40 | b << 16 | c >> 8,
        c << 56 | d << 32 | e << 8 | f >> 16,
        f << 48 | g << 24 | h,
        i << 40 | j << 16 | k >> 8,
    ];
    let mut out = [0; 32];
    for (out, word) in out.as_chunks_mut::<8>().0.iter_mut().zip(words) {
        *out = word.to_be_bytes();
    }
    (bad == 0 && text[43] == b'=').then_some(out)
}

/// Decodes base64 at `offset` of the input into `out`.
///
/// # Errors
/// If a character is neither digit nor blank, if padding is missing or not at the end, or if bits that must be zero
/// are not.
pub(crate) fn decode(text: &[u8], offset: usize, out: &mut Vec<u8>) -> Result<(), Pass> {
    out.clear();
    let text = text.trim_ascii_end();
    // The last group is left to the general way, for its padding.
    let (groups, _) = text
        .get(..text.len().saturating_sub(1))
        .unwrap_or(&[])
        .as_chunks::<4>();
    out.reserve(groups.len() * 3 + 3);
    for (index, digits) in groups.iter().enumerate() {
        let bits = group(digits);
        if bits >> 24 != 0 {
            return slow(text, index * 4, offset, out);
        }
        out.extend_from_slice(&bits.to_be_bytes()[1..]);
    }
    slow(text, groups.len() * 4, offset, out)
}

/// Goes on from a group's border, digit by digit.
fn slow(text: &[u8], from: usize, offset: usize, out: &mut Vec<u8>) -> Result<(), Pass> {
    let (mut bits, mut count, mut padding) = (0u32, 0, 0);
    let mut last = 0;
    for (at, byte) in text.iter().enumerate().skip(from) {
        let value = DIGITS[usize::from(*byte)];
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0C if padding == 0 => {}
            b'=' if count + padding < 4 && count >= 2 => padding += 1,
            _ if value == NONE || padding > 0 => return pass(offset + at, Reason::Base64),
            _ => {
                bits = bits << 6 | u32::from(value);
                count += 1;
            }
        }
        if count == 4 {
            out.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, count) = (0, 0);
        }
        last = at;
    }
    match (count, padding) {
        (0, 0) => {}
        (2, 2) if bits & 0xF == 0 => out.push((bits >> 4) as u8),
        (3, 1) if bits & 0x3 == 0 => out.extend_from_slice(&((bits >> 2) as u16).to_be_bytes()),
        _ => return pass(offset + last, Reason::Base64),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        decode(text.as_bytes(), 0, &mut out).ok().map(|()| out)
    }

    #[test]
    fn known_texts() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm 9v\nYmE=  ", "fooba"),
            ("Zm9vYmFy", "foobar"),
            ("  Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decoded(text).as_deref(), Some(bytes.as_bytes()), "{text:?}");
        }
    }

    #[test]
    fn not_read() {
        for text in [
            "Z",
            "Zg",
            "Zg=",
            "Zm8",
            "Zh==",
            "Zm9=",
            "Zg===",
            "Zg==Zg==",
            "=",
            "Zm9v=",
            "Zm-v",
            "Zg= =",
            "Zm9vZ\u{b}g==",
            "Zm9v====",
            "Z===",
        ] {
            assert_eq!(decoded(text), None, "{text:?}");
        }
    }

    #[test]
    fn hashes() {
        let text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let bytes: [u8; 32] = core::array::from_fn(|i| i as u8);
        assert_eq!(hash(text.as_bytes()), Some(bytes));
        assert_eq!(decoded(text), Some(bytes.to_vec()));
        for bad in [
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh88",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            "-AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh==",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH_8=",
        ] {
            assert_eq!(hash(bad.as_bytes()), None, "{bad}");
        }
    }

    /// Whatever character is changed: as a hash it is read as any other base64 is, and not with blanks.
    #[test]
    fn every_character_of_a_hash() {
        let text = b"+A0zgwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        assert!(hash(text).is_some());
        for at in 0..text.len() {
            for byte in 0..=255 {
                let mut changed = *text;
                changed[at] = byte;
                let mut decoded = Vec::new();
                let expected = decode(&changed, 0, &mut decoded).ok();
                let expected = expected.and_then(|()| decoded.as_slice().try_into().ok());
                assert_eq!(hash(&changed), expected, "{byte:02x} at {at}");
            }
        }
    }
}
