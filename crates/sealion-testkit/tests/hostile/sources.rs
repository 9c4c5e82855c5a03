//! Sources that fail: at any byte, whenever they are opened, whoever reads. What they fail at never counts as read.

use crate::sound;
use sealion::compare::{compare_journals, Outcome};
use sealion::extract::extract;
use sealion::prove::{digest_of, WantedRevisions};
use sealion::source::{Archive, Memory, Object};
use sealion::{show, Digest, Engine, Error, Limits, Prover, Report, Verdict, Verifier};
use sealion_testkit::agree::trusted;
use sealion_testkit::write::export::{gzip, Format};
use sealion_testkit::{Ledger, Mix, Rng};
use std::io::{self, ErrorKind, Read};
use std::sync::atomic::{AtomicUsize, Ordering};

const NAME: &str = "journal.ion";

/// What comes at the byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// An error, every time.
    Fails(ErrorKind),
    /// An error once; then it is at its end.
    FailsThenEnds(ErrorKind),
    /// An error once; then the rest comes.
    FailsThenGoesOn(ErrorKind),
    /// The end, though more was listed.
    Ends,
}

const HOWS: [How; 6] = [
    How::Fails(ErrorKind::Other),
    How::Fails(ErrorKind::UnexpectedEof),
    How::FailsThenEnds(ErrorKind::InvalidData),
    How::FailsThenGoesOn(ErrorKind::Other),
    How::FailsThenGoesOn(ErrorKind::WouldBlock),
    How::Ends,
];

/// One object that fails at a byte, from some opening on.
struct Source<'a> {
    bytes: &'a [u8],
    at: usize,
    how: How,
    /// How often it is opened before it fails.
    sound: usize,
    opened: AtomicUsize,
}

impl Archive for Source<'_> {
    fn objects(&self) -> Result<Vec<Object>, Error> {
        Ok(vec![Object::new(NAME, Some(self.bytes.len() as u64))])
    }

    fn open(&self, _: &Object) -> io::Result<Box<dyn Read + Send>> {
        let opened = self.opened.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(Reader {
            bytes: self.bytes.to_vec(),
            position: 0,
            at: self.at,
            how: (opened >= self.sound).then_some(self.how),
        }))
    }
}

struct Reader {
    bytes: Vec<u8>,
    position: usize,
    at: usize,
    how: Option<How>,
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = match self.how {
            Some(_) => self.at,
            None => self.bytes.len(),
        };
        if self.position == end && !buffer.is_empty() {
            match self.how {
                Some(How::Fails(kind)) => return Err(kind.into()),
                Some(How::FailsThenEnds(kind)) => {
                    self.how = Some(How::Ends);
                    return Err(kind.into());
                }
                Some(How::FailsThenGoesOn(kind)) => {
                    self.how = None;
                    return Err(kind.into());
                }
                Some(How::Ends) | None => return Ok(0),
            }
        }
        let count = buffer.len().min(end - self.position);
        buffer[..count].copy_from_slice(&self.bytes[self.position..][..count]);
        self.position += count;
        Ok(count)
    }
}

fn source(bytes: &[u8], at: usize, how: How, sound: usize) -> Source<'_> {
    Source {
        bytes,
        at,
        how,
        sound,
        opened: AtomicUsize::new(0),
    }
}

/// The report says at which byte of which file, and nothing good.
fn unread(report: &Report, what: &str) {
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{what}: {report}");
    let told = report.findings().iter().any(|finding| {
        let place = finding.source.as_ref();
        finding.code.is_unread()
            && place.is_some_and(|place| &*place.path == NAME && place.offset.is_some())
    });
    assert!(told, "{what}: {report}");
}

const ENGINES: [Engine; 3] = [Engine::Fast, Engine::Reference, Engine::Both];
const THREADS: [usize; 3] = [1, 2, 7];

/// Few blocks, as text and as binary, and their digest.
fn small() -> ([Vec<u8>; 2], Digest) {
    let ledger = Ledger::new(4, 2, Mix::Tiny);
    (written(&ledger), trusted(&ledger.digest()))
}

/// So many that they are cut into pieces.
fn large() -> ([Vec<u8>; 2], Digest) {
    let ledger = Ledger::new(5, 220, Mix::Mixed);
    (written(&ledger), trusted(&ledger.digest()))
}

