//! Finds out what every object is, by content, and takes in all that is not a
//! journal: evidence is small and must be known before the blocks go by.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::sync::{Arc, PoisonError};

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;

use super::access::{Access, Unended};
use super::collect::{no_input, Collected, Collector, NOTHING_OF_QLDB};
use super::looking::Looking;
use super::manifests::is_object_name;
use super::parts::Part;
use super::show::Viewer;
use super::stored_hash::StoredHashes;
use super::stream::{is_record, Records};
use crate::blocks::block::Block;
use crate::blocks::claim::RecordedAddress;
use crate::blocks::names::telling_text;
use crate::blocks::read::{Envelope, Node};
use crate::blocks::BlockAddress;
use crate::engine::{first_address, read_each, Engine};
use crate::findings::{flaw_finding, Asked, Code, Finding, Findings};
use crate::output::is_checkpoint;
use crate::report::Input;
use crate::source::{
    has_aggregates, skip_blanks, Archive, Encoding, Failure, Flaw, FlawKind, Frames, NotUtf16,
    Object, Piece, Pieces, ShellRows,
};
use crate::Limits;

/// Bytes that are enough to tell what a file is not, and to hold a small one whole.
const HEAD_BYTES: u64 = 64 << 10;

/// A journal file, not yet read.
#[derive(Clone)]
pub(crate) struct JournalFile {
    pub(crate) object: Object,
    pub(crate) encoding: Encoding,
    /// Whether its first block is down-converted.
    pub(crate) json: bool,
    /// Its first block's address; `None` if that cannot be read.
    pub(crate) first: Option<BlockAddress>,
    /// The offsets between which its blocks are taken: all, but where it was put together of parts in another order.
    pub(crate) part: Part,
}

impl JournalFile {
    /// Whether its blocks may be of the strand asked for.
    pub(super) fn may_hold(&self, asked: &Asked) -> bool {
        match (&asked.strand_id, &self.first) {
            (Some(wanted), Some(first)) => *wanted == first.strand_id,
            _ => true,
        }
    }

    /// What is said if they are not.
    pub(super) fn of_another_strand(&self, asked: &Asked) -> Option<Finding> {
        let first = self.first.as_ref().filter(|_| !self.may_hold(asked))?;
        let message = format!(
            "it begins with block {first}, not of the strand asked for: the rest of it was not read"
        );
        Some(
            Finding::new(Code::UnknownFile, message)
                .source(&self.object.name, None)
                .remedy("to have all of it looked at, verify without --strand"),
        )
    }
}

/// All that was learned.
pub(crate) struct Survey {
    pub(crate) inputs: Vec<Input>,
    pub(crate) journals: Vec<JournalFile>,
    pub(crate) records: Records,
    pub(crate) collected: Collected,
    /// Those that the archive refused, or broke off.
    pub(crate) unread: BTreeSet<Arc<str>>,
}

impl Survey {
    /// Inputs that were taken in before the first block, and may bear on what is made
    /// of the blocks: all but journal files and manifests.
    pub(super) fn beside_the_journal(&self) -> impl Iterator<Item = &Arc<str>> {
        let journal = ["journal-ion-text", "journal-ion-binary", "journal-json"];
        let bears = move |input: &&Input| {
            !journal.contains(&input.kind) && !["manifest", UNREADABLE].contains(&input.kind)
        };
        self.inputs.iter().filter(bears).map(|input| &input.path)
    }
}

/// The kind of an input of which nothing could be read.
const UNREADABLE: &str = "unreadable";

/// What to look at, and how.
pub(crate) struct Surveyor<'a> {
    pub(crate) archive: &'a dyn Archive,
    pub(crate) asked: &'a Asked,
    pub(crate) limits: &'a Limits,
    pub(crate) findings: &'a mut Findings,
    /// Set when files are only shown.
    pub(crate) viewer: Option<&'a mut Viewer>,
    /// Whom to tell how far it is.
    pub(crate) looking: Option<Arc<Looking>>,
    /// Which engine may say that a file is a journal.
    pub(crate) engine: Engine,
    /// Hashes of what is read, if they are wanted.
    pub(crate) hashes: Option<Arc<StoredHashes>>,
}

