//! What the pieces of an input hold, for the properties that hold cutting to one reader. No part of the API.

use std::io::Read;

use ion_rs::{v1_0, Element, HasRange};

use super::flaw::FlawKind;
use super::pieces::{Encoding, Piece, Pieces};
use super::walk::{Seen, Why, REFUSED_MAX};
use crate::Limits;

/// How to cut.
#[derive(Clone, Copy, Debug)]
pub struct Cutting {
    /// Bytes of a piece, at least.
    pub piece_bytes: usize,
    /// Borders by the Ion reader from the first byte on.
    pub uncut: bool,
}

/// What was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Each value's place in the input and its text, `None` if it could not be read to its end.
    pub values: Vec<(u64, Option<String>)>,
    /// What could not be read, and where.
    pub flaws: Vec<(u64, String)>,
}

impl Cut {
    fn take(&mut self, piece: &Piece) {
        piece.walk(|seen| {
            let (value, place) = match seen {
                // Of a file, and not of a piece.
                _ if self.flaws.len() >= REFUSED_MAX => return,
                Seen::Value(value, place) => (value, place),
                Seen::Refused(refused) => {
                    return self.flaws.push(match refused.why {
                        Why::Reader(why) => (refused.offset, why),
                        Why::Holds(what) => (refused.offset, what.to_owned()),
                        Why::Before(flaw) => (flaw.offset, format!("{:?}", flaw.kind)),
                    })
                }
            };
            let start = value.raw().map_or(0, |raw| raw.range().start);
            let index = start + place.index - place.at - piece.context;
            let text = Element::try_from(value).ok();
            let text = text.and_then(|element| element.encode_as(v1_0::Text).ok());
            self.values.push((piece.offset + index as u64, text));
        });
    }
}

/// Reads an input in pieces; `binary` is what its first bytes say.
pub fn cut(input: impl Read, binary: bool, how: Cutting) -> Cut {
    let encoding = match binary {
        true => Encoding::Binary,
        false => Encoding::Text,
    };
    let mut pieces = Pieces::new(input, encoding, &Limits::default(), how.piece_bytes);
    if how.uncut {
        pieces = pieces.uncut();
    }
    let mut cut = Cut::default();
    for piece in pieces {
        if cut.flaws.len() >= REFUSED_MAX {
            break;
        }
        match piece {
            Ok(piece) => cut.take(&piece),
            Err(flaw) => cut.flaws.push((
                flaw.offset,
                match flaw.kind {
                    FlawKind::Unreadable(error) => error.to_string(),
                    kind => format!("{kind:?}"),
                },
            )),
        }
    }
    cut
}
