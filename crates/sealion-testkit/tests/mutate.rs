//! Every change changes something, and breaks the rules it says it breaks, by the reference.

use ion_rs::Element;
use sealion_reference::{journal, proof, Hash};
use sealion_testkit::mutate::{self, Evidence, Expectation, Verdict};
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::write::Files;
use sealion_testkit::{Ledger, Mix, Rng};
use std::collections::BTreeSet;

/// Codes that the reference reports. The others are the library's to find.
const REFERENCE_CODES: [&str; 11] = [
    "revision-hash",
    "revisions-root",
    "transaction-info",
    "redaction-info",
    "entries-hash",
    "block-hash",
    "chain-link",
    "deletion-rule",
    "hash-length",
    "duplicate-field",
    "digest",
];

fn elements(ledger: &Ledger) -> Vec<Element> {
    ledger
        .blocks
        .iter()
        .map(|block| block.to_element())
        .collect()
}

fn text(ledger: &Ledger) -> Vec<u8> {
    Format::Text
        .encode(&elements(ledger), &Rng::new(0))
        .unwrap()
}

/// What the reference finds in the blocks: code and sequence number.
fn found(ledger: &Ledger) -> BTreeSet<(&'static str, u64)> {
    let blocks = elements(ledger);
    let mut found = BTreeSet::new();
    for (block, checked) in ledger.blocks.iter().zip(journal::check(&blocks)) {
        let at = block.address.sequence_no;
        match checked {
            Err(journal::Error::HashLength { .. }) => drop(found.insert(("hash-length", at))),
            Err(journal::Error::Duplicate { .. }) => drop(found.insert(("duplicate-field", at))),
            Err(error) => panic!("{error}"),
            Ok(checked) => {
                for outcome in &checked.outcomes {
                    match outcome.answer {
                        journal::Answer::Holds => {}
                        journal::Answer::Fails => drop(found.insert((outcome.rule.code(), at))),
                        journal::Answer::NotRecomputable
                            if outcome.revision.is_some_and(|r| is_deletion(block, r)) =>
                        {
                            found.insert(("deletion-rule", at));
                        }
                        journal::Answer::NotRecomputable => {}
                    }
                }
            }
        }
    }
    if let Ok(digest) = journal::digest(&blocks) {
        if blocks.len() == ledger.hashes.len() && digest != ledger.digest().digest {
            found.insert(("digest", ledger.tip() as u64));
        }
    }
    found
}

fn is_deletion(block: &sealion_testkit::Block, revision: usize) -> bool {
    block.revisions()[revision].metadata.is_some()
}

/// Holds what the reference found to what was expected.
fn agree(name: &str, found: &BTreeSet<(&'static str, u64)>, expected: &Expectation) {
    for finding in &expected.findings {
        if REFERENCE_CODES.contains(&finding.code) {
            let matches = |(code, at): &(&str, u64)| {
                *code == finding.code && finding.sequence_no.is_none_or(|expected| expected == *at)
            };
            assert!(
                found.iter().any(matches),
                "{name}: {finding:?} not among {found:?}"
            );
        }
    }
    let known = expected
        .findings
        .iter()
        .all(|finding| REFERENCE_CODES.contains(&finding.code));
    if known || expected.verdict == Verdict::Verified {
        let failures = found
            .iter()
            .filter(|(code, _)| *code != "deletion-rule")
            .count();
        assert_eq!(
            failures > 0,
            expected.verdict == Verdict::Failed,
            "{name}: {found:?}"
        );
    }
    if expected.without_digest == Some(Verdict::Consistent) {
        assert!(
            found.iter().all(|(code, _)| *code == "digest"),
            "{name}: {found:?}"
        );
    }
}

#[test]
fn journal_changes_do_what_they_say() {
    let ledgers: Vec<Ledger> = (0..12)
        .map(|seed| Ledger::new(seed, 60, Mix::Mixed))
        .collect();
    for change in mutate::journals() {
        let mut applied = 0;
        for (seed, ledger) in ledgers.iter().enumerate() {
            let mut changed = ledger.clone();
            let expected = (change.apply)(&mut changed, &mut Rng::new(seed as u64));
            assert_eq!(
                expected.is_some(),
                text(&changed) != text(ledger),
                "{}",
                change.name
            );
            let Some(expected) = expected else { continue };
            applied += 1;
            agree(change.name, &found(&changed), &expected);
        }
        assert!(
            applied >= 6,
            "{} found its victim in {applied} of 12 ledgers",
            change.name
        );
    }
}

/// A change finds nothing to change in the smallest journal, or changes it: it never panics.
#[test]
fn changes_survive_the_smallest_journals() {
    for blocks in 1..4 {
        for seed in 0..20 {
            let ledger = Ledger::new(seed, blocks, Mix::Mixed);
            for change in mutate::journals() {
                let mut changed = ledger.clone();
                let expected = (change.apply)(&mut changed, &mut Rng::new(seed));
                assert_eq!(
                    expected.is_some(),
                    text(&changed) != text(&ledger),
                    "{}",
                    change.name
                );
            }
        }
    }
}

/// What the reference says to an answer.
fn verdict(evidence: &Evidence) -> &'static str {
    let Ok(hashes) = evidence
        .proof
        .iter()
        .map(|hash| Hash::try_from(hash.as_slice()))
        .collect::<Result<Vec<_>, _>>()
    else {
        return "hash-length";
    };
    let block = evidence.block.to_element();
    let index = evidence.block.address.sequence_no;
    let (tip, digest) = (evidence.digest.tip.sequence_no, &evidence.digest.digest);
    let checked = match evidence.revision() {
        Some(revision) => {
            let revision = revision.to_element();
            let revision = journal::Revision::read(&revision).unwrap();
            if revision.recompute().unwrap().answer(&revision.hash) == journal::Answer::Fails {
                return "revision-hash";
            }
            proof::check_revision(&revision.hash, index, tip, &hashes, digest)
        }
        None => {
            let results = journal::check(std::slice::from_ref(&block));
            if let Some(failure) = results[0].as_ref().unwrap().failures().next() {
                return failure.rule.code();
            }
            let hash = journal::Block::read(&block).unwrap().block_hash;
            proof::check_block(&hash, index, tip, &hashes, digest)
        }
    };
    match checked {
        Ok(()) => "holds",
        Err(proof::Refusal::Fold { .. }) => "proof",
        Err(_) => "proof-shape",
    }
}

