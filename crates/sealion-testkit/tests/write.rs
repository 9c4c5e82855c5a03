//! What is written reads back as the same blocks, in every form and compressed too, whatever the number of threads.

use base64::{engine::general_purpose::STANDARD, Engine};
use ion_rs::{Element, IonData};
use sealion_reference::{fold, journal, Hash};
use sealion_testkit::journal::Config;
use sealion_testkit::make::{make, Form, Order};
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::write::{evidence, json, kpl, stream, Files};
use sealion_testkit::{ion_hash, Ledger, Mix, Rng};
use std::io::Read;

const MANIFESTS: usize = 2;

fn export(format: Format, mix: Mix, gzip: bool) -> (Ledger, Files) {
    let ledger = Ledger::new(5, 40, mix);
    let mut files = Files::new();
    let export = Export {
        gzip,
        ..Export::new(format, 5)
    };
    export.write(&ledger.blocks, 7, &mut files).unwrap();
    (ledger, files)
}

/// The blocks that stand in the objects of an export in Ion.
fn blocks(files: &Files) -> Vec<Element> {
    let objects = files.iter().take(files.len() - MANIFESTS);
    objects
        .flat_map(|(_, bytes)| Element::read_all(bytes).unwrap())
        .collect()
}

#[test]
fn ion_exports_read_back() {
    for mix in [Mix::Mixed, Mix::Vehicle, Mix::Tiny, Mix::Deep] {
        for format in [
            Format::Text,
            Format::Pretty,
            Format::Spelled,
            Format::Binary,
            Format::SpelledBinary,
        ] {
            let (ledger, files) = export(format, mix, false);
            let read = blocks(&files);
            assert_eq!(read.len(), ledger.blocks.len());
            for (read, block) in read.iter().zip(&ledger.blocks) {
                assert!(IonData::eq(read, &block.to_element()), "{mix:?} {format:?}");
            }
            assert_eq!(journal::digest(&read).unwrap(), ledger.digest().digest);
            let failures = journal::check(&read)
                .into_iter()
                .map(|block| block.unwrap().failures().count());
            assert_eq!(failures.sum::<usize>(), 0, "{mix:?} {format:?}");
        }
    }
}

#[test]
fn keys_and_manifests_agree() {
    for format in Format::ALL {
        let (ledger, files) = export(format, Mix::Tiny, false);
        let strand = &ledger.blocks[0].address.strand_id;
        let keys: Vec<&str> = files.iter().map(|(key, _)| key.as_str()).collect();
        let extension = if format == Format::Json {
            "json"
        } else {
            "ion"
        };
        assert_eq!(
            keys[0],
            format!("ledger/2025/07/30/23/{strand}.0-6.{extension}")
        );
        assert_eq!(
            keys[5],
            format!("ledger/2025/07/30/23/{strand}.35-39.{extension}")
        );
        assert!(
            keys[6].ends_with(".started.manifest")
                && keys[7].ends_with(&format!(".{strand}.completed.manifest"))
        );
        let named: Vec<String> = if format == Format::Json {
            let manifest: serde_json::Value = serde_json::from_slice(&files[7].1).unwrap();
            serde_json::from_value(manifest["keys"].clone()).unwrap()
        } else {
            let manifest = Element::read_one(&files[7].1).unwrap();
            let keys = manifest
                .as_struct()
                .unwrap()
                .get("keys")
                .unwrap()
                .as_list()
                .unwrap();
            keys.elements()
                .map(|key| key.as_string().unwrap().to_owned())
                .collect()
        };
        assert_eq!(named, keys[..6]);
    }
}

#[test]
fn json_is_the_same_blocks_down_converted() {
    let (ledger, files) = export(Format::Json, Mix::Mixed, false);
    let lines: Vec<&str> = files[..6]
        .iter()
        .flat_map(|(_, bytes)| std::str::from_utf8(bytes).unwrap().lines())
        .collect();
    assert_eq!(lines.len(), ledger.blocks.len());
    for (line, block) in lines.iter().zip(&ledger.blocks) {
        let mut expected = String::new();
        json::down_convert(&block.to_element(), &mut expected);
        assert_eq!(*line, expected);
        let read: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(read["blockHash"], STANDARD.encode(&block.block_hash));
        assert_eq!(
            read["blockAddress"]["sequenceNo"],
            block.address.sequence_no
        );
    }
}

