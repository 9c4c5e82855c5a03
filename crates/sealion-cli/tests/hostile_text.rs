//! Hostile text in every string, symbol and field name of every input, and in names of files: no verb lets it out
//! raw, neither into a pipe nor onto a terminal, on standard output or standard error.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ion_rs::Element;
use sealion::escape::is_hidden;
use sealion_testkit::hostile::{each, each_json, everywhere, FORMULA, TEXT};
use sealion_testkit::write::export::Format;
use sealion_testkit::write::{evidence, stream};
use sealion_testkit::{Ledger, Mix, Rng};
use serde_json::Value;
use tempfile::TempDir;

/// How a verb writes its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    Json,
    Csv,
}

/// A folder in which the program runs.
struct Place {
    folder: TempDir,
    /// On a terminal, by python3's `pty`; else into pipes.
    terminal: bool,
}

/// Runs a command with a terminal for its standard output and error; what came goes to standard output.
const PTY: &str =
    "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

impl Place {
    fn new(terminal: bool) -> Place {
        let folder = tempfile::tempdir().unwrap();
        Place { folder, terminal }
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    fn run(&self, arguments: &[&OsStr]) -> Output {
        let program = env!("CARGO_BIN_EXE_sealion");
        let mut command = match self.terminal {
            true => {
                let mut command = Command::new("python3");
                command.args(["-c", PTY, program]);
                command
            }
            false => Command::new(program),
        };
        // A pipe gets what a terminal would.
        let command = command.args(arguments).env("CLICOLOR_FORCE", "1");
        let output = command
            .env("TERM", "xterm")
            .current_dir(self.folder.path())
            .output();
        output.unwrap()
    }

    /// Runs a verb, and looks at all that it says.
    fn look(&self, arguments: &[&str], form: Form) -> Output {
        let plain: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        let output = self.run(&plain);
        let status = output.status.code();
        assert!(matches!(status, Some(0..=2)), "{arguments:?}: {output:?}");
        for (bytes, form) in [(&output.stdout, form), (&output.stderr, Form::Text)] {
            let text = std::str::from_utf8(bytes);
            let text = text.unwrap_or_else(|_| panic!("{arguments:?}: {bytes:?}"));
            let text = match self.terminal {
                true => text.replace("\r\n", "\n"),
                false => text.to_owned(),
            };
            if let Some(wrong) = wrong(&text, form) {
                panic!("{arguments:?}: {wrong} in {text:?}");
            }
        }
        output
    }
}

/// What of a text is not as it must be.
fn wrong(text: &str, form: Form) -> Option<String> {
    let mut rest = text.to_owned();
    for colour in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[4m"] {
        rest = rest.replace(colour, "");
    }
    for number in (31..=37).chain(91..=97) {
        rest = rest.replace(&format!("\u{1b}[{number}m"), "");
    }
    let hidden = rest.chars().find(|c| is_hidden(*c) && *c != '\n');
    if let Some(hidden) = hidden {
        return Some(format!("{hidden:?}"));
    }
    if rest
        .lines()
        .any(|line| line.starts_with("VERIFIED: all good"))
    {
        return Some("a made-up verdict".to_owned());
    }
    let formula = |cell: &str| cell.starts_with(['=', '+', '-', '@']);
    if form == Form::Csv {
        let mut builder = csv::ReaderBuilder::new();
        // On a terminal the remarks are among the rows.
        let mut reader = builder.flexible(true).from_reader(rest.as_bytes());
        let mut cells = reader.records().flat_map(|record| {
            let record = record.unwrap();
            record.iter().map(str::to_owned).collect::<Vec<_>>()
        });
        return cells.find(|cell| formula(cell));
    }
    None
}

/// A few blocks, the last one with a document.
fn small() -> Ledger {
    let mut made = (2..40).map(|count| Ledger::new(7, count, Mix::Vehicle));
    let has = |ledger: &Ledger| ledger.documents().any(|(block, _)| block == ledger.tip());
    made.find(has).unwrap()
}

fn blocks(ledger: &Ledger) -> Vec<Element> {
    ledger
        .blocks
        .iter()
        .map(|block| block.to_element())
        .collect()
}

/// Every verb that reads journals, on one that is hostile and its twin.
fn all_verbs(place: &Place) {
    for arguments in [
        &["verify", "hostile"][..],
        &["verify", "hostile", "--verbose", "--strict"],
        &[
            "verify",
            "hostile",
            "--digest",
            "digest.json",
            "--engine",
            "reference",
        ],
        &["verify", "hostile", "--dry-run"],
        &["show", "hostile"],
        &["compare", "hostile", "genuine"],
        &["compare", "genuine", "hostile"],
        &["compare", "digests", "hostile", "digest.json"],
    ] {
        place.look(arguments, Form::Text);
    }
    for arguments in [
        &[
            "verify",
            "hostile",
            "--output",
            "json",
            "--save-state",
            "state.json",
        ][..],
        &["compare", "hostile", "genuine", "--output", "json"],
        &["digest", "hostile"],
        &["extract", "hostile", "--all"],
        &["prove", "revision", "hostile", "--all"],
        &[
            "prove", "revision", "hostile", "--all", "--output", "receipt",
        ],
        &["prove", "block", "hostile", "--at", "1"],
        &[
            "bundle", "hostile", "--tip", "1", "--block", "1", "--output", "-",
        ],
    ] {
        place.look(arguments, Form::Json);
    }
    place.look(
        &["extract", "hostile", "--all", "--output", "csv"],
        Form::Csv,
    );
    if place.folder.path().join("state.json").exists() {
        place.look(&["state", "show", "state.json"], Form::Text);
        place.look(&["state", "merge", "state.json", "state.json"], Form::Json);
        place.look(&["verify", "hostile", "--state", "state.json"], Form::Text);
        place.look(&["show", "state.json"], Form::Text);
        let state = fs::read_to_string(place.folder.path().join("state.json")).unwrap();
        assert_eq!(wrong(&state, Form::Json), None);
        fs::remove_file(place.folder.path().join("state.json")).unwrap();
    }
}

fn journal(place: &Place, name: &str, values: &[Element], format: Format) {
    let bytes = format.encode(values, &Rng::new(0)).unwrap();
    place.put(&format!("{name}/journal.ion"), bytes);
}

fn beside(place: &Place, ledger: &Ledger) {
    journal(place, "genuine", &blocks(ledger), Format::Text);
    place.put("digest.json", evidence::get_digest(&ledger.digest()));
}

#[test]
fn one_place_of_a_journal_at_a_time() {
    let ledger = small();
    let place = Place::new(false);
    beside(&place, &ledger);
    let values = blocks(&ledger);
    let (last, first) = values.split_last().unwrap();
    let mut count = 0;
    for hostile in each(last) {
        count += 1;
        // The forms take turns; each has its own way into the library.
        let format = [Format::Text, Format::Binary, Format::Json][count % 3];
        journal(&place, "hostile", &[first, &[hostile]].concat(), format);
        all_verbs(&place);
    }
    assert!(count > 40, "{count}");
}

/// A journal that verifies, with hostile text wherever a hash covers it.
#[test]
fn a_sound_journal_of_hostile_text() {
    for terminal in [false, true] {
        let place = Place::new(terminal);
        let mut ledger = small();
        beside(&place, &ledger);
        sealion_testkit::hostile::sound(&mut ledger);
        let values = blocks(&ledger);
        for format in [Format::Text, Format::Binary, Format::Json] {
            journal(&place, "hostile", &values, format);
            all_verbs(&place);
        }
        let records = stream::whole(&ledger.blocks).unwrap();
        place.put("hostile/journal.ion", stream::firehose(&records, false));
        all_verbs(&place);
        // All is harmless, and nothing is lost.
        journal(&place, "hostile", &values, Format::Text);
        let rows = place.look(&["extract", "hostile", "--all"], Form::Json);
        if !terminal {
            assert_eq!(rows.status.code(), Some(0), "{rows:?}");
            let rows = String::from_utf8(rows.stdout).unwrap();
            let row: Value = serde_json::from_str(rows.lines().next().unwrap()).unwrap();
            assert!(
                row["document_id"].as_str().unwrap().ends_with(TEXT),
                "{row}"
            );
        }
    }
}

#[test]
fn a_journal_that_is_nothing_but_hostile() {
    for terminal in [false, true] {
        let place = Place::new(terminal);
        let ledger = small();
        beside(&place, &ledger);
        let values: Vec<Element> = blocks(&ledger).iter().map(everywhere).collect();
        for format in [Format::Text, Format::Binary, Format::Json] {
            journal(&place, "hostile", &values, format);
            all_verbs(&place);
        }
    }
}

/// Answers, receipts, digests, manifests and the like: one place each.
#[test]
fn evidence_of_every_form() {
    let ledger = small();
    let place = Place::new(false);
    beside(&place, &ledger);
    let made = |arguments: &[&str]| {
        let output = place.look(arguments, Form::Json);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let tip = ledger.tip();
    let proof = ledger.block_proof(tip, tip);
    let documents: Vec<String> = vec![
        evidence::get_digest(&ledger.digest()),
        evidence::get_block(&ledger.blocks[tip], Some(&proof)),
        made(&["prove", "revision", "genuine", "--all"]).lines().next().unwrap().to_owned(),
        made(&["prove", "revision", "genuine", "--all", "--output", "receipt"])
            .lines()
            .next()
            .unwrap()
            .to_owned(),
        made(&["prove", "consistency", "genuine", "--from", "0"]),
        made(&["bundle", "genuine", "--tip", "1", "--block", "1", "--note", "n", "--output", "-"]),
        made(&["verify", "genuine", "--output", "json"]),
        r#"{"keys":["a/one.ion"],"exportId":"AAAAAAAAAAAAAAAAAAAAAA","ledgerName":"n","kmsKeyArn":"k"}"#.to_owned(),
        r#"{"Records":[{"SequenceNumber":"1","Data":"eyJhIjoxfQ==","PartitionKey":"p"}],"NextShardIterator":"i"}"#
            .to_owned(),
        r#"{"Name":"n","Arn":"a","State":"ACTIVE","DeletionProtection":true}"#.to_owned(),
    ];
    let mut count = 0;
    for document in &documents {
        let document: Value = serde_json::from_str(document).unwrap();
        for hostile in each_json(&document) {
            count += 1;
            place.put("hostile", serde_json::to_string(&hostile).unwrap());
            place.look(&["verify", "hostile", "genuine", "--verbose"], Form::Text);
            place.look(&["show", "hostile"], Form::Text);
            // The others take turns.
            let digests = ["compare", "digests", "hostile", "digest.json"];
            let json = ["--output", "json"];
            let (arguments, form) = match count % 5 {
                0 => (vec!["verify", "hostile", json[0], json[1]], Form::Json),
                1 => (digests.to_vec(), Form::Text),
                2 => ([&digests[..], &json].concat(), Form::Json),
                3 => (vec!["verify", "genuine", "--digest", "hostile"], Form::Text),
                _ => (vec!["verify", "genuine", "--state", "hostile"], Form::Text),
            };
            place.look(&arguments, form);
        }
    }
    assert!(count > 100, "{count}");
}

/// Answers saved with `--output text` and `--output yaml`.
#[test]
fn answers_saved_as_text() {
    let place = Place::new(false);
    for text in [
        format!("BLOCK\t{TEXT}\nPROOF\t{TEXT}\n"),
        format!("Block:\n  IonText: '{TEXT}'\n"),
        format!("Revision:\n  IonText: \"{{a:'{TEXT}'}}\"\n{TEXT}: 1\n"),
        format!("{TEXT}@1"),
        format!("{{'{TEXT}': 1}}"),
        format!("$ion_1_0 '{TEXT}'::{{a: \"{TEXT}\"}}"),
        format!("{{a: {TEXT}}}"),
    ] {
        place.put("hostile", text);
        place.look(&["verify", "hostile"], Form::Text);
        place.look(&["show", "hostile"], Form::Text);
        place.look(&["verify", "hostile", "--digest", "hostile"], Form::Text);
        place.look(&["verify", "hostile", "--output", "json"], Form::Json);
    }
}

#[cfg(unix)]
#[test]
fn names_of_files_and_arguments() {
    let hostile = format!("{FORMULA}{TEXT}").replace(['\0', '/'], "");
    for terminal in [false, true] {
        let place = Place::new(terminal);
        let ledger = small();
        beside(&place, &ledger);
        let name = format!("hostile/{hostile}.ion");
        let text = Format::Text.encode(&blocks(&ledger), &Rng::new(0)).unwrap();
        place.put(&name, &text);
        all_verbs(&place);
        place.put(&name, &text[..text.len() / 2]);
        all_verbs(&place);
        place.put(&name, evidence::get_digest(&ledger.digest()));
        all_verbs(&place);
        for arguments in [
            &["verify", "genuine", "--digest", &name][..],
            &["verify", &hostile],
            &["show", &hostile],
            &["show", &name],
            &["state", "show", &name],
            &["verify", "genuine", "--state", &name],
            &["verify", "genuine", "--strand", &hostile],
            &["verify", "genuine", "--digest", &hostile],
            &["verify", "genuine", "--limit", &hostile],
            &["verify", "genuine", "--from", &hostile],
            &["verify", "genuine", "--engine", &hostile],
            &["verify", "genuine", &format!("--{hostile}")],
            &[
                "verify",
                "genuine",
                "--save-state",
                &format!("{hostile}/state"),
            ],
            &[
                "verify",
                "genuine",
                "--checkpoint",
                &format!("hostile/{hostile}"),
            ],
            &["extract", "genuine", "--document", &hostile],
            &["prove", "revision", "genuine", "--document", &hostile],
            &["prove", "block", "genuine", "--at", "0", "--index", &name],
            &[
                "bundle",
                "genuine",
                "--tip",
                "1",
                "--document",
                &hostile,
                "--output",
                "-",
            ],
            &[
                "bundle", "genuine", "--tip", "1", "--block", "1", "--attach", &name, "--output",
                &hostile,
            ],
            &["man", &hostile],
            &[&hostile],
        ] {
            place.look(arguments, Form::Text);
        }
    }
}

/// A path that is not UTF-8 is no exception.
#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let place = Place::new(false);
    let name = OsStr::from_bytes(b"\x9b2J\xff\x1b[2J");
    fs::create_dir(place.folder.path().join("hostile")).unwrap();
    fs::write(place.folder.path().join("hostile").join(name), "{}").unwrap();
    place.look(&["verify", "hostile"], Form::Text);
    let output = place.run(&[
        OsStr::new("show"),
        Path::new("hostile").join(name).as_os_str(),
    ]);
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(wrong(&text, Form::Text), None, "{text:?}");
}
