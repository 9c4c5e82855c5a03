//! All nodes of a growing tree, in memory or in a file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::{Range, Subtree, Tree};
use crate::blocks::{Hash, StrandId};

/// Bytes of a hash.
const HASH_BYTES: u64 = 32;

/// The longest header line: a strand id, three numbers and at most 64 hashes.
const HEADER_BYTES_MAX: u64 = 64 << 10;

/// The nodes of a tree of blocks, in the order in which appending leaves completes
/// them: two hashes, 64 bytes, a leaf.
///
/// It may start on top of a [`Range`] of earlier leaves, of which it then knows
/// the compact range only: proofs of those leaves cannot be made, all others can if
/// the range starts at leaf 0. On top of an empty range it starts anywhere, and has
/// the nodes that lie wholly behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    before: Range,
    end: u64,
    nodes: Vec<Hash>,
}

impl Index {
    /// Empty: the first leaf to come is number 0.
    pub fn new() -> Index {
        Index::default()
    }

    /// On top of earlier leaves.
    pub fn on_top_of(before: Range) -> Index {
        Index {
            end: before.end(),
            before,
            nodes: Vec::new(),
        }
    }

    /// The first leaf whose proof can be made.
    pub fn begin(&self) -> u64 {
        self.before.end()
    }

    /// Adds the next leaf, and the inner nodes that it completes.
    pub fn append(&mut self, leaf: Hash) {
        let (mut node, mut index) = (leaf, self.end);
        self.nodes.push(node);
        for level in 0..self.end.trailing_ones() {
            let left = kept(&self.before, level, index - 1, |place| {
                self.nodes.get(place as usize).copied()
            });
            // It lies before all that is known.
            let Some(left) = left else { break };
            node = sealion_hash::dot(&left, &node);
            self.nodes.push(node);
            index >>= 1;
        }
        self.end += 1;
    }

    /// The leaf at `index`, if it is kept.
    pub fn leaf(&self, index: u64) -> Option<Hash> {
        (index >= self.begin() && index < self.end)
            .then(|| self.at(0, index))
            .flatten()
    }

    fn at(&self, level: u32, index: u64) -> Option<Hash> {
        kept(&self.before, level, index, |place| {
            self.nodes.get(usize::try_from(place).ok()?).copied()
        })
    }

    /// Writes the index: a line of JSON, then the nodes, 32 bytes each.
    ///
    /// # Errors
    /// What the system said; and if the index is not one of leaves from 0 on, which
    /// would prove nothing.
    pub fn write(&self, strand_id: &StrandId, mut out: impl Write) -> io::Result<()> {
        if self.before.begin() != 0 {
            return Err(io::Error::other("an index that does not start at leaf 0"));
        }
        let header = Header {
            sealion_index: 1,
            strand_id: strand_id.as_str().to_owned(),
            begin: self.begin(),
            end: self.end,
            before: self.before.nodes().to_vec(),
        };
        serde_json::to_writer(&mut out, &header)?;
        out.write_all(b"\n")?;
        for node in &self.nodes {
            out.write_all(&node.0)?;
        }
        out.flush()
    }
}

impl Tree for Index {
    fn leaves(&self) -> u64 {
        self.end
    }

    fn node(&self, level: u32, index: u64) -> io::Result<Option<Hash>> {
        Ok(self.at(level, index))
    }
}

/// Number of nodes that lie in the leaves `from..end`.
fn nodes_within(from: u64, end: u64) -> u64 {
    if from == 0 {
        return 2 * end - u64::from(end.count_ones());
    }
    let level = |level: u32| (end >> level).saturating_sub(((from - 1) >> level) + 1);
    (0..u64::BITS).map(level).sum()
}

/// A node: of the compact range, or by its place among the kept ones.
fn kept(
    before: &Range,
    level: u32,
    index: u64,
    at: impl FnOnce(u64) -> Option<Hash>,
) -> Option<Hash> {
    let end = index
        .checked_add(1)?
        .checked_mul(1_u64.checked_shl(level)?)?;
    let begin = index << level;
    if begin < before.begin() {
        return None;
    }
    if end > before.end() {
        let count = |end| nodes_within(before.begin(), end);
        return at(count(end - 1) - count(before.end()) + u64::from(level));
    }
    before.node(Subtree { begin, end })
}

