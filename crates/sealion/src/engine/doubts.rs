//! Blocks in which the fast engine found something, until the reference is asked.
//!
//! The reference reads the symbol tables in force before it reads a block, and they may be
//! much longer than that. So the blocks of a file wait until they are some, and are read one
//! after the other, behind tables that are read once. What the reference finds in them must
//! be the same to the last member: else the run is void, and its report is not given to
//! anybody.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{read_values, Checker};
use crate::blocks::read::Origin;
use crate::findings::Boxed;
use crate::source::{Encoding, Piece};

/// Blocks that wait, and their bytes: enough that the symbol tables do not matter.
const BLOCKS_MAX: usize = 64;
const BYTES_MAX: usize = 1 << 20;

/// The blocks that wait, and whether the reference found something else in one.
#[derive(Default)]
pub(crate) struct Doubts {
    waiting: Mutex<Waiting>,
    refuted: AtomicBool,
}

/// Blocks of one file, all under the same symbol tables.
#[derive(Default)]
struct Waiting {
    path: Arc<str>,
    /// Symbol tables, then the bytes of the blocks.
    bytes: Vec<u8>,
    context: usize,
    /// The blocks as the fast engine checked them, and where their bytes lie: in the input
    /// and here.
    blocks: Vec<(Boxed, Origin)>,
    ends: Vec<usize>,
}

impl Waiting {
    fn new(path: &Arc<str>, tables: &[u8]) -> Waiting {
        Waiting {
            path: path.clone(),
            bytes: tables.to_vec(),
            context: tables.len(),
            ..Waiting::default()
        }
    }

    /// Whether blocks under these symbol tables can be read behind those that wait.
    fn goes_on(&self, path: &Arc<str>, tables: &[u8]) -> bool {
        self.path == *path
            && self.bytes[..self.context] == *tables
            && self.blocks.len() < BLOCKS_MAX
            && self.bytes.len() - self.context < BYTES_MAX
    }

    fn push(&mut self, block: &Boxed, bytes: &[u8]) {
        let origin = Origin::At {
            at: self.bytes.len(),
            offset: block.offset,
        };
        self.blocks.push((block.clone(), origin));
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len());
    }
}

impl Doubts {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Checker {
    /// Takes note of every block in which the fast engine found something. False if they
    /// cannot be told apart: then the reference must be asked about the piece as a whole.
    pub(super) fn note(&self, blocks: &[Boxed], piece: &Piece, path: &Arc<str>) -> bool {
        if blocks.iter().all(|block| block.findings.is_empty()) {
            return true;
        }
        let starts = blocks.iter().map(|block| piece.index_of(block.offset));
        let bounds: Vec<usize> = starts.chain([piece.bytes.len()]).collect();
        let tables = &piece.bytes[..bounds[0]];
        // Symbol tables between blocks of binary are values too; the fast engine reads none
        // between blocks of text.
        let values = piece.ends.iter().filter(|&&end| end > bounds[0]).count();
        if piece.encoding == Encoding::Binary && values != blocks.len() {
            return false;
        }
        for (block, bounds) in blocks.iter().zip(bounds.windows(2)) {
            if block.findings.is_empty() {
                continue;
            }
            let mut waiting = self.doubts.waiting();
            let before = match waiting.goes_on(path, tables) {
                true => None,
                false => Some(std::mem::replace(&mut *waiting, Waiting::new(path, tables))),
            };
            waiting.push(block, &piece.bytes[bounds[0]..bounds[1]]);
            drop(waiting);
            if let Some(before) = before {
                self.ask(before);
            }
        }
        true
    }

    /// Asks the reference about all blocks that wait. Whether it found the same in every
    /// block so far.
    pub(crate) fn settled(&self) -> bool {
        let waiting = std::mem::take(&mut *self.doubts.waiting());
        self.ask(waiting);
        !self.doubts.refuted.load(Ordering::Acquire)
    }

