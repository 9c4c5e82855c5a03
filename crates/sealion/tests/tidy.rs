//! Style that matters, as a test: data goes one way through the stages, and no
//! library prints or exits.

use std::path::{Path, PathBuf};

/// The stages from the left; `merkle` is arithmetic that findings use.
const STAGES: [&str; 6] = ["source", "blocks", "hashes", "merkle", "findings", "report"];

fn files(below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(below).unwrap().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false if path.extension().is_some_and(|ext| ext == "rs") => found.push(path),
            false => {}
        }
    }
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn stages_import_only_leftwards() {
    let mut wrong = Vec::new();
    let mut imports = 0;
    for (index, stage) in STAGES.iter().enumerate() {
        for file in files(&root().join("crates/sealion/src").join(stage)) {
            let text = std::fs::read_to_string(&file).unwrap();
            for right in STAGES.iter().skip(index + 1).chain(&["engine", "verify"]) {
                let import = format!("crate::{right}");
                if text.contains(&import) {
                    wrong.push(format!("{} uses {import}", file.display()));
                }
            }
            imports += text.matches("crate::").count();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(imports > 50, "the test looks at the wrong place");
}

#[test]
fn libraries_neither_print_nor_exit() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for library in [
        "sealion",
        "sealion-hash",
        "sealion-ion",
        "sealion-reference",
    ] {
        for file in files(&root().join("crates").join(library).join("src")) {
            seen += 1;
            let text = std::fs::read_to_string(&file).unwrap();
            for (number, line) in text.lines().enumerate() {
                let code = line.trim_start();
                let words = ["println!(", "print!(", "dbg!(", "process::exit"];
                if !code.starts_with("//") && words.iter().any(|word| code.contains(word)) {
                    wrong.push(format!("{}:{}: {code}", file.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 50, "the test looks at the wrong place");
}

/// What leaves the program is escaped there.
#[test]
fn the_program_writes_in_one_place() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in files(&root().join("crates/sealion-cli/src")) {
        if file.ends_with("terminal.rs") {
            continue;
        }
        seen += 1;
        let text = std::fs::read_to_string(&file).unwrap();
        for (number, line) in text.lines().enumerate() {
            let words = [
                "stdout(",
                "stderr(",
                "println!(",
                " print!(",
                "dbg!(",
                "Stdout",
            ];
            if words.iter().any(|word| line.contains(word)) {
                wrong.push(format!("{}:{}: {line}", file.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 10, "the test looks at the wrong place");
}

/// What it may take the place of is decided there.
#[test]
fn files_are_written_in_one_place() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for library in ["sealion", "sealion-cli"] {
        for file in files(&root().join("crates").join(library).join("src")) {
            if file.components().any(|part| part.as_os_str() == "output") {
                continue;
            }
            seen += 1;
            let text = std::fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            for line in code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
            {
                let words = [
                    "File::create",
                    "fs::write(",
                    "fs::rename",
                    "OpenOptions",
                    "NamedTempFile",
                    "tempfile_in",
                ];
                if words.iter().any(|word| line.contains(word)) {
                    wrong.push(format!("{}: {line}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 50, "the test looks at the wrong place");
}

#[test]
fn every_made_fixture_says_what_it_shows() {
    let made = root().join("fixtures/made");
    let mut seen = 0;
    for entry in std::fs::read_dir(&made).unwrap().flatten() {
        if entry.path().is_dir() {
            seen += 1;
            let expect = entry.path().join("expect.toml");
            assert!(expect.is_file(), "{} is missing", expect.display());
        }
    }
    assert!(seen > 0, "no made fixture");
}
