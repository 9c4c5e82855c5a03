//! Changes to the files of an export in Ion text, as [`crate::write::export::Export::write`] left them in memory.

use super::{Expectation, Verdict};
use crate::write::Files;
use crate::Rng;

/// A change to an export's files.
#[derive(Clone, Copy, Debug)]
pub struct FileChange {
    /// Its name, which stays.
    pub name: &'static str,
    /// Makes the change; `None`, and no change, where there is nothing to change.
    pub apply: fn(&mut Files, &mut Rng) -> Option<Expectation>,
}

pub(super) const CHANGES: &[FileChange] = &[
    FileChange {
        name: "truncated-object",
        apply: truncated_object,
    },
    FileChange {
        name: "emptied-object",
        apply: emptied_object,
    },
    FileChange {
        name: "missing-object",
        apply: missing_object,
    },
    FileChange {
        name: "object-left-out-of-manifest",
        apply: left_out,
    },
    FileChange {
        name: "missing-manifests",
        apply: missing_manifests,
    },
    FileChange {
        name: "unknown-file",
        apply: unknown_file,
    },
];

/// Index of a data object that is neither the first nor the last.
fn middle(files: &Files, rng: &mut Rng) -> Option<usize> {
    let objects: Vec<usize> = (0..files.len())
        .filter(|at| files[*at].0.ends_with(".ion"))
        .collect();
    let middle = objects.get(1..objects.len().saturating_sub(1))?;
    middle.get(rng.index(middle.len())).copied()
}

fn inconclusive(codes: &[&'static str]) -> Expectation {
    let findings = Expectation::failed_at(codes.iter().map(|code| (*code, None)));
    let verdict = Verdict::Inconclusive;
    Expectation {
        verdict,
        without_digest: Some(verdict),
        ..findings
    }
}

/// The end of an object gone, in the middle of a block.
fn truncated_object(files: &mut Files, rng: &mut Rng) -> Option<Expectation> {
    let at = middle(files, rng)?;
    let bytes = &mut files[at].1;
    let block = bytes
        .trim_ascii_end()
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let keep = block + 1 + rng.index(bytes.trim_ascii_end().len() - block - 1);
    bytes.truncate(keep);
    Some(inconclusive(&["truncated"]))
}

/// An object of no bytes: its blocks are missing.
fn emptied_object(files: &mut Files, rng: &mut Rng) -> Option<Expectation> {
    let at = middle(files, rng)?;
    files[at].1.clear();
    Some(inconclusive(&["gap"]))
}

/// An object gone that the manifest names.
fn missing_object(files: &mut Files, rng: &mut Rng) -> Option<Expectation> {
    let at = middle(files, rng)?;
    files.remove(at);
    Some(inconclusive(&["gap", "manifest"]))
}

/// An object there that the manifest does not name.
fn left_out(files: &mut Files, rng: &mut Rng) -> Option<Expectation> {
    let at = middle(files, rng)?;
    let named = format!("\"{}\",", files[at].0);
    let manifest = files
        .iter_mut()
        .find(|(key, _)| key.ends_with(".completed.manifest"))?;
    let text = String::from_utf8(manifest.1.clone()).ok()?;
    manifest.1 = text.replace(&named, "").into_bytes();
    let findings = Expectation::failed_at([("manifest", None)]).findings;
    Some(Expectation {
        findings,
        ..Expectation::unnoticed()
    })
}

/// Both manifests gone, as from an archive that kept the data alone. They prove nothing, so nothing is lost.
fn missing_manifests(files: &mut Files, _: &mut Rng) -> Option<Expectation> {
    files.retain(|(key, _)| !key.ends_with(".manifest"));
    Some(Expectation::unnoticed())
}

/// A file of another kind beside the objects.
fn unknown_file(files: &mut Files, rng: &mut Rng) -> Option<Expectation> {
    files.push((
        "ledger/notes.bin".to_owned(),
        [&[0xFF, 0xFE, 0][..], &rng.bytes(40)].concat(),
    ));
    let findings = Expectation::failed_at([("unknown-file", None)]).findings;
    Some(Expectation {
        findings,
        ..Expectation::unnoticed()
    })
}
