//! Proofs, receipts and digests of older tips, beside the journal that gives these digests: they help, and they never
//! spoil what the journal shows by itself.

use crate::object;
use proptest::prelude::*;
use sealion::source::Memory;
use sealion::{Report, Verdict, Verifier};
use sealion_testkit::agree::{engines, property, trusted};
use sealion_testkit::ledger::Digest;
use sealion_testkit::write::evidence;
use sealion_testkit::{Ledger, Mix, Rng};

/// What was kept of one older tip, before it is written: its hashes can be changed.
#[derive(Clone)]
struct Kept {
    form: usize,
    index: usize,
    revision: usize,
    digest: Digest,
    proof: Vec<[u8; 32]>,
}

const FORMS: usize = 5;
/// The form that is a digest and nothing else.
const DIGEST: usize = 4;

impl Kept {
    fn new(ledger: &Ledger, first: usize, rng: &mut Rng) -> Kept {
        let n = ledger.blocks.len();
        let documents: Vec<_> = ledger.documents().collect();
        let tip = first + rng.index(n - first);
        let mut kept = Kept {
            form: rng.index(FORMS),
            index: rng.index(tip + 1),
            revision: 0,
            digest: ledger.digest_at(tip),
            proof: Vec::new(),
        };
        let of = documents.iter().filter(|(index, _)| *index <= tip);
        let of: Vec<_> = of.collect();
        if kept.form < 2 && of.is_empty() {
            kept.form = 2;
        }
        if kept.form < 2 {
            (kept.index, kept.revision) = *of[rng.index(of.len())];
            kept.proof = ledger.revision_proof(kept.index, kept.revision, tip);
        } else if kept.form != DIGEST {
            kept.proof = ledger.block_proof(kept.index, tip);
        }
        kept
    }

    fn text(&self, ledger: &Ledger) -> String {
        let block = &ledger.blocks[self.index];
        let revision = || &block.revisions()[self.revision];
        let (proof, digest) = (&self.proof, &self.digest);
        match self.form {
            // Of these the digest is not kept.
            0 => evidence::get_revision(revision(), Some(proof)),
            2 => evidence::get_block(block, Some(proof)),
            1 => evidence::receipt("Vehicle", &block.address, revision(), proof, digest),
            3 => evidence::migration_proofs("Jt4Hc1QvNw7ZpUe9KxRd3B", block, proof, digest),
            _ => evidence::get_digest(digest),
        }
    }

    /// Changes one bit of one of its hashes, if it has any.
    fn flip(&mut self, rng: &mut Rng) -> bool {
        let with_digest = matches!(self.form, 1 | 3 | DIGEST);
        let hashes = self.proof.len() + usize::from(with_digest);
        if hashes == 0 {
            return false;
        }
        let at = rng.index(hashes);
        let hash = match self.proof.get_mut(at) {
            Some(hash) => hash,
            None => &mut self.digest.digest,
        };
        hash[rng.index(32)] ^= 1 << rng.index(8);
        true
    }
}

fn files(ledger: &Ledger, kept: &[Kept]) -> Memory {
    let journal = Memory::new().with("journal.ion", object(&ledger.blocks));
    let named = kept.iter().enumerate();
    named.fold(journal, |memory, (number, one)| {
        memory.with(format!("older-{number}"), one.text(ledger).into_bytes())
    })
}

fn names(report: &Report, path: &str) -> bool {
    let mut findings = report.findings().iter();
    findings.any(|finding| {
        let source = finding.source.as_ref();
        source.is_some_and(|source| &*source.path == path)
    })
}

proptest! {
    #![proptest_config(property(64))]

    #[test]
    fn whatever_was_kept_of_older_tips_stands_beside_the_journal(seed: u64, n in 1u64..34, some in 0usize..9) {
        let mut rng = Rng::new(seed);
        let ledger = Ledger::new(seed, n, Mix::Vehicle);
        let kept: Vec<Kept> = (0..some).map(|_| Kept::new(&ledger, 0, &mut rng)).collect();
        let digest = trusted(&ledger.digest());
        let report = engines(&files(&ledger, &kept), &Verifier::new().against(digest));
        prop_assert_eq!(report.verdict(), Verdict::Verified, "{}", report);
        let bare = engines(&files(&ledger, &kept), &Verifier::new());
        prop_assert_eq!(bare.verdict(), Verdict::Consistent, "{}", bare);
    }

    #[test]
    fn no_changed_bit_of_it_goes_unseen(seed: u64, n in 1u64..34, some in 1usize..6) {
        let mut rng = Rng::new(seed);
        let ledger = Ledger::new(seed, n, Mix::Vehicle);
        let mut kept: Vec<Kept> = (0..some).map(|_| Kept::new(&ledger, 0, &mut rng)).collect();
        let changed = rng.index(some);
        prop_assume!(kept[changed].flip(&mut rng));
        let verifier = Verifier::new().against(trusted(&ledger.digest()));
        let report = engines(&files(&ledger, &kept), &verifier);
        prop_assert_ne!(report.verdict(), Verdict::Verified, "{}", report);
        prop_assert!(names(&report, &format!("older-{changed}")), "{}", report);
    }

    #[test]
    fn what_lies_past_the_last_block_asked_for_is_not_asked_for(seed: u64, n in 2u64..34, some in 1usize..9) {
        let mut rng = Rng::new(seed);
        let ledger = Ledger::new(seed, n, Mix::Vehicle);
        let to = rng.index(n as usize - 1);
        let kept: Vec<Kept> = (0..some).map(|_| Kept::new(&ledger, to + 1, &mut rng)).collect();
        let verifier = Verifier::new().against(trusted(&ledger.digest_at(to))).to(to as u64);
        let report = engines(&files(&ledger, &kept), &verifier);
        prop_assert_eq!(report.verdict(), Verdict::Verified, "{}", report);
        // Neither are their blocks.
        let mut cut = ledger.clone();
        cut.blocks.truncate(to + 1);
        let digests = kept.into_iter().filter(|one| one.form == 3).collect::<Vec<_>>();
        let past: Vec<Kept> = digests.into_iter().filter(|one| one.index > to).collect();
        let journal = Memory::new().with("journal.ion", object(&cut.blocks));
        let memory = past.iter().enumerate().fold(journal, |memory, (number, one)| {
            memory.with(format!("past-{number}"), one.text(&ledger).into_bytes())
        });
        let report = engines(&memory, &verifier);
        prop_assert_eq!(report.verdict(), Verdict::Verified, "{}", report);
    }
}

/// A part of a journal gives no digest; what follows from nodes under the trusted one is as good.
#[test]
fn an_older_digest_that_follows_from_the_proofs_at_hand_counts() {
    let ledger = Ledger::new(9, 6, Mix::Vehicle);
    // The proof of block 5 has the node over blocks 0 to 3; so that of 0 to 4 follows.
    let anchor = evidence::get_block(&ledger.blocks[5], Some(&ledger.block_proof(5, 5)));
    let verifier = Verifier::new().against(trusted(&ledger.digest()));
    for bit in [0, 1] {
        let mut older = ledger.digest_at(4);
        older.digest[31] ^= bit;
        let last = &ledger.blocks[4];
        let proofs = evidence::migration_proofs("x", last, &ledger.block_proof(4, 4), &older);
        let memory = Memory::new()
            .with("journal.ion", object(&ledger.blocks[3..]))
            .with("anchor.json", anchor.as_bytes())
            .with("older.json", proofs.into_bytes());
        let report = engines(&memory, &verifier);
        assert_eq!(report.verdict() == Verdict::Verified, bit == 0, "{report}");
    }
}
