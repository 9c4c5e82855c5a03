//! `verify` with consistency proofs: every pair of tips, everything that hangs under the older digest, and what must
//! not be verified.

use crate::{files, Chain};
use sealion::report::{By, DigestVerdict};
use sealion::source::Memory;
use sealion::{Code, Consistency, Digest, Hash, Limits, Report, StrandId, Verdict, Verifier};
use sealion_testkit::agree::{codes, engines, trusted};
use sealion_testkit::mutate::Evidence;
use sealion_testkit::write::{
    evidence,
    export::{Export, Format},
};
use sealion_testkit::{Ledger, Mix};

/// The report on files under these digests.
fn report(texts: &[String], digests: &[Digest]) -> Report {
    let verifier = digests
        .iter()
        .cloned()
        .fold(Verifier::new().threads(1), Verifier::against);
    verifier.verify(&files(texts)).unwrap()
}

#[test]
fn every_pair_of_tips_up_to_130_proves() {
    let chain = Chain::new(130);
    for newer in 0..130 {
        for older in 0..=newer {
            let file = chain.consistency(older, newer).to_json();
            let report = report(&[file], &[chain.trusted(newer)]);
            assert_eq!(
                report.verdict(),
                Verdict::Verified,
                "{older} {newer}: {report}"
            );
            assert_eq!(report.digests.len(), 3);
            for digest in &report.digests {
                assert_eq!(digest.verdict, DigestVerdict::Verified, "{report}");
                assert_eq!(digest.by, Some(By::Consistency), "{report}");
            }
        }
    }
}

/// Named changes, each with the code that it must cause.
fn changes(file: &Consistency) -> Vec<(String, Consistency, Code)> {
    let mut all = Vec::new();
    let mut change = |name: String, code: Code, apply: &dyn Fn(&mut Consistency)| {
        let mut changed = file.clone();
        apply(&mut changed);
        if changed != *file {
            all.push((name, changed, code));
        }
    };
    let newer = file.to.sequence_no.unwrap();
    for bit in 0..256 {
        let flip = move |hash: &mut Hash| hash.0[bit / 8] ^= 1 << (bit % 8);
        change(format!("from-bit {bit}"), Code::Proof, &|file| {
            flip(&mut file.from.hash)
        });
        change(format!("to-bit {bit}"), Code::Proof, &|file| {
            flip(&mut file.to.hash)
        });
        for place in 0..file.proof.len() {
            // Each bit in some hash, and some bit in each hash.
            if bit % file.proof.len() == place {
                change(format!("proof-bit {place} {bit}"), Code::Proof, &|file| {
                    flip(&mut file.proof.0[place])
                });
            }
        }
    }
    for place in 0..file.proof.len() {
        change(format!("drop {place}"), Code::ProofShape, &|file| {
            _ = file.proof.0.remove(place)
        });
        change(format!("repeat {place}"), Code::ProofShape, &|file| {
            file.proof.0.insert(place, file.proof.0[place])
        });
        change(format!("swap {place}"), Code::Proof, &|file| {
            file.proof.0.swap(place, 0)
        });
    }
    change("lengthen".into(), Code::ProofShape, &|file| {
        file.proof.0.push(Hash([7; 32]))
    });
    change("ends exchanged".into(), Code::ProofShape, &|file| {
        std::mem::swap(&mut file.from, &mut file.to)
    });
    change("older after newer".into(), Code::ProofShape, &|file| {
        file.from.sequence_no = Some(newer + 1)
    });
    change("huge newer tip".into(), Code::ProofShape, &|file| {
        file.to.sequence_no = Some(u64::MAX - 1)
    });
    change(
        "no journal has 2^64 blocks".into(),
        Code::ProofShape,
        &|file| file.to.sequence_no = Some(u64::MAX),
    );
    change("nor an older one".into(), Code::ProofShape, &|file| {
        (file.from.sequence_no, file.to.sequence_no) = (Some(u64::MAX), Some(u64::MAX));
    });
    all
}

