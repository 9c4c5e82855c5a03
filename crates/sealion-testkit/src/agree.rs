//! Holds the library to the reference: a function for each place where the two must agree.
//!
//! They panic where the two differ and say how, so that plain tests, proptest and fuzzing rerun one another's cases.
//! The reference knows the rules of hashing and nothing of files, copies, cross-checks or verdicts; what is compared
//! is what both have to say.

mod answer;
mod bytes;
mod covered;
mod cut;
mod journal;
mod tree;
mod value;

pub use answer::{answer, Decoded};
pub use bytes::{binary, containers, export, file, known, text, BETWEEN_FILES};
pub use covered::Difference;
pub use cut::{cut, pieces};
pub use journal::{journal, rising, told};
pub use tree::{path, tree};
pub use value::{hashes, limits, value};

use proptest::test_runner::Config as ProptestConfig;
use sealion::source::{Archive, Memory};
use sealion::{Code, Digest, Engine, Report, StrandId, Verifier};

/// The report on the archive, which is the same for every number of threads and by either engine.
///
/// # Panics
/// If it is not, or there is none.
#[must_use]
pub fn steady(archive: &dyn Archive, verifier: &Verifier) -> Report {
    let report = engines(archive, verifier);
    for threads in [2, 7] {
        let verifier = verifier.clone().engine(Engine::Fast).threads(threads);
        let other = verifier.verify(archive).expect("the archive can be listed");
        assert_eq!(other.to_json(), report.to_json(), "{threads} threads");
    }
    report
}

/// The report on the archive by the fast engine and one thread. The reference engine says the same, and so do both at
/// once, which compare what they made of every block.
///
/// # Panics
/// If they do not.
#[must_use]
pub fn engines(archive: &dyn Archive, verifier: &Verifier) -> Report {
    let run = |engine| {
        let verifier = verifier.clone().engine(engine).threads(1);
        verifier.verify(archive).expect("the archive can be listed")
    };
    let report = run(Engine::Fast);
    for engine in [Engine::Reference, Engine::Both] {
        assert_eq!(whole(&run(engine)), whole(&report), "{engine} and fast");
    }
    report
}

/// A property's cases: as many as are usual for it, times `PROPTEST_CASES` over 256, which is proptest's own default.
#[must_use]
pub fn property(usual: u32) -> ProptestConfig {
    let usual = u64::from(usual);
    let default = ProptestConfig::default();
    let cases = (usual * u64::from(default.cases) / 256).max(1);
    ProptestConfig {
        cases: cases.try_into().unwrap_or(u32::MAX),
        failure_persistence: None,
        // Some cases do not apply; of more cases, more.
        max_global_rejects: default
            .max_global_rejects
            .max(default.cases.saturating_mul(4)),
        ..default
    }
}

/// What was found, by code.
#[must_use]
pub fn codes(report: &Report) -> Vec<Code> {
    let findings = report.findings().iter();
    findings.map(|finding| finding.code).collect()
}

/// A report without what tells of the engine: its name, and how often the fast one stood aside.
fn whole(report: &Report) -> serde_json::Map<String, serde_json::Value> {
    let mut members: serde_json::Map<_, _> =
        serde_json::from_str(&report.to_json()).expect("reports are JSON objects");
    members.remove("engine");
    members.remove("passed");
    members
}

/// A digest of this kit as the library's.
#[must_use]
pub fn trusted(digest: &crate::ledger::Digest) -> Digest {
    Digest {
        hash: sealion::Hash(digest.digest),
        strand_id: Some(StrandId::new(&digest.tip.strand_id)),
        sequence_no: Some(digest.tip.sequence_no),
    }
}

/// Files of this kit as an archive of the library's.
#[must_use]
pub fn archive<B: AsRef<[u8]>>(files: &[(String, B)]) -> Memory {
    files.iter().fold(Memory::new(), |memory, (name, bytes)| {
        memory.with(name.as_str(), bytes.as_ref())
    })
}

/// Runs `work` with a stack that the nesting which the library allows does not exhaust: `ion_rs` recurses once a
/// level.
///
/// # Panics
/// If `work` does.
pub fn with_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(64 << 20);
        let thread = thread.spawn_scoped(scope, work).expect("a thread");
        thread
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
