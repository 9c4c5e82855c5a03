//! Every member of a bundle changed, left out, doubled, and every hash by one bit: then it is verified no longer, unless
//! `docs/bundles.md` lists the member as not authenticated.

use super::common::text;
use super::*;
use ion_rs::Element;
use sealion::bundle::Attachment;
use sealion_testkit::Mix;
use serde_json::json;

/// Members whose content nothing authenticates, as `docs/bundles.md` lists them.
const NOT_AUTHENTICATED: [&str; 6] = [
    "what_this_is",
    "tool",
    "date",
    "rests_on",
    "attachments",
    "report",
];

/// A bundle with a revision of each kind and all that may go with it, as small as may be.
fn sound() -> (String, Digest) {
    let ledger = Ledger::new(11, 48, Mix::Vehicle);
    let archive = Memory::new().with("j", text(&ledger));
    let trusted = digest(&ledger, ledger.tip());
    let (mut bundle, prover) = begun(&archive, &trusted);
    let kinds: [fn(&sealion_testkit::block::Content) -> bool; 3] = [
        |content| matches!(content, sealion_testkit::block::Content::Data(_)),
        |content| matches!(content, sealion_testkit::block::Content::Redacted(_)),
        |content| matches!(content, sealion_testkit::block::Content::Nothing),
    ];
    for kind in kinds {
        let mut documents = ledger.documents();
        let revision = documents.find_map(|(block, revision)| {
            let revision = &ledger.blocks[block].revisions()[revision];
            kind(&revision.content).then(|| revision.metadata.clone().unwrap())
        });
        let metadata = revision.expect("a revision of this kind");
        let mut wanted = WantedRevisions::of_document(metadata.id);
        wanted.version = Some(metadata.version);
        bundle.add_revisions(&prover, &archive, &wanted).unwrap();
    }
    assert!(bundle.revisions().len() == 3 && bundle.blocks().len() >= 2);
    bundle.dated("some day");
    bundle.attach(Attachment::file("an object.ion", &b"bytes"[..]).unwrap());
    bundle.attach(Attachment::time_stamp_token(b"a token"));
    bundle.attach(Attachment::note("kept in a safe"));
    (file(&bundle), trusted)
}

/// Where a value stands: names, and indexes as numbers.
type Path = Vec<String>;

/// All values within, the outer ones first.
fn walk(value: &Value, path: &Path, each: &mut impl FnMut(&Path, &Value)) {
    each(path, value);
    let mut within = |name: String, value| {
        let mut path = path.clone();
        path.push(name);
        walk(value, &path, each);
    };
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| within(name.clone(), value)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, value)| within(index.to_string(), value)),
        _ => {}
    }
}

fn at<'a>(value: &'a mut Value, path: &[String]) -> &'a mut Value {
    path.iter().fold(value, |value, name| match value {
        Value::Array(items) => &mut items[name.parse::<usize>().unwrap()],
        other => &mut other[name.as_str()],
    })
}

/// Other values than this one, near it.
fn others(value: &Value) -> Vec<Value> {
    let mut others = vec![
        Value::Null,
        json!({}),
        json!([]),
        json!("x"),
        json!(7),
        json!(true),
    ];
    match value {
        Value::String(text) => {
            let mut characters: Vec<char> = text.chars().collect();
            let middle = characters.len() / 2;
            if let Some(c) = characters.get_mut(middle) {
                *c = if *c == 'A' { 'B' } else { 'A' };
            }
            others.push(Value::String(characters.into_iter().collect()));
            others.push(Value::String(format!("{text}A")));
            others.push(json!(""));
        }
        Value::Number(number) => {
            let number = number.as_u64().unwrap();
            others.extend([
                json!(number + 1),
                json!(number + 2),
                json!(number.wrapping_sub(1)),
                json!(1e300),
            ]);
            others.push(json!(format!("{number}")));
        }
        Value::Bool(truth) => others.push(json!(!truth)),
        _ => {}
    }
    others.retain(|other| other != value);
    others
}