#[test]
fn every_named_change_rejects() {
    let chain = Chain::new(70);
    for (older, newer) in [
        (0, 1),
        (0, 69),
        (2, 6),
        (3, 7),
        (5, 6),
        (19, 35),
        (31, 63),
        (32, 64),
        (35, 38),
        (68, 69),
    ] {
        for (name, changed, code) in changes(&chain.consistency(older, newer)) {
            let report = report(&[changed.to_json()], &[chain.trusted(newer)]);
            assert_eq!(
                report.verdict(),
                Verdict::Failed,
                "{older} {newer} {name}: {report}"
            );
            assert!(
                codes(&report).contains(&code),
                "{older} {newer} {name}: {report}"
            );
            let older = report
                .digests
                .iter()
                .find(|one| one.digest == changed.from.hash)
                .unwrap();
            assert_ne!(older.verdict, DigestVerdict::Verified, "{name}: {report}");
        }
    }
}

#[test]
fn no_other_tip_is_verified() {
    let chain = Chain::new(70);
    for newer in [1, 6, 35, 38, 63, 64, 69] {
        for older in 0..=newer {
            for other in 0..=80 {
                let mut file = chain.consistency(older, newer);
                file.from.sequence_no = Some(other);
                let holds = report(&[file.to_json()], &[chain.trusted(newer)]);
                assert_eq!(
                    holds.verdict() == Verdict::Verified,
                    other == older as u64,
                    "{older} {newer} {other}: {holds}"
                );
                let mut file = chain.consistency(older, newer);
                file.to.sequence_no = Some(other);
                let holds = report(&[file.to_json()], &[chain.trusted(newer)]);
                assert_eq!(
                    holds.verdict() == Verdict::Verified,
                    other == newer as u64,
                    "{older} {newer} {other}: {holds}"
                );
            }
        }
    }
}

#[test]
fn trusting_the_older_digest_verifies_nothing_of_the_newer_one() {
    let chain = Chain::new(36);
    let report = report(&[chain.consistency(19, 35).to_json()], &[chain.trusted(19)]);
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
    assert_eq!(codes(&report), [Code::AfterDigest], "{report}");
    let newer = report
        .digests
        .iter()
        .find(|one| one.sequence_no == Some(35))
        .unwrap();
    assert_eq!(
        (newer.verdict, newer.by),
        (DigestVerdict::Inconclusive, None)
    );
    // Nor does a receipt that leads to the newer one hang under the older.
    let receipt = chain.receipt(3, 35, |_| {});
    let both = [chain.consistency(19, 35).to_json(), receipt];
    let report = crate::verified::report(&both, &[chain.trusted(19)]);
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
}

#[test]
fn without_trust_it_is_consistent_and_under_another_digest_undecided() {
    let chain = Chain::new(40);
    let file = [chain.consistency(19, 35).to_json()];
    assert_eq!(report(&file, &[]).verdict(), Verdict::Consistent);
    for other in [chain.trusted(38), chain.trusted(5)] {
        let report = report(&file, &[other]);
        assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
        assert!(codes(&report).contains(&Code::NoDigest), "{report}");
        assert!(
            report
                .digests
                .iter()
                .all(|one| one.verdict == DigestVerdict::Inconclusive),
            "{report}"
        );
    }
    // A second trusted digest that nothing leads to is said to be so.
    let report = report(&file, &[chain.trusted(35), chain.trusted(38)]);
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
    assert!(codes(&report).contains(&Code::TipOutside), "{report}");
}

#[test]
fn the_trusted_digest_needs_its_tip_and_the_same_one() {
    let chain = Chain::new(40);
    let file = [chain.consistency(19, 35).to_json()];
    let mut digest = chain.trusted(35);
    digest.strand_id = None;
    assert_eq!(
        report(&file, &[digest.clone()]).verdict(),
        Verdict::Verified
    );
    digest.sequence_no = None;
    let unknown = report(&file, &[digest.clone()]);
    assert_eq!(unknown.verdict(), Verdict::Inconclusive, "{unknown}");
    assert!(codes(&unknown).contains(&Code::TipOutside), "{unknown}");
    digest.sequence_no = Some(34);
    let other = report(&file, &[digest]);
    assert_eq!(other.verdict(), Verdict::Failed, "{other}");
    assert!(codes(&other).contains(&Code::Address), "{other}");
}

#[test]
fn strands_are_kept_apart() {
    let chain = Chain::new(40);
    let mut file = chain.consistency(19, 35);
    file.strand_id = StrandId::new("1HqUNaR8u8s13eFiSzGZl9");
    let foreign = report(&[file.to_json()], &[chain.trusted(35)]);
    assert_eq!(foreign.verdict(), Verdict::Inconclusive, "{foreign}");
    let text =
        chain
            .consistency(19, 35)
            .to_json()
            .replacen(crate::STRAND, "1HqUNaR8u8s13eFiSzGZl9", 1);
    let mixed = report(&[text], &[chain.trusted(35)]);
    assert_eq!(mixed.verdict(), Verdict::Failed, "{mixed}");
    assert!(codes(&mixed).contains(&Code::Address), "{mixed}");
}

