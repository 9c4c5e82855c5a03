//! What the benches of Ion text and binary share: generated journals, and how they are read and hashed.

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use ion_rs::Element;
use sealion_ion::{Batch, Hash, Limits, Pass, Reader, Slot};
use sealion_testkit::journal::Config;
use sealion_testkit::write::export::Format;
use sealion_testkit::{Journal, Mix, Rng};

/// Bytes of input after which a batch is run: what it holds then still lies in a core's own cache.
const BATCH_BYTES: usize = 128 << 10;

/// Each mix of documents, with as many blocks as make a megabyte or two.
const MIXES: [(Mix, u64); 4] = [
    (Mix::Vehicle, 600),
    (Mix::Mixed, 400),
    (Mix::Large, 16),
    (Mix::Deep, 200),
];

/// What is asked for of each block.
#[derive(Clone, Copy)]
enum Ask {
    /// Its own Ion Hash: all of it is hashed.
    Whole,
    /// What a verifier needs: the claims read, and of documents, metadata and transaction the Ion Hash.
    Verifier,
}

/// Reads all blocks, and hashes them if `hashing`; the hashes asked for, in order.
fn ours(bytes: &[u8], ask: Ask, batch: &mut Batch, hashing: bool) -> Result<Vec<Hash>, Pass> {
    let mut reader = Reader::new(bytes, &Limits::default())?;
    let (mut slots, mut hashes, mut from) = (Vec::new(), Vec::new(), 0);
    loop {
        let more = reader.next()?.is_some();
        if !more || reader.offset() - from > BATCH_BYTES {
            from = reader.offset();
            if hashing {
                batch.run();
                hashes.extend(slots.iter().map(|slot| batch.get(*slot)));
            }
            slots.clear();
            batch.clear();
        }
        match ask {
            _ if !more => return Ok(hashes),
            Ask::Whole => slots.push(reader.hash_into(batch)?),
            Ask::Verifier => block(&mut reader, batch, &mut slots)?,
        }
    }
}

/// One block, or one revision in it: both are structs of claims and of values that are hashed.
fn block(reader: &mut Reader<'_>, batch: &mut Batch, slots: &mut Vec<Slot>) -> Result<(), Pass> {
    reader.enter()?;
    while let Some(value) = reader.next()? {
        match value.field.as_deref() {
            Some("data" | "metadata" | "transactionInfo" | "redactionInfo") => {
                slots.push(reader.hash_into(batch)?);
            }
            Some("hash" | "dataHash" | "blockHash" | "entriesHash" | "previousBlockHash") => {
                reader.blob32()?;
            }
            Some("transactionId") => drop(reader.text()?),
            Some("blockTimestamp") => drop(reader.timestamp()?),
            Some("entriesHashList") => {
                reader.enter()?;
                while reader.next()?.is_some() {
                    reader.blob32()?;
                }
                reader.leave()?;
            }
            Some("revisions") => {
                reader.enter()?;
                while reader.next()?.is_some() {
                    block(reader, batch, slots)?;
                }
                reader.leave()?;
            }
            _ => {}
        }
    }
    reader.leave()
}

/// The same by `ion_rs`: a tree of each block, and the hashes asked for.
fn ion_rs(bytes: &[u8], ask: Ask) -> Vec<Hash> {
    let mut hashes = Vec::new();
    let mut hash = |value: &Element| {
        hashes.push(Hash(sealion_reference::ion_hash(value).expect("a hash")));
    };
    for value in Element::iter(bytes).expect("generated Ion") {
        let value = value.expect("generated Ion");
        match ask {
            Ask::Whole => hash(&value),
            Ask::Verifier => walk(&value, &mut hash),
        }
    }
    hashes
}

fn walk(block: &Element, hash: &mut impl FnMut(&Element)) {
    for (name, value) in block.as_struct().expect("a struct").iter() {
        match name.text() {
            Some("data" | "metadata" | "transactionInfo" | "redactionInfo") => hash(value),
            Some("revisions") => {
                let revisions = value.as_sequence().expect("a list").elements();
                revisions.for_each(|revision| walk(revision, hash));
            }
            _ => {}
        }
    }
}

/// One group a mix; in it both ask for the same, and have first been seen to agree.
pub fn compare(criterion: &mut Criterion, format: Format) {
    for (mix, blocks) in MIXES {
        let config = Config {
            seed: 7,
            mix,
            blocks: Some(blocks),
        };
        let values: Vec<Element> = Journal::new(config)
            .map(|block| block.to_element())
            .collect();
        let bytes = format.encode(&values, &Rng::new(1)).expect("generated Ion");
        let mut batch = Batch::default();
        let mut group = criterion.benchmark_group(format!("ion_{}/{}", format.name(), mix.name()));
        group
            .throughput(Throughput::Bytes(bytes.len() as u64))
            .sample_size(10)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_millis(1_500));
        for (name, ask) in [("whole", Ask::Whole), ("verifier", Ask::Verifier)] {
            assert_eq!(ours(&bytes, ask, &mut batch, true), Ok(ion_rs(&bytes, ask)));
            group.bench_function(BenchmarkId::new("sealion", name), |bench| {
                bench.iter(|| ours(&bytes, ask, &mut batch, true));
            });
            group.bench_function(BenchmarkId::new("sealion, reading alone", name), |bench| {
                bench.iter(|| ours(&bytes, ask, &mut batch, false));
            });
            group.bench_function(BenchmarkId::new("ion-rs", name), |bench| {
                bench.iter(|| ion_rs(&bytes, ask));
            });
        }
        group.finish();
    }
}
