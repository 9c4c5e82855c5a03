//! From a plan to a block: documents, and every hash that does not need the block before.

use super::Mix;
use crate::block::{redaction_info, Content};
use crate::{ion_hash, Block, Rng};

/// A block whose course is decided: who changes what, when, in which statements. Documents are empty structs, and
/// hashes are empty, until [`fill`](Self::fill).
#[derive(Clone, Debug)]
pub struct Draft {
    pub(super) block: Block,
    pub(super) mix: Mix,
    /// For what is still to be made; the block's own, so that the order of filling changes nothing.
    pub(super) rng: Rng,
}

impl Draft {
    /// Makes the documents, the revision hashes, the statement digests, the entries and the entries hash.
    ///
    /// # Panics
    /// Never: a draft always has an entry.
    #[must_use]
    pub fn fill(mut self) -> Block {
        self.fill_revisions();
        self.fill_statements();
        self.fill_entries();
        let root = self.block.entries_root();
        self.block.entries_hash = root
            .expect("a draft has entries, of 32 bytes each")
            .to_vec();
        self.block
    }

    fn fill_revisions(&mut self) {
        for revision in self.block.revisions.iter_mut().flatten() {
            revision.content = match revision.content {
                Content::Data(_) => Content::Data(self.mix.document(&mut self.rng)),
                Content::Redacted(_) => {
                    Content::Redacted(ion_hash(&self.mix.document(&mut self.rng)).to_vec())
                }
                Content::Nothing => Content::Nothing,
            };
            let hash = revision.computed_hash();
            revision.hash = hash.unwrap_or_else(|| self.rng.hash()).to_vec();
        }
    }

    /// A statement without parameters has the Ion Hash of its text as a string for digest. With parameters the rule
    /// was never published; real digests are not the text's hash, so any other stands for them.
    fn fill_statements(&mut self) {
        for statement in self
            .block
            .transaction_info
            .iter_mut()
            .flat_map(|info| &mut info.statements)
        {
            let with_parameters = statement.statement.contains('?');
            let digest = if with_parameters {
                self.rng.hash()
            } else {
                ion_hash(&ion_rs::Element::string(statement.statement.as_str()))
            };
            statement.statement_digest = digest.to_vec();
        }
    }

    /// The known entries, with internal ones around them. The two complete blocks that AWS published have internal,
    /// revisions, internal, transaction info; most blocks here follow them, the rest take any order.
    fn fill_entries(&mut self) {
        let block = &self.block;
        let revisions = block.revisions_root();
        let transaction = block
            .transaction_info
            .as_ref()
            .map(|info| ion_hash(&info.to_element()));
        let redaction = block
            .redaction_info
            .as_ref()
            .map(|orders| ion_hash(&redaction_info(orders)));
        let known = [revisions, transaction, redaction];
        let none = known.iter().all(Option::is_none);
        let internal = self
            .rng
            .range(u64::from(none), self.mix.internal_entries_max().max(1));
        let mut known = known.into_iter().flatten();
        let mut entries = Vec::new();
        for _ in 0..internal {
            entries.push(self.rng.hash());
            entries.extend(known.next());
        }
        entries.extend(known);
        if self.rng.chance(20) {
            self.rng.shuffle(&mut entries);
        }
        self.block.entries = entries.iter().map(|entry| entry.to_vec()).collect();
    }
}
