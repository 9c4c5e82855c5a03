//! Data that stands within something else gives the verdict that it gives by itself, and no check is weaker for it.

mod common;

use flate2::write::GzEncoder;
use flate2::Compression;
use ion_rs::Element;
use proptest::prelude::*;
use sealion::source::Memory;
use sealion::{Code, Engine, Finding, Report, Verdict, Verifier};
use sealion_testkit::agree::{told, trusted};
use sealion_testkit::block::Content;
use sealion_testkit::write::shapes::{
    api_reply, as_json, as_text, base64_lines, dynamo, partitioned, renamed, shell, snake_case,
    Body,
};
use sealion_testkit::write::{kpl, stream};
use sealion_testkit::{Block, Ledger, Mix, Rng};
use std::io::Write as _;

/// The report on one file, the same by both engines.
fn report(bytes: &[u8], verifier: &Verifier) -> Report {
    let archive = Memory::new().with("file", bytes.to_vec());
    let by = |engine| verifier.clone().engine(engine).verify(&archive).unwrap();
    let (fast, plain) = (by(Engine::Fast), by(Engine::Reference));
    assert_eq!(told(&fast), told(&plain));
    fast
}

fn rows(blocks: &[Block]) -> Vec<Element> {
    let revisions = blocks.iter().flat_map(|block| block.revisions());
    let revisions = revisions.filter(|revision| revision.metadata.is_some());
    revisions.map(|revision| revision.to_element()).collect()
}

fn lines(all: impl IntoIterator<Item = String>) -> String {
    all.into_iter().map(|one| one + "\n").collect()
}

fn array(rows: &[String]) -> String {
    format!("[{}]", rows.join(","))
}

/// JSON within something else, each form by its name.
fn json_forms(values: &[Element]) -> Vec<(&'static str, String)> {
    let json: Vec<String> = values.iter().map(as_json).collect();
    let lower = |name: &str| name.to_ascii_lowercase();
    let tables = |name: &dyn Fn(&str) -> String| {
        lines(
            values
                .iter()
                .map(|value| as_json(&partitioned(&renamed(value, name)))),
        )
    };
    let items = values.iter().map(dynamo);
    vec![
        ("shell", shell(&json)),
        ("reply, object", api_reply(&array(&json), Body::Object)),
        ("reply, text", api_reply(&array(&json), Body::Text)),
        ("reply, base64", api_reply(&array(&json), Body::Base64)),
        (
            "reply with a member",
            api_reply(
                &format!("{{\"ok\":true,\"rows\":{}}}", array(&json)),
                Body::Text,
            ),
        ),
        ("lower case", tables(&lower)),
        ("snake case", tables(&snake_case)),
        (
            "upper case",
            tables(&|name: &str| name.to_ascii_uppercase()),
        ),
        (
            "items",
            lines(items.clone().map(|item| format!("{{\"Item\":{item}}}"))),
        ),
        (
            "scan",
            format!(
                "{{\"Items\":{},\"Count\":1}}",
                array(&items.collect::<Vec<_>>())
            ),
        ),
        ("base64", base64_lines(&json)),
    ]
}

/// What of a report must be the same: the verdict, what was recomputed, and what was found.
fn essence(report: &Report) -> (Verdict, String, Vec<Code>) {
    let mut told = told(report);
    let strands = told["strands"].take().to_string();
    // A member of the reply that is none of QLDB's is named.
    let own = |finding: &&Finding| finding.field.as_deref() != Some("ok");
    let findings = report.findings().iter().filter(own);
    let mut codes: Vec<Code> = findings.map(|finding| finding.code).collect();
    codes.sort_by_key(|code| code.as_str());
    (report.verdict(), strands, codes)
}

fn mixes() -> impl Strategy<Value = Mix> {
    prop_oneof![Just(Mix::Vehicle), Just(Mix::Mixed), Just(Mix::Tiny)]
}

/// Makes one covered thing of one revision something else.
fn spoil(blocks: &mut [Block], rng: &mut Rng) {
    let all: Vec<(usize, usize)> = Ledger::of(blocks.to_vec()).documents().collect();
    let (block, revision) = all[rng.index(all.len())];
    let revision = &mut blocks[block].revisions.as_mut().unwrap()[revision];
    match rng.below(3) {
        0 => revision.hash[rng.index(32)] ^= 1 << rng.below(8),
        1 => revision.metadata.as_mut().unwrap().version ^= 1,
        _ => match &mut revision.content {
            Content::Data(data) => *data = Element::from(ion_rs::List::from_iter([data.clone()])),
            _ => revision.metadata.as_mut().unwrap().version ^= 1,
        },
    }
}

