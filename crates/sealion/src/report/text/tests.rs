//! Whole texts for each verdict, and hostile names.

use std::collections::BTreeMap;

use crate::blocks::{BlockAddress, Hash, StrandId};
use crate::findings::{Code, Finding, Severity};
use crate::report::{
    Asked, By, ComputedDigest, Coverage, DigestAnswer, DigestVerdict, Input, NotCovered, Report,
    RevisionCounts, State, Strand, Tool, Verdict,
};

const STRAND: &str = "JdxjkR9bSYB5jMHWcI464T";

fn report(verdict: Verdict, coverage: &[(u64, u64, State)], findings: Vec<Finding>) -> Report {
    let mut finding_totals = BTreeMap::new();
    for finding in &findings {
        *finding_totals.entry(finding.code).or_default() += 1;
    }
    let run = |&(first, last, state): &_| Coverage { first, last, state };
    Report {
        report_version: 1,
        tool: Tool {
            name: "sealion",
            version: "0",
        },
        verdict,
        engine: "reference",
        passed: BTreeMap::new(),
        asked: Asked::default(),
        inputs: vec![
            input("export/a.ion", "journal-ion-text"),
            input("export/m", "manifest"),
        ],
        strands: vec![Strand {
            under_digest: Vec::new(),
            counted: Vec::new(),
            strand_id: StrandId::new(STRAND),
            coverage: coverage.iter().map(run).collect(),
            blocks: 50,
            revisions: RevisionCounts {
                total: 134,
                recomputed: 131,
                redacted: 3,
                internal: 2,
                deleted: 1,
                from_json: 0,
            },
            deletion_rules: [("H(metadata)", 1)].into(),
            genesis_previous: Some("empty"),
            computed_digest: None,
        }],
        states: Vec::new(),
        digests: Vec::new(),
        checkpoint: None,
        findings,
        finding_totals,
        not_covered: vec![NotCovered {
            field: "blockTimestamp".into(),
            why: "compared with txTime",
        }],
        state: None,
    }
}

fn input(path: &str, kind: &'static str) -> Input {
    Input {
        path: path.into(),
        kind,
        bytes: 4096,
        blocks: Some(50),
        revisions: None,
    }
}

fn digest(trusted: bool, verdict: DigestVerdict, by: Option<By>, source: &str) -> DigestAnswer {
    DigestAnswer {
        digest: Hash([7; 32]),
        strand_id: None,
        sequence_no: Some(49),
        source: source.into(),
        trusted,
        verdict,
        by,
    }
}

fn finding(code: Code, sequence_no: u64) -> Finding {
    let address = BlockAddress::new(StrandId::new(STRAND), sequence_no);
    Finding::new(code, "the hash differs")
        .at(&address)
        .document("3Qv67yjXEwB9SjmvkuG6Cp", Some(2))
        .field("revisions[1].hash")
        .source(&"export/a.ion".into(), Some(1024))
        .values("AAAA", "BBBB")
        .remedy("compare with another copy")
}

#[test]
fn verified_says_which_blocks_which_digest_and_what_is_not_covered() {
    let mut report = report(Verdict::Verified, &[(0, 49, State::Verified)], Vec::new());
    report.digests = vec![
        digest(
            true,
            DigestVerdict::Verified,
            Some(By::Journal),
            "digest.json",
        ),
        digest(
            false,
            DigestVerdict::Inconclusive,
            None,
            "export/other.json",
        ),
    ];
    report.strands[0].computed_digest = Some(ComputedDigest {
        digest: Hash([7; 32]),
        sequence_no: 49,
    });
    report.asked.to = Some(49);
    let hash = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
    let expected = format!(
        "\
VERIFIED: the digest from digest.json covers blocks 0–49 of strand {STRAND}, as found here.
Nothing that a hash covers can have been changed since the digest was made.
The answer is worth as much as the digest's own origin.

  rests on    digest {hash}@49 from digest.json, which you trust
              reached by journal: all blocks up to its tip are here and give it
  claimed     digest {hash}@49 from export/other.json
              not reached: these inputs do not lead to it; a claim among the inputs vouches for nothing
  strand      {STRAND}
  blocks      0–49 asked, 0–49 found; 131/132 revisions recompute
  revisions   3 redacted, 1 deleted, 0 restored from JSON; and 2 internal, known by their hash alone
              1 of the deletions fit H(metadata), which binds their metadata
  block 0     its previous hash: empty
  digest      {hash}@49 computed from blocks 0–49
  inputs      2 files (1 journal-ion-text, 1 manifest)
  findings    none

no hash covers
  blockTimestamp: compared with txTime
"
    );
    assert_eq!(report.to_string(), expected);
}

