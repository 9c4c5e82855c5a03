//! QLDB's own names in other spellings: in lower case or snake_case, as Athena, Glue and many a program have them.
//!
//! Only names that QLDB gives are read so: those of blocks, revisions and stream records. Documents stay as they
//! are, byte for byte, and so does every value: whatever comes out is hashed like any other, and the hash decides.
//! What tables add (columns of partitions, for one) stands beside QLDB's fields, and no hash covers it.

use ion_rs::IonType;

use super::read::{Envelope, Node, Unfit};

/// Fields that QLDB leaves out where tables have null.
const OPTIONAL: [&str; 6] = [
    "transactionInfo",
    "documents",
    "redactionInfo",
    "revisions",
    "data",
    "dataHash",
];

/// Names that nothing but QLDB's data has.
const TELLING: [&str; 14] = [
    "blockAddress",
    "strandId",
    "blockHash",
    "entriesHash",
    "previousBlockHash",
    "entriesHashList",
    "statementDigest",
    "redactionInfo",
    "revisionSummaries",
    "qldbStreamArn",
    "digestTipAddress",
    "revisionHash",
    "txTime",
    "txId",
];

/// QLDB's spelling of `name`, if it is one of its names but for case, hyphens and underscores. No two of them differ
/// in these alone.
fn known(name: &str) -> Option<&'static str> {
    const LONGEST: usize = "previousBlockHash".len();
    let (mut folded, mut length) = ([0; LONGEST], 0);
    for byte in name.bytes().filter(|byte| !matches!(byte, b'_' | b'-')) {
        *folded.get_mut(length)? = byte.to_ascii_lowercase();
        length += 1;
    }
    Some(match &folded[..length] {
        b"blockaddress" => "blockAddress",
        b"strandid" => "strandId",
        b"sequenceno" => "sequenceNo",
        b"transactionid" => "transactionId",
        b"blocktimestamp" => "blockTimestamp",
        b"blockhash" => "blockHash",
        b"entrieshash" => "entriesHash",
        b"previousblockhash" => "previousBlockHash",
        b"entrieshashlist" => "entriesHashList",
        b"transactioninfo" => "transactionInfo",
        b"statements" => "statements",
        b"statement" => "statement",
        b"starttime" => "startTime",
        b"statementdigest" => "statementDigest",
        b"documents" => "documents",
        b"tablename" => "tableName",
        b"tableid" => "tableId",
        b"redactioninfo" => "redactionInfo",
        b"documentid" => "documentId",
        b"version" => "version",
        b"revisions" => "revisions",
        b"revisionsummaries" => "revisionSummaries",
        b"hash" => "hash",
        b"data" => "data",
        b"datahash" => "dataHash",
        b"metadata" => "metadata",
        b"id" => "id",
        b"txtime" => "txTime",
        b"txid" => "txId",
        b"qldbstreamarn" => "qldbStreamArn",
        b"recordtype" => "recordType",
        b"payload" => "payload",
        b"controlrecordtype" => "controlRecordType",
        b"tableinfo" => "tableInfo",
        b"revision" => "revision",
        b"digest" => "digest",
        b"digesttipaddress" => "digestTipAddress",
        b"revisionhash" => "revisionHash",
        _ => return None,
    })
}

