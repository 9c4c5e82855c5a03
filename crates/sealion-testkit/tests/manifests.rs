//! What manifests say beside one another and beside the files: no hash covers it, so what does not fit is a warning.

use sealion::source::Memory;
use sealion::{Code, Report, Verdict, Verifier};
use sealion_testkit::agree::{engines, trusted};
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::{Ledger, Mix};

/// The words of all warnings of manifests.
fn warned(report: &Report) -> Vec<&str> {
    let all = report.findings().iter();
    let all = all.filter(|found| found.code == Code::Manifest);
    all.map(|found| found.message.as_str()).collect()
}

#[test]
fn what_does_not_fit_is_named_and_nothing_of_an_honest_export() {
    let ledger = Ledger::new(5, 12, Mix::Vehicle);
    for format in [Format::Text, Format::Binary, Format::Json] {
        let export = Export::new(format, 1);
        let objects: Vec<_> = ledger
            .blocks
            .chunks(4)
            .map(|part| export.object(part).unwrap())
            .collect();
        let keys: Vec<String> = objects.iter().map(|(key, _)| key.clone()).collect();
        let strand = &ledger.blocks[0].address.strand_id;
        let files = |manifests: [(String, Vec<u8>); 2]| {
            let all = objects.iter().cloned().chain(manifests);
            all.fold(Memory::new(), |memory, (name, bytes)| {
                memory.with(name, bytes)
            })
        };
        let verify = |archive: &Memory| {
            let report = engines(archive, &Verifier::new().against(trusted(&ledger.digest())));
            let told = report.verdict() == Verdict::Verified || format == Format::Json;
            assert!(told, "{report}");
            report
        };
        let honest = verify(&files(export.manifests(strand, &keys).unwrap()));
        assert!(warned(&honest).is_empty(), "{honest}");
        let twice = [&keys[..], &keys[1..2]].concat();
        let report = verify(&files(export.manifests(strand, &twice).unwrap()));
        assert!(
            matches!(warned(&report)[..], [one] if one.ends_with(" twice")),
            "{report}"
        );
        // Manifests are read in any format, whatever the objects have.
        let text = Export {
            format: Format::Text,
            ..export.clone()
        };
        for (own, other, words) in [
            (
                "outputFormat:\"ION_TEXT\"",
                "outputFormat:\"OTHER\"",
                "in another format",
            ),
            (
                "inclusiveStartTime:",
                "inclusiveStartTime:2031-01-01T00:00:00Z,was:",
                "from a later time on",
            ),
            (
                "exclusiveEndTime:",
                "exclusiveEndTime:2001-01-01T00:00:00Z,was:",
                "before an earlier time",
            ),
        ] {
            let [mut started, completed] = text.manifests(strand, &keys).unwrap();
            let written = String::from_utf8(started.1).unwrap();
            let own_format = format!("outputFormat:\"{}\"", format.output_format());
            let written = match own.starts_with("outputFormat") {
                true => written,
                false => written.replace("outputFormat:\"ION_TEXT\"", &own_format),
            };
            assert!(written.contains(own), "{written}");
            started.1 = written.replace(own, other).into_bytes();
            let report = verify(&files([started, completed]));
            let warned = warned(&report);
            assert_eq!(warned.len(), objects.len(), "{report}");
            assert!(warned.iter().all(|one| one.contains(words)), "{report}");
        }
        let [started, completed] = export.manifests(strand, &keys).unwrap();
        let mut other = Export {
            ledger: "another".to_owned(),
            ..export.clone()
        };
        other.export_id = "0123456789012345678901".to_owned();
        let more = other.manifests(strand, &keys).unwrap();
        let archive = more
            .into_iter()
            .fold(files([started, completed]), |memory, (name, bytes)| {
                memory.with(name, bytes)
            });
        let report = verify(&archive);
        assert!(
            matches!(warned(&report)[..], [one] if one.contains("several ledgers")),
            "{report}"
        );
    }
}
