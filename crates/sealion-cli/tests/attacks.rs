//! The built program on inputs that were made to be believed, and on honest ones that were
//! refused once; each with its unforged (or, where it is honest, its wrong) twin.
//!
//! Run by `SEALION_CONFORMANCE=<folder> cargo test -p sealion-cli --test attacks -- --ignored`;
//! fails if the folder is not there or holds less than it should. What the members of
//! `attacks/cases.json` mean stands in the `README.md` beside it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

const CASES: usize = 80;

fn attacks() -> PathBuf {
    let folder = std::env::var_os("SEALION_CONFORMANCE")
        .expect("SEALION_CONFORMANCE must name the conformance folder");
    let folder = PathBuf::from(folder).join("attacks");
    assert!(folder.is_dir(), "{} is not there", folder.display());
    folder.canonicalize().unwrap()
}

/// What one call of the program gave.
struct Answer {
    exit: Option<i32>,
    out: Vec<u8>,
    err: String,
}

fn sealion(folder: &Path, args: &[String], env: &Value) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealion"));
    command.current_dir(folder).args(args).stdin(Stdio::null());
    for (name, value) in env.as_object().into_iter().flatten() {
        command.env(name, value.as_str().unwrap());
    }
    let output = command.output().unwrap();
    Answer {
        exit: output.status.code(),
        out: output.stdout,
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn words(value: &Value) -> Vec<String> {
    let word = |word: &Value| word.as_str().unwrap().to_owned();
    list(value).map(word).collect()
}

/// Whether a finding has all members that are asked for.
fn meets(finding: &Value, wanted: &Value) -> bool {
    let wanted = wanted.as_object().unwrap();
    wanted.iter().all(|(member, value)| match value {
        Value::Number(number) if member == "number" => {
            let message = finding["message"].as_str().unwrap_or_default();
            let mut numbers = message.split(|c: char| !c.is_ascii_digit());
            numbers.any(|one| one == number.to_string())
        }
        Value::Array(any) => any.contains(&finding[member]),
        value => finding[member] == *value,
    })
}

/// The rows that `extract` printed: the state of each, and all of it as text.
fn rows(text: &str) -> Vec<(String, String)> {
    if text.starts_with("state,") {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.as_bytes());
        let records = reader.records().map(|record| record.unwrap());
        let row = |record: csv::StringRecord| {
            let cells: Vec<&str> = record.iter().collect();
            (cells[0].to_owned(), cells.join(","))
        };
        return records.map(row).collect();
    }
    let row = |line: &str| match serde_json::from_str::<Value>(line) {
        Ok(row) if row.is_object() => {
            let state = row["state"].as_str().unwrap_or_default();
            (state.to_owned(), python_like(&row))
        }
        _ => (String::new(), line.to_owned()),
    };
    text.lines().map(row).collect()
}

/// With a blank behind colons and commas: the cases have members of rows in this form.
fn python_like(row: &Value) -> String {
    let text = serde_json::to_string_pretty(row).unwrap();
    let lines = text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    lines.replace("{ ", "{").replace(" }", "}")
}

/// The text without the program's own colours.
fn without_colours(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\x1b[") {
        plain.push_str(&rest[..at]);
        let body = &rest[at + 2..];
        let digits = body.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        match digits.strip_prefix('m') {
            Some(after) => rest = after,
            None => {
                plain.push_str("\x1b[");
                rest = body;
            }
        }
    }
    plain + rest
}

fn obeyed_by_terminals(c: char) -> bool {
    let control = c.is_control() && c != '\n' && c != '\t';
    let turns =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    control || turns
}

