use crate::source::trickle::Trickle;
use md5::{Digest as _, Md5};

use super::*;

fn record(text: &str) -> Vec<u8> {
    let mut record = VERSION_MARKER.to_vec();
    record.extend([0x8E, 0x80 | text.len() as u8]);
    record.extend(text.as_bytes());
    record
}

fn aggregate(records: &[&[u8]]) -> Vec<u8> {
    let mut message = vec![10, 1, b'k'];
    for record in records {
        message.extend([26, record.len() as u8 + 4, 8, 0, 26, record.len() as u8]);
        message.extend(*record);
    }
    let sum = Md5::digest(&message);
    [&kpl::MAGIC[..], &message, &sum].concat()
}

/// The records, and the offsets of what is damaged.
fn read(bytes: &[u8]) -> (Vec<(u64, Vec<u8>)>, Vec<u64>) {
    let (mut records, mut flaws) = (Vec::new(), Vec::new());
    for frame in Frames::new(Trickle(bytes), &Limits::default()) {
        match frame {
            Ok(record) => records.push(record),
            Err(flaw) => flaws.push(flaw.offset),
        }
    }
    (records, flaws)
}

fn parts() -> Vec<Vec<u8>> {
    let (one, two) = (record("one"), record("two"));
    vec![
        aggregate(&[&one, &two]),
        aggregate(&[]),
        one.clone(),
        // A record that holds what an aggregate begins with.
        aggregate(&[&[&two[..], &kpl::MAGIC].concat()]),
        two,
        aggregate(&[&one]),
    ]
}

#[test]
fn records_end_where_their_sums_and_lengths_say() {
    for line_feed in [&b""[..], b"\n"] {
        let mut bytes = Vec::new();
        let mut expected = Vec::new();
        for part in parts() {
            expected.push((bytes.len() as u64, part.clone()));
            bytes.extend([&part[..], line_feed].concat());
        }
        assert!(has_aggregates(&bytes));
        assert_eq!(read(&bytes), (expected, vec![]));
    }
}

#[test]
fn a_damaged_aggregate_is_named_and_the_others_are_read() {
    let parts = parts();
    let bytes = parts.concat();
    for bit in 0..parts[0].len() * 8 {
        let mut bad = bytes.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        let (records, flaws) = read(&bad);
        assert_eq!(flaws, [0], "{bit}");
        assert!(records
            .iter()
            .all(|(_, record)| parts[1..].contains(record)));
        assert!(records.contains(&(parts[0].len() as u64, parts[1].clone())));
        assert_eq!(records.len(), parts.len() - 1);
    }
}

#[test]
fn every_cut_is_noticed() {
    let parts = parts();
    let bytes = parts.concat();
    for length in 1..bytes.len() {
        let whole: Vec<usize> = (0..=parts.len())
            .map(|n| parts[..n].concat().len())
            .collect();
        let (records, flaws) = read(&bytes[..length]);
        let ends_whole = whole.contains(&length);
        assert_eq!(flaws.is_empty(), ends_whole, "{length}");
        let expected = whole
            .iter()
            .filter(|end| **end > 0 && **end <= length)
            .count();
        // A plain record that was cut may leave a whole one before it, and no more than that.
        assert_eq!(records.len(), expected, "{length}");
    }
}

#[test]
fn plain_records_alone_are_none_of_this() {
    let plain = [record("one"), record("two")].concat();
    assert!(!has_aggregates(&plain));
    assert!(!has_aggregates(&[&plain[..], b"\n"].concat()));
    assert!(!has_aggregates(b""));
    assert!(!has_aggregates(b"{a:1}"));
    // The same bytes within a value are no mark.
    let value = [&VERSION_MARKER[..], &[0xA4], &kpl::MAGIC, &plain].concat();
    assert!(!has_aggregates(&value));
    let behind = [&plain[..], &aggregate(&[])].concat();
    assert!(has_aggregates(&behind));
}

#[test]
fn marks_without_end_are_given_up() {
    let bytes = [&kpl::MAGIC[..], &[26, 4]].concat().repeat(100_000);
    let (records, flaws) = read(&bytes);
    assert_eq!((records.len(), flaws), (0, vec![0]));
}
