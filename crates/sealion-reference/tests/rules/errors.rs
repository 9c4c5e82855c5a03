//! Blocks and revisions that cannot be read: named, and never a panic.

use crate::edit::{set, without};
use crate::fixture;
use ion_rs::Element;
use sealion_reference::journal::{check, statements, Address, Block, Revision};

fn ion(text: &str) -> Element {
    Element::read_one(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn block_error(value: &Element) -> String {
    let message = Block::read(value).unwrap_err().to_string();
    let checked = check(std::slice::from_ref(value)).remove(0);
    assert_eq!(checked.unwrap_err().to_string(), message);
    message
}

#[test]
fn needed_fields_of_a_block() {
    let block = fixture::block();
    for name in [
        "blockAddress",
        "blockHash",
        "entriesHash",
        "previousBlockHash",
        "entriesHashList",
    ] {
        let value = without(&block, &[name]);
        assert_eq!(block_error(&value), format!("{name} is missing"));
    }
    for name in ["strandId", "sequenceNo"] {
        let value = without(&block, &["blockAddress", name]);
        let message = format!("blockAddress.{name} is missing");
        assert_eq!(block_error(&value), message);
    }
    let value = without(&block, &["revisions", "0", "hash"]);
    assert_eq!(block_error(&value), "revisions[0].hash is missing");
    let value = without(&block, &["revisions", "0", "metadata"]);
    assert_eq!(block_error(&value), "revisions[0].metadata is missing");
}

#[test]
fn types_and_lengths_in_a_block() {
    let block = fixture::block();
    for (path, text, message) in [
        (
            &["blockHash"][..],
            "{{}}",
            "blockHash has 0 bytes, a hash has 32",
        ),
        (
            &["previousBlockHash"],
            "{{}}",
            "previousBlockHash has 0 bytes, a hash has 32",
        ),
        (
            &["previousBlockHash"],
            "{{AA==}}",
            "previousBlockHash has 1 bytes, a hash has 32",
        ),
        (
            &["entriesHashList", "2"],
            "{{AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA}}",
            "entriesHashList[2] has 33 bytes, a hash has 32",
        ),
        (
            &["entriesHash"],
            "null.blob",
            "entriesHash must be a blob of 32 bytes",
        ),
        (
            &["entriesHash"],
            "{{\"ab\"}}",
            "entriesHash must be a blob of 32 bytes",
        ),
        (
            &["entriesHash"],
            "\"ab\"",
            "entriesHash must be a blob of 32 bytes",
        ),
        (
            &["entriesHashList"],
            "({{}})",
            "entriesHashList must be a list",
        ),
        (
            &["entriesHashList"],
            "null",
            "entriesHashList must be a list",
        ),
        (&["revisions"], "{}", "revisions must be a list"),
        (&["revisions", "0"], "1", "revisions[0] must be a struct"),
        (
            &["revisions", "0", "metadata"],
            "null.struct",
            "revisions[0].metadata must be a struct",
        ),
        (
            &["transactionInfo"],
            "null",
            "transactionInfo must be a struct",
        ),
        (&["blockAddress"], "[]", "blockAddress must be a struct"),
        (
            &["blockAddress", "strandId"],
            "a",
            "blockAddress.strandId must be a string",
        ),
        (
            &["revisions", "0", "blockAddress", "sequenceNo"],
            "1.",
            "revisions[0].blockAddress.sequenceNo must be an int from 0 to 2^64 - 1",
        ),
    ] {
        let value = set(&block, path, ion(text));
        assert_eq!(block_error(&value), message, "{text}");
    }
    for value in ["1", "null", "null.struct", "[]", "{$0:1}"] {
        let message = block_error(&ion(value));
        assert!(
            message.starts_with("the value must be a struct"),
            "{message}"
        );
    }
}

#[test]
fn sequence_numbers_beyond_53_bits() {
    let read = |text: &str| {
        let address = ion(&format!("{{strandId:\"s\",sequenceNo:{text}}}"));
        Address::read(&address).map(|address| address.sequence_no)
    };
    assert_eq!(read("9007199254740993").unwrap(), 9_007_199_254_740_993);
    assert_eq!(read("18446744073709551615").unwrap(), u64::MAX);
    for text in ["18446744073709551616", "-1", "1d0", "null.int"] {
        assert!(read(text).is_err(), "{text}");
    }
}

/// `value` with a further field `name` in the struct at `path`.
fn with_field(value: &Element, path: &[&str], name: &str, new: &str) -> Element {
    crate::edit::edit(value, path, &|structure| {
        let builder = structure.as_struct().unwrap().clone_builder();
        Some(builder.with_field(name, ion(new)).build().into())
    })
    .unwrap()
}

#[test]
fn a_field_twice() {
    let block = fixture::block();
    for (path, name, message) in [
        (&[][..], "blockHash", "blockHash stands twice"),
        (&[], "transactionInfo", "transactionInfo stands twice"),
        (
            &["blockAddress"],
            "sequenceNo",
            "blockAddress.sequenceNo stands twice",
        ),
        (
            &["revisions", "0"],
            "data",
            "revisions[0].data stands twice",
        ),
        (
            &["revisions", "0", "metadata"],
            "id",
            "revisions[0].metadata.id stands twice",
        ),
    ] {
        let value = with_field(&block, path, name, "{}");
        assert_eq!(block_error(&value), message);
    }
    // In a document they are the user's own, and count twice in its hash.
    let value = with_field(&block, &["revisions", "0", "data"], "City", "\"Everett\"");
    assert!(Block::read(&value).is_ok());
    // A field that no rule knows is no reason to refuse.
    assert!(Block::read(&with_field(&block, &[], "unheardOf", "1")).is_ok());
}

#[test]
fn data_beside_its_hash() {
    let revision = fixture::revision();
    let value = with_field(&revision, &[], "dataHash", "{{}}");
    let message = Revision::read(&value).unwrap_err().to_string();
    assert_eq!(message, "data and dataHash stand side by side");
}

#[test]
fn statements_that_are_none() {
    for (text, message) in [
        ("{}", "transactionInfo.statements is missing"),
        (
            "{statements:{}}",
            "transactionInfo.statements must be a list",
        ),
        (
            "{statements:[{statement:\"a\"}]}",
            "transactionInfo.statements[0].statementDigest is missing",
        ),
        (
            "{statements:[{statement:a,statementDigest:{{}}}]}",
            "transactionInfo.statements[0].statement must be a string",
        ),
    ] {
        assert_eq!(statements(&ion(text)).unwrap_err().to_string(), message);
    }
    assert!(statements(&ion("{statements:[]}")).unwrap().is_empty());
}