    fn ask(&self, waiting: Waiting) {
        let Waiting {
            path,
            bytes,
            context,
            blocks,
            ends,
        } = waiting;
        if blocks.is_empty() {
            return;
        }
        let encoding = Encoding::of(&bytes);
        let piece = Piece {
            bytes,
            context,
            offset: 0,
            ends,
            encoding,
            plain: true,
            by_itself: false,
            unchecked: None,
        };
        let mut blocks = blocks.into_iter();
        let mut same = true;
        let refused = read_values(&piece, |node| {
            same &= blocks.next().is_some_and(|(fast, origin)| {
                let plain = self.block(node.of(origin), &path);
                plain.is_ok_and(|plain| plain == fast)
            });
        });
        if !same || !refused.is_empty() || blocks.next().is_some() {
            self.doubts.refuted.store(true, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ion_rs::v1_0::Binary;
    use ion_rs::Element;

    use crate::engine::{Engine, Passes};
    use crate::findings::Asked;
    use crate::source::{Encoding, Pieces};
    use crate::Limits;

    fn checker() -> Checker {
        Checker {
            engine: Engine::Fast,
            asked: Asked::default(),
            limits: Limits::default(),
            passes: Passes::default(),
            doubts: Doubts::default(),
            wanted: None,
            used: Arc::default(),
        }
    }

    /// Blocks without a sound hash: the fast engine finds something in each.
    fn text(count: u64) -> String {
        let hash = "{{AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=}}";
        let block = |number| {
            format!(
                "{{blockAddress:{{strandId:\"s\",sequenceNo:{number}}},transactionId:\"t\",\
                 blockTimestamp:2021-08-01T12:01:25.956Z,blockHash:{hash},entriesHash:{hash},\
                 previousBlockHash:{hash},entriesHashList:[{hash}]}}\n"
            )
        };
        (0..count).map(block).collect()
    }

    fn binary(text: &str) -> Vec<u8> {
        let blocks = Element::read_all(text).unwrap();
        blocks.encode_as(Binary).unwrap()
    }

    /// In pieces of a few blocks each.
    fn pieces(bytes: &[u8]) -> Vec<Piece> {
        let encoding = Encoding::of(bytes);
        let pieces = Pieces::new(bytes, encoding, &Limits::default(), 1_000);
        pieces.map(|piece| piece.unwrap()).collect()
    }

    fn note(checker: &Checker, pieces: &[Piece], path: &str, change: impl Fn(&mut Boxed)) {
        let path = Arc::from(path);
        for piece in pieces {
            let mut fast = checker.fast(piece, &path).unwrap().blocks;
            assert!(fast.iter().all(|block| !block.findings.is_empty()));
            fast.iter_mut().for_each(&change);
            assert!(checker.note(&fast, piece, &path));
        }
    }

    #[test]
    fn the_reference_finds_the_same_at_the_same_places() {
        let text = text(3 * BLOCKS_MAX as u64 + 5);
        for bytes in [text.as_bytes(), &binary(&text)] {
            let checker = checker();
            let pieces = pieces(bytes);
            assert!(pieces.len() > 10);
            for path in ["one", "two"] {
                note(&checker, &pieces, path, |_| {});
            }
            assert!(checker.settled());
            assert!(checker.doubts.waiting().blocks.is_empty());
        }
    }

    #[test]
    fn any_difference_refutes_the_run() {
        let changes: [fn(&mut Boxed); 4] = [
            |block| block.offset += 1,
            |block| block.findings[0].message += ".",
            |block| block.findings.extend_from_within(..1),
            |block| block.internal_entries += 1,
        ];
        let pieces = pieces(&binary(&text(BLOCKS_MAX as u64 + 40)));
        for (index, change) in changes.into_iter().enumerate() {
            // Early, and among the last.
            for number in [3, BLOCKS_MAX as u64 + 39] {
                let checker = checker();
                note(&checker, &pieces, "journal", |block| {
                    if block.address.sequence_no == number {
                        change(block);
                    }
                });
                assert!(!checker.settled(), "change {index} of block {number}");
                // And it stays so.
                note(&checker, &pieces, "journal", |_| {});
                assert!(!checker.settled());
            }
        }
    }

    #[test]
    fn a_block_that_the_reference_does_not_see_refutes_the_run() {
        let checker = checker();
        note(&checker, &pieces(text(3).as_bytes()), "journal", |_| {});
        {
            let mut waiting = checker.doubts.waiting();
            let end = waiting.bytes.len();
            waiting.bytes[end - 300..].fill(b' ');
        }
        assert!(!checker.settled());
    }

    #[test]
    fn blocks_that_cannot_be_told_apart_are_not_noted() {
        let checker = checker();
        // Both in one piece, each behind symbol tables of its own.
        let one = binary(&text(1));
        let two = [&one[..], &one].concat();
        let pieces = Pieces::new(&two[..], Encoding::Binary, &Limits::default(), 10_000);
        let pieces: Vec<Piece> = pieces.map(|piece| piece.unwrap()).collect();
        assert_eq!(pieces.len(), 1);
        let path = Arc::from("journal");
        let fast = checker.fast(&pieces[0], &path).unwrap().blocks;
        assert_eq!(fast.len(), 2);
        assert!(!checker.note(&fast, &pieces[0], &path));
    }
}
