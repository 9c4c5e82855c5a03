//! Whole texts for each verdict, and hostile names.

use std::collections::BTreeMap;

use crate::blocks::{BlockAddress, Hash, StrandId};
use crate::findings::{Alone, Code, Finding, Severity};
use crate::report::{
    Asked, By, ComputedDigest, Coverage, DigestAnswer, DigestVerdict, Input, NotCovered, Position,
    Report, RevisionCounts, State, StateAnswer, Strand, Tool, Verdict,
};

const STRAND: &str = "JdxjkR9bSYB5jMHWcI464T";

fn report(verdict: Verdict, coverage: &[(u64, u64, State)], findings: Vec<Finding>) -> Report {
    let mut finding_totals = BTreeMap::new();
    for finding in &findings {
        *finding_totals.entry(finding.code).or_default() += 1;
    }
    let run = |&(first, last, state): &_| Coverage {
        first,
        last,
        state,
        position: match state {
            State::Missing => None,
            State::Verified => Some(Position::Counted),
            _ => Some(Position::Claimed),
        },
    };
    Report {
        report_version: 1,
        tool: Tool {
            name: "sealion",
            version: "0",
        },
        verdict,
        engine: "reference",
        passed: BTreeMap::new(),
        run: None,
        asked: Asked::default(),
        inputs: vec![
            input("export/a.ion", "journal-ion-text"),
            input("export/m", "manifest"),
        ],
        strands: vec![Strand {
            under_digest: Vec::new(),
            grouping_claimed: false,
            alone: Alone::default(),
            redactions: Vec::new(),
            joined: Vec::new(),
            loose_verified: Vec::new(),
            beside: std::collections::BTreeSet::new(),
            strand_id: StrandId::new(STRAND),
            coverage: coverage.iter().map(run).collect(),
            blocks: 50,
            repeated_blocks: 0,
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
            silent_blocks: 0,
            unchecked_statement_digests: 0,
            computed_digest: None,
        }],
        states: Vec::new(),
        digests: Vec::new(),
        documents: Vec::new(),
        checkpoint: None,
        warnings: findings
            .iter()
            .filter(|found| found.severity == Severity::Warning)
            .count() as u64,
        findings,
        finding_totals,
        not_covered: vec![NotCovered {
            field: "blockTimestamp".into(),
            why: "compared with txTime",
        }],
        state: None,
        disorder: Default::default(),
    }
}

fn input(path: &str, kind: &'static str) -> Input {
    Input {
        path: path.into(),
        kind,
        bytes: 4096,
        blocks: Some(50),
        revisions: None,
        sha256: None,
    }
}

