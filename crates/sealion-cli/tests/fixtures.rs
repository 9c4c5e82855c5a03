//! Every made fixture comes out as its `expect.toml` says.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The value of a line `key = value` of a flat TOML file; values are JSON as well.
fn expected(text: &str, key: &str) -> Option<Value> {
    let line = text
        .lines()
        .find(|line| line.starts_with(&format!("{key} = ")))?;
    let value = line.split_once(" = ")?.1;
    Some(serde_json::from_str(value).expect("a JSON value"))
}

#[test]
fn made_fixtures_come_out_as_expected() {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/made");
    let mut seen = 0;
    for entry in std::fs::read_dir(made).unwrap().flatten() {
        let folder = entry.path();
        let expect = std::fs::read_to_string(folder.join("expect.toml")).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_sealion"))
            .current_dir(&folder)
            .args([
                "verify",
                "ledger",
                "--digest",
                "digest.json",
                "--output",
                "json",
            ])
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let name = folder.display();
        assert_eq!(
            Some(&report["verdict"]),
            expected(&expect, "verdict").as_ref(),
            "{name}"
        );
        let findings = report["findings"].as_array().unwrap();
        let codes = expected(&expect, "codes").unwrap();
        for code in codes.as_array().unwrap() {
            assert!(
                findings.iter().any(|f| f["code"] == *code),
                "{name}: {code}"
            );
        }
        if let Some(first) = expected(&expect, "first_address") {
            assert_eq!(findings[0]["sequence_no"], first, "{name}");
        }
        seen += 1;
    }
    assert_eq!(seen, 4);
}
