//! Which revisions are to be proven.

use std::collections::BTreeSet;

/// Which revisions; every member that is set must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WantedRevisions {
    /// Of the document with this id.
    pub document_id: Option<String>,
    /// Of one of the documents with these ids; empty: of any.
    pub document_ids: BTreeSet<String>,
    /// Of documents of the table with this name, as the block's `transactionInfo`
    /// tells.
    pub table_name: Option<String>,
    /// In the block with this sequence number.
    pub sequence_no: Option<u64>,
    /// With this version.
    pub version: Option<u64>,
}

impl WantedRevisions {
    /// All revisions of documents.
    pub fn all() -> WantedRevisions {
        WantedRevisions::default()
    }

    /// Those of one document.
    pub fn of_document(id: impl Into<String>) -> WantedRevisions {
        WantedRevisions {
            document_id: Some(id.into()),
            ..WantedRevisions::default()
        }
    }

    /// Whether revisions of this document are wanted.
    pub(crate) fn fits_id(&self, id: &str) -> bool {
        let own = self.document_id.as_ref().is_none_or(|own| own == id);
        own && (self.document_ids.is_empty() || self.document_ids.contains(id))
    }

    pub(crate) fn fits(&self, id: &str, version: u64) -> bool {
        self.fits_id(id) && self.version.is_none_or(|own| own == version)
    }

    pub(crate) fn fits_in(&self, id: &str, version: u64, sequence_no: u64) -> bool {
        let own = self.sequence_no.is_none_or(|own| own == sequence_no);
        own && self.fits(id, version)
    }
}