/// The first line of an index file.
#[derive(Serialize, Deserialize)]
struct Header {
    sealion_index: u32,
    strand_id: String,
    begin: u64,
    end: u64,
    before: Vec<Hash>,
}

/// Why a file is not an index.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// What the system said.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It does not start with the line of an index, version 1.
    #[error("expected the first line of an index, version 1, found {0}")]
    Header(String),
    /// Its length is not that of the nodes its first line announces.
    #[error("expected {expected} bytes of nodes, found {found}: the file was cut or changed")]
    Length {
        /// Bytes that the nodes take.
        expected: u64,
        /// Bytes that there are.
        found: u64,
    },
}

/// An index in a file: some thirty reads of 32 bytes answer a question, whatever
/// its size.
///
/// What it says is only as good as the file: a changed node gives a proof that does
/// not fold to its own root, and the root is to be compared with a digest.
#[derive(Debug)]
pub struct IndexFile {
    strand_id: StrandId,
    before: Range,
    end: u64,
    nodes_at: u64,
    file: Mutex<File>,
}

impl IndexFile {
    /// Opens what [`Index::write`] wrote.
    ///
    /// # Errors
    /// [`IndexError`] if it cannot be read or is not an index.
    pub fn open(mut file: File) -> Result<IndexFile, IndexError> {
        let mut line = Vec::new();
        for byte in io::BufReader::new(&mut file).take(HEADER_BYTES_MAX).bytes() {
            line.push(byte?);
            if line.last() == Some(&b'\n') {
                break;
            }
        }
        let refused = |found: &str| IndexError::Header(found.to_owned());
        if line.last() != Some(&b'\n') {
            return Err(refused("no line of JSON"));
        }
        let header: Header = serde_json::from_slice(&line)
            .map_err(|error| refused(&format!("what cannot be read as one ({error})")))?;
        if header.sealion_index != 1 {
            return Err(refused(&format!("version {}", header.sealion_index)));
        }
        let before = Range::from_nodes(0, header.begin, header.before)
            .ok_or_else(|| refused("another number of hashes than `begin` needs"))?;
        if header.end < header.begin || header.end > u64::MAX >> 8 {
            return Err(refused("an `end` that cannot be"));
        }
        let nodes = nodes_within(0, header.end) - nodes_within(0, header.begin);
        let length = file.metadata()?.len();
        let nodes_at = line.len() as u64;
        if length - nodes_at != nodes * HASH_BYTES {
            return Err(IndexError::Length {
                expected: nodes * HASH_BYTES,
                found: length - nodes_at,
            });
        }
        Ok(IndexFile {
            strand_id: StrandId::new(&header.strand_id),
            before,
            end: header.end,
            nodes_at,
            file: Mutex::new(file),
        })
    }

    /// The strand that it is of, as the file says.
    pub fn strand_id(&self) -> &StrandId {
        &self.strand_id
    }

    /// The first leaf whose proof can be made.
    pub fn begin(&self) -> u64 {
        self.before.end()
    }

    fn read(&self, place: u64) -> io::Result<Hash> {
        let mut hash = [0; 32];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.nodes_at + place * HASH_BYTES))?;
        file.read_exact(&mut hash)?;
        Ok(Hash(hash))
    }
}

impl Tree for IndexFile {
    fn leaves(&self) -> u64 {
        self.end
    }

