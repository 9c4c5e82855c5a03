//! Records of a journal stream in Kinesis (Developer Guide, "QLDB stream records in Kinesis"), and the files in which
//! people kept them.
//!
//! A record is one Ion binary struct with a version marker of its own: `{qldbStreamArn, recordType, payload}`. A
//! block gives a `BLOCK_SUMMARY` and a `REVISION_DETAILS` for each of its revisions that is not internal.

use super::Error;
use crate::block::{fields, Block, Revision};
use crate::ion::binary;
use crate::Rng;
use base64::{engine::general_purpose::STANDARD, Engine};
use ion_rs::Element;

/// The stream that all records name.
const STREAM_ARN: &str =
    "arn:aws:qldb:eu-west-1:111122223333:stream/vehicle-registration/Bq8sV0dJxN5mTgYh2RkLw4";

/// One record of this type.
///
/// # Errors
/// If the payload cannot be encoded.
pub fn record(kind: &str, payload: Element) -> Result<Vec<u8>, Error> {
    let record = fields([
        ("qldbStreamArn", Element::string(STREAM_ARN)),
        ("recordType", Element::string(kind)),
        ("payload", payload),
    ]);
    Ok(binary::encode([&record])?)
}

/// A `CONTROL` record: `CREATED` stands first, `COMPLETED` last.
///
/// # Errors
/// Never.
pub fn control(kind: &str) -> Result<Vec<u8>, Error> {
    record(
        "CONTROL",
        fields([("controlRecordType", Element::string(kind))]),
    )
}

/// The records of these blocks, in order, without control records.
///
/// # Errors
/// If a document cannot be encoded.
pub fn records(blocks: &[Block]) -> Result<Vec<Vec<u8>>, Error> {
    let mut records = Vec::new();
    for block in blocks {
        records.push(record("BLOCK_SUMMARY", block.to_summary())?);
        for revision in block
            .revisions()
            .iter()
            .filter(|revision| revision.metadata.is_some())
        {
            records.push(record("REVISION_DETAILS", details(block, revision))?);
        }
    }
    Ok(records)
}

/// The records of a whole stream: created, blocks, completed.
///
/// # Errors
/// If a document cannot be encoded.
pub fn whole(blocks: &[Block]) -> Result<Vec<Vec<u8>>, Error> {
    let mut all = vec![control("CREATED")?];
    all.extend(records(blocks)?);
    all.push(control("COMPLETED")?);
    Ok(all)
}

/// `{tableInfo: {tableId, tableName}, revision}`. The table is what the block's transaction info says.
fn details(block: &Block, revision: &Revision) -> Element {
    let id = revision.metadata.as_ref().map(|metadata| &metadata.id);
    let documents = block
        .transaction_info
        .iter()
        .flat_map(|info| &info.documents)
        .flatten();
    let table = documents
        .into_iter()
        .find(|(document, _)| Some(document) == id)
        .map(|(_, table)| table);
    let table = table.map(|table| {
        let info = fields([
            ("tableId", Element::string(table.table_id.as_str())),
            ("tableName", Element::string(table.table_name.as_str())),
        ]);
        ("tableInfo", info)
    });
    fields(
        table
            .into_iter()
            .chain([("revision", revision.to_element())]),
    )
}

/// What delivery may do to records: each may come twice, in any order.
pub fn disorder(records: &mut Vec<Vec<u8>>, rng: &mut Rng) {
    let again: Vec<_> = records.iter().filter(|_| rng.chance(20)).cloned().collect();
    records.extend(again);
    rng.shuffle(records);
}

/// A Firehose object: the records end to end. With `newline`, Firehose's delimiter option, `0A` follows each, which
/// in Ion binary is a pad that swallows the next version marker.
#[must_use]
pub fn firehose(records: &[Vec<u8>], newline: bool) -> Vec<u8> {
    let mut out = Vec::new();
    for record in records {
        out.extend_from_slice(record);
        if newline {
            out.push(b'\n');
        }
    }
    out
}

/// The number that Kinesis gave a record; only its order matters.
fn sequence_number(index: usize) -> String {
    format!("4960220222355739195499295278121071895416104429973143{index:04}")
}

/// `aws kinesis get-records`. Each record may be one of the stream's, or an aggregate ([`super::kpl`]).
#[must_use]
pub fn get_records(records: &[Vec<u8>], rng: &mut Rng) -> String {
    let print = |(index, data): (usize, &Vec<u8>)| {
        format!(
            "        {{\n            \"SequenceNumber\": \"{}\",\n            \"ApproximateArrivalTimestamp\": \
             {}.0,\n            \"Data\": \"{}\",\n            \"PartitionKey\": \"{}\"\n        }}",
            sequence_number(index),
            1_714_979_400 + index,
            STANDARD.encode(data),
            rng.id()
        )
    };
    let printed: Vec<String> = records.iter().enumerate().map(print).collect();
    format!(
        "{{\n    \"Records\": [\n{}\n    ],\n    \"NextShardIterator\": \"{}\",\n    \"MillisBehindLatest\": 0\n}}\n",
        printed.join(",\n"),
        rng.id()
    )
}

/// The event that Lambda got for records of a Kinesis stream.
#[must_use]
pub fn lambda_event(records: &[Vec<u8>], rng: &mut Rng) -> String {
    let event = |(index, data): (usize, &Vec<u8>)| {
        serde_json::json!({
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": rng.id(),
                "sequenceNumber": sequence_number(index),
                "data": STANDARD.encode(data),
                "approximateArrivalTimestamp": 1_714_979_400.5 + index as f64,
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": format!("shardId-000000000000:{}", sequence_number(index)),
            "eventName": "aws:kinesis:record",
            "awsRegion": "eu-west-1",
            "eventSourceARN": "arn:aws:kinesis:eu-west-1:111122223333:stream/ledger",
        })
    };
    let records: Vec<_> = records.iter().enumerate().map(event).collect();
    format!("{:#}\n", serde_json::json!({ "Records": records }))
}
