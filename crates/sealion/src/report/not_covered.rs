//! What no hash covers. Most of the list is the same for every journal: it follows from
//! how QLDB hashes, not from what was found.

use std::borrow::Cow;

use super::NotCovered;

const ALWAYS: [NotCovered; 7] = [
    NotCovered {
        field: Cow::Borrowed("blockAddress.sequenceNo"),
        why: "the chain binds the order of blocks; their numbers only where they are counted from block 0 up to a trusted digest, else they are as claimed",
    },
    NotCovered {
        field: Cow::Borrowed("blockAddress.strandId"),
        why: "compared in all blocks, digests and names of objects",
    },
    NotCovered {
        field: Cow::Borrowed("transactionId"),
        why: "compared with metadata.txId, which is covered, in blocks that have revisions of documents; in others with nothing",
    },
    NotCovered {
        field: Cow::Borrowed("blockTimestamp"),
        why: "only checked not to be earlier than txTime, which is covered, nor than the preceding block's",
    },
    NotCovered {
        field: Cow::Borrowed("revisions[].blockAddress"),
        why: "compared with the block's",
    },
    NotCovered {
        field: Cow::Borrowed("internal entries of entriesHashList"),
        why: "covered as hashes, but what they are hashes of was never published",
    },
    NotCovered {
        field: Cow::Borrowed("absence of transactionInfo, redactionInfo, revisions, data"),
        why: "leaving one out changes no hash; cross-checks and counts of unexplained entries may tell",
    },
];

const TIPS: NotCovered = NotCovered {
    field: Cow::Borrowed("tip address of a digest"),
    why: "how many blocks it covers is as claimed, for none were counted up to it from 0; a proof's length and parity are held against it",
};

const STREAMS: NotCovered = NotCovered {
    field: Cow::Borrowed("qldbStreamArn, recordType, tableInfo, revisionSummaries[].documentId"),
    why: "tableInfo and documentId are compared with transactionInfo and metadata",
};

const MANIFESTS: NotCovered = NotCovered {
    field: Cow::Borrowed("manifests and file names"),
    why: "keys, times, format and ledger are compared with the files and with one another; nothing authenticates them",
};

const RECEIPTS: NotCovered = NotCovered {
    field: Cow::Borrowed("DocumentId, TableName, LedgerName of a receipt"),
    why: "its proof is one of a hash; only with the revision or its block is it known whose hash that is",
};

const BUNDLES: NotCovered = NotCovered {
    field: Cow::Borrowed("what_this_is, tool, date, rests_on, report, attachments of a bundle"),
    why: "words of whoever made the bundle; nothing authenticates them",
};

const COMPLETENESS: NotCovered = NotCovered {
    field: Cow::Borrowed("completeness of a bundle"),
    why: "proofs show what is in a journal, not that there is no other revision: only the journal does",
};

impl NotCovered {
    /// Whether it stands in every report.
    pub(crate) fn is_always(&self) -> bool {
        ALWAYS.iter().any(|always| always.field == self.field)
    }
}

/// Which kinds of input there were.
pub(crate) struct Kinds {
    pub(crate) streams: bool,
    pub(crate) manifests: bool,
    pub(crate) receipts: bool,
    pub(crate) bundles: bool,
    /// Whether a digest is here up to which no blocks were counted.
    pub(crate) tips: bool,
}

pub(crate) fn not_covered<'a>(
    kinds: Kinds,
    unknown_fields: impl Iterator<Item = &'a String>,
) -> Vec<NotCovered> {
    let mut list = ALWAYS.to_vec();
    list.extend(kinds.tips.then_some(TIPS));
    list.extend(kinds.streams.then_some(STREAMS));
    list.extend(kinds.manifests.then_some(MANIFESTS));
    list.extend(kinds.receipts.then_some(RECEIPTS));
    if kinds.bundles {
        list.extend([BUNDLES, COMPLETENESS]);
    }
    list.extend(unknown_fields.map(|name| NotCovered {
        field: Cow::Owned(name.clone()),
        why: "not written by QLDB: nothing is known of it, and no hash covers it",
    }));
    list
}
