//! The course of a ledger: which transaction comes when, and what it does to which document.

use super::{Config, Draft, Mix};
use crate::block::{
    Address, Block, Content, Document, Metadata, Redaction, Revision, Statement, TransactionInfo,
};
use crate::time::timestamp;
use crate::Rng;
use ion_rs::{Element, Struct};
use std::collections::BTreeMap;

/// The ledger's first moment: 2021-08-01T12:00:00Z, when redaction was already there.
const BIRTH_MS: u64 = 1_627_819_200_000;
/// Documents that may still change. Beyond it the oldest are left alone, so memory does not grow.
const LIVE_DOCUMENTS_MAX: usize = 512;
/// Blocks from a revision that will be redacted to the last of the two blocks that this needs.
const REDACTION_SPAN_MAX: u64 = 8;
/// Names of the ledger's tables.
const TABLES: [&str; 3] = ["Vehicle", "Person", "DriversLicense"];

/// Decides block after block; an iterator of [`Draft`]s.
#[derive(Clone, Debug)]
pub struct Planner {
    mix: Mix,
    rng: Rng,
    strand_id: String,
    tables: Vec<String>,
    sequence_no: u64,
    blocks: Option<u64>,
    settling: bool,
    clock_ms: u64,
    live: Vec<Live>,
    /// What must happen in a certain block.
    due: BTreeMap<u64, Due>,
}

/// A document that exists.
#[derive(Clone, Debug)]
struct Live {
    id: String,
    table: usize,
    version: u64,
}

/// A redaction takes two more blocks: only a version that a later one replaced may be redacted (Developer Guide,
/// "Redacting document revisions"), and then comes the order.
#[derive(Clone, Debug)]
enum Due {
    Replace(Live),
    Redact(Redaction),
}

/// What a statement does to a document.
#[derive(Clone, Copy, PartialEq)]
enum Change {
    Insert,
    Update,
    Delete,
}

