//! Every named change, through the library: the verdict and the findings that the change must cause.

mod common;

use common::{archive, Form, FORMS};
use sealion::source::Memory;
use sealion::{Report, Verdict, Verifier};
use sealion_testkit::agree::{self, trusted};
use sealion_testkit::mutate::{self, Evidence, Expectation};
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::write::Files;
use sealion_testkit::{Ledger, Mix, Rng};

/// Seeds of the ledgers that changes are tried on.
const SEEDS: u64 = 6;

/// Likewise in JSON, where every change to data costs the whole search for its types.
const SEEDS_OF_JSON: u64 = 2;

/// Changes that a stream's records show in another way than an export does, each with the reason.
const OTHERWISE_IN_STREAMS: [(&str, &str); 4] = [
    (
        "change-revision-address",
        "the record belongs to another block then, and this block's revision is unseen",
    ),
    (
        "change-revision-strand",
        "likewise, to a block of another strand",
    ),
    (
        "change-strand",
        "the summary belongs to another strand then, and its revisions to blocks without one",
    ),
    (
        "change-sequence-number",
        "likewise, to a block far behind the journal's end",
    ),
];

/// What is not as expected in a report.
fn wrong(report: &Report, expected: &Expectation, verdict: Option<mutate::Verdict>) -> Vec<String> {
    let mut wrong = Vec::new();
    if let Some(verdict) = verdict {
        if report.verdict().as_str() != verdict.name() {
            wrong.push(format!("{} for {}", report.verdict(), verdict.name()));
        }
    }
    for finding in &expected.findings {
        let there = report.findings().iter().any(|found| {
            let code = finding
                .code
                .split('|')
                .any(|code| code == found.code.as_str());
            code && finding
                .sequence_no
                .is_none_or(|at| found.sequence_no == Some(at))
        });
        // Only a digest shows what hashes cannot.
        let digest = ["digest", "tip-outside"].contains(&finding.code);
        let asked = !digest || !report.digests.is_empty();
        if asked && !there {
            wrong.push(format!("no {} at {:?}", finding.code, finding.sequence_no));
        }
    }
    wrong
}

/// All findings of a report in a line each.
fn lines(report: &Report) -> String {
    let line = |found: &sealion::Finding| {
        let (code, severity, at) = (found.code, found.severity, found.sequence_no);
        format!(
            "    {severity} {code} at {at:?} {:?}: {}\n",
            found.field, found.message
        )
    };
    report.findings().iter().map(line).collect()
}

/// Reports with and without the digest that is trusted.
fn both(archive: &Memory, digest: &sealion::Digest) -> [Report; 2] {
    [Verifier::new().against(digest.clone()), Verifier::new()]
        .map(|verifier| verifier.threads(2).verify(archive).unwrap())
}

#[test]
fn sound_journals_of_all_forms_are_verified() {
    for mix in Mix::ALL {
        let ledger = Ledger::new(21, 40, mix);
        let digest = trusted(&ledger.digest());
        for form in FORMS {
            let [with, without] = both(&archive(form, &ledger.blocks, &[9, 13, 30], 3), &digest);
            assert_eq!(
                with.verdict(),
                Verdict::Verified,
                "{mix:?} {form:?}: {with}"
            );
            assert_eq!(
                without.verdict(),
                Verdict::Consistent,
                "{mix:?} {form:?}: {without}"
            );
            // A deletion beside a hash that nothing gives may be half of a revision in any journal.
            let warnings = with.findings().iter().filter(|f| {
                f.severity == sealion::Severity::Warning && f.code != sealion::Code::DeletionRule
            });
            assert_eq!(warnings.count(), 0, "{mix:?} {form:?}: {with}");
        }
    }
}

