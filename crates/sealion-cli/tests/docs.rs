//! docs/findings.md has one section a code, under the heading of its severity; tests that pages name exist, and their
//! links lead somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

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

/// Pages, by name.
fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let docs = std::fs::read_dir(root.join("docs")).unwrap();
    let mut paths: Vec<PathBuf> = docs.map(|entry| entry.unwrap().path()).collect();
    paths.extend(["README.md", "SECURITY.md"].map(|name| root.join(name)));
    paths.retain(|path| path.extension().is_some_and(|own| own == "md"));
    paths.sort();
    let read = |path: PathBuf| (path.clone(), std::fs::read_to_string(path).unwrap());
    paths.into_iter().map(read).collect()
}

/// The names of all functions in the sources below a folder.
fn functions(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, names);
        } else if path.extension().is_some_and(|own| own == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let each = text
                .lines()
                .filter_map(|line| line.trim_start().strip_prefix("fn "));
            names.extend(each.filter_map(|rest| Some(rest.split_once('(')?.0.to_owned())));
        }
    }
}

#[test]
fn tests_that_pages_name_exist() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut names = BTreeSet::new();
    functions(&crates, &mut names);
    let mut named = 0;
    for (path, text) in pages() {
        for comment in text.split("<!-- tests:").skip(1) {
            let (list, _) = comment.split_once("-->").expect("a comment ends");
            for name in list.split_whitespace() {
                named += 1;
                let name = name.trim_end_matches(',');
                assert!(names.contains(name), "{} names {name}", path.display());
            }
        }
    }
    assert!(named > 3, "{named} tests are named");
}

#[test]
fn links_between_pages_lead_somewhere() {
    for (path, text) in pages() {
        let links = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split_once(')'));
        let links = links.map(|(link, _)| link.split('#').next().unwrap_or_default());
        for link in links.filter(|link| !link.is_empty() && !link.contains("://")) {
            let target = path.with_file_name("").join(link);
            assert!(target.exists(), "{} links to {link}", path.display());
        }
    }
}
