//! What leaves the program is hashed again: the one place that says whether what is
//! printed of a revision is what was verified.
//!
//! Between the check of a revision and its printing lie a second reading, the restoring
//! of types that JSON lost, and writing. Nothing of that is trusted: the hash is made by
//! the reference from the very text that is handed over, read back.

use ion_rs::{Element, IonType, Struct};

use super::revision::{RevisionRecord, Standing};
use crate::blocks::revision::Kind;
use crate::blocks::{down_converted, json, BlockAddress, Hash};
use crate::hashes::{deletion_rule, dot};

/// What is printed of one revision, read back.
pub(crate) struct Printed {
    hash: Hash,
    document: (String, u64),
    metadata: Element,
    data: Option<Element>,
    data_hash: Option<Hash>,
}

/// The columns of a row that are bound by the revision's hash, as they are printed.
pub(crate) struct Columns<'a> {
    pub(crate) revision_hash: Option<Hash>,
    pub(crate) document_id: &'a str,
    pub(crate) version: u64,
    pub(crate) tx_time: Option<&'a str>,
    pub(crate) tx_id: Option<&'a str>,
    pub(crate) data_ion: Option<&'a str>,
    pub(crate) data_json: Option<&'a str>,
    /// Not printed: what stands in place of redacted data.
    pub(crate) data_hash: Option<Hash>,
}

impl Printed {
    /// `None` for what cannot be hashed: it lacks a part of the metadata, or its JSON is
    /// not that of its Ion.
    pub(crate) fn of_row(columns: &Columns<'_>) -> Option<Printed> {
        let data = match columns.data_ion {
            Some(text) => Some(Element::read_one(text).ok()?),
            None => None,
        };
        if data.as_ref().and_then(down_converted).as_deref() != columns.data_json {
            return None;
        }
        let metadata = [
            ("id", Element::string(columns.document_id)),
            ("version", Element::int(columns.version)),
            ("txTime", json::timestamp(columns.tx_time?)?.into()),
            ("txId", Element::string(columns.tx_id?)),
        ];
        Some(Printed {
            hash: columns.revision_hash?,
            document: (columns.document_id.to_owned(), columns.version),
            metadata: Struct::from_iter(metadata).into(),
            data,
            data_hash: columns.data_hash,
        })
    }

    /// A whole revision as Ion text, in the block at `address`. `None` if it is none, or
    /// holds anything that no hash covers and that is not the block's address: further
    /// fields, annotations around the covered ones.
    pub(crate) fn of_text(text: &str, address: &BlockAddress) -> Option<Printed> {
        let value = Element::read_one(text).ok()?;
        let fields = Fields::of(
            &value,
            &["blockAddress", "hash", "data", "dataHash", "metadata"],
        )?;
        let place = Fields::of(fields.get("blockAddress")?, &["strandId", "sequenceNo"])?;
        let strand = bare(place.get("strandId")?)?.as_string()?;
        let number = bare(place.get("sequenceNo")?)?.as_int()?.as_u64()?;
        if (strand, number) != (address.strand_id.as_str(), address.sequence_no) {
            return None;
        }
        let metadata = fields.get("metadata")?;
        let named = metadata.as_struct()?;
        let id = named.get("id")?.as_string()?.to_owned();
        let hash = |value: &Element| Hash::from_slice(bare(value)?.as_blob()?);
        Some(Printed {
            hash: hash(fields.get("hash")?)?,
            document: (id, named.get("version")?.as_int()?.as_u64()?),
            metadata: metadata.clone(),
            data: fields.get("data").cloned(),
            data_hash: match fields.get("dataHash") {
                Some(value) => Some(hash(value)?),
                None => None,
            },
        })
    }

    /// Whether it is what `record` was recomputed from.
    pub(crate) fn is(&self, record: &RevisionRecord) -> bool {
        let document = record.document.as_ref();
        let named = document.is_some_and(|(id, version)| {
            (id.as_str(), *version) == (self.document.0.as_str(), Some(self.document.1))
        });
        record.standing == Standing::Recomputed
            && !record.in_doubt
            && record.hash == Some(self.hash)
            && named
            && self.gives(record.kind)
    }

    /// Whether the hash follows from the rest, as that of a revision of this kind.
    fn gives(&self, kind: Kind) -> bool {
        let ion_hash = |value| sealion_reference::ion_hash(value).map(Hash).ok();
        let Some(metadata) = ion_hash(&self.metadata) else {
            return false;
        };
        let data = match (kind, &self.data, &self.data_hash) {
            (Kind::User, Some(data), beside) => {
                ion_hash(data).filter(|own| beside.is_none_or(|beside| beside == *own))
            }
            (Kind::Redacted, None, Some(hash)) => Some(*hash),
            (Kind::Deleting, None, None) => {
                return deletion_rule(&metadata, &self.hash).is_some();
            }
            _ => None,
        };
        data.is_some_and(|data| dot(&data, &metadata) == self.hash)
    }
}

