//! A checkpoint is believed. So it is used only if nobody else can have put it there.
#![cfg(unix)]

#[path = "common/checkpoint.rs"]
mod common;

use std::fs::{self, Permissions};
use std::os::unix::fs::{chown, symlink, MetadataExt as _, PermissionsExt as _};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::time::Duration;

use common::apart;
use sealion::source::{Archive as _, Directory};
use sealion::{Report, Verdict, Verifier};
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::write::Folder;
use sealion_testkit::{Ledger, Mix};

/// A user whose files are nobody's of those who run tests.
const NOBODY: u32 = 65_534;

/// A journal of 400 blocks, forty a file, and beside it a folder `kept` for the checkpoint.
struct Made {
    ledger: Ledger,
    folder: tempfile::TempDir,
}

impl Made {
    fn new() -> Made {
        let made = Made {
            ledger: Ledger::new(3, 400, Mix::Tiny),
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(made.kept()).unwrap();
        mode(&made.kept(), 0o700);
        made.write(&made.ledger);
        made
    }

    /// One that broke off in the last third.
    fn broken_off() -> Made {
        let made = Made::new();
        made.break_off();
        made
    }

    fn write(&self, ledger: &Ledger) {
        let mut sink = Folder(self.folder.path().join("export"));
        let export = Export::new(Format::Text, 1);
        export.write(&ledger.blocks, 40, &mut sink).unwrap();
    }

    fn kept(&self) -> PathBuf {
        self.folder.path().join("kept")
    }

    fn checkpoint(&self) -> PathBuf {
        self.kept().join("checkpoint")
    }

    fn verifier(&self) -> Verifier {
        common::verifier(&self.ledger).checkpoint(self.checkpoint(), Duration::ZERO)
    }

    fn verify(&self, verifier: &Verifier) -> Report {
        let export = Directory::open(self.folder.path().join("export")).unwrap();
        verifier.verify(&export).unwrap()
    }

    fn whole(&self) -> Report {
        self.verify(&common::verifier(&self.ledger))
    }

    fn break_off(&self) {
        let stop = |blocks| assert!(blocks < 256, "broken off");
        let verifier = self.verifier().progress(move |now| stop(now.blocks));
        let run = catch_unwind(AssertUnwindSafe(|| self.verify(&verifier)));
        assert!(run.is_err() && self.checkpoint().exists());
    }
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Gives a file to another user, who then could write to it. Only root can; else the group may
/// write to it, which comes to the same. Gives what is said of it.
fn give_away(path: &Path) -> &'static str {
    match chown(path, Some(NOBODY), Some(NOBODY)) {
        Ok(()) => "belongs to another user",
        Err(error) => {
            assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied);
            mode(path, 0o770);
            "others may write to"
        }
    }
}

/// What is at a place, and whose it is.
fn state(path: &Path) -> (Option<PathBuf>, Option<Vec<u8>>, u32) {
    let found = fs::symlink_metadata(path).unwrap();
    (fs::read_link(path).ok(), fs::read(path).ok(), found.uid())
}

/// Expects everything to be read, and the checkpoint to be left as it is.
fn left_alone(made: &Made, remark: &str) {
    let before = state(&made.checkpoint());
    let report = made.verify(&made.verifier());
    assert_eq!(apart(&report), apart(&made.whole()), "{remark}");
    let checkpoint = report.checkpoint.unwrap();
    assert_eq!(
        (checkpoint.resumed_after, checkpoint.blocks_from_it),
        (None, 0),
        "{remark}"
    );
    assert!(checkpoint.not_read_again.is_empty(), "{remark}");
    let found = checkpoint.remark.unwrap();
    assert!(
        found.contains(remark) && found.contains("everything was read"),
        "{found}"
    );
    assert_eq!(state(&made.checkpoint()), before, "{remark}");
    let others = fs::read_dir(made.kept()).unwrap();
    let part = others
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some());
    assert_eq!(part, None);
}

#[test]
fn new_ones_are_open_to_nobody_else() {
    let made = Made::broken_off();
    let found = fs::metadata(made.checkpoint()).unwrap();
    assert_eq!(found.mode() & 0o7777, 0o600);
    assert_eq!(fs::read_dir(made.kept()).unwrap().count(), 1);
}

#[test]
fn one_that_others_may_write_to_is_not_used() {
    for open in [0o620, 0o602, 0o666] {
        let made = Made::broken_off();
        mode(&made.checkpoint(), open);
        left_alone(&made, "others may write to it");
    }
}

#[test]
fn one_behind_a_link_is_not_used() {
    let made = Made::broken_off();
    let real = made.folder.path().join("real");
    fs::rename(made.checkpoint(), &real).unwrap();
    symlink(&real, made.checkpoint()).unwrap();
    left_alone(&made, "symbolic link");
}

