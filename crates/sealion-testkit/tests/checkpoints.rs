//! A run that breaks off and goes on gives the report of one that never did.

#[path = "common/checkpoint.rs"]
mod common;

use common::apart;
use sealion::source::{Archive, Directory, Object};
use sealion::{Engine, Error, Report, Verdict, Verifier};
use sealion_testkit::write::evidence::{get_digest, get_revision};
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::write::{stream, Files, Folder, Sink};
use sealion_testkit::{Ledger, Mix, Rng};
use std::fs;
use std::io::{self, Read};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A folder with a journal of 1,100 blocks, and room for a checkpoint beside it.
struct Made {
    ledger: Ledger,
    folder: tempfile::TempDir,
}

impl Made {
    fn new(format: Format, per_object: usize) -> Made {
        let ledger = Ledger::new(3, 1_100, Mix::Tiny);
        let folder = tempfile::tempdir().expect("a folder");
        let made = Made { ledger, folder };
        let mut sink = Folder(made.export());
        let export = Export::new(format, 1);
        export
            .write(&made.ledger.blocks, per_object, &mut sink)
            .expect("an export");
        made
    }

    fn export(&self) -> PathBuf {
        self.folder.path().join("export")
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        Folder(self.export()).put(name, bytes).expect("a file");
    }

    fn checkpoint(&self) -> PathBuf {
        self.folder.path().join("checkpoint")
    }

    fn verifier(&self) -> Verifier {
        common::verifier(&self.ledger)
    }

    fn verify(&self, verifier: &Verifier) -> Report {
        verifier
            .verify(&Directory::open(self.export()).expect("a folder"))
            .expect("a report")
    }

    /// Runs until `blocks` went by, and breaks off there, as a kill would.
    fn broken_off(&self, verifier: &Verifier, blocks: u64) {
        let verifier = verifier.clone().progress(move |progress| {
            assert!(progress.blocks < blocks, "broken off");
        });
        let run = catch_unwind(AssertUnwindSafe(|| self.verify(&verifier)));
        assert!(
            run.is_err(),
            "the run came to its end before block {blocks}"
        );
    }

    fn kept(&self) -> Verifier {
        self.verifier()
            .checkpoint(self.checkpoint(), Duration::ZERO)
    }

    /// The uninterrupted run and one that breaks off at each of these blocks agree.
    fn goes_on(&self, verifier: impl Fn(Verifier) -> Verifier) -> Report {
        let whole = self.verify(&verifier(self.verifier()));
        // Counted from where each run goes on.
        for breaks in [&[256][..], &[768], &[256, 256, 256]] {
            for blocks in breaks {
                self.broken_off(&verifier(self.kept()), *blocks);
                assert!(self.checkpoint().exists());
            }
            let report = self.verify(&verifier(self.kept()));
            assert_eq!(apart(&report), apart(&whole), "{breaks:?}");
            assert_eq!(
                report.state().map(|s| s.to_json()),
                whole.state().map(|s| s.to_json())
            );
            let checkpoint = report.checkpoint.as_ref().expect("a checkpoint");
            let after = checkpoint
                .resumed_after
                .as_ref()
                .expect("it went on")
                .sequence_no;
            assert!(
                after >= breaks[0] - 17,
                "after {after}, broken off at {}",
                breaks[0]
            );
            assert!(!self.checkpoint().exists());
        }
        whole
    }
}

#[test]
fn exports_of_every_format_in_small_and_large_objects() {
    for format in Format::ALL {
        for per_object in [100, 2_000] {
            let made = Made::new(format, per_object);
            let whole = made.goes_on(|verifier| verifier);
            assert!(whole.digests[0].trusted, "{}", format.name());
        }
    }
}

#[test]
fn files_read_before_are_not_opened_again_beyond_their_start() {
    let made = Made::new(Format::Text, 100);
    made.broken_off(&made.kept(), 768);
    let report = made.verify(&made.kept());
    let again = report.checkpoint.expect("a checkpoint").not_read_again;
    assert_eq!(again.len(), 7, "{again:?}");
    assert!(
        !again.iter().any(|path| path.contains(".700-")),
        "{again:?}"
    );
}

#[test]
fn streams_revisions_and_claims_beside_the_journal() {
    let made = Made::new(Format::Binary, 150);
    let ledger = &made.ledger;
    let records = stream::whole(&ledger.blocks[400..700]).expect("records");
    made.put("stream", &stream::firehose(&records, false));
    for (index, revision) in ledger.documents().step_by(90) {
        let proof = ledger.revision_proof(index, revision, ledger.tip());
        let answer = get_revision(&ledger.blocks[index].revisions()[revision], Some(&proof));
        made.put(
            &format!("revision-{index}-{revision}.json"),
            answer.as_bytes(),
        );
    }
    for tip in [40, 600, 1_050] {
        made.put(
            &format!("digest-{tip}.json"),
            get_digest(&ledger.digest_at(tip)).as_bytes(),
        );
    }
    made.goes_on(|verifier| verifier);
    made.goes_on(|verifier| {
        verifier
            .engine(Engine::Reference)
            .from(100)
            .to(900)
            .threads(1)
    });
}

