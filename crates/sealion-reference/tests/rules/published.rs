//! Each rule on the published block, revision, proofs and digest.

use crate::fixture::{self, BLOCK, TIP};
use sealion_reference::journal::{
    check, statements, Address, Answer, Block, Content, RecomputedRevision, Revision, Rule,
};
use sealion_reference::{dot, fold, proof, root, siblings};

#[test]
fn the_address_and_the_tip() {
    let block = fixture::block();
    let address = Block::read(&block).unwrap().address;
    let tip = Address::read(&fixture::tip_address()).unwrap();
    assert_eq!((address.sequence_no, tip.sequence_no), (BLOCK, TIP));
    assert_eq!(address.strand_id, tip.strand_id);
    assert_eq!(address.strand_id, "KmA3ZZca7vAIiJAK9S5Iwl");
}

#[test]
fn entries_hash_is_the_root_of_the_entries() {
    let value = fixture::block();
    let block = Block::read(&value).unwrap();
    assert_eq!(block.entries.len(), 4);
    assert_eq!(root(&block.entries), Some(block.entries_hash));
    let made = block.recompute().unwrap();
    assert_eq!(made.entries_hash, Some(block.entries_hash));
}

#[test]
fn block_hash_is_the_pair_of_entries_hash_and_previous() {
    let value = fixture::block();
    let block = Block::read(&value).unwrap();
    let previous = block.previous_block_hash.unwrap();
    assert_eq!(dot(&block.entries_hash, &previous), block.block_hash);
    assert_eq!(block.recompute().unwrap().block_hash, block.block_hash);
}

#[test]
fn revisions_root_stands_at_entry_1_only() {
    let value = fixture::block();
    let block = Block::read(&value).unwrap();
    let made = block.recompute().unwrap().revisions_root.unwrap();
    assert_eq!(block.positions(&made), [1]);
    // One leaf is its own root.
    assert_eq!(block.revision_hashes, [made]);
}

#[test]
fn transaction_info_stands_at_entry_3_only() {
    let value = fixture::block();
    let block = Block::read(&value).unwrap();
    let made = block.recompute().unwrap();
    assert_eq!(block.positions(&made.transaction_info.unwrap()), [3]);
    assert_eq!(made.redaction_info, None);
}

#[test]
fn statement_digest_is_that_of_its_text() {
    let value = fixture::block();
    let info = Block::read(&value).unwrap().transaction_info.unwrap();
    let statements = statements(info).unwrap();
    assert_eq!(statements.len(), 1);
    assert!(statements[0].text.starts_with("FROM VehicleRegistration"));
    assert_eq!(statements[0].answer(), Answer::Holds);
    assert_eq!(statements[0].claimed, statements[0].recomputed);
}

#[test]
fn revision_hash_is_the_pair_of_data_and_metadata() {
    let alone = fixture::revision();
    let revision = Revision::read(&alone).unwrap();
    assert!(matches!(revision.content, Content::User { .. }));
    let made = revision.recompute().unwrap();
    assert_eq!(made, RecomputedRevision::Hash(revision.hash));
    assert_eq!(made.answer(&revision.hash), Answer::Holds);

    let block = fixture::block();
    let in_block = &Block::read(&block).unwrap().revisions[0];
    assert_eq!(in_block.hash, revision.hash);
    assert_eq!(in_block.recompute().unwrap(), made);
}

#[test]
fn check_lists_each_rule_that_applies() {
    let results = check(&[fixture::block()]);
    let checked = results[0].as_ref().unwrap();
    let rules: Vec<_> = checked
        .outcomes
        .iter()
        .map(|o| (o.rule, o.revision, o.answer))
        .collect();
    assert_eq!(
        rules,
        [
            (Rule::RevisionHash, Some(0), Answer::Holds),
            (Rule::RevisionsRoot, None, Answer::Holds),
            (Rule::TransactionInfo, None, Answer::Holds),
            (Rule::EntriesHash, None, Answer::Holds),
            (Rule::BlockHash, None, Answer::Holds),
        ]
    );
    assert_eq!(checked.internal_entries, [0, 2]);
    assert_eq!(results.len(), 1);
}

#[test]
fn block_proof_folds_to_the_digest() {
    let value = fixture::block();
    let hash = Block::read(&value).unwrap().block_hash;
    let hashes = fixture::block_proof();
    assert_eq!(hashes.len(), 7);
    assert_eq!(siblings(BLOCK, TIP + 1), 7);
    assert_eq!(fold(&hash, &hashes), fixture::digest());
    proof::check_block(&hash, BLOCK, TIP, &hashes, &fixture::digest()).unwrap();
}

#[test]
fn revision_proof_folds_to_the_digest() {
    let value = fixture::revision();
    let hash = Revision::read(&value).unwrap().hash;
    let hashes = fixture::revision_proof();
    assert_eq!(hashes.len(), 10);
    assert_eq!(fold(&hash, &hashes), fixture::digest());
    proof::check_revision(&hash, BLOCK, TIP, &hashes, &fixture::digest()).unwrap();
}

#[test]
fn revision_proof_passes_through_the_block() {
    let value = fixture::block();
    let block = Block::read(&value).unwrap();
    let mut layout = vec![
        block.entries[0],
        dot(&block.entries[2], &block.entries[3]),
        block.previous_block_hash.unwrap(),
    ];
    layout.extend(fixture::block_proof());
    assert_eq!(fixture::revision_proof(), layout);
}