#[test]
fn failed_begins_with_where_and_why_and_lists_each_value() {
    let coverage = [
        (0, 6, State::Consistent),
        (7, 7, State::Failed),
        (9, 9, State::Consistent),
    ];
    let text = report(
        Verdict::Failed,
        &coverage,
        vec![finding(Code::RevisionHash, 7)],
    )
    .to_string();
    assert!(
        text.starts_with(&format!(
            "FAILED at block 7 of strand {STRAND}, document 3Qv67yjXEwB9SjmvkuG6Cp version 2: \
             the hash differs\n"
        )),
        "{text}"
    );
    let listed = format!(
        "
failure revision-hash at block 7 of strand {STRAND}, document 3Qv67yjXEwB9SjmvkuG6Cp version 2
  the hash differs
  field       revisions[1].hash
  in          export/a.ion, byte 1024
  claimed     AAAA
  recomputed  BBBB
  what to do  compare with another copy

totals, and where to read what a code means and does not mean
          1 revision-hash            docs/findings.md#revision-hash
"
    );
    assert!(text.contains(&listed), "{text}");
    assert!(text.contains("all asked, 0–7, 9 found;"), "{text}");
    assert!(text.contains("  coverage    7 failed\n"), "{text}");
}

#[test]
fn consistent_is_said_not_to_be_verified_and_why() {
    let text = report(
        Verdict::Consistent,
        &[(0, 49, State::Consistent)],
        Vec::new(),
    )
    .to_string();
    assert!(text.starts_with("CONSISTENT, not verified: "), "{text}");
    for words in [
        "no trusted digest was given.",
        "Consistent never means verified",
        "  rests on    nothing outside these inputs",
    ] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    assert!(!text.contains("VERIFIED"), "{text}");
}

