//! What is not whole is never at its end.

use std::io::Write as _;

use super::*;

const TEXT: &[u8] = b"{a:1} {b:\"two\"} {c:[3, 3, 3, 3, 3, 3, 3, 3, 3]}\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// All bytes and whether they were compressed, or the error, which must come again.
fn read(bytes: &[u8]) -> Result<(Vec<u8>, bool), String> {
    let input = Box::new(Cursor::new(bytes.to_vec()));
    let (mut input, compressed) = decompressed(input).map_err(|error| error.to_string())?;
    let mut all = Vec::new();
    match input.read_to_end(&mut all) {
        Ok(_) => {
            assert_eq!(input.read(&mut [0; 9]).unwrap(), 0);
            Ok((all, compressed.is_some()))
        }
        Err(error) => {
            for _ in 0..3 {
                let again = input.read(&mut [0; 9]).unwrap_err();
                assert_eq!(again.to_string(), error.to_string());
                assert_eq!(again.kind(), error.kind());
            }
            Err(error.to_string())
        }
    }
}

fn whole(bytes: &[u8]) -> Vec<u8> {
    let (all, compressed) = read(bytes).unwrap();
    assert!(compressed);
    all
}

/// Every cut and every flipped bit is an error; unless it leaves the content as it is, or makes bytes
/// that nobody takes for compressed ones.
fn every_change_is_met(good: &[u8]) {
    assert_eq!(whole(good), TEXT);
    for length in 0..good.len() {
        if let Ok((all, true)) = read(&good[..length]) {
            panic!("cut at {length}: {all:?}");
        }
    }
    for bit in 0..good.len() * 8 {
        let mut bad = good.to_vec();
        bad[bit / 8] ^= 1 << (bit % 8);
        if let Ok((all, true)) = read(&bad) {
            assert_eq!(all, TEXT, "bit {bit}");
        }
    }
}

#[test]
fn every_change_of_gzip_is_met() {
    every_change_is_met(&gzip(TEXT));
}

#[test]
fn each_member_of_gzip_is_checked() {
    let (one, other) = TEXT.split_at(20);
    let members = [gzip(one), gzip(b""), gzip(other)];
    assert_eq!(whole(&members.concat()), TEXT);
    for member in 0..members.len() {
        for byte in 1..=8 {
            let mut bad = members.clone();
            let at = bad[member].len() - byte;
            bad[member][at] ^= 1;
            assert!(read(&bad.concat()).is_err(), "{member}: {byte}");
        }
    }
}

#[test]
fn nothing_may_follow_a_member_but_a_member() {
    for behind in [
        &b"\n"[..],
        b"{a:1}",
        b"\0\n",
        &[0, 0x1F, 0x8B],
        &[0x1F],
        &[0x1F, 0x8B],
    ] {
        let all = [&gzip(TEXT), behind].concat();
        assert!(read(&all).is_err(), "{behind:?}");
    }
}

#[test]
fn zeros_up_to_the_end_are_passed_over_and_counted() {
    for zeros in [0, 1, 512, 100_000] {
        let all = [gzip(TEXT), vec![0; zeros]].concat();
        assert_eq!(whole(&all), TEXT);
        let (mut input, counted) = decompressed(Box::new(Cursor::new(all))).unwrap();
        input.read_to_end(&mut Vec::new()).unwrap();
        let counted = counted.unwrap().load(std::sync::atomic::Ordering::Relaxed);
        assert_eq!(counted, zeros as u64);
        let more = [gzip(TEXT), vec![0; zeros + 1], gzip(TEXT)].concat();
        assert!(read(&more).is_err());
    }
}

#[test]
fn an_empty_file_is_compressed_or_not() {
    assert_eq!(read(b""), Ok((Vec::new(), false)));
    assert_eq!(whole(&gzip(b"")), b"");
}

#[cfg(feature = "zstd")]
mod zstd {
    use super::*;

    fn frame(bytes: &[u8], checksum: bool) -> Vec<u8> {
        let mut writer = ::zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
        writer.include_checksum(checksum).unwrap();
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    /// A frame that readers pass over.
    fn skipped(bytes: &[u8]) -> Vec<u8> {
        let length = bytes.len() as u32;
        [&[0x5A, 0x2A, 0x4D, 0x18], &length.to_le_bytes()[..], bytes].concat()
    }

    #[test]
    fn every_change_is_met() {
        super::every_change_is_met(&frame(TEXT, true));
    }

    #[test]
    fn every_cut_is_met_without_a_checksum() {
        let good = frame(TEXT, false);
        assert_eq!(whole(&good), TEXT);
        for length in 4..good.len() {
            assert!(read(&good[..length]).is_err(), "cut at {length}");
        }
    }

    #[test]
    fn frames_follow_one_another() {
        let (one, other) = TEXT.split_at(20);
        let frames = [
            skipped(b""),
            frame(one, true),
            skipped(b"about this file"),
            frame(b"", false),
            frame(other, true),
            skipped(&[0; 300]),
        ];
        assert_eq!(whole(&frames.concat()), TEXT);
        let mut bad = frames.clone();
        *bad[1].last_mut().unwrap() ^= 1;
        assert!(read(&bad.concat()).is_err());
        let cut = frames.concat();
        assert!(read(&cut[..cut.len() - 1]).is_err());
    }

    #[test]
    fn nothing_may_follow_a_frame_but_a_frame() {
        for behind in [&b"\0"[..], &[0; 512], b"\n", b"{a:1}", &[0x28, 0xB5]] {
            let all = [&frame(TEXT, true), behind].concat();
            assert!(read(&all).is_err(), "{behind:?}");
        }
    }

    #[test]
    fn an_empty_frame_is_an_empty_file() {
        assert_eq!(whole(&frame(b"", true)), b"");
        assert_eq!(whole(&skipped(b"")), b"");
    }
}
