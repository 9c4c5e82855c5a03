//! Base64 of blobs in Ion text (RFC 4648, section 4, with padding), with blanks anywhere.

use crate::pass::{pass, Pass, Reason};

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

/// The 32 bytes of a hash from its 44 characters, 43 digits and one `=`; `None` if they are anything else.
pub(crate) fn hash(text: &[u8]) -> Option<[u8; 32]> {
    let text: &[u8; 44] = text.try_into().ok()?;
    let mut out = [0; 32];
    let mut bad = 0;
    let (groups, _) = text.as_chunks::<4>();
    for (three, four) in out.chunks_exact_mut(3).zip(groups) {
        let bits = group(four);
        bad |= bits >> 24;
        three.copy_from_slice(&bits.to_be_bytes()[1..]);
    }
    // The last group is three digits, of which the last two bits must be zero.
    let last = group(&[text[40], text[41], text[42], b'A']);
    bad |= last >> 24 | last & 0xFF;
    [out[30], out[31]] = [(last >> 16) as u8, (last >> 8) as u8];
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
}
