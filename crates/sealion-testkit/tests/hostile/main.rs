//! Input that means harm, and input that is merely broken: always a report or a typed error, never a panic, and never
//! a good verdict on what could not be read.

#[path = "../common/mod.rs"]
mod common;

mod archives;
mod bombs;
mod compressed;
mod random;
mod sources;

use common::panics;
use sealion::source::{Archive, Memory};
use sealion::{Limits, Report, Verdict, Verifier};
use sealion_testkit::agree::{engines, known};
use std::time::{Duration, Instant};

/// Small limits, so that bombs can be small too.
fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.value_bytes_max = 4 << 20;
    limits.symbols_max = 1 << 16;
    limits.hashes_max = 1 << 12;
    limits
}

/// The report of either engine, without a panic and in time.
fn report(archive: &dyn Archive, what: &str) -> Report {
    let (panics, start) = (panics(), Instant::now());
    let report = engines(archive, &Verifier::new().limits(limits()));
    assert_eq!(common::panics(), panics, "{what}: panics in the library");
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{what}: {:?}",
        start.elapsed()
    );
    report
}

fn good(report: &Report) -> bool {
    matches!(report.verdict(), Verdict::Verified | Verdict::Consistent)
}

/// The file alone, whatever comes of it; and one whose codes are among `codes` at the end of a sound journal in the
/// same encoding, which is then good no longer.
fn refused(name: &str, bytes: &[u8], codes: &[&str]) {
    let alone = Memory::new().with("file", bytes);
    assert!(!good(&report(&alone, name)), "{name} alone");
    let sound = sound(bytes.starts_with(&MARKER));
    let behind = Memory::new().with("file", [&sound[..], bytes].concat());
    let report = report(&behind, name);
    assert!(!good(&report), "{name} behind a journal: {report}");
    let found = report
        .findings()
        .iter()
        .any(|found| codes.contains(&found.code.as_str()));
    assert!(found, "{name}: none of {codes:?} in {report}");
}

const MARKER: [u8; 4] = [0xE0, 0x01, 0x00, 0xEA];

/// A sound journal of six blocks.
fn sound(binary: bool) -> Vec<u8> {
    use sealion_testkit::write::export::Format;
    let format = if binary { Format::Binary } else { Format::Text };
    let mut rng = sealion_testkit::Rng::new(0);
    common::object(common::Form::Export(format), &known().blocks, &mut rng)
}