#[test]
fn gzip_has_several_members_of_the_same_bytes() {
    let (_, plain) = export(Format::Text, Mix::Vehicle, false);
    let (_, packed) = export(Format::Text, Mix::Vehicle, true);
    for ((key, bytes), (name, packed)) in plain.iter().zip(&packed).take(6) {
        assert_eq!(*name, format!("{key}.gz"));
        let (mut first, mut all) = (Vec::new(), Vec::new());
        flate2::read::GzDecoder::new(packed.as_slice())
            .read_to_end(&mut first)
            .unwrap();
        flate2::read::MultiGzDecoder::new(packed.as_slice())
            .read_to_end(&mut all)
            .unwrap();
        assert_eq!(all, *bytes);
        assert!(first.len() < all.len(), "one member only");
    }
    assert_eq!(plain[6..], packed[6..], "manifests stay as they were");
}

#[test]
fn stream_records_rebuild_the_blocks() {
    let ledger = Ledger::new(6, 60, Mix::Mixed);
    let records = stream::whole(&ledger.blocks).unwrap();
    let read: Vec<Element> = records
        .iter()
        .map(|record| Element::read_one(record).unwrap())
        .collect();
    let all = Element::read_all(stream::firehose(&records, false)).unwrap();
    assert_eq!(all.len(), read.len());
    let field = |value: &Element, name: &str| value.as_struct().unwrap().get(name).unwrap().clone();
    let kinds: Vec<String> = read
        .iter()
        .map(|r| field(r, "recordType").as_string().unwrap().to_owned())
        .collect();
    let payloads: Vec<Element> = read.iter().map(|record| field(record, "payload")).collect();
    let mut at = 1;
    for block in &ledger.blocks {
        assert_eq!(kinds[at], "BLOCK_SUMMARY");
        assert!(IonData::eq(&payloads[at], &block.to_summary()));
        at += 1;
        for revision in block
            .revisions()
            .iter()
            .filter(|revision| revision.metadata.is_some())
        {
            assert_eq!(kinds[at], "REVISION_DETAILS");
            assert!(IonData::eq(
                &field(&payloads[at], "revision"),
                &revision.to_element()
            ));
            assert_eq!(
                field(&payloads[at], "tableInfo").as_struct().unwrap().len(),
                2
            );
            at += 1;
        }
    }
    assert_eq!(
        (kinds[0].as_str(), kinds[at].as_str(), at + 1),
        ("CONTROL", "CONTROL", kinds.len())
    );
}

/// Firehose's line feeds part the records but break a plain Ion reader: that is what the form is for.
#[test]
fn newlines_follow_each_record() {
    let ledger = Ledger::new(6, 5, Mix::Tiny);
    let records = stream::whole(&ledger.blocks).unwrap();
    let plain = stream::firehose(&records, false);
    let parted = stream::firehose(&records, true);
    assert_eq!(parted.len(), plain.len() + records.len());
    assert_eq!(
        parted[records[0].len()..][..5],
        [0x0A, 0xE0, 0x01, 0x00, 0xEA]
    );
    let misread = Element::read_all(&parted).map(|values| values.len());
    assert_ne!(misread.ok(), Some(records.len()));
}

#[test]
fn kept_records_hold_the_same_data() {
    let ledger = Ledger::new(7, 12, Mix::Tiny);
    let mut rng = Rng::new(7);
    let records = stream::whole(&ledger.blocks).unwrap();
    let packed = kpl::aggregates(&records, 4, &mut rng);
    assert_eq!(packed.len(), records.len().div_ceil(4));
    for kept in [&records, &packed] {
        let answer: serde_json::Value =
            serde_json::from_str(&stream::get_records(kept, &mut rng)).unwrap();
        let event: serde_json::Value =
            serde_json::from_str(&stream::lambda_event(kept, &mut rng)).unwrap();
        for (index, record) in kept.iter().enumerate() {
            assert_eq!(answer["Records"][index]["Data"], STANDARD.encode(record));
            assert_eq!(
                event["Records"][index]["kinesis"]["data"],
                STANDARD.encode(record)
            );
        }
    }
    let mut disordered = records.clone();
    stream::disorder(&mut disordered, &mut rng);
    assert!(disordered.len() > records.len());
    assert!(records.iter().all(|record| disordered.contains(record)));
    assert_ne!(disordered[..records.len()], records[..]);
}

