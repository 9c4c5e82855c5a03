//! Whether what the fast engine found wrong between blocks stands without a second pass.
//!
//! Only the reference may say no. What is wrong within a block it was asked about; what
//! blocks say of one another was compared by hashes that the fast engine computed of all of
//! them. Where the reference has found a block wrong that this may come of, the answer is no
//! already, and a gigabyte is not read once more for one bad byte in it.

use std::collections::BTreeSet;

use crate::blocks::StrandId;
use crate::findings::{Code, Finding, Severity};

/// Failures of which the reference was not asked.
const BETWEEN_BLOCKS: [Code; 5] = [
    Code::ChainLink,
    Code::Digest,
    Code::Proof,
    Code::DuplicateBlock,
    Code::DuplicateRevision,
];

/// Failures of a block or revision by itself, whatever is found beside it: the reference was asked.
const WITHIN: [Code; 6] = [
    Code::RevisionHash,
    Code::RevisionsRoot,
    Code::TransactionInfo,
    Code::RedactionInfo,
    Code::EntriesHash,
    Code::BlockHash,
];

/// Whether these findings of the fast engine hold a failure that nothing confirms.
pub(super) fn needs_confirmation(findings: &[Finding]) -> bool {
    let failures = || {
        let all = findings.iter();
        all.filter(|finding| finding.severity == Severity::Failure)
    };
    let between = |finding: &&Finding| BETWEEN_BLOCKS.contains(&finding.code);
    let wrong: BTreeSet<Place<'_>> = failures()
        .filter(|finding| WITHIN.contains(&finding.code))
        .filter_map(place)
        .collect();
    failures()
        .filter(between)
        .any(|finding| !follows(finding, &wrong))
}

type Place<'f> = (&'f StrandId, u64);

fn place(finding: &Finding) -> Option<Place<'_>> {
    finding.strand_id.as_ref().zip(finding.sequence_no)
}

/// Whether a failure between blocks may come of one of those that are wrong by themselves.
fn follows(finding: &Finding, wrong: &BTreeSet<Place<'_>>) -> bool {
    match finding.code {
        // Of the strand's blocks together.
        Code::Digest => finding.strand_id.as_ref().is_some_and(|strand_id| {
            let own = wrong.range((strand_id, 0)..=(strand_id, u64::MAX));
            own.take(1).count() == 1
        }),
        // Of a block and the one before it.
        Code::ChainLink => place(finding).is_some_and(|(strand_id, number)| {
            let before = number.checked_sub(1);
            let own = before.into_iter().chain([number]);
            own.into_iter()
                .any(|number| wrong.contains(&(strand_id, number)))
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::BlockAddress;

    fn finding(code: Code, strand: &str, number: u64) -> Finding {
        let strand_id = StrandId::new(strand);
        let finding = Finding::new(code, "").at(&BlockAddress::new(strand_id, number));
        finding.severity(Severity::Failure)
    }

    #[test]
    fn only_what_a_block_that_is_wrong_may_cause_stands() {
        let wrong = finding(Code::BlockHash, "a", 7);
        for (code, strand, number, needed) in [
            (Code::ChainLink, "a", 7, false),
            (Code::ChainLink, "a", 8, false),
            (Code::ChainLink, "a", 9, true),
            (Code::ChainLink, "a", 6, true),
            (Code::ChainLink, "a", 0, true),
            (Code::ChainLink, "b", 7, true),
            (Code::Digest, "a", 3, false),
            (Code::Digest, "b", 7, true),
            (Code::Proof, "a", 7, true),
            (Code::DuplicateBlock, "a", 7, true),
            (Code::DuplicateRevision, "a", 7, true),
        ] {
            let found = finding(code, strand, number);
            let both = [wrong.clone(), found.clone()];
            assert_eq!(
                needs_confirmation(&both),
                needed,
                "{code:?} {strand} {number}"
            );
            assert!(needs_confirmation(std::slice::from_ref(&found)), "{code:?}");
            // What is no failure confirms nothing.
            let warned = wrong.clone().severity(Severity::Warning);
            assert!(needs_confirmation(&[warned, found]), "{code:?}");
        }
        // Nor does a warning that is counted as a failure, or what facts say of one another.
        for code in [Code::VersionGap, Code::Contradiction] {
            let both = [finding(code, "a", 7), finding(Code::Digest, "a", 7)];
            assert!(needs_confirmation(&both), "{code:?}");
        }
        assert!(!needs_confirmation(&[wrong]));
        assert!(!needs_confirmation(&[]));
    }
}