fn authenticated(path: &Path) -> bool {
    !NOT_AUTHENTICATED.contains(&path[0].as_str())
}

fn verified(json: &str, trusted: &Digest) -> bool {
    verify(json.as_bytes(), Some(trusted)).verdict() == Verdict::Verified
}

#[test]
fn every_member_changed_left_out_or_of_another_type() {
    let (json, trusted) = sound();
    assert!(verified(&json, &trusted));
    let value = parsed(&json);
    let (mut rejected, mut listed, mut unseen) = (0, 0, Vec::new());
    let mut paths = Vec::new();
    walk(&value, &Path::new(), &mut |path, value| {
        paths.push((path.clone(), value.clone()))
    });
    let mut judge = |what: String, path: &Path, changed: &Value| match (
        verified(&changed.to_string(), &trusted),
        authenticated(path),
    ) {
        (false, _) => rejected += 1,
        (true, false) => listed += 1,
        (true, true) => unseen.push(what),
    };
    for (path, own) in &paths {
        let Some((last, outer)) = path.split_last() else {
            continue;
        };
        // Of what nobody authenticates a sample is enough: the report is long.
        if !authenticated(path) && path.len() > 3 {
            continue;
        }
        for other in others(own) {
            let mut changed = value.clone();
            *at(&mut changed, path) = other.clone();
            judge(format!("{path:?} = {other}"), path, &changed);
        }
        let mut changed = value.clone();
        match at(&mut changed, outer) {
            Value::Object(members) => drop(members.remove(last)),
            Value::Array(items) => {
                items.remove(last.parse().unwrap());
                // Fewer true things are true as well, see docs/bundles.md; but whoever
                // leaves out who ordered a redaction leaves a trace.
                if outer == ["items"] {
                    let report = verify(changed.to_string().as_bytes(), Some(&trusted));
                    let odd = report
                        .finding_totals
                        .contains_key(&Code::UnrecordedRedaction);
                    if own["document_id"].is_string() || odd {
                        continue;
                    }
                }
            }
            _ => unreachable!(),
        }
        judge(format!("{path:?} left out"), path, &changed);
    }
    assert_eq!(unseen, Vec::<String>::new());
    assert!(rejected > 400 && listed > 40, "{rejected} {listed}");
}

#[test]
fn every_member_that_stands_twice() {
    let (json, trusted) = sound();
    let value = parsed(&json);
    let mut paths = Vec::new();
    walk(&value, &Path::new(), &mut |path, _| {
        paths.push(path.clone())
    });
    let mut seen = 0;
    for path in paths {
        let Some((last, outer)) = path.split_last() else {
            continue;
        };
        let in_list = last.parse::<usize>().is_ok();
        // Of the unauthenticated ones attachments are read, and the others but shown.
        let read = authenticated(&path) || path[0] == "attachments";
        if in_list || !(read || path.len() == 1) {
            continue;
        }
        let text = doubled(&value, outer, last);
        assert!(!verified(&text, &trusted), "{path:?} twice");
        let report = verify(text.as_bytes(), Some(&trusted));
        assert!(
            has(&report, Code::DuplicateField, Severity::Failure),
            "{path:?} {report}"
        );
        seen += 1;
    }
    assert!(seen > 60, "{seen}");
}

