//! Wrong answers, to see that they are noticed.

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use serde_json::Value;

use super::Refusal;

/// What is wrong with every answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// One bit is flipped in a hash: in the member of this name, in its `hash`-th blob (of `Digest` in
    /// itself), counted round and round.
    FlipBit {
        /// `Block`, `Revision`, `Proof` or `Digest`.
        member: &'static str,
        /// Which blob.
        hash: usize,
        /// Which bit, from 0 to 255.
        bit: u8,
    },
    /// The last letter of the first word in the data of the revision is another one.
    OtherData,
    /// The neighbour of the block that was asked for, genuine and proven.
    OtherBlock,
    /// A revision of another document, genuine and proven.
    OtherDocument,
    /// The proof has one hash less.
    ShortProof,
    /// The member of this name is not there.
    Without(&'static str),
    /// So many bytes of blanks before the answer.
    Blanks(usize),
    /// A page of a web server, with this status.
    Page(u16),
}

/// The response for an answer, with the fault in it.
pub(super) fn applied(
    answer: Result<Value, Refusal>,
    fault: Option<Fault>,
) -> Response<Full<Bytes>> {
    if let Some(Fault::Page(status)) = fault {
        return response(status, None, b"<html>It works!</html>".to_vec());
    }
    let value = match answer {
        Ok(value) => value,
        Err(refusal) => {
            let body = refusal.body.to_string().into_bytes();
            return response(refusal.status, Some(refusal.kind), body);
        }
    };
    let value = match fault {
        Some(fault) => spoiled(value, fault),
        None => value,
    };
    let mut body = match fault {
        Some(Fault::Blanks(count)) => vec![b' '; count],
        _ => Vec::new(),
    };
    body.extend(value.to_string().bytes());
    response(200, None, body)
}

fn response(status: u16, kind: Option<&str>, body: Vec<u8>) -> Response<Full<Bytes>> {
    let mut builder = Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .header("x-amzn-RequestId", "0000-stub");
    if let Some(kind) = kind {
        builder = builder.header("x-amzn-ErrorType", kind);
    }
    builder.body(Full::new(body.into())).unwrap_or_default()
}

fn spoiled(mut value: Value, fault: Fault) -> Value {
    match fault {
        Fault::FlipBit {
            member: "Digest",
            bit,
            ..
        } => {
            if let Some(text) = value["Digest"].as_str() {
                value["Digest"] = flipped(text, bit).into();
            }
        }
        Fault::FlipBit { member, hash, bit } => {
            if let Some(text) = value[member]["IonText"].as_str() {
                let blobs = text.matches("{{").count().max(1);
                let text = in_blob(text, hash % blobs, |blob| flipped(blob, bit));
                value[member]["IonText"] = text.into();
            }
        }
        Fault::OtherData => {
            if let Some(text) = value["Revision"]["IonText"].as_str() {
                value["Revision"]["IonText"] = other_data(text).into();
            }
        }
        Fault::ShortProof => {
            if let Some(text) = value["Proof"]["IonText"].as_str() {
                let shorter = match text.split_once(',') {
                    Some((_, rest)) => format!("[{rest}"),
                    None => "[]".to_owned(),
                };
                value["Proof"]["IonText"] = shorter.into();
            }
        }
        Fault::Without(member) => {
            if let Some(members) = value.as_object_mut() {
                members.remove(member);
            }
        }
        _ => {}
    }
    value
}

/// The text with something done to the base64 of one of its blobs.
fn in_blob(text: &str, index: usize, change: impl Fn(&str) -> String) -> String {
    let Some((start, _)) = text.match_indices("{{").nth(index) else {
        return text.to_owned();
    };
    let (before, blob) = text.split_at(start + 2);
    let (blob, after) = blob.split_at(blob.find("}}").unwrap_or(blob.len()));
    format!("{before}{}{after}", change(blob))
}

fn flipped(base64: &str, bit: u8) -> String {
    let mut bytes = STANDARD.decode(base64.trim()).unwrap_or_default();
    if bytes.is_empty() {
        // Genesis has no previous hash: one bit more is as wrong.
        bytes.push(0);
    }
    let index = usize::from(bit / 8) % bytes.len();
    bytes[index] ^= 1 << (bit % 8);
    STANDARD.encode(bytes)
}

fn other_data(text: &str) -> String {
    let data = text.find("data:").map_or(0, |start| start + "data:".len());
    let Some(quote) = text[data..].find("\",").map(|end| data + end) else {
        return text.to_owned();
    };
    let (before, after) = text.split_at(quote);
    let last = before.chars().last().unwrap_or_default();
    let other = if last == 'x' { 'y' } else { 'x' };
    format!(
        "{}{other}{after}",
        &before[..before.len() - last.len_utf8()]
    )
}
