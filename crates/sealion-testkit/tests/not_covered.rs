//! Whatever stands in an envelope and no hash covers is named: further fields, annotations, and null for what is
//! not there, in blocks, revisions, addresses and stream records.

use ion_rs::{Element, IonType, List, Struct};
use sealion::source::Memory;
use sealion::{Report, Verifier};
use sealion_testkit::agree::{engines, trusted};
use sealion_testkit::block::Content;
use sealion_testkit::write::{evidence, stream};
use sealion_testkit::{Ledger, Mix};

/// `value` with the part at `path` changed; `[]` is the first item of a list that has what is left of the path.
fn changed(
    value: &Element,
    path: &[&str],
    change: &dyn Fn(&Element) -> Element,
) -> Option<Element> {
    let Some((first, rest)) = path.split_first() else {
        return Some(change(value));
    };
    let mut done = false;
    let mut part = |part: &Element| match changed(part, rest, change).filter(|_| !done) {
        Some(new) => {
            done = true;
            new
        }
        None => part.clone(),
    };
    let new: Element = match *first {
        "[]" => {
            let items: Vec<Element> = value.as_list()?.iter().map(&mut part).collect();
            List::from(items).into()
        }
        name => {
            let fields = value.as_struct()?.fields().map(|(own, value)| {
                let value = if own.text() == Some(name) {
                    part(value)
                } else {
                    value.clone()
                };
                (own.clone(), value)
            });
            Struct::from_iter(fields.collect::<Vec<_>>()).into()
        }
    };
    done.then_some(new)
}

fn with_field(value: &Element, name: &str, field: Element) -> Element {
    let fields = value.as_struct().unwrap().fields();
    let mut fields: Vec<(String, Element)> = fields
        .map(|(name, value)| (name.text().unwrap().to_owned(), value.clone()))
        .collect();
    fields.push((name.to_owned(), field));
    Struct::from_iter(fields).into()
}

fn annotated(value: &Element) -> Element {
    value.clone().with_annotations(["note"])
}

fn named(report: &Report) -> Vec<String> {
    let own = "not written by QLDB: nothing is known of it, and no hash covers it";
    let of_data = report.not_covered.iter().filter(|one| one.why == own);
    of_data.map(|one| one.field.to_string()).collect()
}

/// The forms of one thing: as it was, and as it is written.
type Write<'a> = &'a dyn Fn(&Element) -> Memory;

/// Changes each envelope of `value` and each value in it that is no envelope, and looks for it in the report.
fn every_place_is_named(
    value: &Element,
    prefix: &str,
    envelopes: &[&[&str]],
    values: &[&[&str]],
    archive: Write<'_>,
    verifier: &Verifier,
) {
    let name = |path: &[&str]| {
        let mut name = prefix.to_owned();
        for part in path {
            match *part {
                "[]" => name.push_str("[]"),
                part if name.is_empty() => name.push_str(part),
                part => name.extend([".", part]),
            }
        }
        name
    };
    let look = |path: &[&str], change: &dyn Fn(&Element) -> Element, expected: String| {
        let new = changed(value, path, change).unwrap_or_else(|| panic!("no {path:?} in {value}"));
        let report = engines(&archive(&new), verifier);
        assert_eq!(named(&report), [expected], "{path:?} {report}");
    };
    assert_eq!(named(&engines(&archive(value), verifier)), [""; 0]);
    for path in envelopes {
        let inside = |field: &str| name(&[path, &[field][..]].concat());
        look(
            path,
            &|found| with_field(found, "more", Element::int(5)),
            inside("more"),
        );
        if !path.is_empty() {
            look(path, &annotated, format!("annotations of {}", name(path)));
        }
    }
    for path in values {
        look(path, &annotated, format!("annotations of {}", name(path)));
    }
}

fn ledger() -> (Ledger, usize, usize) {
    let ledger = Ledger::new(6, 8, Mix::Vehicle);
    let (index, at) = ledger
        .documents()
        .find(|(index, at)| {
            matches!(
                ledger.blocks[*index].revisions()[*at].content,
                Content::Data(_)
            )
        })
        .unwrap();
    (ledger, index, at)
}

