//! Bytes of whole values in, Ion values out: the plain engine, on `ion-rs`.

use super::old_timestamp::old_timestamp;
use crate::blocks::read::{refusal, Node, Origin, Unfit};
use crate::source::{FlawKind, Piece, Refused, Seen, Why};

/// Calls `each` with every value of a piece and with every place where the Ion reader refused something, in order.
/// If it refused [`REFUSED_MAX`](crate::source::REFUSED_MAX), what is behind the last of them was not read.
pub(crate) fn read_each(piece: &Piece, mut each: impl FnMut(Result<Node<'_>, Unfit>)) {
    piece.walk(|seen| match seen {
        Seen::Refused(refused) => each(Err(named(piece, unfit_of(refused)))),
        Seen::Value(value, place) => {
            let origin = Origin::At {
                at: place.at + piece.context,
                offset: piece.offset + place.index as u64,
            };
            each(Ok(Node::new(value, origin)));
        }
    });
}

/// The same refusal, and what is known to cause it.
fn named(piece: &Piece, unfit: Unfit) -> Unfit {
    match old_timestamp(piece, unfit.offset).filter(|_| unfit.limit.is_none()) {
        Some((place, text)) => Unfit {
            expected: "an Ion timestamp".to_owned(),
            found: format!(
                "`{text}` at byte {place}, as early versions of ion-js wrote it, which is none"
            ),
            ..unfit
        },
        None => unfit,
    }
}

/// The same, where it does not matter what came before a refusal.
pub(crate) fn read_values(piece: &Piece, mut each: impl FnMut(Node<'_>)) -> Vec<Unfit> {
    let mut refused = Vec::new();
    read_each(piece, |seen| match seen {
        Ok(node) => each(node),
        Err(unfit) => refused.push(unfit),
    });
    refused
}

fn unfit_of(refused: Refused) -> Unfit {
    const EXPECTED: &str = "a value of Ion text, Ion binary or JSON";
    let unfit = |offset, expected: &str, found| Unfit {
        offset,
        expected: expected.to_owned(),
        found,
        limit: None,
    };
    let flaw = match refused.why {
        Why::Reader(why) => return unfit(refused.offset, EXPECTED, refusal(&why)),
        Why::Holds(what) => return unfit(refused.offset, EXPECTED, what.to_owned()),
        Why::Before(flaw) => flaw,
    };
    match flaw.kind {
        FlawKind::Malformed { expected, found } => unfit(flaw.offset, &expected, found),
        FlawKind::Limit { name, max } => {
            let expected = format!("at most {max} (limit {name})");
            Unfit {
                limit: Some(name),
                ..unfit(flaw.offset, &expected, "more".to_owned())
            }
        }
        _ => unfit(flaw.offset, EXPECTED, "one that ends early".to_owned()),
    }
}

/// Says that so much of a file was refused that the rest of it was not read.
pub(crate) fn given_up(offset: u64) -> Unfit {
    Unfit {
        offset,
        expected: "readable values".to_owned(),
        found: "too many unreadable ones: nothing behind this one was read".to_owned(),
        limit: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Encoding, Pieces, REFUSED_MAX};
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
        assert_eq!(refused.len(), REFUSED_MAX);
    }
}
