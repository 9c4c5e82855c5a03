//! What is answered to which request.

use sealion::{BlockAddress, Digest};
use serde_json::{json, Map, Value};

use super::{Fault, Ledger, Refusal};

/// Entries of a page, unless `max_results` says otherwise: few, so that clients must turn pages.
const PAGE: usize = 2;

/// The answer to a request, whose line is `METHOD /path?query`.
pub(super) fn answer(
    ledger: &Ledger,
    line: &str,
    body: &[u8],
    fault: Option<Fault>,
) -> Result<Value, Refusal> {
    let (method, uri) = line.split_once(' ').unwrap_or((line, "/"));
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    if let ["ledgers", name, ..] = segments[..] {
        if name != ledger.name {
            return Err(Refusal::not_found("ledger", name));
        }
    }
    match (method, &segments[..]) {
        ("GET", ["ledgers"]) => Ok(json!({ "Ledgers": [summary(ledger)] })),
        ("GET", ["ledgers", _]) => Ok(description(ledger)),
        ("POST", ["ledgers", _, "digest"]) => Ok(digest(&ledger.digest(ledger.last()))),
        ("POST", ["ledgers", _, "block"]) => block(ledger, &members(body)?, fault),
        ("POST", ["ledgers", _, "revision"]) => revision(ledger, &members(body)?, fault),
        ("GET", ["journal-s3-exports"] | ["ledgers", _, "journal-s3-exports"]) => {
            exports(ledger, query)
        }
        ("GET", ["ledgers", _, "journal-s3-exports", id]) => {
            let all = ledger.exports();
            let own = all.into_iter().find(|export| export["ExportId"] == *id);
            let own = own.ok_or_else(|| Refusal::not_found("export", id))?;
            Ok(json!({ "ExportDescription": own }))
        }
        ("GET", ["ledgers", _, "journal-kinesis-streams"]) => Ok(json!({ "Streams": [] })),
        ("GET", ["ledgers", _, "journal-kinesis-streams", id]) => {
            Err(Refusal::not_found("stream", id))
        }
        ("GET", ["tags", _]) => Ok(json!({ "Tags": {} })),
        _ => Err(Refusal::read_only(&ledger.name)),
    }
}

fn summary(ledger: &Ledger) -> Value {
    json!({ "Name": ledger.name, "State": "ACTIVE", "CreationDateTime": 1_714_979_289.101 })
}

fn description(ledger: &Ledger) -> Value {
    let mut all = summary(ledger);
    let name = &ledger.name;
    all["Arn"] = json!(format!("arn:aws:qldb:us-east-1:111122223333:ledger/{name}"));
    all["PermissionsMode"] = json!("STANDARD");
    all["DeletionProtection"] = json!(true);
    all
}

fn digest(digest: &Digest) -> Value {
    serde_json::from_str(&digest.to_aws_json()).unwrap_or_default()
}

fn block(
    ledger: &Ledger,
    members: &Map<String, Value>,
    fault: Option<Fault>,
) -> Result<Value, Refusal> {
    let address = block_address(ledger, members)?;
    let tip = tip(ledger, members, address)?;
    let number = match fault {
        Some(Fault::OtherBlock) if address > 0 => address - 1,
        Some(Fault::OtherBlock) => address + 1,
        _ => address,
    };
    let answer = ledger.block(number, tip.unwrap_or(ledger.last()));
    let answer = answer.ok_or_else(|| no_block("it is not there"))?;
    Ok(with_proof(answer, tip))
}

fn revision(
    ledger: &Ledger,
    members: &Map<String, Value>,
    fault: Option<Fault>,
) -> Result<Value, Refusal> {
    let address = block_address(ledger, members)?;
    let tip = tip(ledger, members, address)?;
    let asked = members.get("DocumentId").and_then(Value::as_str);
    let asked = asked.ok_or_else(|| Refusal::parameter("DocumentId", "DocumentId is missing."))?;
    let up_to = tip.unwrap_or(ledger.last());
    let (number, id) = match fault {
        Some(Fault::OtherDocument) => {
            let others = ledger.documents();
            let other = others.into_iter().find(|(_, id, _)| id != asked);
            other.map_or((address, asked.to_owned()), |(number, id, _)| (number, id))
        }
        _ => (address, asked.to_owned()),
    };
    let answer = ledger.revision(number, &id, up_to);
    let message = "The block holds no revision of this document.";
    let answer = answer.ok_or_else(|| Refusal::parameter("DocumentId", message))?;
    Ok(with_proof(answer, tip))
}

/// An answer has a proof only where a tip was given.
fn with_proof(mut answer: Value, tip: Option<u64>) -> Value {
    if let (None, Some(members)) = (tip, answer.as_object_mut()) {
        members.remove("Proof");
    }
    answer
}

fn exports(ledger: &Ledger, query: &str) -> Result<Value, Refusal> {
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(own, _)| *own == name).map(|(_, value)| value)
    };
    let count = value("max_results").and_then(|text| text.parse().ok());
    let count = count.unwrap_or(PAGE).clamp(1, 100);
    let start = match value("next_token").map(|token| token.trim_start_matches("page")) {
        None => 0,
        Some(text) => text
            .parse()
            .map_err(|_| Refusal::parameter("NextToken", "The token is not of this listing."))?,
    };
    let all = ledger.exports();
    let page: Vec<&Value> = all.iter().skip(start).take(count).collect();
    let mut answer = json!({ "JournalS3Exports": page });
    let next = start + page.len();
    if next < all.len() {
        answer["NextToken"] = json!(format!("page{next}"));
    }
    Ok(answer)
}

/// A missing and an empty body mean the same.
fn members(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    let value = serde_json::from_slice(body).ok();
    value.ok_or_else(|| Refusal::parameter("Body", "The body is no JSON object."))
}

fn no_block(why: &str) -> Refusal {
    let message = format!("The block address is not valid: {why}.");
    Refusal::parameter("BlockAddress", &message)
}

fn block_address(ledger: &Ledger, members: &Map<String, Value>) -> Result<u64, Refusal> {
    let address = address_in(members, "BlockAddress")?.ok_or_else(|| no_block("it is missing"))?;
    match address.strand_id.as_str() == ledger.strand_id() && address.sequence_no <= ledger.last() {
        true => Ok(address.sequence_no),
        false => Err(no_block("there is no such block")),
    }
}

fn tip(ledger: &Ledger, members: &Map<String, Value>, block: u64) -> Result<Option<u64>, Refusal> {
    let Some(tip) = address_in(members, "DigestTipAddress")? else {
        return Ok(None);
    };
    let number = tip.sequence_no;
    let own = tip.strand_id.as_str() == ledger.strand_id();
    match own && number <= ledger.last() && number >= block {
        true => Ok(Some(number)),
        false => Err(Refusal::parameter(
            "DigestTipAddress",
            "The tip is no block of this ledger, or comes before the block.",
        )),
    }
}

fn address_in(members: &Map<String, Value>, name: &str) -> Result<Option<BlockAddress>, Refusal> {
    let Some(holder) = members.get(name).filter(|holder| !holder.is_null()) else {
        return Ok(None);
    };
    let text = holder.get("IonText").and_then(Value::as_str);
    let parsed = text.unwrap_or_default().parse();
    let parsed = parsed
        .map_err(|error: sealion::ParseAddressError| Refusal::parameter(name, &error.to_string()));
    parsed.map(Some)
}