#[test]
fn what_is_damaged_in_the_file_is_found() {
    let chain = Chain::new(40);
    let text = chain.consistency(19, 35).to_json();
    let digest = chain.digest(35);
    // The value is of no matter: which of the two a reader takes is not defined.
    let twice = |member: &str, value: &str| {
        text.replacen(member, &format!("{member}: {value}, {member}"), 1)
    };
    for (name, damaged, code, verdict) in [
        (
            "twice",
            twice("\"ConsistencyProof\"", "{\"IonText\": \"[]\"}"),
            Code::DuplicateField,
            Verdict::Failed,
        ),
        (
            "twice in a digest",
            twice("\"Digest\"", &format!("\"{}\"", Hash(digest.digest))),
            Code::DuplicateField,
            Verdict::Failed,
        ),
        (
            "twice, first as null",
            twice("\"ConsistencyProof\"", "null"),
            Code::DuplicateField,
            Verdict::Failed,
        ),
        (
            "a digest twice, first as null",
            twice("\"FromDigest\"", "null"),
            Code::DuplicateField,
            Verdict::Failed,
        ),
        (
            "twice in a digest, first as null",
            twice("\"DigestTipAddress\"", "null"),
            Code::DuplicateField,
            Verdict::Failed,
        ),
        (
            "twice in an address",
            text.replacen("sequenceNo:19", "sequenceNo:19,sequenceNo:18", 1),
            Code::DuplicateField,
            Verdict::Failed,
        ),
        (
            "no leaves",
            text.replacen("sequenceNo:19", "sequenceNo:-1", 1),
            Code::Malformed,
            Verdict::Inconclusive,
        ),
        (
            "2^64",
            text.replacen("sequenceNo:35", "sequenceNo:18446744073709551616", 1),
            Code::Malformed,
            Verdict::Inconclusive,
        ),
        (
            "short hash",
            text.replacen("[{{", "[{{AAEC}},{{", 1),
            Code::HashLength,
            Verdict::Failed,
        ),
        (
            "empty hash",
            text.replacen("[{{", "[{{}},{{", 1),
            Code::HashLength,
            Verdict::Failed,
        ),
        (
            "zero digest",
            text.replacen(&Hash(digest.digest).to_string(), &Hash::ZERO.to_string(), 1),
            Code::Emulator,
            Verdict::Failed,
        ),
    ] {
        let report = report(&[damaged], &[chain.trusted(35)]);
        assert_eq!(report.verdict(), verdict, "{name}: {report}");
        assert!(codes(&report).contains(&code), "{name}: {report}");
    }
}

/// A limit that is exceeded is named, so that it can be raised, and holds to the last hash.
#[test]
fn a_proof_may_be_no_longer_than_the_limit() {
    let chain = Chain::new(40);
    let consistency = chain.consistency(19, 35);
    for (text, hashes) in [
        (consistency.to_json(), consistency.proof.len()),
        (chain.receipt(19, 35, |_| {}), 7),
    ] {
        let with = |max: usize| {
            let mut limits = Limits::default();
            limits.set("hashes_max", max as u64).unwrap();
            let verifier = Verifier::new().against(chain.trusted(35)).limits(limits);
            verifier
                .verify(&files(std::slice::from_ref(&text)))
                .unwrap()
        };
        let whole = with(hashes);
        assert_eq!(whole.verdict(), Verdict::Verified, "{whole}");
        let short = with(hashes - 1);
        assert_eq!(short.verdict(), Verdict::Inconclusive, "{short}");
        let found = codes(&short);
        assert!(found.contains(&Code::Limit), "{short}");
        assert!(!found.contains(&Code::Malformed), "{short}");
        let words = short.to_string();
        let named = format!("expected at most {} hashes (limit hashes_max)", hashes - 1);
        assert!(words.contains(&named), "{words}");
        assert!(words.contains(&format!("found {hashes}\n")), "{words}");
        assert!(words.contains("--limit hashes_max=N"), "{words}");
    }
}

