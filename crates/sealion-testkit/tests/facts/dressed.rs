//! Every node of a journal's tree, dressed as a block, a run of blocks, a receipt's block or an older digest, under every
//! number, with the genuine hashes above it for a proof.

use crate::oracle::{places, Said};
use crate::{block_at, memory, node, object, renumbered};
use sealion::merkle::{consistency, siblings};
use sealion::{Consistency, Digest, Proof, Report, StrandId, Verdict, Verifier};
use sealion_reference::{inclusion_path, Hash};
use sealion_testkit::agree::trusted;
use sealion_testkit::write::evidence;
use sealion_testkit::{Block, Ledger, Mix, Rng};

/// Sizes of journals: of every shape some, or all up to 32 where more cases are asked for.
fn sizes() -> Vec<u64> {
    match std::env::var("PROPTEST_CASES") {
        Ok(cases) if cases.parse().is_ok_and(|cases: u64| cases > 256) => (1..=32).collect(),
        _ => vec![1, 2, 3, 4, 5, 6, 7, 11, 13],
    }
}

/// The leaves of the whole journal, and the hashes above a node of its tree.
fn path(ledger: &Ledger, begin: usize, end: usize) -> Vec<Hash> {
    // The hashes above a node are the last ones of those above any leaf below it.
    let all = inclusion_path(begin, &ledger.hashes);
    let inner = inclusion_path(0, &ledger.hashes[begin..end]).len();
    all[inner..].to_vec()
}

/// A node as a block that has its two halves for entries and for the block before.
fn posing(ledger: &Ledger, begin: usize, end: usize, number: usize, exchanged: bool) -> Block {
    let middle = begin + (1 << ((end - begin - 1).ilog2()));
    let mut halves = [node(ledger, begin, middle), node(ledger, middle, end)];
    if exchanged {
        halves.reverse();
    }
    let mut block = renumbered(&ledger.blocks[begin], number);
    (
        block.transaction_info,
        block.redaction_info,
        block.revisions,
    ) = (None, None, None);
    block.entries = vec![halves[0].to_vec()];
    block.entries_hash = halves[0].to_vec();
    block.previous_block_hash = halves[1].to_vec();
    block.block_hash = node(ledger, begin, end).to_vec();
    block
}

fn hash(bytes: &[u8]) -> Option<Hash> {
    bytes.try_into().ok()
}

fn verify(texts: &[String], journal: &[Block], digest: &Digest) -> Report {
    let mut files = memory(texts);
    if !journal.is_empty() {
        files = files.with("journal", object(journal));
    }
    let verifier = Verifier::new().threads(1).against(digest.clone());
    verifier.verify(&files).unwrap()
}

/// What lies beside a forgery: nothing, a part of the journal, or all of it.
fn beside(rng: &mut Rng, n: usize) -> Vec<std::ops::Range<usize>> {
    let first = rng.index(n);
    let last = first + rng.index(n - first);
    vec![0..0, first..last + 1, 0..n]
}

fn say_journal(said: &mut Said, ledger: &Ledger, range: std::ops::Range<usize>) {
    for number in range {
        let block = &ledger.blocks[number];
        let previous = hash(&block.previous_block_hash);
        said.block(number as u64, ledger.hashes[number], previous);
    }
}

/// Whatever contradicts something is refused; what does not may be accepted, but nothing is said to be counted.
fn held(report: &Report, said: Said, places: &[(u64, u64)], number: usize, what: &str) {
    if said.contradicts(places) {
        assert_eq!(report.verdict(), Verdict::Failed, "{what}: {report}");
    }
    if report.verdict() == Verdict::Verified {
        let counted = |strand: &sealion::report::Strand| strand.is_counted(number as u64);
        assert!(!report.strands.iter().any(counted), "{what}: {report}");
    }
}

