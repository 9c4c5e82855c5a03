//! What is genuine never contradicts itself, whatever part of it is at hand; and no changed bit of it is verified.

use crate::{block_at, node, object};
use proptest::prelude::*;
use sealion::source::Memory;
use sealion::{Consistency, Hash, Proof, Severity, StrandId, Verdict, Verifier};
use sealion_reference::consistency_path;
use sealion_testkit::agree::{property, trusted};
use sealion_testkit::mutate::Evidence;
use sealion_testkit::write::evidence;
use sealion_testkit::{Ledger, Mix, Rng};

/// The proof that one digest of a ledger extends another.
fn consistency(ledger: &Ledger, older: usize, newer: usize) -> Consistency {
    let digest = |tip| trusted(&ledger.digest_at(tip));
    let path = consistency_path(older + 1, &ledger.hashes[..=newer]);
    Consistency {
        strand_id: StrandId::new(&ledger.blocks[0].address.strand_id),
        from: digest(older),
        to: digest(newer),
        proof: Proof(path.into_iter().map(Hash).collect()),
    }
}

/// Some of what can be had of a ledger: runs of blocks that may overlap, blocks, revisions, digests, consistency proofs.
fn heap(ledger: &Ledger, rng: &mut Rng) -> Vec<(String, Vec<u8>)> {
    let n = ledger.blocks.len();
    let documents: Vec<_> = ledger.documents().collect();
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for number in 0..1 + rng.index(8) {
        let tip = rng.index(n);
        let index = rng.index(tip + 1);
        let add = match rng.index(6) {
            0 => {
                let last = index + rng.index(n - index);
                vec![("run".to_owned(), object(&ledger.blocks[index..=last]))]
            }
            1 => {
                let proof = ledger.block_proof(index, tip);
                let text = block_at(&ledger.blocks[index], index, Some(&proof));
                let digest = evidence::get_digest(&ledger.digest_at(tip));
                vec![
                    ("block".to_owned(), text.into_bytes()),
                    ("digest".to_owned(), digest.into_bytes()),
                ]
            }
            2 => vec![(
                "bare".to_owned(),
                block_at(&ledger.blocks[index], index, None).into_bytes(),
            )],
            3 => {
                let (older, newer) = (index, tip);
                let text = consistency(ledger, older, newer).to_json();
                vec![("consistency".to_owned(), text.into_bytes())]
            }
            4 if !documents.is_empty() => {
                let (index, at) = documents[rng.index(documents.len())];
                let tip = index + rng.index(n - index);
                let mut files = Evidence::of_revision(ledger, index, at, tip).files();
                let digest = evidence::get_digest(&ledger.digest_at(tip)).into_bytes();
                files.push(("digest".to_owned(), digest));
                files
            }
            _ => vec![(
                "digest".to_owned(),
                evidence::get_digest(&ledger.digest_at(tip)).into_bytes(),
            )],
        };
        let named = add.into_iter().enumerate();
        files.extend(named.map(|(part, (name, bytes))| (format!("{number}-{part}-{name}"), bytes)));
    }
    files
}

proptest! {
    #![proptest_config(property(96))]

    #[test]
    fn no_part_of_a_genuine_ledger_contradicts_another(seed: u64, n in 1u64..34, trust in 0usize..3) {
        let mut rng = Rng::new(seed);
        let ledger = Ledger::new(seed, n, Mix::Vehicle);
        let files = heap(&ledger, &mut rng);
        let memory = files.iter().fold(Memory::new(), |memory, (name, bytes)| {
            memory.with(name.as_str(), bytes.as_slice())
        });
        let mut verifier = Verifier::new().threads(1);
        for _ in 0..trust {
            verifier = verifier.against(trusted(&ledger.digest_at(rng.index(n as usize))));
        }
        let report = verifier.verify(&memory).unwrap();
        let failures = report.findings().iter().filter(|one| one.severity == Severity::Failure);
        prop_assert_eq!(failures.count(), 0, "{}", report);
        let compared = sealion::compare_digests(&memory, &sealion::Limits::default()).unwrap();
        prop_assert!(compared.contradictions.is_empty(), "{}", compared);
        prop_assert_ne!(compared.verdict, Verdict::Failed, "{}", compared);
    }

    #[test]
    fn no_changed_hash_of_evidence_is_verified(seed: u64, n in 2u64..34) {
        let mut rng = Rng::new(seed);
        let ledger = Ledger::new(seed, n, Mix::Vehicle);
        let tip = n as usize - 1;
        let flip = |hash: &mut [u8], rng: &mut Rng| hash[rng.index(32)] ^= 1 << rng.index(8);
        let digest = trusted(&ledger.digest());
        let index = rng.index(n as usize);
        let mut proof = ledger.block_proof(index, tip);
        let mut block = ledger.blocks[index].clone();
        let older = rng.index(tip);
        let mut link = consistency(&ledger, older, tip);
        match rng.index(4) {
            0 => { let at = rng.index(proof.len()); flip(&mut proof[at], &mut rng) }
            1 => flip(&mut block.entries_hash, &mut rng),
            2 => { let at = rng.index(link.proof.len()); flip(&mut link.proof.0[at].0, &mut rng) }
            _ => flip(&mut link.from.hash.0, &mut rng),
        }
        let memory = Memory::new()
            .with("block", block_at(&block, index, Some(&proof)).into_bytes())
            .with("consistency", link.to_json().into_bytes());
        let report = Verifier::new().threads(1).against(digest).verify(&memory).unwrap();
        prop_assert_ne!(report.verdict(), Verdict::Verified, "{}", report);
    }
}

#[test]
fn an_older_trusted_digest_is_reached_by_the_nodes_under_a_newer_one() {
    for n in 2..20 {
        let ledger = Ledger::new(n, n, Mix::Vehicle);
        let tip = n as usize - 1;
        for older in 0..tip {
            let text = block_at(
                &ledger.blocks[older],
                older,
                Some(&ledger.block_proof(older, tip)),
            );
            let memory = Memory::new().with("block", text.into_bytes());
            let report = |bit: u8| {
                let mut old = trusted(&ledger.digest_at(older));
                old.hash.0[7] ^= bit;
                let verifier = Verifier::new().against(trusted(&ledger.digest()));
                verifier.against(old).threads(1).verify(&memory).unwrap()
            };
            let genuine = report(0);
            assert_eq!(
                genuine.verdict(),
                Verdict::Verified,
                "{older} {n}: {genuine}"
            );
            let forged = report(1);
            assert_eq!(forged.verdict(), Verdict::Failed, "{older} {n}: {forged}");
        }
        assert_eq!(node(&ledger, 0, n as usize), ledger.digest().digest);
    }
}
