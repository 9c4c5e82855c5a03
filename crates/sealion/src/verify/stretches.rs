//! The tasks of a journal file: its pieces, each to be read and checked.
//!
//! For the fast engine the file is cut by guessing, as long as every piece is borne out and
//! has nothing odd in it; from the first that is not, it is cut for certain.

use std::io::Read;
use std::sync::Arc;

use super::feed::{Next, Outcome, Task, TaskList};
use super::PIECE_BYTES;
use crate::engine::{Checker, Engine};
use crate::findings::flaw_finding;
use crate::source::{Encoding, Flaw, Guess, Guesses, Piece, Pieces};
use crate::Limits;

type Input = Box<dyn Read + Send>;

/// A file on its way into tasks.
pub(super) struct Stretches {
    cut: Cut,
    path: Arc<str>,
    checker: Arc<Checker>,
    /// The file is down-converted, which only the reference reads.
    json: bool,
}

enum Cut {
    Guessing(Guesses<Input>),
    Certain(Box<dyn Iterator<Item = Result<Piece, Flaw>> + Send>),
}

impl Stretches {
    pub(super) fn new(
        input: Input,
        encoding: Encoding,
        path: Arc<str>,
        checker: Arc<Checker>,
        json: bool,
    ) -> Stretches {
        let limits = &checker.limits;
        let guess = checker.engine == Engine::Fast && !json && usual(limits);
        let cut = match guess {
            true => Cut::Guessing(Guesses::new(input, encoding, limits, PIECE_BYTES)),
            false => Cut::Certain(Box::new(Pieces::new(input, encoding, limits, PIECE_BYTES))),
        };
        Stretches {
            cut,
            path,
            checker,
            json,
        }
    }

    fn guessed<'s>(&self, piece: Arc<Piece>) -> Task<'s> {
        let (path, checker) = (self.path.clone(), self.checker.clone());
        Box::new(move || match checker.check_guess(&piece, &path) {
            Some(checked) => Outcome::from(checked),
            None => Outcome::unsettled(),
        })
    }

    fn certain<'s>(&self, piece: Result<Piece, Flaw>) -> Task<'s> {
        let (path, checker, json) = (self.path.clone(), self.checker.clone(), self.json);
        match piece {
            Ok(piece) => Box::new(move || Outcome::from(checker.check(&piece, &path, json))),
            Err(flaw) => {
                let finding = flaw_finding(flaw, &path);
                Box::new(move || Outcome {
                    findings: vec![finding],
                    ..Outcome::default()
                })
            }
        }
    }

    /// Cuts for certain from the first piece on that was not borne out.
    fn be_certain(&mut self) {
        let certain = Cut::Certain(Box::new(std::iter::empty()));
        if let Cut::Guessing(guesses) = std::mem::replace(&mut self.cut, certain) {
            self.cut = Cut::Certain(Box::new(guesses.for_certain()));
        }
    }
}

/// Limits so low that the fast engine reads more than they allow are left to cutting for
/// certain, which names them. (It reads numbers of up to 1,000 characters.)
fn usual(limits: &Limits) -> bool {
    limits.number_length_max >= 1_000 && limits.value_bytes_max >= 4 * PIECE_BYTES as u64
}

impl<'s> TaskList<'s> for Stretches {
    fn next(&mut self) -> Next<'s> {
        loop {
            match &mut self.cut {
                Cut::Certain(pieces) => {
                    let piece = pieces.next();
                    return piece.map_or(Next::End, |piece| Next::Task(self.certain(piece)));
                }
                Cut::Guessing(guesses) => match guesses.next() {
                    Guess::Piece(piece) => return Next::Task(self.guessed(piece)),
                    Guess::End => return Next::End,
                    Guess::Unsure if guesses.settled() => self.be_certain(),
                    Guess::Unsure => return Next::Wait,
                },
            }
        }
    }

    fn done(&mut self, settled: bool) -> bool {
        match &mut self.cut {
            Cut::Guessing(guesses) if settled => {
                guesses.borne_out();
                true
            }
            Cut::Guessing(_) => {
                self.be_certain();
                false
            }
            Cut::Certain(_) => true,
        }
    }
}
