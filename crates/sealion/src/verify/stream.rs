//! Journal-stream records: put in order, and joined into blocks.
//!
//! Kinesis delivers at least once and in no order. A block summary has the
//! block's hashes and the hash of each revision; the revisions' content comes in
//! records of their own, joined by strand, sequence number and hash. (Developer
//! Guide, "QLDB stream records in Kinesis".)

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use super::feed::{Outcome, Task};
use crate::blocks::block::{Block, BlockContent, SUMMARY_FIELDS};
use crate::blocks::claim::RecordedAddress;
use crate::blocks::compact;
use crate::blocks::read::{Envelope, Node, Unfit};
use crate::blocks::revision::{Kind, RecordedTable, Revision, RevisionContent};
use crate::blocks::uncovered::{annotated, uncovered, within, Bound, Uncovered};
use crate::blocks::{BlockAddress, Hash};
use crate::engine::{read_values, value_text, Wanted};
use crate::findings::{
    check_block, check_revision, Asked, Captured, CheckedBlock, Code, Context, Finding, Item,
    LooseProof, LooseRevision, Standing,
};
use crate::hashes::{deletion_rule, revision_hash, BlockHashes};
use crate::source::{Encoding, Piece, Spool};
use crate::Limits;

/// Groups checked in one task.
const GROUPS_A_TASK: usize = 32;

/// What a record is, with the address that it belongs to.
pub(crate) enum Record<'a> {
    Summary(BlockAddress),
    Details(BlockAddress),
    /// Details of this revision, which names no block: they can be joined with none.
    Placeless(Node<'a>),
    Control,
}

const TYPES: [&str; 3] = ["CONTROL", "BLOCK_SUMMARY", "REVISION_DETAILS"];

/// Whether a struct with these fields is a stream record.
pub(crate) fn is_record(envelope: &Envelope<'_>) -> bool {
    let kind = envelope.get("recordType").and_then(|kind| kind.text().ok());
    kind.is_some_and(|kind| TYPES.contains(&kind.as_str())) && envelope.has("payload")
}

/// Reads as much of a record as its order needs.
pub(crate) fn record_of<'a>(envelope: &Envelope<'a>) -> Result<Record<'a>, Unfit> {
    let kind = envelope.require("recordType")?;
    let payload = envelope.require("payload")?;
    match kind.text()?.as_str() {
        "CONTROL" => {
            // What stands in it goes by unread, so it must be nothing of another record.
            let inner = Envelope::open(payload)?;
            let others = ["revision", "blockAddress", "blockHash", "revisionSummaries"];
            match others.into_iter().find(|name| inner.has(name)) {
                Some(name) => Err(payload.unfit_as(
                    "the payload of a CONTROL record",
                    format!("one with `{name}`, which belongs to another record"),
                )),
                None => Ok(Record::Control),
            }
        }
        "BLOCK_SUMMARY" => {
            let address = Envelope::open(payload)?.require("blockAddress")?;
            Ok(Record::Summary(RecordedAddress::read(&address)?.address))
        }
        "REVISION_DETAILS" => {
            let revision = Envelope::open(payload)?.require("revision")?;
            match Envelope::open(revision)?.get("blockAddress") {
                Some(node) => Ok(Record::Details(RecordedAddress::read(&node)?.address)),
                None => Ok(Record::Placeless(revision)),
            }
        }
        other => Err(kind.unfit_as(TYPES.join(" or "), format!("`{other}`"))),
    }
}

/// A record put away until its turn.
struct Stored {
    path: Arc<str>,
    offset: u64,
    bytes: Vec<u8>,
}

impl Stored {
    /// Whether it is kept as the text that it was.
    fn is_text(&self) -> bool {
        Encoding::of(&self.bytes) == Encoding::Text
    }
}

/// All records of all streams, on their way into order.
pub(crate) struct Records {
    spool: Spool,
    paths: Vec<Arc<str>>,
}

impl Records {
    pub(crate) fn new(limits: &Limits) -> Records {
        Records {
            spool: Spool::new(limits.stream_memory_bytes_max),
            paths: Vec::new(),
        }
    }

