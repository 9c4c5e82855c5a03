//! Bytes of whole values in, Ion values out: the plain engine, on `ion-rs`.
//!
//! One value that the reader refuses does not hide the ones behind it: it is
//! blanked out where it stands, so that all offsets stay, and reading goes on.

use std::panic::{catch_unwind, AssertUnwindSafe};

use ion_rs::{AnyEncoding, Reader};

use crate::blocks::read::{refusal, Node, Origin, Unfit};
use crate::source::{Encoding, Piece};

/// Refused values of one piece that are blanked out before the rest is given up.
const REFUSED_MAX: usize = 16;

/// Calls `each` with every value of a piece, in order; gives the places where
/// the Ion reader refused.
pub(crate) fn read_values(piece: &Piece, mut each: impl FnMut(Node<'_>)) -> Vec<Unfit> {
    let mut refused = Vec::new();
    let mut bytes: Option<Vec<u8>> = None;
    let mut progress = Progress::default();
    let origin = Origin::At {
        at: piece.context,
        offset: piece.offset,
    };
    loop {
        let current = bytes.as_ref().unwrap_or(&piece.bytes);
        let refusal = match not_utf8(current) {
            Some(refusal) => refusal,
            None => {
                progress.end = 0;
                // The reader is careful, but it is fed by strangers: a panic in it
                // must not be ours.
                let attempt = catch_unwind(AssertUnwindSafe(|| {
                    read_some(current, origin, &mut progress, &mut each)
                }));
                let why = match attempt {
                    Ok(None) => return refused,
                    Ok(Some(why)) => why,
                    Err(_) => "something at which the Ion reader breaks off".to_owned(),
                };
                Refusal {
                    after: progress.end,
                    why,
                }
            }
        };
        let (start, end) = chunk_after(piece, refusal.after);
        let place = piece.offset + (start - piece.context) as u64;
        refused.push(Unfit {
            offset: place,
            expected: "a value of Ion text, Ion binary or JSON".to_owned(),
            found: refusal.why,
            limit: None,
        });
        if refused.len() >= REFUSED_MAX || end <= start {
            refused.push(Unfit {
                offset: place,
                expected: "readable values".to_owned(),
                found: format!(
                    "too many unreadable ones: the {} bytes from here on were not read",
                    piece.bytes.len() - start
                ),
                limit: None,
            });
            return refused;
        }
        let mut blanked = current.to_vec();
        blank(&mut blanked[start..end], Encoding::of(&piece.bytes));
        bytes = Some(blanked);
    }
}

struct Refusal {
    /// The end of what could be read; what is refused starts there or later.
    after: usize,
    why: String,
}

/// Text with a byte that is not UTF-8, which the reader takes amiss.
fn not_utf8(bytes: &[u8]) -> Option<Refusal> {
    if Encoding::of(bytes) == Encoding::Binary {
        return None;
    }
    let error = std::str::from_utf8(bytes).err()?;
    Some(Refusal {
        after: error.valid_up_to(),
        why: "bytes that are not UTF-8".to_owned(),
    })
}

/// How far reading has come, also when it breaks off.
#[derive(Default)]
struct Progress {
    /// Values that were given.
    given: usize,
    /// The end of the last value, in this attempt.
    end: usize,
}

/// Reads on, leaving out values that were given; why it stopped, if it did.
fn read_some(
    bytes: &[u8],
    origin: Origin,
    progress: &mut Progress,
    each: &mut impl FnMut(Node<'_>),
) -> Option<String> {
    let refused = |error: ion_rs::IonError| Some(refusal(&error.to_string()));
    let mut reader = match Reader::new(AnyEncoding, bytes) {
        Ok(reader) => reader,
        Err(error) => return refused(error),
    };
    let mut seen = 0;
    loop {
        match reader.next() {
            Ok(None) => return None,
            Err(error) => return refused(error),
            Ok(Some(value)) => {
                let node = Node::new(value, origin);
                if seen == progress.given {
                    each(node);
                    progress.given += 1;
                }
                seen += 1;
                progress.end = node.buffer_end();
            }
        }
    }
}

/// The chunk (between two cuts) that holds the first byte after `after`.
fn chunk_after(piece: &Piece, after: usize) -> (usize, usize) {
    let after = after.max(piece.context);
    let next = piece.ends.iter().position(|&end| end > after);
    match next {
        None => (after.min(piece.bytes.len()), piece.bytes.len()),
        Some(0) => (piece.context, piece.ends[0]),
        Some(index) => (piece.ends[index - 1], piece.ends[index]),
    }
}

/// Overwrites a value with padding of the same length.
fn blank(value: &mut [u8], encoding: Encoding) {
    if encoding == Encoding::Text {
        value.fill(b' ');
        return;
    }
    let length = value.len();
    value.fill(0);
    if length > 15 {
        // Type 0, length as a VarUInt of nine bytes: over-long ones are legal.
        value[0] = 0x0E;
        let body = (length - 10) as u64;
        for (index, byte) in value[1..10].iter_mut().enumerate() {
            *byte = (body >> (7 * (8 - index))) as u8 & 0x7F;
        }
        value[9] |= 0x80;
    } else if length > 1 {
        value[0] = (length - 1) as u8;
        if length == 15 {
            // Length 14 is spelled out.
            value[0] = 0x0E;
            value[1] = 0x80 | 13;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Pieces;
    use crate::Limits;

    fn ints(bytes: &[u8]) -> (Vec<u64>, Vec<u64>) {
        let encoding = Encoding::of(bytes);
        let mut numbers = Vec::new();
        let mut refused = Vec::new();
        for piece in Pieces::new(bytes, encoding, &Limits::default(), 1 << 20) {
            let refusals = read_values(&piece.unwrap(), |node| {
                let fields = node.fields().unwrap();
                numbers.push(fields[0].1.number().unwrap());
            });
            refused.extend(refusals.iter().map(|unfit| unfit.offset));
        }
        (numbers, refused)
    }

    #[test]
    fn a_refused_value_does_not_hide_its_neighbours() {
        let (numbers, refused) = ints(b"{a:1} {a:2 b} {a:3} {,} {a:4}");
        assert_eq!(numbers, [1, 3, 4]);
        assert_eq!(refused, [5, 19]);
    }

    #[test]
    fn padding_of_every_length_reads_as_nothing() {
        // {name: 1} in binary, a value of `length` bytes that cannot be read
        // (a string that is not UTF-8), and {name: 2}.
        for length in 2..400usize {
            let body = length
                - if length <= 14 {
                    1
                } else if length <= 129 {
                    2
                } else {
                    3
                };
            let mut bad = match length {
                ..=14 => vec![0x80 | body as u8],
                15..=129 => vec![0x8E, 0x80 | body as u8],
                _ => vec![0x8E, (body >> 7) as u8, 0x80 | (body & 0x7F) as u8],
            };
            bad.extend(std::iter::repeat_n(0xFF, body));
            let mut padded = bad.clone();
            blank(&mut padded, Encoding::Binary);
            let marker = [0xE0, 0x01, 0x00, 0xEA];
            let bytes = [
                &marker[..],
                &[0xD3, 0x84, 0x21, 1],
                &padded,
                &[0xD3, 0x84, 0x21, 2],
            ];
            assert_eq!(ints(&bytes.concat()), (vec![1, 2], vec![]), "{length}");
        }
    }

    #[test]
    fn a_panic_or_bad_utf8_takes_only_its_own_value() {
        let (numbers, refused) = ints(b"{a:1} {a:2, b:\"\xff\"} {a:3}");
        assert_eq!(numbers, [1, 3]);
        assert_eq!(refused, [5]);
        let piece = Pieces::new(
            &b"{a:1} {a:2} {a:3}"[..],
            Encoding::Text,
            &Limits::default(),
            99,
        )
        .next()
        .unwrap()
        .unwrap();
        let mut numbers = Vec::new();
        let refused = read_values(&piece, |node| {
            let number = node.fields().unwrap()[0].1.number().unwrap();
            assert_ne!(number, 2, "this is the panic that the test wants");
            numbers.push(number);
        });
        assert_eq!(numbers, [1, 3]);
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].offset, 5);
    }

    #[test]
    fn giving_up_is_said() {
        let text = "{,} ".repeat(50);
        let (numbers, refused) = ints(text.as_bytes());
        assert!(numbers.is_empty());
        assert_eq!(refused.len(), REFUSED_MAX + 1);
    }
}
