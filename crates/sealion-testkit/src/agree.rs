//! Holds the library to the reference: a function for each place where the two must agree.
//!
//! They panic where the two differ and say how, so that plain tests, proptest and fuzzing rerun one another's cases.
//! The reference knows the rules of hashing and nothing of files, copies, cross-checks or verdicts; what is compared
//! is what both have to say.

mod answer;
mod bytes;
mod covered;
mod journal;
mod tree;

pub use answer::{answer, Decoded};
pub use bytes::{binary, containers, file, known, text};
pub use covered::Difference;
pub use journal::{journal, rising, told};
pub use tree::{path, tree};

use sealion::source::{Archive, Memory};
use sealion::{Digest, Report, StrandId, Verifier};

/// Numbers of threads with which every answer must be the same.
const THREADS: [usize; 3] = [1, 2, 7];

/// The report on the archive, which is the same for every number of threads.
///
/// # Panics
/// If it is not, or there is none.
#[must_use]
pub fn steady(archive: &dyn Archive, verifier: &Verifier) -> Report {
    let run = |threads| {
        let verifier = verifier.clone().threads(threads);
        verifier.verify(archive).expect("the archive can be listed")
    };
    let report = run(THREADS[0]);
    let json = report.to_json();
    for threads in &THREADS[1..] {
        assert_eq!(run(*threads).to_json(), json, "{threads} threads");
    }
    report
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