#[test]
fn journal_changes_are_found_in_all_forms() {
    let mut failures = Vec::new();
    let mut seen = vec![0; mutate::journals().len()];
    for seed in 0..SEEDS {
        let ledger = Ledger::new(seed, 60, Mix::Mixed);
        let digest = trusted(&ledger.digest());
        for (index, change) in mutate::journals().iter().enumerate() {
            let mut changed = ledger.clone();
            let Some(expected) = (change.apply)(&mut changed, &mut Rng::new(seed)) else {
                continue;
            };
            seen[index] += 1;
            let form = FORMS[(seed as usize + index) % FORMS.len()];
            let archive = archive(form, &changed.blocks, &[20, 41], seed);
            let [with, without] = both(&archive, &digest);
            let otherwise = OTHERWISE_IN_STREAMS
                .iter()
                .any(|(name, _)| *name == change.name);
            let wrong: Vec<String> = match form == Form::Stream && otherwise {
                true => good(&with).into_iter().collect(),
                false => [
                    wrong(&with, &expected, Some(expected.verdict)),
                    expected
                        .without_digest
                        .map_or_else(Vec::new, |v| wrong(&without, &expected, Some(v))),
                ]
                .concat(),
            };
            if !wrong.is_empty() {
                let name = change.name;
                failures.push(format!(
                    "{name}, seed {seed}, {form:?}: {}\n{}",
                    wrong.join("; "),
                    lines(&with)
                ));
            }
        }
    }
    for (change, seen) in mutate::journals().iter().zip(seen) {
        assert!(seen >= 2, "{} found its victim {seen} times", change.name);
    }
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// A verdict that says that all is well.
fn good(report: &Report) -> Option<String> {
    let good = matches!(report.verdict(), Verdict::Verified | Verdict::Consistent);
    good.then(|| report.verdict().to_string())
}

/// From JSON the data of documents may not be recomputable. All else is found as in Ion.
#[test]
fn journal_changes_are_found_in_json() {
    let mut failures = Vec::new();
    for seed in 0..SEEDS_OF_JSON {
        let ledger = Ledger::new(seed, 60, Mix::Vehicle);
        let digest = trusted(&ledger.digest());
        for change in mutate::journals() {
            let mut changed = ledger.clone();
            let Some(mut expected) = (change.apply)(&mut changed, &mut Rng::new(seed)) else {
                continue;
            };
            let archive = archive(Form::Export(Format::Json), &changed.blocks, &[20, 41], seed);
            let with = Verifier::new()
                .against(digest.clone())
                .threads(2)
                .verify(&archive)
                .unwrap();
            // A revision whose hash is off may be one whose types are lost.
            expected
                .findings
                .iter_mut()
                .filter(|f| f.code == "revision-hash")
                .for_each(|f| {
                    f.code = "revision-hash|data-from-json";
                });
            let of_data = expected
                .findings
                .iter()
                .all(|f| f.code.starts_with("revision-hash|"));
            let verdict = expected.verdict == mutate::Verdict::Failed && !of_data;
            let mut wrong = wrong(&with, &expected, verdict.then_some(expected.verdict));
            if expected.verdict != mutate::Verdict::Verified {
                wrong.extend(good(&with));
            }
            if !wrong.is_empty() {
                failures.push(format!(
                    "{}, seed {seed}: {}\n{}",
                    change.name,
                    wrong.join("; "),
                    lines(&with)
                ));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn proof_changes_are_found() {
    let ledger = Ledger::new(3, 23, Mix::Mixed);
    let mut failures = Vec::new();
    for change in mutate::proofs() {
        let mut seen = 0;
        for (seed, evidence) in answers(&ledger).into_iter().enumerate() {
            let mut changed = evidence.clone();
            let Some(expected) = (change.apply)(&mut changed, &ledger, &mut Rng::new(seed as u64))
            else {
                continue;
            };
            seen += 1;
            let archive = agree::archive(&changed.files()[..1]);
            let [with, without] = both(&archive, &trusted(&changed.digest));
            let mut wrong = wrong(&with, &expected, Some(expected.verdict));
            wrong.extend(good(&without));
            if !wrong.is_empty() {
                let lines = lines(&with);
                failures.push(format!(
                    "{}, case {seed}: {}\n{lines}",
                    change.name,
                    wrong.join("; ")
                ));
            }
        }
        assert!(seen >= 10, "{} found its victim {seen} times", change.name);
    }
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// All answers about a small ledger, for blocks and documents, at two tips.
fn answers(ledger: &Ledger) -> Vec<Evidence> {
    let mut answers = Vec::new();
    for tip in [ledger.tip(), ledger.tip() - 3] {
        answers.extend((0..=tip).map(|index| Evidence::of_block(ledger, index, tip)));
        let documents = ledger.documents().filter(|(index, _)| *index <= tip);
        answers.extend(documents.map(|(index, at)| Evidence::of_revision(ledger, index, at, tip)));
    }
    answers
}

#[test]
fn file_changes_are_found() {
    let mut failures = Vec::new();
    for seed in 0..SEEDS {
        let ledger = Ledger::new(seed, 30, Mix::Vehicle);
        let mut files = Files::new();
        Export::new(Format::Text, seed)
            .write(&ledger.blocks, 5, &mut files)
            .unwrap();
        let digest = trusted(&ledger.digest());
        let [sound, _] = both(&agree::archive(&files), &digest);
        assert_eq!(sound.verdict(), Verdict::Verified, "{sound}");
        for change in mutate::files() {
            let mut changed = files.clone();
            let expected = (change.apply)(&mut changed, &mut Rng::new(seed)).unwrap();
            let [with, without] = both(&agree::archive(&changed), &digest);
            let wrong = [
                wrong(&with, &expected, Some(expected.verdict)),
                expected
                    .without_digest
                    .map_or_else(Vec::new, |v| wrong(&without, &expected, Some(v))),
            ]
            .concat();
            if !wrong.is_empty() {
                failures.push(format!(
                    "{}, seed {seed}: {}\n{}",
                    change.name,
                    wrong.join("; "),
                    lines(&with)
                ));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures.join("\n")
    );
}