#[test]
fn in_blocks_of_exports() {
    let (ledger, index, _) = ledger();
    let verifier = Verifier::new().against(trusted(&ledger.digest()));
    let blocks = |changed: &Element| -> Vec<Element> {
        let blocks = ledger.blocks.iter().enumerate();
        let block = |(number, block): (usize, &sealion_testkit::Block)| match number == index {
            true => changed.clone(),
            false => block.to_element(),
        };
        blocks.map(block).collect()
    };
    let text = |changed: &Element| {
        let text: Vec<String> = blocks(changed).iter().map(evidence::ion_text).collect();
        Memory::new().with("j", text.join("\n").into_bytes())
    };
    let binary = |changed: &Element| {
        let written = ion_rs::Sequence::from_iter(blocks(changed)).encode_as(ion_rs::v1_0::Binary);
        Memory::new().with("j", written.unwrap())
    };
    let block = ledger.blocks[index].to_element();
    let revision = ["revisions", "[]"];
    let in_revision = |name| [&revision[..], &[name]].concat();
    let (data_address, hash) = (in_revision("blockAddress"), in_revision("hash"));
    let strand = [&data_address[..], &["strandId"]].concat();
    for archive in [&text as Write<'_>, &binary] {
        every_place_is_named(
            &block,
            "",
            &[&[], &["blockAddress"], &revision, &data_address],
            &[
                &["blockAddress", "sequenceNo"],
                &["transactionId"],
                &["blockTimestamp"],
                &["blockHash"],
                &["entriesHash"],
                &["previousBlockHash"],
                &["entriesHashList"],
                &["entriesHashList", "[]"],
                &["revisions"],
                &hash,
                &strand,
            ],
            archive,
            &verifier,
        );
        let more = [
            (
                with_field(&block, "redactionInfo", Element::null(IonType::Struct)),
                "null for redactionInfo",
            ),
            (
                with_field(
                    &block,
                    "revisionSummaries",
                    List::from(Vec::<Element>::new()).into(),
                ),
                "revisionSummaries",
            ),
            (annotated(&block), "annotations of the block"),
            (
                changed(&block, &revision, &|found| {
                    with_field(found, "dataHash", Element::null(IonType::Null))
                })
                .unwrap(),
                "null for revisions[].dataHash",
            ),
        ];
        for (block, expected) in more {
            let report = engines(&archive(&block), &verifier);
            assert_eq!(named(&report), [expected], "{report}");
        }
    }
}

#[test]
fn in_revisions_that_come_alone() {
    let (ledger, index, at) = ledger();
    let verifier = Verifier::new().against(trusted(&ledger.digest()));
    let revision = ledger.blocks[index].revisions()[at].to_element();
    every_place_is_named(
        &revision,
        "revision",
        &[&[], &["blockAddress"]],
        &[&["hash"], &["blockAddress", "strandId"]],
        &|revision| Memory::new().with("r", evidence::ion_text(revision).into_bytes()),
        &verifier,
    );
}

#[test]
fn in_stream_records() {
    let (ledger, index, _) = ledger();
    let verifier = Verifier::new().against(trusted(&ledger.digest()));
    let blocks = &ledger.blocks[index..=index];
    let records: Vec<Element> = stream::records(blocks)
        .unwrap()
        .iter()
        .map(|record| Element::read_one(record.as_slice()).unwrap())
        .collect();
    let is = |kind: &str| {
        let found = records.iter().position(|record| {
            let kind_of = record
                .as_struct()
                .and_then(|fields| fields.get("recordType"));
            kind_of.and_then(Element::as_string) == Some(kind)
        });
        found.unwrap()
    };
    let (summary, details) = (is("BLOCK_SUMMARY"), is("REVISION_DETAILS"));
    let look = |at: usize, path: &str, change: &dyn Fn(&Element) -> Element, expected: &str| {
        let path: Vec<&str> = path.split('.').filter(|part| !part.is_empty()).collect();
        let mut all = records.clone();
        all[at] = changed(&records[at], &path, change).unwrap();
        let text: Vec<String> = all.iter().map(evidence::ion_text).collect();
        let memory = Memory::new().with("s", text.join("\n").into_bytes());
        let report = engines(&memory, &verifier);
        assert_eq!(named(&report), [expected], "{report}");
    };
    let more = |found: &Element| with_field(found, "more", Element::int(5));
    for (at, path, name) in [
        (summary, "", "record"),
        (summary, "payload.blockAddress", "blockAddress"),
        (summary, "payload.revisionSummaries.[]", "revisions[]"),
        (details, "", "revisions[].record"),
        (details, "payload", "revisions[].record.payload"),
        (
            details,
            "payload.tableInfo",
            "revisions[].record.payload.tableInfo",
        ),
        (details, "payload.revision", "revisions[]"),
        (
            details,
            "payload.revision.blockAddress",
            "revisions[].blockAddress",
        ),
    ] {
        look(at, path, &more, &format!("{name}.more"));
    }
    look(summary, "payload", &more, "more");
    for (at, path, name) in [
        (summary, "recordType", "record.recordType"),
        (summary, "payload.entriesHashList.[]", "entriesHashList[]"),
        (summary, "payload.revisionSummaries.[]", "revisions[]"),
        (
            summary,
            "payload.revisionSummaries.[].hash",
            "revisions[].hash",
        ),
        (details, "payload", "revisions[].record.payload"),
        (
            details,
            "payload.revision",
            "revisions[].record.payload.revision",
        ),
        (
            details,
            "payload.tableInfo.tableName",
            "revisions[].record.payload.tableInfo.tableName",
        ),
        (details, "payload.revision.hash", "revisions[].hash"),
    ] {
        look(at, path, &annotated, &format!("annotations of {name}"));
    }
}
