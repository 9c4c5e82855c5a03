//! The built program in a folder with `ledger/`, a made export and its digest.

use std::path::Path;
use std::process::{Command, Output};

/// Runs it with these words, in `folder`.
pub fn sealion(folder: &Path, words: &str) -> Output {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/made/vehicle-12");
    let link = folder.join("ledger");
    if !link.exists() {
        std::os::unix::fs::symlink(fixtures, link).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealion"));
    let words = words.split(' ');
    command.current_dir(folder).args(words).output().unwrap()
}
