//! A run that is killed goes on with the same command.

mod common;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sealion_testkit::write::evidence::get_digest;
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::write::{Folder, Sink as _};
use sealion_testkit::{Ledger, Mix};
use serde_json::Value;

/// Folder `export` and file `digest.json` of a made ledger.
fn made(folder: &Path) {
    let ledger = Ledger::new(5, 4_000, Mix::Tiny);
    let export = Export::new(Format::Text, 1);
    let mut sink = Folder(folder.join("export"));
    export.write(&ledger.blocks, 700, &mut sink).unwrap();
    let digest = get_digest(&ledger.digest());
    Folder(folder.to_owned())
        .put("digest.json", digest.as_bytes())
        .unwrap();
}

fn sealion(folder: &Path, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealion"));
    let fixed = "verify export --digest digest.json --output json";
    command.current_dir(folder).args(fixed.split(' '));
    command.args(words.split_whitespace());
    command
}

fn report(folder: &Path, words: &str) -> Value {
    let output = sealion(folder, words).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Kills the run once its checkpoint is another than `before`; false if it ended by itself.
fn killed(mut run: Child, checkpoint: &Path, before: &[u8]) -> bool {
    let patience = Instant::now() + Duration::from_secs(60);
    while Instant::now() < patience {
        if run.try_wait().unwrap().is_some() {
            return false;
        }
        // It may be exchanged at any moment, but is always whole.
        if std::fs::read(checkpoint).is_ok_and(|now| now != before) {
            run.kill().unwrap();
            run.wait().unwrap();
            return true;
        }
    }
    panic!("no checkpoint within a minute");
}

#[test]
fn a_killed_run_goes_on_and_reports_what_a_whole_one_does() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    made(folder);
    let mut whole = report(folder, "");
    assert_eq!(whole["verdict"], "verified");
    let checkpoint = folder.join("check");
    let mut kills = 0;
    for _ in 0..3 {
        let before = std::fs::read(&checkpoint).unwrap_or_default();
        let run = sealion(folder, "--checkpoint check --checkpoint-every 0")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        kills += u32::from(killed(run, &checkpoint, &before));
    }
    assert!(kills > 0, "every run ended before it could be killed");
    assert!(checkpoint.exists());
    let mut last = report(folder, "--checkpoint check");
    let after = &last["checkpoint"]["resumed_after"]["sequence_no"];
    let after = after.as_u64().unwrap();
    assert!(after > 0, "{last:#}");
    assert_eq!(last["checkpoint"]["blocks_from_it"], after + 1);
    assert!(!checkpoint.exists());
    assert_eq!(common::misfits(&last), Vec::<String>::new());
    for report in [&mut last, &mut whole] {
        for member in ["checkpoint", "passed", "run"] {
            report.as_object_mut().unwrap().remove(member);
        }
    }
    assert_eq!(last, whole);
}

/// Who runs this would else learn only after the interruption that nothing was kept.
#[cfg(unix)]
#[test]
fn a_folder_that_others_may_change_is_told_before_the_work_and_in_the_report() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    made(folder);
    std::fs::create_dir(folder.join("open")).unwrap();
    let everybody = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(folder.join("open"), everybody).unwrap();
    let run = sealion(folder, "--checkpoint open/check --checkpoint-every 0").output();
    let run = run.unwrap();
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    let told = String::from_utf8_lossy(&run.stderr);
    let said = "sealion: no checkpoint is kept: others may write to ";
    assert!(told.starts_with(said), "{told}");
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let remark = report["checkpoint"]["remark"].as_str().unwrap();
    assert!(remark.contains("others may write to "), "{remark}");
    let left = std::fs::read_dir(folder.join("open")).unwrap().count();
    assert_eq!(left, 0);
}

/// The line that docs/states.md shows is that of a real run, in which one object is refused whoever asks for it: the
/// memory of a process gives nothing at its start.
#[cfg(target_os = "linux")]
#[test]
fn the_line_in_the_docs_is_what_is_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let made = root.join("fixtures/made/vehicle-12");
    let folder = tempfile::tempdir().unwrap();
    let objects = "ledger/2025/07/30/23";
    std::fs::create_dir_all(folder.path().join(objects)).unwrap();
    let name = |blocks| format!("{objects}/ZkyRRlsWHnPbSWRAeogs45.{blocks}.ion");
    for blocks in ["0-3", "8-11"] {
        let name = name(blocks);
        std::fs::copy(made.join(&name), folder.path().join(&name)).unwrap();
    }
    std::os::unix::fs::symlink("/proc/self/mem", folder.path().join(name("4-7"))).unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_sealion"))
        .current_dir(&folder)
        .args([
            "verify",
            "ledger",
            "--checkpoint",
            "ledger.checkpoint",
            "--checkpoint-every",
            "0",
        ])
        .arg("--digest")
        .arg(made.join("digest.json"))
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(2), "{run:?}");
    let printed = String::from_utf8(run.stdout).unwrap();
    let page = std::fs::read_to_string(root.join("docs/states.md")).unwrap();
    let of = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .filter(|line| line.starts_with("  checkpoint  "));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(of(&printed).len(), 1, "{printed}");
    assert_eq!(of(&page), of(&printed));
}
