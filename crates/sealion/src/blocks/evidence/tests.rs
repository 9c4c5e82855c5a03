//! Every shape, whole and damaged.

use ion_rs::{v1_0, AnyEncoding, Element, Reader};

use super::super::read::Origin;
use super::*;

const HASH: &str = "1WIxqxZUmdLZA0cqWdUY24bwa4puv44V0r4C9Na6Yhg=";
const TIP: &str = r#"{\"strandId\": \"s\", 'sequenceNo':5}"#;

fn read_with(bytes: &[u8], limits: &Limits) -> Option<Found> {
    let mut reader = Reader::new(AnyEncoding, bytes).unwrap();
    let value = reader.expect_next().unwrap();
    let node = Node::new(value, Origin::At { at: 0, offset: 0 });
    recognise(&Envelope::open(node).unwrap(), limits)
}

fn read(text: &str) -> Option<Found> {
    read_with(text.as_bytes(), &Limits::default())
}

/// Evidence without repeated members.
fn evidence(text: &str) -> Evidence {
    let found = read(text).expect("known");
    assert_eq!(found.repeated, [], "{text}");
    found.evidence.expect("whole")
}

fn refused(text: &str) -> Unfit {
    match read(text).map(|found| found.evidence) {
        Some(Err(unfit)) => unfit,
        other => panic!("{text} gives {other:?}"),
    }
}

fn digest(text: &str) -> DigestClaim {
    match evidence(text) {
        Evidence::Digest(claim) => claim,
        other => panic!("{text} gives {other:?}"),
    }
}

/// JSON with `HASH` and `TIP` filled in.
fn filled(text: &str) -> String {
    text.replace("HASH", HASH).replace("TIP", TIP)
}

fn assert_is_the_digest(claim: &DigestClaim, what: &str) {
    let tip = claim.tip.as_ref().expect("a tip");
    assert_eq!(
        claim.hash.hash.map(|h| h.to_string()).as_deref(),
        Some(HASH),
        "{what}"
    );
    assert_eq!(
        tip.address.to_string(),
        r#"{strandId:"s",sequenceNo:5}"#,
        "{what}"
    );
    assert_eq!((&claim.repeated[..], claim.sequence_no), (&[][..], None));
}

