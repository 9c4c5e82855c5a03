//! The ledger behind the server: a made journal, its tree, and its exports.

use sealion::prove::WantedRevisions;
use sealion::source::Memory;
use sealion::{Digest, Prover, Verifier};
use sealion_testkit::journal::Config;
use sealion_testkit::make::{make, Form, Order};
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::write::Files;
use sealion_testkit::Mix;
use serde_json::{json, Value};

/// A ledger that does not change any more.
pub struct Ledger {
    /// Its name.
    pub name: String,
    /// The files of its export, manifests included, as made.
    pub files: Files,
    archive: Memory,
    prover: Prover,
}

/// Blocks an object of the export.
const BLOCKS_PER_OBJECT: usize = 8;

impl Ledger {
    /// A ledger of so many blocks from a seed.
    ///
    /// # Panics
    /// If what was made does not verify.
    #[must_use]
    pub fn made(name: &str, seed: u64, blocks: u64) -> Ledger {
        let order = Order {
            config: Config {
                seed,
                mix: Mix::Vehicle,
                blocks: Some(blocks),
            },
            bytes: None,
            form: Form::Export(Export::new(Format::Text, seed)),
            blocks_per_object: BLOCKS_PER_OBJECT,
            threads: 1,
        };
        let mut files = Files::new();
        make(&order, &mut files).expect("files in memory");
        let mut archive = Memory::new();
        for (name, bytes) in &files {
            archive = archive.with(name.as_str(), bytes.as_slice());
        }
        let made = Prover::of(&Verifier::new(), &archive);
        let (prover, _) = made.expect("a made journal verifies");
        Ledger {
            name: name.to_owned(),
            files,
            archive,
            prover,
        }
    }

    /// The strand's id.
    #[must_use]
    pub fn strand_id(&self) -> &str {
        self.prover.strand_id().as_str()
    }

    /// The last block.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.prover.last()
    }

    /// The digest at `tip`.
    ///
    /// # Panics
    /// If there is no such block.
    #[must_use]
    pub fn digest(&self, tip: u64) -> Digest {
        self.prover.digest(tip).expect("a block of the ledger")
    }

    /// GetBlock with a tip, or `None` if there is no such block up to it.
    #[must_use]
    pub fn block(&self, sequence_no: u64, tip: u64) -> Option<Value> {
        let proven = self.prover.block(&self.archive, sequence_no, tip).ok()?;
        Some(proven.to_aws_value())
    }

    /// GetRevision with a tip, or `None` if the block holds none of that document.
    #[must_use]
    pub fn revision(&self, sequence_no: u64, document_id: &str, tip: u64) -> Option<Value> {
        let mut wanted = WantedRevisions::of_document(document_id);
        wanted.sequence_no = Some(sequence_no);
        let mut found = None;
        let mut each = |proven: sealion::prove::ProvenRevision| {
            found = proven.to_aws_value();
            Ok(())
        };
        let mut skip = |_| {};
        let proved = self
            .prover
            .revisions(&self.archive, &wanted, tip, &mut each, &mut skip);
        proved.ok()?;
        found
    }

    /// Block, document and version of all revisions of documents, in the order of the journal.
    #[must_use]
    pub fn documents(&self) -> Vec<(u64, String, u64)> {
        let mut all = Vec::new();
        let mut each = |proven: sealion::prove::ProvenRevision| {
            let number = proven.address.sequence_no;
            all.push((number, proven.document_id, proven.version));
            Ok(())
        };
        let wanted = WantedRevisions::all();
        let mut skip = |_| {};
        let tip = self.last();
        let proved = self
            .prover
            .revisions(&self.archive, &wanted, tip, &mut each, &mut skip);
        proved.expect("a made journal proves");
        all
    }

    /// The descriptions of its exports, the newest first. Only the first was really made.
    #[must_use]
    pub fn exports(&self) -> Vec<Value> {
        let one = |(id, status): &(&str, &str)| {
            json!({
                "LedgerName": self.name,
                "ExportId": id,
                "ExportCreationTime": 1_753_916_400.101,
                "Status": status,
                "InclusiveStartTime": 1_714_953_600,
                "ExclusiveEndTime": 1_753_916_400,
                "S3ExportConfiguration": {
                    "Bucket": "example-ledger-archive",
                    "Prefix": format!("boats/{id}/"),
                    "EncryptionConfiguration": { "ObjectEncryptionType": "NO_ENCRYPTION" },
                },
                "RoleArn": "arn:aws:iam::111122223333:role/example",
                "OutputFormat": "ION_TEXT",
            })
        };
        EXPORTS.iter().map(one).collect()
    }
}

const EXPORTS: [(&str, &str); 5] = [
    ("7c3nQm0kV9xJ2bTfYwLs1A", "COMPLETED"),
    ("7c3nQm0kV9xJ2bTfYwLs1B", "IN_PROGRESS"),
    ("7c3nQm0kV9xJ2bTfYwLs1C", "CANCELLED"),
    ("7c3nQm0kV9xJ2bTfYwLs1D", "COMPLETED"),
    ("7c3nQm0kV9xJ2bTfYwLs1E", "COMPLETED"),
];
