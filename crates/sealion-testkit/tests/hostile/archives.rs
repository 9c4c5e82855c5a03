//! Archives that are empty, full of other things, or break.

use crate::{good, report, sound};
use sealion::source::{Archive, Directory, Memory, Object};
use sealion::{Error, Verdict, Verifier};
use sealion_testkit::agree::{known, trusted};
use std::io::{self, Cursor, Read};

/// One object whose bytes come as the function says.
struct Odd<F>(F);

impl<F: Fn() -> io::Result<Box<dyn Read + Send>> + Sync> Archive for Odd<F> {
    fn objects(&self) -> Result<Vec<Object>, Error> {
        Ok(vec![Object::new("odd", None)])
    }

    fn open(&self, _: &Object) -> io::Result<Box<dyn Read + Send>> {
        (self.0)()
    }
}

/// Gives a byte at a time, with interruptions, then fails if it is to.
struct Slow {
    bytes: Cursor<Vec<u8>>,
    calls: u32,
    fails: bool,
}

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(7) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let room = buffer.len().min(1);
        match self.bytes.read(&mut buffer[..room])? {
            0 if self.fails && room > 0 => Err(io::Error::other("the disk is broken")),
            count => Ok(count),
        }
    }
}

fn slow(bytes: Vec<u8>, fails: bool) -> Box<dyn Read + Send> {
    Box::new(Slow {
        bytes: Cursor::new(bytes),
        calls: 0,
        fails,
    })
}

#[test]
fn nothing() {
    for bytes in ["", " ", "\n\n\n", "\u{feff}", "// a comment", "/* */"] {
        assert!(
            !good(&report(
                &Memory::new().with("file", bytes.as_bytes()),
                "blanks"
            )),
            "{bytes:?}"
        );
    }
    let mut report = report(&Memory::new(), "an empty archive");
    assert_eq!(report.verdict(), Verdict::Inconclusive);
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    report = crate::report(&Directory::open(folder.path()).unwrap(), "an empty folder");
    assert_eq!(report.verdict(), Verdict::Inconclusive);
}

#[test]
fn what_is_not_there_is_a_typed_error() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    assert!(matches!(Directory::open(&missing), Err(Error::Io { .. })));
    std::fs::write(&missing, "now it is a file").unwrap();
    assert!(matches!(
        Directory::open(&missing),
        Err(Error::Unsuitable { .. })
    ));
    std::fs::remove_file(&missing).unwrap();
    std::fs::create_dir(&missing).unwrap();
    let gone = Directory::open(&missing).unwrap();
    std::fs::remove_dir(&missing).unwrap();
    assert!(matches!(
        Verifier::new().verify(&gone),
        Err(Error::Io { .. })
    ));
}

#[cfg(unix)]
#[test]
fn loops_of_links() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("export.ion"), sound(false)).unwrap();
    let directory = Directory::open(folder.path()).unwrap();
    assert!(good(&report(&directory, "a folder")));
    let inner = folder.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    std::os::unix::fs::symlink(folder.path(), inner.join("up")).unwrap();
    std::os::unix::fs::symlink("nowhere", inner.join("dangling")).unwrap();
    let report = report(&directory, "a loop");
    // What cannot be looked into might hold anything.
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
    let unreadable = report
        .inputs
        .iter()
        .filter(|input| input.kind == "unreadable");
    assert_eq!(unreadable.count(), 2, "{report}");
}

#[test]
fn what_may_not_be_opened() {
    for kind in [
        io::ErrorKind::PermissionDenied,
        io::ErrorKind::NotFound,
        io::ErrorKind::Other,
    ] {
        let report = report(&Odd(|| Err(kind.into())), "a file that may not be opened");
        assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
        assert_eq!(report.inputs[0].kind, "unreadable");
    }
}

#[test]
fn slow_and_interrupted_reading_changes_nothing() {
    for binary in [false, true] {
        let bytes = sound(binary);
        let report = report(&Odd(|| Ok(slow(bytes.clone(), false))), "a slow file");
        assert!(good(&report), "{report}");
    }
}

#[test]
fn reading_that_breaks_off() {
    for binary in [false, true] {
        let bytes = sound(binary);
        for cut in (0..bytes.len())
            .step_by(1_301)
            .chain([1, 2, 4, bytes.len()])
        {
            let report = report(
                &Odd(|| Ok(slow(bytes[..cut].to_vec(), true))),
                "a broken disk",
            );
            assert!(!good(&report), "{cut}: {report}");
            let told = report
                .findings()
                .iter()
                .any(|found| found.message.contains("the disk is broken"));
            assert!(told, "{cut}: {report}");
        }
    }
}

/// A file that is another when it is read again.
#[test]
fn what_changes_between_two_looks() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let digest = trusted(&known().digest());
    for other in [
        Vec::new(),
        b"{}".to_vec(),
        sound(true),
        sound(false)[..9_000].to_vec(),
        vec![0; 9_000],
    ] {
        let looks = AtomicUsize::new(0);
        let archive = Odd(|| {
            let first = looks.fetch_add(1, Ordering::SeqCst) == 0;
            let bytes = if first { sound(false) } else { other.clone() };
            Ok(Box::new(Cursor::new(bytes)) as Box<dyn Read + Send>)
        });
        let report = Verifier::new()
            .against(digest.clone())
            .verify(&archive)
            .unwrap();
        assert_ne!(report.verdict(), Verdict::Verified, "{report}");
    }
}

#[test]
fn a_hundred_thousand_other_files() {
    let mut archive = Memory::new().with("export", sound(false));
    for index in 0..100_000 {
        let bytes: &[u8] = match index % 5 {
            0 => b"notes",
            1 => b"{}",
            2 => b"{\"a\": [1, 2, 3]}",
            3 => &[0, 1, 2, 3],
            _ => b"",
        };
        archive = archive.with(format!("other/{index}"), bytes);
    }
    let verifier = Verifier::new().against(trusted(&known().digest()));
    let report = verifier.verify(&archive).unwrap();
    assert_eq!(report.verdict(), Verdict::Verified);
    assert_eq!(report.inputs.len(), 100_001);
    assert!(
        report.findings().len() < 2_000,
        "{} findings are kept",
        report.findings().len()
    );
}
