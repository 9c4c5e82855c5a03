//! What stands beside a journal is joined by what its hashes bind, and by nothing else.

mod common;

use common::{object, text, FORMS};
use sealion::extract::{extract, Row};
use sealion::prove::WantedRevisions;
use sealion::source::Memory;
use sealion::{Code, Report, Severity, Verdict, Verifier};
use sealion_testkit::agree::{engines, trusted};
use sealion_testkit::block::{Content, Revision};
use sealion_testkit::write::shapes::{as_json, as_text};
use sealion_testkit::{Ledger, Mix, Rng};

fn verify(ledger: &Ledger, other: &str) -> Report {
    let archive = Memory::new()
        .with("j", text(ledger))
        .with("other", other.as_bytes());
    engines(
        &archive,
        &Verifier::new().against(trusted(&ledger.digest())),
    )
}

fn count(report: &Report, code: Code, severity: Severity) -> usize {
    let all = report.findings().iter();
    all.filter(|found| (found.code, found.severity) == (code, severity))
        .count()
}

fn revisions(ledger: &Ledger) -> impl Iterator<Item = &Revision> {
    let all = ledger.documents();
    let all = all.map(|(index, at)| &ledger.blocks[index].revisions()[at]);
    all.filter(|revision| matches!(revision.content, Content::Data(_)))
}

/// Data and metadata of a revision, as Ion text.
fn halves(revision: &Revision) -> (String, String) {
    let element = revision.to_element();
    let fields = element.as_struct().unwrap();
    let half = |name| as_text(fields.get(name).unwrap());
    (half("data"), half("metadata"))
}

#[test]
fn a_row_whose_data_lost_its_types_is_its_blocks_with_its_own_metadata_alone() {
    let ledger = Ledger::new(11, 48, Mix::Mixed);
    let lost = revisions(&ledger).map(|revision| as_json(&revision.to_element()));
    let lost = lost.filter(|row| {
        let alone = engines(&Memory::new().with("row", row.as_bytes()), &Verifier::new());
        count(&alone, Code::DataFromJson, Severity::Incomplete) == 1
    });
    let mut rows = 0;
    for row in lost.take(6) {
        rows += 1;
        assert_eq!(verify(&ledger, &row).verdict(), Verdict::Verified, "{row}");
        for (genuine, forged) in [
            ("\"txTime\":\"2", "\"txTime\":\"1"),
            ("\"txId\":\"", "\"txId\":\"x"),
            ("\"metadata\":{", "\"metadata\":{\"more\":\"a lie\","),
        ] {
            let other = row.replacen(genuine, forged, 1);
            assert_ne!(other, row, "{genuine}");
            let report = verify(&ledger, &other);
            assert_ne!(report.verdict(), Verdict::Verified, "{other} {report}");
            assert!(report.strands[0].joined.is_empty(), "{other} {report}");
        }
    }
    assert_eq!(rows, 6);
}

#[test]
fn a_document_by_itself_has_its_members_once_and_in_their_places() {
    let ledger = Ledger::new(3, 12, Mix::Vehicle);
    let (data, metadata) = halves(revisions(&ledger).next().unwrap());
    let genuine = verify(&ledger, &format!("{{data:{data},metadata:{metadata}}}"));
    assert_eq!(genuine.verdict(), Verdict::Verified, "{genuine}");
    assert_eq!(genuine.documents[0].matches.len(), 1);
    let twice = format!("{{data:{data},metadata:{metadata},data:{{owner:\"Mallory\"}}}}");
    let twice = verify(&ledger, &twice);
    assert_eq!(twice.verdict(), Verdict::Failed, "{twice}");
    assert_eq!(count(&twice, Code::DuplicateField, Severity::Failure), 1);
    let more = format!("{{data:{data},metadata:{metadata},blockAddress:{{sequenceNo:6}},seal:1}}");
    let more = verify(&ledger, &more);
    assert_eq!(count(&more, Code::UnknownFile, Severity::Note), 2, "{more}");
    let swapped = verify(&ledger, &format!("{{data:{metadata},metadata:{data}}}"));
    let matches = swapped.documents.iter().map(|one| one.matches.len());
    assert_eq!(matches.sum::<usize>(), 0, "{swapped}");
}

#[test]
fn nothing_that_stands_within_a_wrapper_is_passed_over() {
    let ledger = Ledger::new(3, 12, Mix::Vehicle);
    let genuine = as_text(&revisions(&ledger).next().unwrap().to_element());
    let forged = genuine.replacen("version:0", "version:7", 1);
    assert_ne!(forged, genuine);
    let wrapped = |text: String| verify(&ledger, &text);
    let plain = wrapped(format!("{{statusCode:200,body:[{genuine}]}}"));
    assert_eq!(plain.verdict(), Verdict::Verified, "{plain}");
    assert_eq!(
        count(&plain, Code::UnknownFile, Severity::Note),
        0,
        "{plain}"
    );
    let far = [&"{x:1},".repeat(3), forged.as_str()].concat();
    let behind = wrapped(format!("{{body:[{genuine}],more:[{far}]}}"));
    assert_ne!(behind.verdict(), Verdict::Verified, "{behind}");
    let blanks = " ".repeat(17_000);
    let json = serde_json::Value::from(format!("[{blanks}{forged}]")).to_string();
    let in_text = wrapped(format!("{{body:[{genuine}],more:{json}}}"));
    assert_ne!(in_text.verdict(), Verdict::Verified, "{in_text}");
    let twice = wrapped(format!("{{body:[{genuine}],body:{{owner:\"Mallory\"}}}}"));
    assert_eq!(twice.verdict(), Verdict::Failed, "{twice}");
    let beside = wrapped(format!("{{body:[{genuine}],approved:\"yes\"}}"));
    assert_eq!(
        count(&beside, Code::UnknownFile, Severity::Note),
        1,
        "{beside}"
    );
}

#[test]
fn rows_of_a_file_whose_parts_are_out_of_order_come_once_and_in_order() {
    let ledger = Ledger::new(5, 24, Mix::Vehicle);
    let verifier = Verifier::new().against(trusted(&ledger.digest()));
    let rows = |file: Vec<u8>, last: bool| {
        let archive = Memory::new().with("j", file);
        let mut rows: Vec<String> = Vec::new();
        let mut each = |row: Row| {
            rows.push(format!(
                "{:?} {:?} {:?}",
                row.state, row.document_id, row.version
            ));
            Ok(())
        };
        extract(
            &verifier,
            &archive,
            &WantedRevisions::all(),
            last,
            &mut each,
        )
        .unwrap();
        rows
    };
    for form in FORMS {
        let part =
            |range: std::ops::Range<usize>| object(form, &ledger.blocks[range], &mut Rng::new(1));
        let sorted = [part(0..9), part(9..24)].concat();
        let parts = [part(9..24), part(0..9)].concat();
        for last in [false, true] {
            let expected = rows(sorted.clone(), last);
            assert!(!expected.is_empty());
            assert_eq!(rows(parts.clone(), last), expected, "{form:?} {last}");
        }
    }
}
