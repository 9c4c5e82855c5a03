//! The pair hash sorts its two halves and has no mark of what they are: where one thing may be shown as two, or
//! as another, it is not said to be verified.

mod common;

use common::{archive, Form, FORMS};
use ion_rs::Element;
use sealion::extract::{extract, RowState};
use sealion::prove::WantedRevisions;
use sealion::source::Memory;
use sealion::{Code, Report, Severity, Verdict, Verifier};
use sealion_testkit::agree::trusted;
use sealion_testkit::block::{Content, Metadata, Revision};
use sealion_testkit::write::{evidence, export::Format};
use sealion_testkit::{Block, Ledger, Mix};

/// A block in which one document was written, and nothing else happened.
const AT: usize = 4;

/// A journal with a revision that has this data, alone in its block, and entries as `entries` puts them.
fn ledger(
    data: &dyn Fn(&Metadata) -> Element,
    entries: &dyn Fn(&mut Vec<Vec<u8>>, &Revision),
) -> Ledger {
    let mut blocks = Ledger::new(11, 9, Mix::Vehicle).blocks;
    let with_one = |block: &Block| {
        block
            .revisions()
            .iter()
            .position(|one| one.metadata.is_some())
    };
    let from = blocks
        .iter()
        .position(|block| with_one(block).is_some())
        .unwrap();
    let block = blocks[from].clone();
    let at = with_one(&block).unwrap();
    let address = blocks[AT].address.clone();
    let old = blocks[AT].revisions_root().map(|root| root.to_vec());
    let mut revision = block.revisions()[at].clone();
    let own = &mut blocks[AT];
    let metadata = revision.metadata.as_mut().unwrap();
    (metadata.id, metadata.version) = ("ABCDEFGHIJKL0123456789".to_owned(), 0);
    metadata.tx_id.clone_from(&own.transaction_id);
    metadata.tx_time = own.block_timestamp.clone();
    revision.content = Content::Data(data(metadata));
    revision.address = Some(address);
    revision.hash = revision.computed_hash().unwrap().to_vec();
    own.entries.retain(|entry| Some(entry) != old.as_ref());
    own.transaction_info = None;
    entries(&mut own.entries, &revision);
    own.revisions = Some(vec![revision]);
    sealed(blocks)
}

fn sealed(mut blocks: Vec<Block>) -> Ledger {
    for index in AT..blocks.len() {
        blocks[index].previous_block_hash = blocks[index - 1].block_hash.clone();
        blocks[index].entries_hash = blocks[index].entries_root().unwrap().to_vec();
        blocks[index].rehash();
    }
    Ledger::of(blocks)
}

fn verify(ledger: &Ledger, archive: &Memory) -> Report {
    let verifier = Verifier::new().against(trusted(&ledger.digest()));
    sealion_testkit::agree::engines(archive, &verifier)
}

fn has(report: &Report, code: Code, severity: Severity) -> bool {
    let mut all = report.findings().iter();
    all.any(|found| (found.code, found.severity) == (code, severity))
}

#[test]
fn data_of_the_form_of_metadata_is_not_verified_for_either_may_be_the_other() {
    let planted = |own: &Metadata| Metadata {
        id: "0123456789ABCDEFGHIJKL".to_owned(),
        version: 0,
        ..own.clone()
    };
    let genuine = ledger(&|own| planted(own).to_element(), &|entries, revision| {
        entries.push(revision.hash.clone());
    });
    let mut exchanged = genuine.clone();
    let revision = &mut exchanged.blocks[AT].revisions.as_mut().unwrap()[0];
    let own = revision.metadata.clone().unwrap();
    revision.content = Content::Data(own.to_element());
    revision.metadata = Some(planted(&own));
    assert_eq!(revision.computed_hash().unwrap().as_slice(), revision.hash);
    for copy in [&genuine, &exchanged] {
        for form in FORMS {
            let report = verify(&genuine, &archive(form, &copy.blocks, &[9], 1));
            assert_eq!(report.verdict(), Verdict::Inconclusive, "{form:?} {report}");
            assert!(
                has(&report, Code::RevisionHash, Severity::Incomplete),
                "{form:?} {report}"
            );
        }
        let proof = genuine.revision_proof(AT, 0, genuine.tip());
        let answer = evidence::get_revision(&copy.blocks[AT].revisions()[0], Some(&proof));
        let report = verify(
            &genuine,
            &Memory::new().with("revision", answer.into_bytes()),
        );
        assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
    }
}

#[test]
fn a_revision_split_into_two_entries_is_not_a_deletion_that_is_sure() {
    let info = [7; 32].to_vec();
    let genuine = ledger(
        &|_| Element::read_one("{VIN:\"1\"}").unwrap(),
        &|entries, revision| {
            *entries = vec![revision.hash.clone(), info.clone()];
        },
    );
    let mut split = genuine.clone();
    let block = &mut split.blocks[AT];
    let revision = &mut block.revisions.as_mut().unwrap()[0];
    let Content::Data(data) = std::mem::replace(&mut revision.content, Content::Nothing) else {
        panic!("it has data");
    };
    let half = revision.computed_hash().unwrap().to_vec();
    revision.hash.clone_from(&half);
    let data = sealion_reference::ion_hash(&data).unwrap().to_vec();
    block.entries = vec![data, half, info.clone()];
    assert_eq!(block.entries_root().unwrap().as_slice(), block.entries_hash);
    for format in [Format::Text, Format::Binary, Format::Json] {
        let report = verify(
            &genuine,
            &archive(Form::Export(format), &split.blocks, &[9], 1),
        );
        assert!(
            has(&report, Code::DeletionRule, Severity::Warning),
            "{report}"
        );
        let honest = verify(
            &genuine,
            &archive(Form::Export(format), &genuine.blocks, &[9], 1),
        );
        assert!(
            !has(&honest, Code::DeletionRule, Severity::Warning),
            "{honest}"
        );
    }
}