fn good(report: &Report) -> bool {
    matches!(report.verdict(), Verdict::Verified | Verdict::Consistent)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn json_rows_in_every_shape(seed in any::<u64>(), mix in mixes()) {
        let ledger = Ledger::new(seed, 9, mix);
        let verifier = Verifier::new();
        let values = rows(&ledger.blocks);
        prop_assume!(!values.is_empty());
        let plain = report(lines(values.iter().map(as_json)).as_bytes(), &verifier);
        for (form, text) in json_forms(&values) {
            prop_assert_eq!(essence(&report(text.as_bytes(), &verifier)), essence(&plain), "{}", form);
        }
        let mut blocks = ledger.blocks.clone();
        spoil(&mut blocks, &mut Rng::new(seed));
        for (form, text) in json_forms(&rows(&blocks)) {
            let report = report(text.as_bytes(), &verifier);
            prop_assert!(!good(&report), "{}: {}", form, report);
        }
    }

    #[test]
    fn json_blocks_in_every_shape(seed in any::<u64>(), mix in mixes()) {
        let ledger = Ledger::new(seed, 9, mix);
        let verifier = Verifier::new().against(trusted(&ledger.digest()));
        let values = |blocks: &[Block]| blocks.iter().map(Block::to_element).collect::<Vec<_>>();
        let all = array(&values(&ledger.blocks).iter().map(as_json).collect::<Vec<_>>());
        let plain = report(all.as_bytes(), &verifier);
        let forms = |blocks: &[Block]| {
            let forms = json_forms(&values(blocks)).into_iter();
            // Blocks joined by commas are no rows of the shell.
            forms.filter(|(form, _)| *form != "shell").collect::<Vec<_>>()
        };
        for (form, text) in forms(&ledger.blocks) {
            prop_assert_eq!(essence(&report(text.as_bytes(), &verifier)), essence(&plain), "{}", form);
        }
        let mut blocks = ledger.blocks.clone();
        let at = Rng::new(seed).index(blocks.len());
        blocks[at].block_hash[7] ^= 1;
        for (form, text) in forms(&blocks) {
            prop_assert!(!good(&report(text.as_bytes(), &verifier)), "{}", form);
        }
    }

    #[test]
    fn rows_of_the_shell(seed in any::<u64>(), mix in mixes()) {
        let ledger = Ledger::new(seed, 9, mix);
        let verifier = Verifier::new();
        let values = rows(&ledger.blocks);
        prop_assume!(!values.is_empty());
        let text = |values: &[Element]| values.iter().map(as_text).collect::<Vec<_>>();
        let plain = report(lines(text(&values)).as_bytes(), &verifier);
        let printed = shell(&text(&values));
        prop_assert_eq!(essence(&report(printed.as_bytes(), &verifier)), essence(&plain));
        let fewer = shell(&text(&values)).replacen(&(text(&values)[0].clone() + ",\n"), "", 1);
        if values.len() > 1 {
            let report = report(fewer.as_bytes(), &verifier);
            prop_assert_eq!(report.verdict(), Verdict::Inconclusive, "{}", report);
        }
        let mut blocks = ledger.blocks.clone();
        spoil(&mut blocks, &mut Rng::new(seed));
        let report = report(shell(&text(&rows(&blocks))).as_bytes(), &verifier);
        prop_assert!(!good(&report), "{}", report);
    }

    #[test]
    fn records_in_every_shape(seed in any::<u64>(), mix in mixes(), each in 1..6usize) {
        let ledger = Ledger::new(seed, 9, mix);
        let verifier = Verifier::new().against(trusted(&ledger.digest()));
        let mut rng = Rng::new(seed);
        let mut records = stream::whole(&ledger.blocks).unwrap();
        stream::disorder(&mut records, &mut rng);
        let plain = report(&stream::firehose(&records, false), &verifier);
        prop_assert_eq!(plain.verdict(), Verdict::Verified);
        let mut frames = kpl::aggregates(&records, each, &mut rng);
        let base64 = base64_lines(&frames).into_bytes();
        let concatenated = stream::firehose(&frames, false);
        let mut forms = vec![
            base64_lines(&records).into_bytes(),
            base64,
            concatenated.clone(),
            stream::firehose(&frames, true),
        ];
        // A record that came alone is none.
        frames.push(records[0].clone());
        forms.push(stream::firehose(&frames, false));
        for form in forms {
            prop_assert_eq!(essence(&report(&form, &verifier)), essence(&plain));
        }
        for _ in 0..20 {
            let mut bad = concatenated.clone();
            let at = rng.index(bad.len());
            bad[at] ^= 1 << rng.below(8);
            let report = report(&bad, &verifier);
            prop_assert!(!good(&report), "byte {}: {}", at, report);
        }
    }

    #[test]
    fn a_broken_record_of_an_event_is_named_and_the_others_are_used(seed in any::<u64>()) {
        let ledger = Ledger::new(seed, 9, Mix::Vehicle);
        let verifier = Verifier::new().against(trusted(&ledger.digest()));
        let mut rng = Rng::new(seed);
        let records = stream::whole(&ledger.blocks).unwrap();
        let event: serde_json::Value =
            serde_json::from_str(&stream::lambda_event(&records, &mut rng)).unwrap();
        let whole = report(event.to_string().as_bytes(), &verifier);
        prop_assert_eq!(whole.verdict(), Verdict::Verified);
        let mut broken = event;
        let at = rng.index(records.len());
        let mut second = broken["Records"][at].clone();
        second["kinesis"]["data"] = "no base64".into();
        broken["Records"].as_array_mut().unwrap().insert(at, second);
        let report = report(broken.to_string().as_bytes(), &verifier);
        prop_assert_eq!(report.verdict(), Verdict::Inconclusive);
        let malformed = report.findings().iter().filter(|finding| finding.code == Code::Malformed);
        prop_assert_eq!(malformed.count(), 1);
        prop_assert_eq!(essence(&report).1, essence(&whole).1);
    }
}