#[test]
fn a_node_as_a_block_is_refuted_by_whatever_is_at_hand() {
    let mut rng = Rng::new(11);
    let (mut refuted, mut accepted) = (0, 0);
    for n in sizes() {
        let ledger = Ledger::new(n, n, Mix::Vehicle);
        let digest = trusted(&ledger.digest());
        let all = places(n);
        for (begin, end) in places(n) {
            let (begin, end) = (begin as usize, end as usize);
            // Of this tree.
            let proof = path(&ledger, begin, end);
            let folds = sealion::Proof(proof.iter().copied().map(sealion::Hash).collect());
            let own = sealion::Hash(node(&ledger, begin, end));
            if folds.fold(&own) != digest.hash {
                continue;
            }
            for number in 0..n as usize {
                let genuine = (begin, end) == (number, number + 1);
                let fits = siblings(number as u64, n) == Some(proof.len());
                if genuine || (!fits && !rng.chance(5)) {
                    continue;
                }
                let blocks = match end - begin {
                    1 => vec![renumbered(&ledger.blocks[begin], number)],
                    _ => [false, true]
                        .map(|exchanged| posing(&ledger, begin, end, number, exchanged))
                        .to_vec(),
                };
                for block in blocks {
                    for range in beside(&mut rng, n as usize) {
                        let text = block_at(&block, number, Some(&proof));
                        let report = verify(&[text], &ledger.blocks[range.clone()], &digest);
                        let what = format!("{begin}..{end} as block {number} of {n}, {range:?}");
                        if !fits {
                            assert_ne!(report.verdict(), Verdict::Verified, "{what}: {report}");
                            continue;
                        }
                        let mut said = Said::default();
                        let previous = hash(&block.previous_block_hash);
                        said.block(number as u64, own.0, previous);
                        said.proof(number as u64, n, &proof);
                        said.node(0, n, digest.hash.0);
                        let whole = range.len() == n as usize;
                        say_journal(&mut said, &ledger, range);
                        if whole {
                            assert_eq!(report.verdict(), Verdict::Failed, "{what}: {report}");
                            refuted += 1;
                            continue;
                        }
                        held(&report, said, &all, number, &what);
                        refuted += usize::from(report.verdict() == Verdict::Failed);
                        accepted += usize::from(report.verdict() == Verdict::Verified);
                    }
                }
            }
        }
    }
    // Alone some of them cannot be told from blocks.
    assert!(refuted > 100 && accepted > 0, "{refuted} {accepted}");
}

#[test]
fn a_node_as_the_block_of_a_receipt_is_refuted_by_whatever_is_at_hand() {
    let mut rng = Rng::new(12);
    let mut refuted = 0;
    for n in sizes() {
        let ledger = Ledger::new(n + 100, n, Mix::Vehicle);
        let digest = trusted(&ledger.digest());
        let all = places(n);
        for (begin, end) in places(n) {
            let (begin, end) = (begin as usize, end as usize);
            let proof = path(&ledger, begin, end);
            let folds = sealion::Proof(proof.iter().copied().map(sealion::Hash).collect());
            if folds.fold(&sealion::Hash(node(&ledger, begin, end))) != digest.hash {
                continue;
            }
            for number in 0..n as usize {
                if siblings(number as u64, n) != Some(proof.len()) {
                    continue;
                }
                // A "revision", and the hash of the "block before": the halves of a node, or what a block is made of.
                let block = match end - begin {
                    1 => ledger.blocks[begin].clone(),
                    _ => posing(&ledger, begin, end, number, rng.chance(50)),
                };
                let (Some(entries), Some(previous)) =
                    (hash(&block.entries_hash), hash(&block.previous_block_hash))
                else {
                    continue;
                };
                if (begin, end) == (number, number + 1) {
                    continue;
                }
                let whole = [&[previous][..], &proof].concat();
                let mut revision = sealion_testkit::block::Revision::internal(entries.to_vec());
                revision.address = None;
                let address = renumbered(&block, number).address;
                let receipt =
                    evidence::receipt("Vehicle", &address, &revision, &whole, &ledger.digest());
                for range in beside(&mut rng, n as usize) {
                    let report = verify(
                        std::slice::from_ref(&receipt),
                        &ledger.blocks[range.clone()],
                        &digest,
                    );
                    let what = format!("{begin}..{end} as receipt {number} of {n}, {range:?}");
                    let mut said = Said::default();
                    said.block(number as u64, node(&ledger, begin, end), Some(previous));
                    said.proof(number as u64, n, &proof);
                    said.node(0, n, digest.hash.0);
                    let journal = range.len() == n as usize;
                    say_journal(&mut said, &ledger, range);
                    if journal {
                        assert_eq!(report.verdict(), Verdict::Failed, "{what}: {report}");
                        refuted += 1;
                        continue;
                    }
                    held(&report, said, &all, number, &what);
                    refuted += usize::from(report.verdict() == Verdict::Failed);
                }
            }
        }
    }
    assert!(refuted > 100, "{refuted}");
}

