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
use crate::source::{Encoding, Flaw, Guess, Guesses, Piece, Pieces, Rewound};
use crate::Limits;

type Input = Box<dyn Read + Send>;

/// A file on its way into tasks.
pub(super) struct Stretches {
    cut: Cut,
    /// How often guessing was given up.
    wrong: u32,
    /// Tasks cut for certain that are under way; guessed ones come behind them.
    certain: usize,
    path: Arc<str>,
    checker: Arc<Checker>,
    /// The file is down-converted, which only the reference reads.
    json: bool,
    /// Pieces that end at or before this offset are not needed.
    taken: Option<u64>,
}

enum Cut {
    Guessing(Box<Guesses<Input>>),
    /// For so many pieces, and then guessing again.
    Certain(Box<Pieces<Rewound<Input>>>, u64),
    /// At the end, or never to be guessed.
    Nothing,
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
        let input = Rewound::new(input);
        let guess = checker.engine == Engine::Fast && !json && usual(limits);
        let cut = match guess {
            true => Cut::Guessing(Box::new(Guesses::new(input, encoding, limits, PIECE_BYTES))),
            false => Cut::Certain(
                Box::new(Pieces::new(input, encoding, limits, PIECE_BYTES)),
                u64::MAX,
            ),
        };
        Stretches {
            cut,
            wrong: 0,
            certain: 0,
            path,
            checker,
            json,
            taken: None,
        }
    }

    /// Only from the piece on that goes on behind the block at offset `taken`. What is
    /// passed over is cut for certain: nothing there would bear a guess out.
    pub(super) fn after(mut self, taken: Option<u64>) -> Stretches {
        if taken.is_some() && matches!(self.cut, Cut::Guessing(_)) {
            self.be_certain();
        }
        self.taken = taken;
        self
    }

    fn guessed_task<'s>(&self, piece: Arc<Piece>) -> Task<'s> {
        let (path, checker) = (self.path.clone(), self.checker.clone());
        Box::new(move || match checker.check_guess(&piece, &path) {
            Some(checked) => Outcome::from(checked),
            None => Outcome::unsettled(),
        })
    }

    fn certain_task<'s>(&self, piece: Result<Piece, Flaw>) -> Task<'s> {
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

    /// Cuts for certain from the first piece on that was not borne out: for as many pieces
    /// again as the last time, so that a file that is all odd loses little by guesses.
    fn be_certain(&mut self) {
        if let Cut::Guessing(guesses) = std::mem::replace(&mut self.cut, Cut::Nothing) {
            let count = 1u64.checked_shl(self.wrong).unwrap_or(u64::MAX);
            self.wrong += 1;
            self.cut = Cut::Certain(Box::new(guesses.for_certain()), count);
        }
    }

    fn guess_again(&mut self) {
        if let Cut::Certain(pieces, _) = std::mem::replace(&mut self.cut, Cut::Nothing) {
            self.cut = Cut::Guessing(Box::new(pieces.guess()));
        }
    }
}

/// Limits so low that the fast engine reads more than they allow are left to cutting for
/// certain, which names them. (It reads numbers of up to 1,000 characters.)
fn usual(limits: &Limits) -> bool {
    limits.number_length_max >= 1_000 && limits.value_bytes_max >= 4 * PIECE_BYTES as u64
}

/// Whether the piece ends before the block that starts at `taken` does.
fn behind(piece: &Piece, taken: Option<u64>) -> bool {
    let end = piece.offset + (piece.bytes.len() - piece.context) as u64;
    taken.is_some_and(|taken| end <= taken)
}

impl<'s> TaskList<'s> for Stretches {
    fn next(&mut self) -> Next<'s> {
        loop {
            match &mut self.cut {
                Cut::Nothing => return Next::End,
                Cut::Certain(pieces, 0) if !pieces.is_flawed() => self.guess_again(),
                Cut::Certain(pieces, left) => {
                    let Some(piece) = pieces.next() else {
                        return Next::End;
                    };
                    if piece.as_ref().is_ok_and(|piece| behind(piece, self.taken)) {
                        continue;
                    }
                    *left = left.saturating_sub(1);
                    // Nothing comes behind a flaw.
                    if piece.is_err() {
                        self.cut = Cut::Nothing;
                    }
                    self.certain += 1;
                    return Next::Task(self.certain_task(piece));
                }
                Cut::Guessing(guesses) if guesses.is_far_ahead() => return Next::Wait,
                Cut::Guessing(guesses) => match guesses.next() {
                    Guess::Piece(piece) => return Next::Task(self.guessed_task(piece)),
                    Guess::End => return Next::End,
                    Guess::Unsure if guesses.settled() => self.be_certain(),
                    Guess::Unsure => return Next::Wait,
                },
            }
        }
    }

    fn done(&mut self, settled: bool) -> bool {
        if self.certain > 0 {
            self.certain -= 1;
            return true;
        }
        match &mut self.cut {
            Cut::Guessing(guesses) if settled => {
                guesses.borne_out();
                true
            }
            Cut::Guessing(_) => {
                self.be_certain();
                false
            }
            Cut::Certain(..) | Cut::Nothing => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::source::Memory;
    use crate::{Engine, Verdict, Verifier};

    /// Some blocks, none of them sound, but each the same to either engine; `odd` says which have
    /// text that looks like the end of a block.
    fn journal(blocks: u64, odd: impl Fn(u64) -> bool) -> String {
        let zero = "{{AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=}}";
        let block = |number| {
            let text = match odd(number) {
                true => "} {blockAddress:{".repeat(600),
                false => "x".repeat(9_000),
            };
            format!(
                "{{blockAddress:{{strandId:\"s\",sequenceNo:{number}}},transactionId:\"t\",\
                 blockTimestamp:2021-08-01T12:01:25.956Z,blockHash:{zero},entriesHash:{zero},\
                 previousBlockHash:{zero},entriesHashList:[{zero}],transactionInfo:{{statements:\
                 [{{statement:\"{text}\",startTime:2021-08-01T12:01:25.956Z,statementDigest:{zero}}}]}}}}\n"
            )
        };
        (0..blocks).map(block).collect()
    }

    fn told(text: &str, engine: Engine, threads: usize) -> serde_json::Value {
        let archive = Memory::new().with("journal", text.as_bytes().to_vec());
        let verifier = Verifier::new().engine(engine).threads(threads);
        let report = verifier.verify(&archive).unwrap();
        assert_eq!(report.verdict(), Verdict::Failed);
        let mut told = serde_json::to_value(&report).unwrap();
        told["engine"].take();
        told
    }

    #[test]
    fn wrong_guesses_change_nothing() {
        type Odd = fn(u64) -> bool;
        let cases: [Odd; 5] = [
            |_| false,
            |_| true,
            |number| number == 14,
            |number| number % 16 == 14,
            |number| number > 40,
        ];
        for (case, odd) in cases.iter().enumerate() {
            let mut text = journal(90, odd);
            // The last round ends inside a block.
            for cut in [0, 17, 5_000] {
                text.truncate(text.len() - cut);
                let plain = told(&text, Engine::Reference, 1);
                for threads in [1, 2, 7] {
                    let fast = told(&text, Engine::Fast, threads);
                    assert_eq!(fast, plain, "case {case}, {threads} threads, cut {cut}");
                }
            }
        }
    }
}
