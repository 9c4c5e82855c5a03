//! What a proof cannot show: `dot` sorts, so hashes carry no sides.

use crate::{files, Chain};
use sealion::source::Memory;
use sealion::{Code, Consistency, Hash, Proof, StrandId, Verdict, Verifier};
use sealion_reference::{dot, root};
use sealion_testkit::agree::{codes, engines, trusted};
use sealion_testkit::ledger::digest;
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::{Ledger, Mix};

/// A forger who holds a genuine proof from tip 19 to 35 makes up a digest "at tip 27" of its hashes: the number of
/// hashes is that of a proof from 27, and any of them may be said to lie on the left. What hangs under it hangs under the
/// newer digest, which is all that the report says; it never was the digest at tip 27.
#[test]
fn a_digest_made_of_parts_passes_until_a_genuine_one_contradicts_it() {
    let chain = Chain::new(36);
    let genuine = chain.consistency(19, 35);
    let hash = |place: usize| genuine.proof.0[place].0;
    let mut forged = genuine.clone();
    // From 28 blocks on, the third and fourth hash lie on the left.
    let made_up = dot(&hash(3), &dot(&hash(2), &hash(0)));
    (forged.from.hash, forged.from.sequence_no) = (Hash(made_up), Some(27));
    assert_ne!(made_up, chain.digest(27).digest);
    let trusting = |digests: &[usize]| {
        let verifier = digests.iter().fold(Verifier::new(), |verifier, tip| {
            verifier.against(chain.trusted(*tip))
        });
        verifier.verify(&files(&[forged.to_json()])).unwrap()
    };
    assert_eq!(trusting(&[35]).verdict(), Verdict::Verified);
    let report = trusting(&[27, 35]);
    assert_eq!(report.verdict(), Verdict::Failed, "{report}");
    assert!(
        report.finding_totals.contains_key(&Code::Contradiction),
        "{report}"
    );
}

#[test]
fn a_suffix_is_no_journal_from_block_0_though_its_first_block_hides_what_is_before_it() {
    let ledger = Ledger::new(5, 16, Mix::Vehicle);
    let mut suffix = ledger.blocks[8..].to_vec();
    for (number, block) in suffix.iter_mut().enumerate() {
        block.address.sequence_no = number as u64;
        let revisions = block.revisions.iter_mut().flatten();
        for address in revisions.filter_map(|revision| revision.address.as_mut()) {
            address.sequence_no = number as u64;
        }
    }
    let first = &mut suffix[0];
    let before = std::mem::take(&mut first.previous_block_hash);
    let whole = first.entries.len().is_power_of_two();
    if !whole {
        first.entries = vec![first.entries_hash.clone()];
    }
    first.entries.push(before);
    first.entries_hash.clone_from(&first.block_hash);
    assert_eq!(first.entries_root().unwrap().as_slice(), first.block_hash);
    let strand = &suffix[0].address.strand_id;
    let (head, tail) = ledger.hashes.split_at(8);
    let from = digest(strand, tail);
    let exchanged = Consistency {
        strand_id: StrandId::new(strand.as_str()),
        from: trusted(&from),
        to: trusted(&ledger.digest()),
        proof: Proof(vec![Hash(root(head).unwrap())]),
    };
    let verifier = Verifier::new().against(trusted(&ledger.digest()));
    for format in [Format::Text, Format::Binary, Format::Json] {
        let (_, object) = Export::new(format, 1).object(&suffix).unwrap();
        let memory = Memory::new()
            .with("journal", object)
            .with("consistency", exchanged.to_json().as_bytes());
        let report = engines(&memory, &verifier);
        assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
        assert!(codes(&report).contains(&Code::MissingStart), "{report}");
    }
}
