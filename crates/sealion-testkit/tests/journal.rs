//! Journals hold by the reference, proofs by definition, and every kind of block occurs.

use ion_rs::Element;
use sealion_reference::{fold, journal, proof, siblings};
use sealion_testkit::block::Content;
use sealion_testkit::{Ledger, Mix};
use std::collections::BTreeMap;

/// Every block of the ledger holds by every rule of the reference, and its digest is the one that it names.
fn holds(ledger: &Ledger) {
    let blocks: Vec<Element> = ledger
        .blocks
        .iter()
        .map(|block| block.to_element())
        .collect();
    for (index, checked) in journal::check(&blocks).into_iter().enumerate() {
        let checked = checked.unwrap_or_else(|error| panic!("block {index}: {error}"));
        assert_eq!(
            checked.failures().count(),
            0,
            "block {index}: {:?}",
            checked.outcomes
        );
    }
    assert_eq!(journal::digest(&blocks).unwrap(), ledger.digest().digest);
}

#[test]
fn journals_of_every_mix_hold() {
    for seed in 0..30 {
        holds(&Ledger::new(seed, 60, Mix::Mixed));
        holds(&Ledger::new(seed, 40, Mix::Vehicle));
        holds(&Ledger::new(seed, 40, Mix::Tiny));
        holds(&Ledger::new(seed, 12, Mix::Deep));
    }
    holds(&Ledger::new(1, 6, Mix::Large));
}

#[test]
fn short_journals_hold() {
    for blocks in 1..12 {
        let ledger = Ledger::new(9, blocks, Mix::Mixed);
        assert_eq!(ledger.blocks.len() as u64, blocks);
        holds(&ledger);
    }
}

#[test]
fn block_proofs_fold_and_have_the_exact_shape() {
    let ledger = Ledger::new(2, 40, Mix::Tiny);
    for tip in 0..40 {
        let digest = ledger.digest_at(tip);
        assert_eq!(digest.tip.sequence_no, tip as u64);
        for index in 0..=tip {
            let proof = ledger.block_proof(index, tip);
            assert_eq!(proof.len() as u32, siblings(index as u64, tip as u64 + 1));
            assert_eq!(
                fold(&ledger.hashes[index], &proof),
                digest.digest,
                "{index} of {tip}"
            );
        }
    }
}

#[test]
fn revision_proofs_fold_and_have_the_exact_shape() {
    let ledger = Ledger::new(4, 40, Mix::Mixed);
    for (index, revision) in ledger.documents() {
        let element = ledger.blocks[index].to_element();
        let block = journal::Block::read(&element).unwrap();
        for tip in index..40 {
            let found = ledger.revision_proof(index, revision, tip);
            let expected = proof::revision_proof(&block, revision, &ledger.hashes[..=tip]);
            assert_eq!(Some(&found), expected.as_ref(), "{index} of {tip}");
            let leaf = ledger.blocks[index].revisions()[revision]
                .hash
                .as_slice()
                .try_into()
                .unwrap();
            assert_eq!(fold(&leaf, &found), ledger.digest_at(tip).digest);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_journal() {
    let text = |seed, mix| {
        let ledger = Ledger::new(seed, 30, mix);
        ledger
            .blocks
            .iter()
            .map(|block| format!("{}\n", block.to_element()))
            .collect::<String>()
    };
    for mix in Mix::ALL {
        assert_eq!(text(1, mix), text(1, mix));
        assert_ne!(text(1, mix), text(2, mix));
    }
}

/// What a journal may hold, by name, with how often it did.
fn kinds(ledger: &Ledger) -> BTreeMap<&'static str, usize> {
    let mut kinds = BTreeMap::new();
    for block in &ledger.blocks {
        let revisions = block.revisions();
        let has = |found: &dyn Fn(&Content) -> bool| {
            revisions
                .iter()
                .any(|r| r.metadata.is_some() && found(&r.content))
        };
        let seen = [
            ("no transaction info", block.transaction_info.is_none()),
            ("no revisions", block.revisions.is_none()),
            (
                "only an internal revision",
                revisions.len() == 1 && revisions[0].metadata.is_none(),
            ),
            (
                "internal beside others",
                revisions.len() > 1 && revisions.iter().any(|r| r.metadata.is_none()),
            ),
            ("several revisions", revisions.len() > 1),
            (
                "several statements",
                block
                    .transaction_info
                    .as_ref()
                    .is_some_and(|info| info.statements.len() > 1),
            ),
            (
                "deletion",
                has(&|content| matches!(content, Content::Nothing)),
            ),
            ("data", has(&|content| matches!(content, Content::Data(_)))),
            (
                "redacted",
                has(&|content| matches!(content, Content::Redacted(_))),
            ),
            ("redaction order", block.redaction_info.is_some()),
            ("one entry", block.entries.len() == 1),
            ("two entries", block.entries.len() == 2),
            ("eleven or twelve entries", block.entries.len() > 10),
            (
                "txTime ends in a zero",
                revisions
                    .iter()
                    .flat_map(|r| &r.metadata)
                    .any(|m| m.tx_time.milliseconds() % 10 == 0),
            ),
        ];
        for (kind, _) in seen.into_iter().filter(|(_, seen)| *seen) {
            *kinds.entry(kind).or_default() += 1;
        }
    }
    kinds
}

#[test]
fn every_kind_of_block_occurs() {
    let found = kinds(&Ledger::new(1, 1_500, Mix::Mixed));
    assert_eq!(found.len(), 14, "{found:?}");
    assert!(found.values().all(|count| *count >= 3), "{found:?}");
}

/// What the service would never have written: a redaction before its time, a version that does not follow.
#[test]
fn journals_tell_a_possible_story() {
    for seed in 0..10 {
        let ledger = Ledger::new(seed, 300, Mix::Mixed);
        let mut versions: BTreeMap<&str, (u64, bool)> = BTreeMap::new();
        let mut redacted = Vec::new();
        let mut clock = None;
        for block in &ledger.blocks {
            assert!(clock <= Some(&block.block_timestamp));
            clock = Some(&block.block_timestamp);
            for order in block.redaction_info.iter().flatten() {
                assert!(order.address.sequence_no < block.address.sequence_no);
                assert!(
                    versions[order.document_id.as_str()].0 > order.version,
                    "the order waits for a later version"
                );
                redacted.retain(|found| *found != (order.document_id.as_str(), order.version));
            }
            for revision in block.revisions() {
                let Some(metadata) = &revision.metadata else {
                    continue;
                };
                assert_eq!(metadata.tx_id, block.transaction_id);
                assert!(metadata.tx_time <= block.block_timestamp);
                assert_eq!(revision.address.as_ref(), Some(&block.address));
                let deleted = matches!(revision.content, Content::Nothing);
                let before = versions.insert(&metadata.id, (metadata.version, deleted));
                assert!(before
                    .is_none_or(|(version, deleted)| !deleted && version + 1 == metadata.version));
                assert!(before.is_some() || metadata.version == 0);
                if matches!(revision.content, Content::Redacted(_)) {
                    redacted.push((metadata.id.as_str(), metadata.version));
                }
                let info = block
                    .transaction_info
                    .as_ref()
                    .expect("who changes documents says so");
                let documents = info.documents.as_ref().expect("and which");
                assert!(documents.iter().any(|(id, _)| *id == metadata.id));
            }
        }
        assert!(
            redacted.is_empty(),
            "every redacted revision has its order: {redacted:?}"
        );
    }
}
