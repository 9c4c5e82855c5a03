//! Takes in what stands within something else: rows in the reply of an API, items of DynamoDB, other spellings of
//! names, bytes in base64 by the line. What comes out goes the way of all that was written plainly.

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use ion_rs::IonType;

use super::Collector;
use crate::blocks::dynamo;
use crate::blocks::names::{respelled, telling, telling_own, telling_text};
use crate::blocks::read::{Envelope, Node, Unfit};
use crate::source::{kpl, Encoding, Flaw, Pieces};
use crate::verify::PIECE_BYTES;

/// What the reply of an API, or of DynamoDB, has beside its body or items; none of it holds data of QLDB's.
const OF_A_REPLY: [&str; 10] = [
    "Count",
    "ScannedCount",
    "ConsumedCapacity",
    "LastEvaluatedKey",
    "ResponseMetadata",
    "statusCode",
    "headers",
    "multiValueHeaders",
    "cookies",
    "isBase64Encoded",
];

/// How deep one thing may be wrapped in another.
const WRAPPED_MAX: u32 = 4;

impl Collector<'_> {
    /// Takes in a struct that says in other words what QLDB says; false if it is none.
    pub(super) fn translated(&mut self, envelope: &Envelope<'_>) -> Result<bool, Unfit> {
        let text = match respelled(envelope)? {
            Some(text) => Some(text),
            None => dynamo::item(envelope)?.filter(|_| telling(&envelope.node()).is_some()),
        };
        let Some(text) = text else {
            return Ok(false);
        };
        self.unwrapped(text.as_bytes(), &envelope.node(), |this, text, offset| {
            this.text(text, offset);
        })?;
        Ok(true)
    }

    /// Takes in what is in the one member of a struct that holds something of QLDB's. Else it is not understood.
    pub(super) fn wrapped(&mut self, envelope: &Envelope<'_>) -> Result<(), Unfit> {
        if is_ours(envelope) {
            self.strange();
            return Ok(());
        }
        if envelope.get("data").is_some() && envelope.get("metadata").is_some() {
            let halves = "it holds `data` and `metadata`, as a revision does, without `hash`: history(…) and \
                          _ql_committed_… give it, and alone its halves match only what else is at hand";
            self.unknown.get_or_insert(halves);
            return self.document(envelope);
        }
        if let Some(name) = telling_own(envelope) {
            return Err(nearly(envelope, name));
        }
        let node = envelope.node();
        let fields = envelope.fields().iter();
        let telling: Vec<_> = fields
            .filter_map(|(name, field)| {
                let field = decoded(envelope, name, field)?;
                Some((name, field.telling()?, field))
            })
            .collect();
        if let [(name, ..)] = telling.as_slice() {
            let used = [&[name.as_str()][..], &OF_A_REPLY].concat();
            self.beside(envelope, &used);
        }
        match telling.as_slice() {
            [(_, _, Field::Node(inner))] => {
                self.unwrapped(&[], &node, |this, _, _| this.value(*inner))
            }
            [(_, _, Field::Text(text, inner))] => {
                self.unwrapped(text.as_bytes(), inner, |this, text, offset| {
                    this.text(text, offset);
                })
            }
            [] => {
                self.strange();
                self.document(envelope)
            }
            [(one, ..), (two, ..), ..] => Err(node.unfit_as(
                "one member that holds blocks, revisions or answers of QLDB",
                format!("`{one}` and `{two}`"),
            )),
        }
    }

    /// Goes one step deeper, unless that is too deep.
    fn unwrapped(
        &mut self,
        text: &[u8],
        node: &Node<'_>,
        take: impl FnOnce(&mut Self, &[u8], u64),
    ) -> Result<(), Unfit> {
        if self.wraps == WRAPPED_MAX {
            let found = "one that is wrapped more often";
            return Err(node.unfit_as(
                format!("a value wrapped {WRAPPED_MAX} times at most"),
                found,
            ));
        }
        self.wraps += 1;
        let by_itself = self.by_itself;
        take(self, text, node.offset());
        self.by_itself = by_itself;
        self.wraps -= 1;
        Ok(())
    }

    /// Takes in all values of a text (or of Ion binary) that stood at `offset` in another form.
    fn text(&mut self, text: &[u8], offset: u64) {
        // By the Ion reader's own borders: both engines take it as it is read here.
        let pieces = Pieces::new(text, Encoding::of(text), self.limits, PIECE_BYTES).uncut();
        let pieces = pieces.map(|piece| piece.map_err(|flaw| Flaw { offset, ..flaw }));
        self.each_within(pieces, Some(offset), |this, node| {
            this.value(node.within(offset));
        });
    }

    /// Takes in a line of base64, whose bytes may be anything that a file may be.
    pub(crate) fn base64_line(&mut self, line: &[u8], offset: u64) {
        let Ok(bytes) = STANDARD.decode(line) else {
            self.flaw(Flaw::malformed(
                offset,
                "a line of base64, as all before it",
                "another one",
            ));
            return;
        };
        match kpl::unwrap(&bytes) {
            kpl::Unwrapped::Plain(plain) => self.text(plain, offset),
            _ => self.data(&bytes, offset),
        }
    }
}

/// Whether it is a report of `verify` or a row of `extract`, which people keep beside what they are about.
fn is_ours(envelope: &Envelope<'_>) -> bool {
    let all = |names: &[&str]| names.iter().all(|name| envelope.has(name));
    all(&["report_version", "verdict", "strands"])
        || all(&["state", "document_id", "block_address", "revision_hash"])
}

/// Something that a member holds.
enum Field<'a> {
    Node(Node<'a>),
    Text(String, Node<'a>),
}

impl Field<'_> {
    fn telling(&self) -> Option<&'static str> {
        match self {
            Field::Node(node) => telling(node),
            Field::Text(text, _) => telling_text(text),
        }
    }
}

/// A member that may hold values: a list, a struct, or text of one.
fn decoded<'a>(envelope: &Envelope<'a>, name: &str, node: &Node<'a>) -> Option<Field<'a>> {
    match node.ion_type() {
        _ if node.is_null() => None,
        IonType::List | IonType::Struct => Some(Field::Node(*node)),
        IonType::String => {
            let text = node.text().ok()?;
            let flag = envelope.get("isBase64Encoded").filter(|_| name == "body");
            let base64 = flag.and_then(|flag| flag.written()) == Some("true");
            let text = match base64 {
                true => String::from_utf8(STANDARD.decode(text).ok()?).ok()?,
                false => text,
            };
            let values = text.trim_start().starts_with(['{', '[']);
            values.then_some(Field::Text(text, *node))
        }
        _ => None,
    }
}

/// Says what is missing in a struct that has `name` of QLDB's, and is nothing that is known.
fn nearly(envelope: &Envelope<'_>, name: &str) -> Unfit {
    let metadata = envelope.has("metadata") || matches!(name, "txId" | "txTime");
    let (expected, found) = match metadata && !envelope.has("hash") {
        true => (
            "a revision {blockAddress, hash, data, metadata}",
            "one without `hash`; history(…) and _ql_committed_… give it, and nothing can be checked without it"
                .to_owned(),
        ),
        false => (
            "a block, a revision, a digest, a proof or a record of a stream",
            format!("a struct that has `{name}`, as QLDB's data does, and is none of them as it stands"),
        ),
    };
    envelope.node().unfit_as(expected, found)
}
