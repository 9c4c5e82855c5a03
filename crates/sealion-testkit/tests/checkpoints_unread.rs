//! A run that could not read everything keeps what lies before, and goes on there.

#[path = "common/checkpoint.rs"]
mod common;

use common::apart;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sealion::source::{Archive, Directory, Object};
use sealion::{Engine, Error, Report, Verdict, Verifier};
use sealion_testkit::write::evidence::{get_digest, get_revision};
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::write::{stream, Folder, Sink as _};
use sealion_testkit::{Ledger, Mix, Rng};

const BLOCKS: u64 = 400;
const PER_OBJECT: usize = 40;

/// When an object is refused.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    /// Whenever it is opened.
    Always,
    /// Once its kind is known.
    Later,
    /// After so many bytes, once its kind is known.
    After(usize),
}

/// A folder in which some files cannot be read.
struct Faulty {
    inner: Directory,
    /// By a part of the name.
    troubles: Vec<(String, Trouble)>,
    opened: Mutex<BTreeMap<Arc<str>, u32>>,
}

impl Archive for Faulty {
    fn objects(&self) -> Result<Vec<Object>, Error> {
        self.inner.objects()
    }

    fn open(&self, object: &Object) -> io::Result<Box<dyn Read + Send>> {
        let mut opened = self.opened.lock().unwrap();
        let times = opened.entry(object.name.clone()).or_default();
        *times += 1;
        let later = *times > 1;
        let own = |(name, _): &&(String, Trouble)| object.name.contains(name);
        let bytes = match self.troubles.iter().find(own) {
            Some((_, Trouble::Always)) => 0,
            Some((_, Trouble::Later)) if later => 0,
            Some((_, Trouble::After(bytes))) if later => *bytes,
            _ => return self.inner.open(object),
        };
        if bytes == 0 {
            return Err(io::Error::other("refused"));
        }
        let head = self.inner.open(object)?.take(bytes as u64);
        Ok(Box::new(head.chain(Broken)))
    }
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("connection reset"))
    }
}

struct Made {
    ledger: Ledger,
    folder: tempfile::TempDir,
}

impl Made {
    fn new(format: Format) -> Made {
        let ledger = Ledger::new(3, BLOCKS, Mix::Tiny);
        let folder = tempfile::tempdir().unwrap();
        let made = Made { ledger, folder };
        made.export(format);
        made
    }

    fn export(&self, format: Format) {
        let export = Export::new(format, 1);
        let mut sink = Folder(self.inputs());
        export
            .write(&self.ledger.blocks, PER_OBJECT, &mut sink)
            .unwrap();
    }

    fn inputs(&self) -> PathBuf {
        self.folder.path().join("inputs")
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        Folder(self.inputs()).put(name, bytes).unwrap();
    }

    fn checkpoint(&self) -> PathBuf {
        self.folder.path().join("checkpoint")
    }

    fn verifier(&self) -> Verifier {
        common::verifier(&self.ledger)
    }

    fn whole(&self) -> Report {
        let inputs = Directory::open(self.inputs()).unwrap();
        self.verifier().verify(&inputs).unwrap()
    }

    fn run(&self, troubles: &[(&str, Trouble)]) -> Report {
        let verifier = self.verifier();
        self.run_by(&verifier, troubles)
    }

    fn run_by(&self, verifier: &Verifier, troubles: &[(&str, Trouble)]) -> Report {
        let archive = Faulty {
            inner: Directory::open(self.inputs()).unwrap(),
            troubles: troubles
                .iter()
                .map(|(name, trouble)| ((*name).to_owned(), *trouble))
                .collect(),
            opened: Mutex::default(),
        };
        let verifier = verifier
            .clone()
            .checkpoint(self.checkpoint(), Duration::ZERO);
        let report = verifier.verify(&archive).unwrap();
        assert_eq!(kept(&report).is_some(), self.checkpoint().exists());
        report
    }
}

fn kept(report: &Report) -> Option<u64> {
    let kept = report.checkpoint.as_ref().unwrap().kept_after.as_ref();
    kept.map(|after| after.sequence_no)
}

fn resumed(report: &Report) -> Option<u64> {
    let resumed = report.checkpoint.as_ref().unwrap().resumed_after.as_ref();
    resumed.map(|after| after.sequence_no)
}

fn remark(report: &Report) -> &str {
    let remark = report.checkpoint.as_ref().unwrap().remark.as_deref();
    remark.unwrap_or_default()
}

fn same(report: &Report, whole: &Report) {
    assert_eq!(apart(report), apart(whole));
    assert_eq!(
        report.state().map(|s| s.to_json()),
        whole.state().map(|s| s.to_json())
    );
}