#[test]
fn a_later_finding_is_found_again() {
    let made = Made::new(Format::Text, 100);
    // Rewritten from a journal with one changed hash, late.
    let mut changed = made.ledger.clone();
    changed.blocks[900].block_hash[0] ^= 1;
    fs::remove_dir_all(made.export()).unwrap();
    let export = Export::new(Format::Text, 1);
    export
        .write(&changed.blocks, 100, &mut Folder(made.export()))
        .unwrap();
    let whole = made.verify(&made.verifier());
    assert_eq!(whole.verdict(), Verdict::Failed);
    made.broken_off(&made.kept(), 1024);
    let report = made.verify(&made.kept());
    assert_eq!(apart(&report), apart(&whole));
}

/// Changes the checkpoint, and expects it not to be used and the answer to be right all the same.
fn refused(name: &str, change: impl FnOnce(&Made, &Path), remark: &str) {
    let made = Made::new(Format::Text, 100);
    made.broken_off(&made.kept(), 768);
    change(&made, &made.checkpoint());
    let whole = made.verify(&made.verifier());
    let report = made.verify(&made.kept());
    assert_eq!(apart(&report), apart(&whole), "{name}");
    let checkpoint = report.checkpoint.expect("a checkpoint");
    assert_eq!(checkpoint.resumed_after, None, "{name}");
    assert!(checkpoint.not_read_again.is_empty(), "{name}");
    let found = checkpoint.remark.expect("a remark");
    assert!(found.contains(remark), "{name}: {found}");
}

#[test]
fn a_checkpoint_that_is_damaged_or_foreign_is_not_used() {
    let mut rng = Rng::new(1);
    for _ in 0..4 {
        let bit = rng.u64();
        let flip = move |_: &Made, path: &Path| {
            let mut bytes = fs::read(path).unwrap();
            let place = bit as usize % bytes.len();
            bytes[place] ^= 1 << (bit >> 61);
            fs::write(path, bytes).unwrap();
        };
        refused("a bit", flip, "damaged");
    }
    let short = |_: &Made, path: &Path| {
        let bytes = fs::read(path).unwrap();
        fs::write(path, &bytes[..bytes.len() - 1]).unwrap();
    };
    refused("cut short", short, "damaged");
    let other = |made: &Made, _: &Path| made.put("new.txt", b"{}");
    refused("another input", other, "other inputs");
    let touched = |made: &Made, _: &Path| {
        let mut files = Files::new();
        Export::new(Format::Text, 1)
            .write(&made.ledger.blocks, 100, &mut files)
            .unwrap();
        // The same name, the same size, other content: a block before the checkpoint is changed.
        let (name, mut bytes) = files.swap_remove(0);
        let digit = bytes.iter().rposition(|byte| *byte == b'A').unwrap();
        bytes[digit] = b'B';
        let path = made.export().join(&name);
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        made.put(&name, &bytes);
        let file = fs::File::options().append(true).open(&path).unwrap();
        file.set_modified(modified).unwrap();
    };
    refused("a changed file", touched, "other inputs");
}

#[test]
fn other_questions_start_anew() {
    let made = Made::new(Format::Text, 100);
    let asks: [fn(Verifier) -> Verifier; 5] = [
        |v| v.to(1_000),
        |v| v.strict(true),
        |v| v.engine(Engine::Reference),
        |v| v.save_state(false),
        |v| {
            v.against(
                "rGr7ElhEo1FExqD8SAWcWdtDIoN9cp81aozENEkW+A0=@23"
                    .parse()
                    .unwrap(),
            )
        },
    ];
    for ask in asks {
        made.broken_off(&made.kept(), 768);
        let report = made.verify(&ask(made.kept()));
        assert_eq!(apart(&report), apart(&made.verify(&ask(made.verifier()))));
        assert_eq!(report.checkpoint.unwrap().resumed_after, None);
    }
}

#[test]
fn what_is_no_checkpoint_is_an_error_and_stays() {
    let made = Made::new(Format::Text, 100);
    made.broken_off(&made.kept(), 768);
    let own = fs::read(made.checkpoint()).unwrap();
    let input = made.export().join("notes");
    for foreign in [&b""[..], b"notes", &own[1..], &own[45..]] {
        fs::write(made.checkpoint(), foreign).unwrap();
        let export = Directory::open(made.export()).unwrap();
        let refused = made.kept().verify(&export);
        assert!(
            matches!(refused, Err(Error::Occupied { .. })),
            "{refused:?}"
        );
        assert_eq!(fs::read(made.checkpoint()).unwrap(), foreign);
    }
    // Nor is a checkpoint that lies among the inputs, by whatever name.
    fs::write(&input, &own).unwrap();
    fs::remove_file(made.checkpoint()).unwrap();
    fs::hard_link(&input, made.checkpoint()).unwrap();
    let export = Directory::open(made.export()).unwrap();
    let refused = made.kept().verify(&export).unwrap_err();
    assert!(
        refused.to_string().contains("what this run reads"),
        "{refused}"
    );
    assert_eq!(fs::read(&input).unwrap(), own);
}