    /// Puts a record away. Its value is kept by itself: as the text it was, or
    /// else in binary with symbols of its own.
    pub(crate) fn add(
        &mut self,
        node: &Node<'_>,
        record: &Record<'_>,
        path: &Arc<str>,
        self_contained: bool,
    ) -> Result<io::Result<()>, Unfit> {
        let (address, kind) = match record {
            Record::Summary(address) => (address, 0u8),
            Record::Details(address) => (address, 1),
            Record::Control | Record::Placeless(_) => return Ok(Ok(())),
        };
        let written = node.written().filter(|_| self_contained);
        let value = match written {
            Some(text) if Encoding::of(text.as_bytes()) == Encoding::Text => {
                text.as_bytes().to_vec()
            }
            _ => node
                .element()?
                .encode_as(ion_rs::v1_0::Binary)
                .map_err(|e| node.unfit_as("a value that can be kept", e.to_string()))?,
        };
        if self.paths.last() != Some(path) {
            self.paths.push(path.clone());
        }
        let index = self.paths.len() as u64 - 1;
        let mut stored = Vec::with_capacity(value.len() + 16);
        stored.extend_from_slice(&index.to_be_bytes());
        stored.extend_from_slice(&node.offset().to_be_bytes());
        stored.extend_from_slice(&value);
        Ok(self.spool.push(&key(address, kind), &stored))
    }

    /// The records in order, as tasks that join and check them.
    pub(crate) fn into_tasks<'s>(
        self,
        asked: Arc<Asked>,
        limits: Arc<Limits>,
        wanted: Option<Wanted>,
    ) -> io::Result<impl Iterator<Item = Task<'s>> + Send> {
        let mut groups = Groups {
            sorted: Box::new(self.spool.into_sorted()?),
            paths: self.paths,
            next: None,
        };
        Ok(std::iter::from_fn(move || {
            let batch: Vec<_> = groups.by_ref().take(GROUPS_A_TASK).collect();
            if batch.is_empty() {
                return None;
            }
            let (asked, limits, wanted) = (asked.clone(), limits.clone(), wanted.clone());
            let task = move || {
                let mut outcome = Outcome::default();
                for group in &batch {
                    match group {
                        Ok(group) => {
                            join(group, &asked, &limits, wanted.as_ref(), &mut outcome);
                        }
                        Err(finding) => outcome.findings.push((**finding).clone()),
                    }
                }
                outcome
            };
            Some(Box::new(task) as Task<'s>)
        }))
    }
}

/// Bytes that sort as strand, sequence number, summaries before details.
fn key(address: &BlockAddress, kind: u8) -> Vec<u8> {
    let strand = address.strand_id.as_str().as_bytes();
    // A zero ends the id, so that no id sorts within another's records.
    [strand, &[0], &address.sequence_no.to_be_bytes(), &[kind]].concat()
}

/// All records of one block.
#[derive(Default)]
struct Group {
    summaries: Vec<Stored>,
    details: Vec<Stored>,
}

type Sorted = Box<dyn Iterator<Item = io::Result<(Vec<u8>, Vec<u8>)>> + Send>;

struct Groups {
    sorted: Sorted,
    paths: Vec<Arc<str>>,
    next: Option<(Vec<u8>, Vec<u8>)>,
}

impl Iterator for Groups {
    type Item = Result<Group, Box<Finding>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut group = Group::default();
        let mut own: Option<Vec<u8>> = None;
        let mut last: Option<Vec<u8>> = None;
        loop {
            let (key, value) = match self.next.take().map(Ok).or_else(|| self.sorted.next()) {
                None => break,
                Some(Err(error)) => {
                    return Some(Err(Box::new(Finding::new(
                        Code::Truncated,
                        format!("stream records that were put into a temporary file could not be read back: {error}"),
                    )
                    .remedy("make room for temporary files and run again"))));
                }
                Some(Ok(pair)) => pair,
            };
            let (block, kind) = key.split_at(key.len() - 1);
            if own.as_deref().is_some_and(|own| own != block) {
                self.next = Some((key, value));
                break;
            }
            own.get_or_insert_with(|| block.to_vec());
            // Delivered twice: the same bytes tell nothing new.
            if last.as_deref() == Some(&value[16..]) {
                continue;
            }
            last = Some(value[16..].to_vec());
            let stored = self.stored(&value);
            match kind {
                [0] => group.summaries.push(stored),
                _ => group.details.push(stored),
            }
        }
        own.map(|_| Ok(group))
    }
}

impl Groups {
    fn stored(&self, value: &[u8]) -> Stored {
        let number = |at: usize| {
            let bytes: [u8; 8] = std::array::from_fn(|i| value[at + i]);
            u64::from_be_bytes(bytes)
        };
        Stored {
            path: self.paths[number(0) as usize].clone(),
            offset: number(8),
            bytes: value[16..].to_vec(),
        }
    }
}