/// The first value of a file.
enum First {
    Journal(Option<BlockAddress>, bool),
    Record,
    Other,
}

impl Surveyor<'_> {
    /// Looks at every object.
    pub(crate) fn survey(&mut self, objects: &[Object]) -> Survey {
        let mut survey = Survey {
            inputs: Vec::with_capacity(objects.len()),
            journals: Vec::with_capacity(objects.len()),
            records: Records::new(self.limits),
            collected: Collected::default(),
            unread: BTreeSet::new(),
        };
        let access = Arc::new(Access::new(self.hashes.clone()));
        for object in objects {
            let refused = access.refused();
            let kind = match self.look(object, &access, &mut survey) {
                Ok(kind) => kind,
                Err(flaw) => {
                    let unreadable = matches!(flaw.kind, FlawKind::Unreadable(_));
                    self.findings.push(flaw_finding(flaw, &object.name));
                    if unreadable {
                        UNREADABLE
                    } else {
                        "unknown"
                    }
                }
            };
            let refused = access.refused() > refused;
            if let Some(how) = access.unended(&object.name) {
                // Damage within a journal is met again when its blocks are read.
                let again = kind.starts_with("journal-") && !refused;
                if !again || matches!(how, Unended::LeftOff(_)) {
                    self.unended(object, kind, &how);
                }
            }
            match kind.starts_with("journal-") {
                // They are read once more.
                true => access.padding(&mut Findings::new(0, false)),
                false => access.padding(self.findings),
            }
            survey.inputs.push(Input {
                path: object.name.clone(),
                kind,
                bytes: object.size.unwrap_or(0),
                blocks: None,
                revisions: None,
                sha256: None,
            });
            if refused {
                survey.unread.insert(object.name.clone());
            }
            if let Some(looking) = &self.looking {
                looking.looked();
            }
        }
        survey
    }

    /// Sees to it that a finding says of a file that was taken in that some of it was not
    /// read. Of some kinds a head is enough: journals have their turn later, and what is not
    /// understood is not used.
    fn unended(&mut self, object: &Object, kind: &str, how: &Unended) {
        let by_its_head = kind.starts_with("journal-") || matches!(kind, "unknown" | "checkpoint");
        let used = match how {
            Unended::Failed(_, failure) => !failure.is::<NotUtf16>() || kind != "unknown",
            Unended::LeftOff(_) => !by_its_head,
        };
        if used {
            how.say(&object.name, self.findings);
        }
    }

    fn look(
        &mut self,
        object: &Object,
        access: &Arc<Access>,
        survey: &mut Survey,
    ) -> Result<&'static str, Flaw> {
        let unreadable = |error| Flaw::new(0, FlawKind::Unreadable(error));
        if let Some(problem) = &object.problem {
            return Err(unreadable(std::io::Error::other(&**problem)));
        }
        let opened = access.open_told(self.archive, object, self.looking.as_ref());
        let mut input = opened.map_err(unreadable)?;
        let mut head = Vec::new();
        let mut broken = false;
        match (&mut input).take(HEAD_BYTES).read_to_end(&mut head) {
            Ok(_) => {}
            // It only looked like text of some Windows tool: no file of ours.
            Err(error) if is_not_utf16(&error) => {
                self.unknown(object, "it is neither Ion nor JSON");
                return Ok("unknown");
            }
            // Whoever reads on is told the same again, behind what came before it.
            Err(_) if !head.is_empty() => broken = true,
            Err(error) => return Err(unreadable(error)),
        }
        if head.is_empty() {
            self.unknown(object, "it is empty");
            return Ok("empty");
        }
        if has_aggregates(&head) {
            return Ok(self.frames(object, Cursor::new(head).chain(input), survey));
        }
        let encoding = Encoding::of(&head);
        if encoding == Encoding::Text {
            if is_checkpoint(&head) {
                self.findings.push(no_input(
                    &object.name,
                    "the checkpoint of a run",
                    "say --checkpoint with the command that wrote it, which goes on there",
                ));
                return Ok("checkpoint");
            }
            if saved_as_text(&head) {
                // An answer with a large block is more than a head.
                let max = self.limits.value_bytes_max;
                (&mut input)
                    .take(max)
                    .read_to_end(&mut head)
                    .map_err(unreadable)?;
                if head.len() as u64 > max {
                    return Err(Flaw::limit(0, "value_bytes_max", max));
                }
            }
            if !broken && (head.len() as u64) < HEAD_BYTES || saved_as_text(&head) {
                let mut collector = self.collector(object, survey);
                if std::str::from_utf8(&head).is_ok_and(|text| collector.saved_text(text)) {
                    return Ok(collector.finish().0.first().copied().unwrap_or("unknown"));
                }
            }
            if base64_by_line(&head) {
                return self.base64(object, Cursor::new(head).chain(input), survey);
            }
            if !may_be_ion(&head) {
                self.no_ion(object, &head);
                return Ok("unknown");
            }
        }
        let whole = Cursor::new(head).chain(input);
        self.values(object, encoding, whole, survey)
    }

    /// A text that is neither Ion nor JSON, as a table with commas is.
    fn no_ion(&mut self, object: &Object, head: &[u8]) {
        let text = String::from_utf8_lossy(head);
        let why = match telling_text(&text) {
            Some(name) => format!("it has `{name}`, as QLDB's data does, and"),
            None => "it".to_owned(),
        };
        self.unknown(object, &format!("{why} is neither Ion nor JSON"));
    }

    /// An object that holds Ion or JSON values.
    fn values(
        &mut self,
        object: &Object,
        encoding: Encoding,
        input: impl Read,
        survey: &mut Survey,
    ) -> Result<&'static str, Flaw> {
        // Of a journal only the head is read here.
        let rows = ShellRows::new(input, self.limits);
        let miscounts = rows.miscounts();
        let input: Box<dyn Read + '_> = match encoding {
            Encoding::Text => Box::new(rows),
            Encoding::Binary => Box::new(rows.into_inner()),
        };
        let mut pieces = Pieces::new(input, encoding, self.limits, 1);
        // What both engines would agree on is read once, by the reference.
        if self.engine != Engine::Fast {
            pieces = pieces.uncut();
        }
        let mut early = Vec::new();
        let first = loop {
            let Some(piece) = pieces.next() else {
                self.unknown(object, "it holds no value");
                return Ok("empty");
            };
            let piece = piece?;
            match self.first_value(&piece) {
                Ok(Some(first)) => {
                    early.push(piece);
                    break first;
                }
                Ok(None) => {}
                Err(flaw) => return Err(flaw),
            }
        };
        if let First::Journal(mut first, json) = first {
            let before = survey.journals.last().and_then(|file| file.first.as_ref());
            if let (Some(first), Some(before)) = (&mut first, before) {
                if first.strand_id == before.strand_id {
                    // One copy of its text for all of an archive's files.
                    first.strand_id = before.strand_id.clone();
                }
            }
            survey.journals.push(JournalFile {
                part: Part::default(),
                object: object.clone(),
                encoding,
                json,
                first,
            });
            return Ok(match (encoding, json) {
                (_, true) => "journal-json",
                (Encoding::Binary, false) => "journal-ion-binary",
                (Encoding::Text, false) => "journal-ion-text",
            });
        }
        pieces.set_piece_bytes(super::PIECE_BYTES);
        let is_stream = matches!(first, First::Record);
        if is_stream {
            pieces.allow_line_feeds();
        }
        let all = early.into_iter().map(Ok).chain(pieces);
        let kind = match is_stream {
            true => self.stream(object, all, survey),
            false => self.evidence(object, all, survey),
        };
        let miscount = miscounts.lock().unwrap_or_else(PoisonError::into_inner);
        let flaw = miscount.clone().map(Flaw::from);
        let found = flaw.map(|flaw| flaw_finding(flaw, &object.name));
        self.findings.extend(found);
        kind
    }

    /// What the first value of a piece is; `None` if the piece has none.
    fn first_value(&self, piece: &Piece) -> Result<Option<First>, Flaw> {
        if self.engine == Engine::Fast && piece.plain {
            if let Some(address) = first_address(piece, self.limits) {
                return Ok(Some(First::Journal(Some(address), false)));
            }
        }
        first_value(piece)
    }

    fn stream(
        &mut self,
        object: &Object,
        pieces: impl Iterator<Item = Result<Piece, Flaw>>,
        survey: &mut Survey,
    ) -> Result<&'static str, Flaw> {
        let mut collector = self.collector(object, survey);
        collector.each(pieces, Collector::stream_record);
        Ok("stream")
    }

    fn evidence(
        &mut self,
        object: &Object,
        pieces: impl Iterator<Item = Result<Piece, Flaw>>,
        survey: &mut Survey,
    ) -> Result<&'static str, Flaw> {
        let mut collector = self.collector(object, survey);
        collector.each(pieces, Collector::value);
        let taken = (collector.flawed, collector.finish());
        Ok(self.taken(object, taken, survey))
    }

    /// What a file is of which all was taken in.
    fn taken(
        &mut self,
        object: &Object,
        (flawed, (kinds, unknown)): (bool, (BTreeSet<&'static str>, Option<&'static str>)),
        survey: &mut Survey,
    ) -> &'static str {
        match (kinds.len(), unknown) {
            (0, _) => {
                // What could not be read may well be what they wrote.
                if let Some(why) = unknown.or((!flawed).then_some(NOTHING_OF_QLDB)) {
                    let bare = survey.collected.bare.last();
                    match bare.is_some_and(|bare| bare.path == object.name) {
                        // It may be a document, which is known once the blocks have gone by.
                        true => survey.collected.unknown.push(not_used(object, why)),
                        false => self.unknown(object, why),
                    }
                }
                "unknown"
            }
            (1, None) => kinds.first().copied().unwrap_or("unknown"),
            (_, None) => "mixed",
            (_, Some(_)) => {
                self.unknown(
                    object,
                    "a part of it is nothing that QLDB or its tools wrote",
                );
                "mixed"
            }
        }
    }

    /// A file with base64 in each line.
    fn base64(
        &mut self,
        object: &Object,
        input: impl Read,
        survey: &mut Survey,
    ) -> Result<&'static str, Flaw> {
        let max = self.limits.value_bytes_max;
        let mut input = BufReader::new(input);
        let mut collector = self.collector(object, survey);
        let (mut line, mut offset) = (Vec::new(), 0);
        loop {
            line.clear();
            let read = (&mut input).take(max + 1).read_until(b'\n', &mut line);
            let count = read.map_err(|error| Flaw::new(offset, FlawKind::Unreadable(error)))?;
            if line.len() as u64 > max {
                return Err(Flaw::limit(offset, "value_bytes_max", max));
            }
            if count == 0 {
                break;
            }
            let text = line.trim_ascii();
            if !text.is_empty() {
                collector.base64_line(text, offset);
            }
            offset += count as u64;
        }
        let taken = (collector.flawed, collector.finish());
        Ok(self.taken(object, taken, survey))
    }

    /// A file of Kinesis records as they came, aggregates among them.
    fn frames(&mut self, object: &Object, input: impl Read, survey: &mut Survey) -> &'static str {
        let mut collector = self.collector(object, survey);
        for frame in Frames::new(input, collector.limits) {
            match frame {
                Ok((offset, bytes)) => collector.data(&bytes, offset),
                Err(flaw) => collector.flaw(flaw),
            }
        }
        "stream"
    }

    fn collector<'b>(&'b mut self, object: &Object, survey: &'b mut Survey) -> Collector<'b> {
        Collector {
            path: object.name.clone(),
            limits: self.limits,
            asked: self.asked,
            findings: self.findings,
            records: &mut survey.records,
            collected: &mut survey.collected,
            viewer: self.viewer.as_deref_mut(),
            kinds: BTreeSet::new(),
            unknown: None,
            flawed: false,
            by_itself: false,
            wraps: 0,
        }
    }

    /// Says of a file that it is not used.
    fn unknown(&mut self, object: &Object, why: &str) {
        self.findings.push(not_used(object, why));
    }
}

