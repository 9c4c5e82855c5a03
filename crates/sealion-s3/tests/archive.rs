//! An export in S3 is as good as one in a folder, and what cannot be read is said.

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::Path;

use sealion::source::{Archive as _, Directory};
use sealion::{Digest, Report, Verdict, Verifier};
use sealion_aws::{Connection, Settings};
use sealion_s3::{PART_BYTES, S3};
use sealion_stubs::proxy::{self, Fault};
use sealion_stubs::{s3, url, KEY_ID, SECRET};
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::{Ledger, Mix};

/// An export of a made ledger in the bucket `archive`, and its digest as text.
struct Bucket {
    folder: tempfile::TempDir,
    digest: Digest,
    server: SocketAddr,
}

fn bucket() -> Bucket {
    // All tests of this process use the same credentials.
    std::env::set_var("AWS_ACCESS_KEY_ID", KEY_ID);
    std::env::set_var("AWS_SECRET_ACCESS_KEY", SECRET);
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(7, 40, Mix::Vehicle);
    let export = Export::new(Format::Text, 7);
    let mut keys = Vec::new();
    let put = |key: &str, bytes: &[u8]| {
        let path = folder.path().join("archive").join(key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    for blocks in ledger.blocks.chunks(4) {
        let (key, bytes) = export.object(blocks).unwrap();
        put(&key, &bytes);
        keys.push(key);
    }
    let strand = &ledger.blocks[0].address.strand_id;
    for (key, bytes) in export.manifests(strand, &keys).unwrap() {
        put(&key, &bytes);
    }
    let digest = sealion_testkit::write::evidence::get_digest(&ledger.digest());
    let file = folder.path().join("digest.json");
    std::fs::write(&file, digest).unwrap();
    Bucket {
        digest: Digest::read(&file).unwrap(),
        server: s3::serve(folder.path(), 0),
        folder,
    }
}

fn connection(to: SocketAddr) -> Connection {
    let settings = Settings {
        region: Some("us-east-1".to_owned()),
        endpoint_url: Some(url(to)),
        ..Settings::default()
    };
    Connection::open(&settings).unwrap()
}

fn open(to: SocketAddr, name: &str) -> Result<S3, sealion::Error> {
    S3::open(&connection(to), name, |_| {})
}

fn verify(bucket: &Bucket, to: SocketAddr) -> Report {
    let archive = open(to, "s3://archive/").unwrap();
    let verifier = Verifier::new().against(bucket.digest.clone());
    verifier.verify(&archive).unwrap()
}

fn flip_a_bit(folder: &Path) {
    let archive = Directory::open(folder.join("archive")).unwrap();
    let objects = archive.objects().unwrap();
    let last = objects.iter().rfind(|object| object.name.ends_with(".ion"));
    let path = &*last.unwrap().name;
    let text = std::fs::read_to_string(path).unwrap();
    let at =
        text.find("data:{").unwrap() + text[text.find("data:{").unwrap()..].find('"').unwrap() + 1;
    let mut bytes = text.into_bytes();
    bytes[at] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn an_export_in_s3_is_verified_and_one_changed_bit_is_not() {
    let bucket = bucket();
    let report = verify(&bucket, bucket.server);
    assert_eq!(report.verdict(), Verdict::Verified, "{report}");
    assert!(report.inputs[0].path.starts_with("s3://archive/ledger/"));
    assert_eq!(report.inputs[0].kind, "manifest");
    flip_a_bit(bucket.folder.path());
    assert_eq!(verify(&bucket, bucket.server).verdict(), Verdict::Failed);
}

#[test]
fn a_slow_connection_and_one_that_breaks_at_times_are_enough() {
    let bucket = bucket();
    for fault in [
        Fault::Slow {
            bytes: 16 << 10,
            pause_ms: 1,
        },
        Fault::CutFirst {
            connections: 3,
            after: 700,
        },
    ] {
        let proxy = proxy::serve(bucket.server, fault);
        let report = verify(&bucket, proxy.address);
        assert_eq!(report.verdict(), Verdict::Verified, "{fault:?}: {report}");
    }
}

#[test]
fn an_object_that_is_gone_is_incomplete_and_the_rest_is_checked() {
    let bucket = bucket();
    let archive = open(bucket.server, "s3://archive").unwrap();
    let objects = archive.objects().unwrap();
    let key = objects[5].name.strip_prefix("s3://archive/").unwrap();
    std::fs::remove_file(bucket.folder.path().join("archive").join(key)).unwrap();
    let verifier = Verifier::new().against(bucket.digest.clone());
    let report = verifier.verify(&archive).unwrap();
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
    let text = report.to_string();
    assert!(text.contains("NoSuchKey") && text.contains(key), "{text}");
    assert_eq!(report.strands[0].blocks, 36);
}

#[test]
fn an_object_that_grows_after_the_listing_is_an_error() {
    let bucket = bucket();
    let archive = open(bucket.server, "s3://archive").unwrap();
    let object = archive.objects().unwrap().pop().unwrap();
    let key = object.name.strip_prefix("s3://archive/").unwrap();
    let path = bucket.folder.path().join("archive").join(key);
    let more = [std::fs::read(&path).unwrap(), b" ".to_vec()].concat();
    std::fs::write(path, more).unwrap();
    let error = archive.open(&object).err().unwrap().to_string();
    assert!(error.contains("changed after it was listed"), "{error}");
}

#[test]
fn large_objects_come_whole_and_in_order() {
    let bucket = bucket();
    let bytes: Vec<u8> = (0..3 * PART_BYTES as u32 / 4 + 5)
        .flat_map(u32::to_le_bytes)
        .collect();
    std::fs::write(bucket.folder.path().join("archive/large"), &bytes).unwrap();
    let archive = open(bucket.server, "s3://archive/large").unwrap();
    assert_eq!(archive.bytes(), bytes.len() as u64);
    let object = &archive.objects().unwrap()[0];
    let mut read = Vec::new();
    archive
        .open(object)
        .unwrap()
        .read_to_end(&mut read)
        .unwrap();
    assert!(read == bytes);
}

#[test]
fn what_s3_refuses_is_explained_and_no_secret_is_told() {
    let bucket = bucket();
    let refused = |to, name: &str| open(to, name).unwrap_err().to_string();
    let missing = refused(bucket.server, "s3://nobody-has-this/x");
    assert!(
        missing.contains("NoSuchBucket") && missing.contains("check the bucket"),
        "{missing}"
    );
    let beside = refused(bucket.server, "s3://archive/led");
    assert!(beside.contains("only begins like it"), "{beside}");
    let no_url = refused(bucket.server, "s3://");
    assert!(no_url.contains("expected s3://BUCKET"), "{no_url}");
    let settings = Settings {
        region: Some("us-east-1".to_owned()),
        endpoint_url: Some(url(bucket.server)),
        anonymous: true,
        ..Settings::default()
    };
    let unsigned = Connection::open(&settings).unwrap();
    let unsigned = S3::open(&unsigned, "s3://archive", |_| {})
        .unwrap_err()
        .to_string();
    assert!(unsigned.contains("AccessDenied"), "{unsigned}");
    for text in [missing, beside, unsigned] {
        assert!(!text.contains(SECRET) && !text.contains(KEY_ID), "{text}");
    }
}

#[test]
fn a_connection_that_always_breaks_is_given_up_and_said() {
    let bucket = bucket();
    let proxy = proxy::serve(bucket.server, Fault::CutAfter(700));
    let error = open(proxy.address, "s3://archive").unwrap_err().to_string();
    assert!(error.contains("no answer in 5 attempts"), "{error}");
    assert_eq!(proxy.accepted(), 5);
}

#[test]
fn many_objects_are_listed_by_pages_and_read_over_few_connections() {
    let bucket = bucket();
    let folder = bucket.folder.path().join("archive/many");
    std::fs::create_dir(&folder).unwrap();
    for number in 0..2001 {
        std::fs::write(folder.join(format!("{number}.txt")), number.to_string()).unwrap();
    }
    let proxy = proxy::serve(bucket.server, Fault::None);
    let mut pages = Vec::new();
    let listed = |so_far: sealion_s3::Listed| pages.push(so_far.objects);
    let archive = S3::open(&connection(proxy.address), "s3://archive/many/", listed).unwrap();
    assert_eq!(pages, [1000, 2000, 2001]);
    for (number, object) in archive.objects().unwrap().iter().enumerate() {
        let mut text = String::new();
        let mut reader = archive.open(object).unwrap();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, number.to_string());
    }
    let most = sealion_aws::CONNECTIONS + 1; // one more for the listing
    assert!(proxy.open_most() <= most, "{}", proxy.open_most());
    assert!(
        proxy.accepted() < 50,
        "{} for 2,001 objects",
        proxy.accepted()
    );
}
