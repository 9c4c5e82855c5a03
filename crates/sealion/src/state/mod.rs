//! What a run leaves for the next one: of each strand the few hashes that later
//! blocks and digests can be tied to.
//!
//! A state of `n` blocks holds at most 3·log2(n) hashes of 32 bytes, so that a
//! journal of any length goes on from a few kilobytes. It is a claim like any
//! other: whoever can write the file can write any hashes into it. Blocks that
//! follow it are verified without trust in it, because its nodes and their leaves
//! must fold to a trusted digest; the blocks *in* it are not here and rest on it.
//!
//! The first block to follow names the hash of the state's last block. So that this is
//! no hash of another block, its siblings within the last node are kept as well: the
//! *right edge* of the nodes, at most log2(n) hashes more.
//!
//! (Compact ranges are described in the documentation of the Trillian project;
//! the node hash is QLDB's pair hash, as in its Developer Guide.)

mod merge;
mod saved;
#[cfg(test)]
mod tests;
mod written;

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

pub use merge::MergeError;
pub(crate) use saved::{of_run, worse};

use crate::blocks::{Hash, StrandId};
use crate::findings::{By, RevisionCounts, Span};
use crate::output::{NewFile, Replaces};
use crate::report::Verdict;
use crate::Error;

/// Bytes of a state file at most; one of a hundred strands has about 300 KB.
const STATE_BYTES_MAX: u64 = 16 << 20;

/// The state after a run: of each strand a run of blocks without a gap, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Its name in reports: the path it was read from.
    pub(crate) source: Arc<str>,
    /// The version of the program that wrote it.
    pub(crate) tool_version: String,
    pub(crate) verdict: Verdict,
    /// By id, each once.
    pub(crate) strands: Vec<StrandState>,
}

/// What a [`State`] holds of one strand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrandState {
    pub(crate) strand_id: StrandId,
    pub(crate) span: Span,
    pub(crate) digests: Vec<ReachedDigest>,
}

/// A digest that the run reached.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ReachedDigest {
    /// The 32 bytes.
    pub digest: Hash,
    /// The tip's sequence number.
    pub sequence_no: u64,
    /// Whether the caller of that run trusted it.
    pub trusted: bool,
    /// How it was reached.
    pub by: By,
}

impl State {
    /// Reads a state from a file, at most 16 MiB, and checks that it is whole:
    /// its checksum, the number of nodes in each range, that each digest is what
    /// the nodes fold to, and that the last block's hash is the rightmost leaf of
    /// the last node. A state of version 1 cannot show the latter; see
    /// [`StrandState::is_tied`].
    ///
    /// None of this shows that the state is genuine: a forger makes all of it
    /// anew.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be read; [`Error::NoState`] if it holds
    /// no state, one of another version, or a damaged one.
    pub fn read(path: impl AsRef<Path>) -> Result<State, Error> {
        let path = path.as_ref();
        let source = path.display().to_string();
        let failed = |error| Error::Io {
            path: source.clone(),
            source: error,
        };
        let refused = |reason| Error::NoState {
            path: source.clone(),
            reason,
        };
        // Not by the size that the system says: a device has none, and no end.
        let mut text = Vec::new();
        let file = std::fs::File::open(path).map_err(failed)?;
        let mut bounded = file.take(STATE_BYTES_MAX + 1);
        bounded.read_to_end(&mut text).map_err(failed)?;
        if text.len() as u64 > STATE_BYTES_MAX {
            let reason = format!("expected a state of at most {STATE_BYTES_MAX} bytes, found more");
            return Err(refused(reason));
        }
        State::from_json(&text, &source).map_err(refused)
    }

    /// Writes the state to a file, in place of nothing but an older state: at once or
    /// not at all, also when the machine stops in the middle.
    ///
    /// # Errors
    /// [`Error::Occupied`] if something else is there; [`Error::Write`] with what the
    /// system said.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        const NOTHING_READ: [&Path; 0] = [];
        let file = NewFile::at(path.as_ref(), Replaces::State, NOTHING_READ)?;
        file.write(self.to_json().as_bytes())
    }

    /// The verdict of the run that wrote it, never [`Verdict::Failed`]. If several
    /// runs led to it, the least that they said.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Its strands, by id.
    pub fn strands(&self) -> &[StrandState] {
        &self.strands
    }

    /// The version of the program that wrote it.
    pub fn tool_version(&self) -> &str {
        &self.tool_version
    }
}

impl StrandState {
    /// The strand.
    pub fn strand_id(&self) -> &StrandId {
        &self.strand_id
    }

    /// The first block in it.
    pub fn first(&self) -> u64 {
        self.span.range.begin()
    }

    /// The last block in it.
    pub fn last(&self) -> u64 {
        self.span.last()
    }

    /// The nodes of the tree over its blocks, from the left, 32 bytes each.
    pub fn nodes(&self) -> &[Hash] {
        self.span.range.nodes()
    }

    /// The hash that the first block names as that of the block before it: `None`
    /// where it is block 0 and names none.
    pub fn previous_hash(&self) -> Option<Hash> {
        self.span.previous
    }

    /// The hash of the last block.
    pub fn last_hash(&self) -> Hash {
        self.span.last_hash
    }

    /// The siblings of that hash from the lowest up to the last node, 32 bytes each, by
    /// which it is that node's rightmost leaf; `None` in a state of version 1.
    pub fn last_siblings(&self) -> Option<&[Hash]> {
        self.span.edge.as_ref().map(|edge| edge.siblings())
    }

    /// Whether its last hash is tied to its nodes. Where it is not (version 1), the blocks
    /// that follow could be others, and the state is continued only for a caller who
    /// vouches for it ([`Verifier::vouching_for`](crate::Verifier::vouching_for)).
    pub fn is_tied(&self) -> bool {
        self.span.edge.is_some()
    }

    /// The time of the last block in UTC, as ISO 8601. No hash covers it.
    pub fn last_timestamp(&self) -> String {
        self.span.last_time.to_string()
    }

    /// The revisions in its blocks.
    pub fn revisions(&self) -> RevisionCounts {
        self.span.revisions
    }

    /// The digest of blocks 0 to the last; `None` if it starts after block 0.
    pub fn digest(&self) -> Option<Hash> {
        self.span.range.root()
    }

    /// Digests that the runs which led here reached.
    pub fn digests(&self) -> &[ReachedDigest] {
        &self.digests
    }
}
