//! The hashes of a block: `entriesHashList`, what each entry is the hash of, and those
//! above it.

use crate::blocks::block::{Block, BlockContent};
use crate::blocks::claim::RecordedHash;
use crate::blocks::revision::Made;
use crate::blocks::Hash;
use crate::findings::code::Code;
use crate::findings::context::Context;
use crate::findings::finding::Finding;
use crate::hashes::BlockHashes;

/// What the entries leave open.
pub(super) struct Unexplained {
    /// How many nothing in the block explains.
    pub(super) count: u64,
    /// Whether one of them is the pair of the revisions' root.
    pub(super) beside_revisions: bool,
}

/// `entriesHashList`: that it holds what the block's content hashes to.
pub(super) fn check_entries(
    block: &Block,
    content: &BlockContent,
    hashes: &BlockHashes,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) -> Unexplained {
    for (index, entry) in block.entries.iter().enumerate() {
        // Naming each of many entries would cost more than looking at it.
        if entry.hash.is_none_or(|hash| hash == Hash::ZERO) {
            let field = format!("entriesHashList[{index}]");
            context.hash(&field, entry, findings);
        }
    }
    let mut explained = [None; 3];
    if let Some(root) = hashes.revisions_root {
        let place = block.revisions.first().map_or(block.offset, |r| r.offset);
        let what = Member {
            code: Code::RevisionsRoot,
            field: "revisions",
            offset: place,
            what: "the tree root of the revisions' hashes",
        };
        check_member(block, &root, &what, context, findings);
        explained[0] = Some(root);
    }
    let infos = [
        (
            Code::TransactionInfo,
            "transactionInfo",
            block.transaction_info.as_ref().map(|info| info.offset),
            &content.transaction_info,
        ),
        (
            Code::RedactionInfo,
            "redactionInfo",
            block.redaction_info.as_ref().map(|info| info.offset),
            &content.redaction_info,
        ),
    ];
    for ((code, field, offset, made), explained) in infos.into_iter().zip(&mut explained[1..]) {
        let offset = offset.unwrap_or(block.offset);
        let what = "the Ion Hash of this struct";
        let what = Member {
            code,
            field,
            offset,
            what,
        };
        *explained = check_info(block, made.as_ref(), &what, context, findings);
    }
    let open = |entry: &&RecordedHash| entry.hash.is_some() && !explained.contains(&entry.hash);
    Unexplained {
        count: match block.outline {
            true => 0,
            false => block.entries.iter().filter(open).count() as u64,
        },
        beside_revisions: beside_revisions(&block.entries, &explained),
    }
}

/// Whether the revisions' root is paired with an entry that nothing explains, so that the two
/// may be one, split. Not in the order of all whole blocks that were published: internal,
/// revisions, internal, `transactionInfo`. (A block that would look so when split has three
/// entries, its revisions last; with more behind them, seven.)
fn beside_revisions(entries: &[RecordedHash], explained: &[Option<Hash>; 3]) -> bool {
    let [root @ Some(_), info, _] = *explained else {
        return false;
    };
    if (4..8).contains(&entries.len())
        && entries[1].hash == root
        && info.is_some()
        && entries[3].hash == info
    {
        return false;
    }
    let open = |entry: &RecordedHash| !explained.contains(&entry.hash);
    let mut all = entries.iter().enumerate();
    all.any(|(index, entry)| entry.hash == root && entries.get(index ^ 1).is_some_and(open))
}

/// Something whose hash must be an entry.
struct Member {
    code: Code,
    field: &'static str,
    offset: u64,
    what: &'static str,
}

fn check_info(
    block: &Block,
    made: Option<&Made>,
    member: &Member,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Hash> {
    match made? {
        Ok(hash) => {
            check_member(block, hash, member, context, findings);
            Some(*hash)
        }
        Err(unfit) => {
            findings.push(context.unfit(member.field, unfit));
            None
        }
    }
}

fn check_member(
    block: &Block,
    hash: &Hash,
    member: &Member,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) {
    if block.entries.iter().any(|entry| entry.hash == Some(*hash)) {
        return;
    }
    let message = format!(
        "{} is not among the entries of entriesHashList",
        member.what
    );
    let mut finding = context
        .finding(member.code, member.field, member.offset, message)
        .claimed(format!("one of {} entries", block.entries.len()))
        .remedy(
            "this part of the block was changed, or entriesHashList was: compare with another copy",
        );
    finding.recomputed = Some(hash.to_string());
    findings.push(finding);
}

/// `entriesHash` and `blockHash`.
pub(super) fn check_hashes(
    block: &Block,
    hashes: &BlockHashes,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) {
    // Nobody outside AWS knows what the first block has there: nothing, or any 32 bytes.
    let first = block.address.address.sequence_no == 0;
    let zeros = first && block.previous.hash == Some(Hash::ZERO);
    if block.usable_previous() != Some(None) && !zeros {
        context.hash("previousBlockHash", &block.previous, findings);
    }
    context.hash("entriesHash", &block.entries_hash, findings);
    context.hash("blockHash", &block.block_hash, findings);
    if block.entries.is_empty() {
        findings.push(context.finding(
            Code::EntriesHash,
            "entriesHashList",
            block.entries_hash.offset,
            "entriesHashList is empty: a block has at least one entry",
        ));
    }
    let differs = |recorded: &RecordedHash, ours: Option<Hash>| {
        ours.filter(|ours| recorded.hash.is_some_and(|recorded| recorded != *ours))
    };
    if let Some(ours) = differs(&block.entries_hash, hashes.entries_root) {
        findings.push(
            context
                .mismatch(
                    Code::EntriesHash,
                    "entriesHash",
                    &block.entries_hash,
                    &ours,
                    "entriesHash is not the tree root of entriesHashList",
                )
                .remedy("an entry or entriesHash was changed: compare with another copy"),
        );
    }
    if let Some(ours) = differs(&block.block_hash, hashes.from_recorded) {
        findings.push(
            context
                .mismatch(
                    Code::BlockHash,
                    "blockHash",
                    &block.block_hash,
                    &ours,
                    "blockHash is not dot(entriesHash, previousBlockHash)",
                )
                .remedy("one of the three was changed: compare with another copy"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_of_revisions_beside_an_open_entry_may_be_half_of_one() {
        let hash = |byte: u8| Hash([byte; 32]);
        let list = |bytes: &[u8]| -> Vec<RecordedHash> {
            let recorded = |byte: &u8| RecordedHash::of(&hash(*byte).0, 0);
            bytes.iter().map(recorded).collect()
        };
        let (root, info, open) = (1, 2, 9);
        let explained = [Some(hash(root)), Some(hash(info)), None];
        let beside = |bytes: &[u8]| beside_revisions(&list(bytes), &explained);
        assert!(beside(&[root, open, info]));
        assert!(beside(&[open, root, info]));
        assert!(beside(&[open, info, open, root]));
        assert!(beside(&[open, root, info, open]));
        assert!(!beside(&[open, root, open, info]), "as published");
        assert!(!beside(&[open, root, open, info, open, open, open]));
        assert!(beside(&[open, root, open, info, open, open, open, open]));
        assert!(!beside(&[root, info]) && !beside(&[open, info, root]));
        let stripped = [Some(hash(root)), None, None];
        assert!(beside_revisions(
            &list(&[open, root, open, info]),
            &stripped
        ));
    }
}
