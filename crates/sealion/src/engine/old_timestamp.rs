//! Timestamps as early versions of ion-js wrote them: the seconds as a decimal in Ion's own notation, as in
//! `2019-12-05T10:32:56321d-3Z`. That is no Ion; which file has it, and where, is worth more than a refusal.

use crate::source::{Encoding, Piece, TextScanner};
use crate::Limits;

/// Where in the value at `offset` such a timestamp stands, and its text.
pub(super) fn old_timestamp(piece: &Piece, offset: u64) -> Option<(u64, String)> {
    if piece.encoding != Encoding::Text || offset < piece.offset {
        return None;
    }
    let value = piece.bytes.get(piece.index_of(offset)..)?;
    // The value alone, since how much stands behind it depends on how the file was cut.
    let end = TextScanner::new().scan(value, 0, &Limits::default());
    let value = &value[..end.ok().flatten().unwrap_or(value.len())];
    let (at, length) = find(value)?;
    let text = std::str::from_utf8(&value[at..at + length]).ok()?;
    Some((offset + at as u64, text.to_owned()))
}

/// Outside of strings: start and length.
fn find(value: &[u8]) -> Option<(usize, usize)> {
    const DATE: usize = "2019-12-05".len();
    let mut at = 0;
    while at < value.len() {
        match value[at] {
            b'"' => {
                at += 1;
                while at < value.len() && value[at] != b'"' {
                    at += 1 + usize::from(value[at] == b'\\');
                }
            }
            b'T' if at >= DATE && value[at - DATE].is_ascii_digit() => {
                if let Some(length) = time(&value[at + 1..]) {
                    return Some((at - DATE, DATE + 1 + length));
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// How long the time is, if it is such a one: `10:32:56321d-3Z`.
fn time(bytes: &[u8]) -> Option<usize> {
    let digits = |at: usize| {
        let run = bytes.get(at..)?.iter().take(40);
        let count = run.take_while(|byte| byte.is_ascii_digit()).count();
        (count > 0).then_some(at + count)
    };
    let mark = |at: usize, mark: u8| (bytes.get(at) == Some(&mark)).then_some(at + 1);
    let seconds = mark(digits(mark(digits(0)?, b':')?)?, b':')?;
    let exponent = mark(digits(seconds)?, b'd')?;
    let end = digits(mark(exponent, b'-').unwrap_or(exponent))?;
    match bytes.get(end)? {
        b'Z' => Some(end + 1),
        b'+' | b'-' => digits(mark(digits(end + 1)?, b':')?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_found_where_they_stand() {
        let text =
            br#"{a:"2019-12-05T10:32:1d-3Z",b:2019-12-05T10:32:00.1Z,c:2019-12-05T10:32:321d-3Z}"#;
        assert_eq!(find(text), Some((55, 24)));
        for none in [
            "{a:2019-12-05T10:32:00Z}",
            "{T:1}",
            "T1:2:3d-4Z",
            "{a:2019-12-05T10:32:1d-3",
        ] {
            assert_eq!(find(none.as_bytes()), None, "{none}");
        }
        assert_eq!(time(b"10:32:56321d-3+01:00,"), Some(20));
    }
}
