//! What input may ask of us. Every bound is checked before memory is spent.

/// Bounds on input. Reaching one is reported by its name, never answered with
/// a shorter result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Levels of nested containers in one value. More than 1,000 cannot be read
    /// with the stack that workers have; QLDB's own documents stay far below.
    pub depth_max: u32,
    /// Bytes of one top-level value (a block, a record). Memory follows the
    /// largest value, not the file.
    pub value_bytes_max: u64,
    /// Symbols in one Ion symbol table.
    pub symbols_max: u32,
    /// Characters of one number. Decimal digits take quadratic time to read.
    pub number_length_max: u32,
    /// Hashes in one list: `entriesHashList`, `revisions`, a proof.
    pub hashes_max: u32,
    /// Revisions, proofs and digests held in memory because they came one by one
    /// and not as a journal; a block counts as 16.
    pub evidence_max: u32,
    /// Bytes of journal-stream records held while they are put in order; the rest
    /// goes to a temporary file.
    pub stream_memory_bytes_max: u64,
    /// Bytes of the table that remembers documents (for `version-gap`,
    /// `unrecorded-redaction`, `unrecorded-deletion`, `duplicate-revision`).
    pub documents_memory_bytes_max: u64,
    /// Findings kept of each code; all are counted.
    pub findings_max: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            depth_max: 500,
            value_bytes_max: 64 << 20,
            symbols_max: 1 << 20,
            number_length_max: 10_000,
            hashes_max: 1 << 20,
            evidence_max: 1 << 20,
            stream_memory_bytes_max: 64 << 20,
            documents_memory_bytes_max: 32 << 20,
            findings_max: 1_000,
        }
    }
}
