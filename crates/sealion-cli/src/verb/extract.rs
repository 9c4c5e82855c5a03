//! `sealion extract`: documents out of a journal, each with its state.

use std::collections::BTreeMap;
use std::io;

use sealion::extract::{extract, ExtractError, Extraction, Row, TableSource};
use sealion::prove::WantedRevisions;
use sealion::{escape, StrandId, Verifier};
use serde_json::{json, value::RawValue};

use crate::args::{ExtractArgs, RowForm};
use crate::error::Error;
use crate::input::Input;
use crate::terminal::{self, Bar, Rows};

/// Blocks without rows that are named; all are counted.
const NAMED_MAX: usize = 10;

/// Verifies, and prints the rows.
pub fn run(args: &ExtractArgs) -> Result<u8, Error> {
    let mut verifier = Verifier::new().limits(args.limits.all()?);
    for text in &args.digests {
        let (digest, source) = super::digest_named(text, &args.inputs)?;
        verifier = verifier.against_named(digest, source);
    }
    if let Some(strand) = &args.strand {
        verifier = verifier.strand(StrandId::new(strand));
    }
    if let Some(to) = args.to {
        verifier = verifier.to(to);
    }
    let mut wanted = WantedRevisions::all();
    wanted.document_id.clone_from(&args.document);
    wanted.table_name.clone_from(&args.table);
    let archive = Input::open(&args.inputs, &args.aws, None)?;
    let bar = Bar::new(false);
    let verifier = verifier.progress(bar.callback());
    let mut states: BTreeMap<&str, u64> = BTreeMap::new();
    let mut rows = match args.output {
        RowForm::Ndjson => Rows::json(),
        RowForm::Csv => Rows::csv(&COLUMNS),
    };
    let mut each = |row: Row| {
        *states.entry(row.state.as_str()).or_default() += 1;
        match args.output {
            RowForm::Ndjson => rows.write([json_of(&row)?.as_str()]),
            RowForm::Csv => rows.write(cells(&row).iter().map(String::as_str)),
        }
    };
    let extraction = extract(&verifier, &archive, &wanted, args.last, &mut each);
    bar.finish();
    let extraction = match extraction {
        // A reader that has seen enough and closed the pipe is no error, and was not given all.
        Err(ExtractError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            return Ok(2)
        }
        extraction => extraction?,
    };
    match rows.finish() {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(2),
        finished => finished.map_err(Error::Output)?,
    }
    let counts: Vec<String> = states
        .iter()
        .map(|(state, count)| format!("{count} {state}"))
        .collect();
    terminal::remark(&match counts.is_empty() {
        true => "no revision here is the one asked for".to_owned(),
        false => format!("rows: {}", counts.join(", ")),
    });
    let report = &extraction.report;
    terminal::remark(&format!(
        "the journal as a whole: {}; `sealion verify` gives the report",
        report.verdict()
    ));
    super::remark_warnings(report);
    let all = !left_out(&extraction) && !counts.is_empty();
    Ok(match report.verdict().exit_status() {
        0 if !all => 2,
        status => status,
    })
}

/// Names what gave no rows; true if anything did not.
fn left_out(extraction: &Extraction) -> bool {
    for (address, path) in extraction.without_text.iter().take(NAMED_MAX) {
        terminal::remark(&format!(
            "no rows of block {}: its text is not at hand, {path} holds it by itself; rows come from journals and streams",
            address.sequence_no
        ));
    }
    let more = extraction.without_text.len().saturating_sub(NAMED_MAX);
    if more > 0 {
        terminal::remark(&format!("no rows of {more} more blocks"));
    }
    for (address, id) in extraction.without_revision.iter().take(NAMED_MAX) {
        terminal::remark(&format!(
            "document {id} was changed in block {}, and its revision there is missing or stripped to its hash: no row of it",
            address.sequence_no
        ));
    }
    let hidden = extraction.without_revision_total;
    if hidden > NAMED_MAX as u64 {
        terminal::remark(&format!(
            "{} more revisions are missing in the same way",
            hidden - NAMED_MAX as u64
        ));
    }
    let more_left_out = without_place(extraction);
    let loose = extraction.without_block;
    if loose > 0 {
        terminal::remark(&format!(
            "no rows of revisions that came without their block, {loose} in number (answers, receipts, bundles, history rows, stray stream records): `sealion verify` checks them, `sealion show` prints them"
        ));
    }
    loose > 0 || hidden > 0 || more_left_out || !extraction.without_text.is_empty()
}