/// The value, if nothing is put before it.
fn bare(value: &Element) -> Option<&Element> {
    value.annotations().is_empty().then_some(value)
}

/// The fields of a bare struct, each known and at most once.
struct Fields<'a>(Vec<(&'a str, &'a Element)>);

impl<'a> Fields<'a> {
    fn of(value: &'a Element, known: &[&str]) -> Option<Fields<'a>> {
        let mut all: Vec<(&str, &Element)> = Vec::new();
        for (name, value) in bare(value)?.as_struct()?.fields() {
            let name = name.text().filter(|name| known.contains(name))?;
            if all.iter().any(|(own, _)| *own == name) {
                return None;
            }
            all.push((name, value));
        }
        Some(Fields(all))
    }

    /// A field that is not plainly null, which is how some write what is not there.
    fn get(&self, name: &str) -> Option<&'a Element> {
        let (_, value) = self.0.iter().find(|(own, _)| *own == name)?;
        let absent = value.is_null() && value.ion_type() == IonType::Null;
        (!absent || bare(value).is_none()).then_some(value)
    }
}

/// Whether a block has annotations where no hash covers them: anywhere but in its infos
/// and in the data and metadata of its revisions.
pub(crate) fn has_loose_annotations(block: &Element) -> bool {
    let in_revision = |value: &Element| apart_from(value, &["data", "metadata"], &annotated);
    apart_from(
        block,
        &["transactionInfo", "redactionInfo", "revisions"],
        &annotated,
    ) || block
        .as_struct()
        .and_then(|block| block.get("revisions"))
        .is_some_and(|list| {
            let items = list
                .as_sequence()
                .into_iter()
                .flat_map(|list| list.elements());
            bare(list).is_none() || items.into_iter().any(in_revision)
        })
}

/// Whether the value, or what is in it, has annotations.
fn annotated(value: &Element) -> bool {
    let mut items = value
        .as_sequence()
        .into_iter()
        .flat_map(|list| list.elements());
    apart_from(value, &[], &annotated) || items.any(annotated)
}