#[test]
fn inconclusive_begins_with_what_could_not_be_decided() {
    let incomplete = Finding::new(Code::Truncated, "the file ends inside a block")
        .source(&"export/a.ion".into(), None);
    let findings = vec![incomplete, finding(Code::TimeOrder, 3)];
    let text = report(
        Verdict::Inconclusive,
        &[(0, 49, State::Consistent)],
        findings,
    )
    .to_string();
    let expected = "INCONCLUSIVE: nothing is known to be wrong, but in export/a.ion: \
                    the file ends inside a block\n";
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn strict_failures_are_told_apart_from_hash_failures() {
    let strict = finding(Code::TimeOrder, 3).severity(Severity::Failure);
    let mut report = report(Verdict::Failed, &[(0, 49, State::Consistent)], vec![strict]);
    report.asked.strict = true;
    let text = report.to_string();
    assert!(
        text.contains("  asked       strict: warnings count as failures\n"),
        "{text}"
    );
    assert!(
        text.contains("version 2 (a warning, but for strict)\n"),
        "{text}"
    );
}

#[test]
fn twenty_findings_of_a_code_are_printed_unless_all_are_wanted() {
    let mut findings: Vec<_> = (0..45).map(|n| finding(Code::RevisionHash, n)).collect();
    findings.push(finding(Code::TimeOrder, 3));
    let mut report = report(Verdict::Failed, &[(0, 49, State::Failed)], findings);
    report.finding_totals.insert(Code::RevisionHash, 1_700);
    let text = report.to_string();
    assert_eq!(
        text.matches("\nfailure revision-hash").count(),
        20,
        "{text}"
    );
    assert_eq!(text.matches("\nwarning time-order").count(), 1, "{text}");
    let more = "1700 revision-hash            docs/findings.md#revision-hash  \
                (20 printed, 45 in --output json)\n";
    assert!(text.contains(more), "{text}");
    assert!(text.contains("docs/findings.md#time-order\n"), "{text}");

    let mut all = String::new();
    report
        .write_text(&mut all, true, &|_, words| words.to_owned())
        .unwrap();
    assert_eq!(all.matches("\nfailure revision-hash").count(), 45, "{all}");
    assert!(all.contains("\n              export/a.ion: journal-ion-text, 4096 bytes, 50 blocks\n"));
}

#[test]
fn long_coverage_is_cut_and_says_so() {
    let runs: Vec<_> = (0..30).map(|n| (n * 2, n * 2, State::Consistent)).collect();
    let text = report(Verdict::Inconclusive, &runs, Vec::new()).to_string();
    assert_eq!(text.matches("  coverage    ").count(), 21, "{text}");
    assert!(
        text.contains("  coverage    … and 10 more; --output json has them\n"),
        "{text}"
    );
    assert!(text.contains("36, 38, … found;"), "{text}");
}

#[test]
fn nothing_from_the_inputs_reaches_the_terminal_unescaped() {
    let evil = "a\u{1b}[2J\r\n\nVERIFIED: all\u{9b}1m \u{202e}b\u{200b}\t\u{7f}\u{2028}";
    let make = |name: &str| {
        let mut found = Finding::new(Code::Address, name)
            .at(&BlockAddress::new(StrandId::new(name), 1))
            .document(name, None)
            .field(name)
            .source(&name.into(), None)
            .values(name, name)
            .remedy(name);
        let mut incomplete = found.clone().severity(Severity::Incomplete);
        incomplete.strand_id = None;
        incomplete.sequence_no = None;
        found.version = Some(1);
        let mut report = report(
            Verdict::Failed,
            &[(0, 1, State::Verified)],
            vec![found, incomplete],
        );
        report.strands[0].strand_id = StrandId::new(name);
        report.asked.strand_id = Some(StrandId::new(name));
        report.inputs = vec![input(name, "unknown")];
        report.digests = vec![digest(true, DigestVerdict::Verified, None, name)];
        report
            .digests
            .push(digest(false, DigestVerdict::Failed, None, name));
        report.digests[0].strand_id = Some(StrandId::new(name));
        report
    };
    for verdict in [
        Verdict::Verified,
        Verdict::Consistent,
        Verdict::Failed,
        Verdict::Inconclusive,
    ] {
        let (mut hostile, mut tame) = (make(evil), make("a"));
        (hostile.verdict, tame.verdict) = (verdict, verdict);
        let (mut text, mut tame_text) = (String::new(), String::new());
        hostile
            .write_text(&mut text, true, &|_, words| words.to_owned())
            .unwrap();
        tame.write_text(&mut tame_text, true, &|_, words| words.to_owned())
            .unwrap();
        for hidden in [
            '\u{1b}', '\r', '\t', '\u{9b}', '\u{7f}', '\u{202e}', '\u{200b}', '\u{2028}',
        ] {
            assert!(!text.contains(hidden), "{hidden:?} is in {text:?}");
        }
        assert!(text.contains("a\\u{1b}[2J\\r\\n\\nVERIFIED"), "{text}");
        assert_eq!(text.lines().count(), tame_text.lines().count(), "{text}");
    }
}

#[test]
fn long_texts_are_cut_and_say_so() {
    let long = Finding::new(Code::Malformed, "x".repeat(70_000));
    let text = report(Verdict::Inconclusive, &[], vec![long]).to_string();
    assert!(text.contains("x… (69500 characters more)\n"), "{text}");
    assert!(text.len() < 5_000);
}

#[test]
fn only_words_of_gravity_are_painted() {
    let findings = vec![finding(Code::RevisionHash, 7), finding(Code::TimeOrder, 8)];
    let coverage = [
        (0, 6, State::Verified),
        (7, 7, State::Failed),
        (8, 9, State::Missing),
    ];
    let mut text = String::new();
    report(Verdict::Failed, &coverage, findings)
        .write_text(&mut text, false, &|gravity, words| {
            format!("<{gravity:?} {words}>")
        })
        .unwrap();
    for painted in [
        "<Some(Failure) FAILED> at block 7",
        "0–6 <None verified>",
        "7 <Some(Failure) failed>",
        "8–9 <Some(Incomplete) missing>",
        "\n<Some(Failure) failure> revision-hash",
        "\n<Some(Warning) warning> time-order",
    ] {
        assert!(text.contains(painted), "{painted} is not in {text}");
    }
    assert_eq!(text.matches('<').count(), 6, "{text}");
}