impl Planner {
    /// The course of the journal of this configuration.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let mut rng = Rng::new(config.seed);
        Self {
            mix: config.mix,
            strand_id: rng.id(),
            tables: TABLES.iter().map(|_| rng.id()).collect(),
            rng,
            sequence_no: 0,
            blocks: config.blocks,
            settling: false,
            clock_ms: BIRTH_MS,
            live: Vec::new(),
            due: BTreeMap::new(),
        }
    }

    /// The ledger's strand.
    #[must_use]
    pub fn strand_id(&self) -> &str {
        &self.strand_id
    }

    /// Ends the journal as soon as every redacted revision has its order, some blocks from here.
    pub fn settle(&mut self) {
        self.settling = true;
    }

    fn ended(&self) -> bool {
        self.blocks.is_some_and(|blocks| self.sequence_no >= blocks)
            || (self.settling && self.due.is_empty())
    }

    fn address(&self) -> Address {
        Address {
            strand_id: self.strand_id.clone(),
            sequence_no: self.sequence_no,
        }
    }

    /// A time up to `milliseconds` after the last one. One time in ten ends in a zero, as it must: the digits of a
    /// time are part of its hash.
    fn later(&mut self, milliseconds: u64) -> ion_rs::Timestamp {
        self.clock_ms += self.rng.below(milliseconds);
        timestamp(self.clock_ms)
    }

    fn statement(&mut self, text: String) -> Statement {
        Statement {
            statement: text,
            start_time: self.later(9),
            statement_digest: Vec::new(),
        }
    }

    /// An empty block at this place, of a new transaction.
    fn begin(&mut self) -> Block {
        self.clock_ms += self.rng.range(10, 90_000);
        Block {
            address: self.address(),
            transaction_id: self.rng.id(),
            block_timestamp: timestamp(self.clock_ms),
            block_hash: Vec::new(),
            entries_hash: Vec::new(),
            previous_block_hash: Vec::new(),
            entries: Vec::new(),
            transaction_info: None,
            redaction_info: None,
            revisions: None,
            extra: Vec::new(),
        }
    }

    /// A block that runs one statement which changes no document.
    fn one_statement(&mut self, text: String) -> Block {
        let mut block = self.begin();
        let statements = vec![self.statement(text)];
        block.transaction_info = Some(TransactionInfo {
            statements,
            documents: None,
        });
        block
    }

    /// `CREATE TABLE` or `CREATE INDEX`: one revision that shows its hash alone.
    fn definition(&mut self) -> Block {
        let table = TABLES[self.rng.index(TABLES.len())];
        let text = match self.sequence_no {
            0 => format!("CREATE TABLE {}", TABLES[0]),
            1 => format!("CREATE INDEX ON {} (VIN)", TABLES[0]),
            _ if self.rng.chance(50) => format!("CREATE TABLE {table}"),
            _ => format!("CREATE INDEX ON {table} (PersonId)"),
        };
        let mut block = self.one_statement(text);
        block.revisions = Some(vec![Revision::internal(Vec::new())]);
        block
    }

    /// A block of the service's own: no transaction info, and at most an internal revision.
    fn system(&mut self) -> Block {
        let mut block = self.begin();
        if self.rng.chance(50) {
            block.revisions = Some(vec![Revision::internal(Vec::new())]);
        }
        block
    }

    fn read(&mut self) -> Block {
        let table = TABLES[self.rng.index(TABLES.len())];
        if self.rng.chance(50) {
            self.one_statement(format!("SELECT * FROM {table}"))
        } else {
            self.one_statement(format!("SELECT * FROM {table} AS t WHERE t.VIN = ?"))
        }
    }

    fn redaction(&mut self, order: Redaction) -> Block {
        let Redaction {
            address,
            table_id,
            document_id,
            ..
        } = &order;
        let at = format!(
            "`{{strandId:\"{}\",sequenceNo:{}}}`",
            address.strand_id, address.sequence_no
        );
        let text = format!("EXEC REDACT_REVISION {at}, '{table_id}', '{document_id}'");
        let mut block = self.one_statement(text);
        block.redaction_info = Some(vec![order]);
        block
    }

    /// A transaction of one or more statements, each on one document or, an insert, on up to three.
    fn change(&mut self) -> Block {
        let mut block = self.begin();
        let mut changes = Changes::default();
        for _ in 0..self.rng.range(1, self.mix.statements_max()) {
            match self.rng.below(100) {
                0..=44 => self.insert(&mut changes),
                percent => {
                    let change = if percent < 90 {
                        Change::Update
                    } else {
                        Change::Delete
                    };
                    match self.take_live(&changes) {
                        Some(document) => self.replace(document, change, &mut changes),
                        None => self.insert(&mut changes),
                    }
                }
            }
        }
        self.finish(&mut block, changes);
        block
    }

    /// The version after one that is to be redacted.
    fn replacement(&mut self, document: Live) -> Block {
        let mut block = self.begin();
        let mut changes = Changes::default();
        self.replace(document, Change::Update, &mut changes);
        self.finish(&mut block, changes);
        block
    }

    fn insert(&mut self, changes: &mut Changes) {
        let table = self.rng.index(TABLES.len());
        let count = if self.mix.statements_max() > 1 {
            self.rng.range(1, 3)
        } else {
            1
        };
        let values = ["?"; 3][..count as usize].join(", ");
        let text = format!("INSERT INTO {} << {values} >>", TABLES[table]);
        changes.statements.push(self.statement(text));
        for _ in 0..count {
            let document = Live {
                id: self.rng.id(),
                table,
                version: 0,
            };
            changes.documents.push((
                document,
                Change::Insert,
                changes.statements.len() as u64 - 1,
            ));
        }
    }

    fn replace(&mut self, mut document: Live, change: Change, changes: &mut Changes) {
        document.version += 1;
        let (table, id) = (TABLES[document.table], &document.id);
        let text = match (change, self.rng.chance(50)) {
            (Change::Delete, _) => format!("DELETE FROM {table} AS t BY id WHERE id = '{id}'"),
            (_, true) => format!("UPDATE {table} AS t BY id SET t = ? WHERE id = ?"),
            (_, false) => {
                format!("UPDATE {table} AS t BY id SET t.Note = '\"é\"\\' WHERE id = '{id}'")
            }
        };
        changes.statements.push(self.statement(text));
        changes
            .documents
            .push((document, change, changes.statements.len() as u64 - 1));
    }

    /// A document to change, off the list of those that may be.
    fn take_live(&mut self, changes: &Changes) -> Option<Live> {
        let none = self.live.is_empty() || changes.documents.len() > 5;
        (!none).then(|| self.live.swap_remove(self.rng.index(self.live.len())))
    }

    /// Commits: the times, transaction info and revisions of these changes.
    fn finish(&mut self, block: &mut Block, changes: Changes) {
        let tx_time = self.later(15);
        let mut revisions = Vec::new();
        let mut documents = Vec::new();
        for (document, change, statement) in changes.documents {
            let metadata = Metadata {
                id: document.id.clone(),
                version: document.version,
                tx_time: tx_time.clone(),
                tx_id: block.transaction_id.clone(),
            };
            let entry = Document {
                table_name: TABLES[document.table].to_owned(),
                table_id: self.tables[document.table].clone(),
                statements: vec![statement],
            };
            documents.push((document.id.clone(), entry));
            let content = self.keep(document, change);
            let address = Some(self.address());
            revisions.push(Revision {
                address,
                hash: Vec::new(),
                content,
                metadata: Some(metadata),
            });
        }
        if self.rng.chance(4) {
            let at = self.rng.index(revisions.len() + 1);
            revisions.insert(at, Revision::internal(Vec::new()));
        }
        block.transaction_info = Some(TransactionInfo {
            statements: changes.statements,
            documents: Some(documents),
        });
        block.revisions = Some(revisions);
    }

    /// What the revision will show, and what becomes of the document: gone, alive, or about to be redacted.
    fn keep(&mut self, document: Live, change: Change) -> Content {
        if change == Change::Delete {
            return Content::Nothing;
        }
        if self.rng.chance(4) && self.schedule_redaction(&document) {
            return Content::Redacted(Vec::new());
        }
        if self.live.len() == LIVE_DOCUMENTS_MAX {
            self.live.swap_remove(0);
        }
        self.live.push(document);
        Content::Data(Element::from(Struct::from_iter(Vec::<(
            ion_rs::Symbol,
            Element,
        )>::new())))
    }

    /// Finds two blocks further on for the next version and the order; false if the journal ends too soon or one
    /// is taken.
    fn schedule_redaction(&mut self, document: &Live) -> bool {
        let replaced = self.sequence_no + self.rng.range(1, REDACTION_SPAN_MAX / 2);
        let ordered = replaced + self.rng.range(1, REDACTION_SPAN_MAX / 2);
        let ends = self.settling || self.blocks.is_some_and(|blocks| ordered >= blocks);
        if ends || self.due.contains_key(&replaced) || self.due.contains_key(&ordered) {
            return false;
        }
        let order = Redaction {
            address: self.address(),
            table_id: self.tables[document.table].clone(),
            document_id: document.id.clone(),
            version: document.version,
        };
        self.due.insert(replaced, Due::Replace(document.clone()));
        self.due.insert(ordered, Due::Redact(order));
        true
    }
}

/// What a transaction has done so far.
#[derive(Default)]
struct Changes {
    statements: Vec<Statement>,
    /// Each document in its new version, what was done to it, and by which statement.
    documents: Vec<(Live, Change, u64)>,
}

impl Iterator for Planner {
    type Item = Draft;

    fn next(&mut self) -> Option<Draft> {
        if self.ended() {
            return None;
        }
        let due = self.due.remove(&self.sequence_no);
        let mut block = match (due, self.sequence_no, self.rng.below(100)) {
            (Some(Due::Replace(document)), ..) => self.replacement(document),
            (Some(Due::Redact(order)), ..) => self.redaction(order),
            (None, 0 | 1, _) | (None, _, 97..) => self.definition(),
            (None, _, 0..=6) => self.read(),
            (None, _, 7..=9) => self.system(),
            _ => self.change(),
        };
        block.block_timestamp = self.later(40);
        let rng = self.rng.fork(self.sequence_no);
        self.sequence_no += 1;
        Some(Draft {
            block,
            mix: self.mix,
            rng,
        })
    }
}