/// The answers print as the AWS CLI prints them, and say what is true.
#[test]
fn answers_hold() {
    let ledger = Ledger::new(8, 30, Mix::Mixed);
    let digest = ledger.digest();
    let (index, revision) = ledger.documents().nth(3).unwrap();
    let block = &ledger.blocks[index];
    let proof = ledger.block_proof(index, ledger.tip());
    let revision_proof = ledger.revision_proof(index, revision, ledger.tip());
    let revision = &block.revisions()[revision];
    for text in [
        evidence::get_digest(&digest),
        evidence::get_block(block, Some(&proof)),
        evidence::get_block::<Hash>(block, None),
        evidence::get_revision(revision, Some(&revision_proof)),
        evidence::receipt(
            "Vehicle",
            &block.address,
            revision,
            &revision_proof,
            &digest,
        ),
        evidence::console_digest(&digest),
        evidence::migration_proofs("Jt4Hc1QvNw7ZpUe9KxRd3B", block, &proof, &digest),
    ] {
        let read: serde_json::Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        for member in read.as_object().unwrap().values() {
            if let Some(ion) = member.get("IonText") {
                Element::read_one(ion.as_str().unwrap())
                    .unwrap_or_else(|error| panic!("{error}: {ion}"));
            }
        }
    }
    let read: serde_json::Value =
        serde_json::from_str(&evidence::get_block(block, Some(&proof))).unwrap();
    let given = Element::read_one(read["Block"]["IonText"].as_str().unwrap()).unwrap();
    assert_eq!(ion_hash(&given), ion_hash(&block.to_element()));
    let given = Element::read_one(read["Proof"]["IonText"].as_str().unwrap()).unwrap();
    let given = sealion_reference::proof::read(&given).unwrap();
    assert_eq!(fold(&ledger.hashes[index], &given), digest.digest);
    assert!(evidence::get_digest(&digest).starts_with("{\n    \"Digest\": \""));
    assert!(evidence::get_digest(&digest).ends_with("\"\n    }\n}\n"));
}

fn order(form: Form, threads: usize, bytes: Option<u64>) -> Order {
    let blocks = if bytes.is_some() { None } else { Some(100) };
    let config = Config {
        seed: 3,
        mix: Mix::Mixed,
        blocks,
    };
    Order {
        config,
        bytes,
        form,
        blocks_per_object: 9,
        threads,
    }
}

#[test]
fn threads_change_nothing() {
    let firehose = Form::Firehose {
        newline: false,
        gzip: true,
    };
    for form in [
        Form::Export(Export::new(Format::Spelled, 1)),
        Form::Export(Export::new(Format::Binary, 1)),
        firehose,
    ] {
        for bytes in [None, Some(150_000)] {
            let made = [1, 2, 5].map(|threads| {
                let mut files = Files::new();
                let made = make(&order(form.clone(), threads, bytes), &mut files).unwrap();
                (files, made.hashes, made.bytes)
            });
            assert!(made[0] == made[1] && made[1] == made[2]);
        }
    }
}

#[test]
fn what_is_made_is_a_journal() {
    let mut files = Files::new();
    let made = make(
        &order(Form::Export(Export::new(Format::Text, 1)), 2, Some(200_000)),
        &mut files,
    )
    .unwrap();
    let read = blocks(&files);
    assert_eq!(journal::digest(&read).unwrap(), made.digest().digest);
    assert_eq!(made.digest().tip.sequence_no as usize, read.len() - 1);
    assert!((200_000..400_000).contains(&made.bytes), "{}", made.bytes);
    let sampled: Vec<u64> = made
        .samples
        .iter()
        .map(|block| block.address.sequence_no)
        .collect();
    assert!(
        sampled.starts_with(&[0, 1, 2]) && sampled.ends_with(&[read.len() as u64 - 1]),
        "{sampled:?}"
    );
    for block in &made.samples {
        assert!(IonData::eq(
            &read[block.address.sequence_no as usize],
            &block.to_element()
        ));
    }
}
