//! What the program never does to a file: whatever stands where a result is to go stays as it is, unless the same
//! option wrote it; and a result is there whole or not at all.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{symlink, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sealion_testkit::write::evidence::get_digest;
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::write::{Folder, Sink as _};
use sealion_testkit::{Ledger, Mix};

/// Every option that writes a file, but for those of `fetch`, which needs a server; `F` is the file.
const OPTIONS: [&str; 8] = [
    "verify export --digest digest.json --trust-state a.state --checkpoint F --checkpoint-every 0",
    "verify export --digest digest.json --state a.state --save-state F",
    "state merge a.state b.state -o F",
    "bundle --block 3 --digest digest.json -o F export",
    "bundle --block 3 --digest digest.json --force -o F export",
    "prove block --at 3 --digest digest.json --save-index F export",
    "prove revision --all --at 5 --digest digest.json --save-index F export",
    "prove consistency --from 3 --to digest.json --save-index F export",
];

/// A nobody, whose files are not those of whoever runs the tests.
const NOBODY: u32 = 65_534;

/// A folder with `export`, `digest.json`, and the states of its halves.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        let place = Place(tempfile::tempdir().unwrap());
        let ledger = Ledger::new(5, 64, Mix::Tiny);
        let mut sink = Folder(place.at("export"));
        Export::new(Format::Text, 1)
            .write(&ledger.blocks, 16, &mut sink)
            .unwrap();
        let digest = get_digest(&ledger.digest());
        Folder(place.at(""))
            .put("digest.json", digest.as_bytes())
            .unwrap();
        for part in [
            "--to 31 --save-state a.state",
            "--from 32 --save-state b.state",
        ] {
            let made = place.run(&format!("verify export {part}"));
            assert_eq!(made.status.code(), Some(0), "{made:?}");
        }
        place
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, program: &str, words: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.0.path());
        command.args(words.split_whitespace());
        command
    }

    fn run(&self, words: &str) -> Output {
        let mut command = self.command(env!("CARGO_BIN_EXE_sealion"), words);
        command.output().unwrap()
    }

    /// Runs it where no file may grow: as on a full disk, opening succeeds and writing fails.
    fn run_full(&self, words: &str) -> Output {
        let mut command = self.command("sh", "");
        let limited = "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"";
        command.args(["-c", limited, env!("CARGO_BIN_EXE_sealion")]);
        command.args(words.split_whitespace());
        command.output().unwrap()
    }

    /// The first file of the export.
    fn input(&self) -> PathBuf {
        let all = self.files();
        let mut files = all.keys().filter(|path| path.ends_with(".ion"));
        self.at(files.next().unwrap())
    }

    /// All that is in the folder: the bytes of files, where links lead.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        walk(self.0.path(), &mut |path| {
            let name = path.strip_prefix(self.0.path()).unwrap();
            let what = match fs::symlink_metadata(path).unwrap().file_type() {
                kind if kind.is_dir() => b"a folder".to_vec(),
                kind if kind.is_file() => fs::read(path).unwrap(),
                kind if kind.is_symlink() => {
                    let leads = fs::read_link(path).unwrap();
                    leads.into_os_string().into_encoded_bytes()
                }
                _ => b"something else".to_vec(),
            };
            found.insert(name.to_str().unwrap().to_owned(), what);
        });
        found
    }
}

