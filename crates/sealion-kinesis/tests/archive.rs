//! A stream in Kinesis is as good as its records in files, and what cannot be read is said.

use std::net::SocketAddr;

use sealion::source::{Archive as _, Memory};
use sealion::{Digest, Report, Verdict, Verifier};
use sealion_aws::{Connection, Settings};
use sealion_kinesis::Kinesis;
use sealion_stubs::kinesis::{serve, Faults, Server, Shard, Stream};
use sealion_stubs::proxy::{self, Fault};
use sealion_stubs::{url, KEY_ID, SECRET};
use sealion_testkit::write::{evidence, kpl, stream};
use sealion_testkit::{Ledger, Mix, Rng};

const NAME: &str = "kinesis://ledger";

fn ledger() -> Ledger {
    Ledger::new(7, 40, Mix::Vehicle)
}

fn digest() -> Digest {
    let text = evidence::get_digest(&ledger().digest());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("digest.json");
    std::fs::write(&file, text).unwrap();
    Digest::read(&file).unwrap()
}

/// A stream as a long life leaves it: two shards, of which one was split and the two halves of it merged;
/// records in any order, some twice, some aggregated; a shard without any.
fn made() -> Stream {
    let mut rng = Rng::new(5);
    let mut records = stream::whole(&ledger().blocks).unwrap();
    stream::disorder(&mut records, &mut rng);
    let fifth = records.len().div_ceil(5);
    let mut parts: Vec<Vec<Vec<u8>>> = records.chunks(fifth).map(<[_]>::to_vec).collect();
    parts[1] = kpl::aggregates(&parts[1], 7, &mut rng);
    parts[3] = kpl::aggregates(&parts[3], 1000, &mut rng);
    let shard = |number: usize, parents: &[usize], closed| Shard {
        id: id(number),
        parents: parents.iter().copied().map(id).collect(),
        records: parts.get(number).cloned().unwrap_or_default(),
        closed,
    };
    Stream {
        name: "ledger".to_owned(),
        // Children come before their parents in this list.
        shards: vec![
            shard(4, &[2, 3], false),
            shard(5, &[], false),
            shard(2, &[0], true),
            shard(3, &[0], true),
            shard(0, &[9], true),
            shard(1, &[], false),
        ],
        page: 4,
        answer: 3,
        faults: Faults::default(),
    }
}

fn id(number: usize) -> String {
    format!("shardId-{number:012}")
}

fn open(to: SocketAddr, name: &str) -> Result<Kinesis, sealion::Error> {
    // All tests of this process use the same credentials.
    std::env::set_var("AWS_ACCESS_KEY_ID", KEY_ID);
    std::env::set_var("AWS_SECRET_ACCESS_KEY", SECRET);
    let settings = Settings {
        region: Some("us-east-1".to_owned()),
        endpoint_url: Some(url(to)),
        ..Settings::default()
    };
    Kinesis::open(&Connection::open(&settings).unwrap(), name, |_| {})
}

fn verify(to: SocketAddr) -> Report {
    let archive = open(to, NAME).unwrap();
    let verifier = Verifier::new().against(digest());
    verifier.verify(&archive).unwrap()
}

fn served(faults: Faults) -> Server {
    serve(Stream { faults, ..made() })
}

#[test]
fn a_stream_is_verified_as_the_same_records_in_files_are() {
    let server = served(Faults {
        empty: true,
        ..Faults::default()
    });
    let report = verify(server.address);
    assert_eq!(report.verdict(), Verdict::Verified, "{report}");
    let mut rng = Rng::new(1);
    let mut files = Memory::new();
    for shard in made().shards {
        let text = stream::get_records(&shard.records, &mut rng);
        files = files.with(shard.id, text.into_bytes());
    }
    let local = Verifier::new().against(digest()).verify(&files).unwrap();
    let of = |report: &Report| serde_json::to_value(&report.strands).unwrap();
    assert_eq!(of(&report), of(&local));
    let kinds: Vec<_> = report.inputs.iter().map(|input| input.kind).collect();
    assert_eq!(kinds, ["stream"; 6], "{report}");
    let names: Vec<_> = report.inputs.iter().map(|input| &*input.path).collect();
    let expected = [0, 1, 2, 3, 4, 5].map(|number| format!("{NAME}/{}", id(number)));
    assert_eq!(names, expected);
}

