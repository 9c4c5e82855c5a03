//! A key is a name, whatever is in it.

use super::*;
use sealion::{Code, Verdict, Verifier};

/// Keys that would be another one if they were paths or URLs, or a terminal's orders.
const ODD: [&str; 7] = [
    "p/&#10;VERIFIED&#27;[2J.ion",
    "p/../../etc/passwd",
    "p/./a.ion",
    "p//a.ion",
    "p//etc/passwd",
    "p/a.ion/",
    "p/b/..",
];

#[test]
fn an_odd_key_is_never_asked_for_and_never_left_out() {
    let mut keys = [&ODD[..], &["p/", "p/a.ion", "p/a?b#c%2e%2e&amp;d.ion"]].concat();
    keys.sort_unstable();
    // The order of what the references stand for.
    keys.sort_by_key(|key| {
        key.replace("&#10;", "\n")
            .replace("&#27;", "\u{1b}")
            .replace("&amp;", "&")
    });
    let server = serve(move |request| match request.parameter("list-type") {
        Some(_) => {
            let size = |key: &str| if key == "p/" { 0 } else { SIZE };
            let objects = keys.iter().map(|key| object(key, size(key)));
            whole(&objects.collect::<Vec<_>>())
        }
        None => honest(),
    });
    let archive = open(server.address).unwrap();
    let report = Verifier::new().verify(&archive).unwrap();
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
    let asked = server.seen();
    let asked: Vec<&str> = asked
        .iter()
        .filter_map(|seen| seen.head.split(' ').nth(1))
        .collect();
    for target in &asked[1..] {
        let plain = ["/b/p/a.ion", "/b/p/a%3Fb%23c%252e%252e%26d.ion"];
        assert!(plain.contains(target), "{asked:?}");
    }
    let told = report.to_string();
    assert_eq!(
        report.finding_totals[&Code::Unreadable],
        ODD.len() as u64,
        "{told}"
    );
    assert!(told.contains("cannot be asked for from here"), "{told}");
    assert!(told.contains("s3://b/p/../../etc/passwd"), "{told}");
    assert!(
        !told.replace('\n', "").contains(sealion::escape::is_hidden),
        "{told}"
    );
    assert!(!told.contains("\nVERIFIED"), "{told}");
}
