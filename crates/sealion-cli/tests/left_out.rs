//! What is not given out is named by document and block, and the exit status says that it
//! may not be all; copies that are not the same in all are not said to be.

use std::path::Path;
use std::process::{Command, Stdio};

use sealion_testkit::block::{Content, Revision};
use sealion_testkit::write::{export::Format, stream};
use sealion_testkit::{Block, Ledger, Mix, Rng};

/// Status, standard output, standard error.
fn sealion(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_sealion"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn write(path: &Path, blocks: &[Block]) {
    std::fs::create_dir_all(path).expect("a folder can be made");
    let elements: Vec<_> = blocks.iter().map(Block::to_element).collect();
    let bytes = Format::Text
        .encode(&elements, &Rng::new(0))
        .expect("blocks can be written");
    std::fs::write(path.join("journal.ion"), bytes).expect("a file can be written");
}

/// A ledger, the same without one revision, and that revision's document and block.
fn ledgers() -> (Ledger, Ledger, String, usize) {
    let ledger = Ledger::new(3, 20, Mix::Vehicle);
    let data = |(index, at): &(usize, usize)| {
        let revision = &ledger.blocks[*index].revisions()[*at];
        *index > 3 && matches!(revision.content, Content::Data(_))
    };
    let (index, at) = ledger.documents().find(data).expect("a document");
    let mut less = ledger.clone();
    let revisions = less.blocks[index].revisions.as_mut().expect("revisions");
    let metadata = revisions[at].metadata.clone().expect("metadata");
    revisions[at] = Revision::internal(revisions[at].hash.clone());
    (ledger, less, metadata.id, index)
}

#[test]
fn what_is_stripped_is_named_by_every_verb_that_gives_something_out() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (ledger, less, id, index) = ledgers();
    write(&folder.path().join("less"), &less.blocks);
    write(&folder.path().join("whole"), &ledger.blocks);
    let at = index.to_string();
    for arguments in [
        &["extract", "--document", &id] as &[&str],
        &["extract", "--all", "--output", "csv"],
        &["prove", "revision", "--all", "--document", &id],
        &["prove", "revision", "--document", &id, "--at", &at],
        &["prove", "block", "--at", &at],
        &["bundle", "--document", &id, "--tip", "19", "-o", "-"],
        &["bundle", "--block", &at, "--tip", "19", "-o", "-"],
    ] {
        let (status, _, said) = sealion(folder.path(), &[arguments, &["less"]].concat());
        assert_eq!(status, Some(2), "{arguments:?} {said}");
        let named = said
            .lines()
            .any(|line| line.contains(&id) && line.contains(&format!("block {at}")))
            || said.contains(&format!("block {at}")) && said.contains(&id);
        assert!(named, "{arguments:?} {said}");
        // Beside a whole copy nothing is missing, whichever is named first.
        for inputs in [["less", "whole"], ["whole", "less"]] {
            let (status, _, said) = sealion(folder.path(), &[arguments, &inputs].concat());
            assert_eq!(status, Some(0), "{arguments:?} {said}");
        }
    }
}

#[test]
fn rows_of_a_table_that_may_have_more_say_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (ledger, _, id, index) = ledgers();
    let mut less = ledger.clone();
    less.blocks[index].transaction_info = None;
    write(&folder.path().join("less"), &less.blocks);
    for arguments in [
        &["extract", "--table", "Person"] as &[&str],
        &["prove", "revision", "--table", "Person"],
    ] {
        let (status, _, said) = sealion(folder.path(), &[arguments, &["less"]].concat());
        assert_eq!(status, Some(2), "{said}");
        assert!(
            said.contains(&id) && said.contains("transactionInfo"),
            "{said}"
        );
    }
}

#[test]
fn a_claimed_table_is_marked_in_both_forms_of_a_row() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (ledger, ..) = ledgers();
    let mut bare = ledger.clone();
    for block in &mut bare.blocks {
        block.transaction_info = None;
    }
    let details = |record: &Vec<u8>| record.windows(16).any(|part| part == b"REVISION_DETAILS");
    let mut records = stream::records(&bare.blocks).expect("records");
    records.retain(|record| !details(record));
    let all = stream::records(&ledger.blocks).expect("records");
    records.extend(all.into_iter().filter(details));
    let path = folder.path().join("stream");
    std::fs::write(path, stream::firehose(&records, false)).expect("a file can be written");
    let arguments = ["extract", "--all", "stream"];
    let (_, rows, _) = sealion(folder.path(), &arguments);
    assert!(rows.lines().count() > 3, "{rows}");
    let marked = |line: &str| line.contains("\"table_source\":\"stream-record\"");
    assert!(rows.lines().all(marked), "{rows}");
    let arguments = ["extract", "--all", "--output", "csv", "stream"];
    let (_, rows, _) = sealion(folder.path(), &arguments);
    let column = rows.lines().next().expect("a heading").split(',');
    let column = column.into_iter().position(|name| name == "table_source");
    let cell = |line: &str| line.split(',').nth(column.unwrap_or(0)).map(str::to_owned);
    assert!(
        rows.lines()
            .skip(1)
            .all(|line| cell(line).as_deref() == Some("stream-record")),
        "{rows}"
    );
}

#[test]
fn copies_are_the_same_only_if_nothing_differs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (ledger, less, id, index) = ledgers();
    let mut head = ledger.clone();
    head.blocks.truncate(12);
    let mut forged = ledger.clone();
    forged.blocks[index].transaction_id = "AAAAAAAAAAAAAAAAAAAAAA".to_owned();
    for (name, ledger) in [("whole", &ledger), ("less", &less), ("head", &head)] {
        write(&folder.path().join(name), &ledger.blocks);
    }
    write(&folder.path().join("two"), &ledger.blocks);
    write(
        &folder.path().join("two/more"),
        &forged.blocks[index..=index],
    );
    let compare = |a: &str, b: &str| {
        let (status, said, _) = sealion(folder.path(), &["compare", a, b]);
        (status, said.lines().next().unwrap_or_default().to_owned())
    };
    assert_eq!(compare("whole", "whole").0, Some(0));
    for (a, b, only) in [("whole", "head", "first"), ("head", "whole", "second")] {
        let (status, line) = compare(a, b);
        assert_eq!(status, Some(0), "{line}");
        assert!(
            line.starts_with("SAME where both have it: blocks 0–11 of strand "),
            "{line}"
        );
        assert!(
            line.ends_with(&format!("; only the {only} has blocks 12–19.")),
            "{line}"
        );
    }
    for (a, b) in [("whole", "less"), ("less", "whole")] {
        let (status, line) = compare(a, b);
        assert_eq!(status, Some(1), "{line}");
        assert!(
            line.contains(&format!("block {index}, document {id}")),
            "{line}"
        );
    }
    for (a, b) in [("two", "whole"), ("whole", "two"), ("two", "two")] {
        let (status, line) = compare(a, b);
        assert_eq!(status, Some(1), "{line}");
        assert!(
            line.contains("duplicate-block") && line.contains(&format!("block {index}")),
            "{line}"
        );
    }
}