/// A file that is not used: a note, unless its name says that it should hold
/// blocks. Else a damaged byte at its start would make an object vanish.
fn not_used(object: &Object, why: &str) -> Finding {
    let message = format!("{} was not understood and not used: {why}", object.name);
    let finding = match is_object_name(&object.name) {
        false => Finding::new(Code::UnknownFile, message),
        true => Finding::new(Code::Malformed, message).remedy(
            "by its name it is an object of an export: get another copy of it, or take it out of the inputs",
        ),
    };
    finding.source(&object.name, None)
}

fn is_not_utf16(error: &std::io::Error) -> bool {
    let failure = error.get_ref().and_then(|inner| inner.downcast_ref());
    failure.is_some_and(Failure::is::<NotUtf16>)
}

/// Whether text may be an answer saved with `--output text` or `--output yaml`, or as
/// Python prints it.
fn saved_as_text(head: &[u8]) -> bool {
    let names: [&[u8]; 10] = [
        b"{'Block':",
        b"{'Revision':",
        b"{'Proof':",
        b"{'ResponseMetadata':",
        b"Block:",
        b"Revision:",
        b"Proof:",
        b"BLOCK\t",
        b"REVISION\t",
        b"PROOF\t",
    ];
    names.iter().any(|name| head.starts_with(name))
}