/// A name of a struct's own fields that nothing but QLDB's data has; or `metadata` that has one.
pub(crate) fn telling_own(envelope: &Envelope<'_>) -> Option<&'static str> {
    let telling = |fields: &[(String, Node<'_>)]| {
        let mut names = fields.iter().filter_map(|(name, _)| known(name));
        names.find(|name| TELLING.contains(name))
    };
    let fields = envelope.fields();
    telling(fields).or_else(|| telling(&get(fields, "metadata")?.fields().ok()?))
}

/// A name in `node` that nothing but QLDB's data has, in whatever spelling.
pub(crate) fn telling(node: &Node<'_>) -> Option<&'static str> {
    telling_within(node, 0)
}

fn telling_within(node: &Node<'_>, depth: u32) -> Option<&'static str> {
    const DEPTH_MAX: u32 = 6;
    if depth > DEPTH_MAX || node.is_null() {
        return None;
    }
    match node.ion_type() {
        IonType::Struct => {
            let fields = node.fields().ok()?;
            let mut names = fields.iter().filter_map(|(name, _)| known(name));
            let own = names.find(|name| TELLING.contains(name));
            own.or_else(|| {
                let mut inner = fields.iter();
                inner.find_map(|(_, field)| telling_within(field, depth + 1))
            })
        }
        IonType::List => {
            let items = node.items().ok()?;
            items
                .iter()
                .find_map(|item| telling_within(item, depth + 1))
        }
        IonType::String => telling_text(&node.text().ok()?),
        _ => None,
    }
}

/// The same, of a text whose structure is not looked at. It has to be more than a word.
pub(crate) fn telling_text(text: &str) -> Option<&'static str> {
    let words = text
        .as_bytes()
        .split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
    let long = words.filter(|word| (4..=24).contains(&word.len()));
    let mut names = long.filter_map(|word| known(std::str::from_utf8(word).ok()?));
    names
        .find(|name| TELLING.contains(name))
        .filter(|name| text.trim().len() > name.len() + 4)
}

/// A block, a revision or a stream record in other spellings, as text with QLDB's own; `None` if it is none of these,
/// or needs no change.
///
/// # Errors
/// If one name stands there in two spellings, or the id of a document lost its case for good.
pub(crate) fn respelled(envelope: &Envelope<'_>) -> Result<Option<String>, Unfit> {
    let node = envelope.node();
    let is_text = |node: &Node<'_>| node.written().is_some_and(|text| text.starts_with('{'));
    if !is_one(envelope) || !differs(&node)? || !is_text(&node) {
        return Ok(None);
    }
    let mut respelling = Respelling {
        ids: ids(envelope),
        out: String::new(),
    };
    respelling.value(&node)?;
    Ok(Some(respelling.out))
}

fn get<'a>(fields: &[(String, Node<'a>)], name: &str) -> Option<Node<'a>> {
    let mut found = fields.iter().filter(|(own, _)| known(own) == Some(name));
    found.next().map(|(_, node)| *node)
}

fn is_one(envelope: &Envelope<'_>) -> bool {
    let fields = envelope.fields();
    if fields.iter().all(|(name, _)| known(name).is_none()) {
        return false;
    }
    let has = |name| get(fields, name).is_some();
    let metadata = get(fields, "metadata").and_then(|metadata| metadata.fields().ok());
    let is_metadata = metadata.is_some_and(|fields| {
        let has = |name| get(&fields, name).is_some();
        has("id") && has("version") && (has("txId") || has("txTime"))
    });
    let is_revision = has("hash") && is_metadata;
    let is_block = has("blockAddress") && has("blockHash") && has("entriesHash");
    let is_record = has("recordType") && has("payload") && has("qldbStreamArn");
    is_block || is_revision || is_record
}

