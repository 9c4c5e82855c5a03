//! What no hash covers. The list is the same for every journal: it follows from
//! how QLDB hashes, not from what was found.

use super::NotCovered;

const ALWAYS: [NotCovered; 7] = [
    NotCovered {
        field: "blockAddress.sequenceNo",
        why: "the chain binds the order of blocks; the numbers themselves only by counting from block 0",
    },
    NotCovered {
        field: "blockAddress.strandId",
        why: "compared in all blocks, digests and file names",
    },
    NotCovered {
        field: "transactionId",
        why: "compared with metadata.txId of the block's revisions, which is covered",
    },
    NotCovered {
        field: "blockTimestamp",
        why: "compared with txTime, which is covered, and with the preceding block's",
    },
    NotCovered {
        field: "revisions[].blockAddress",
        why: "compared with the block's",
    },
    NotCovered {
        field: "internal entries of entriesHashList",
        why: "covered as hashes, but what they are hashes of was never published",
    },
    NotCovered {
        field: "absence of transactionInfo, redactionInfo, revisions, data",
        why: "leaving one out changes no hash; cross-checks and counts of unexplained entries tell",
    },
];

const STREAMS: NotCovered = NotCovered {
    field: "qldbStreamArn, recordType, tableInfo, revisionSummaries[].documentId",
    why: "tableInfo and documentId are compared with transactionInfo and metadata",
};

const UNKNOWN_FIELDS: NotCovered = NotCovered {
    field: "fields of a block that are none of QLDB's",
    why: "some blocks have them; nothing is known of them, and no hash covers them",
};

pub(crate) fn not_covered(streams: bool, unknown_fields: bool) -> Vec<NotCovered> {
    let mut list = ALWAYS.to_vec();
    list.extend(streams.then_some(STREAMS));
    list.extend(unknown_fields.then_some(UNKNOWN_FIELDS));
    list
}