/// A revision whose content came in a record of its own.
struct Details<'g> {
    revision: Revision,
    content: RevisionContent,
    stored: &'g Stored,
    used: bool,
}

impl Details<'_> {
    /// Where findings about it are; `None` if it names no block.
    fn context(&self) -> Option<Context<'_>> {
        let address = self.revision.address.as_ref()?;
        Some(Context {
            document: self.revision.document(),
            ..Context::at(&self.stored.path, &address.address)
        })
    }

    /// How well it fits the hash that it names: its content gives that hash, which only
    /// the genuine one does; then those with data before redacted ones, and those whose
    /// types were not lost.
    fn rank(&self) -> (bool, bool, bool) {
        let recorded = self.revision.hash.hash;
        let fits = match (&self.content.metadata, recorded) {
            (Some(Ok(metadata)), Some(hash)) if self.revision.kind == Kind::Deleting => {
                deletion_rule(metadata, &hash).is_some()
            }
            _ => recorded.is_some() && revision_hash(&self.revision, &self.content) == recorded,
        };
        (fits, self.revision.kind == Kind::User, !self.revision.json)
    }
}

fn join(
    group: &Group,
    asked: &Asked,
    limits: &Limits,
    wanted: Option<&Wanted>,
    outcome: &mut Outcome,
) {
    let with_content = |address: &BlockAddress| asked.includes(address.sequence_no);
    let mut details = Vec::new();
    for stored in &group.details {
        read_details(stored, limits, &mut details, outcome);
    }
    // Whichever came first: the genuine one of several that name one hash is joined.
    details.sort_by_key(|one| std::cmp::Reverse(one.rank()));
    let mut blocks: Vec<CheckedBlock> = Vec::new();
    for stored in &group.summaries {
        open(stored, outcome, |payload, outcome| {
            let (mut block, mut content) = Block::read(&payload.fields, limits, with_content)?;
            let summaries = |one: &Uncovered| one.unknown_field() == Some("revisionSummaries");
            block.uncovered.retain(|one| !summaries(one));
            block.uncovered.extend(payload.around);
            let joined = fill(
                &mut block,
                &mut content,
                &mut details,
                &stored.path,
                outcome,
            );
            let hashes = BlockHashes::of(&block, &content);
            let mut checked = check_block(&block, &content, &hashes, &stored.path);
            if wanted.is_some_and(|wanted| wanted(&checked)) {
                let joined: Vec<_> = joined.iter().map(|at| Some(&details[(*at)?])).collect();
                checked.captured = captured(stored, &joined).map(Box::new);
            }
            blocks.push(checked);
            Ok(())
        });
    }
    for block in blocks {
        outcome.items.push(Item::Block(Box::new(block)));
    }
    let mut genuine: HashMap<Hash, &Details<'_>> = HashMap::new();
    for one in details.iter().filter(|one| one.rank().0) {
        if let Some(hash) = one.revision.hash.hash {
            genuine.entry(hash).or_insert(one);
        }
    }
    for left in details.iter().filter(|details| !details.used) {
        outcome.findings.extend(second(left, &genuine));
        outcome.findings.extend(other_table(left, &genuine));
        outcome.items.extend(orphan(left, &mut outcome.findings));
    }
}

/// Details that name the hash of others, and are of something else: only one of the two
/// can be genuine. Of JSON whose types are lost that is not known.
fn second(left: &Details<'_>, genuine: &HashMap<Hash, &Details<'_>>) -> Option<Finding> {
    let hash = left.revision.hash.hash?;
    let genuine = genuine.get(&hash)?;
    if left.rank().0 || left.revision.json {
        return None;
    }
    let context = left.context()?;
    let message = format!(
        "these details name the hash of a revision, and are not what gives it; the details in {} do",
        genuine.stored.path
    );
    let finding = context.finding(
        Code::DuplicateRevision,
        "hash",
        left.revision.offset,
        message,
    );
    Some(finding.claimed(hash.to_string()).remedy(
        "QLDB writes each version once: the record whose content does not give the hash is not genuine",
    ))
}

