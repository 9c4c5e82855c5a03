//! The stable names of findings. Scripts rely on them.

use std::fmt;

/// How much a finding weighs.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something is wrong.
    Failure,
    /// Something could not be decided.
    Incomplete,
    /// Something is odd; hashes hold. `strict` makes it a failure.
    Warning,
    /// Worth knowing.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Failure => "failure",
            Severity::Incomplete => "incomplete",
            Severity::Warning => "warning",
            Severity::Note => "note",
        })
    }
}

macro_rules! codes {
    ($($name:ident $text:literal $severity:ident $doc:literal;)*) => {
        /// What a finding says, by a name that stays.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code { $(#[doc = $doc] $name,)* }

        impl Code {
            /// All codes, in the order in which reports list them.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The stable name, as in the JSON report.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }

            /// The severity a finding of this code has unless it says otherwise.
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    RevisionHash "revision-hash" Failure "The revision's `hash` is not what its data (or `dataHash`) and metadata give.";
    RevisionsRoot "revisions-root" Failure "The tree root of the revisions' hashes is not an entry of `entriesHashList`.";
    TransactionInfo "transaction-info" Failure "The hash of `transactionInfo` is not an entry of `entriesHashList`.";
    RedactionInfo "redaction-info" Failure "The hash of `redactionInfo` is not an entry of `entriesHashList`.";
    EntriesHash "entries-hash" Failure "`entriesHash` is not the root of `entriesHashList`.";
    BlockHash "block-hash" Failure "`blockHash` is not dot(`entriesHash`, `previousBlockHash`).";
    ChainLink "chain-link" Failure "`previousBlockHash` is not the preceding block's hash.";
    DuplicateBlock "duplicate-block" Failure "One address with two different contents.";
    DuplicateRevision "duplicate-revision" Failure "One document version with two different contents.";
    Address "address" Failure "A recorded place (address, strand, order, table) contradicts where the thing stands.";
    TransactionId "transaction-id" Failure "A revision's `metadata.txId` is not the block's `transactionId`.";
    HashLength "hash-length" Failure "A hash that is not 32 bytes.";
    DuplicateField "duplicate-field" Failure "A field of an envelope stands twice.";
    Digest "digest" Failure "The journal is whole up to the tip and gives another digest.";
    Proof "proof" Failure "The proof does not fold to the digest.";
    ProofShape "proof-shape" Failure "The proof folds, but its number of hashes or its parity cannot be that of this address and tip.";
    Request "request" Failure "The revision is not the document, version or address that the receipt or the user names.";
    Contradiction "contradiction" Failure "Two statements about one place of a strand's tree cannot both be true.";
    SameHash "same-hash" Failure "One block hash at two numbers, or one revision hash in two places.";
    Emulator "emulator" Failure "An all-zero digest or hash: the mark of a test double, not of the service.";
    Gap "gap" Incomplete "Blocks in the middle that the question needs are not there.";
    MissingStart "missing-start" Incomplete "Blocks at the start that the question needs are not there.";
    AfterDigest "after-digest" Incomplete "Blocks after the tip of every trusted digest.";
    TipOutside "tip-outside" Incomplete "The digest's tip is not among the blocks.";
    TipUnknown "tip-unknown" Incomplete "A trusted digest without its tip: how many blocks it covers is not known.";
    State "state" Incomplete "A saved state does not fit the inputs, or nothing here continues it.";
    NoDigest "no-digest" Incomplete "A proof, or a strand, without any digest to compare with.";
    DataFromJson "data-from-json" Incomplete "The data's Ion types could not be restored from JSON.";
    DeletionRule "deletion-rule" Incomplete "A deleting revision whose hash fits no known rule.";
    Unreadable "unreadable" Incomplete "Input cannot be opened, or nothing of it can be read.";
    Truncated "truncated" Incomplete "Input ends inside a value, or cannot be read to its end.";
    Malformed "malformed" Incomplete "Input is not what it must be.";
    Limit "limit" Incomplete "Input exceeds a limit that is named.";
    Manifest "manifest" Warning "A manifest or file name and the objects that are there do not agree.";
    HiddenRevision "hidden-revision" Warning "`transactionInfo.documents` and the revisions of the block do not name the same documents.";
    UnrecordedRedaction "unrecorded-redaction" Warning "A redacted revision, and no later block that ordered it.";
    UnrecordedDeletion "unrecorded-deletion" Warning "A later version follows a deletion.";
    VersionGap "version-gap" Warning "Versions of a document do not rise by one in a whole journal.";
    TimeOrder "time-order" Warning "`blockTimestamp` before a `txTime` in it or before the preceding block's.";
    TransactionInfoMissing "transaction-info-missing" Warning "Revisions of documents, and no `transactionInfo`.";
    StatementDigest "statement-digest" Warning "A statement without parameters whose `statementDigest` is not the hash of its text.";
    UnknownFile "unknown-file" Note "Not understood, not used.";
    InternalEntries "internal-entries" Note "Entries of `entriesHashList` that nothing in the block explains.";
    InternalRevision "internal-revision" Note "Revisions known by their hash alone.";
}

impl Code {
    /// Whether it says that some of an input was not read, by the input's own fault or the system's.
    pub fn is_unread(self) -> bool {
        matches!(self, Code::Unreadable | Code::Truncated)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let known = Code::ALL.iter().find(|code| code.as_str() == name);
        known
            .copied()
            .ok_or_else(|| serde::de::Error::custom(format!("`{name}` is no code")))
    }
}
