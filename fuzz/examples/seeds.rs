//! Writes the seeds: small files of every kind, made by the testkit.

use sealion_testkit::agree::{known, BETWEEN_FILES};
use sealion_testkit::ion::{binary, spell, value};
use sealion_testkit::mutate::Evidence;
use sealion_testkit::write::export::{gzip, Format};
use sealion_testkit::write::{evidence, kpl, stream, Error, Folder, Sink};
use sealion_testkit::{Block, Rng};

/// The version marker that the target for binary journals puts before its input.
const MARKER_BYTES: usize = 4;

fn main() -> Result<(), Error> {
    let mut folder = Folder(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds").into());
    values(&mut folder)?;
    cuts(&mut folder)?;
    journals(&mut folder)?;
    answers(&mut folder)?;
    streams(&mut folder)
}

fn values(folder: &mut Folder) -> Result<(), Error> {
    let mut rng = Rng::new(3);
    for (number, kind) in value::TYPES.into_iter().enumerate() {
        let value = value::value_of(&mut rng, kind, 3);
        let text = spell::spelled(&value, &mut rng);
        folder.put(&format!("ion_text/{number:02}"), text.as_bytes())?;
        let bytes = binary::spelled([&value], &mut rng);
        folder.put(&format!("ion_binary/{number:02}"), &bytes[MARKER_BYTES..])?;
    }
    let lengths: Vec<u8> = (0..16).map(|number| number * 8).collect();
    let bytes = rng.bytes(512);
    folder.put("hashes/some", &[lengths, bytes].concat())?;
    Ok(())
}

/// The first byte says how the others are meant: tokens of text (2) and of binary (3), or as they are.
fn cuts(folder: &mut Folder) -> Result<(), Error> {
    let all: Vec<u8> = (0..=255).collect();
    for (number, tokens) in all.chunks(24).enumerate() {
        folder.put(&format!("cut/text-{number:02}"), &[&[2], tokens].concat())?;
        folder.put(&format!("cut/binary-{number:02}"), &[&[3], tokens].concat())?;
    }
    let elements: Vec<_> = known().blocks[..2].iter().map(Block::to_element).collect();
    for format in Format::ALL {
        let bytes = format.encode(&elements, &Rng::new(1))?;
        let (first, from) = match format {
            Format::Binary | Format::SpelledBinary => (1, MARKER_BYTES),
            _ => (0, 0),
        };
        let name = format!("cut/blocks-{}", format.name());
        folder.put(&name, &[&[first], &bytes[from..]].concat())?;
    }
    Ok(())
}

fn journals(folder: &mut Folder) -> Result<(), Error> {
    let elements: Vec<_> = known().blocks.iter().map(Block::to_element).collect();
    for (name, elements) in [("whole", &elements[..]), ("first", &elements[..1])] {
        for format in Format::ALL {
            let bytes = format.encode(elements, &Rng::new(1))?;
            let name = format!("{}-{name}", format.name());
            match format {
                Format::Binary | Format::SpelledBinary => {
                    folder.put(&format!("verify_binary/{name}"), &bytes[MARKER_BYTES..])?;
                }
                _ => folder.put(&format!("verify_text/{name}"), &bytes)?,
            }
        }
    }
    let manifest =
        b"{keys:[\"2025/07/30/23/strand.1.ion\",\"2025/07/30/23/strand.2.ion\"]}".to_vec();
    let [first, rest] =
        [&elements[..2], &elements[2..]].map(|part| Format::Text.encode(part, &Rng::new(1)));
    let files = [manifest, first?, rest?];
    folder.put("export/two", &files.join(&BETWEEN_FILES[..]))?;
    let text = Format::Text.encode(&elements[..2], &Rng::new(1))?;
    folder.put("containers/export.gz", &gzip(&text)?)?;
    Ok(())
}

fn answers(folder: &mut Folder) -> Result<(), Error> {
    let ledger = known();
    let (index, at) = ledger.documents().next().expect("a document");
    let (block, digest, tip) = (&ledger.blocks[index], ledger.digest(), ledger.tip());
    let proof = ledger.revision_proof(index, at, tip);
    for evidence in [
        Evidence::of_block(ledger, index, tip),
        Evidence::of_revision(ledger, index, at, tip),
    ] {
        let (name, bytes) = evidence.files().swap_remove(0);
        folder.put(&format!("containers/{name}"), &bytes)?;
    }
    for (name, text) in [
        ("digest.json", evidence::get_digest(&digest)),
        ("console.ion.txt", evidence::console_digest(&digest)),
        (
            "receipt.json",
            evidence::receipt("T", &block.address, &block.revisions()[at], &proof, &digest),
        ),
        (
            "export.proofs.json",
            evidence::migration_proofs("export", block, &proof, &digest),
        ),
    ] {
        folder.put(&format!("containers/{name}"), text.as_bytes())?;
    }
    Ok(())
}

fn streams(folder: &mut Folder) -> Result<(), Error> {
    let mut rng = Rng::new(2);
    let records = stream::whole(&known().blocks[..2])?;
    folder.put("containers/firehose", &stream::firehose(&records, false))?;
    folder.put(
        "containers/firehose-newline",
        &stream::firehose(&records, true),
    )?;
    folder.put("containers/aggregate", &kpl::aggregate(&records, &mut rng))?;
    folder.put(
        "containers/records.json",
        stream::get_records(&records, &mut rng).as_bytes(),
    )?;
    folder.put(
        "containers/lambda.json",
        stream::lambda_event(&records, &mut rng).as_bytes(),
    )?;
    Ok(())
}
