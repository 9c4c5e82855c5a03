//! A revision of a document: what it claims, and what its hash must be.

use super::fields::Fields;
use super::{Address, Answer, Error};
use crate::{dot, ion_hash, Hash};
use ion_rs::{Element, IonType, Struct};

/// What one revision of a document claims.
#[derive(Debug, Clone)]
pub struct Revision<'a> {
    /// `blockAddress`, absent in internal revisions and some examples. Not covered by any hash.
    pub address: Option<Address>,
    /// `hash`, 32 bytes: a leaf of the block's revisions tree.
    pub hash: Hash,
    /// What the hash is of.
    pub content: Content<'a>,
}

/// The four kinds of revision (Developer Guide, "Journal contents" and "Redacting document
/// revisions").
#[derive(Debug, Clone)]
pub enum Content<'a> {
    /// A document, or a version of one.
    User {
        /// `data`, of any type.
        data: &'a Element,
        /// `metadata`, a struct, hashed as it stands.
        metadata: &'a Element,
    },
    /// Its data was removed and the data's hash left; `hash` and `metadata` stay as they were.
    Redacted {
        /// `dataHash`, 32 bytes: the Ion Hash of the removed `data`.
        data_hash: Hash,
        /// `metadata`, a struct.
        metadata: &'a Element,
    },
    /// The deletion of a document: metadata, and neither data nor a hash of data.
    Deleting {
        /// `metadata`, a struct.
        metadata: &'a Element,
    },
    /// The service's own: the hash, and nothing that it could be recomputed from.
    Internal,
}

/// How the hash of a deletion may come about. No published one has its hash, so three rules are
/// tried; each binds the metadata, so whichever fits shows that the metadata is what was hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletionRule {
    /// `H(metadata)`: the hash of absent data is empty.
    MetadataAlone,
    /// `dot(H(null), H(metadata))`.
    NullData,
    /// `dot(H({}), H(metadata))`.
    EmptyData,
}

/// What a revision's `hash` must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecomputedRevision {
    /// This.
    Hash(Hash),
    /// One of these, if the service made it by one of the three rules.
    Deletion([(DeletionRule, Hash); 3]),
    /// Anything: an internal revision.
    Unknown,
}

impl<'a> Revision<'a> {
    /// Reads the claims of a revision.
    ///
    /// # Errors
    ///
    /// As [`Block::read`](super::Block::read); also if there is `data` or `dataHash` without `metadata`, or both of them.
    pub fn read(value: &'a Element) -> Result<Self, Error> {
        Self::at("", value)
    }

    pub(super) fn at(path: &str, value: &'a Element) -> Result<Self, Error> {
        let fields = Fields::read(path, value)?;
        fields.not_both("data", "dataHash")?;
        let metadata = fields.structure("metadata")?;
        if let Some(metadata) = metadata {
            Fields::read(&fields.path("metadata"), metadata)?;
        }
        let need_metadata = || metadata.ok_or_else(|| fields.missing("metadata"));
        let content = match (fields.get("data"), fields.get("dataHash"), metadata) {
            (Some(data), _, _) => Content::User {
                data,
                metadata: need_metadata()?,
            },
            (None, Some(_), _) => Content::Redacted {
                data_hash: fields.hash("dataHash")?,
                metadata: need_metadata()?,
            },
            (None, None, Some(metadata)) => Content::Deleting { metadata },
            (None, None, None) => Content::Internal,
        };
        let address = fields
            .get("blockAddress")
            .map(|value| Address::at(&fields.path("blockAddress"), value))
            .transpose()?;
        Ok(Self {
            address,
            hash: fields.hash("hash")?,
            content,
        })
    }

    /// What `hash` must be, from data or its hash, and metadata.
    ///
    /// # Errors
    ///
    /// If an Ion value cannot be hashed.
    pub fn recompute(&self) -> Result<RecomputedRevision, Error> {
        Ok(match self.content {
            Content::User { data, metadata } => {
                RecomputedRevision::Hash(dot(&ion_hash(data)?, &ion_hash(metadata)?))
            }
            Content::Redacted {
                data_hash,
                metadata,
            } => RecomputedRevision::Hash(dot(&data_hash, &ion_hash(metadata)?)),
            Content::Deleting { metadata } => {
                let metadata = ion_hash(metadata)?;
                let null = ion_hash(&Element::null(IonType::Null))?;
                let empty = ion_hash(&Element::from(Struct::builder().build()))?;
                RecomputedRevision::Deletion([
                    (DeletionRule::MetadataAlone, metadata),
                    (DeletionRule::NullData, dot(&null, &metadata)),
                    (DeletionRule::EmptyData, dot(&empty, &metadata)),
                ])
            }
            Content::Internal => RecomputedRevision::Unknown,
        })
    }
}

impl RecomputedRevision {
    /// Which of the three rules gives `claimed`, for a deletion.
    pub fn deletion_rule(&self, claimed: &Hash) -> Option<DeletionRule> {
        match self {
            Self::Deletion(candidates) => candidates
                .iter()
                .find(|(_, hash)| hash == claimed)
                .map(|(rule, _)| *rule),
            _ => None,
        }
    }

    /// Whether the revision may have the hash that it claims. A deletion that fits no rule is not
    /// recomputable, rather than wrong.
    pub fn answer(&self, claimed: &Hash) -> Answer {
        match self {
            Self::Hash(hash) if hash == claimed => Answer::Holds,
            Self::Hash(_) => Answer::Fails,
            Self::Deletion(_) if self.deletion_rule(claimed).is_some() => Answer::Holds,
            Self::Deletion(_) | Self::Unknown => Answer::NotRecomputable,
        }
    }
}
