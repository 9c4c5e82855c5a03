use std::io::Write as _;

use super::show;
use crate::source::Memory;
use crate::{Error, Limits};

const BLOCK: &str = include_str!("../../../../../fixtures/published/aws-cli/get-block.json");
const REVISION: &str = include_str!("../../../../../fixtures/published/aws-cli/get-revision.json");
const DIGEST: &str = include_str!("../../../../../fixtures/published/aws-cli/get-digest.json");
const ZERO: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// What is shown of one file, with the promise in the first line.
fn shown(bytes: impl AsRef<[u8]>) -> String {
    let text = show(
        &Memory::new().with("file", bytes.as_ref()),
        &Limits::default(),
    )
    .unwrap()
    .text;
    let (first, rest) = text.split_once('\n').unwrap();
    assert!(first.starts_with("NOTHING WAS VERIFIED."), "{first}");
    assert!(
        !rest.contains(|c: char| c.is_control() && c != '\n'),
        "{rest:?}"
    );
    rest.to_owned()
}

/// Asserts that all lines stand in `text`, in this order.
#[track_caller]
fn assert_lines(text: &str, lines: &[&str]) {
    let mut rest = text.lines();
    for line in lines {
        let found = rest.any(|own| own.trim() == *line);
        assert!(found, "no `{line}` (in this order) in:\n{text}");
    }
}

/// A block with one revision. Its hashes are zeros: nothing is checked.
fn block(number: u64, statement: &str, data: &str) -> String {
    format!(
        r#"{{blockAddress:{{strandId:"S",sequenceNo:{number}}},transactionId:"T{number}",
        blockTimestamp:2020-01-0{}T00:00:00.000Z,blockHash:{{{{{ZERO}}}}},entriesHash:{{{{{ZERO}}}}},
        previousBlockHash:{{{{}}}},entriesHashList:[{{{{{ZERO}}}}}],
        transactionInfo:{{statements:[{{statement:"{statement}",startTime:2020T,statementDigest:{{{{{ZERO}}}}}}}],
            documents:{{D:{{tableName:"Boat",tableId:"B",statements:[0]}}}}}},
        revisions:[{{hash:{{{{{ZERO}}}}}}},{{blockAddress:{{strandId:"S",sequenceNo:{number}}},hash:{{{{{ZERO}}}}},
            data:{data},metadata:{{id:"D",version:{number},txTime:2020T,txId:"T"}}}}]}}
        "#,
        number + 1
    )
}

