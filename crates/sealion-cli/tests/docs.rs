//! docs/findings.md has one section a code, under the heading of its severity.

use std::collections::BTreeMap;

use sealion::{Code, Severity};

const FINDINGS: &str = include_str!("../../../docs/findings.md");

/// The codes of the page, each with the severity that its group stands for and the
/// text of its section.
fn sections() -> BTreeMap<&'static str, (Severity, &'static str)> {
    let mut sections = BTreeMap::new();
    for group in FINDINGS.split("\n## ").skip(1) {
        let (title, rest) = group.split_once('\n').expect("a group has a body");
        let severity = match title {
            "Something is wrong" => Severity::Failure,
            "Something could not be decided" => Severity::Incomplete,
            "Hashes hold, but something is odd" => Severity::Warning,
            "Worth knowing" => Severity::Note,
            other => panic!("`{other}` stands for no severity"),
        };
        for section in rest.split("\n### ").skip(1) {
            let (code, text) = section.split_once('\n').expect("a section has a body");
            let before = sections.insert(code, (severity, text));
            assert!(before.is_none(), "{code} has two sections");
        }
    }
    sections
}

#[test]
fn every_code_has_its_section_under_its_severity_and_no_other_has() {
    let documented: BTreeMap<_, _> = sections()
        .iter()
        .map(|(code, (severity, _))| (*code, *severity))
        .collect();
    let known: BTreeMap<_, _> = Code::ALL
        .iter()
        .map(|code| (code.as_str(), code.severity()))
        .collect();
    assert_eq!(documented, known);
}

#[test]
fn every_section_answers_the_four_questions_in_order() {
    for (code, (_, text)) in sections() {
        let labels: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("- **")?.split_once(".**"))
            .map(|(label, _)| label)
            .collect();
        let expected = ["Means", "Innocent causes", "Does not show", "Next"];
        assert_eq!(labels, expected, "in {code}");
    }
}
