//! Manifests of a journal export: which objects belong together.
//!
//! `<exportId>.started.manifest` says what was asked for,
//! `<exportId>.<strandId>.completed.manifest` lists the object keys in order.
//! Both are in the export's format: Ion text, Ion binary or JSON. (Developer
//! Guide, "Journal export output in QLDB".) A manifest has no hash of anything,
//! so it proves nothing; it can only tell what is missing.

use ion_rs::IonType;

use super::read::{Envelope, Unfit};
use super::time::Time;

/// A manifest of either kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Manifest {
    /// What was asked for: `{ledgerName, exportId, inclusiveStartTime,
    /// exclusiveEndTime, bucket, prefix, objectEncryptionType, outputFormat}`.
    Started {
        export_id: String,
        ledger_name: Option<String>,
        prefix: Option<String>,
        /// The first time whose blocks were asked for.
        from: Option<Time>,
        /// The time from which on they were not.
        to: Option<Time>,
        /// `ION_TEXT`, `ION_BINARY` or `JSON`, if the request named one.
        format: Option<String>,
    },
    /// What came out: `{keys}`. Without one the export did not finish.
    Completed {
        /// Full keys in the bucket, each with its byte offset; none if nothing
        /// was committed in the time asked for.
        keys: Vec<(String, u64)>,
    },
}

/// The manifest in `envelope`; `None` if its members are not those of one.
pub(crate) fn recognise(envelope: &Envelope<'_>) -> Option<Result<Manifest, Unfit>> {
    if envelope.has("exportId") && envelope.has("ledgerName") {
        return Some(started(envelope));
    }
    // Other files have `keys` as well, but a list of other things.
    let keys = envelope.get("keys")?;
    if keys.ion_type() != IonType::List {
        return None;
    }
    let (mut fits, mut list) = (None, Vec::new());
    let read = keys.each_item(|item| {
        let is_string = item.ion_type() == IonType::String;
        if *fits.get_or_insert(is_string) {
            list.push((item.text()?, item.offset()));
        }
        Ok(())
    });
    match fits.unwrap_or(envelope.fields().len() == 1) || read.is_err() {
        true => Some(read.map(|()| Manifest::Completed { keys: list })),
        false => None,
    }
}

fn started(envelope: &Envelope<'_>) -> Result<Manifest, Unfit> {
    let optional = |name| envelope.get(name).map(|node| node.text()).transpose();
    // What is no time is compared with nothing; no hash covers it.
    let time = |name| envelope.get(name).and_then(|node| node.timestamp().ok());
    Ok(Manifest::Started {
        export_id: envelope.require("exportId")?.text()?,
        ledger_name: optional("ledgerName")?,
        prefix: optional("prefix")?,
        from: time("inclusiveStartTime"),
        to: time("exclusiveEndTime"),
        format: optional("outputFormat")?,
    })
}

/// How many parts of a key and of a path agree, from the file name upwards: the
/// file that a key means is the one with the most. 0 if the names differ.
///
/// Downloads often lost the prefix, use the separator of their system, and were
/// compressed later.
fn matches(key: &str, path: &str) -> usize {
    let key = key.rsplit('/').filter(is_part);
    let path = path.rsplit(['/', '\\']).filter(is_part);
    let pairs = key.zip(path).enumerate();
    pairs
        .take_while(|(index, (own, there))| own == there || (*index == 0 && is_packed(own, there)))
        .count()
}

fn is_part(part: &&str) -> bool {
    !part.is_empty() && *part != "."
}

/// Whether `name` is `own` with the ending of a compression.
fn is_packed(own: &str, name: &str) -> bool {
    unpacked(name) == Some(own)
}

fn unpacked(name: &str) -> Option<&str> {
    let endings = [".gz", ".gzip", ".zst", ".zstd"];
    endings.iter().find_map(|ending| name.strip_suffix(ending))
}

/// Paths in the order of what [`matches`] needs first: a manifest has a key for each of
/// them, so all pairs are too many to look at.
pub(crate) struct Paths<'p> {
    /// The name of a file, its place among the paths, and its path.
    by_name: Vec<(&'p str, usize, &'p str)>,
}

impl<'p> Paths<'p> {
    pub(crate) fn new(paths: impl Iterator<Item = &'p str>) -> Paths<'p> {
        let mut by_name = Vec::with_capacity(paths.size_hint().0);
        for (index, path) in paths.enumerate() {
            let Some(name) = path.rsplit(['/', '\\']).find(is_part) else {
                continue;
            };
            for name in [Some(name), unpacked(name)].into_iter().flatten() {
                by_name.push((name, index, path));
            }
        }
        by_name.sort_unstable();
        Paths { by_name }
    }

    /// Which of them a manifest's key means: the last of those with the most parts in common.
    pub(crate) fn best_match(&self, key: &str) -> Option<usize> {
        let name = key.rsplit('/').find(is_part)?;
        let first = self.by_name.partition_point(|(own, ..)| *own < name);
        let named = self.by_name[first..].iter();
        let named = named.take_while(|(own, ..)| *own == name);
        let parts = named.map(|(_, index, path)| (*index, matches(key, path)));
        let (index, _) = parts.max_by_key(|(_, parts)| *parts)?;
        Some(index)
    }
}

#[cfg(test)]
mod tests {
    use ion_rs::{v1_0, AnyEncoding, Element, Reader};

    use super::super::read::{Node, Origin};
    use super::*;