fn gzip(bytes: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_block_answer_with_its_proof() {
    assert_lines(
        &shown(BLOCK),
        &[
            "kind          block",
            "block         100 of strand KmA3ZZca7vAIiJAK9S5Iwl",
            "transaction   FnQeJBAicTX0Ah32ZnVtSX",
            "time          2019-09-16T19:37:05.360Z",
            "block hash    NoChM92yKRuJAb/jeLd1VnYn4DHiWIf071ACfic9uHc=",
            "entries       4 hashes",
            "documents     JUJgkIcNbhS2goq8RqLuZ4 in table VehicleRegistration (BFJKdXgzt9oF4wjMbuxy4G)",
            "revisions     1",
            "document JUJgkIcNbhS2goq8RqLuZ4 version 3, with data",
            "proof         7 hashes, from the bottom up",
            "NPx6cRhwsiy5m9UEWS5JTJrZoUdO2jBOAAOmyZAT+qE=",
        ],
    );
}

#[test]
fn a_revision_answer_has_its_data_in_full_and_all_of_its_proof() {
    assert_lines(
        &shown(REVISION),
        &[
            "kind          revision of a document",
            "block         100 of strand KmA3ZZca7vAIiJAK9S5Iwl",
            "revision      document JUJgkIcNbhS2goq8RqLuZ4 version 3, with data",
            "hash          mHVex/yjHAWjFPpwhBuH2GKXmKJjK2FBa9faqoUVNtg=",
            "data          {",
            "PendingPenaltyTicketAmount: 90.25,",
            "proof         10 hashes, from the bottom up",
            "NPx6cRhwsiy5m9UEWS5JTJrZoUdO2jBOAAOmyZAT+qE=",
        ],
    );
}

#[test]
fn a_digest_in_base64_and_hex_with_its_tip() {
    assert_lines(
        &shown(DIGEST),
        &[
            "digest        6m6BMXobbJKpMhahwVthAEsN6awgnHK62Qq5McGP1Gk=",
            "in hex        ea6e81317a1b6c92a93216a1c15b61004b0de9ac209c72bad90ab931c18fd469",
            "strand        KmA3ZZca7vAIiJAK9S5Iwl",
            "tip           block 123: it covers blocks 0 to 123",
        ],
    );
    assert_lines(&shown(ZERO), &["tip           not named"]);
    let short = "{\"Digest\": \"AAEg\"}";
    assert_lines(&shown(short), &["digest        3 bytes, and a hash has 32"]);
}

#[test]
fn a_journal_is_counted_to_its_end_and_shows_its_first_block() {
    let journal = format!(
        "{}{}{}",
        block(5, "A", "{a:1.50}"),
        block(6, "B", "{}"),
        block(7, "C", "{}")
    );
    let lines = [
        "kind          journal in Ion text",
        "strand        S",
        "numbers       from block 5 to block 7",
        "blocks        3",
        "times         2020-01-06T00:00:00.000Z (first block) to 2020-01-08T00:00:00.000Z (last)",
        "revisions     6: 3 with data, 0 redacted, 0 deletions, 3 internal",
        "its first block",
        "block         5 of strand S",
        "previous      empty",
        "statements    A",
        "documents     D in table Boat (B)",
        "revisions     2",
        "internal: a hash alone",
        "document D version 5, with data",
        "{a:1.50}",
    ];
    let text = shown(&journal);
    assert_lines(&text, &lines);
    assert!(!text.contains("block         6"), "{text}");
    let packed = gzip(&journal);
    let text = shown(&packed);
    assert_lines(&text, &lines);
    assert_lines(
        &text,
        &[&format!("size          {} bytes, compressed", packed.len())],
    );
}

#[test]
fn what_of_a_journal_cannot_be_read_is_said() {
    let journal = format!(
        "{}{{other:1}} {}{{blockAddress:",
        block(0, "A", "{}"),
        block(1, "B", "{}")
    );
    assert_lines(
        &shown(&journal),
        &[
            "blocks        2",
            &format!(
                "not read      1 values; the first at byte {}: expected a field `blockAddress`, found a struct without it",
                block(0, "A", "{}").len()
            ),
            &format!(
                "not read      file ends inside the value that starts at byte {}",
                journal.len() - "{blockAddress:".len()
            ),
        ],
    );
}

#[test]
fn a_journal_in_json_says_what_is_lost() {
    let json = format!(
        r#"{{"blockAddress":{{"strandId":"S","sequenceNo":0}},"transactionId":"T","blockTimestamp":"2020-01-01T00:00:00Z","blockHash":"{ZERO}","entriesHash":"{ZERO}","previousBlockHash":"","entriesHashList":["{ZERO}"]}}"#
    );
    assert_lines(
        &shown(json),
        &[
            "kind          journal in JSON: hashes as they were, Ion types of data lost",
            "time          2020-01-01T00:00:00Z",
            "statements    none: the block has no transactionInfo",
        ],
    );
}

#[test]
fn stream_records_are_counted_by_type() {
    let address = |number| format!("blockAddress:{{strandId:\"S\",sequenceNo:{number}}}");
    let record = |kind: &str, payload: String| {
        format!("{{qldbStreamArn:\"a\",recordType:\"{kind}\",payload:{payload}}} ")
    };
    let records = [
        record("CONTROL", "{controlRecordType:\"CREATED\"}".to_owned()),
        record("BLOCK_SUMMARY", format!("{{{}}}", address(4))),
        record("BLOCK_SUMMARY", format!("{{{}}}", address(2))),
        record(
            "REVISION_DETAILS",
            format!("{{revision:{{{}}}}}", address(9)),
        ),
    ];
    assert_lines(
        &shown(records.concat()),
        &[
            "kind          records of a journal stream",
            "records       2 block summaries",
            "records       1 control records",
            "records       1 revision details",
            "strand        S",
            "numbers       from block 2 to block 9",
        ],
    );
}

#[test]
fn receipts_proofs_manifests_and_descriptions() {
    let tip = r#"{"strandId":"S","sequenceNo":9}"#;
    let receipt = format!(
        r#"{{"LedgerName":"L","TableName":"Boat","BlockAddress":{{"IonText":"{{strandId:\"S\",sequenceNo:4}}"}},"DocumentId":"D","RevisionHash":"{ZERO}","Proof":{{"IonText":"[{{{{{ZERO}}}}}]"}},"LedgerDigest":{{"Digest":"{ZERO}","DigestTipAddress":{tip}}}}}"#
    );
    let proofs = format!(
        r#"{{"Ledger":"L","Digest":"{ZERO}","DigestTipAddress":{tip},"Export":"E","LastBlockNum":4,"Proof":["{ZERO}","{ZERO}"]}}"#
    );
    let started = r#"{ledgerName:"L",exportId:"E",prefix:"p/",bucket:"b"}"#;
    let keys: Vec<String> = (0..10).map(|key| format!("\"p/S.{key}.ion\"")).collect();
    let completed = format!("{{keys:[{}]}}", keys.join(","));
    let described = r#"{"Ledgers":[]}"#;
    let cases: [(&str, &[&str]); 5] = [
        (
            &receipt,
            &[
                "ledger        L",
                "table         Boat",
                "document      D",
                "block         4 of strand S",
                &format!("revision hash {ZERO}"),
                "tip           block 9: it covers blocks 0 to 9",
                "proof         1 hashes, from the bottom up",
            ],
        ),
        (
            &proofs,
            &[
                "proof of      block 4, the export's last",
                "tip           block 9: it covers blocks 0 to 9",
                "proof         2 hashes, from the bottom up",
            ],
        ),
        (started, &["export        E", "ledger        L", "prefix        p/"]),
        (&completed, &["keys          10", "p/S.0.ion", "p/S.7.ion", "… and 2 more"]),
        (
            described,
            &["describes     ledgers: an answer of QLDB's API with no hash in it, nothing to verify"],
        ),
    ];
    for (file, lines) in cases {
        assert_lines(&shown(file), lines);
    }
}

#[test]
fn an_unknown_file_is_told_what_was_expected() {
    for (file, why) in [
        ("bought milk", "it is neither Ion nor JSON"),
        ("{milk:1}", "it holds nothing that QLDB or its tools wrote"),
    ] {
        let text = shown(file);
        assert_lines(&text, &["kind          not understood"]);
        assert!(text.contains(why), "{text}");
        assert!(text.contains("expected      a journal export"), "{text}");
    }
    assert_lines(&shown(""), &["kind          empty"]);
}

#[test]
fn text_from_the_inputs_cannot_drive_the_terminal() {
    let journal = block(0, r"\x1b[2J\rVERIFIED\u202e", r#"{a:"\x1b[2J"}"#);
    assert_lines(
        &shown(&journal),
        &[r"statements    \u{1b}[2J\rVERIFIED\u{202e}"],
    );
    let text = show(
        &Memory::new().with("a\r\u{1b}b", journal.as_bytes()),
        &Limits::default(),
    )
    .unwrap()
    .text;
    assert!(text.contains("\na\\r\\u{1b}b\n"), "{text}");
}

#[test]
fn a_page_stays_short_whatever_the_file() {
    let long = "x".repeat(1 << 20);
    let data = format!("{{a:[{}]}}", "\"y\",\n".repeat(5_000));
    let row = |number: usize| {
        format!(
            "{{blockAddress:{{strandId:\"S\",sequenceNo:{number}}},hash:{{{{{ZERO}}}}},data:{data},metadata:{{id:\"D\",version:1,txTime:2020T,txId:\"T\"}}}}\n"
        )
    };
    let history: String = (0..50).map(row).collect();
    let keys = format!("{{keys:[{}]}}", "\"key\",".repeat(100_000));
    for file in [block(0, &long, &data), history.clone(), keys] {
        let text = shown(&file);
        assert!(text.len() < 12_000, "{} bytes", text.len());
    }
    assert_lines(&shown(&history), &["and 47 more values that are not shown"]);
}

#[test]
fn many_files_are_not_all_read() {
    let many = (0..130).fold(Memory::new(), |all, n| {
        all.with(format!("{n:03}"), DIGEST.as_bytes())
    });
    let text = show(&many, &Limits::default()).unwrap().text;
    assert_eq!(text.matches("digest of a journal").count(), 100);
    assert_lines(&text, &["… and 30 more files, which were not read"]);
}

#[test]
fn one_file_that_cannot_be_opened_is_an_error() {
    struct Closed(usize);
    impl crate::source::Archive for Closed {
        fn objects(&self) -> Result<Vec<crate::source::Object>, Error> {
            Ok(vec![crate::source::Object::new("file", None); self.0])
        }
        fn open(
            &self,
            _: &crate::source::Object,
        ) -> std::io::Result<Box<dyn std::io::Read + Send>> {
            Err(std::io::ErrorKind::PermissionDenied.into())
        }
    }
    assert!(matches!(
        show(&Closed(1), &Limits::default()),
        Err(Error::Io { .. })
    ));
    assert_lines(
        &show(&Closed(2), &Limits::default()).unwrap().text,
        &["kind          cannot be read"],
    );
}

#[test]
fn what_is_not_read_to_its_end_is_not_whole() {
    let shown = |bytes: &[u8], hashes_max: u32| {
        let limits = Limits {
            hashes_max,
            ..Limits::default()
        };
        let files = Memory::new()
            .with("file", bytes)
            .with("other", &b"words"[..]);
        show(&files, &limits).unwrap()
    };
    let journal = [block(5, "A", "{a:1}"), block(6, "B", "{}")].concat();
    let mut packed = gzip(&journal);
    packed.truncate(packed.len() / 2);
    let zeros = "A".repeat(43) + "=";
    let twice =
        format!("{{\"Revision\": \"{{}}\", \"Proof\": \"[{{{{{zeros}}}}},{{{{{zeros}}}}}]\"}}");
    for (bytes, hashes_max, whole) in [
        (journal.as_bytes(), 10, true),
        (DIGEST.as_bytes(), 10, true),
        (&journal.as_bytes()[..journal.len() - 20], 10, false),
        (journal.as_bytes(), 0, false),
        (packed.as_slice(), 10, false),
        (b"{\"Digest\":", 10, false),
        (REVISION.as_bytes(), 10, true),
        (REVISION.as_bytes(), 9, false),
        (twice.as_bytes(), 1, false),
    ] {
        let shown = shown(bytes, hashes_max);
        assert_eq!(shown.whole, whole, "{}", shown.text);
        assert!(shown.text.contains("other\n"), "{}", shown.text);
    }
}
