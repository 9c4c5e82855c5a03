//! A revision of a document: what is recorded of it.
//!
//! `{blockAddress, hash, data, metadata}`; redacted: `dataHash` in place of
//! `data`; deleting: neither; internal: `{hash}` alone. (Developer Guide,
//! "Journal contents" and "Redacting document revisions".)

use ion_rs::Element;

use super::claim::{repeated, Id, RecordedAddress, RecordedHash, Twice};
use super::ion_text::{self, IonText};
use super::json;
use super::read::{Envelope, Node, Unfit};
use super::readings::{restore, Restored, Tried};
use super::time::Time;
use super::uncovered::{uncovered, within, Bound, Uncovered};
use super::write_json::down_converted;
use super::Hash;
use crate::Limits;

/// A revision as recorded.
#[derive(Clone, Debug)]
pub(crate) struct Revision {
    pub(crate) offset: u64,
    pub(crate) kind: Kind,
    pub(crate) address: Option<RecordedAddress>,
    pub(crate) hash: RecordedHash,
    pub(crate) data_hash: Option<RecordedHash>,
    pub(crate) metadata: Option<Metadata>,
    /// The document, where only a stream's block summary names it.
    pub(crate) summary_id: Option<Id>,
    /// The table that a stream record names; no hash covers it.
    pub(crate) table: Option<RecordedTable>,
    /// Down-converted: its hash does not stand as a blob.
    pub(crate) json: bool,
    /// Fields that stand twice, as paths from the revision.
    pub(crate) repeated: Vec<(String, Twice)>,
    /// What no hash covers, by its path from the revision.
    pub(crate) uncovered: Vec<Uncovered>,
    /// Whether its data could be metadata.
    pub(crate) data_like_metadata: bool,
}

/// What kind of revision the fields make it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// With `data`.
    User,
    /// With `dataHash` in place of `data`.
    Redacted,
    /// With neither.
    Deleting,
    /// Only a hash.
    Internal,
    /// A stream's summary names its document, and no record with its content
    /// came.
    Unseen,
}

/// What QLDB writes of metadata.
pub(crate) const METADATA_FIELDS: [&str; 4] = ["id", "version", "txTime", "txId"];

/// `{id, version, txTime, txId}`.
#[derive(Clone, Debug)]
pub(crate) struct Metadata {
    pub(crate) id: Id,
    pub(crate) version: u64,
    pub(crate) tx_time: Time,
    pub(crate) tx_id: (Id, u64),
}

/// `{tableName, tableId}` of a stream record.
#[derive(Clone, Debug)]
pub(crate) struct RecordedTable {
    pub(crate) offset: u64,
    pub(crate) name: String,
    pub(crate) id: String,
}

/// A hash that we made from content, or why it could not be made.
pub(crate) type Made = Result<Hash, Unfit>;

/// What was made from a revision's content.
#[derive(Clone, Debug, Default)]
pub(crate) struct RevisionContent {
    /// Ion Hash of `data`.
    pub(crate) data: Option<Made>,
    /// Ion Hash of `metadata`, all fields as they stand.
    pub(crate) metadata: Option<Made>,
    /// Readings of JSON data, where none of them gives the revision's hash.
    pub(crate) tried: Option<Tried>,
}

const FIELDS: [(&str, Bound); 5] = [
    ("blockAddress", Bound::Read),
    ("hash", Bound::Read),
    ("data", Bound::Hashed),
    ("dataHash", Bound::Read),
    ("metadata", Bound::Hashed),
];

impl Revision {
    /// The document and version, as far as recorded.
    pub(crate) fn document(&self) -> Option<(&Id, Option<u64>)> {
        match (&self.metadata, &self.summary_id) {
            (Some(metadata), _) => Some((&metadata.id, Some(metadata.version))),
            (None, Some(id)) => Some((id, None)),
            (None, None) => None,
        }
    }

    /// Reads a revision; its content is hashed only within limits.
    pub(crate) fn read(
        node: &Node<'_>,
        limits: Option<&Limits>,
    ) -> Result<(Revision, RevisionContent), Unfit> {
        let (revision, content) = Revision::read_alone(node, limits)?;
        if revision.kind != Kind::Internal {
            Envelope::open(*node)?.require("blockAddress")?;
        }
        Ok((revision, content))
    }

