//! Results on standard output, all else on standard error; colour only where it is
//! wanted; a closed pipe is no error.

use std::process::{Command, Output, Stdio};

fn sealion(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealion"));
    command
        .args(arguments)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("CLICOLOR")
        .stdin(Stdio::null());
    command
}

fn run(command: &mut Command) -> Output {
    command.output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

#[test]
fn complaints_go_to_standard_error_with_status_2() {
    for arguments in [
        &["verify"] as &[&str],
        &["verify", "nothing-here"],
        &["verify", "src", "--digest", "AAAA"],
        &["verify", "src", "--from", "5", "--to", "4"],
        &["digest", "nothing-here"],
        &["frobnicate"],
        &["man", "frobnicate"],
    ] {
        let output = run(&mut sealion(arguments));
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
        let complaint = text(&output.stderr);
        assert!(
            complaint.starts_with("sealion: "),
            "{arguments:?}: {complaint}"
        );
        assert!(
            complaint.lines().count() > 1,
            "no advice for {arguments:?}: {complaint}"
        );
    }
}

#[test]
fn a_reader_that_breaks_off_is_reported_and_says_nothing_itself() {
    for input in ["{$99999999999999999999999:1}", "{a:\"\\U00110000\"}"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("journal.ion");
        std::fs::write(&path, input).expect("the file can be written");
        let output = run(sealion(&["verify"]).arg(&path));
        assert_eq!(output.status.code(), Some(2), "{input}");
        assert_eq!(text(&output.stderr), "", "{input}");
        assert!(text(&output.stdout).contains("malformed"), "{input}");
    }
}

#[test]
fn help_goes_to_standard_output_with_status_0() {
    for arguments in [
        &["--help"] as &[&str],
        &["verify", "--help"],
        &["help", "digest"],
        &["-V"],
    ] {
        let output = run(&mut sealion(arguments));
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(text(&output.stderr), "", "{arguments:?}");
        assert!(!output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    for arguments in [&["man"] as &[&str], &["completions", "bash"], &["--help"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = run(sealion(arguments).stdout(writer));
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(text(&output.stderr), "", "{arguments:?}");
    }
}

#[test]
fn colour_is_left_out_of_pipes_unless_forced_and_never_with_no_color() {
    let help = |set: &[(&str, &str)]| {
        let output = run(sealion(&["--help"]).envs(set.iter().copied()));
        text(&output.stdout)
    };
    assert!(!help(&[]).contains('\u{1b}'));
    assert!(help(&[("CLICOLOR_FORCE", "1")]).contains('\u{1b}'));
    assert!(!help(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).contains('\u{1b}'));
}

#[test]
fn what_was_typed_cannot_drive_the_terminal() {
    let evil = "a\u{1b}[2J\u{9b}1m\rb\nc";
    for arguments in [
        &["verify", evil] as &[&str],
        &["verify", "src", "--digest", evil],
        &["man", evil],
    ] {
        let complaint = text(&run(&mut sealion(arguments)).stderr);
        assert!(
            complaint.contains("a\\u{1b}[2J\\u{9b}1m\\rb\\nc"),
            "{complaint:?}"
        );
        let control = complaint.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(control, None, "{complaint:?}");
    }
}
