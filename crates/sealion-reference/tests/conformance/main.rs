//! Conformance with data that is not in this repository: more published blocks and proofs, the
//! ion-hash-test and ion-tests suites, and one ledger in every format.
//!
//! Needs the folder that holds them in `SEALION_CONFORMANCE`, so each test is ignored unless asked
//! for, and fails where the folder or part of it is missing:
//!
//! ```text
//! SEALION_CONFORMANCE=… cargo test -p sealion-reference --test conformance -- --ignored --nocapture
//! ```

mod formats;
mod ion_hash_test;
mod ion_tests;
mod naughty_strings;
mod published;
mod serialise;

use ion_rs::{Element, IonResult, Sequence};
use std::path::{Path, PathBuf};

/// The path of something in the conformance folder.
fn folder(path: &str) -> PathBuf {
    let base = std::env::var_os("SEALION_CONFORMANCE")
        .expect("SEALION_CONFORMANCE must name the conformance folder");
    Path::new(&base).join(path)
}

fn read(path: impl AsRef<Path>) -> Vec<u8> {
    let path = path.as_ref();
    std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn read_text(path: impl AsRef<Path>) -> String {
    String::from_utf8(read(path)).unwrap()
}

/// Runs `work` on a thread whose stack is deep enough for the suites: `ion_rs`
/// recurses once a nesting level, and running out of stack ends the process.
fn with_deep_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(64 << 20);
    thread.spawn(work).unwrap().join().unwrap()
}

fn ion(bytes: impl AsRef<[u8]>) -> IonResult<Sequence> {
    Element::read_all(bytes)
}