/// The text with one member written twice.
fn doubled(value: &Value, path: &[String], name: &str) -> String {
    match value {
        Value::Object(members) => {
            let mut written = Vec::new();
            for (own, value) in members {
                let inner = match path.split_first() {
                    Some((first, rest)) if first == own => doubled(value, rest, name),
                    _ => value.to_string(),
                };
                let member = format!("{}:{inner}", json!(own));
                if path.is_empty() && own == name {
                    written.push(member.clone());
                }
                written.push(member);
            }
            format!("{{{}}}", written.join(","))
        }
        Value::Array(items) => {
            let items = items
                .iter()
                .enumerate()
                .map(|(index, value)| match path.split_first() {
                    Some((first, rest)) if *first == index.to_string() => {
                        doubled(value, rest, name)
                    }
                    _ => value.to_string(),
                });
            format!("[{}]", items.collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

#[test]
fn one_bit_of_every_hash() {
    let (json, trusted) = sound();
    let value = parsed(&json);
    let mut texts = Vec::new();
    walk(&value, &Path::new(), &mut |path, value| {
        if let (true, Some(text)) = (!path.is_empty() && authenticated(path), value.as_str()) {
            texts.push((path.clone(), text.to_owned()));
        }
    });
    let mut seen = 0;
    for (path, text) in texts {
        let digest = path.last().unwrap() == "Digest";
        let starts: Vec<usize> = match digest {
            true => vec![0],
            false => text
                .match_indices("{{")
                .map(|(start, _)| start + 2)
                .collect(),
        };
        for start in starts {
            let Some(Ok(hash)) = text.get(start..start + 44).map(str::parse::<Hash>) else {
                continue;
            };
            let bits: Vec<usize> = if digest {
                (0..256).collect()
            } else {
                vec![0, 131, 255]
            };
            for bit in bits {
                let mut other = hash;
                other.0[bit / 8] ^= 1 << (bit % 8);
                let other = format!("{}{other}{}", &text[..start], &text[start + 44..]);
                let mut changed = value.clone();
                *at(&mut changed, &path) = json!(other);
                assert!(
                    !verified(&changed.to_string(), &trusted),
                    "{path:?} {start} {bit}"
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 400, "{seen}");
}

#[test]
fn every_character_of_the_evidence() {
    let (json, trusted) = sound();
    let value = parsed(&json);
    let mut texts = Vec::new();
    walk(&value, &Path::new(), &mut |path, value| {
        if path.last().is_some_and(|name| name == "IonText") && authenticated(path) {
            texts.push((path.clone(), value.as_str().unwrap().to_owned()));
        }
    });
    let listed = verify(json.as_bytes(), Some(&trusted)).not_covered.len();
    let (mut rejected, mut excused) = (0, 0);
    for (path, text) in texts {
        let before = Element::read_one(&text).unwrap();
        for (index, own) in text.char_indices() {
            let other = if own == '1' { '2' } else { '1' };
            let other = format!(
                "{}{other}{}",
                &text[..index],
                &text[index + own.len_utf8()..]
            );
            let mut changed = value.clone();
            *at(&mut changed, &path) = json!(other);
            let report = verify(changed.to_string().as_bytes(), Some(&trusted));
            if report.verdict() != Verdict::Verified {
                rejected += 1;
                continue;
            }
            // A whole member that goes by another name is as if left out: no hash sees
            // that, and the report warns of it or lists the name.
            let warning = |found: &sealion::Finding| found.severity == Severity::Warning;
            let warned = report.findings().iter().any(warning) || report.not_covered.len() > listed;
            let after = Element::read_one(&other).unwrap();
            let same = without_time(&after) == without_time(&before);
            assert!(same || warned, "{path:?} {index} {other}");
            excused += 1;
        }
    }
    assert!(
        rejected > 5_000 && excused < rejected / 50,
        "{rejected} {excused}"
    );
}

/// A value without the fields that no hash covers and nothing contradicts: a block's
/// time, and its transaction where no revision names it.
fn without_time(value: &Element) -> Vec<(String, Element)> {
    let Some(fields) = value.as_struct() else {
        return vec![(String::new(), value.clone())];
    };
    let named = fields.get("revisions").is_some();
    fields
        .fields()
        .map(|(name, value)| (name.text().unwrap().to_owned(), value.clone()))
        .filter(|(name, _)| name != "blockTimestamp" && (named || name != "transactionId"))
        .collect()
}
