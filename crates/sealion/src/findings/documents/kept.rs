//! The table as a checkpoint keeps it: 41 bytes a document, in base64.

use std::collections::HashMap;

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use serde::{Deserialize, Serialize};

use super::{Document, Documents, Key, Redaction};

/// Bytes of one document: key, version, hash, whether it was deleted.
const ENTRY: usize = size_of::<Key>() + 8 + 8 + 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptDocuments {
    documents: String,
    redactions: Vec<(Key, u64, Redaction)>,
    bytes_left: u64,
    not_tracked: u64,
}

impl Documents {
    pub(crate) fn keep(&self) -> KeptDocuments {
        let mut entries = Vec::with_capacity(self.documents.len() * ENTRY);
        for (key, document) in &self.documents {
            entries.extend_from_slice(key);
            entries.extend_from_slice(&document.version.to_be_bytes());
            entries.extend_from_slice(&document.hash);
            entries.push(u8::from(document.deleted));
        }
        let redactions = self.redactions.iter();
        KeptDocuments {
            documents: STANDARD.encode(entries),
            redactions: redactions
                .map(|((key, version), redaction)| (*key, *version, redaction.clone()))
                .collect(),
            bytes_left: self.bytes_left,
            not_tracked: self.not_tracked,
        }
    }
}

impl KeptDocuments {
    /// `None` if it is not what [`Documents::keep`] made.
    pub(crate) fn restore(self) -> Option<Documents> {
        let entries = STANDARD.decode(self.documents).ok()?;
        if entries.len() % ENTRY != 0 {
            return None;
        }
        let mut documents = HashMap::with_capacity(entries.len() / ENTRY);
        for entry in entries.chunks_exact(ENTRY) {
            let (key, state) = entry.split_at(size_of::<Key>());
            let document = Document {
                version: u64::from_be_bytes(state[..8].try_into().ok()?),
                hash: state[8..16].try_into().ok()?,
                deleted: state[16] != 0,
            };
            documents.insert(key.try_into().ok()?, document);
        }
        let redactions = self.redactions.into_iter();
        Some(Documents {
            documents,
            redactions: redactions
                .map(|(key, version, redaction)| ((key, version), redaction))
                .collect(),
            bytes_left: self.bytes_left,
            not_tracked: self.not_tracked,
        })
    }
}