/// Names revisions that may be of the table asked for, and versions that are missing; true
/// if there are any.
fn without_place(extraction: &Extraction) -> bool {
    let (table, earlier) = (&extraction.without_table, &extraction.without_earlier);
    for (address, id, version) in table.first.iter().take(NAMED_MAX) {
        terminal::remark(&format!(
            "document {id} version {version} in block {} may be of that table: transactionInfo, which would tell, is missing: no row of it",
            address.sequence_no
        ));
    }
    for (address, id, version) in earlier.first.iter().take(NAMED_MAX) {
        terminal::remark(&format!(
            "document {id} has version {version} in block {}, and the one before it is not here: no row of it",
            address.sequence_no
        ));
    }
    for (total, what) in [
        (table.total, "revisions may be of that table"),
        (earlier.total, "versions are missing"),
    ] {
        let more = total.saturating_sub(NAMED_MAX as u64);
        if more > 0 {
            terminal::remark(&format!("{more} more {what} in the same way"));
        }
    }
    let gaps = extraction.gaps_not_listed;
    if gaps > 0 {
        terminal::remark(&format!(
            "{gaps} more versions are missing in the journal, perhaps of documents asked for: raise --limit findings_max=N"
        ));
    }
    table.total > 0 || earlier.total > 0 || gaps > 0
}

/// The names of a CSV row's cells.
const COLUMNS: [&str; 13] = [
    "state",
    "document_id",
    "version",
    "kind",
    "table_name",
    "table_source",
    "strand_id",
    "sequence_no",
    "revision_hash",
    "tx_time",
    "tx_id",
    "data",
    "data_ion",
];

/// The cells of a row. Strings are escaped as those of JSON, without quotes; data is JSON and Ion text
/// as it is, with more escapes; and none of them starts a formula.
fn cells(row: &Row) -> [String; 13] {
    let string = escape::csv_string;
    let text = |text: &Option<String>| text.as_deref().map(string).unwrap_or_default();
    let hash = row.revision_hash.map(|hash| hash.to_string());
    let json = row.data_json.as_deref().map(escape::json);
    let ion = row.data_ion.as_deref().map(escape::ion);
    [
        row.state.as_str().to_owned(),
        string(&row.document_id),
        row.version.to_string(),
        row.kind.as_str().to_owned(),
        text(&row.table_name),
        row.table_source.map_or("", TableSource::as_str).to_owned(),
        string(row.address.strand_id.as_str()),
        row.address.sequence_no.to_string(),
        text(&hash),
        text(&row.tx_time),
        text(&row.tx_id),
        escape::csv_cell(&json.unwrap_or_default()),
        escape::csv_cell(&ion.unwrap_or_default()),
    ]
}

fn json_of(row: &Row) -> io::Result<String> {
    let data = row.data_json.clone().unwrap_or_else(|| "null".to_owned());
    let line = Line {
        state: row.state.as_str(),
        document_id: &row.document_id,
        version: row.version,
        kind: row.kind.as_str(),
        table_name: row.table_name.as_deref(),
        table_source: row.table_source.map(TableSource::as_str),
        block_address: json!({
            "strand_id": row.address.strand_id.as_str(),
            "sequence_no": row.address.sequence_no,
        }),
        revision_hash: row.revision_hash.map(|hash| hash.to_string()),
        tx_time: row.tx_time.as_deref(),
        tx_id: row.tx_id.as_deref(),
        data: RawValue::from_string(data)?,
        data_ion: row.data_ion.as_deref(),
    };
    Ok(serde_json::to_string(&line)?)
}

/// A row as a line of JSON.
#[derive(serde::Serialize)]
struct Line<'a> {
    state: &'a str,
    document_id: &'a str,
    version: u64,
    kind: &'a str,
    table_name: Option<&'a str>,
    table_source: Option<&'a str>,
    block_address: serde_json::Value,
    revision_hash: Option<String>,
    tx_time: Option<&'a str>,
    tx_id: Option<&'a str>,
    data: Box<RawValue>,
    data_ion: Option<&'a str>,
}