/// A file that fits into the first look is no exception: what came before its cut is used.
#[test]
fn a_small_cut_file_gives_what_it_holds() {
    let ledger = Ledger::new(3, 30, Mix::Vehicle);
    let records = stream::whole(&ledger.blocks).unwrap();
    let frames = kpl::aggregates(&records, 2, &mut Rng::new(3));
    let lines = |blocks: &[Block]| lines(blocks.iter().map(|block| as_text(&block.to_element())));
    let rows: Vec<String> = rows(&ledger.blocks).iter().map(as_text).collect();
    for bytes in [
        lines(&ledger.blocks).into_bytes(),
        stream::firehose(&records, false),
        stream::firehose(&frames, false),
        base64_lines(&frames).into_bytes(),
        shell(&rows).into_bytes(),
    ] {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&bytes).unwrap();
        let packed = packed.finish().unwrap();
        let whole = report(&packed, &Verifier::new());
        let seen = |report: &Report| -> u64 {
            let told = told(report);
            let revisions = &told["strands"][0]["revisions"]["total"];
            revisions.as_u64().unwrap_or(0)
        };
        let cut = report(&packed[..packed.len() * 3 / 4], &Verifier::new());
        assert_eq!(cut.verdict(), Verdict::Inconclusive, "{cut}");
        assert!(seen(&cut) > 0 && seen(&cut) < seen(&whole), "{cut}");
        let truncated = cut
            .findings()
            .iter()
            .any(|finding| finding.code == Code::Truncated);
        assert!(truncated, "{cut}");
        let padded = [&packed[..], &[0; 700]].concat();
        let padded = report(&padded, &Verifier::new());
        assert_eq!(padded.verdict(), whole.verdict());
        let said = padded
            .findings()
            .iter()
            .filter(|finding| finding.message.contains("700 zero"));
        assert_eq!(said.count(), 1, "{padded}");
    }
}

#[test]
fn base64_of_a_row_may_hold_any_character_that_json_has_as_it_is() {
    let row = |text: &str| {
        format!(
            "{{\"blockHash\":\"\",\"text\":\"{text}\",\"more\":\"{}\"}}",
            "x".repeat(60)
        )
    };
    for (text, read) in [
        ("plain", true),
        ("\u{7f}\u{80}\u{e9}", true),
        ("\u{1}", false),
    ] {
        let report = report(base64_lines(&[row(text)]).as_bytes(), &Verifier::new());
        let found = report
            .findings()
            .iter()
            .any(|one| one.message.contains("`blockHash`"));
        assert_eq!(found, read, "{text:?} {report}");
    }
}

#[test]
fn what_is_nearly_of_qldb_is_said_to_be_so() {
    for (text, words) in [
        (
            r#"{"block_address":{"strand_id":"s"},"x":1}"#,
            "`blockAddress`",
        ),
        (r#"{"a":{"blockHash":""},"b":{"txId":"t"}}"#, "`a` and `b`"),
        (
            "{hash:{{}},data:{},metadata:{txTime:2019-12-05T10:32:321d-3Z}}",
            "`2019-12-05T10:32:321d-3Z` at byte 36, as early versions of ion-js",
        ),
    ] {
        let report = report(text.as_bytes(), &Verifier::new());
        assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
        let said = report
            .findings()
            .iter()
            .any(|finding| finding.code == Code::Malformed && finding.message.contains(words));
        let denied = report
            .findings()
            .iter()
            .any(|finding| finding.code == Code::UnknownFile);
        assert!(said && !denied, "{text}: {report}");
    }
    // Two halves without a hash may lie beside what they match; nothing in them is damaged.
    let halves =
        r#"{"data":{"a":1},"metadata":{"id":"x","version":0,"txTime":"2020T","txId":"t"}}"#;
    let report = report(halves.as_bytes(), &Verifier::new());
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
    let said = report.findings().iter().any(|finding| {
        finding.code == Code::UnknownFile && finding.message.contains("without `hash`")
    });
    assert!(said, "{report}");
}
