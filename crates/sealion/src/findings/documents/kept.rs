//! The table as a checkpoint keeps it: 32 bytes a document, in base64.

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use serde::{Deserialize, Serialize};

use super::table::{Document, Key, Keys, Table};
use super::{Documents, OrderedRedaction, Redaction};

/// Numbers of one document: its key's halves, version, hash with two marks.
const ENTRY: usize = 4;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptDocuments {
    keys: Keys,
    documents: String,
    redactions: Vec<(Key, u64, Redaction)>,
    ordered: Vec<OrderedRedaction>,
    bytes_max: u64,
    not_tracked: u64,
}

impl Documents {
    pub(crate) fn keep(&self) -> KeptDocuments {
        let mut entries = Vec::with_capacity(self.documents.len() * ENTRY * 8);
        for (Key([first, second]), document) in self.documents.iter() {
            let numbers = [*first, *second, document.version, document.hash_and_marks];
            entries.extend(numbers.map(u64::to_be_bytes).as_flattened());
        }
        let redactions = self.redactions.iter();
        KeptDocuments {
            keys: self.keys,
            documents: STANDARD.encode(entries),
            redactions: redactions
                .map(|((key, version), redaction)| (*key, *version, redaction.clone()))
                .collect(),
            ordered: self.ordered.clone(),
            bytes_max: self.bytes_max,
            not_tracked: self.not_tracked,
        }
    }
}

impl KeptDocuments {
    /// `None` if it is not what [`Documents::keep`] made.
    pub(crate) fn restore(self) -> Option<Documents> {
        let bytes = STANDARD.decode(self.documents).ok()?;
        let (numbers, no_number) = bytes.as_chunks::<8>();
        let (entries, rest) = numbers.as_chunks::<ENTRY>();
        if !no_number.is_empty() || !rest.is_empty() {
            return None;
        }
        let mut documents = Table::with_capacity(entries.len());
        for entry in entries {
            let [first, second, version, hash_and_marks] = entry.map(u64::from_be_bytes);
            let document = Document {
                version,
                hash_and_marks,
            };
            documents.add(Key([first, second]), document, self.bytes_max);
        }
        let redactions = self.redactions.into_iter();
        Some(Documents {
            keys: self.keys,
            documents,
            redactions: redactions
                .map(|(key, version, redaction)| ((key, version), redaction))
                .collect(),
            ordered: self.ordered,
            bytes_max: self.bytes_max,
            not_tracked: self.not_tracked,
        })
    }
}
