//! Goes over the blocks once more, and proves those that are wanted.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::sync::Arc;

use super::contents::{self, Contents};
use super::given::Given;
use super::in_block::InBlock;
use super::{ProveError, ProvenBlock, ProvenRevision, Prover, WantedRevisions};
use crate::blocks::{BlockAddress, Digest, Hash, Proof};
use crate::engine::Wanted;
use crate::findings::{CheckedBlock, Copies, Found, Severity, Standing};
use crate::report::{Coverage, State};
use crate::source::Archive;
use crate::verify::Watcher;
use crate::words::blocks_do;
use crate::Report;

impl Prover {
    /// A block and its proof under the digest at `tip`.
    ///
    /// # Errors
    /// [`ProveError`]; among others if the block came as JSON, whose types are lost.
    pub fn block(
        &self,
        archive: &dyn Archive,
        sequence_no: u64,
        tip: u64,
    ) -> Result<ProvenBlock, ProveError> {
        self.block_proof(sequence_no, tip)?;
        let mut found = None;
        let wanted: Wanted = Arc::new(move |block| block.address.sequence_no == sequence_no);
        let range = (sequence_no, sequence_no);
        self.blocks(archive, range, wanted, tip, &mut |proven| {
            found = Some(proven);
        })?;
        found.ok_or_else(|| {
            ProveError::NotFound(format!("block {sequence_no} is not among the inputs"))
        })
    }

    /// The blocks in `range` that are `wanted`, each with its proof under the digest at
    /// `tip`.
    pub(crate) fn blocks(
        &self,
        archive: &dyn Archive,
        range: (u64, u64),
        wanted: Wanted,
        tip: u64,
        each: &mut (dyn FnMut(ProvenBlock) + Send),
    ) -> Result<(), ProveError> {
        let digest = self.digest(tip)?;
        self.pass(archive, range, wanted, &mut |copies| {
            let block = copies.fullest();
            let contents = self.contents(block)?;
            let sequence_no = block.address.sequence_no;
            let proven = ProvenBlock {
                address: block.address.clone(),
                ion_text: contents.into_text(),
                hash: self.leaf(block)?,
                proof: self.block_proof(sequence_no, tip)?,
                digest: digest.clone(),
                left_out: copies.left_out_of(block),
            };
            let hashes = plain(&proven.proof);
            let (leaf, root) = (&proven.hash.0, &digest.hash.0);
            sealion_reference::proof::check_block(leaf, sequence_no, tip, &hashes, root)
                .map_err(|refusal| damaged(&refusal.to_string()))?;
            each(proven);
            Ok(())
        })?;
        Ok(())
    }

    /// The revisions that are `wanted`, in the order of the journal, each with its
    /// proof under the digest at `tip`; gives their number. Those that cannot be
    /// proven go to `skipped`, with the reason.
    ///
    /// # Errors
    /// [`ProveError`], and whatever `each` gives.
    pub fn revisions(
        &self,
        archive: &dyn Archive,
        wanted: &WantedRevisions,
        tip: u64,
        each: &mut (dyn FnMut(ProvenRevision) -> io::Result<()> + Send),
        skipped: &mut (dyn FnMut(String) + Send),
    ) -> Result<u64, ProveError> {
        let digest = self.digest(tip)?;
        let only = wanted.sequence_no;
        if let Some(before) = only.filter(|only| *only < self.first) {
            return Err(self.before_tree(before));
        }
        // Blocks before the tree, if they are here, are named as not proven.
        let range = (only.unwrap_or(0), only.unwrap_or(tip));
        let fits = wanted.clone();
        let needed: Wanted = Arc::new(move |block: &CheckedBlock| {
            let mut documents = block.documents();
            (range.0..=range.1).contains(&block.address.sequence_no)
                && (documents.any(|(_, id, version)| fits.fits(id, version))
                    || block.unseen().any(|id| fits.fits_id(id)))
        });
        let mut count = 0;
        let mut unseen = Vec::new();
        let mut given = Given::default();
        let report = self.pass(archive, range, needed, &mut |copies| {
            let tables = tables(copies);
            let of_table = |id: &&str| {
                let (asked, own) = (wanted.table_name.as_ref(), tables.get(*id));
                asked.is_none() || own.is_none() || asked == own
            };
            let hidden = copies.unseen().into_iter();
            let hidden = hidden.filter(|id| wanted.fits_id(id)).filter(of_table);
            let number = copies.lead.address.sequence_no;
            unseen.extend(hidden.map(|id| without_revision(id, number)));
            let mut opened = Vec::new();
            for found in copies.documents() {
                given.met(&found);
                if !wanted.fits(found.id, found.version) {
                    continue;
                }
                let table = tables.get(found.id).cloned();
                match self.revision(&found, table, wanted, &digest, &mut opened)? {
                    Some(Ok(proven)) => {
                        given.give(&found);
                        each(proven).map_err(ProveError::Output)?;
                        count += 1;
                    }
                    Some(Err(why)) => skipped(why),
                    None => {}
                }
            }
            Ok(())
        })?;
        // One that was asked for by its version and found leaves nothing open.
        if wanted.version.is_none() || count == 0 {
            unseen.extend(given.gaps(&report));
            if only.is_none() {
                unseen.extend(self.not_here(&report, tip));
            }
            unseen.into_iter().for_each(skipped);
        }
        Ok(count)
    }