#[test]
fn digests_of_every_maker() {
    let bytes = HASH.parse::<crate::Hash>().unwrap();
    let hex = format!("{bytes:x}");
    let python: String = bytes.0.iter().map(|b| format!("\\\\x{b:02x}")).collect();
    for text in [
        // the AWS CLI, in either order; boto3 with its metadata
        r#"{"Digest": "HASH", "DigestTipAddress": {"IonText": "TIP"}}"#,
        r#"{"DigestTipAddress": {"IonText": "TIP"}, "Digest": "HASH", "More": [{}]}"#,
        r#"{"ResponseMetadata": {"HTTPStatusCode": 200}, "Digest": "HASH",
            "DigestTipAddress": {"IonText": "TIP"}}"#,
        &format!(r#"{{"Digest": "b'{python}'", "DigestTipAddress": {{"IonText": "TIP"}}}}"#),
        &format!(r#"{{"Digest": "b\"{python}\"", "DigestTipAddress": "TIP"}}"#),
        &format!(r#"{{"Digest": "{hex}", "DigestTipAddress": "TIP"}}"#),
        // the console
        r#"{"digest": "HASH", "digestTipAddress": "TIP", "ledger": "l", "date": "d"}"#,
        r#"{digest: {{HASH}}, digestTipAddress: {sequenceNo: 5, strandId: "s"}}"#,
        // made from the SDK's samples
        r#"{Digest: {{HASH}}, DigestTipAddress: {strandId: "s", sequenceNo: 5}}"#,
        r#"{Digest: {{HASH}}, DigestTipAddress: {IonText: "TIP"}}"#,
    ] {
        assert_is_the_digest(&digest(&filled(text)), text);
    }
}

#[test]
fn a_digest_in_binary() {
    let text = filled(r#"{Digest: {{HASH}}, DigestTipAddress: {strandId: "s", sequenceNo: 5}}"#);
    let binary = Element::read_one(text)
        .unwrap()
        .encode_as(v1_0::Binary)
        .unwrap();
    let found = read_with(&binary, &Limits::default()).unwrap();
    let Ok(Evidence::Digest(claim)) = found.evidence else {
        panic!("{found:?}");
    };
    assert_is_the_digest(&claim, "binary");
}

#[test]
fn a_digest_may_have_no_tip_and_any_length() {
    for text in [
        r#"{"Digest": "AAEg"}"#,
        r#"{"Digest":"AAEg","DigestTipAddress":null}"#,
    ] {
        let claim = digest(text);
        assert_eq!(
            (claim.tip, claim.hash.length, claim.hash.hash),
            (None, 3, None)
        );
        assert_eq!(claim.offset, claim.hash.offset);
    }
}

#[test]
fn damaged_digests_name_the_place() {
    for (text, offset, found) in [
        (r#"{"Digest": "HASH!"}"#, 11, "none of these"),
        (r#"{"Digest": 5}"#, 11, "type int"),
        (r#"{"Digest": null}"#, 0, "without it"),
        (r#"{"Digest": "b'\\x1'"}"#, 11, "cut or damaged"),
        (
            r#"{"Digest": "AAEg", "DigestTipAddress": 5}"#,
            39,
            "type int",
        ),
        (
            r#"{"Digest": "AAEg", "DigestTipAddress": []}"#,
            39,
            "type list",
        ),
        (
            r#"{"Digest": "AAEg", "DigestTipAddress": {}}"#,
            39,
            "without it",
        ),
        (r#"{"Digest": "AAEg", "DigestTipAddress": ""}"#, 39, "none"),
        (
            r#"{"Digest": "AAEg", "DigestTipAddress": "{strandId:"}"#,
            39,
            "cut off",
        ),
        (
            r#"{"Digest": "AAEg", "DigestTipAddress": "}{}"}"#,
            39,
            "refuses",
        ),
        (
            r#"{"Digest": "AAEg", "DigestTipAddress": "[]"}"#,
            39,
            "type list",
        ),
        (
            r#"{"Digest": "AAEg", "DigestTipAddress": {"IonText": 1}}"#,
            51,
            "type int",
        ),
        (
            r#"{"Digest": "AAEg", "DigestTipAddress": {"IonText": "TIP TIP"}}"#,
            51,
            "more than one",
        ),
        (
            r#"{"digest": "AAEg", "digestTipAddress": {strandId: "s"}}"#,
            39,
            "without it",
        ),
        (
            r#"{"Digest": "AAEg", "DigestTipAddress": "{strandId: $0, sequenceNo: 1}"}"#,
            39,
            "symbol without text",
        ),
        (
            r#"{"Digest": "AAEg", "DigestTipAddress": "{strandId: \"s\", sequenceNo: -1}"}"#,
            39,
            "-1",
        ),
    ] {
        let text = filled(text);
        let unfit = refused(&text);
        assert!(unfit.found.contains(found), "{text}: {unfit:?}");
        assert_eq!(unfit.offset, offset, "{text}: {unfit:?}");
    }
}

#[test]
fn blocks_and_revisions_with_and_without_proof() {
    let text =
        r#"{"Block": {"IonText": "{a:\"\\\"\"}"}, "Proof": {"IonText": "[{{AAEg}},\"AAEg\"]"}}"#;
    let Evidence::Block { block, proof } = evidence(text) else {
        panic!("no block");
    };
    assert_eq!((block.text.as_str(), block.offset), (r#"{a:"\""}"#, 22));
    let proof = proof.unwrap();
    assert_eq!(proof.offset, text.find("{\"IonText\": \"[").unwrap() as u64);
    let lengths: Vec<usize> = proof.hashes.iter().map(|hash| hash.length).collect();
    assert_eq!(lengths, [3, 3]);
    for (text, hashes) in [
        (
            r#"{"Proof": {"IonText": "[]"}, "Revision": {"IonText": "{}"}}"#,
            Some(0),
        ),
        (r#"{"Proof": "[{{}}]", "Revision": "{}"}"#, Some(1)),
        (r#"{"Proof": ["AAEg", "AAEg"], "Revision": "{}"}"#, Some(2)),
        (
            r#"{Proof: [{{AAEg}}], Revision: "{}", ResponseMetadata: {}}"#,
            Some(1),
        ),
        (r#"{"Proof": null, "Revision": {"IonText": "{}"}}"#, None),
        (r#"{"Revision": {"IonText": "{}"}}"#, None),
    ] {
        let Evidence::Revision { revision, proof } = evidence(text) else {
            panic!("{text} is no revision");
        };
        assert_eq!(revision.text, "{}");
        assert_eq!(proof.map(|proof| proof.hashes.len()), hashes, "{text}");
    }
}

#[test]
fn a_revision_may_stand_there_itself() {
    let text = r#"{"Revision": {"hash": "AAEg", "data": {"n": 9.750}}}"#;
    let Evidence::Revision { revision, .. } = evidence(text) else {
        panic!("no revision");
    };
    assert_eq!(revision.text, r#"{"hash": "AAEg", "data": {"n": 9.750}}"#);
    assert_eq!(revision.offset, 13);
    let text = "{Revision: {hash: {{AAEg}}, data: {n: 9.750, t: 2024T, s: sy}}}";
    let element = Element::read_one(text).unwrap();
    let binary = element.encode_as(v1_0::Binary).unwrap();
    let found = read_with(&binary, &Limits::default()).unwrap();
    let Ok(Evidence::Revision { revision, .. }) = found.evidence else {
        panic!("no revision");
    };
    let own = element.as_struct().unwrap().get("Revision").unwrap();
    let back = Element::read_one(&revision.text).unwrap();
    assert!(ion_rs::IonData::eq(own, &back), "{}", revision.text);
}

#[test]
fn damaged_answers_are_refused() {
    for (text, found) in [
        (r#"{"Block": 5}"#, "type int"),
        (r#"{"Block": null}"#, "without it"),
        (r#"{"Block": {"IonText": null}}"#, "without it"),
        (r#"{"Block": {"IonText": {}}}"#, "type struct"),
        (r#"{"Revision": ["{}"]}"#, "type list"),
        (r#"{"Revision": "{}", "Proof": 5}"#, "type int"),
        (
            r#"{"Revision": "{}", "Proof": {"IonText": "{}"}}"#,
            "type struct",
        ),
        (
            r#"{"Revision": "{}", "Proof": {"IonText": "null"}}"#,
            "null",
        ),
        (
            r#"{"Revision": "{}", "Proof": {"IonText": "[{{AAEg}}"}}"#,
            "cut off",
        ),
        (
            r#"{"Revision": "{}", "Proof": {"IonText": "[{{A!}}]"}}"#,
            "refuses",
        ),
        (r#"{"Revision": "{}", "Proof": [5]}"#, "type int"),
        (
            r#"{"Revision": "{}", "Proof": {"More": "[]"}}"#,
            "type struct",
        ),
        (r#"{"Revision": "{}", "Block": "{}"}"#, "several"),
        (r#"{"Revision": "{}", "Digest": "AAEg"}"#, "several"),
    ] {
        let unfit = refused(text);
        assert!(unfit.found.contains(found), "{text}: {unfit:?}");
    }
}

#[test]
fn receipts() {
    let text = filled(
        r#"{"LedgerName": "l", "TableName": "t", "BlockAddress": {"IonText": "TIP"},
            "DocumentId": "d", "RevisionHash": "HASH", "Proof": {"IonText": "[{{AAEg}}]"},
            "LedgerDigest": {"Digest": "HASH", "DigestTipAddress": {"IonText": "TIP"}}}"#,
    );
    let Evidence::Receipt {
        address,
        document_id,
        revision_hash,
        proof,
        digest,
        table_name,
        ledger_name,
        ..
    } = evidence(&text)
    else {
        panic!("no receipt");
    };
    assert_eq!(address.address.sequence_no, 5);
    assert_eq!(document_id, "d");
    assert_eq!(
        revision_hash.hash.map(|h| h.to_string()).as_deref(),
        Some(HASH)
    );
    assert_eq!(proof.hashes.len(), 1);
    assert_eq!(
        (table_name.as_deref(), ledger_name.as_deref()),
        (Some("t"), Some("l"))
    );
    assert_is_the_digest(&digest.unwrap(), "receipt");

    let bare = r#"{BlockAddress: {strandId: "s", sequenceNo: 1}, DocumentId: "d",
        RevisionHash: {{AAEg}}, Proof: [{{AAEg}}], LedgerDigest: null}"#;
    let Evidence::Receipt {
        digest, table_name, ..
    } = evidence(bare)
    else {
        panic!("no receipt");
    };
    assert_eq!((digest, table_name), (None, None));

    for member in ["BlockAddress", "DocumentId", "RevisionHash", "Proof"] {
        // Renamed away where it decides, absent otherwise.
        let text = bare.replace(
            &format!("{member}:"),
            &format!("{member}: null, Old{member}:"),
        );
        let unfit = refused(&text);
        assert_eq!(unfit.expected, format!("a field `{member}`"));
    }
    for (from, to) in [
        (r#"DocumentId: "d""#, "DocumentId: 5"),
        ("LedgerDigest: null", "LedgerDigest: \"x\""),
        ("LedgerDigest: null", "LedgerDigest: {}"),
        ("LedgerDigest: null", "TableName: 5"),
        ("Proof: [{{AAEg}}]", "Proof: \"{}\""),
    ] {
        refused(&bare.replace(from, to));
    }
}

#[test]
fn proofs_of_the_migration_sample() {
    let text = filled(
        r#"{"Ledger": "l", "Digest": "HASH", "DigestTipAddress": {"strandId": "s", "sequenceNo": 5},
            "Export": "e", "LastBlockNum": 4, "LastBlockTimestamp": "x", "Proof": ["HASH", "HASH"]}"#,
    );
    let Evidence::BlockProof {
        digest,
        last_block,
        proof,
        ..
    } = evidence(&text)
    else {
        panic!("no proof");
    };
    assert_is_the_digest(&digest, "migration");
    assert_eq!((last_block, proof.hashes.len()), (4, 2));
    for (from, to) in [
        ("4,", "null,"),
        ("4,", "-4,"),
        ("4,", "\"4\","),
        ("[\"HASH\"", "[\"HASH!\""),
        ("\"Digest\"", "\"Digset\""),
        ("{\"strandId\"", "{\"strand\""),
    ] {
        let (from, to) = (from.replace("HASH", HASH), to.replace("HASH", HASH));
        assert!(text.contains(&from), "{from}");
        refused(&text.replace(&from, &to));
    }
}

#[test]
fn consistency_proofs() {
    let end = r#"{"Digest": "HASH", "DigestTipAddress": {"IonText": "TIP"}}"#;
    let console = r#"{digest: "HASH", digestTipAddress: {strandId: "s", sequenceNo: 5}}"#;
    for text in [
        format!(
            r#"{{"FromDigest": {end}, "ToDigest": {end}, "ConsistencyProof": {{"IonText": "[{{{{AAEg}}}}]"}}}}"#
        ),
        format!(r#"{{ConsistencyProof: [{{{{AAEg}}}}], ToDigest: {console}, FromDigest: {end}}}"#),
    ] {
        let Evidence::Consistency {
            from, to, proof, ..
        } = evidence(&filled(&text))
        else {
            panic!("{text}");
        };
        assert_is_the_digest(&from, &text);
        assert_is_the_digest(&to, &text);
        assert_eq!(proof.hashes.len(), 1, "{text}");
    }
    let file = format!(r#"{{FromDigest: {end}, ToDigest: {end}, ConsistencyProof: []}}"#);
    for (change, found) in [
        (file.replace("FromDigest", "Other"), "without it"),
        (file.replacen(end, "{Digest: \"HASH\"}", 1), "one without"),
        (file.replacen(end, "\"HASH\"", 1), "a value of type string"),
        (file.replace("[]", "null"), "without it"),
        (file.replace("[]", "[1]"), "type int"),
        (
            file.replacen("TIP", "{strandId:\\\"s\\\",sequenceNo:-1}", 1),
            "-1",
        ),
        (
            file.replacen(
                "TIP",
                "{strandId:\\\"s\\\",sequenceNo:18446744073709551616}",
                1,
            ),
            "18446744073709551616",
        ),
        (
            file.replacen('{', "{Digest: \"HASH\", ", 1),
            "several answers",
        ),
        (file.replacen('{', "{Block: {}, ", 1), "several answers"),
        (
            file.replacen('{', "{RevisionHash: \"HASH\", Proof: [], ", 1),
            "several answers",
        ),
    ] {
        let unfit = refused(&filled(&change));
        assert!(unfit.found.contains(found), "{change}: {unfit:?}");
    }
}

#[test]
fn stream_records_in_every_wrapping() {
    for (text, places) in [
        (
            r#"{"Records": [{"Data": "AAEC", "PartitionKey": "a"}, {"Data": "AA=="}]}"#,
            vec![22, 61],
        ),
        (
            r#"{"Records": [{"kinesis": {"data": "AAEC"}}, {"kinesis": {"data": "AA=="}}]}"#,
            vec![34, 65],
        ),
        (
            r#"{"records": [{"recordId": 1, "data": "AAEC"}, {"recordId": 2, "data": "AA=="}]}"#,
            vec![37, 70],
        ),
        (
            r#"{"Records": [{"Data": "b'\\x00\\x01\\x02'"}, {"Data": {{AA==}}}]}"#,
            vec![22, 54],
        ),
    ] {
        let Evidence::Records(records) = evidence(text) else {
            panic!("{text}");
        };
        let records: Vec<_> = records.into_iter().map(Result::unwrap).collect();
        let data: Vec<&[u8]> = records.iter().map(|(data, _)| &data[..]).collect();
        assert_eq!(data, [&[0, 1, 2][..], &[0]], "{text}");
        let offsets: Vec<u64> = records.iter().map(|(_, offset)| *offset).collect();
        assert_eq!(offsets, places, "{text}");
    }
    let none = r#"{"Records": [], "NextShardIterator": "x", "MillisBehindLatest": 0}"#;
    assert_eq!(evidence(none), Evidence::Records(vec![]));
    refused(r#"{"Records": [{"Data": "AAEC"}], "records": []}"#);
}

#[test]
fn a_broken_record_says_nothing_of_the_others() {
    for (text, whole) in [
        (r#"{"Records": [{"Data": "AA"}]}"#, vec![false]),
        (r#"{"Records": [{"Data": 5}]}"#, vec![false]),
        (
            r#"{"Records": [{"Data": "AAEC"}, {"Data": null}]}"#,
            vec![true, false],
        ),
        (
            r#"{"Records": [{"Data": null}, {"Data": "AAEC"}]}"#,
            vec![false, true],
        ),
        (r#"{"Records": [{"Data": "AAEC"}, 5]}"#, vec![true, false]),
        (
            r#"{"Records": [{"kinesis": {"data": "AAEC"}}, {"kinesis": 5}]}"#,
            vec![true, false],
        ),
        (
            r#"{"Records": [{"Data": "AAEC", "kinesis": {"data": "AA=="}}]}"#,
            vec![false],
        ),
        (
            r#"{"Records": [{"Data": "AAEC", "data": "AA=="}]}"#,
            vec![false],
        ),
    ] {
        let Evidence::Records(records) = evidence(text) else {
            panic!("{text}");
        };
        let found: Vec<bool> = records.iter().map(Result::is_ok).collect();
        assert_eq!(found, whole, "{text}");
    }
}

#[test]
fn other_files_are_not_evidence() {
    for text in [
        "{}",
        r#"{"a": 1}"#,
        r#"{"digest": "sha256:abc"}"#,
        r#"{"Proof": []}"#,
        r#"{"RevisionHash": "AAEg"}"#,
        r#"{"LastBlockNum": 4}"#,
        r#"{"Records": []}"#,
        r#"{"Records": 5}"#,
        r#"{"Records": [{"s3": {}}]}"#,
        r#"{"records": [{"data": "AAEC"}]}"#,
        r#"{"Records": [5]}"#,
        r#"{"Tags": {}, "Other": 1}"#,
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn manifests_and_other_answers_are_known() {
    let manifest = evidence(r#"{keys:["a"]}"#);
    assert!(matches!(
        manifest,
        Evidence::Manifest(Manifest::Completed { .. })
    ));
    assert_eq!(
        evidence(r#"{"Ledgers": []}"#),
        Evidence::Description("ledgers")
    );
}

#[test]
fn members_that_stand_twice_are_told_once_each() {
    let again = |text: &str| {
        let found = read(&filled(text)).unwrap();
        let own = match &found.evidence {
            Ok(Evidence::Digest(claim)) => claim.repeated.clone(),
            Ok(Evidence::Receipt { digest, .. }) => digest.clone().unwrap().repeated,
            Ok(Evidence::BlockProof { digest, .. }) => digest.repeated.clone(),
            Ok(Evidence::Consistency { from, to, .. }) => {
                [&from.repeated[..], &to.repeated[..]].concat()
            }
            _ => Vec::new(),
        };
        let all = [own, found.repeated].concat();
        all.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    for (text, names) in [
        (r#"{"Digest": "AAEg", "Digest": "HASH"}"#, &["Digest"][..]),
        (
            r#"{"Digest": "AAEg", "DigestTipAddress": {"IonText": "TIP", "IonText": ""}}"#,
            &["DigestTipAddress.IonText"],
        ),
        (
            r#"{"Block": "{}", "Block": "{}", "x": 1, "x": 1}"#,
            &["Block", "x"],
        ),
        (
            r#"{"Revision": "{}", "Proof": null, "Proof": "[]"}"#,
            &["Proof"],
        ),
        (
            r#"{BlockAddress: "TIP", DocumentId: "d", DocumentId: "e", RevisionHash: "AAEg",
                Proof: [], LedgerDigest: {Digest: "AAEg", Digest: "AAEg"}}"#,
            &["Digest", "DocumentId"],
        ),
        (
            r#"{LastBlockNum: 4, LastBlockNum: 5, Proof: [], Digest: "AAEg", Digest: "AAEg"}"#,
            &["LastBlockNum", "Digest"],
        ),
        (
            r#"{Records: [{Data: "AAEC"}, {Data: "AAEC", Data: "AA=="}]}"#,
            &["Records[1].Data"],
        ),
        (
            r#"{Records: [{kinesis: {data: "AAEC", data: "AA=="}}]}"#,
            &["Records[0].kinesis.data"],
        ),
        (
            r#"{ConsistencyProof: [], ConsistencyProof: [], ToDigest: {Digest: "AAEg", DigestTipAddress: "TIP",
                DigestTipAddress: "TIP"}, FromDigest: {Digest: "AAEg", Digest: "AAEg", DigestTipAddress: "TIP"}}"#,
            &["Digest", "DigestTipAddress", "ConsistencyProof"],
        ),
        (r#"{keys: ["a"], keys: ["b"]}"#, &["keys"]),
        // Also where what counts is null and the whole cannot be read.
        (
            r#"{ConsistencyProof: null, ConsistencyProof: [], FromDigest: {Digest: "AAEg", DigestTipAddress: "TIP"},
                ToDigest: {Digest: "AAEg", DigestTipAddress: "TIP"}}"#,
            &["ConsistencyProof"],
        ),
        (
            r#"{ConsistencyProof: [], FromDigest: null, FromDigest: {}, ToDigest: {}}"#,
            &["FromDigest"],
        ),
        (
            r#"{ConsistencyProof: [], FromDigest: {Digest: "AAEg", DigestTipAddress: "TIP"},
                ToDigest: {Digest: "AAEg", DigestTipAddress: null, DigestTipAddress: "TIP"}}"#,
            &["ToDigest.DigestTipAddress"],
        ),
        (
            r#"{ConsistencyProof: [], FromDigest: {Digest: null, Digest: "AAEg", DigestTipAddress: "TIP"}}"#,
            &["FromDigest.Digest"],
        ),
        (
            r#"{BlockAddress: "TIP", DocumentId: "d", RevisionHash: "AAEg", Proof: null, Proof: []}"#,
            &["Proof"],
        ),
        (
            r#"{BlockAddress: "TIP", DocumentId: "d", RevisionHash: "AAEg", Proof: [],
                LedgerDigest: {Digest: null, Digest: "AAEg"}}"#,
            &["LedgerDigest.Digest"],
        ),
        (r#"{Digest: null, Digest: "AAEg"}"#, &["Digest"]),
        (r#"{Block: null, Block: "{}"}"#, &["Block"]),
    ] {
        assert_eq!(again(text), names, "{text}");
    }
}

#[test]
fn members_that_none_of_them_has_are_named_wherever_they_stand() {
    for (text, whole) in [
        (
            r#"{"Digest": "HASH", "DigestTipAddress": {"IonText": "TIP"}, "ResponseMetadata": null}"#,
            2,
        ),
        (
            r#"{"digest": "HASH", "digestTipAddress": {strandId: "s", sequenceNo: 5}, "ledger": "l", "date": "d"}"#,
            2,
        ),
        (
            r#"{"Block": {"IonText": "[]"}, "Proof": {"IonText": "[]"}}"#,
            3,
        ),
        (
            r#"{"Revision": {"IonText": "[]"}, "Proof": {"IonText": "[]"}}"#,
            3,
        ),
        (
            r#"{LedgerName: "l", TableName: "t", BlockAddress: {strandId: "s", sequenceNo: 5}, DocumentId: "d",
                RevisionHash: "HASH", Proof: {IonText: "[]"}, LedgerDigest: {Digest: "HASH", DigestTipAddress: {IonText: "TIP"}}}"#,
            5,
        ),
        (
            r#"{Ledger: "l", Digest: "HASH", DigestTipAddress: {strandId: "s", sequenceNo: 5}, Export: "e", LastBlockNum: 4,
                LastBlockTimestamp: "t", Proof: []}"#,
            2,
        ),
        (
            r#"{ConsistencyProof: {IonText: "[]"}, FromDigest: {Digest: "HASH", DigestTipAddress: {IonText: "TIP"}},
                ToDigest: {Digest: "HASH", DigestTipAddress: {strandId: "s", sequenceNo: 5}}}"#,
            6,
        ),
    ] {
        let tip = TIP;
        let plain = read(&filled(text)).unwrap();
        assert_eq!(plain.unknown, [], "{text}");
        let structs: Vec<usize> = text.match_indices('{').map(|(at, _)| at + 1).collect();
        assert_eq!(structs.len(), whole, "{text}");
        for at in structs {
            let more = format!("{}Zz: 1, {}", &text[..at], &text[at..]);
            let found = read(&filled(&more)).unwrap();
            let names: Vec<&str> = found
                .unknown
                .iter()
                .map(|(name, _)| name.as_str())
                .collect();
            assert!(
                matches!(names[..], [name] if name.ends_with("Zz")),
                "{more}: {names:?}"
            );
        }
        // In the text within a string as well.
        if text.contains("TIP") {
            let more = tip.replacen('{', "{Zz: 1, ", 1);
            let found = read(&text.replace("HASH", HASH).replace("TIP", &more)).unwrap();
            let names: Vec<&str> = found
                .unknown
                .iter()
                .map(|(name, _)| name.as_str())
                .collect();
            let places = text.matches("TIP").count();
            assert!(
                names.len() == places && names[0].ends_with("DigestTipAddress.Zz"),
                "{text}: {names:?}"
            );
        }
    }
}

#[test]
fn limits_hold_inside_strings() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    for text in [
        format!(r#"{{"Revision": "{{}}", "Proof": "{deep}"}}"#),
        format!(r#"{{"Digest": "AAEg", "DigestTipAddress": {{"IonText": "{deep}"}}}}"#),
        format!(r#"{{BlockAddress: "{deep}", DocumentId: "d", RevisionHash: "", Proof: []}}"#),
    ] {
        let unfit = refused(&text);
        assert!(unfit.found.contains("depth_max = 500"), "{unfit:?}");
    }
    let limits = Limits {
        hashes_max: 2,
        ..Limits::default()
    };
    let proof = |hashes: &str| {
        let text = format!(r#"{{"Revision": "{{}}", "Proof": {hashes}}}"#);
        read_with(text.as_bytes(), &limits).unwrap().evidence
    };
    for (fits, too_many) in [
        (r#"["",""]"#, r#"["","",""]"#),
        (r#""[{{}},{{}}]""#, r#""[{{}},{{}},{{}}]""#),
    ] {
        assert!(proof(fits).is_ok());
        assert!(proof(too_many).unwrap_err().expected.contains("hashes_max"));
    }
}

#[test]
fn json_escapes_of_other_languages_are_read() {
    let text = r#"{"Revision": "{data:\u007bn:\"\ud83d\ude00\/\u00e9\"}}"}"#;
    let Evidence::Revision { revision, .. } = evidence(text) else {
        panic!("no revision");
    };
    assert_eq!(revision.text, "{data:{n:\"\u{1F600}/\u{e9}\"}}");
}