#[test]
fn a_run_under_other_numbers_is_refuted_by_its_own_blocks() {
    let mut refuted = 0;
    for n in sizes() {
        let ledger = Ledger::new(n + 200, n, Mix::Vehicle);
        let digest = trusted(&ledger.digest());
        let all = places(n);
        for first in 0..n as usize {
            for last in first..n as usize {
                for number in 0..n as usize {
                    let proof = ledger.block_proof(last, n as usize - 1);
                    let fits = siblings(number as u64, n) == Some(proof.len());
                    let moved = number
                        .checked_sub(last - first)
                        .filter(|begin| *begin != first);
                    let Some(begin) = moved.filter(|_| fits) else {
                        continue;
                    };
                    let run = first..last + 1;
                    let blocks = ledger.blocks[run].iter().enumerate();
                    let blocks: Vec<Block> = blocks
                        .map(|(index, block)| renumbered(block, begin + index))
                        .collect();
                    let text = evidence::get_block(&blocks[blocks.len() - 1], Some(&proof));
                    let report = verify(&[text], &blocks, &digest);
                    let mut said = Said::default();
                    for (index, block) in blocks.iter().enumerate() {
                        let own = hash(&block.block_hash).unwrap();
                        let previous = hash(&block.previous_block_hash);
                        said.block((begin + index) as u64, own, previous);
                    }
                    said.proof(number as u64, n, &proof);
                    said.node(0, n, digest.hash.0);
                    let what = format!("{first}..={last} as {begin}..={number} of {n}");
                    held(&report, said, &all, number, &what);
                    refuted += usize::from(report.verdict() == Verdict::Failed);
                    // A first block that names one before it is the first of nothing.
                    if begin == 0 {
                        assert_ne!(report.verdict(), Verdict::Verified, "{what}: {report}");
                    }
                }
            }
        }
    }
    assert!(refuted > 100, "{refuted}");
}

#[test]
fn a_node_as_an_older_digest_counts_nothing_and_no_journal_has_it() {
    let mut accepted = 0;
    for n in sizes() {
        let ledger = Ledger::new(n + 300, n, Mix::Vehicle);
        let digest = trusted(&ledger.digest());
        for (begin, end) in places(n) {
            let (begin, end) = (begin as usize, end as usize);
            let proof = path(&ledger, begin, end);
            for tip in 0..n.saturating_sub(1) {
                // Where the older tree is a node of the newer one, the hashes above it are the whole proof.
                let nodes = consistency(tip + 1, n).unwrap();
                let whole = nodes.iter().all(|node| node.end != tip + 1);
                if !whole || nodes.len() != proof.len() || (begin, end) == (0, tip as usize + 1) {
                    continue;
                }
                let file = Consistency {
                    strand_id: StrandId::new(&ledger.blocks[0].address.strand_id),
                    from: Digest {
                        hash: sealion::Hash(node(&ledger, begin, end)),
                        strand_id: None,
                        sequence_no: Some(tip),
                    },
                    to: digest.clone(),
                    proof: Proof(proof.iter().copied().map(sealion::Hash).collect()),
                };
                let what = format!("{begin}..{end} as the digest at tip {tip} of {n}");
                // The genuine head of the journal contradicts it, whether it is all here or not.
                for head in [tip as usize + 1, n as usize] {
                    let report = verify(&[file.to_json()], &ledger.blocks[..head], &digest);
                    assert_eq!(report.verdict(), Verdict::Failed, "{what}: {report}");
                }
                // The blocks of the node, as the head: nothing tells but what its first block names.
                let blocks = ledger.blocks[begin..end].iter().enumerate();
                let blocks: Vec<Block> = blocks
                    .map(|(index, block)| renumbered(block, index))
                    .collect();
                let report = verify(&[file.to_json()], &blocks, &digest);
                assert_ne!(report.verdict(), Verdict::Verified, "{what}: {report}");
                accepted += 1;
            }
        }
    }
    assert!(accepted > 10, "{accepted}");
}
