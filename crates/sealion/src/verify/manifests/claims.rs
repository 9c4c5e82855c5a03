//! What manifests say of an export, beside one another and beside the files. No hash covers any of it.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use super::file_name;
use crate::blocks::manifest::Manifest;
use crate::blocks::time::Time;
use crate::findings::{Code, Finding, Given};
use crate::source::Encoding;
use crate::verify::survey::JournalFile;

/// Both manifests of one export.
pub(super) struct Export<'m> {
    path: &'m Arc<str>,
    from: Option<Time>,
    to: Option<Time>,
    format: Option<&'m str>,
    pub(super) keys: &'m [(String, u64)],
}

/// The exports of which both manifests are here.
pub(super) fn exports(manifests: &[(Arc<str>, Manifest)]) -> Vec<Export<'_>> {
    let started = manifests
        .iter()
        .filter_map(|(path, manifest)| match manifest {
            Manifest::Started {
                export_id,
                from,
                to,
                format,
                ..
            } => Some((path, export_id, *from, *to, format.as_deref())),
            Manifest::Completed { .. } => None,
        });
    let completed = |export_id: &str| {
        manifests
            .iter()
            .find_map(|(path, manifest)| match manifest {
                Manifest::Completed { keys } => {
                    let own = file_name(path).starts_with(export_id);
                    own.then_some(keys.as_slice())
                }
                Manifest::Started { .. } => None,
            })
    };
    let each = started.filter_map(|(path, export_id, from, to, format)| {
        let keys = completed(export_id)?;
        Some(Export {
            path,
            from,
            to,
            format,
            keys,
        })
    });
    each.collect()
}

impl Export<'_> {
    /// Why a file that it names can be none of it.
    pub(super) fn differs(&self, file: &JournalFile, given: Option<&Given>) -> Option<Finding> {
        let written = match (file.json, file.encoding) {
            (true, _) => "JSON",
            (false, Encoding::Binary) => "ION_BINARY",
            (false, Encoding::Text) => "ION_TEXT",
        };
        let times = given.and_then(|given| given.times);
        let early = || Some((self.from?, times?.0)).filter(|(from, time)| time < from);
        let late = || Some((self.to?, times?.1)).filter(|(to, time)| time >= to);
        let (message, claimed, found) = if self.format.is_some_and(|format| format != written) {
            let format = self.format.unwrap_or_default();
            (
                "an export in another format",
                format.to_owned(),
                written.to_owned(),
            )
        } else if let Some((from, time)) = early() {
            (
                "an export of blocks from a later time on",
                from.to_string(),
                time.to_string(),
            )
        } else if let Some((to, time)) = late() {
            (
                "an export of blocks before an earlier time",
                to.to_string(),
                time.to_string(),
            )
        } else {
            return None;
        };
        let message = format!(
            "{} speaks of {message} than {} holds",
            self.path, file.object.name
        );
        let finding = Finding::new(Code::Manifest, message)
            .source(&file.object.name, None)
            .values(claimed, found)
            .remedy("neither a manifest nor a block's time is covered by a hash: the file may be of another export, or one of the two is not what QLDB wrote");
        Some(finding)
    }
}

/// Keys that a completed manifest has twice.
pub(super) fn twice<'k>(
    path: &'k Arc<str>,
    keys: &'k [(String, u64)],
) -> impl Iterator<Item = Finding> + 'k {
    let mut seen = HashSet::new();
    keys.iter().filter(move |(key, _)| !seen.insert(key)).map(move |(key, offset)| {
        Finding::new(Code::Manifest, format!("{path} names {key} twice"))
            .source(path, Some(*offset))
            .claimed(key)
            .remedy("an export has each object once: compare the manifest with the one in the bucket")
    })
}

/// That the manifests are of several ledgers.
pub(super) fn ledgers(manifests: &[(Arc<str>, Manifest)]) -> Option<Finding> {
    let name = |manifest: &'_ (Arc<str>, Manifest)| match &manifest.1 {
        Manifest::Started { ledger_name, .. } => ledger_name.clone(),
        Manifest::Completed { .. } => None,
    };
    let names: BTreeSet<String> = manifests.iter().filter_map(name).collect();
    (names.len() > 1).then(|| {
        let all: Vec<String> = names.into_iter().collect();
        Finding::new(
            Code::Manifest,
            format!(
                "the manifests here are of several ledgers: {}",
                all.join(", ")
            ),
        )
        .remedy(
            "a ledger's name is in no hash, its strand's id tells it: verify each ledger by itself",
        )
    })
}
