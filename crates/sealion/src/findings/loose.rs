//! Revisions and receipts that came by themselves, set beside the block they
//! name if it is there.

use std::collections::HashMap;
use std::sync::Arc;

use super::block::{data_may_be_left_out, CheckedBlock, DATA_MAY_BE_LEFT_OUT};
use super::code::{Code, Severity};
use super::finding::{Finding, Findings};
use super::revision::{RevisionRecord, Standing};
use crate::blocks::claim::Id;
use crate::blocks::revision::Kind;
use crate::blocks::time::Time;
use crate::blocks::{BlockAddress, Hash, Proof};
use crate::hashes::dot;
use crate::merkle::siblings;

/// A revision, or a receipt for one, that came without its block.
#[derive(Clone, Debug)]
pub(crate) struct LooseRevision {
    pub(crate) address: BlockAddress,
    pub(crate) record: RevisionRecord,
    /// What its metadata says of the transaction: its id and time.
    pub(crate) transaction: Option<(Id, Time)>,
    pub(crate) proof: LooseProof,
    pub(crate) path: Arc<str>,
    /// Whether it came in an evidence bundle.
    pub(crate) bundled: bool,
    /// Whether a failure was found in it already.
    pub(crate) failed: bool,
    /// What no hash covers and QLDB does not write.
    pub(crate) unknown_fields: Vec<String>,
    /// That its data, as JSON, has lost its types: unless its block has it with them.
    pub(crate) typeless: Option<Box<Typeless>>,
}

/// Data from JSON that does not give its revision's hash.
#[derive(Clone, Debug)]
pub(crate) struct Typeless {
    /// The Ion Hash of what the data says, as JSON.
    pub(crate) plain: Hash,
    /// The Ion Hash of its metadata, whose types are known.
    pub(crate) metadata: Hash,
    /// What is said of it.
    pub(crate) finding: Finding,
}

impl LooseRevision {
    /// Settles data from JSON by that of its block: what this becomes as JSON, it must be to the last digit. Its
    /// metadata must give the hash together with the block's data: nothing else binds that of a row.
    pub(super) fn settle_types(&mut self, block: Option<&CheckedBlock>, findings: &mut Findings) {
        let Some(typeless) = self.typeless.take() else {
            return;
        };
        let own = block.and_then(|block| block.of_hash(&self.record).map(|index| (block, index)));
        let is_it = |block: &CheckedBlock, index: usize| {
            let data = block.revisions[index].data;
            let made = data.map(|data| dot(&data, &typeless.metadata));
            made.is_some()
                && made == self.record.hash
                && block.plain_json(index) == Some(typeless.plain)
        };
        match own.filter(|(block, index)| is_it(block, *index)) {
            Some((block, index)) => {
                self.record.standing = Standing::Recomputed;
                self.record.data = block.revisions[index].data;
            }
            None => findings.push(typeless.finding),
        }
    }

    /// The finding, put at this revision.
    pub(crate) fn about(&self, finding: Finding) -> Finding {
        let finding = finding
            .at(&self.address)
            .source(&self.path, Some(self.record.offset));
        match &self.record.document {
            Some((id, version)) => finding.document(id.clone(), *version),
            None => finding,
        }
    }
}

/// A proof that came with a thing.
#[derive(Clone, Debug)]
pub(crate) enum LooseProof {
    /// None came.
    None,
    /// With hashes that are none: already a finding.
    Broken,
    /// Hashes of 32 bytes.
    Whole(Proof, u64),
}

/// A loose revision after its block went by, or did not.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) loose: LooseRevision,
    /// Whether its block was there and holds it.
    pub(crate) in_block: bool,
    /// Hashes that its proof must have within the block, if the block was there.
    pub(crate) hashes_in_block: Option<usize>,
    /// Whether the block says all that it says.
    pub(crate) told: bool,
}

impl Placed {
    /// What it says, unless its block says the same: wherever it lies.
    pub(crate) fn said(&self) -> Option<String> {
        let LooseRevision {
            address,
            record,
            unknown_fields,
            ..
        } = &self.loose;
        let (kind, standing, document) = (record.kind, record.standing, &record.document);
        let content = (record.hash, record.data, record.json);
        let said = (address, kind, standing, document, content, unknown_fields);
        (!self.told).then(|| format!("{said:?}"))
    }
}