fn written(ledger: &Ledger) -> [Vec<u8>; 2] {
    [Format::Text, Format::Binary].map(|format| {
        let form = crate::common::Form::Export(format);
        crate::common::object(form, &ledger.blocks, &mut Rng::new(0))
    })
}

#[test]
fn at_every_byte() {
    let (files, digest) = small();
    let mut turn = 0;
    for bytes in &files {
        for at in 0..=bytes.len() {
            for how in HOWS {
                if how == How::Ends && at == bytes.len() {
                    continue;
                }
                // It fails when it is looked at first, or not before it is read.
                for sound in [0, 1] {
                    turn += 1;
                    let verifier = Verifier::new()
                        .against(digest.clone())
                        .engine(ENGINES[turn % 3])
                        .threads(THREADS[turn / 3 % 3]);
                    let report = verifier.verify(&source(bytes, at, how, sound)).unwrap();
                    unread(&report, &format!("{how:?} at {at}, after {sound}"));
                }
            }
        }
    }
    assert!(turn > 10_000, "{turn}");
}

#[test]
fn at_any_byte_of_many_pieces() {
    let (files, digest) = large();
    let mut rng = Rng::new(8);
    for bytes in &files {
        assert!(bytes.len() > 300_000, "{}", bytes.len());
        let mut places: Vec<usize> = (0..6).map(|_| rng.index(bytes.len())).collect();
        places.extend([
            65_535,
            65_536,
            65_537,
            131_072,
            bytes.len() - 1,
            bytes.len(),
        ]);
        for at in places {
            for how in HOWS {
                if how == How::Ends && at == bytes.len() {
                    continue;
                }
                for (engine, threads) in ENGINES.into_iter().flat_map(|e| THREADS.map(|t| (e, t))) {
                    let verifier = Verifier::new().against(digest.clone());
                    let verifier = verifier.engine(engine).threads(threads);
                    let report = verifier.verify(&source(bytes, at, how, 1)).unwrap();
                    unread(&report, &format!("{how:?} at {at}, {engine:?}, {threads}"));
                }
            }
        }
    }
}

/// Interruptions are no failures, and an object that is longer than it was listed is one.
#[test]
fn interrupted_or_grown() {
    let (files, digest) = small();
    let verifier = Verifier::new().against(digest);
    for bytes in &files {
        let how = How::FailsThenGoesOn(ErrorKind::Interrupted);
        for at in 0..=bytes.len() {
            let report = verifier.verify(&source(bytes, at, how, 0)).unwrap();
            assert_eq!(report.verdict(), Verdict::Verified, "{at}: {report}");
        }
        struct Grown<'a>(Source<'a>);
        impl Archive for Grown<'_> {
            fn objects(&self) -> Result<Vec<Object>, Error> {
                let listed = self.0.bytes.len() as u64 - 1;
                Ok(vec![Object::new(NAME, Some(listed))])
            }
            fn open(&self, object: &Object) -> io::Result<Box<dyn Read + Send>> {
                self.0.open(object)
            }
        }
        let grown = Grown(source(bytes, bytes.len(), How::Ends, 0));
        unread(&verifier.verify(&grown).unwrap(), "grown");
    }
}

/// Every flipped bit and every cut of a compressed file: verified only if the content is the same.
#[test]
fn every_change_of_a_compressed_file() {
    let ([text, _], digest) = small();
    let mut checked = zstd::stream::Encoder::new(Vec::new(), 19).unwrap();
    checked.include_checksum(true).unwrap();
    io::Write::write_all(&mut checked, &text).unwrap();
    for good in [gzip(&text).unwrap(), checked.finish().unwrap()] {
        let same = |bytes: &[u8]| match bytes[0] {
            0x28 => zstd::decode_all(bytes).is_ok_and(|all| all == text),
            _ => {
                let mut all = Vec::new();
                let read = flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut all);
                read.is_ok() && all == text
            }
        };
        let cuts = (1..good.len()).map(|length| good[..length].to_vec());
        let flips = (0..good.len() * 8).map(|bit| {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            bad
        });
        assert!(same(&good));
        for (turn, bytes) in cuts.chain(flips).chain([good.clone()]).enumerate() {
            let expected = same(&bytes);
            let verifier = Verifier::new()
                .against(digest.clone())
                .engine(ENGINES[turn % 3])
                .threads(THREADS[turn / 3 % 3]);
            let report = verifier.verify(&Memory::new().with(NAME, bytes)).unwrap();
            let verified = report.verdict() == Verdict::Verified;
            assert_eq!(verified, expected, "{turn}: {report}");
        }
    }
}

