//! What the pieces of an input hold, for the properties that hold cutting to one reader. No part of the API.

use std::io::Read;

use ion_rs::{v1_0, Element};

use super::flaw::FlawKind;
use super::pieces::{Encoding, Piece, Pieces};
use super::walk::{Refused, Why, REFUSED_MAX};
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
        let (mut values, origin) = (Vec::new(), piece.offset);
        let walked = piece.walk(|value, place| {
            use ion_rs::HasRange;
            let start = value.raw().map_or(0, |raw| raw.range().start);
            let index = start + place.index - place.at;
            let text = Element::try_from(value).ok();
            let text = text.and_then(|element| element.encode_as(v1_0::Text).ok());
            values.push((origin + (index - piece.context) as u64, text));
        });
        let left = REFUSED_MAX - self.flaws.len().min(REFUSED_MAX);
        let refused: Vec<Refused> = walked.refused.into_iter().take(left).collect();
        // Behind the last that counts nothing does.
        let end = refused
            .last()
            .filter(|_| refused.len() == left)
            .map(|last| last.offset);
        values.retain(|(offset, _)| end.is_none_or(|end| *offset < end));
        self.values.extend(values);
        self.flaws
            .extend(refused.into_iter().map(|refused| match refused.why {
                Why::Reader(why) => (
                    refused.offset,
                    why.lines().next().unwrap_or_default().to_owned(),
                ),
                Why::Holds(what) => (refused.offset, what.to_owned()),
                Why::Before(flaw) => (flaw.offset, format!("{:?}", flaw.kind)),
            }));
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
