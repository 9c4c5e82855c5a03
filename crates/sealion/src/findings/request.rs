//! Whether an answer is the one that was asked for. A server that answers with
//! another block or revision answers with a genuine one: its proof holds, and only
//! the question tells that it is the wrong one.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::code::Code;
use super::finding::Finding;
use crate::blocks::BlockAddress;

/// What GetBlock or GetRevision was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The block.
    pub address: BlockAddress,
    /// The document whose revision in that block is wanted; `None`: the block itself.
    pub document_id: Option<String>,
}

/// Requests by the names of the files that must answer them.
pub(crate) type Requests = BTreeMap<Arc<str>, Request>;

impl Request {
    /// What is wrong with an answer that says it is of `address`, and of `document`.
    pub(crate) fn differs(
        &self,
        address: &BlockAddress,
        document: Option<&str>,
    ) -> Option<Finding> {
        let other_document = self.document_id.is_some() && self.document_id.as_deref() != document;
        if *address == self.address && !other_document {
            return None;
        }
        let document = document.filter(|_| self.document_id.is_some());
        let message = format!(
            "asked for {}, got {}",
            name(&self.address, self.document_id.as_deref()),
            name(address, document)
        );
        Some(
            Finding::new(Code::Request, message)
                .at(address)
                .claimed(name(address, document))
                .remedy("do not use it for what was asked: ask again, or ask another server"),
        )
    }
}

fn name(address: &BlockAddress, document: Option<&str>) -> String {
    match document {
        Some(id) => format!("document {id} in block {address}"),
        None => format!("block {address}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StrandId;

    fn at(strand: &str, sequence_no: u64) -> BlockAddress {
        BlockAddress::new(StrandId::new(strand), sequence_no)
    }

    #[test]
    fn every_part_of_a_request_counts() {
        let block = Request {
            address: at("s", 3),
            document_id: None,
        };
        assert_eq!(block.differs(&at("s", 3), None), None);
        assert!(block.differs(&at("s", 4), None).is_some());
        assert!(block.differs(&at("t", 3), None).is_some());
        let revision = Request {
            document_id: Some("d".to_owned()),
            ..block
        };
        assert_eq!(revision.differs(&at("s", 3), Some("d")), None);
        for (address, document) in [(at("s", 3), "e"), (at("s", 2), "d"), (at("t", 3), "d")] {
            let finding = revision.differs(&address, Some(document)).unwrap();
            assert_eq!(finding.code, Code::Request);
        }
        assert!(revision.differs(&at("s", 3), None).is_some());
    }
}