/// A large archive whose last bytes, its checksum and length, are not those of its content.
fn damaged(bytes: &[u8]) -> Vec<u8> {
    let mut bad = gzip(bytes).unwrap();
    let at = bad.len() - 5;
    bad[at] ^= 1;
    bad
}

#[test]
fn no_verb_takes_a_damaged_archive_for_a_whole_one() {
    let (files, digest) = large();
    for bytes in &files {
        let good = Memory::new().with(NAME, bytes.clone());
        let bad = Memory::new().with(NAME, damaged(bytes));
        for (engine, threads) in ENGINES.into_iter().flat_map(|e| THREADS.map(|t| (e, t))) {
            let verifier = Verifier::new().engine(engine).threads(threads);
            let what = format!("{engine:?}, {threads}");
            let trusting = verifier.clone().against(digest.clone());
            unread(&trusting.verify(&bad).unwrap(), &what);
            let some = trusting.clone().from(3).to(5);
            unread(&some.verify(&bad).unwrap(), &what);
            let keeping = verifier.clone().save_state(true);
            let report = keeping.verify(&bad).unwrap();
            unread(&report, &what);
            assert!(report.state().is_err(), "{what}");
            assert!(digest_of(&verifier, &bad).is_err(), "{what}");
            assert!(Prover::of(&verifier, &bad).is_err(), "{what}");
        }
        let verifier = Verifier::new();
        let all = WantedRevisions::all();
        let extraction = extract(&verifier, &bad, &all, false, &mut |_| Ok(())).unwrap();
        unread(&extraction.report, "extract");
        for (first, second) in [(&good, &bad), (&bad, &good)] {
            let comparison = compare_journals(&verifier, first, second).unwrap();
            assert_eq!(comparison.outcome, Outcome::Undecided, "{comparison}");
        }
        let shown = show(&bad, &Limits::default()).unwrap();
        assert!(!shown.whole, "{}", shown.text);
    }
}

/// What could be read when it was verified, and not when it was read again for its rows and proofs.
#[test]
fn what_fails_only_later_is_an_error_of_the_verb() {
    let (files, _) = large();
    let verifier = Verifier::new();
    let all = WantedRevisions::all();
    for bytes in &files {
        for sound in [2, 3] {
            let archive = source(bytes, bytes.len(), How::Fails(ErrorKind::Other), sound);
            let rows = extract(&verifier, &archive, &all, false, &mut |_| Ok(()));
            assert!(rows.is_err(), "{sound}: {rows:?}");
            let good = Memory::new().with(NAME, bytes.clone());
            let archive = source(bytes, bytes.len(), How::Fails(ErrorKind::Other), sound);
            let comparison = compare_journals(&verifier, &archive, &good);
            assert!(comparison.is_err(), "{sound}: {comparison:?}");
            let archive = source(bytes, bytes.len(), How::Fails(ErrorKind::Other), sound);
            let (prover, _) = Prover::of(&verifier, &archive).unwrap();
            let (mut each, mut skipped) = (|_| Ok(()), |_| {});
            let tip = prover.last();
            let proofs = prover.revisions(&archive, &all, tip, &mut each, &mut skipped);
            assert!(proofs.is_err(), "{sound}: {proofs:?}");
        }
    }
}

/// A digest, a manifest, an answer: evidence in a damaged file is not taken for whole either.
#[test]
fn evidence_in_damaged_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("digest.json.gz");
    let ledger = Ledger::new(4, 2, Mix::Tiny);
    let json = sealion_testkit::write::evidence::get_digest(&ledger.digest());
    std::fs::write(&path, gzip(json.as_bytes()).unwrap()).unwrap();
    assert!(Digest::read(&path).is_ok());
    std::fs::write(&path, damaged(json.as_bytes())).unwrap();
    assert!(Digest::read(&path).is_err());
    let archive = Memory::new()
        .with("export", sound(false))
        .with(NAME, damaged(json.as_bytes()));
    let report = Verifier::new().verify(&archive).unwrap();
    unread(&report, "a digest among the inputs");
}