    /// Reads a revision that may lack its block's address: its hash can be checked, and
    /// to no block can it be put.
    pub(crate) fn read_alone(
        node: &Node<'_>,
        limits: Option<&Limits>,
    ) -> Result<(Revision, RevisionContent), Unfit> {
        let envelope = Envelope::open(*node)?;
        let hash_node = envelope.require("hash")?;
        let json = is_json(&hash_node);
        let hash = RecordedHash::read(&hash_node)?;
        let mut revision = Revision {
            offset: node.offset(),
            kind: Kind::Internal,
            address: None,
            hash,
            data_hash: None,
            metadata: None,
            summary_id: None,
            table: None,
            json,
            repeated: repeated(&envelope),
            uncovered: uncovered(&envelope, &FIELDS)?,
            data_like_metadata: false,
        };
        let mut content = RevisionContent::default();
        let bare = |(name, _): &(&str, _)| *name == "hash" || !envelope.has(name);
        if FIELDS.iter().all(bare) {
            return Ok((revision, content));
        }
        if let Some(address) = envelope.get("blockAddress") {
            let address = RecordedAddress::read(&address)?;
            revision.nest("blockAddress", &address.repeated);
            let of_address = within(&address.uncovered, "blockAddress");
            revision.uncovered.extend(of_address);
            revision.address = Some(address);
        }
        let data_hash = envelope.get("dataHash");
        revision.data_hash = data_hash.as_ref().map(RecordedHash::read).transpose()?;
        let metadata = envelope.require("metadata")?;
        let (read, again) = Metadata::read(&metadata)?;
        revision.nest("metadata", &again);
        revision.metadata = Some(read);
        let data = envelope.get("data");
        revision.data_like_metadata = data.as_ref().is_some_and(Metadata::is_one);
        revision.kind = match (data, &revision.data_hash) {
            (Some(_), _) => Kind::User,
            (None, Some(_)) => Kind::Redacted,
            (None, None) => Kind::Deleting,
        };
        if let Some(limits) = limits {
            let metadata = content_hash(&metadata, json, json::METADATA);
            content.data = data.map(|data| match (json, &metadata, revision.hash.hash) {
                (true, Ok(metadata), Some(hash)) => {
                    let restored = restored_for(&data, metadata, &hash, limits.json_readings_max)?;
                    content.tried = restored.tried;
                    Ok(restored.hash)
                }
                _ => content_hash(&data, json, json::DATA),
            });
            content.metadata = Some(metadata);
        }
        Ok((revision, content))
    }

    /// The transaction's id and time, as its metadata has them.
    pub(crate) fn transaction(&self) -> Option<(Id, Time)> {
        let metadata = self.metadata.as_ref()?;
        Some((metadata.tx_id.0.clone(), metadata.tx_time))
    }

    fn nest(&mut self, within: &str, repeated: &[(String, Twice)]) {
        let nested = repeated.iter();
        self.repeated
            .extend(nested.map(|(name, at)| (format!("{within}.{name}"), *at)));
    }
}

impl Metadata {
    /// Whether this value has just the fields of metadata, each of its type.
    pub(crate) fn is_one(node: &Node<'_>) -> bool {
        let fields = Envelope::open(*node).map(|envelope| envelope.fields().len());
        fields == Ok(METADATA_FIELDS.len()) && Metadata::read(node).is_ok()
    }

    /// The metadata, and the fields that stand twice in it.
    fn read(node: &Node<'_>) -> Result<(Metadata, Vec<(String, Twice)>), Unfit> {
        let envelope = Envelope::open(*node)?;
        let tx_id = envelope.require("txId")?;
        let metadata = Metadata {
            id: envelope.require("id")?.text()?.into(),
            version: envelope.require("version")?.number()?,
            tx_time: envelope.require("txTime")?.timestamp()?,
            tx_id: (tx_id.text()?.into(), tx_id.offset()),
        };
        Ok((metadata, repeated(&envelope)))
    }
}

impl RecordedTable {
    pub(crate) fn read(node: &Node<'_>) -> Result<RecordedTable, Unfit> {
        let envelope = Envelope::open(*node)?;
        Ok(RecordedTable {
            offset: node.offset(),
            name: envelope.require("tableName")?.text()?,
            id: envelope.require("tableId")?.text()?,
        })
    }
}

/// Whether a hash stands as anything but a blob: the mark of a down-converted
/// revision or block.
pub(crate) fn is_json(hash: &Node<'_>) -> bool {
    hash.ion_type() != ion_rs::IonType::Blob
}

/// JSON data in the reading that gives the revision's hash, if one does.
pub(crate) fn restored_for(
    data: &Node<'_>,
    metadata: &Hash,
    hash: &Hash,
    readings_max: u32,
) -> Result<Restored, Unfit> {
    let dot = |own: &Hash| Hash(sealion_reference::dot(&own.0, &metadata.0));
    restore(data, readings_max, |own| dot(own) == *hash)
}

/// Ion Hash of a field's content; from JSON with its types restored.
pub(crate) fn content_hash(node: &Node<'_>, json: bool, schema: json::Schema) -> Made {
    let element = match json {
        true => json::restored(node, schema)?,
        false => node.element()?,
    };
    ion_hash(&element, node)
}

/// Ion Hash of what `data` says once it became JSON, whose text has lost types.
pub(crate) fn json_hash(data: &Element) -> Option<Hash> {
    let value = read_json(down_converted(data)?)?;
    sealion_reference::ion_hash(&value).map(Hash).ok()
}

/// A value of JSON with the digits that its numbers have: as Ion, `1e-33` would be a binary float.
pub(crate) fn read_json(text: String) -> Option<Element> {
    let text = IonText { text, offset: 0 };
    let value = |node: &Node<'_>| json::restored(node, json::DATA);
    ion_text::parse(&text, &Limits::default(), value).ok()
}

/// Ion Hash of `element`, which came from `node`.
pub(crate) fn ion_hash(element: &Element, node: &Node<'_>) -> Made {
    sealion_reference::ion_hash(element).map(Hash).map_err(|e| {
        node.unfit_as(
            "a value that can be hashed",
            format!("one that cannot: {e}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_json_keep_their_digits() {
        let same = |a: &str, b: &str| read_json(a.to_owned()) == read_json(b.to_owned());
        // One double, and one overflow, in Ion.
        assert!(!same("[900719925474099300e-2]", "[9007199254740992e0]"));
        assert!(!same("[1e400]", "[9e999]") && !same("[1e400]", "[null]"));
        assert!(same("{\"a\":1.50}", "{\"a\": 1.50}"));
    }
}
