//! What a proof cannot show: `dot` sorts, so hashes carry no sides.

use crate::{files, Chain};
use sealion::{Code, Hash, Verdict, Verifier};
use sealion_reference::dot;

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
