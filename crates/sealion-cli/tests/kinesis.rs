//! The program on Kinesis, in builds with the feature `aws`.

use std::path::Path;
use std::process::{Command, Output};

use sealion_stubs::kinesis::{serve, Faults, Server, Shard, Stream};
use sealion_stubs::{url, KEY_ID, SECRET};
use sealion_testkit::write::{evidence, kpl, stream};
use sealion_testkit::{Ledger, Mix, Rng};

const NAME: &str = "kinesis://ledger";

/// A stream of two shards, one of them with aggregates, and the digest of its ledger as a file.
fn ledger(faults: Faults) -> (Server, tempfile::TempDir) {
    let mut rng = Rng::new(1);
    let ledger = Ledger::new(7, 20, Mix::Vehicle);
    let records = stream::whole(&ledger.blocks).unwrap();
    let (first, second) = records.split_at(records.len() / 2);
    let shard = |id: &str, records| Shard {
        id: id.to_owned(),
        records,
        ..Shard::default()
    };
    let shards = vec![
        shard("shardId-000000000000", kpl::aggregates(first, 5, &mut rng)),
        shard("shardId-000000000001", second.to_vec()),
    ];
    let folder = tempfile::tempdir().unwrap();
    let digest = evidence::get_digest(&ledger.digest());
    std::fs::write(folder.path().join("digest.json"), digest).unwrap();
    let name = "ledger".to_owned();
    let stream = Stream {
        name,
        shards,
        faults,
        ..Stream::default()
    };
    (serve(stream), folder)
}

fn sealion(server: &Server, folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sealion"))
        .args(arguments)
        .args(["--endpoint-url", &url(server.address)])
        .args(["--region", "us-east-1"])
        .current_dir(folder)
        .env_remove("AWS_PROFILE")
        .env("AWS_ACCESS_KEY_ID", KEY_ID)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn every_verb_reads_from_kinesis() {
    let (server, folder) = ledger(Faults::default());
    let run = |arguments: &[&str]| sealion(&server, folder.path(), arguments);
    let verified = run(&["verify", NAME, "--digest", "digest.json", "--verbose"]);
    assert_eq!(verified.status.code(), Some(0), "{verified:?}");
    assert!(text(&verified.stdout).starts_with("VERIFIED"));
    let said = text(&verified.stderr);
    assert!(
        said.contains(" came from 2 shards of kinesis://ledger"),
        "{said}"
    );
    // No progress where nobody sees it.
    assert!(!said.contains("listing"), "{said}");
    let saved = std::fs::read(folder.path().join("digest.json")).unwrap();
    assert_eq!(text(&run(&["digest", NAME]).stdout), text(&saved));
    let prove = run(&["prove", "block", "--at", "3", NAME]);
    assert_eq!(prove.status.code(), Some(0), "{prove:?}");
    let block = ["bundle", "--block", "3", "--digest", "digest.json"];
    let bundle = run(&[&block[..], &["-o", "-", NAME]].concat());
    assert_eq!(bundle.status.code(), Some(0), "{bundle:?}");
    for arguments in [
        &["show", NAME][..],
        &["extract", "--all", NAME],
        &["compare", NAME, NAME],
    ] {
        let done = run(arguments);
        assert_eq!(done.status.code(), Some(0), "{arguments:?}: {done:?}");
    }
}

#[test]
fn a_dry_run_lists_shards_and_reads_nothing() {
    let (server, folder) = ledger(Faults::default());
    let listed = sealion(&server, folder.path(), &["verify", NAME, "--dry-run"]);
    assert_eq!(listed.status.code(), Some(0), "{listed:?}");
    assert_eq!(
        text(&listed.stdout),
        "              ? kinesis://ledger/shardId-000000000000\n              ? \
         kinesis://ledger/shardId-000000000001\n              0 bytes in 2 objects would be read\n              2 of \
         them tell their size (?) only as they are read\n"
    );
    assert_eq!(server.asked(), 0);
}

#[test]
fn what_cannot_be_read_is_exit_2_with_what_was_checked() {
    let (server, folder) = ledger(Faults::default());
    let missing = sealion(&server, folder.path(), &["verify", "kinesis://other"]);
    assert_eq!(missing.status.code(), Some(2), "{missing:?}");
    let said = text(&missing.stderr);
    assert!(
        said.starts_with("sealion: cannot read kinesis://other: ResourceNotFound"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
    let faults = Faults {
        denied: true,
        ..Faults::default()
    };
    let (server, folder) = ledger(faults);
    let denied = sealion(&server, folder.path(), &["verify", NAME]);
    assert_eq!(denied.status.code(), Some(2), "{denied:?}");
    let said = text(&denied.stdout);
    assert!(said.contains("kinesis:GetRecords granted"), "{said}");
    assert!(!said.contains(KEY_ID) && !said.contains(SECRET));
}