fn walk(folder: &Path, see: &mut dyn FnMut(&Path)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        see(&path);
        if fs::symlink_metadata(&path).unwrap().is_dir() {
            walk(&path, see);
        }
    }
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What stands where the result is to go; gives the name to write to.
type Hazard = (&'static str, fn(&Place) -> String);

const HAZARDS: [Hazard; 16] = [
    ("a foreign file", |place| {
        fs::write(place.at("notes"), "the only copy").unwrap();
        "notes".to_owned()
    }),
    ("an empty file", |place| {
        fs::write(place.at("notes"), "").unwrap();
        "notes".to_owned()
    }),
    ("an input", |place| {
        place.input().to_str().unwrap().to_owned()
    }),
    ("the digest", |_| "digest.json".to_owned()),
    ("another spelling", |_| "export/../digest.json".to_owned()),
    ("a state that is read", |_| "./a.state".to_owned()),
    ("a link to an input", |place| {
        symlink(place.input(), place.at("link")).unwrap();
        "link".to_owned()
    }),
    ("a link to the digest", |place| {
        symlink("digest.json", place.at("link")).unwrap();
        "link".to_owned()
    }),
    ("a link to a foreign file", |place| {
        fs::write(place.at("notes"), "the only copy").unwrap();
        symlink("notes", place.at("link")).unwrap();
        "link".to_owned()
    }),
    ("a link to nowhere", |place| {
        symlink("nowhere", place.at("link")).unwrap();
        "link".to_owned()
    }),
    ("a hard link to an input", |place| {
        fs::hard_link(place.input(), place.at("hard")).unwrap();
        "hard".to_owned()
    }),
    ("a hard link to the digest", |place| {
        fs::hard_link(place.at("digest.json"), place.at("hard")).unwrap();
        "hard".to_owned()
    }),
    ("a file in a linked folder", |place| {
        symlink(place.input().parent().unwrap(), place.at("linked")).unwrap();
        let input = place.input();
        format!("linked/{}", input.file_name().unwrap().to_str().unwrap())
    }),
    ("a directory", |place| {
        fs::create_dir(place.at("folder")).unwrap();
        "folder".to_owned()
    }),
    ("a socket", |place| {
        UnixListener::bind(place.at("socket")).unwrap();
        "socket".to_owned()
    }),
    ("a folder that is not there", |_| "nowhere/file".to_owned()),
];

#[test]
fn no_option_writes_over_what_it_did_not_write() {
    let mut wrong = Vec::new();
    for option in OPTIONS {
        for (name, hazard) in HAZARDS {
            let place = Place::new();
            let path = hazard(&place);
            let forced = option.contains("--force")
                && ["notes", "a.state"].iter().any(|own| path.ends_with(own));
            // To that one it is a state of its own that it does not read.
            let own = name == "a state that is read" && option.contains("bundle");
            if forced || own {
                continue;
            }
            let before = place.files();
            let run = place.run(&option.replace('F', &path));
            let told = said(&run);
            let clear = told.starts_with("sealion: cannot write ") && told.lines().count() >= 2;
            if run.status.code() != Some(2) || !clear || !run.stdout.is_empty() {
                wrong.push(format!("{option}: {name}: {run:?}"));
            }
            if place.files() != before {
                wrong.push(format!("{option}: {name}: the folder is not what it was"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_option_writes_a_new_file_and_replaces_its_own() {
    for option in OPTIONS {
        let place = Place::new();
        let before = place.files();
        for round in ["new", "again"] {
            let run = place.run(&option.replace('F', "result"));
            let again =
                round == "again" && option.contains("bundle") && !option.contains("--force");
            assert_eq!(
                run.status.code(),
                Some(if again { 2 } else { 0 }),
                "{option}: {run:?}"
            );
            let mut after = place.files();
            // A checkpoint is gone at the end.
            let result = after.remove("result");
            assert_eq!(
                result.is_some(),
                !option.contains("--checkpoint"),
                "{option}"
            );
            assert_eq!(after, before, "{option}, {round}");
        }
    }
}

/// Its own older file, of another size, if it is one that is replaced.
fn older(option: &str) -> Option<&'static str> {
    if option.contains("--save-state") || option.contains("merge") {
        return Some("verify export --to 7 --save-state result");
    }
    if option.contains("--save-index") {
        return Some("prove block --at 3 --tip 7 --save-index result export");
    }
    option
        .contains("--force")
        .then_some("bundle --block 1 --tip 3 -o result export")
}

#[test]
fn on_a_full_disk_the_old_file_stays_and_nothing_half_is_left() {
    for option in OPTIONS {
        for old in [None, older(option)] {
            let place = Place::new();
            if let Some(old) = old {
                assert_eq!(place.run(old).status.code(), Some(0), "{old}");
            }
            let before = place.files();
            let words = option.replace('F', "result");
            let run = place.run_full(&words);
            // A checkpoint is no part of the answer; the report says that there is none.
            let (expected, told) = match option.contains("--checkpoint") {
                true => (0, String::from_utf8(run.stdout.clone()).unwrap()),
                false => (2, said(&run)),
            };
            assert_eq!(run.status.code(), Some(expected), "{option}: {run:?}");
            assert!(
                told.contains("write") && told.contains("File too large"),
                "{option}: {told}"
            );
            assert_eq!(place.files(), before, "{option}");
            // What was in the way of it is gone.
            if old.is_some() {
                let run = place.run(&words);
                assert_eq!(run.status.code(), Some(0), "{option}: {run:?}");
                assert_ne!(place.files()["result"], before["result"], "{option}");
            }
        }
    }
}

/// Root may write to a folder whatever its mode says, so there nobody runs the program.
#[test]
fn a_folder_that_may_only_be_read_is_told_before_the_work() {
    let place = Place::new();
    fs::set_permissions(place.at(""), Permissions::from_mode(0o755)).unwrap();
    let locked = place.at("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, Permissions::from_mode(0o555)).unwrap();
    let root = fs::metadata(&locked).unwrap().uid() == 0;
    let program = place.at("program");
    // Not by this process: what it has open for writing, children of other tests may hold when the copy is to run.
    let copied = Command::new("cp")
        .args([env!("CARGO_BIN_EXE_sealion").as_ref(), program.as_os_str()])
        .status();
    assert!(copied.unwrap().success());
    for option in OPTIONS {
        let words = option.replace('F', "locked/result");
        let mut command = place.command(program.to_str().unwrap(), &words);
        if root {
            command.uid(NOBODY).gid(NOBODY);
        }
        let run = command.output().unwrap();
        assert_eq!(run.status.code(), Some(2), "{option}: {run:?}");
        assert!(run.stdout.is_empty(), "{option}: {run:?}");
        let told = said(&run);
        assert!(
            told.starts_with("sealion: cannot write locked/result: Permission denied"),
            "{option}: {told}"
        );
        assert_eq!(fs::read_dir(&locked).unwrap().count(), 0);
    }
}

#[test]
fn two_results_of_one_run_do_not_share_a_file() {
    let place = Place::new();
    for other in ["both", "./both", "export/../both"] {
        let before = place.files();
        let run = place.run(&format!(
            "verify export --checkpoint both --save-state {other}"
        ));
        assert_eq!(run.status.code(), Some(2), "{run:?}");
        assert!(said(&run).starts_with("sealion: cannot write"), "{run:?}");
        assert_eq!(place.files(), before);
    }
}

/// A checkpoint among the inputs would be another input for the next run, which could not go on from it.
#[test]
fn a_checkpoint_does_not_lie_among_the_inputs() {
    let place = Place::new();
    for path in ["export/check", "./export/check", "export/../export/check"] {
        let before = place.files();
        let run = place.run(&format!("verify export --checkpoint {path}"));
        assert_eq!(run.status.code(), Some(2), "{run:?}");
        assert!(said(&run).contains("lies in export"), "{run:?}");
        assert_eq!(place.files(), before);
    }
}