    fn read(bytes: &[u8]) -> Option<Result<Manifest, Unfit>> {
        let mut reader = Reader::new(AnyEncoding, bytes).unwrap();
        let value = reader.expect_next().unwrap();
        let node = Node::new(value, Origin::At { at: 0, offset: 0 });
        recognise(&Envelope::open(node).unwrap())
    }

    /// In Ion text as given, and in Ion binary.
    fn read_both(text: &str) -> [Option<Result<Manifest, Unfit>>; 2] {
        let element = Element::read_one(text).unwrap();
        let binary = element.encode_as(v1_0::Binary).unwrap();
        [read(text.as_bytes()), read(&binary)]
    }

    #[test]
    fn started_manifests_in_all_encodings() {
        let ion = r#"{ledgerName:"boats",exportId:"7c3n",inclusiveStartTime:2024-05-06T00:00:00.000Z,
            exclusiveEndTime:2025-07-30T23:00:00.000Z,bucket:"b",prefix:"p/",
            objectEncryptionType:"NO_ENCRYPTION"}"#;
        let json = r#"{"exportId":"7c3n","ledgerName":"boats","inclusiveStartTime":"2024-05-06T00:00:00.000Z",
            "prefix":"p/","outputFormat":"JSON","more":[1]}"#;
        let from = Some(Time::from_utc((2024, 5, 6), (0, 0, 0), 0));
        let to = Some(Time::from_utc((2025, 7, 30), (23, 0, 0), 0));
        for (text, to, format) in [(ion, to, None), (json, None, Some("JSON"))] {
            for found in read_both(text) {
                let expected = Manifest::Started {
                    export_id: "7c3n".to_owned(),
                    ledger_name: Some("boats".to_owned()),
                    prefix: Some("p/".to_owned()),
                    from,
                    to,
                    format: format.map(str::to_owned),
                };
                assert_eq!(found, Some(Ok(expected)));
            }
        }
    }

    #[test]
    fn completed_manifests_in_all_encodings() {
        for text in [
            r#"{keys:["p/a.ion","b"]}"#,
            r#"{"keys": ["p/a.ion", "b"], "more": 1}"#,
        ] {
            for found in read_both(text) {
                let Some(Ok(Manifest::Completed { keys })) = found else {
                    panic!("{text}: {found:?}");
                };
                let names: Vec<&str> = keys.iter().map(|(name, _)| name.as_str()).collect();
                assert_eq!(names, ["p/a.ion", "b"]);
            }
        }
        let empty = Manifest::Completed { keys: vec![] };
        assert_eq!(read(b"{keys:[]}"), Some(Ok(empty)));
    }

    #[test]
    fn keys_know_where_they_stand() {
        let found = read(br#"{keys:["p/a.ion","b"]}"#);
        let keys = vec![("p/a.ion".to_owned(), 7), ("b".to_owned(), 17)];
        assert_eq!(found, Some(Ok(Manifest::Completed { keys })));
    }

    #[test]
    fn damaged_manifests_are_named_with_the_place() {
        for (text, offset) in [
            (r#"{keys:["a",1]}"#, 11),
            (r#"{keys:["a",null]}"#, 11),
            (r#"{ledgerName:1,exportId:"x"}"#, 12),
            (r#"{ledgerName:"x",exportId:{}}"#, 25),
            (r#"{ledgerName:"x",exportId:"x",prefix:[]}"#, 36),
        ] {
            let unfit = read(text.as_bytes()).unwrap().unwrap_err();
            assert_eq!(
                (unfit.offset, unfit.expected.as_str()),
                (offset, "a string"),
                "{text}"
            );
        }
    }

    #[test]
    fn other_files_are_no_manifests() {
        for text in [
            r#"{"keys":[{"kty":"EC"}]}"#,
            r#"{"keys":[],"other":1}"#,
            r#"{"keys":"a"}"#,
            r#"{"keys":null}"#,
            r#"{"exportId":"x"}"#,
            r#"{"ledgerName":"x","exportId":null}"#,
            "{}",
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn keys_match_paths_by_their_tails() {
        let key = "boats/2025/07/s.0-2.ion";
        for (path, count) in [
            ("boats/2025/07/s.0-2.ion", 4),
            ("/home/x/boats/2025/07/s.0-2.ion", 4),
            ("2025\\07\\s.0-2.ion", 3),
            ("other/07//./s.0-2.ion", 2),
            ("s.0-2.ion", 1),
            ("a/s.0-2.ion.gz", 1),
            ("07/s.0-2.ion.zst", 2),
            ("07/s.0-2.ion.bak", 0),
            ("07.gz/s.0-2.ion", 1),
            ("boats/2025/07/s.3-5.ion", 0),
            ("boats/2025/07", 0),
            ("", 0),
        ] {
            assert_eq!(matches(key, path), count, "{path}");
        }
        assert_eq!(matches("", ""), 0);
        let paths = ["x/c.ion", "b/c.ion.gz", "b/c.ion", "c.ion", "d", ""];
        let found = Paths::new(paths.into_iter());
        for key in [
            "c.ion",
            "a/b/c.ion",
            "x/c.ion",
            "c.ion.gz",
            "d",
            "e",
            "",
            "ion",
        ] {
            let all = paths.iter().map(|path| matches(key, path)).enumerate();
            let best = all
                .max_by_key(|(_, parts)| *parts)
                .filter(|(_, parts)| *parts > 0);
            assert_eq!(found.best_match(key), best.map(|(index, _)| index), "{key}");
        }
        assert_eq!(matches("a.gz", "a"), 0, "the key itself has the ending");
    }
}