#[test]
fn journals_and_proofs_hang_under_a_newer_digest_through_the_older_one() {
    let ledger = Ledger::new(5, 36, Mix::Vehicle);
    let proof = |older: usize, newer: usize| {
        let path = sealion_reference::consistency_path(older + 1, &ledger.hashes[..=newer]);
        let digest = |tip| trusted(&ledger.digest_at(tip));
        Consistency {
            strand_id: digest(older).strand_id.unwrap(),
            from: digest(older),
            to: digest(newer),
            proof: sealion::Proof(path.into_iter().map(Hash).collect()),
        }
    };
    let (index, at) = ledger.documents().find(|(index, _)| *index > 3).unwrap();
    let (_, object) = Export::new(Format::Text, 1)
        .object(&ledger.blocks[..=19])
        .unwrap();
    let journal = ("journal".to_owned(), object);
    let block = Evidence::of_block(&ledger, 7, 19).files().swap_remove(0);
    let revision = Evidence::of_revision(&ledger, index, at, 19)
        .files()
        .swap_remove(0);
    let memory = |own: &[(String, Vec<u8>)], proofs: &[Consistency]| {
        let mut memory = own.iter().fold(Memory::new(), |memory, (name, bytes)| {
            memory.with(name.as_str(), bytes.as_slice())
        });
        for (index, proof) in proofs.iter().enumerate() {
            memory = memory.with(format!("consistency-{index}"), proof.to_json().as_bytes());
        }
        memory
    };
    let newest = Verifier::new().against(trusted(&ledger.digest()));
    let both = newest.clone().against(trusted(&ledger.digest_at(19)));
    for own in [[journal], [block], [revision]] {
        // The first block here has nothing but entries, and the hash of one before it may be among them.
        let whole = own[0].0 == "journal";
        let direct = engines(&memory(&own, &[proof(19, 35)]), &newest);
        let claimed = match whole {
            true => Verdict::Inconclusive,
            false => Verdict::Verified,
        };
        assert_eq!(direct.verdict(), claimed, "{direct}");
        assert_eq!(
            codes(&direct).contains(&Code::MissingStart),
            whole,
            "{direct}"
        );
        // A digest of the last block counts from 0 on.
        let counting = if whole { &both } else { &newest };
        let direct = engines(&memory(&own, &[proof(19, 35)]), counting);
        assert_eq!(direct.verdict(), Verdict::Verified, "{direct}");
        // Two proofs that build on one another, in any order.
        for proofs in [
            [proof(19, 25), proof(25, 35)],
            [proof(25, 35), proof(19, 25)],
        ] {
            let report = engines(&memory(&own, &proofs), counting);
            assert_eq!(report.verdict(), Verdict::Verified, "{report}");
        }
        let mut broken = proof(19, 35);
        broken.proof.0[1].0[9] ^= 4;
        for (proofs, expected) in [
            (vec![broken], Verdict::Failed),
            (vec![proof(19, 25)], Verdict::Inconclusive),
            (vec![proof(25, 35)], Verdict::Inconclusive),
            (vec![proof(18, 35)], Verdict::Inconclusive),
        ] {
            let report = engines(&memory(&own, &proofs), &newest);
            assert_ne!(report.verdict(), Verdict::Verified, "{report}");
            // A block proof for tip 19 fails where no digest at that tip is known.
            assert!(
                report.verdict() == expected || report.finding_totals.contains_key(&Code::Proof),
                "{report}"
            );
        }
    }
}

#[test]
fn a_trusted_digest_that_a_newer_trusted_one_does_not_extend_contradicts_it() {
    let chain = Chain::new(36);
    let fork = Chain::new(12).grown(36, "other");
    let file = [chain.consistency(19, 35).to_json()];
    let report = report(&file, &[fork.trusted(19), chain.trusted(35)]);
    assert_eq!(report.verdict(), Verdict::Failed, "{report}");
    assert!(codes(&report).contains(&Code::Contradiction), "{report}");
}

#[test]
fn a_digest_file_with_two_digests_is_not_one_to_trust() {
    let chain = Chain::new(36);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("consistency.json");
    std::fs::write(&path, chain.consistency(19, 35).to_json()).unwrap();
    let error = Digest::read(&path).unwrap_err().to_string();
    assert!(error.contains("2 different digests"), "{error}");
    assert!(evidence::get_digest(&chain.digest(19)).contains("Digest"));
}