/// Whether each line of a text may be base64 of a record or of a value: the first one is.
fn base64_by_line(head: &[u8]) -> bool {
    const LEAST: usize = 64;
    let line = skip_blanks(head).split(|byte| *byte == b'\n').next();
    let line = line.unwrap_or_default().trim_ascii();
    let begin = &line[..line.len().min(4096) / 4 * 4];
    let Ok(bytes) = STANDARD.decode(begin) else {
        return false;
    };
    // JSON has no other bytes than these in a line; DEL may stand in its strings.
    let is_text = bytes.starts_with(b"{") && bytes.iter().all(|byte| *byte >= b' ');
    let is_record = has_aggregates(&bytes) || Encoding::of(&bytes) == Encoding::Binary;
    line.len() >= LEAST && (is_record || is_text)
}

/// Whether text may be Ion or JSON that concerns us: it starts with a struct, a
/// list, a version marker or an annotation, quoted or not.
fn may_be_ion(head: &[u8]) -> bool {
    let first = skip_blanks(head).first();
    first.is_some_and(|first| matches!(first, b'{' | b'[' | b'$' | b'\''))
}

/// The same by the reference. What comes first decides, be it a value or something that the Ion reader refuses:
/// what else is in the piece depends on how the file was cut.
fn first_value(piece: &Piece) -> Result<Option<First>, Flaw> {
    let mut first = None;
    read_each(piece, |seen| {
        if first.is_none() {
            first = Some(seen.map(kind_of));
        }
    });
    match first {
        None => Ok(None),
        Some(Ok(first)) => Ok(Some(first)),
        Some(Err(unfit)) => Err(unfit.into()),
    }
}

fn kind_of(node: Node<'_>) -> First {
    let Ok(envelope) = Envelope::open(node) else {
        return First::Other;
    };
    if is_record(&envelope) {
        return First::Record;
    }
    if !Block::is_one(&envelope) {
        return First::Other;
    }
    let address = envelope
        .require("blockAddress")
        .and_then(|node| RecordedAddress::read(&node));
    let json = envelope
        .get("blockHash")
        .is_some_and(|hash| crate::blocks::revision::is_json(&hash));
    First::Journal(address.ok().map(|recorded| recorded.address), json)
}