/// Whether the value has annotations, or a field of it that is not `covered` is `wrong`.
fn apart_from(value: &Element, covered: &[&str], wrong: &dyn Fn(&Element) -> bool) -> bool {
    let open = |name: Option<&str>| !name.is_some_and(|name| covered.contains(&name));
    let mut fields = value
        .as_struct()
        .into_iter()
        .flat_map(|fields| fields.fields());
    bare(value).is_none() || fields.any(|(name, value)| open(name.text()) && wrong(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: [&str; 5] = [
        "K0V3LkIPEZunLYxcrkAXsb",
        "2021-08-01T12:01:25.956Z",
        "1NgLPjmlMbE5BIvaBhSgM6",
        "{a:note::\"x\\ny\",b:[1.50,{{AAEC}},null.int],c:2021-01-01T00:00Z,'d e':(f 1e0 true)}",
        "{\"a\":\"x\\ny\",\"b\":[1.50,\"AAEC\",null],\"c\":\"2021-01-01T00:00Z\",\"d e\":[\"f\",1e0,true]}",
    ];

    fn columns<'a>(row: &[&'a str; 5], hash: Hash) -> Columns<'a> {
        Columns {
            revision_hash: Some(hash),
            document_id: row[0],
            version: 3,
            tx_time: Some(row[1]),
            tx_id: Some(row[2]),
            data_ion: Some(row[3]),
            data_json: Some(row[4]),
            data_hash: None,
        }
    }

    fn record(kind: Kind, hash: Hash) -> RevisionRecord {
        RevisionRecord {
            kind,
            standing: Standing::Recomputed,
            json: false,
            hash: Some(hash),
            document: Some((ROW[0].into(), Some(3))),
            deletion_rule: None,
            in_doubt: false,
            data: None,
            offset: 0,
        }
    }

    fn metadata() -> String {
        let [id, tx_time, tx_id, ..] = ROW;
        format!("{{id:\"{id}\",version:3,txTime:{tx_time},txId:\"{tx_id}\"}}")
    }

    fn hash_of(text: &str) -> Hash {
        Hash(sealion_reference::ion_hash(&Element::read_one(text).unwrap()).unwrap())
    }

    /// The text with one bit changed, wherever that leaves it text.
    fn flips(text: &str) -> impl Iterator<Item = String> + '_ {
        (0..text.len() * 8).filter_map(|bit| {
            let mut bytes = text.as_bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            String::from_utf8(bytes).ok()
        })
    }

    #[test]
    fn no_bit_of_a_row_can_be_changed() {
        let hash = dot(&hash_of(ROW[3]), &hash_of(&metadata()));
        let good = record(Kind::User, hash);
        let holds = |columns: &Columns<'_>, record: &RevisionRecord| {
            Printed::of_row(columns).is_some_and(|printed| printed.is(record))
        };
        assert!(holds(&columns(&ROW, hash), &good));
        for column in 0..ROW.len() {
            for changed in flips(ROW[column]) {
                let mut row = ROW;
                row[column] = &changed;
                let same = column == 3
                    && Element::read_one(&changed).is_ok_and(|value| {
                        sealion_reference::ion_hash(&value).map(Hash).ok() == Some(hash_of(ROW[3]))
                    });
                assert_eq!(holds(&columns(&row, hash), &good), same, "{changed}");
            }
        }
        for bit in 0..64 {
            let mut other = columns(&ROW, hash);
            other.version ^= 1 << bit;
            assert!(!holds(&other, &good));
        }
        for bit in 0..256 {
            let mut other = hash;
            other.0[bit / 8] ^= 1 << (bit % 8);
            assert!(!holds(&columns(&ROW, other), &good));
            assert!(!holds(&columns(&ROW, hash), &record(Kind::User, other)));
        }
        for kind in [Kind::Redacted, Kind::Deleting, Kind::Internal, Kind::Unseen] {
            assert!(!holds(&columns(&ROW, hash), &record(kind, hash)));
        }
        for standing in [
            Standing::HashOnly,
            Standing::Undecided,
            Standing::Wrong,
            Standing::NotAsked,
        ] {
            assert!(!holds(
                &columns(&ROW, hash),
                &RevisionRecord {
                    standing,
                    ..good.clone()
                }
            ));
        }
    }

    #[test]
    fn no_bit_of_a_revision_can_be_changed() {
        let address = BlockAddress::new(crate::StrandId::new("s"), 7);
        let metadata = metadata();
        let place = "blockAddress:{strandId:\"s\",sequenceNo:7}";
        let data_hash = hash_of(ROW[3]);
        let user = dot(&data_hash, &hash_of(&metadata));
        for (kind, hash, content) in [
            (Kind::User, user, format!(",data:{}", ROW[3])),
            (
                Kind::Redacted,
                user,
                format!(",dataHash:{{{{{data_hash}}}}}"),
            ),
            (Kind::Deleting, hash_of(&metadata), String::new()),
        ] {
            let text = format!("{{{place},hash:{{{{{hash}}}}}{content},metadata:{metadata}}}");
            let record = record(kind, hash);
            let holds = |text: &str| {
                Printed::of_text(text, &address).is_some_and(|printed| printed.is(&record))
            };
            assert!(holds(&text), "{text}");
            let whole = hash_of(&text);
            for changed in flips(&text) {
                let read = Element::read_one(&changed).ok();
                let hash = read.and_then(|value| sealion_reference::ion_hash(&value).ok());
                let same = hash.map(Hash) == Some(whole);
                assert_eq!(holds(&changed), same, "{changed}");
            }
            // Nothing can be put where no hash covers it.
            for (from, to) in [
                ("{blockAddress", "x::{blockAddress"),
                ("blockAddress:", "blockAddress:x::"),
                ("strandId:", "strandId:x::"),
                ("hash:", "hash:x::"),
                (",metadata", ",more:1,metadata"),
                (",metadata", ",dataHash:null.blob,metadata"),
                ("sequenceNo:7", "sequenceNo:8"),
                ("sequenceNo:7", "sequenceNo:7,sequenceNo:7"),
            ] {
                assert!(!holds(&text.replacen(from, to, 1)), "{from} {to}");
            }
        }
    }

    #[test]
    fn annotations_of_a_block_are_loose_where_no_hash_covers_them() {
        let block = "{blockAddress:{strandId:\"s\"},transactionInfo:{a:x::1},entriesHashList:[{{}}],revisions:[{hash:{{}},data:x::{a:y::1},metadata:{z:x::1}}]}";
        let loose = |text: &str| has_loose_annotations(&Element::read_one(text).unwrap());
        assert!(!loose(block));
        for at in [
            "{blockAddress",
            "{strandId",
            "\"s\"",
            "[{{}}]",
            "{{}}]",
            "[{hash",
            "{hash",
            "{{}},data",
        ] {
            assert!(loose(&block.replacen(at, &format!("x::{at}"), 1)), "{at}");
        }
    }
}