    /// Blocks up to the tip that did not go by, though the tree has them: the index is older than
    /// the inputs, or these are not all.
    fn not_here(&self, report: &Report, tip: u64) -> Option<String> {
        let strand = report
            .strands
            .iter()
            .find(|one| one.strand_id == self.strand_id)?;
        let here = |run: &&Coverage| !matches!(run.state, State::Missing | State::FromState);
        let mut next = self.first;
        let mut missing = Vec::new();
        for run in strand
            .coverage
            .iter()
            .filter(here)
            .filter(|run| run.first <= tip)
        {
            if run.first > next {
                missing.push(blocks_do(next, run.first - 1, "is", "are"));
            }
            next = next.max(run.last.saturating_add(1));
        }
        if next <= tip {
            missing.push(blocks_do(next, tip, "is", "are"));
        }
        let missing = missing.join(", ");
        (!missing.is_empty())
            .then(|| format!("{missing} not among the inputs: other revisions may be in them"))
    }

    /// One revision: `None` if it is of another table than the one wanted; the
    /// reason if it cannot be proven, or if nothing tells of which table it is.
    fn revision<'b>(
        &self,
        found: &Found<'b>,
        table_name: Option<String>,
        wanted: &WantedRevisions,
        digest: &Digest,
        opened: &mut Vec<Opened<'b>>,
    ) -> Result<Option<Result<ProvenRevision, String>>, ProveError> {
        let &Found {
            block,
            index,
            id,
            version,
        } = found;
        let record = &block.revisions[index];
        let before = block.address.sequence_no < self.first;
        let tip = digest.sequence_no.unwrap_or_else(|| self.last());
        let json = record.json;
        let opened = self.opened(block, before, opened)?;
        let asked = wanted.table_name.is_some();
        if asked && table_name.is_some() && wanted.table_name != table_name {
            return Ok(None);
        }
        let name = format!(
            "document {id} version {version} in block {}",
            block.address.sequence_no
        );
        let refused = |why: &str| Ok(Some(Err(format!("{name}: {why}"))));
        if before {
            return refused(&self.before_tree(block.address.sequence_no).to_string());
        }
        if asked && table_name.is_none() {
            return refused("of which table it is nothing here tells: transactionInfo is missing");
        }
        let (Standing::Recomputed, Some(hash)) = (record.standing, record.hash) else {
            return refused(match json {
                true => {
                    "its hash cannot be recomputed from JSON, which has lost the types of its data"
                }
                false => "its hash cannot be recomputed from what is here",
            });
        };
        let contents = opened.contents.as_ref().filter(|_| !json);
        let text = contents.map(|contents| contents.revision_text(index, &block.address, record));
        let ion_text = match text.transpose() {
            Ok(text) => text,
            Err(why) => return refused(&why),
        };
        self.leaf(block)?;
        let in_block = opened.in_block.as_ref();
        let Some(mut hashes) = in_block.and_then(|in_block| in_block.proof(index)) else {
            return refused("its block's hashes do not lead from it to the block");
        };
        hashes.extend(self.block_proof(block.address.sequence_no, tip)?.0);
        let proof = Proof(hashes);
        let place = block.address.sequence_no;
        let checked = sealion_reference::proof::check_revision(
            &hash.0,
            place,
            tip,
            &plain(&proof),
            &digest.hash.0,
        );
        checked.map_err(|refusal| damaged(&refusal.to_string()))?;
        Ok(Some(Ok(ProvenRevision {
            address: block.address.clone(),
            document_id: id.to_owned(),
            version,
            table_name,
            ion_text,
            hash,
            proof,
            digest: digest.clone(),
        })))
    }

    /// What is read of a block, once for all its revisions. `before` the tree its text is
    /// not needed; and what came as JSON has lost its types.
    fn opened<'b, 'o>(
        &self,
        block: &'b CheckedBlock,
        before: bool,
        opened: &'o mut Vec<Opened<'b>>,
    ) -> Result<&'o Opened<'b>, ProveError> {
        let known = opened.iter().position(|one| std::ptr::eq(one.block, block));
        let at = known.unwrap_or(opened.len());
        if known.is_none() {
            let json = block.revisions.iter().any(|record| record.json);
            opened.push(Opened {
                block,
                contents: match json || before {
                    true => None,
                    false => Some(self.contents(block)?),
                },
                in_block: InBlock::of(block),
            });
        }
        Ok(&opened[at])
    }

    /// The block's hash, which must be the leaf that was indexed.
    fn leaf(&self, block: &CheckedBlock) -> Result<Hash, ProveError> {
        let sequence_no = block.address.sequence_no;
        let leaf = self.tree.node(0, sequence_no)?;
        match (leaf, block.hash) {
            (Some(leaf), Some(hash)) if leaf == hash => Ok(leaf),
            _ => Err(damaged(&format!(
                "block {sequence_no} is not the one that was indexed"
            ))),
        }
    }

    fn contents(&self, block: &CheckedBlock) -> Result<Contents, ProveError> {
        let refused = |why: &str| not_recomputed(&block.address, why);
        let leaf = self.leaf(block)?;
        if block.revisions.iter().any(|record| record.json) {
            return Err(refused(
                "it came as JSON, which has lost the types that its hash is made of",
            ));
        }
        let text = block.captured.as_ref().map(|captured| &captured.text);
        let text = text.ok_or_else(|| refused("it cannot be written as Ion text"))?;
        Contents::read(text, &leaf).map_err(|why| refused(&why))
    }

    /// Goes over blocks `range` once more; wanted ones come with their text.
    fn pass(
        &self,
        archive: &dyn Archive,
        range: (u64, u64),
        wanted: Wanted,
        each: &mut (dyn FnMut(Copies<'_>) -> Result<(), ProveError> + Send),
    ) -> Result<Report, ProveError> {
        let verifier = self.verifier.clone().strand(self.strand_id.clone());
        let verifier = verifier.from(range.0).to(range.1);
        let mut watcher = Proving {
            wanted,
            handed: BTreeSet::new(),
            each,
            stopped: None,
        };
        let report = verifier.verify_watched(archive, &mut watcher)?;
        match watcher.stopped {
            Some(error) => Err(error),
            None if report.verdict() == crate::Verdict::Failed => {
                Err(ProveError::Fails(Box::new(report)))
            }
            // It could be read when the tree was made.
            None => match unread(&report) {
                None => Ok(report),
                Some(why) => Err(ProveError::Incomplete {
                    why,
                    report: Box::new(report),
                }),
            },
        }
    }
}

/// A copy of a block, and what proofs of its revisions are made of.
struct Opened<'b> {
    block: &'b CheckedBlock,
    contents: Option<Contents>,
    in_block: Option<InBlock>,
}