#[test]
fn one_flipped_bit_fails_and_so_does_a_lost_shard() {
    let mut flipped = made();
    // In the content of the first record of a shard whose records are not aggregated.
    let details = |record: &&mut Vec<u8>| contains(record, b"REVISION_DETAILS");
    let record = flipped.shards[0].records.iter_mut().find(details).unwrap();
    let last = record.len() - 1;
    record[last] ^= 1;
    let report = verify(serve(flipped).address);
    assert_eq!(report.verdict(), Verdict::Failed, "{report}");
    let mut lost = made();
    lost.shards.remove(5);
    let report = verify(serve(lost).address);
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_damaged_aggregate_is_named_and_the_rest_is_read() {
    let mut damaged = made();
    let aggregate = &mut damaged.shards[5].records[0];
    let middle = aggregate.len() / 2;
    aggregate[middle] ^= 1;
    let report = verify(serve(damaged).address);
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
    let text = report.to_string();
    assert!(text.contains("MD5") && text.contains(&id(1)), "{text}");
    assert!(report.strands[0].blocks > 20, "{text}");
}

#[test]
fn throttling_expired_iterators_and_cut_connections_are_waited_out() {
    let throttled = served(Faults {
        throttled: 2,
        ..Faults::default()
    });
    let report = verify(throttled.address);
    assert_eq!(report.verdict(), Verdict::Verified, "{report}");
    let expired = served(Faults {
        expired: 4,
        ..Faults::default()
    });
    let report = verify(expired.address);
    assert_eq!(report.verdict(), Verdict::Verified, "{report}");
    let fault = Fault::CutFirst {
        connections: 3,
        after: 700,
    };
    let proxy = proxy::serve(served(Faults::default()).address, fault);
    let report = verify(proxy.address);
    assert_eq!(report.verdict(), Verdict::Verified, "{report}");
    assert!(proxy.accepted() > 3);
}

#[test]
fn a_second_look_sees_the_same_and_asks_for_nothing() {
    let server = served(Faults::default());
    let archive = open(server.address, NAME).unwrap();
    let all = || {
        let read = |object| std::io::read_to_string(archive.open(object).unwrap()).unwrap();
        archive
            .objects()
            .unwrap()
            .iter()
            .map(read)
            .collect::<String>()
    };
    assert_eq!(server.asked(), 0);
    let first = all();
    let asked = server.asked();
    assert!(asked > 0 && all() == first);
    assert_eq!(server.asked(), asked);
    let received = archive.received();
    let made: usize = made().shards.iter().map(|shard| shard.records.len()).sum();
    assert_eq!((received.shards, received.records), (6, made as u64));
}

#[test]
fn an_arn_names_a_stream_too() {
    let server = served(Faults::default());
    let arn = "arn:aws:kinesis:eu-west-1:111122223333:stream/ledger";
    let archive = open(server.address, arn).unwrap();
    let first = archive.objects().unwrap().remove(0);
    assert_eq!(*first.name, format!("{arn}/{}", id(0)));
    let text = std::io::read_to_string(archive.open(&first).unwrap()).unwrap();
    assert!(
        text.starts_with("{\"Records\":[{\"SequenceNumber\":\"0\""),
        "{text}"
    );
}

#[test]
fn what_kinesis_refuses_is_explained_and_no_secret_is_told() {
    let server = served(Faults {
        denied: true,
        ..Faults::default()
    });
    let refused = |name: &str| open(server.address, name).unwrap_err().to_string();
    let missing = refused("kinesis://nobody-has-this");
    assert!(
        missing.contains("ResourceNotFoundException")
            && missing.contains("check the stream's name"),
        "{missing}"
    );
    let no_name = refused("kinesis://a/b");
    assert!(no_name.contains("expected kinesis://STREAM"), "{no_name}");
    let settings = Settings {
        anonymous: true,
        ..Settings::default()
    };
    let unsigned = Connection::open(&settings).unwrap();
    let unsigned = Kinesis::open(&unsigned, NAME, |_| {})
        .unwrap_err()
        .to_string();
    assert!(
        unsigned.contains("leave out --no-sign-request"),
        "{unsigned}"
    );
    // Shards may be listed, and not read.
    let report = verify(server.address);
    assert_eq!(report.verdict(), Verdict::Inconclusive);
    let denied = report.to_string();
    assert!(denied.contains("kinesis:GetRecords granted"), "{denied}");
    for text in [missing, no_name, unsigned, denied] {
        assert!(!text.contains(SECRET) && !text.contains(KEY_ID), "{text}");
    }
}

#[test]
fn a_server_that_is_none_is_given_up_and_said() {
    let proxy = proxy::serve(served(Faults::default()).address, Fault::CutAfter(20));
    let error = open(proxy.address, NAME).unwrap_err().to_string();
    assert!(error.contains("no answer in 5 attempts"), "{error}");
    assert_eq!(proxy.accepted(), 5);
}