/// Whether a field of the envelope is not spelled as QLDB does.
fn differs(node: &Node<'_>) -> Result<bool, Unfit> {
    match node.ion_type() {
        _ if node.is_null() => Ok(false),
        IonType::Struct => {
            for (name, field) in node.fields()? {
                match known(&name) {
                    Some(own) if own != name => return Ok(true),
                    Some("data") => {}
                    Some("documents") if field.ion_type() == IonType::Struct => {
                        for (_, document) in if field.is_null() {
                            vec![]
                        } else {
                            field.fields()?
                        } {
                            if differs(&document)? {
                                return Ok(true);
                            }
                        }
                    }
                    Some(_) if differs(&field)? => return Ok(true),
                    _ => {}
                }
            }
            Ok(false)
        }
        IonType::List => {
            for item in node.items()? {
                if differs(&item)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        _ => Ok(false),
    }
}

/// The ids of the documents whose revisions are there.
fn ids(envelope: &Envelope<'_>) -> Vec<String> {
    let fields = envelope.fields();
    let payload = get(fields, "payload").and_then(|payload| payload.fields().ok());
    let fields = payload.as_deref().unwrap_or(fields);
    let lists = ["revisions", "revisionSummaries"];
    let items = lists
        .into_iter()
        .filter_map(|name| get(fields, name)?.items().ok());
    let id = |item: Node<'_>| {
        let fields = item.fields().ok()?;
        let metadata = get(&fields, "metadata").and_then(|metadata| metadata.fields().ok());
        let id = metadata.and_then(|metadata| get(&metadata, "id"));
        id.or_else(|| get(&fields, "documentId"))?.text().ok()
    };
    items.flatten().filter_map(id).collect()
}

struct Respelling {
    ids: Vec<String>,
    out: String,
}

impl Respelling {
    fn value(&mut self, node: &Node<'_>) -> Result<(), Unfit> {
        match node.ion_type() {
            _ if node.is_null() || node.is_annotated() => self.as_it_is(node),
            IonType::Struct => self.envelope(node),
            IonType::List => {
                self.out.push('[');
                for item in node.items()? {
                    self.value(&item)?;
                    self.out.push(',');
                }
                self.out.push(']');
                Ok(())
            }
            _ => self.as_it_is(node),
        }
    }

    fn as_it_is(&mut self, node: &Node<'_>) -> Result<(), Unfit> {
        let written = node.written().ok_or_else(|| node.unfit("text"))?;
        self.out.push_str(written);
        Ok(())
    }

    fn envelope(&mut self, node: &Node<'_>) -> Result<(), Unfit> {
        let mut seen: Vec<(&str, bool)> = Vec::new();
        self.out.push('{');
        for (name, field) in node.fields()? {
            let own = known(&name);
            if let Some(own) = own {
                let exact = own == name;
                if seen
                    .iter()
                    .any(|(other, same)| *other == own && !(*same && exact))
                {
                    let expected = format!("one field `{own}`");
                    return Err(field.unfit_as(expected, "it in two spellings"));
                }
                seen.push((own, exact));
                if field.is_null() && OPTIONAL.contains(&own) {
                    continue;
                }
            }
            self.name(own.unwrap_or(&name));
            match own {
                Some("documents") if field.ion_type() == IonType::Struct => {
                    self.documents(&field)?
                }
                None | Some("data") => self.as_it_is(&field)?,
                Some(_) => self.value(&field)?,
            }
            self.out.push(',');
        }
        self.out.push('}');
        Ok(())
    }

    /// Documents by their ids, which are no names.
    fn documents(&mut self, node: &Node<'_>) -> Result<(), Unfit> {
        self.out.push('{');
        for (id, document) in node.fields()? {
            let id = self.id(id, &document)?;
            self.name(&id);
            self.value(&document)?;
            self.out.push(',');
        }
        self.out.push('}');
        Ok(())
    }

    /// The id as it was: of a revision that is there, unless it has its case.
    fn id(&self, id: String, node: &Node<'_>) -> Result<String, Unfit> {
        let lower = !id.bytes().any(|byte| byte.is_ascii_uppercase());
        if !lower || self.ids.contains(&id) {
            return Ok(id);
        }
        let mut alike = self.ids.iter().filter(|own| own.eq_ignore_ascii_case(&id));
        let first = alike.next();
        match first.filter(|first| alike.all(|other| other == *first)) {
            Some(own) => Ok(own.clone()),
            None => Err(node.unfit_as(
                "the id of a document as QLDB wrote it",
                format!(
                    "`{id}`, which lost its capitals, and no one revision here that tells them"
                ),
            )),
        }
    }

    fn name(&mut self, name: &str) {
        // A name without escapes is the same in JSON and in Ion.
        self.out
            .push_str(&serde_json::Value::from(name).to_string());
        self.out.push(':');
    }
}

#[cfg(test)]
mod tests {
    use ion_rs::{AnyEncoding, Reader};

    use super::super::read::Origin;
    use super::*;

    fn with<T>(text: &str, then: impl FnOnce(&Envelope<'_>) -> T) -> T {
        let mut reader = Reader::new(AnyEncoding, text).unwrap();
        let value = reader.expect_next().unwrap();
        let node = Node::new(value, Origin::At { at: 0, offset: 0 });
        then(&Envelope::open(node).unwrap())
    }

    fn respelled_text(text: &str) -> Result<Option<String>, Unfit> {
        with(text, respelled)
    }

    #[test]
    fn names_are_respelled_and_documents_are_not() {
        let text = r#"{"block_address":{"strandid":"s","sequence_no":1},"HASH":"aGk=","data":{"block_hash":9.50,"TxId":1e2},"metadata":{"id":"x","version":0,"txtime":"2020T","tx_id":"t"},"year":2020,"dataHash":null}"#;
        let expected = r#"{"blockAddress":{"strandId":"s","sequenceNo":1,},"hash":"aGk=","data":{"block_hash":9.50,"TxId":1e2},"metadata":{"id":"x","version":0,"txTime":"2020T","txId":"t",},"year":2020,}"#;
        assert_eq!(respelled_text(text).unwrap().as_deref(), Some(expected));
    }

    #[test]
    fn what_needs_no_change_or_is_no_envelope_is_left_alone() {
        for text in [
            r#"{"blockAddress":{"strandId":"s","sequenceNo":1},"hash":"","data":{"Tx_Id":1},"metadata":{"id":"x","version":0,"txTime":"2020T","txId":"t"}}"#,
            r#"{"Hash":1,"Metadata":{"id":1}}"#,
            r#"{"BlockAddress":{},"RevisionHash":"","Proof":[]}"#,
            "{}",
        ] {
            assert_eq!(respelled_text(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn ids_get_their_capitals_back_from_a_revision_or_are_refused() {
        let block = |id: &str, key: &str| {
            format!(
                r#"{{"blockaddress":{{}},"blockhash":"","entrieshash":"","transactioninfo":{{"documents":{{"{key}":{{"tablename":"T"}}}}}},"revisions":[{{"metadata":{{"id":"{id}"}}}}]}}"#
            )
        };
        let text = respelled_text(&block("aBc", "abc")).unwrap().unwrap();
        assert!(
            text.contains(r#""documents":{"aBc":{"tableName":"T",}"#),
            "{text}"
        );
        let text = respelled_text(&block("x", "aBd")).unwrap().unwrap();
        assert!(text.contains(r#"{"aBd":"#), "{text}");
        let unfit = respelled_text(&block("aBc", "abd")).unwrap_err();
        assert!(unfit.found.contains("`abd`"), "{unfit:?}");
    }

    #[test]
    fn one_name_in_two_spellings_is_refused() {
        let text = |first: &str| {
            format!(r#"{{"{first}":"","block_address":{{}},"blockHash":"","entrieshash":""}}"#)
        };
        let unfit = respelled_text(&text("blockhash")).unwrap_err();
        assert!(unfit.expected.contains("`blockHash`"), "{unfit:?}");
        // Twice in QLDB's spelling is for others to tell.
        assert!(respelled_text(&text("blockHash")).is_ok());
    }

    #[test]
    fn telling_names_are_found_in_any_spelling() {
        let told = |text: &str| with(text, |envelope| telling(&envelope.node()));
        assert_eq!(
            told(r#"{"a":[{"b":{"block_address":1}}]}"#),
            Some("blockAddress")
        );
        assert_eq!(told(r#"{"a":"[{\"TXID\":1}]"}"#), Some("txId"));
        assert_eq!(told(r#"{"hash":1,"version":2,"id":3,"a":"txId"}"#), None);
        assert_eq!(
            telling_text("doc_id,block_hash,version\n"),
            Some("blockHash")
        );
    }
}