/// The block as an Ion struct, with `field` in place of one of that name, or besides.
fn with(block: &Block, field: &str, value: Element) -> Element {
    let element = block.to_element();
    let fields = element.as_struct().unwrap().fields();
    let others = fields.filter_map(|(name, value)| {
        let name = name.text().unwrap();
        (name != field).then(|| (name.to_owned(), value.clone()))
    });
    ion_rs::Struct::from_iter(others.chain([(field.to_owned(), value)])).into()
}

#[test]
fn what_has_not_the_form_of_transaction_info_is_none_though_its_hash_is_an_entry() {
    let data = Element::read_one("{VIN:\"1\",owner:\"Mallory\"}").unwrap();
    let nearly = [
        "{statements:[],documents:{}}",
        "{statements:{}}",
        "{revisions:[]}",
        "{documents:{}}",
        "{statements:[{statement:\"x\"}]}",
        "{revisions:[{documentId:\"x\",version:0}]}",
    ];
    let nearly = nearly.map(|text| Element::read_one(text).unwrap());
    for data in [data].iter().chain(&nearly[1..]) {
        let genuine = ledger(&|_| data.clone(), &|entries, revision| {
            *entries = vec![revision.hash.clone(), [7; 32].to_vec()];
        });
        let whole = verify(&genuine, &archive(FORMS[0], &genuine.blocks, &[9], 1));
        assert_eq!(whole.verdict(), Verdict::Verified, "{whole}");
        let mut split = genuine.clone();
        let block = &mut split.blocks[AT];
        let revision = block.revisions.take().unwrap().remove(0);
        let metadata = revision.metadata.unwrap().to_element();
        let halves =
            [data, &metadata].map(|half| sealion_reference::ion_hash(half).unwrap().to_vec());
        block.entries = halves.into_iter().chain([[7; 32].to_vec()]).collect();
        assert_eq!(block.entries_root().unwrap().as_slice(), block.entries_hash);
        for field in ["transactionInfo", "redactionInfo"] {
            for half in [data, &metadata] {
                // `{revisions:[]}` orders nothing to be redacted, and is what such an order looks like.
                if field == "redactionInfo" && half == &nearly[2] {
                    continue;
                }
                let texts = split
                    .blocks
                    .iter()
                    .enumerate()
                    .map(|(at, block)| match at == AT {
                        true => evidence::ion_text(&with(block, field, half.clone())),
                        false => evidence::ion_text(&block.to_element()),
                    });
                let text = texts.collect::<Vec<_>>().join("\n");
                let report = verify(&genuine, &Memory::new().with("j", text.into_bytes()));
                assert_ne!(
                    report.verdict(),
                    Verdict::Verified,
                    "{field} {half} {report}"
                );
            }
        }
    }
}

/// The states of the rows of block `AT`.
fn rows(ledger: &Ledger, archive: &Memory) -> Vec<RowState> {
    let verifier = Verifier::new().against(trusted(&ledger.digest()));
    let mut states = Vec::new();
    extract(
        &verifier,
        archive,
        &WantedRevisions::all(),
        false,
        &mut |row| {
            if row.address.sequence_no == AT as u64 {
                states.push(row.state);
            }
            Ok(())
        },
    )
    .unwrap();
    states
}

#[test]
fn no_row_without_data_is_verified_of_which_nothing_tells() {
    let planted = |own: &Metadata| Metadata {
        id: "0123456789ABCDEFGHIJKL".to_owned(),
        version: 0,
        ..own.clone()
    };
    let genuine = ledger(&|own| planted(own).to_element(), &|entries, revision| {
        entries.push(revision.hash.clone());
    });
    let own = genuine.blocks[AT].revisions()[0].clone();
    let metadata = own.metadata.clone().unwrap();
    let hash_of = |metadata: &Metadata| {
        sealion_reference::ion_hash(&metadata.to_element())
            .unwrap()
            .to_vec()
    };
    // The data stands as the metadata of a document whose data was redacted.
    let mut redacted = own.clone();
    redacted.metadata = Some(planted(&metadata));
    redacted.content = Content::Redacted(hash_of(&metadata));
    // Both halves stand as deletions, which may follow the rule H(metadata).
    let deletions = [metadata.clone(), planted(&metadata)].map(|metadata| Revision {
        hash: hash_of(&metadata),
        metadata: Some(metadata),
        content: Content::Nothing,
        ..own.clone()
    });
    for revisions in [vec![redacted], deletions.to_vec()] {
        let mut forged = genuine.clone();
        let count = revisions.len();
        forged.blocks[AT].revisions = Some(revisions);
        for form in FORMS {
            let archive = archive(form, &forged.blocks, &[9], 1);
            let report = verify(&genuine, &archive);
            let warned = |found: &sealion::Finding| found.severity <= Severity::Warning;
            assert!(report.findings().iter().any(warned), "{report}");
            let rows = rows(&genuine, &archive);
            assert_eq!(rows.len(), count, "{form:?} {report}");
            assert!(
                rows.iter().all(|state| *state >= RowState::NotRecomputed),
                "{form:?} {rows:?} {report}"
            );
        }
    }
}
