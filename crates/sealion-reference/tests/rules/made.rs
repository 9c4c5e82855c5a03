//! A made journal with every kind of block and revision, whose hashes follow from the rules: what the
//! published example has none of. Its internal entries are made up, as the service's cannot be known.

use crate::edit::{flip, set, without};
use base64::{engine::general_purpose::STANDARD, Engine};
use ion_rs::Element;
use sealion_reference::journal::{
    self, check, Answer, Block, DeletionRule, RecomputedRevision, Revision, Rule,
};
use sealion_reference::{
    consistency_path, dot, dot_or_empty, ion_hash, proof, root, sha256, verify_consistency, Hash,
};

pub const STRAND: &str = "AnExampleStrandOf22Car";

fn ion(text: &str) -> Element {
    Element::read_one(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn blob(hash: &[u8]) -> String {
    format!("{{{{{}}}}}", STANDARD.encode(hash))
}

fn h(text: &str) -> Hash {
    ion_hash(&ion(text)).unwrap()
}

/// A revision with the given content, and the hash that `data` gives with its metadata.
fn revision(sequence_no: usize, id: &str, data_hash: Option<Hash>, content: &str) -> String {
    let metadata = format!(
        "{{id:\"{id}\",version:{sequence_no},txTime:2021-02-03T04:05:06.070Z,txId:\"tx\"}}"
    );
    let hash = dot_or_empty(data_hash, Some(h(&metadata))).unwrap();
    format!(
        "{{blockAddress:{{strandId:\"{STRAND}\",sequenceNo:{sequence_no}}},hash:{},{content}metadata:{metadata}}}",
        blob(&hash)
    )
}

fn user(sequence_no: usize, id: &str, data: &str) -> String {
    revision(sequence_no, id, Some(h(data)), &format!("data:{data},"))
}

fn redacted(sequence_no: usize, id: &str, data: &str) -> String {
    let hash = h(data);
    revision(
        sequence_no,
        id,
        Some(hash),
        &format!("dataHash:{},", blob(&hash)),
    )
}

/// The revisions and infos of one block.
#[derive(Default)]
struct Parts {
    revisions: Vec<String>,
    transaction_info: Option<String>,
    redaction_info: Option<String>,
    internal: usize,
}

fn block(sequence_no: usize, previous: Option<Hash>, parts: &Parts) -> Element {
    let mut entries: Vec<Hash> = (0..parts.internal)
        .map(|i| sha256(format!("internal {sequence_no} {i}").as_bytes()))
        .collect();
    let mut fields = String::new();
    if !parts.revisions.is_empty() {
        let values: Vec<Element> = parts.revisions.iter().map(|r| ion(r)).collect();
        let hashes: Vec<Hash> = values
            .iter()
            .map(|value| Revision::read(value).unwrap().hash)
            .collect();
        entries.insert(entries.len() / 2, root(&hashes).unwrap());
        fields += &format!("revisions:[{}],", parts.revisions.join(","));
    }
    for (name, info) in [
        ("transactionInfo", &parts.transaction_info),
        ("redactionInfo", &parts.redaction_info),
    ] {
        if let Some(info) = info {
            entries.push(h(info));
            fields += &format!("{name}:{info},");
        }
    }
    let entries_hash = root(&entries).unwrap();
    let block_hash = dot_or_empty(Some(entries_hash), previous).unwrap();
    let list: Vec<String> = entries.iter().map(|hash| blob(hash)).collect();
    ion(&format!(
        "{{blockAddress:{{strandId:\"{STRAND}\",sequenceNo:{sequence_no}}},transactionId:\"tx\",\
         blockTimestamp:2021-02-03T04:05:06.080Z,blockHash:{},entriesHash:{},previousBlockHash:{},\
         entriesHashList:[{}],{fields}}}",
        blob(&block_hash),
        blob(&entries_hash),
        previous.map_or("{{}}".to_owned(), |hash| blob(&hash)),
        list.join(",")
    ))
}

/// Eleven blocks: a table made, documents written, one redacted, one deleted, one only read.
pub fn journal() -> Vec<Element> {
    let info = |text: &str| Some(format!("{{statements:[{{statement:\"{text}\"}}]}}"));
    let internal = |name: &str| format!("{{hash:{}}}", blob(&sha256(name.as_bytes())));
    let mut parts = vec![
        Parts {
            revisions: vec![internal("table")],
            transaction_info: info("CREATE TABLE Boat"),
            internal: 2,
            ..Parts::default()
        },
        Parts {
            internal: 1, // a block that the service made for itself
            ..Parts::default()
        },
        Parts {
            revisions: vec![
                user(2, "a", "{name:\"Auk\",mast:3,mast:4}"),
                redacted(2, "b", "{owner:\"somebody\"}"),
                internal("index"),
            ],
            transaction_info: info("INSERT"),
            internal: 2,
            ..Parts::default()
        },
        Parts {
            transaction_info: info("SELECT"), // read, and nothing written
            internal: 2,
            ..Parts::default()
        },
        Parts {
            transaction_info: info("EXEC REDACT_REVISION"),
            redaction_info: Some(format!(
                "{{revisions:[{{blockAddress:{{strandId:\"{STRAND}\",sequenceNo:2}},tableId:\"t\",documentId:\"b\",version:2}}]}}"
            )),
            internal: 2,
            ..Parts::default()
        },
        Parts {
            revisions: vec![revision(5, "a", None, "")], // deleted
            transaction_info: info("DELETE"),
            internal: 2,
            ..Parts::default()
        },
    ];
    parts.extend((6..11).map(|i| {
        Parts {
            revisions: (0..i - 4)
                .map(|j| user(i, "c", &format!("{{n:{j}}}")))
                .collect(),
            transaction_info: info("UPDATE"),
            internal: i % 4,
            ..Parts::default()
        }
    }));
    let mut previous = None;
    parts
        .iter()
        .enumerate()
        .map(|(i, parts)| {
            let value = block(i, previous, parts);
            previous = Some(Block::read(&value).unwrap().block_hash);
            value
        })
        .collect()
}

fn leaves(journal: &[Element]) -> Vec<Hash> {
    journal
        .iter()
        .map(|value| Block::read(value).unwrap().block_hash)
        .collect()
}

/// The failures of all blocks, each with the index of its block.
fn failures(journal: &[Element]) -> Vec<(usize, Rule)> {
    check(journal)
        .iter()
        .enumerate()
        .flat_map(|(i, result)| {
            let checked = result.as_ref().unwrap();
            let failed: Vec<_> = checked.failures().map(|o| (i, o.rule)).collect();
            failed
        })
        .collect()
}

#[test]
fn all_holds() {
    let journal = journal();
    assert_eq!(failures(&journal), []);
    let results = check(&journal);
    let counts: Vec<_> = results
        .iter()
        .map(|result| {
            let checked = result.as_ref().unwrap();
            let count = |rule| checked.outcomes.iter().filter(|o| o.rule == rule).count();
            (
                count(Rule::RevisionHash),
                count(Rule::RedactionInfo),
                count(Rule::ChainLink),
                checked.internal_entries.len(),
            )
        })
        .collect();
    assert_eq!(
        counts,
        [
            (1, 0, 0, 2),
            (0, 0, 1, 1),
            (3, 0, 1, 2),
            (0, 0, 1, 2),
            (0, 1, 1, 2),
            (1, 0, 1, 2),
            (2, 0, 1, 2),
            (3, 0, 1, 3),
            (4, 0, 1, 0),
            (5, 0, 1, 1),
            (6, 0, 1, 2),
        ]
    );
}

#[test]
fn digests_at_every_tip() {
    let journal = journal();
    let leaves = leaves(&journal);
    for count in 1..=journal.len() {
        let digest = journal::digest(&journal[..count]).unwrap();
        assert_eq!(Some(digest), root(&leaves[..count]));
        for first in 1..=count {
            let old = journal::digest(&journal[..first]).unwrap();
            let path = consistency_path(first, &leaves[..count]);
            assert!(verify_consistency(
                first as u64,
                count as u64,
                &old,
                &digest,
                &path
            ));
        }
    }
}

#[test]
fn digest_needs_the_whole_journal() {
    let journal = journal();
    let error = |blocks: &[Element]| journal::digest(blocks).unwrap_err().to_string();
    assert_eq!(error(&[]), "there are no blocks");
    assert_eq!(error(&journal[1..]), "block 0 expected, block 1 found");
    let mut gap = journal.clone();
    gap.remove(4);
    assert_eq!(error(&gap), "block 4 expected, block 5 found");
    let mut other = journal.clone();
    other[3] = set(&journal[3], &["blockAddress", "strandId"], "Other");
    assert_eq!(
        error(&other),
        format!("strand {STRAND} expected, strand Other found")
    );
    let mut lacking = journal.clone();
    lacking[3] = without(&journal[3], &["blockHash"]);
    assert_eq!(error(&lacking), "blockHash is missing");
}

#[test]
fn proofs_of_every_block_and_revision_under_every_tip() {
    let journal = journal();
    let leaves = leaves(&journal);
    let mut revisions = 0;
    for tip in 0..journal.len() {
        let digest = journal::digest(&journal[..=tip]).unwrap();
        for (i, value) in journal[..=tip].iter().enumerate() {
            let block = Block::read(value).unwrap();
            let (at, under) = (i as u64, tip as u64);
            let hashes = proof::block_proof(i, &leaves[..=tip]);
            proof::check_block(&block.block_hash, at, under, &hashes, &digest).unwrap();
            for (r, hash) in block.revision_hashes.iter().enumerate() {
                let hashes = proof::revision_proof(&block, r, &leaves[..=tip]).unwrap();
                proof::check_revision(hash, at, under, &hashes, &digest).unwrap();
                revisions += 1;
                if i % 2 == 1 {
                    assert_parity_is_seen(hash, at, under, &hashes);
                }
            }
        }
    }
    assert_eq!(revisions, 94);
}

/// Another previous hash in front of the block's own sibling: made to fold, and refused. And the
/// genuine proof of this odd block, said to be that of the even one before it.
fn assert_parity_is_seen(hash: &Hash, at: u64, tip: u64, hashes: &[Hash]) {
    let above = sealion_reference::siblings(at, tip + 1) as usize;
    let mut forged = hashes.to_vec();
    forged[hashes.len() - above - 1] = sha256(b"another previous block");
    let digest = sealion_reference::fold(hash, &forged);
    assert_eq!(
        proof::check_revision(hash, at, tip, &forged, &digest),
        Err(proof::Refusal::Parity)
    );
    if at > 1 {
        let digest = sealion_reference::fold(hash, hashes);
        assert_eq!(
            proof::check_revision(hash, at - 1, tip, hashes, &digest),
            Err(proof::Refusal::Parity)
        );
    }
}

#[test]
fn no_proof_of_what_is_not_there() {
    let journal = journal();
    let leaves = leaves(&journal);
    let block = Block::read(&journal[2]).unwrap();
    assert!(proof::revision_proof(&block, 3, &leaves).is_none());
    assert!(proof::revision_proof(&block, 0, &leaves[..2]).is_none());
    let changed = flip(&journal[2], &["revisions", "0", "hash"], 7);
    let changed = Block::read(&changed).unwrap();
    assert!(proof::revision_proof(&changed, 0, &leaves).is_none());
    let none = Block::read(&journal[3]).unwrap();
    assert!(proof::revision_proof(&none, 0, &leaves).is_none());
}

#[test]
fn a_link_broken() {
    let journal = journal();
    // Another block 4, right in itself: only the link of block 5 sees it.
    let mut forged = journal.clone();
    let before = Block::read(&journal[3]).unwrap().block_hash;
    let parts = Parts {
        internal: 3,
        ..Parts::default()
    };
    forged[4] = block(4, Some(before), &parts);
    assert_eq!(failures(&forged), [(5, Rule::ChainLink)]);

    // A block 0 may have a previous hash of 32 bytes, but no other block an empty one.
    let mut begun = journal.clone();
    begun[0] = block(0, Some(sha256(b"before all")), &parts);
    assert_eq!(failures(&begun), [(1, Rule::ChainLink)]);
    let mut cut = journal.clone();
    cut[4] = block(4, None, &parts);
    let results = check(&cut);
    assert_eq!(
        results[4].as_ref().unwrap_err().to_string(),
        "previousBlockHash has 0 bytes, a hash has 32"
    );
    // Its successor has no block before it that could be read, and is checked without the link.
    let after = results[5].as_ref().unwrap();
    assert!(after.outcomes.iter().all(|o| o.rule != Rule::ChainLink));
    assert!(results.iter().filter(|r| r.is_err()).count() == 1);
}

#[test]
fn links_of_neighbours_only() {
    let mut blocks = journal();
    let mut interrupted = journal();
    interrupted.insert(5, ion("{unreadable:true}"));
    let after = &check(&interrupted)[6];
    let after = &after.as_ref().unwrap().outcomes;
    assert!(after.iter().all(|o| o.rule != Rule::ChainLink));

    blocks.remove(4);
    blocks[7] = set(&blocks[7], &["blockAddress", "strandId"], "Other");
    let linked: Vec<bool> = check(&blocks)
        .iter()
        .map(|r| {
            let outcomes = &r.as_ref().unwrap().outcomes;
            outcomes.iter().any(|o| o.rule == Rule::ChainLink)
        })
        .collect();
    let expected = [
        false, true, true, true, false, true, true, false, false, true,
    ];
    assert_eq!(linked, expected);
}

#[test]
fn redactions_are_covered() {
    let journal = journal();
    let change = |i: usize, path: &[&str], bit| {
        let mut changed = journal.clone();
        changed[i] = flip(&journal[i], path, bit);
        failures(&changed)
    };
    for bit in 0..256 {
        assert_eq!(
            change(2, &["revisions", "1", "dataHash"], bit),
            [(2, Rule::RevisionHash)]
        );
    }
    let mut changed = journal.clone();
    let version = ["redactionInfo", "revisions", "0", "version"];
    changed[4] = set(&journal[4], &version, 1);
    assert_eq!(failures(&changed), [(4, Rule::RedactionInfo)]);
    // Redacted by hand: the true hash of the data in its place is as good as the data.
    changed[4] = journal[4].clone();
    let data = h("{name:\"Auk\",mast:3,mast:4}");
    let gone = without(&journal[2], &["revisions", "0", "data"]);
    let revision = gone
        .as_struct()
        .unwrap()
        .get("revisions")
        .unwrap()
        .as_list()
        .unwrap();
    let stripped = revision.get(0).unwrap().as_struct().unwrap();
    let stripped = stripped
        .clone_builder()
        .with_field("dataHash", Element::blob(data))
        .build();
    changed[2] = set(&gone, &["revisions", "0"], stripped);
    assert_eq!(failures(&changed), []);
}

#[test]
fn deletions_by_each_rule() {
    let metadata = "{id:\"a\",version:7}";
    let of_metadata = h(metadata);
    for (hash, expected) in [
        (of_metadata, Some(DeletionRule::MetadataAlone)),
        (dot(&h("null"), &of_metadata), Some(DeletionRule::NullData)),
        (dot(&h("{}"), &of_metadata), Some(DeletionRule::EmptyData)),
        (dot(&h("[]"), &of_metadata), None),
    ] {
        let value = ion(&format!("{{hash:{},metadata:{metadata}}}", blob(&hash)));
        let revision = Revision::read(&value).unwrap();
        let made = revision.recompute().unwrap();
        assert_eq!(made.deletion_rule(&revision.hash), expected);
        let answer = match expected {
            Some(_) => Answer::Holds,
            None => Answer::NotRecomputable,
        };
        assert_eq!(made.answer(&revision.hash), answer);
        // Other metadata under the same hash fits no rule.
        let changed = set(&value, &["metadata", "version"], 8);
        let made = Revision::read(&changed).unwrap().recompute().unwrap();
        assert_eq!(made.answer(&hash), Answer::NotRecomputable);
    }
}

#[test]
fn internal_revisions_are_leaves_and_no_more() {
    let journal = journal();
    let block = Block::read(&journal[2]).unwrap();
    let made = block.recompute().unwrap();
    assert_eq!(made.revisions[2], RecomputedRevision::Unknown);
    assert_eq!(
        made.revisions[2].answer(&block.revision_hashes[2]),
        Answer::NotRecomputable
    );
    let mut changed = journal.clone();
    changed[2] = flip(&journal[2], &["revisions", "2", "hash"], 100);
    assert_eq!(failures(&changed), [(2, Rule::RevisionsRoot)]);
}

#[test]
fn a_streams_summary_keeps_the_same_rules() {
    let journal = journal();
    let revisions = journal[2].as_struct().unwrap().get("revisions").unwrap();
    let summaries: Vec<String> = Block::read(&journal[2])
        .unwrap()
        .revision_hashes
        .iter()
        .map(|hash| format!("{{hash:{},documentId:\"a\"}}", blob(hash)))
        .collect();
    let summaries = ion(&format!("[{}]", summaries.join(",")));
    let summary = without(&journal[2], &["revisions"]);
    let summary = summary.as_struct().unwrap().clone_builder();
    let summary: Element = summary
        .with_field("revisionSummaries", summaries)
        .build()
        .into();
    let mut changed = journal.clone();
    changed[2] = summary.clone();
    assert_eq!(failures(&changed), []);
    let rules = |i: usize| check(&changed)[i].as_ref().unwrap().outcomes.len();
    assert_eq!(rules(2), 5, "as before, less three revisions");
    changed[2] = flip(&summary, &["revisionSummaries", "1", "hash"], 0);
    assert_eq!(failures(&changed), [(2, Rule::RevisionsRoot)]);

    let both = summary.as_struct().unwrap().clone_builder();
    let both: Element = both
        .with_field("revisions", revisions.clone())
        .build()
        .into();
    assert_eq!(
        Block::read(&both).unwrap_err().to_string(),
        "revisions and revisionSummaries stand side by side"
    );
}

#[test]
fn no_entries() {
    let mut journal = journal();
    journal[1] = set(&journal[1], &["entriesHashList"], ion("[]"));
    assert_eq!(failures(&journal), [(1, Rule::EntriesHash)]);
}
