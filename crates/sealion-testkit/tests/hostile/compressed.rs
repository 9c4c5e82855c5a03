//! Compressed files: in parts, cut off, with something behind, and far larger than they look.

use crate::{good, report, sound};
use sealion::source::Memory;
use sealion::Report;
use sealion_testkit::write::export::gzip;
use std::io::Read;

fn of(bytes: Vec<u8>) -> Report {
    report(&Memory::new().with("file.gz", bytes), "a compressed file")
}

fn has(report: &Report, codes: &[&str]) -> bool {
    report
        .findings()
        .iter()
        .any(|found| codes.contains(&found.code.as_str()))
}

#[test]
fn members_and_zstandard_are_read() {
    for binary in [false, true] {
        let sound = sound(binary);
        let members: Vec<u8> = sound
            .chunks(777)
            .flat_map(|part| gzip(part).unwrap())
            .collect();
        assert!(good(&of(members)));
        let frames = [&sound[..], &[]].concat();
        let (first, second) = frames.split_at(3_000);
        let frames = [first, second]
            .map(|part| zstd::encode_all(part, 3).unwrap())
            .concat();
        assert!(good(&of(frames)));
    }
}

#[test]
fn cut_off_or_with_something_behind() {
    for compress in [
        |bytes: &[u8]| gzip(bytes).unwrap(),
        |bytes: &[u8]| zstd::encode_all(bytes, 3).unwrap(),
    ] {
        let whole = compress(&sound(false));
        for cut in (1..whole.len())
            .step_by(97)
            .chain([whole.len() - 1, whole.len() - 8])
        {
            let report = of(whole[..cut].to_vec());
            assert!(!good(&report), "cut at {cut}: {report}");
        }
        for behind in [&b"garbage"[..], &[0x1F], &[0x1F, 0x8B, 0xFF], b"{}"] {
            let report = of([&whole, behind].concat());
            assert!(!good(&report), "{behind:x?} behind: {report}");
            assert!(has(&report, &["truncated", "malformed"]), "{report}");
        }
    }
}

/// A flipped bit in a compressed file is seen by its checksum, or by ours, unless it lies in the head of a member,
/// where names and times stand.
#[test]
fn flipped() {
    let sound = sound(false);
    let whole = gzip(&sound).unwrap();
    let mut refused = 0;
    for at in (10..whole.len()).step_by(61) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        let mut same = Vec::new();
        let read = flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut same);
        let report = of(bytes);
        assert_eq!(
            good(&report),
            read.is_ok() && same == sound,
            "byte {at}: {report}"
        );
        refused += u32::from(!good(&report));
    }
    assert!(refused > 50, "{refused} refused");
}

/// One GiB in one MiB.
fn bomb(head: &str, filling: u8) -> Vec<u8> {
    let member = gzip(&vec![filling; 1 << 20]).unwrap();
    [gzip(head.as_bytes()).unwrap(), member.repeat(1024)].concat()
}

#[test]
fn bombs() {
    for (head, filling, codes) in [
        ("", 0, &["unknown-file"][..]),
        ("{a:\"", b'x', &["limit"]),
        ("{a:", b'[', &["limit"]),
        ("{a:1}", b'x', &["malformed", "limit", "truncated"]),
        ("{a:{{", b'A', &["limit"]),
    ] {
        let report = of(bomb(head, filling));
        assert!(
            !good(&report) && has(&report, codes),
            "{head} {filling}: {report}"
        );
    }
}

/// A file compressed twice is no journal: only the outer layer is taken off.
#[test]
fn twice_compressed() {
    let report = of(gzip(&gzip(&sound(false)).unwrap()).unwrap());
    assert!(
        !good(&report) && has(&report, &["unknown-file"]),
        "{report}"
    );
}
