//! A fault in one block is found by the fast engine without all of the journal being read by the reference as well;
//! what only the blocks together show is not.

mod common;

use common::text;
use sealion::source::Memory;
use sealion::{Digest, Engine, Report, Verdict, Verifier};
use sealion_testkit::agree::trusted;
use sealion_testkit::{Ledger, Mix, Rng};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

/// The report on a journal under a digest, and whether it was read twice.
fn report(ledger: &Ledger, digest: &Digest, engine: Engine) -> (Report, bool) {
    let twice = Arc::new(AtomicBool::new(false));
    let told = twice.clone();
    let verifier = Verifier::new()
        .engine(engine)
        .against(digest.clone())
        .progress(move |at| {
            told.store(
                told.load(Ordering::Acquire) || at.second_pass,
                Ordering::Release,
            )
        });
    let journal = Memory::new().with("j", text(ledger));
    let report = verifier.verify(&journal).unwrap();
    let twice = twice.load(Ordering::Acquire);
    (report, twice)
}

#[test]
fn one_wrong_byte_costs_no_second_pass() {
    let genuine = Ledger::new(3, 60, Mix::Vehicle);
    let digest = trusted(&genuine.digest());
    let mut rng = Rng::new(5);
    for seed in 0..12 {
        let mut changed = genuine.clone();
        let at = 1 + rng.index(changed.blocks.len() - 1);
        let block = &mut changed.blocks[at];
        let field = match seed % 4 {
            0 => &mut block.block_hash,
            1 => &mut block.previous_block_hash,
            2 => &mut block.entries_hash,
            _ => &mut block.entries[0],
        };
        let byte = rng.index(field.len());
        field[byte] ^= 1;
        let (fast, twice) = report(&changed, &digest, Engine::Fast);
        assert_eq!(fast.verdict(), Verdict::Failed, "{fast}");
        assert!(!twice, "field {} of block {at}: {fast}", seed % 4);
        let (reference, _) = report(&changed, &digest, Engine::Reference);
        assert_eq!(
            fast.findings(),
            reference.findings(),
            "field {} of block {at}",
            seed % 4
        );
    }
}

#[test]
fn what_no_block_shows_by_itself_is_the_references_to_say() {
    let genuine = Ledger::new(3, 60, Mix::Vehicle);
    // Every block holds, and they are not those that the digest is of.
    let mut digest = trusted(&genuine.digest());
    digest.hash.0[0] ^= 1;
    let (report, twice) = report(&genuine, &digest, Engine::Fast);
    assert_eq!(report.verdict(), Verdict::Failed, "{report}");
    assert!(twice, "{report}");
}