#[test]
fn one_of_another_user_is_not_used() {
    let made = Made::broken_off();
    let said = give_away(&made.checkpoint());
    left_alone(&made, said);
}

#[test]
fn one_in_a_folder_that_others_can_change_is_not_used() {
    let open = |path: PathBuf, bits| {
        mode(&path, bits);
        "others may write to"
    };
    for case in 0..4 {
        let made = Made::broken_off();
        let remark = match case {
            0 => open(made.kept(), 0o777),
            1 => open(made.kept(), 0o770),
            2 => open(made.folder.path().to_owned(), 0o777),
            _ => give_away(&made.kept()),
        };
        let problem = made.verifier().checkpoint_problem().unwrap();
        assert!(problem.contains(remark), "{problem}");
        left_alone(&made, remark);
        // Nor is a new one kept there, which nobody could go on from.
        fs::remove_file(made.checkpoint()).unwrap();
        let report = made.verify(&made.verifier());
        let found = report.checkpoint.unwrap().remark.unwrap();
        assert!(
            found.contains("none is kept") && found.contains(remark),
            "{found}"
        );
    }
}

/// The folder is reached by a link that another user could lead elsewhere.
#[test]
fn one_reached_by_a_link_that_others_can_change_is_not_used() {
    let made = Made::broken_off();
    let shared = made.folder.path().join("shared");
    fs::create_dir(&shared).unwrap();
    mode(&shared, 0o777);
    symlink(made.kept(), shared.join("link")).unwrap();
    let verifier = common::verifier(&made.ledger);
    let verifier = verifier.checkpoint(shared.join("link/checkpoint"), Duration::ZERO);
    let said = verifier.checkpoint_problem().unwrap();
    assert!(said.contains("others may write to"), "{said}");
    let report = made.verify(&verifier);
    assert_eq!(report.checkpoint.unwrap().resumed_after, None);
}

#[test]
fn where_others_can_move_only_their_own_it_is_used_if_it_has_no_other_name() {
    for other_name in [false, true] {
        let made = Made::broken_off();
        mode(&made.kept(), 0o1777);
        if other_name {
            fs::hard_link(made.checkpoint(), made.folder.path().join("copy")).unwrap();
            left_alone(&made, "another name");
        } else {
            let report = made.verify(&made.verifier());
            assert!(report.checkpoint.unwrap().resumed_after.is_some());
            assert!(!made.checkpoint().exists());
        }
    }
}

/// Puts a forged block into the journal, and gives a checkpoint which says that all was found
/// right: its marks are those of the forged files, all else is of the genuine ones.
fn forged(made: &Made) -> String {
    made.break_off();
    let genuine = fs::read_to_string(made.checkpoint()).unwrap();
    fs::remove_file(made.checkpoint()).unwrap();
    let mut ledger = made.ledger.clone();
    ledger.blocks[90].block_hash[0] ^= 1;
    made.write(&ledger);
    // Before the forged block the run is clean, and tells its marks.
    made.break_off();
    let honest = fs::read_to_string(made.checkpoint()).unwrap();
    fs::remove_file(made.checkpoint()).unwrap();
    let export = Directory::open(made.folder.path().join("export")).unwrap();
    let mut objects = export.objects().unwrap().into_iter();
    let file = objects.find(|file| file.name.contains(".80-119.")).unwrap();
    let bytes = fs::read(&*file.name).unwrap();
    let marks = [
        ("{\"run\":\"".to_owned(), value(&honest, "{\"run\":\"")),
        (
            format!("{}\":{{\"bytes\":{},\"hash\":\"", file.name, bytes.len()),
            sum(&bytes),
        ),
    ];
    let mut body = genuine.split_once('\n').unwrap().1.to_owned();
    for (key, mark) in marks {
        let old = value(&body, &key);
        body = body.replacen(&format!("{key}{old}"), &format!("{key}{mark}"), 1);
    }
    format!("{}\n{body}", sum(body.as_bytes()))
}

/// The hash behind `key`.
fn value(text: &str, key: &str) -> String {
    let start = text.find(key).unwrap() + key.len();
    text[start..start + 44].to_owned()
}

fn sum(bytes: &[u8]) -> String {
    sealion::Hash(sealion_reference::sha256(bytes)).to_string()
}

#[test]
fn a_forged_one_of_another_user_verifies_nothing() {
    let made = Made::new();
    let checkpoint = forged(&made);
    let put = || {
        fs::write(made.checkpoint(), &checkpoint).unwrap();
        mode(&made.checkpoint(), 0o600);
    };
    // This is what it would do: the user himself is believed, and the report says so.
    put();
    let report = made.verify(&made.verifier());
    assert_eq!(report.verdict(), Verdict::Verified, "{report}");
    assert!(report.to_string().contains("were not read now"), "{report}");
    assert_eq!(made.whole().verdict(), Verdict::Failed);
    put();
    let said = give_away(&made.checkpoint());
    left_alone(&made, said);
}