/// Looks for the revision in its block.
pub(crate) fn place_in_block(
    loose: LooseRevision,
    block: Option<&CheckedBlock>,
    findings: &mut Findings,
) -> Placed {
    let mut placed = Placed {
        loose,
        in_block: false,
        hashes_in_block: None,
        told: false,
    };
    let loose = &mut placed.loose;
    let (Some(block), Some(hash)) = (block, loose.record.hash) else {
        return placed;
    };
    let found = block
        .revisions
        .iter()
        .position(|own| own.hash == Some(hash));
    if let Some(index) = found {
        let own = &block.revisions[index];
        match differs(&loose.record, own) {
            Some(finding) => {
                loose.failed = true;
                findings.push(loose.about(finding));
            }
            None => {
                placed.in_block = true;
                placed.told = tells(own, loose);
            }
        }
        let found = other_transaction(loose, block);
        loose.failed |= found.iter().any(|one| one.severity == Severity::Failure);
        findings.extend(found);
        // The block warns of its own.
        if own.deletion_rule.is_none()
            && data_may_be_left_out(&loose.record, &block.revisions, index)
        {
            let finding = Finding::new(Code::DeletionRule, DATA_MAY_BE_LEFT_OUT)
                .severity(Severity::Warning)
                .remedy("look at this document in another export or in its history");
            findings.push(loose.about(finding));
        }
        placed.hashes_in_block = hashes_in_block(block, index);
        return placed;
    }
    loose.failed = true;
    let same_version =
        |own: &&RevisionRecord| own.document.is_some() && own.document == loose.record.document;
    let finding = match block.revisions.iter().find(same_version) {
        Some(own) => Finding::new(
            Code::DuplicateRevision,
            format!(
                "{} and {} hold the same document version with different hashes",
                loose.path, block.path
            ),
        )
        .values(
            hash.to_string(),
            own.hash.map_or_else(String::new, |hash| hash.to_string()),
        )
        .remedy("QLDB writes each version once: at least one of the two is not genuine"),
        None => Finding::new(
            Code::Request,
            format!(
                "the block at this address, in {}, has no revision with this hash",
                block.path
            ),
        )
        .claimed(hash.to_string())
        .remedy(
            "the address, the hash or the block is not the genuine one: compare with another copy",
        ),
    };
    findings.push(loose.about(finding));
    placed
}

/// Whether a block's own revision says all that this one does.
fn tells(own: &RevisionRecord, loose: &LooseRevision) -> bool {
    let record = &loose.record;
    let whole = own.standing == Standing::Recomputed && loose.unknown_fields.is_empty();
    let receipt = record.kind == Kind::Unseen;
    let same = record.kind == own.kind && record.standing == Standing::Recomputed;
    whole && (receipt || same)
}

/// A revision of another transaction than its block is. Where the block shows it, the block says so.
fn other_transaction(loose: &LooseRevision, block: &CheckedBlock) -> Vec<Finding> {
    let Some((id, time)) = loose
        .transaction
        .as_ref()
        .filter(|_| block.knows_by_hash(loose))
    else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    if *id != block.transaction_id {
        let message = "metadata.txId (covered by the revision's hash) is not the transactionId of the block that holds this hash (covered by none)";
        let finding = Finding::new(Code::TransactionId, message)
            .field("metadata.txId")
            .values(block.transaction_id.clone(), id.clone())
            .remedy(
                "the block's transactionId was changed, or the revision belongs to another block",
            );
        findings.push(loose.about(finding));
    }
    if block.timestamp.0 < *time {
        let message = "blockTimestamp of the block that holds this hash lies before the txTime of this revision";
        let finding = Finding::new(Code::TimeOrder, message)
            .field("metadata.txTime")
            .values(block.timestamp.0.to_string(), time.to_string())
            .remedy("blockTimestamp is covered by no hash: rely on txTime, which is");
        findings.push(loose.about(finding));
    }
    findings
}

/// Versions of documents that revisions without their block tell once more, with another
/// hash than each other or although the blocks here have them: `seen` says which they have.
pub(crate) fn told_again(placed: &[Placed], seen: impl Fn(&Id, u64) -> bool) -> Vec<Finding> {
    let mut first: HashMap<(&Id, u64), &LooseRevision> = HashMap::new();
    let mut findings = Vec::new();
    for Placed {
        loose,
        in_block,
        hashes_in_block,
        ..
    } in placed
    {
        let document = loose.record.document.as_ref().filter(|_| !loose.failed);
        let Some((id, Some(version))) = document else {
            continue;
        };
        let other = *first.entry((id, *version)).or_insert(loose);
        let message = match (other.record.hash == loose.record.hash, in_block, hashes_in_block) {
            (false, ..) => format!("{} and {} hold the same document version with different hashes", loose.path, other.path),
            (true, false, None) if seen(id, *version) => "this version of the document stands in a block that is here, and not in the one that is named".to_owned(),
            _ => continue,
        };
        let finding = loose.about(Finding::new(Code::DuplicateRevision, message));
        findings.push(
            finding.remedy("QLDB writes each version once: at least one of the two is not genuine"),
        );
    }
    findings
}

/// The same hash under another document: the receipt names the wrong one.
fn differs(loose: &RevisionRecord, own: &RevisionRecord) -> Option<Finding> {
    let (id, version) = loose.document.as_ref()?;
    let (own_id, own_version) = own.document.as_ref()?;
    let same_version = match (version, own_version) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    (id != own_id || !same_version).then(|| {
        let describe = |id: &str, version: Option<u64>| match version {
            Some(version) => format!("{id} version {version}"),
            None => id.to_owned(),
        };
        Finding::new(
            Code::Request,
            "the revision with this hash is of another document or version than is said here",
        )
        .values(describe(id, *version), describe(own_id, *own_version))
        .remedy("ask for the proof of the document that was meant")
    })
}

/// The number of proof hashes within the block for its revision `index`: in the
/// revisions' tree, in the entries' tree, and the previous block hash.
fn hashes_in_block(block: &CheckedBlock, index: usize) -> Option<usize> {
    let [entries, revisions, _] = block.fingerprint.parts();
    let count = revisions.len() as u64;
    let revisions: Option<Vec<Hash>> = revisions.iter().copied().collect();
    let root = crate::hashes::root(&revisions?)?;
    let entry = entries.iter().position(|entry| *entry == Some(root))?;
    let in_revisions = siblings(index as u64, count)?;
    let in_entries = siblings(entry as u64, entries.len() as u64)?;
    let previous = usize::from(block.previous.length > 0);
    Some(in_revisions + in_entries + previous)
}