/// The first file that could not be read to its end.
fn unread(report: &Report) -> Option<String> {
    let mut findings = report.findings().iter();
    let unread = findings
        .find(|finding| finding.code.is_unread() && finding.severity <= Severity::Incomplete)?;
    Some(format!("{}: {}", unread.code, unread.message))
}

/// Hands wanted blocks on, until one is refused.
struct Proving<'a> {
    wanted: Wanted,
    /// What was handed on is not handed on again, should the run start anew.
    handed: BTreeSet<BlockAddress>,
    each: &'a mut (dyn FnMut(Copies<'_>) -> Result<(), ProveError> + Send),
    stopped: Option<ProveError>,
}

impl Watcher for Proving<'_> {
    fn wanted(&self) -> Option<Wanted> {
        Some(self.wanted.clone())
    }

    fn block(&mut self, block: &CheckedBlock) {
        self.copies(block, &[]);
    }

    fn copies(&mut self, block: &CheckedBlock, others: &[&CheckedBlock]) {
        let copies = Copies::of(block, others);
        let failed = |finding: &crate::Finding| finding.severity == Severity::Failure;
        if self.stopped.is_some()
            || !copies.all().any(|copy| (self.wanted)(copy))
            // The report says it; what is wrong is not proven.
            || block.findings.iter().any(failed)
            || !self.handed.insert(block.address.clone())
        {
            return;
        }
        self.stopped = (self.each)(copies).err();
    }
}

/// Tables of documents, where `transactionInfo` of any copy tells.
fn tables(copies: Copies<'_>) -> HashMap<String, String> {
    let captured = copies.all().filter_map(|copy| copy.captured.as_ref());
    captured
        .flat_map(|captured| contents::tables(&captured.text))
        .collect()
}

fn without_revision(id: &str, sequence_no: u64) -> String {
    format!("document {id} was changed in block {sequence_no}, and its revision there is missing or stripped to its hash")
}

fn plain(proof: &Proof) -> Vec<[u8; 32]> {
    proof.0.iter().map(|hash| hash.0).collect()
}

fn damaged(why: &str) -> ProveError {
    ProveError::DamagedIndex(why.to_owned())
}

fn not_recomputed(address: &BlockAddress, why: &str) -> ProveError {
    ProveError::NotRecomputed(format!(
        "block {} is not given out: {why}",
        address.sequence_no
    ))
}
