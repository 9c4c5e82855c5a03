//! The tasks of a journal file: its pieces, each to be read and checked.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::Arc;

use super::feed::{Outcome, Task, TaskList};
use super::parts::Part;
use crate::engine::{difference, Checker};
use crate::findings::{flaw_finding, Boxed, Item};
use crate::source::{keep, Flaw, Piece, Pieces};

type Input = Box<dyn Read + Send>;

/// A file on its way into tasks.
pub(super) struct Stretches {
    pieces: Pieces<Input>,
    path: Arc<str>,
    checker: Arc<Checker>,
    /// The file is down-converted, which only the reference reads.
    json: bool,
    /// Pieces that end at or before this offset are not needed.
    taken: Option<u64>,
    /// What of the file is wanted.
    part: Part,
    /// It was noted where borders ceased to be certain.
    noted: bool,
    /// Where the last piece ended.
    at: u64,
}

impl Stretches {
    pub(super) fn new(
        pieces: Pieces<Input>,
        path: Arc<str>,
        checker: Arc<Checker>,
        json: bool,
    ) -> Stretches {
        Stretches {
            pieces,
            path,
            checker,
            json,
            taken: None,
            part: Part::default(),
            noted: false,
            at: 0,
        }
    }

    /// Only from the piece on that goes on behind the block at offset `taken`.
    pub(super) fn after(mut self, taken: Option<u64>) -> Stretches {
        self.taken = taken;
        self
    }

    /// Only this part of the file.
    pub(super) fn part(mut self, part: Part) -> Stretches {
        self.part = part;
        self
    }

    fn next_piece(&mut self) -> Option<Result<Piece, Flaw>> {
        loop {
            let piece = self.pieces.next()?;
            if let (false, Some((offset, why))) = (self.noted, self.pieces.unsure()) {
                self.noted = true;
                self.checker.passes.uncut(offset, why);
            }
            match piece {
                Ok(piece)
                    if self.taken.is_some_and(|taken| piece.end() <= taken)
                        || piece.end() <= self.part.begin =>
                {
                    keep(piece.bytes);
                }
                Ok(piece) if piece.offset >= self.part.end => return None,
                Ok(piece) => {
                    self.at = piece.end();
                    return Some(Ok(piece));
                }
                flaw => return Some(flaw),
            }
        }
    }

    fn task<'s>(&self, piece: Result<Piece, Flaw>) -> Task<'s> {
        let (path, checker, json) = (self.path.clone(), self.checker.clone(), self.json);
        let part = self.part;
        match piece {
            Ok(piece) => Box::new(move || {
                let checked = checker.check(&piece, &path, json);
                keep(piece.bytes);
                let mut outcome = Outcome::from(checked);
                outcome.keep(part);
                outcome
            }),
            Err(flaw) => {
                let mut outcome = Outcome {
                    findings: vec![flaw_finding(flaw, &path)],
                    ..Outcome::default()
                };
                outcome.keep(part);
                Box::new(move || outcome)
            }
        }
    }
}

impl<'s> TaskList<'s> for Stretches {
    fn next(&mut self) -> Option<Task<'s>> {
        let piece = self.next_piece()?;
        Some(self.task(piece))
    }
}

/// A file read twice from its bytes on, by either engine. What comes of it is what the reference says, and where the
/// fast one has other blocks.
pub(super) struct Both {
    sides: [Stretches; 2],
    ended: [bool; 2],
    /// Blocks of either side that the other one did not come to yet.
    ahead: [VecDeque<Boxed>; 2],
    /// Which side each task that is under way is of; `None` for the last.
    under_way: VecDeque<Option<usize>>,
    differed: bool,
    compared: bool,
}

const REFERENCE: usize = 0;

impl Both {
    pub(super) fn new(reference: Stretches, fast: Stretches) -> Both {
        Both {
            sides: [reference, fast],
            ended: [false; 2],
            ahead: Default::default(),
            under_way: VecDeque::new(),
            differed: false,
            compared: false,
        }
    }

    fn compare(&mut self, side: usize, outcome: &mut Outcome) {
        let taken = self.sides[side].taken;
        let items = outcome.items.iter().filter_map(|item| match item {
            Item::Block(block) => Some(block),
            Item::Loose(_) => None,
        });
        let new = items.filter(|block| taken.is_none_or(|taken| block.offset > taken));
        if !self.differed {
            self.ahead[side].extend(new.cloned());
        }
        if side != REFERENCE {
            *outcome = Outcome::default();
        }
        while let [Some(plain), Some(fast)] = self.ahead.each_ref().map(VecDeque::front) {
            if plain != fast {
                let offset = plain.offset.min(fast.offset);
                return self.differ(offset, outcome);
            }
            self.ahead
                .iter_mut()
                .for_each(|ahead| drop(ahead.pop_front()));
        }
    }

    /// At the end: whatever one side has alone.
    fn rest(&mut self, outcome: &mut Outcome) {
        if let Some(block) = self.ahead.iter().flatten().next() {
            self.differ(block.offset, outcome);
        }
    }