#[test]
fn the_report_says_how_much_was_not_read_now() {
    let made = Made::new(Format::Text, 100);
    made.broken_off(&made.kept(), 768);
    let report = made.verify(&made.kept());
    let text = report.to_string();
    let checkpoint = report.checkpoint.unwrap();
    let after = checkpoint.resumed_after.unwrap().sequence_no;
    assert_eq!(checkpoint.blocks_from_it, after + 1);
    let said = format!("{} of these 1100 blocks were not read now", after + 1);
    assert!(text.lines().nth(1).unwrap().starts_with(&said), "{text}");
    let whole = made.verify(&made.kept());
    assert_eq!(whole.checkpoint.as_ref().unwrap().blocks_from_it, 0);
    assert!(!whole.to_string().contains("not read now"));
}

/// Lists its files as they were, whatever became of them.
struct Frozen(Directory, Vec<Object>);

impl Archive for Frozen {
    fn objects(&self) -> Result<Vec<Object>, Error> {
        Ok(self.1.clone())
    }

    fn open(&self, object: &Object) -> io::Result<Box<dyn Read + Send>> {
        self.0.open(object)
    }

    fn is_at_hand(&self, object: &Object) -> bool {
        self.0.is_at_hand(object)
    }
}

/// Wherever a byte is another one, though size and times are the same.
#[test]
fn a_file_that_changed_under_the_same_times_is_read_again() {
    for per_object in [40, 2_000] {
        for eighth in 0..=8 {
            let made = Made::new(Format::Text, per_object);
            made.broken_off(&made.kept(), 768);
            let export = || Directory::open(made.export()).unwrap();
            let frozen = Frozen(export(), export().objects().unwrap());
            let path = PathBuf::from(&*frozen.1[0].name);
            let mut bytes = fs::read(&path).unwrap();
            let from = bytes.len() * eighth / 8;
            let mut places = (0..bytes.len()).filter(|at| bytes[*at] == b'A');
            let place = places.clone().find(|at| *at >= from).or(places.next_back());
            let place = place.unwrap();
            bytes[place] = b'B';
            fs::write(&path, bytes).unwrap();
            let report = made.kept().verify(&frozen).unwrap();
            let whole = made.verifier().verify(&frozen).unwrap();
            assert_eq!(apart(&report), apart(&whole));
            assert_ne!(report.verdict(), Verdict::Verified);
            // 768 of 1,100 blocks lie before; what is behind is read now.
            if eighth < 5 {
                let checkpoint = report.checkpoint.as_ref().unwrap();
                assert_eq!(checkpoint.resumed_after, None);
                let remark = checkpoint.remark.as_ref().unwrap();
                assert!(remark.ends_with("is not what was read"), "{remark}");
            }
        }
    }
}

#[test]
fn states_and_checkpoints_among_the_inputs_are_named_for_what_they_are() {
    let made = Made::new(Format::Text, 100);
    made.broken_off(&made.kept(), 768);
    let checkpoint = fs::read(made.checkpoint()).unwrap();
    let state = made.verify(&made.verifier()).state().unwrap().to_json();
    made.put("c", &checkpoint);
    made.put("s", state.as_bytes());
    // Almost one of each.
    made.put("not-c", &checkpoint[1..]);
    let report = made.verify(&made.verifier());
    assert_eq!(report.verdict(), Verdict::Verified);
    // It may be more that was damaged, so this one is no mere stranger.
    let damaged = state.replacen("state_version", "State_version", 1);
    made.put("not-s", damaged.as_bytes());
    let report = made.verify(&made.verifier());
    assert_eq!(report.verdict(), Verdict::Inconclusive);
    let kind = |name: &str| {
        let own = |input: &&sealion::report::Input| input.path.ends_with(&format!("/{name}"));
        report.inputs.iter().find(own).expect("an input").kind
    };
    assert_eq!((kind("c"), kind("not-c")), ("checkpoint", "unknown"));
    assert_eq!((kind("s"), kind("not-s")), ("state", "unknown"));
    let remedies: Vec<_> = report
        .findings
        .iter()
        .filter_map(|f| f.remedy.as_deref())
        .collect();
    for option in ["--checkpoint", "--state"] {
        assert!(
            remedies.iter().any(|remedy| remedy.contains(option)),
            "{remedies:?}"
        );
    }
}
