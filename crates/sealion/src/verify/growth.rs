//! How the work of a block's documents grows: with their number, not with its square.
//! What is counted is every look at an id.

use std::fmt::Write as _;

use crate::blocks::counted::{looks, COUNTED};
use crate::source::Memory;
use crate::{Engine, Verifier};

/// A block that names `count` documents and has a revision of each, in the other order.
/// Its hashes are wrong, which ends no check of documents.
fn block(count: usize) -> String {
    const HASH: &str = "{{AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=}}";
    const ADDRESS: &str = "{strandId:\"JdxjkR9bSYB5jMHWcI464T\",sequenceNo:1}";
    let mut text = format!(
        "{{blockAddress:{ADDRESS},transactionId:\"3Nt5xHkPEBE3ScFkFvLkQv\",blockTimestamp:2021-01-01T00:00:00.000Z,blockHash:{HASH},entriesHash:{HASH},previousBlockHash:{HASH},entriesHashList:[{HASH}],transactionInfo:{{statements:[],documents:{{"
    );
    for number in 0..count {
        write!(
            text,
            "'{COUNTED}{number:014}':{{tableName:\"t\",tableId:\"0123456789012345678901\",statements:[]}},"
        )
        .unwrap();
    }
    text.push_str("}},revisions:[");
    for number in (0..count).rev() {
        write!(text, "{{blockAddress:{ADDRESS},hash:{HASH},data:{{}},metadata:{{id:\"{COUNTED}{number:014}\",version:0,txTime:2021-01-01T00:00:00.000Z,txId:\"3Nt5xHkPEBE3ScFkFvLkQv\"}}}},").unwrap();
    }
    text.push_str("]}");
    text
}

#[test]
fn documents_are_looked_up_and_not_searched_for() {
    for engine in [Engine::Reference, Engine::Fast] {
        let work = |count: usize| {
            let archive = Memory::new().with("j", block(count).into_bytes());
            let verifier = Verifier::new().engine(engine).threads(1);
            let mut codes = Vec::new();
            let looks = looks(|| {
                let report = verifier.verify(&archive).unwrap();
                codes.extend(report.findings.iter().map(|finding| finding.code.as_str()));
            });
            assert!(!codes.contains(&"hidden-revision"), "{codes:?}");
            assert!(codes.contains(&"revision-hash"), "{codes:?}");
            looks
        };
        let counts = [500, 1000, 2000, 4000].map(work);
        assert!(counts[0] >= 1000, "{engine:?}: {counts:?} is not all of it");
        for pair in counts.windows(2) {
            assert!(pair[1] < pair[0] * 5 / 2, "{engine:?}: {counts:?}");
        }
    }
}
