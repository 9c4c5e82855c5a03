//! One bit flipped in something that is verified: then it is verified no longer, unless it still says the same, or the
//! bit lies in a field that no hash covers and no other field contradicts.

#[path = "../common/mod.rs"]
mod common;

mod answers;
mod journals;

use common::panics;
use proptest::prelude::*;
use proptest::sample::Index;
use sealion::source::Memory;
use sealion::{Code, Report, Severity, Verdict, Verifier};
use sealion_testkit::agree::{engines, property, trusted};
use sealion_testkit::ledger::Digest;

/// Files, of which `file` gets the flips, and the digest under which they are verified.
struct Sound {
    files: Vec<(String, Vec<u8>)>,
    file: usize,
    digest: Digest,
}

impl Sound {
    fn report(&self, bytes: &[u8]) -> Report {
        let mut memory = Memory::new();
        for (index, (name, own)) in self.files.iter().enumerate() {
            let bytes = if index == self.file { bytes } else { own };
            memory = memory.with(name.as_str(), bytes);
        }
        engines(&memory, &Verifier::new().against(trusted(&self.digest)))
    }

    /// Flips one bit at a time and hands what is verified all the same to `excuse`, with the report on it and the one on
    /// what is sound. It panics unless there is a reason. So does this if more than `excused_max` of a hundred flips are excused.
    fn flip(&self, cases: u32, excused_max: u32, excuse: impl Fn(&[u8], &Report, &Report)) {
        let panics = panics();
        let sound = &self.files[self.file].1;
        let before = self.report(sound);
        assert_eq!(before.verdict(), Verdict::Verified, "{before}");
        let verified = std::cell::Cell::new(0);
        let config = property(cases);
        let cases = config.cases;
        proptest!(config, |(at: Index, bit in 0..8u32)| {
            let mut bytes = sound.clone();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let report = self.report(&bytes);
            // A file that is named as not understood was not verified: the others were.
            let named = report.finding_totals.contains_key(&Code::UnknownFile);
            if report.verdict() == Verdict::Verified && !named {
                verified.set(verified.get() + 1);
                excuse(&bytes, &report, &before);
            }
        });
        assert_eq!(crate::panics(), panics, "panics in the library");
        let verified = verified.get();
        assert!(
            verified * 100 <= cases * excused_max,
            "{verified} of {cases} flips are excused"
        );
    }
}

/// Whether the report tells more than the one before that something is odd, though no hash is wrong: a warning, a
/// field that is none of QLDB's, an entry that nothing explains any more.
fn warns(report: &Report, before: &Report) -> bool {
    let warnings = |report: &Report| {
        let findings = report.findings().iter();
        findings
            .filter(|finding| finding.severity == Severity::Warning)
            .count()
    };
    let entries = |report: &Report| {
        let mut findings = report.findings().iter();
        findings
            .find(|finding| finding.code == Code::InternalEntries)
            .map(|finding| finding.message.clone())
    };
    warnings(report) > warnings(before)
        || report.not_covered.len() > before.not_covered.len()
        || entries(report) != entries(before)
}
