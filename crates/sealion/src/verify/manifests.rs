//! What manifests and file names say, beside what is there. None of it is
//! covered by a hash, so a contradiction is a warning.

mod claims;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::claims::{exports, ledgers, twice};
use super::survey::JournalFile;
use crate::blocks::manifest::{Manifest, Paths};
use crate::blocks::{BlockAddress, StrandId};
use crate::findings::{Asked, Code, Finding, Findings, Given};

/// Compares manifests with the objects, and names with contents.
pub(crate) fn check_manifests(
    manifests: &[(Arc<str>, Manifest)],
    journals: &[JournalFile],
    given: &BTreeMap<Arc<str>, Given>,
    asked: &Asked,
    findings: &mut Findings,
) {
    let mut named = vec![false; journals.len()];
    let mut completed = false;
    let paths = Paths::new(journals.iter().map(|file| &*file.object.name));
    // A file may have another name, and there may be several copies of it: what it holds tells as well.
    let held = journals.iter().map(|file| held(file, given));
    let held: Vec<Option<Held<'_>>> = held.collect();
    let at_hand: BTreeSet<&Held<'_>> = held.iter().flatten().collect();
    let mut meant: BTreeSet<Held<'_>> = BTreeSet::new();
    for (path, manifest) in manifests {
        match manifest {
            Manifest::Completed { keys, .. } => {
                completed = true;
                findings.extend(twice(path, keys));
                for (key, offset) in keys {
                    let means = name_of(key).map(|name| (name.strand, name.first, name.last));
                    match paths.best_match(key) {
                        Some(index) => named[index] = true,
                        None if means.as_ref().is_some_and(|means| at_hand.contains(means)) => {}
                        None => findings.push(missing(path, key, *offset)),
                    }
                    meant.extend(means);
                }
            }
            Manifest::Started { export_id, .. } => {
                let finished = manifests.iter().any(|(other, manifest)| {
                    matches!(manifest, Manifest::Completed { .. })
                        && file_name(other).starts_with(export_id.as_str())
                });
                if !finished {
                    findings.push(unfinished(path, export_id));
                }
            }
        }
    }
    findings.extend(ledgers(manifests));
    findings.extend(exports(manifests).iter().flat_map(|export| {
        let own = export
            .keys
            .iter()
            .filter_map(|(key, _)| paths.best_match(key));
        let own: BTreeSet<usize> = own.collect();
        let own = own.into_iter().map(|index| &journals[index]);
        own.filter_map(|file| export.differs(file, given.get(&file.object.name)))
            .collect::<Vec<_>>()
    }));
    for ((file, held), named) in journals.iter().zip(&held).zip(named) {
        let named = named || held.as_ref().is_some_and(|held| meant.contains(held));
        let name = name_of(&file.object.name);
        if completed && !named && name.is_some() {
            findings.push(
                Finding::new(
                    Code::Manifest,
                    format!("{} is named by no completed manifest among the inputs", file.object.name),
                )
                .source(&file.object.name, None)
                .remedy("it may belong to an export whose manifest is not here; its blocks were checked all the same"),
            );
        }
        if let Some(name) = name {
            let given = given.get(&file.object.name);
            findings.extend(check_name(file, &name, given, asked));
        }
    }
}

/// Strand, first and last block.
type Held<'n> = (&'n str, u64, u64);

/// What a file holds, as far as it was read.
fn held<'n>(file: &'n JournalFile, given: &BTreeMap<Arc<str>, Given>) -> Option<Held<'n>> {
    let first = file.first.as_ref()?;
    let last = given.get(&file.object.name)?.last?;
    Some((first.strand_id.as_str(), first.sequence_no, last))
}

fn missing(path: &Arc<str>, key: &str, offset: u64) -> Finding {
    Finding::new(
        Code::Manifest,
        format!("the manifest names {key}, and no object of a journal of that name was read"),
    )
    .source(path, Some(offset))
    .claimed(key)
    .remedy("hand over this object too, if the question needs its blocks")
}

fn unfinished(path: &Arc<str>, export_id: &str) -> Finding {
    Finding::new(
        Code::Manifest,
        format!("export {export_id} was started, and no manifest says that it was completed"),
    )
    .source(path, None)
    .remedy("look for the completed manifest; without it the export may lack objects at its end")
}

/// `<strandId>.<first>-<last>.<ext>`.
struct ObjectName<'n> {
    strand: &'n str,
    first: u64,
    last: u64,
}

/// Whether a path ends like an export's object: `<strandId>.<first>-<last>.<ext>`.
pub(crate) fn is_object_name(path: &str) -> bool {
    name_of(path).is_some()
}

/// Where the blocks of an object of an export begin, as its name has it.
pub(crate) fn first_by_name(path: &str) -> Option<BlockAddress> {
    let name = name_of(path)?;
    Some(BlockAddress::new(StrandId::new(name.strand), name.first))
}

fn name_of(path: &str) -> Option<ObjectName<'_>> {
    let mut parts = file_name(path).split('.');
    let strand = parts.next().filter(|strand| !strand.is_empty())?;
    let (first, last) = parts.next()?.split_once('-')?;
    parts.next()?;
    Some(ObjectName {
        strand,
        first: first.parse().ok()?,
        last: last.parse().ok()?,
    })
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn check_name(
    file: &JournalFile,
    name: &ObjectName<'_>,
    given: Option<&Given>,
    asked: &Asked,
) -> Option<Finding> {
    let first = file.first.as_ref()?;
    let last = given?.last?;
    // The rest of the file may not have been asked for.
    let cut_short = last < name.last && asked.to.is_some_and(|to| to <= last);
    let same = name.strand == first.strand_id.as_str()
        && name.first == first.sequence_no
        && (name.last == last || cut_short);
    (!same).then(|| {
        Finding::new(
            Code::Manifest,
            "the file's name and its blocks do not agree on strand, first and last block",
        )
        .strand(&first.strand_id)
        .source(&file.object.name, None)
        .values(
            format!("{} {} to {}", name.strand, name.first, name.last),
            format!("{} {} to {last}", first.strand_id, first.sequence_no),
        )
        .remedy("blocks were cut off or the file was renamed: compare with another copy")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_names_are_read_or_left_alone() {
        let name = name_of("a/b/bM2c3VwkJB0gGgHONb2HCp.0-2.ion.gz").unwrap();
        assert_eq!((name.first, name.last), (0, 2));
        assert_eq!(name.strand, "bM2c3VwkJB0gGgHONb2HCp");
        for other in ["journal.ion", "x.1-.ion", ".0-1.ion", "a.0-1", "x.a-b.ion"] {
            assert!(name_of(other).is_none(), "{other}");
        }
    }
}
