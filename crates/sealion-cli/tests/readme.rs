//! Every transcript in the README is real output, and so is every one on fixtures in other pages; a last line `…` stands
//! for more of it.

use std::path::Path;
use std::process::Command;

/// Commands in ```console blocks, each with the output that is shown.
fn transcripts(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match (inside, line) {
            (false, "```console") => inside = true,
            (true, "```") => inside = false,
            (true, line) => match (line.strip_prefix("$ "), found.last_mut()) {
                (Some(command), _) => found.push((command.to_owned(), String::new())),
                (None, Some((_, output))) => {
                    output.push_str(line);
                    output.push('\n');
                }
                (None, None) => panic!("output without a command: {line}"),
            },
            (false, _) => {}
        }
    }
    found
}

#[test]
fn transcripts_are_real() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    // What commands write must not stay in the sources.
    let folder = tempfile::tempdir().unwrap();
    let fixtures = root.join("fixtures").canonicalize().unwrap();
    std::os::unix::fs::symlink(fixtures, folder.path().join("fixtures")).unwrap();
    for (page, expected) in [("README.md", 4), ("docs/consistency.md", 2)] {
        let text = std::fs::read_to_string(root.join(page)).unwrap();
        let mut transcripts = transcripts(&text);
        if page != "README.md" {
            transcripts.retain(|(command, _)| command.contains(" fixtures/"));
        }
        for (command, shown) in &transcripts {
            let mut words = command.split(' ');
            assert_eq!(words.next(), Some("sealion"), "{command}");
            let output = Command::new(env!("CARGO_BIN_EXE_sealion"))
                .current_dir(&folder)
                .args(words)
                .output()
                .unwrap();
            let printed = String::from_utf8(output.stdout).unwrap();
            match shown.strip_suffix("…\n") {
                Some(start) => assert!(printed.starts_with(start), "{command}\n{printed}"),
                None => assert_eq!(printed, *shown, "{command}"),
            }
        }
        assert_eq!(transcripts.len(), expected, "{page}");
    }
}