    fn node(&self, level: u32, index: u64) -> io::Result<Option<Hash>> {
        let mut place = None;
        let known = kept(&self.before, level, index, |found| {
            place = Some(found);
            None
        });
        match place {
            None => Ok(known),
            Some(place) if (index + 1) << level <= self.end => self.read(place).map(Some),
            Some(_) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::Proof;
    use crate::hashes::root;

    fn leaves(count: u64) -> Vec<Hash> {
        let leaf = |i: u64| Hash(sealion_reference::sha256(&i.to_be_bytes()));
        (0..count).map(leaf).collect()
    }

    fn file_of(index: &Index) -> IndexFile {
        let mut file = tempfile::tempfile().unwrap();
        index.write(&StrandId::new("s"), &mut file).unwrap();
        file.rewind().unwrap();
        IndexFile::open(file).unwrap()
    }

    fn agree(tree: &dyn Tree, first: u64, all: &[Hash]) {
        let plain: Vec<[u8; 32]> = all.iter().map(|leaf| leaf.0).collect();
        let proof = |path: Vec<[u8; 32]>| Some(Proof(path.into_iter().map(Hash).collect()));
        let total = all.len() as u64;
        for count in first + 1..=total {
            let head = &plain[..count as usize];
            let root = sealion_reference::root(head).map(Hash);
            assert_eq!(tree.root(count).unwrap(), root);
            for index in first..count {
                let path = sealion_reference::inclusion_path(index as usize, head);
                assert_eq!(tree.inclusion_proof(index, count).unwrap(), proof(path));
            }
            for old in first.max(1)..=count {
                let path = sealion_reference::consistency_path(old as usize, head);
                assert_eq!(tree.consistency_proof(old, count).unwrap(), proof(path));
            }
        }
        assert_eq!(tree.root(total + 1).unwrap(), None);
        assert_eq!(tree.inclusion_proof(total, total + 1).unwrap(), None);
        assert_eq!(tree.consistency_proof(1, total + 1).unwrap(), None);
    }

    #[test]
    fn every_proof_at_every_tip_is_the_references_from_any_start_on() {
        let all = leaves(40);
        for start in 0..40 {
            let mut before = Range::default();
            all[..start].iter().for_each(|leaf| before.append(*leaf));
            let mut index = Index::on_top_of(before);
            all[start..].iter().for_each(|leaf| index.append(*leaf));
            agree(&index, start as u64, &all);
            agree(&file_of(&index), start as u64, &all);
            assert_eq!(index.leaf(start as u64), Some(all[start]));
            assert_eq!(index.leaf(40), None);
            if start > 1 {
                assert_eq!(index.inclusion_proof(0, 40).unwrap(), None);
            }
        }
    }

    #[test]
    fn from_any_leaf_on_it_has_all_nodes_behind_and_none_before() {
        let all = leaves(70);
        for start in 0..70 {
            let mut index = Index::on_top_of(Range::starting_at(start));
            all[start as usize..]
                .iter()
                .for_each(|leaf| index.append(*leaf));
            for level in 0..7 {
                for place in 0..=70 >> level {
                    let (begin, end) = (place << level, (place + 1) << level);
                    let expected = (begin >= start && end <= 70)
                        .then(|| root(&all[begin as usize..end as usize]).unwrap());
                    assert_eq!(index.node(level, place).unwrap(), expected);
                }
            }
            assert_eq!(
                index.write(&StrandId::new("s"), io::sink()).is_err(),
                start > 0
            );
        }
    }

    #[test]
    fn a_file_that_was_cut_or_is_something_else_is_refused() {
        let mut index = Index::new();
        leaves(5).into_iter().for_each(|leaf| index.append(leaf));
        let mut bytes = Vec::new();
        index.write(&StrandId::new("s"), &mut bytes).unwrap();
        let open = |bytes: &[u8]| {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(bytes).unwrap();
            file.rewind().unwrap();
            IndexFile::open(file)
        };
        assert!(open(&bytes).is_ok());
        let short = open(&bytes[..bytes.len() - 1]);
        assert!(matches!(short, Err(IndexError::Length { .. })), "{short:?}");
        for other in [&b"{}\n"[..], b"", b"{\"sealion_index\":2}\n"] {
            let refused = open(other);
            assert!(matches!(refused, Err(IndexError::Header(_))), "{refused:?}");
        }
    }
}