/// Details of a revision that came more than once, and name different tables: no hash covers that, and the first alone
/// is held against `transactionInfo`.
fn other_table(left: &Details<'_>, genuine: &HashMap<Hash, &Details<'_>>) -> Option<Finding> {
    let one = genuine.get(&left.revision.hash.hash?)?;
    let (own, other) = (left.revision.table.as_ref()?, one.revision.table.as_ref()?);
    if (&own.name, &own.id) == (&other.name, &other.id) {
        return None;
    }
    let context = left.context()?;
    let message = format!(
        "this record and one of the same revision in {} name different tables in tableInfo, which no hash covers",
        one.stored.path
    );
    let finding = context.finding(Code::Address, "tableInfo", own.offset, message);
    let said = |table: &RecordedTable| format!("{} ({})", table.name, table.id);
    Some(
        finding
            .values(said(own), said(other))
            .remedy("rely on transactionInfo, and get another copy of the record"),
    )
}

/// The text of a block: its summary, with the revisions that were joined with it in
/// their places.
fn captured(summary: &Stored, joined: &[Option<&Details<'_>>]) -> Option<Captured> {
    let mut recorded_tables = Vec::new();
    let mut revisions = Vec::with_capacity(joined.len());
    for details in joined {
        revisions.push(details.and_then(|details| {
            let mut text = None;
            payload(details.stored, |payload| {
                let revision = payload.require("revision")?;
                text = Some(value_text(&revision, details.stored.is_text())?);
                Ok(())
            });
            let table = details.revision.table.as_ref();
            let table = table.zip(details.revision.hash.hash);
            recorded_tables.extend(table.map(|(table, hash)| (hash, table.name.clone())));
            text
        }));
    }
    let mut text = None;
    let mut of_summaries = Vec::new();
    payload(summary, |payload| {
        let mut fields = Vec::new();
        for (name, node) in payload.fields() {
            if name != "revisionSummaries" {
                let value = value_text(node, summary.is_text())?;
                fields.push(format!("{}:{value}", symbol(name)));
                continue;
            }
            let mut list = Vec::new();
            let mut revisions = revisions.iter_mut();
            for (at, item) in node.items()?.into_iter().enumerate() {
                let item = Envelope::open(item)?;
                let hash = item.require("hash")?;
                let own = |name: &str| SUMMARY_FIELDS.iter().any(|(own, _)| *own == name);
                for (name, value) in item.fields().iter().filter(|(name, _)| !own(name)) {
                    let path = format!("revisionSummaries[{at}].{name}");
                    of_summaries.push((path, value_text(value, summary.is_text())?));
                }
                let bare = || {
                    Ok(format!(
                        "{{hash:{}}}",
                        value_text(&hash, summary.is_text())?
                    ))
                };
                let joined = revisions.next().and_then(Option::take);
                list.push(joined.map_or_else(bare, Ok)?);
            }
            fields.push(format!("revisions:[{}]", list.join(",")));
        }
        text = Some(format!("{{{}}}", fields.join(",")));
        Ok(())
    });
    Some(Captured {
        text: text?,
        recorded_tables,
        of_summaries,
    })
}

/// A field name in Ion text.
fn symbol(name: &str) -> String {
    compact(&ion_rs::Element::symbol(name)).unwrap_or_default()
}

/// The payload of a record whose flaws were reported when it was checked.
fn payload(stored: &Stored, mut each: impl FnMut(Envelope<'_>) -> Result<(), Unfit>) {
    open(stored, &mut Outcome::default(), |payload, _| {
        each(payload.fields)
    });
}

/// The payload of a record, and what stands around it.
struct Payload<'a> {
    fields: Envelope<'a>,
    around: Vec<Uncovered>,
}

const RECORD: [(&str, Bound); 3] = [
    ("qldbStreamArn", Bound::Read),
    ("recordType", Bound::Read),
    ("payload", Bound::Read),
];
const DETAILS: [(&str, Bound); 2] = [("tableInfo", Bound::Read), ("revision", Bound::Read)];
const TABLE_INFO: [(&str, Bound); 2] = [("tableName", Bound::Read), ("tableId", Bound::Read)];

fn unknown_fields(uncovered: &[Uncovered]) -> Vec<String> {
    uncovered.iter().map(Uncovered::to_string).collect()
}

/// Gives the payload of a stored record to `each`; what does not fit becomes a
/// finding.
fn open(
    stored: &Stored,
    outcome: &mut Outcome,
    mut each: impl FnMut(Payload<'_>, &mut Outcome) -> Result<(), Unfit>,
) {
    let piece = Piece::of_one(stored.bytes.clone(), stored.offset);
    let mut unfits = Vec::new();
    let refused = read_values(&piece, |node| {
        let node = node.within(stored.offset);
        let payload = Envelope::open(node).and_then(|record| {
            let mut around = uncovered(&record, &RECORD)?;
            around.extend(annotated(&node, ""));
            Ok(Payload {
                fields: Envelope::open(record.require("payload")?)?,
                around: within(&around, "record").collect(),
            })
        });
        if let Err(unfit) = payload.and_then(|payload| each(payload, outcome)) {
            unfits.push(unfit);
        }
    });
    let context = Context::of_file(&stored.path);
    let unfits = unfits.iter().chain(&refused);
    outcome
        .findings
        .extend(unfits.map(|unfit| context.unfit("payload", unfit)));
}

fn read_details<'g>(
    stored: &'g Stored,
    limits: &Limits,
    details: &mut Vec<Details<'g>>,
    outcome: &mut Outcome,
) {
    open(stored, outcome, |payload, _| {
        let Payload { fields, around } = payload;
        let (mut revision, content) = Revision::read(&fields.require("revision")?, Some(limits))?;
        revision.uncovered.extend(around);
        let of_payload = uncovered(&fields, &DETAILS)?;
        let of_payload = within(&of_payload, "record.payload");
        revision.uncovered.extend(of_payload);
        let table = fields.get("tableInfo");
        if let Some(table) = &table {
            let found = uncovered(&Envelope::open(*table)?, &TABLE_INFO)?;
            let of_table = within(&found, "record.payload.tableInfo");
            revision.uncovered.extend(of_table);
        }
        revision.table = table.map(|node| RecordedTable::read(&node)).transpose()?;
        details.push(Details {
            revision,
            content,
            stored,
            used: false,
        });
        Ok(())
    });
}

/// Puts content where the summary has only a hash; gives for each of its revisions which
/// details were put there.
fn fill(
    block: &mut Block,
    content: &mut BlockContent,
    details: &mut [Details<'_>],
    path: &Arc<str>,
    outcome: &mut Outcome,
) -> Vec<Option<usize>> {
    let mut joined = vec![None; block.revisions.len()];
    // Of each hash those that are left, the best last.
    let mut left: HashMap<Hash, Vec<usize>> = HashMap::new();
    for (at, one) in details
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, one)| !one.used)
    {
        let of_hash = one
            .revision
            .hash
            .hash
            .map(|hash| left.entry(hash).or_default());
        if let Some(of_hash) = of_hash {
            of_hash.push(at);
        }
    }
    let slots = block.revisions.iter_mut().zip(&mut content.revisions);
    for ((slot, made), joined) in slots.zip(&mut joined) {
        if slot.kind != Kind::Unseen {
            continue;
        }
        let of_hash = slot.hash.hash.and_then(|hash| left.get_mut(&hash));
        let Some(at) = of_hash.and_then(Vec::pop) else {
            continue;
        };
        *joined = Some(at);
        let found = &mut details[at];
        found.used = true;
        let summary_id = slot.summary_id.clone();
        let summary = std::mem::take(&mut slot.uncovered);
        *slot = found.revision.clone();
        slot.uncovered.extend(summary);
        *made = found.content.clone();
        let document = slot.document().map(|(id, version)| (id.clone(), version));
        if let (Some(named), Some((id, version))) = (summary_id, document) {
            if named != id {
                outcome.findings.push(
                    Finding::new(
                        Code::Address,
                        "the block summary's documentId is not the document of the revision with that hash",
                    )
                    .at(&block.address.address)
                    .document(id.as_str(), version)
                    .field("revisionSummaries")
                    .source(path, Some(slot.offset))
                    .values(named, id)
                    .remedy("no hash covers documentId: rely on the revision's metadata, and get another copy of the record"),
                );
            }
        }
    }
    joined
}

/// A revision whose block summary did not come, or does not know its hash.
fn orphan(details: &Details<'_>, findings: &mut Vec<Finding>) -> Option<Item> {
    let address = details.revision.address.as_ref()?.address.clone();
    let context = details.context()?;
    let record = check_revision(
        &details.revision,
        &details.content,
        revision_hash(&details.revision, &details.content),
        &context,
        findings,
    );
    Some(Item::Loose(Box::new(LooseRevision {
        bundled: false,
        failed: record.standing == Standing::Wrong,
        record,
        transaction: details.revision.transaction(),
        proof: LooseProof::None,
        path: details.stored.path.clone(),
        address,
        unknown_fields: unknown_fields(&details.revision.uncovered),
        typeless: None,
    })))
}