#[test]
fn whatever_object_was_refused_the_next_run_goes_on_before_it() {
    for format in Format::ALL {
        let made = Made::new(format);
        let whole = made.whole();
        for trouble in [Trouble::Always, Trouble::Later, Trouble::After(9_000)] {
            for object in [1, 4, 9] {
                let first = object * PER_OBJECT as u64;
                let name = format!(".{first}-");
                let case = format!("{} {trouble:?} {object}", format.name());
                let report = made.run(&[(&name, trouble)]);
                assert_eq!(report.verdict(), Verdict::Inconclusive, "{case}");
                let kept = kept(&report).unwrap_or_else(|| panic!("{case}: nothing kept"));
                let last = match trouble {
                    Trouble::After(_) => first + PER_OBJECT as u64 - 2,
                    _ => first - 1,
                };
                assert!(kept >= first - 17 && kept <= last, "{case}: {kept}");
                if matches!(trouble, Trouble::Always) {
                    assert_eq!(kept, first - 1, "{case}");
                }
                let report = made.run(&[]);
                assert_eq!(resumed(&report), Some(kept), "{case}");
                same(&report, &whole);
            }
        }
    }
}

#[test]
fn a_report_that_stays_open_for_another_reason_or_fails_leaves_no_checkpoint() {
    let made = Made::new(Format::Text);
    // Blocks are missing, but nothing was refused.
    let later = made.verifier().to(BLOCKS + 5);
    let mut objects = Directory::open(made.inputs()).unwrap().objects().unwrap();
    objects.retain(|object| object.name.contains(".120-"));
    let gone = fs::read(&*objects[0].name).unwrap();
    fs::remove_file(&*objects[0].name).unwrap();
    let report = made.run_by(&later, &[]);
    assert_eq!(report.verdict(), Verdict::Inconclusive);
    assert_eq!(kept(&report), None);
    // One changed bit before what was refused.
    let mut changed = gone;
    let at = changed
        .windows(11)
        .position(|w| w == b"blockHash:{")
        .unwrap()
        + 13;
    changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
    fs::write(&*objects[0].name, changed).unwrap();
    let report = made.run(&[(".240-", Trouble::Always)]);
    assert_eq!(report.verdict(), Verdict::Failed);
    assert_eq!(kept(&report), None);
}

#[test]
fn what_is_refused_again_is_still_kept_and_progress_is_not_lost() {
    let made = Made::new(Format::Binary);
    let whole = made.whole();
    let first = kept(&made.run(&[(".120-", Trouble::Always)])).unwrap();
    let again = made.run(&[(".120-", Trouble::Always), (".40-", Trouble::Always)]);
    // Blocks 40 to 79 were read before; nothing is said of them that was not checked.
    assert_eq!((resumed(&again), kept(&again)), (Some(first), Some(first)));
    let further = made.run(&[(".280-", Trouble::Later)]);
    assert_eq!(resumed(&further), Some(first));
    let last = kept(&further).unwrap();
    assert!(last > first, "{last}");
    let report = made.run(&[]);
    assert_eq!(resumed(&report), Some(last));
    same(&report, &whole);
}

#[test]
fn a_file_read_in_part_and_refused_later_is_read_to_its_end_in_the_end() {
    let made = Made::new(Format::Text);
    let whole = made.whole();
    let begun = kept(&made.run(&[(".120-", Trouble::After(20_000))])).unwrap();
    assert!(begun > 120, "{begun}");
    let refused = made.run(&[(".120-", Trouble::Always)]);
    assert_eq!(resumed(&refused), Some(begun));
    assert_eq!(kept(&refused), Some(begun));
    let report = made.run(&[]);
    assert_eq!(resumed(&report), Some(begun));
    same(&report, &whole);
}

/// A file that overlaps blocks before the checkpoint, with a name that tells nothing.
#[test]
fn a_copy_that_was_refused_is_held_against_blocks_before_it() {
    let made = Made::new(Format::Text);
    let mut other = made.ledger.clone();
    other.blocks[60].block_hash[0] ^= 1;
    let (_, bytes) = Export::new(Format::Text, 1)
        .object(&other.blocks[50..70])
        .unwrap();
    made.put("copy", &bytes);
    let whole = made.whole();
    assert_eq!(whole.verdict(), Verdict::Failed);
    let report = made.run(&[("copy", Trouble::Always)]);
    assert_eq!(report.verdict(), Verdict::Inconclusive);
    assert!(kept(&report).unwrap() > 70);
    let report = made.run(&[]);
    assert_eq!(resumed(&report), None);
    assert!(
        remark(&report).contains("begins before it"),
        "{}",
        remark(&report)
    );
    same(&report, &whole);
}