/// All answers about a small ledger, for blocks and documents, at two tips.
fn answers(ledger: &Ledger) -> Vec<Evidence> {
    let mut answers = Vec::new();
    for tip in [ledger.tip(), ledger.tip() - 3] {
        answers.extend((0..=tip).map(|index| Evidence::of_block(ledger, index, tip)));
        let documents = ledger.documents().filter(|(index, _)| *index <= tip);
        answers.extend(
            documents.map(|(index, revision)| Evidence::of_revision(ledger, index, revision, tip)),
        );
    }
    answers
}

#[test]
fn unchanged_answers_hold() {
    for blocks in [4, 5, 8, 23] {
        for evidence in answers(&Ledger::new(3, blocks, Mix::Mixed)) {
            assert_eq!(verdict(&evidence), "holds");
        }
    }
}

#[test]
fn proof_changes_do_what_they_say() {
    let ledger = Ledger::new(3, 23, Mix::Mixed);
    for change in mutate::proofs() {
        let mut applied = 0;
        for (seed, evidence) in answers(&ledger).into_iter().enumerate() {
            let mut changed = evidence.clone();
            let expected = (change.apply)(&mut changed, &ledger, &mut Rng::new(seed as u64));
            assert_eq!(
                expected.is_some(),
                changed.files() != evidence.files(),
                "{}",
                change.name
            );
            let Some(expected) = expected else { continue };
            applied += 1;
            let verdict = verdict(&changed);
            let code = expected.findings[0].code;
            if code != "emulator" {
                assert!(
                    code.split('|').any(|code| code == verdict),
                    "{}: {verdict}, not {code}",
                    change.name
                );
            }
            assert_ne!(verdict, "holds", "{}", change.name);
            assert_eq!(expected.verdict, Verdict::Failed);
        }
        assert!(
            applied >= 10,
            "{} found its victim {applied} times",
            change.name
        );
    }
}

#[test]
fn file_changes_change_files() {
    let ledger = Ledger::new(4, 30, Mix::Vehicle);
    let mut files = Files::new();
    Export::new(Format::Text, 4)
        .write(&ledger.blocks, 5, &mut files)
        .unwrap();
    for change in mutate::files() {
        for seed in 0..20 {
            let mut changed = files.clone();
            let expected =
                (change.apply)(&mut changed, &mut Rng::new(seed)).expect("six objects are enough");
            assert_ne!(changed, files, "{}", change.name);
            let broken = changed
                .iter()
                .filter(|(key, bytes)| key.ends_with(".ion") && Element::read_all(bytes).is_err());
            assert_eq!(
                broken.count(),
                usize::from(change.name == "truncated-object")
            );
            assert_ne!(expected.verdict, Verdict::Failed);
        }
    }
}

#[test]
fn names_are_unique() {
    let journals = mutate::journals().into_iter().map(|change| change.name);
    let proofs = mutate::proofs().into_iter().map(|change| change.name);
    let names: Vec<&str> = journals
        .chain(proofs)
        .chain(mutate::files().into_iter().map(|c| c.name))
        .collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}
