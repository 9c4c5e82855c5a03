//! Any bytes at all: what fuzzing calls.

use super::{engines, journal::Reference, rising, steady, trusted, with_deep_stack, Difference};
use crate::ion::binary::VERSION_MARKER;
use crate::{Ledger, Mix};
use ion_rs::Element;
use sealion::source::Memory;
use sealion::{Code, Digest, Finding, Hash, Verdict, Verifier};
use std::sync::OnceLock;

/// A small journal whose digest is trusted, and from which seeds are made.
#[must_use]
pub fn known() -> &'static Ledger {
    static KNOWN: OnceLock<Ledger> = OnceLock::new();
    KNOWN.get_or_init(|| Ledger::new(11, 6, Mix::Vehicle))
}

/// Bytes as a file of a journal in Ion text: see [`file()`].
///
/// # Panics
/// As [`file()`].
pub fn text(bytes: &[u8]) {
    if !bytes.starts_with(&[0xE0]) {
        file(bytes);
    }
}

/// Bytes as a file of a journal in Ion binary, which starts with its version marker: see [`file()`].
///
/// # Panics
/// As [`file()`].
pub fn binary(bytes: &[u8]) {
    file(&[&[0xE0, 0x01, 0x00, 0xEA], bytes].concat());
}

/// Reads the bytes as any file. What comes out is a report, the same by either engine. It is `verified` under the
/// digest of [`known`] only if these are its blocks in all that hashes cover. Where the library could read all of it,
/// the reference can as well and finds the same rules broken.
///
/// # Panics
/// If that is not so.
pub fn file(bytes: &[u8]) {
    let archive = Memory::new().with("file", bytes);
    let report = engines(&archive, &Verifier::new());
    let digest = trusted(&known().digest());
    let against = engines(&archive, &Verifier::new().against(digest));
    let unread = |finding: &Finding| UNREAD.contains(&finding.code);
    // Compressed files, UTF-16, and streams with line feeds between records are nothing that the reference reads.
    let text = std::str::from_utf8(bytes).is_ok_and(|text| !text.starts_with('\u{feff}'));
    let plain = text || bytes.starts_with(&VERSION_MARKER);
    let journal = report.inputs[0].kind.starts_with("journal");
    if !plain || !journal || report.findings().iter().any(unread) {
        return;
    }
    with_deep_stack(|| {
        let values = match Element::read_all(bytes) {
            Ok(values) => values.into_iter().collect::<Vec<_>>(),
            // A block that stands where it cannot is not used, and nothing is said of what is in it.
            Err(error) => {
                let good = matches!(report.verdict(), Verdict::Verified | Verdict::Consistent);
                assert!(
                    !good,
                    "read by the library, not by the reference: {error}: {report}"
                );
                return;
            }
        };
        if values.is_empty() || !values.iter().all(is_block) {
            return;
        }
        if against.verdict() == Verdict::Verified {
            let blocks = known().blocks.iter().map(|block| block.to_element());
            let difference = Difference::between(&blocks.collect::<Vec<_>>(), &values);
            assert!(difference < Difference::Covered, "verified: {against}");
        }
        if rising(&values) {
            Reference::of(&values).agrees(&report);
        }
    });
}

/// Findings that say that some of a file was not read. What reads on in ion-rs may panic.
const UNREAD: [Code; 5] = [
    Code::Unreadable,
    Code::Limit,
    Code::Malformed,
    Code::Truncated,
    Code::UnknownFile,
];

fn is_block(value: &Element) -> bool {
    let fields = value.as_struct();
    fields.is_some_and(|fields| {
        fields.get("blockAddress").is_some() && fields.get("blockHash").is_some()
    })
}

/// What stands between the files of an [`export`]: in Ion text it stands nowhere.
pub const BETWEEN_FILES: [u8; 2] = [0xFF; 2];

/// Reads the bytes as an export of the journal: a completed manifest, and up to seven objects. What comes out is a
/// report, the same by either engine and any number of threads. It is `verified` under the digest of [`known`] only if
/// its blocks are there, and every copy of one is the same in all that hashes cover.
///
/// # Panics
/// If that is not so.
pub fn export(bytes: &[u8]) {
    let mut archive = Memory::new();
    let mut objects = Vec::new();
    let mut rest = Some(bytes);
    while let (Some(bytes), 0..8) = (rest, objects.len()) {
        let end = bytes.windows(2).position(|two| two == BETWEEN_FILES);
        let file = &bytes[..end.unwrap_or(bytes.len())];
        rest = end.map(|end| &bytes[end + 2..]);
        archive = match objects.len() {
            0 => archive.with("export.strand.completed.manifest", file),
            number => archive.with(format!("2025/07/30/23/strand.{number}.ion"), file),
        };
        objects.push(file);
    }
    let digest = trusted(&known().digest());
    let report = steady(&archive, &Verifier::new().against(digest));
    if report.verdict() != Verdict::Verified {
        return;
    }
    let originals: Vec<Element> = known()
        .blocks
        .iter()
        .map(|block| block.to_element())
        .collect();
    let mut found = vec![0; originals.len()];
    with_deep_stack(|| {
        for object in &objects[1..] {
            for block in Element::read_all(object).expect("verified").iter() {
                let same = |original: &&Element| {
                    let (original, block) = ([(*original).clone()], [block.clone()]);
                    Difference::between(&original, &block) < Difference::Covered
                };
                let at = originals.iter().position(|original| same(&original));
                found[at.unwrap_or_else(|| panic!("verified with {block}: {report}"))] += 1;
            }
        }
    });
    assert!(found.iter().all(|count| *count > 0), "verified: {report}");
}

/// Reads the bytes as whatever people may have kept: answers, streams, aggregates, compressed files. What comes out is
/// a report, the same by either engine, and never `verified`: the digest trusted is of nothing.
///
/// # Panics
/// If that is not so.
pub fn containers(bytes: &[u8]) {
    let archive = Memory::new().with("file", bytes);
    let nothing = Digest {
        hash: Hash([7; 32]),
        strand_id: None,
        sequence_no: None,
    };
    let _ = engines(&archive, &Verifier::new());
    let report = engines(&archive, &Verifier::new().against(nothing));
    assert_ne!(report.verdict(), Verdict::Verified, "{report}");
}