    /// Says it once: what is behind the first difference cannot be compared.
    fn differ(&mut self, offset: u64, outcome: &mut Outcome) {
        self.differed = true;
        self.ahead.iter_mut().for_each(VecDeque::clear);
        let path = &self.sides[REFERENCE].path;
        outcome.findings.push(difference(path, offset));
    }
}

impl<'s> TaskList<'s> for Both {
    /// The side that is behind goes first, so that neither has to wait for long.
    fn next(&mut self) -> Option<Task<'s>> {
        loop {
            let [plain, fast] = &self.sides;
            let side = match self.ended {
                [true, true] if self.compared => return None,
                [true, true] => {
                    self.compared = true;
                    self.under_way.push_back(None);
                    return Some(Box::new(Outcome::default));
                }
                [plain_ended, fast_ended] => {
                    usize::from(plain_ended || (!fast_ended && fast.at < plain.at))
                }
            };
            match TaskList::next(&mut self.sides[side]) {
                Some(task) => {
                    self.under_way.push_back(Some(side));
                    return Some(task);
                }
                None => self.ended[side] = true,
            }
        }
    }

    fn took(&mut self, outcome: &mut Option<Outcome>) {
        let (Some(side), Some(outcome)) = (self.under_way.pop_front(), outcome) else {
            return;
        };
        match side {
            Some(side) => self.compare(side, outcome),
            None => self.rest(outcome),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Doubts, Engine, Passes};
    use crate::findings::Asked;
    use crate::source::Encoding;
    use crate::Limits;

    /// Blocks that are not sound, but the same to either engine.
    fn journal(numbers: impl IntoIterator<Item = u64>) -> Vec<u8> {
        let hash = "{{AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=}}";
        let block = |number| {
            format!(
                "{{blockAddress:{{strandId:\"s\",sequenceNo:{number}}},transactionId:\"t\",\
                 blockTimestamp:2021-08-01T12:01:25.956Z,blockHash:{hash},entriesHash:{hash},\
                 previousBlockHash:{hash},entriesHashList:[{hash}]}}\n"
            )
        };
        numbers
            .into_iter()
            .map(block)
            .collect::<String>()
            .into_bytes()
    }

    /// Where the engines are said not to agree, if the one reads this and the other that.
    fn differ(plain: Vec<u8>, fast: Vec<u8>, taken: Option<u64>) -> Vec<u64> {
        let checker = Arc::new(Checker {
            engine: Engine::Both,
            asked: Asked::default(),
            limits: Limits::default(),
            passes: Passes::default(),
            doubts: Doubts::default(),
            wanted: None,
            used: Arc::default(),
        });
        let side = |bytes: Vec<u8>, piece_bytes| {
            let input: Input = Box::new(std::io::Cursor::new(bytes));
            let pieces = Pieces::new(input, Encoding::Text, &checker.limits, piece_bytes);
            (pieces, checker.clone())
        };
        let ((plain, checker), (fast, other)) = (side(plain, 3_000), side(fast, 700));
        let path: Arc<str> = Arc::from("journal");
        let plain = Stretches::new(plain.uncut(), path.clone(), checker, false).after(taken);
        let fast = Stretches::new(fast, path, other, false).after(taken);
        let mut both = Both::new(plain, fast);
        let mut places = Vec::new();
        while let Some(task) = both.next() {
            let mut outcome = Some(task());
            both.took(&mut outcome);
            let findings = outcome.into_iter().flat_map(|outcome| outcome.findings);
            let findings = findings.filter(|found| found.message.contains("do not agree"));
            places.extend(findings.filter_map(|found| found.source?.offset));
        }
        places
    }

    #[test]
    fn two_readings_are_compared_to_the_last_block() {
        let length = journal([0]).len() as u64;
        assert!(differ(journal(0..30), journal(0..30), None).is_empty());
        assert!(differ(journal(0..0), journal(0..0), None).is_empty());
        for odd in [0, 1, 7, 15, 28, 29] {
            let place = journal(0..odd).len() as u64;
            let other = journal((0..odd).chain([99]).chain(odd + 1..30));
            let fewer = journal((0..30).filter(|number| *number != odd));
            let twice = journal((0..=odd).chain(odd..30));
            for (other, place) in [(&other, place), (&fewer, place), (&twice, place + length)] {
                let places = differ(journal(0..30), other.clone(), None);
                assert_eq!(places.len(), 1, "block {odd}");
                assert!(places[0].abs_diff(place) <= length, "{places:?}, {place}");
                assert_eq!(differ(other.clone(), journal(0..30), None).len(), 1);
            }
        }
    }

    #[test]
    fn what_was_taken_before_is_not_compared() {
        let place = journal(0..17).len() as u64;
        assert!(differ(journal(0..30), journal(0..30), Some(place)).is_empty());
        let other = journal((0..29).chain([99]));
        assert_eq!(differ(journal(0..30), other, Some(place)).len(), 1);
    }
}
