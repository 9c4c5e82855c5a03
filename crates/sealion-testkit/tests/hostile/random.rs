//! Random bytes, and sound files with random damage.

use crate::common::{object, Form};
use proptest::prelude::*;
use proptest::sample::Index;
use sealion_testkit::agree::{self, known};
use sealion_testkit::mutate::Evidence;
use sealion_testkit::write::export::{gzip, Format};
use sealion_testkit::write::{evidence, kpl, stream};
use sealion_testkit::Rng;

#[test]
fn random_bytes() {
    let panics = crate::panics();
    proptest!(agree::property(300), |(bytes in prop::collection::vec(any::<u8>(), 0..400))| {
        agree::file(&bytes);
        agree::text(&bytes);
        agree::binary(&bytes);
        agree::containers(&bytes);
    });
    // Bytes that mean something to Ion and JSON.
    let tokens = "[{}\\[\\]():,\"'/*$ion_1_0 truefalse0-9eEdDTZ.+#\\\\\n-]{0,200}";
    proptest!(agree::property(300), |(text in tokens)| {
        agree::file(text.as_bytes());
    });
    assert_eq!(crate::panics(), panics, "panics in the library");
}

/// Files of every kind.
fn sound() -> Vec<Vec<u8>> {
    let ledger = known();
    let mut rng = Rng::new(3);
    let mut files: Vec<Vec<u8>> = Vec::new();
    for format in Format::ALL {
        files.push(object(Form::Export(format), &ledger.blocks, &mut rng));
    }
    let (index, at) = ledger.documents().next().unwrap();
    let (block, digest) = (&ledger.blocks[index], ledger.digest());
    let proof = ledger.revision_proof(index, at, ledger.tip());
    let records = stream::whole(&ledger.blocks).unwrap();
    files.push(gzip(&files[0]).unwrap());
    files.push(stream::firehose(&records, false));
    files.push(stream::firehose(&records, true));
    files.push(kpl::aggregate(&records, &mut rng));
    let texts = [
        stream::get_records(&records, &mut rng),
        stream::lambda_event(&records, &mut rng),
        evidence::get_digest(&digest),
        evidence::console_digest(&digest),
        evidence::receipt("T", &block.address, &block.revisions()[at], &proof, &digest),
        evidence::migration_proofs("export", block, &proof, &digest),
    ];
    files.extend(texts.map(String::into_bytes));
    for evidence in [
        Evidence::of_block(ledger, index, ledger.tip()),
        Evidence::of_revision(ledger, index, at, ledger.tip()),
    ] {
        files.push(evidence.files().swap_remove(0).1);
    }
    files
}

/// One change to a stretch of bytes.
#[derive(Clone, Debug)]
enum Damage {
    Flip,
    Remove,
    Repeat,
    Insert(Vec<u8>),
    Overwrite(Vec<u8>),
    Cut,
}

fn damage() -> impl Strategy<Value = (Damage, Index, usize)> {
    let bytes = || prop::collection::vec(any::<u8>(), 1..12);
    let what = prop_oneof![
        Just(Damage::Flip),
        Just(Damage::Remove),
        Just(Damage::Repeat),
        bytes().prop_map(Damage::Insert),
        bytes().prop_map(Damage::Overwrite),
        Just(Damage::Cut),
    ];
    (what, any::<Index>(), prop_oneof![1..9usize, 1..3_000usize])
}

fn apply(bytes: &mut Vec<u8>, (damage, at, length): &(Damage, Index, usize)) {
    if bytes.is_empty() {
        return;
    }
    let at = at.index(bytes.len());
    let end = (at + length).min(bytes.len());
    match damage {
        Damage::Flip => bytes[at] ^= 1 << (length % 8),
        Damage::Remove => drop(bytes.drain(at..end)),
        Damage::Repeat => {
            let again = bytes[at..end].to_vec();
            drop(bytes.splice(end..end, again));
        }
        Damage::Insert(new) => drop(bytes.splice(at..at, new.iter().copied())),
        Damage::Overwrite(new) => {
            for (byte, new) in bytes[at..].iter_mut().zip(new) {
                *byte = *new;
            }
        }
        Damage::Cut => bytes.truncate(at),
    }
}

#[test]
fn damaged_files() {
    let panics = crate::panics();
    let files = sound();
    proptest!(agree::property(600), |(kind in any::<Index>(), damages in prop::collection::vec(damage(), 1..4))| {
        let mut bytes = files[kind.index(files.len())].clone();
        damages.iter().for_each(|damage| apply(&mut bytes, damage));
        agree::file(&bytes);
        agree::containers(&bytes);
    });
    assert_eq!(crate::panics(), panics, "panics in the library");
}