fn digest(trusted: bool, verdict: DigestVerdict, by: Option<By>, source: &str) -> DigestAnswer {
    DigestAnswer {
        digest: Hash([7; 32]),
        strand_id: None,
        sequence_no: Some(49),
        tip_given: true,
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
fn what_blocks_contain_is_proven_of_those_asked_for() {
    let mut report = report(Verdict::Verified, &[(5, 49, State::Verified)], Vec::new());
    let journal = Some(By::Journal);
    report.digests = vec![digest(
        true,
        DigestVerdict::Verified,
        journal,
        "digest.json",
    )];
    let part = "and of the blocks asked for what they contain";
    for (from, to, in_part) in [
        (None, None, false),
        (Some(0), Some(49), false),
        (Some(5), None, true),
        (None, Some(48), true),
    ] {
        (report.asked.from, report.asked.to) = (from, to);
        assert_eq!(
            report.to_string().contains(part),
            in_part,
            "{from:?} {to:?}"
        );
    }
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
VERIFIED: the digest from digest.json covers blocks 0–49, counted from 0, of strand {STRAND}.
All blocks from 0 to the digest's tip are here and hash to it: what they contain, their
order, their numbers, and that none of them is missing, is proven. That nothing was left
out within a block is not.
Fields that no hash covers are listed at the end. All of this is worth as much as the
origin of your digest.

  rests on    digest {hash}@49 from digest.json, which you trust
              reached by journal: all blocks up to its tip are here and give it
  claimed     digest {hash}@49 from export/other.json
              not reached: these inputs do not lead to it; a claim among the inputs vouches for nothing
  strand      {STRAND}
  blocks      0–49 asked; 50 found: 0–49
  revisions   131 of 132 recomputed; 3 redacted, 1 deleted, 2 internal, known by hash alone
              1 deletion fits H(metadata), which binds its metadata
  block 0     its previous hash: empty
  digest      {hash}@49 computed from blocks 0–49
  inputs      2 files (1 journal-ion-text, 1 manifest)
  findings    none

no hash covers (-v says what was checked instead)
  blockTimestamp
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

totals; `sealion help CODE` says what a code means and does not mean
          1 revision-hash
"
    );
    assert!(text.contains(&listed), "{text}");
    assert!(text.contains("all asked; 9 found: 0–7, 9\n"), "{text}");
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
    let more = "1700 revision-hash  (20 printed, 45 in --output json)\n";
    assert!(text.contains(more), "{text}");
    assert!(text.contains("1 time-order\n"), "{text}");

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
    assert!(text.contains("30 found: 0, 2, "), "{text}");
    assert!(text.contains(" 36, 38, …\n"), "{text}");
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

/// A verified report whose digest was reached in this way, and its first lines.
fn verified(by: By, change: impl FnOnce(&mut Report)) -> String {
    let mut report = report(Verdict::Verified, &[(8, 9, State::Verified)], Vec::new());
    report.digests = vec![digest(true, DigestVerdict::Verified, Some(by), "d.json")];
    report.strands[0].coverage[0].position = Some(Position::Claimed);
    change(&mut report);
    let text = report.to_string();
    let end = text.find("\n\n").expect("a first paragraph");
    text[..end].replace(STRAND, "S")
}

fn state(vouched: bool) -> StateAnswer {
    StateAnswer {
        path: "july.state".into(),
        strand_id: StrandId::new(STRAND),
        first: 0,
        last: 7,
        verdict: Verdict::Verified,
        vouched,
        used: true,
    }
}

const ORIGIN: &str =
    "Fields that no hash covers are listed at the end. All of this is worth as much as the\n\
                      origin of your digest.";

#[test]
fn a_block_proof_shows_contents_and_no_numbers() {
    let run = verified(By::BlockProof, |_| {});
    let expected = format!(
        "\
VERIFIED: the digest from d.json covers what is read here as blocks 8–9 (numbers as claimed) of strand S.
What these blocks contain lies under the digest, in this order. Their numbers are as
claimed.
{ORIGIN}"
    );
    assert_eq!(run, expected);
    let one = verified(By::BlockProof, |report| {
        report.strands[0].coverage[0].first = 9
    });
    let expected = format!(
        "\
VERIFIED: the digest from d.json covers what is read here as block 9 (number as claimed) of strand S.
What this block contains lies under the digest. Its number is as claimed.
{ORIGIN}"
    );
    assert_eq!(one, expected);
}

#[test]
fn an_even_block_may_be_no_block() {
    let one = verified(By::BlockProof, |report| {
        report.strands[0].coverage[0].last = 8;
        report.strands[0].grouping_claimed = true;
    });
    let expected = format!(
        "\
VERIFIED: the digest from d.json covers what is read here as block 8 (number as claimed) of strand S.
What is read here lies under the digest. That it is one block, and under this number, is as
claimed.
{ORIGIN}"
    );
    assert_eq!(one, expected);
    let run = verified(By::BlockProof, |report| {
        report.strands[0].grouping_claimed = true
    });
    assert!(
        run.contains(
            "\nWhat is read here lies under the digest, in this order. That it is blocks, grouped as they\n\
             are here, and under these numbers, is as claimed.\n"
        ),
        "{run}"
    );
}

#[test]
fn a_revision_alone_is_content_and_a_receipt_is_a_hash() {
    let alone = |contents, without_data, hashes| {
        verified(By::RevisionProof, |report| {
            report.strands[0].coverage.clear();
            report.strands[0].blocks = 0;
            report.strands[0].alone = Alone {
                contents,
                without_data,
                hashes,
            };
        })
    };
    let expected = format!(
        "\
VERIFIED: the digest from d.json covers the content of a revision of strand S.
The content of this revision is in the ledger. In which block it stands, under what number,
and whether it is the latest version, is as claimed.
{ORIGIN}"
    );
    assert_eq!(alone(1, 0, 0), expected);
    let expected = format!(
        "\
VERIFIED: the digest from d.json covers a hash of strand S.
This hash is in the ledger. Whose it is, is not shown.
{ORIGIN}"
    );
    assert_eq!(alone(0, 0, 1), expected);
    let expected = format!(
        "\
VERIFIED: the digest from d.json covers a revision without data of strand S.
The revision without data has its metadata in the ledger; it may be a document whose data
was left out. Its block, its number, and whether it is the latest, are as claimed.
{ORIGIN}"
    );
    assert_eq!(alone(0, 1, 0), expected);
    let expected = format!(
        "\
VERIFIED: the digest from d.json covers the content of 4 revisions and 2 revisions without data and 3 hashes of strand S.
The contents of these revisions are in the ledger. In which blocks they stand, under what
numbers, and whether they are the latest versions, is as claimed.
The revisions without data have their metadata in the ledger; they may be documents whose
data was left out. Their blocks, numbers, and whether they are the latest, are as claimed.
These hashes are in the ledger. Whose they are, is not shown.
{ORIGIN}"
    );
    assert_eq!(alone(4, 2, 3), expected);
}

#[test]
fn what_rests_on_a_state_is_said_to() {
    let claimed = verified(By::Prefix, |report| report.states = vec![state(false)]);
    let expected = format!(
        "\
VERIFIED: the digest from d.json covers what is read here as blocks 8–9 (numbers as claimed) of strand S.
What these blocks contain lies under the digest, in this order. Their numbers are as
claimed.
Earlier blocks, and all numbers, rest on the state, for which nobody vouches.
{ORIGIN}"
    );
    assert_eq!(claimed, expected);
    let vouched = verified(By::Prefix, |report| {
        report.states = vec![state(true)];
        report.strands[0].coverage[0].position = Some(Position::Counted);
    });
    let expected = format!(
        "\
VERIFIED: the digest from d.json covers blocks 8–9, counted on from the state, of strand S.
The blocks read here, together with the state, hash to the digest: what they contain and
their order is proven. Their numbers, and all earlier blocks, rest on the state, and that
on your word.
{ORIGIN}"
    );
    assert_eq!(vouched, expected);
    let nothing = verified(By::Prefix, |report| {
        report.states = vec![state(true)];
        report.strands[0].coverage[0].state = State::FromState;
        report.strands[0].blocks = 0;
        report.strands[0].revisions.total = 0;
    });
    let expected = format!(
        "\
VERIFIED ON YOUR WORD: the state gives the digest from d.json; no block was read.
The hashes in the state give the digest. What they are hashes of was not looked at: all
blocks rest on the state, and that on your word.
{ORIGIN}"
    );
    assert_eq!(nothing, expected);
}

#[test]
fn a_consistency_proof_shows_what_is_under_and_not_what_comes_first() {
    let text = verified(By::Consistency, |report| report.strands.clear());
    let expected = format!(
        "\
VERIFIED: the digest from d.json covers all that the older digests here cover.
Everything under the older digest is under the newer one. That it comes first there, and
how many blocks it is, is as claimed.
{ORIGIN}"
    );
    assert_eq!(text, expected);
}

#[test]
fn positions_of_every_kind_stand_side_by_side() {
    let text = verified(By::Journal, |report| {
        let run = |first, last, position| Coverage {
            first,
            last,
            state: State::Verified,
            position: Some(position),
        };
        report.strands[0].coverage = vec![
            run(0, 5, Position::Counted),
            run(8, 8, Position::Claimed),
            run(11, 12, Position::Claimed),
        ];
    });
    assert!(
        text.starts_with("VERIFIED: the digest from d.json covers blocks 0–5, counted from 0, and what is read here as blocks 8, 11–12 (numbers as claimed) of strand S.\nAll blocks from 0 to the digest's tip"),
        "{text}"
    );
    assert!(
        text.contains("\nWhat these blocks contain lies under"),
        "{text}"
    );
}

#[test]
fn ranges_say_what_their_numbers_rest_on() {
    let mut report = report(
        Verdict::Verified,
        &[
            (0, 3, State::FromState),
            (4, 7, State::Missing),
            (8, 9, State::Verified),
        ],
        Vec::new(),
    );
    let text = report.to_string();
    for line in [
        "  coverage    0–3 from-state (not here: rests on a saved state), numbers as claimed\n",
        "  coverage    4–7 not here, and not needed\n",
        "  coverage    8–9 verified, counted\n",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    report.strands[0].coverage[2].position = Some(Position::Claimed);
    let text = report.to_string();
    assert!(
        text.contains("  coverage    8–9 verified, numbers as claimed\n"),
        "{text}"
    );
}

#[test]
fn warnings_stand_in_the_first_line_of_a_good_verdict() {
    let warned = |verdict, count| {
        let findings = (0..count).map(|n| finding(Code::TimeOrder, n)).collect();
        let mut report = report(verdict, &[(0, 49, State::Verified)], findings);
        report.digests = vec![digest(
            true,
            DigestVerdict::Verified,
            Some(By::Journal),
            "d.json",
        )];
        report.to_string()
    };
    let text = warned(Verdict::Verified, 2);
    assert!(
        text.starts_with("VERIFIED, with 2 warnings: the digest from d.json covers"),
        "{text}"
    );
    assert!(
        text.contains(&format!(
            "\nRead the warnings before you rely on this.\n{ORIGIN}\n"
        )),
        "{text}"
    );
    let text = warned(Verdict::Consistent, 1);
    assert!(
        text.starts_with("CONSISTENT, not verified, with 1 warning: all hashes"),
        "{text}"
    );
    assert!(
        text.contains("\nRead the warnings before you rely on this.\n"),
        "{text}"
    );
    for (verdict, count) in [
        (Verdict::Failed, 2),
        (Verdict::Inconclusive, 2),
        (Verdict::Verified, 0),
    ] {
        let text = warned(verdict, count);
        assert!(
            !text.contains(", with ") && !text.contains("Read the"),
            "{text}"
        );
    }
}

#[test]
fn a_digest_without_its_tip_is_said_to_have_none() {
    let mut report = report(
        Verdict::Inconclusive,
        &[(0, 49, State::Consistent)],
        Vec::new(),
    );
    report.digests = vec![
        digest(true, DigestVerdict::Inconclusive, None, "d.json"),
        digest(true, DigestVerdict::Verified, Some(By::Journal), "e.json"),
    ];
    report.digests[0].sequence_no = None;
    report
        .digests
        .iter_mut()
        .for_each(|digest| digest.tip_given = false);
    let text = report.to_string();
    for words in [
        "not reached: its tip is not known, and so not how many blocks it covers",
        "met among these blocks: its source names no tip, so how many it covers is not known",
    ] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
}
