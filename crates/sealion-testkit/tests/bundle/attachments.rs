//! What lies beside the evidence: compared by its hash where it is there, and never taken for evidence.

use super::common::text;
use super::*;
use sealion::bundle::Attachment;
use sealion_testkit::Mix;

const NOTE: &[u8] = b"who kept what where, in plain words";

fn with_file(bytes: &[u8]) -> (String, Digest) {
    let ledger = Ledger::new(4, 12, Mix::Vehicle);
    let archive = Memory::new().with("j", text(&ledger));
    let trusted = digest(&ledger, ledger.tip());
    let (mut bundle, prover) = begun(&archive, &trusted);
    bundle.add_block(&prover, &archive, 7).unwrap();
    bundle.attach(Attachment::file("custody.txt", bytes).unwrap());
    bundle.attach(Attachment::time_stamp_token(&[0x30, 0x82]));
    bundle.attach(Attachment::note("from the safe"));
    (file(&bundle), trusted)
}

fn notes(report: &Report) -> usize {
    let mut findings = report.findings().iter();
    let named = findings
        .by_ref()
        .filter(|finding| finding.message.contains("attached as custody.txt"));
    named
        .inspect(|finding| assert_eq!(finding.severity, Severity::Note))
        .count()
}

#[test]
fn absent_present_under_any_name_and_another_one() {
    let (json, trusted) = with_file(NOTE);
    let with = |others: &[(&str, &[u8])]| verify_with(json.as_bytes(), others, Some(&trusted));
    let absent = with(&[]);
    assert_eq!(absent.verdict(), Verdict::Verified);
    assert_eq!(notes(&absent), 0);
    for name in [
        "custody.txt",
        "folder/custody.txt",
        r"C:\custody.txt",
        "another name",
    ] {
        let report = with(&[(name, NOTE)]);
        assert_eq!(report.verdict(), Verdict::Verified, "{report}");
        assert_eq!(notes(&report), 1, "{report}");
    }
    // A copy elsewhere is as good.
    let report = with(&[("custody.txt", b"else"), ("b", NOTE)]);
    assert_eq!((report.verdict(), notes(&report)), (Verdict::Verified, 1));
    for bit in [0, 1, NOTE.len() * 8 - 1] {
        let mut changed = NOTE.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        let report = with(&[("custody.txt", &changed)]);
        assert_eq!(report.verdict(), Verdict::Failed, "{report}");
        assert!(has(&report, Code::Request, Severity::Failure), "{report}");
        // Under another name nobody said that it is the one.
        let report = with(&[("another name", &changed)]);
        assert_eq!((report.verdict(), notes(&report)), (Verdict::Verified, 0));
    }
}

#[test]
fn bytes_are_taken_as_stored() {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(NOTE).unwrap();
    let packed = packed.finish().unwrap();
    let (json, trusted) = with_file(&packed);
    let report = verify_with(json.as_bytes(), &[("custody.txt", &packed)], Some(&trusted));
    assert_eq!(
        (report.verdict(), notes(&report)),
        (Verdict::Verified, 1),
        "{report}"
    );
    let report = verify_with(json.as_bytes(), &[("custody.txt", NOTE)], Some(&trusted));
    assert_eq!(report.verdict(), Verdict::Failed, "{report}");
}

#[test]
fn an_export_that_is_attached_is_verified_for_itself() {
    let ledger = Ledger::new(4, 12, Mix::Vehicle);
    let object = text(&ledger);
    let archive = Memory::new().with("j.ion", object.clone());
    let trusted = digest(&ledger, ledger.tip());
    let (mut bundle, prover) = begun(&archive, &trusted);
    bundle
        .add_revisions(&prover, &archive, &WantedRevisions::all())
        .unwrap();
    bundle.attach(Attachment::file("j.ion", object.as_slice()).unwrap());
    let json = file(&bundle);
    let report = verify_with(json.as_bytes(), &[("j.ion", &object)], Some(&trusted));
    assert_eq!(report.verdict(), Verdict::Verified, "{report}");
    assert_eq!(report.strands[0].blocks, 12);
    let mut changed = object.clone();
    let at = changed
        .windows(5)
        .position(|five| five == b"data:")
        .unwrap()
        + 8;
    changed[at] ^= 1;
    let report = verify_with(json.as_bytes(), &[("j.ion", &changed)], Some(&trusted));
    assert_eq!(report.verdict(), Verdict::Failed, "{report}");
    assert!(has(&report, Code::Request, Severity::Failure), "{report}");
}