/// What is wrong with an answer, and its verdict.
fn faults(answer: &Answer, case: &Value) -> (Vec<String>, Option<String>) {
    let mut faults = Vec::new();
    let text = String::from_utf8_lossy(&answer.out);
    let report: Value = serde_json::from_slice(&answer.out).unwrap_or_default();
    let verdict = report["verdict"].as_str().map(str::to_owned);
    if answer.exit.is_none() || answer.err.contains("panicked") {
        faults.push(format!("crashed: {}", answer.err));
    }
    if !list(&case["exit"]).any(|exit| exit.as_i64() == answer.exit.map(i64::from)) {
        faults.push(format!("exit {:?}, not {}", answer.exit, case["exit"]));
    }
    // Nothing was done, so there is no report.
    let refused = answer.exit == Some(2) && text.trim().is_empty();
    if !case["verdict"].is_null()
        && !refused
        && !words(&case["verdict"])
            .iter()
            .any(|one| Some(one) == verdict.as_ref())
    {
        faults.push(format!("verdict {verdict:?}, not {}", case["verdict"]));
    }
    let findings: Vec<&Value> = list(&report["findings"]).collect();
    let has = |codes: &str| {
        let mut found = findings
            .iter()
            .filter_map(|finding| finding["code"].as_str());
        found.any(|code| codes.split('|').any(|wanted| wanted == code))
    };
    let met = |wanted: &Value| findings.iter().any(|finding| meets(finding, wanted));
    let code = |code: &String| format!("code {code}");
    faults.extend(
        words(&case["must_codes"])
            .iter()
            .filter(|codes| !has(codes))
            .map(|c| format!("no {}", code(c))),
    );
    faults.extend(
        words(&case["must_not_codes"])
            .iter()
            .filter(|codes| has(codes))
            .map(code),
    );
    faults.extend(
        list(&case["must_find"])
            .filter(|wanted| !met(wanted))
            .map(|wanted| format!("no finding like {wanted}")),
    );
    faults.extend(
        list(&case["must_not_find"])
            .filter(|wanted| met(wanted))
            .map(|wanted| format!("a finding like {wanted}")),
    );
    faults.extend(
        words(&case["must_not"])
            .iter()
            .filter(|bad| text.contains(bad.as_str()))
            .map(|bad| format!("prints {bad:?}")),
    );
    let rows = rows(&text);
    let printed = |wanted: &&Value| {
        let (state, part) = (wanted["state"].as_str(), wanted["text"].as_str().unwrap());
        rows.iter()
            .any(|(own, row)| Some(own.as_str()) == state && row.contains(part))
    };
    faults.extend(
        list(&case["must_not_rows"])
            .filter(printed)
            .map(|bad| format!("a row {bad}")),
    );
    faults.extend(
        list(&case["must_rows"])
            .filter(|row| !printed(row))
            .map(|row| format!("no row {row}")),
    );
    if case["plain"] == true {
        let raw = without_colours(&text)
            .chars()
            .find(|c| obeyed_by_terminals(*c));
        faults.extend(raw.map(|c| format!("a raw U+{:04X}", u32::from(c))));
    }
    (faults, verdict)
}

/// Makes the calls of a case or of a control; what is wrong with any of them.
fn wrong(folder: &Path, case: &Value) -> Vec<String> {
    let mut variations: Vec<Vec<String>> = list(&case["vary"]).map(words).collect();
    if variations.is_empty() {
        variations.push(Vec::new());
    }
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for more in variations {
        let args = [words(&case["command"]), more.clone()].concat();
        let answer = sealion(folder, &args, &case["env"]);
        let (faults, verdict) = faults(&answer, case);
        seen.insert((answer.exit, verdict));
        if !faults.is_empty() {
            wrong.push(format!("{}: {}", args.join(" "), faults.join("; ")));
        }
    }
    if case["agree"] == true && seen.len() > 1 {
        wrong.push(format!("not the same in all variations: {seen:?}"));
    }
    wrong
}

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn attacks_are_answered_as_they_must_be() {
    let attacks = attacks();
    let cases = std::fs::read(attacks.join("cases.json")).unwrap();
    let cases: Value = serde_json::from_slice(&cases).unwrap();
    let (mut due, mut failures) = (0, Vec::new());
    for case in list(&cases) {
        let (name, kind) = (
            case["name"].as_str().unwrap(),
            case["kind"].as_str().unwrap(),
        );
        let folder = attacks.join(case["folder"].as_str().unwrap());
        let calls = std::iter::once(case).chain(list(&case["controls"]));
        let wrong: Vec<String> = calls.flat_map(|call| wrong(&folder, call)).collect();
        due += 1;
        let told = wrong
            .into_iter()
            .map(|wrong| format!("{name} [{kind}] {wrong}"));
        failures.extend(told);
    }
    println!("{due} attacks, {} wrong answers", failures.len());
    assert_eq!(due, CASES);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