/// It was begun, then refused as a whole, while another copy had all its blocks.
#[test]
fn the_rest_of_a_copy_is_read_however_far_the_others_went() {
    let made = Made::new(Format::Text);
    fs::remove_dir_all(made.inputs()).unwrap();
    let export = Export::new(Format::Text, 1);
    let mut other = made.ledger.clone();
    other.blocks[180].block_hash[0] ^= 1;
    let (_, journal) = export.object(&made.ledger.blocks).unwrap();
    let (_, part) = export.object(&other.blocks[100..200]).unwrap();
    made.put("journal", &journal);
    made.put("part", &part);
    let whole = made.whole();
    assert_eq!(whole.verdict(), Verdict::Failed);
    let begun = kept(&made.run(&[("part", Trouble::After(20_000))])).unwrap();
    assert!((100..180).contains(&begun), "{begun}");
    let report = made.run(&[("part", Trouble::Always)]);
    assert_eq!(resumed(&report), Some(begun));
    assert!(kept(&report).unwrap() > 200);
    let report = made.run(&[]);
    assert_eq!(resumed(&report), None);
    same(&report, &whole);
}

#[test]
fn objects_under_names_that_tell_nothing_go_on_before_the_gap() {
    let made = Made::new(Format::Text);
    let objects = Directory::open(made.inputs()).unwrap().objects().unwrap();
    for (index, object) in objects.iter().enumerate() {
        let name = format!("plain-{index:02}");
        fs::rename(&*object.name, made.inputs().join(name)).unwrap();
    }
    let whole = made.whole();
    let target = Directory::open(made.inputs()).unwrap().objects().unwrap();
    let holds = |object: &&Object| {
        let text = fs::read_to_string(&*object.name).unwrap();
        text.contains("sequenceNo:200}") && !text.contains("sequenceNo:199}")
    };
    let refused = target.iter().find(holds).unwrap().name.to_string();
    let report = made.run(&[(&refused, Trouble::Always)]);
    assert!((183..200).contains(&kept(&report).unwrap()), "{report}");
    let report = made.run(&[]);
    assert!(resumed(&report).is_some());
    same(&report, &whole);
}

#[test]
fn evidence_that_was_refused_makes_the_next_run_begin_anew() {
    let made = Made::new(Format::Text);
    let ledger = &made.ledger;
    let records = stream::whole(&ledger.blocks[100..150]).unwrap();
    made.put("stream", &stream::firehose(&records, false));
    let (index, revision) = ledger.documents().nth(3).unwrap();
    let proof = ledger.revision_proof(index, revision, ledger.tip());
    let answer = get_revision(&ledger.blocks[index].revisions()[revision], Some(&proof));
    made.put("revision.json", answer.as_bytes());
    made.put(
        "digest-40.json",
        get_digest(&ledger.digest_at(40)).as_bytes(),
    );
    let whole = made.whole();
    for name in ["stream", "revision.json", "digest-40.json"] {
        let report = made.run(&[(name, Trouble::Always)]);
        assert!(kept(&report).is_some(), "{name}");
        let report = made.run(&[]);
        assert_eq!(resumed(&report), None, "{name}");
        assert!(remark(&report).contains("could not be read"), "{name}");
        same(&report, &whole);
        // The other way round the checkpoint waits until all that it rests on is there again.
        let before = kept(&made.run(&[(".240-", Trouble::Later)]));
        let report = made.run(&[(name, Trouble::Always)]);
        assert_eq!((resumed(&report), kept(&report)), (None, before), "{name}");
        let report = made.run(&[]);
        assert_eq!(resumed(&report), before, "{name}");
        same(&report, &whole);
    }
}

#[test]
fn any_row_of_troubles_ends_in_the_report_of_an_untroubled_run() {
    let mut rng = Rng::new(11);
    for round in 0..12 {
        let made = Made::new(Format::ALL[round % Format::ALL.len()]);
        let part = made.ledger.blocks[90..130].to_vec();
        let (_, copy) = Export::new(Format::Text, 1).object(&part).unwrap();
        made.put("copy", &copy);
        made.put(
            "digest.json",
            get_digest(&made.ledger.digest_at(77)).as_bytes(),
        );
        let verifier = made.verifier().threads(1 + round % 3);
        let verifier = match round % 4 {
            3 => verifier.engine(Engine::Reference),
            _ => verifier,
        };
        let whole = verifier
            .verify(&Directory::open(made.inputs()).unwrap())
            .unwrap();
        for _ in 0..4 {
            let name = match rng.u64() % 12 {
                10 => "copy".to_owned(),
                11 => "digest.json".to_owned(),
                object => format!(".{}-", object * PER_OBJECT as u64),
            };
            let trouble = match rng.u64() % 3 {
                0 => Trouble::Always,
                1 => Trouble::Later,
                _ => Trouble::After(1 + (rng.u64() % 30_000) as usize),
            };
            made.run_by(&verifier, &[(&name, trouble)]);
        }
        let report = made.run_by(&verifier, &[]);
        same(&report, &whole);
        assert!(!made.checkpoint().exists());
    }
}
