//! An evidence bundle on a page: what its maker says, its digest, its attachments.
//! The items follow, each as if it had come alone.

use super::{hash_words, short, Sheet};
use crate::blocks::evidence::{AttachmentKind, BundleClaim};

/// Attachments that are shown.
const ATTACHMENTS_MAX: usize = 20;

impl Sheet {
    pub(super) fn bundle(&mut self, bundle: &BundleClaim) {
        for (label, words) in &bundle.said {
            self.line(label, short(words));
        }
        self.digest(&bundle.digest);
        self.line("items", bundle.items.len());
        for item in bundle.items.iter().take(super::LISTED_MAX) {
            let place = item.address.address.sequence_no;
            self.line(
                "",
                match &item.document {
                    Some((id, version)) => {
                        format!("document {id} version {version}, in block {place}")
                    }
                    None => format!("block {place}"),
                },
            );
        }
        match bundle.items.len().saturating_sub(super::LISTED_MAX) {
            0 => {}
            more => self.line("", format!("… and {more} more")),
        }
        if !bundle.attachments.is_empty() {
            self.line("attached", "nothing authenticates what follows");
        }
        for attachment in bundle.attachments.iter().take(ATTACHMENTS_MAX) {
            self.line(
                "",
                match &attachment.kind {
                    AttachmentKind::File {
                        name,
                        bytes,
                        sha256,
                    } => {
                        let sha256 = match sha256.hash {
                            Some(hash) => format!("{hash:x}"),
                            None => hash_words(sha256),
                        };
                        format!("file {}, {bytes} bytes, SHA-256 {sha256}", short(name))
                    }
                    AttachmentKind::TimeStampToken { bytes } => {
                        format!("time-stamp token, {bytes} bytes")
                    }
                    AttachmentKind::Note(text) => format!("note: {}", short(text)),
                },
            );
        }
        match bundle.attachments.len().saturating_sub(ATTACHMENTS_MAX) {
            0 => {}
            more => self.line("", format!("… and {more} more")),
        }
    }
}
