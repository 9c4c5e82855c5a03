//! How long QLDB's pair hash takes, many at once and as a Merkle tree, beside other crates.
//!
//! Run with `cargo bench -p sealion-benches --bench pair_hash`; it takes under two minutes. Each
//! group first checks that its contestants give the same hashes. One of them, hashtree-rs, hashes
//! 64 bytes as they lie and does not put them in QLDB's order: in `pair_hash` its pairs are put in
//! order before the clock starts, in `merkle_root` it has to do so level by level, as it would
//! have to in use.

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{
    criterion_group, criterion_main, BatchSize, BenchmarkGroup, Criterion, Throughput,
};
use sealion_benches::DotHasher;
use sealion_hash::{less, Backend, Hash};
use sha2::Digest as _;

const PAIRS: usize = 1 << 16;
const LEAVES: usize = 1 << 20;

/// Hashes without a pattern, the same in every run.
fn hashes(count: usize) -> Vec<Hash> {
    (0..count as u64)
        .map(|index| sealion_hash::sha256(&index.to_le_bytes()))
        .collect()
}

/// The pair in QLDB's order, as the 64 bytes to be hashed.
fn ordered(a: &Hash, b: &Hash) -> [u8; 64] {
    let (first, second) = if less(a, b) { (a, b) } else { (b, a) };
    let mut bytes = [0; 64];
    bytes[..32].copy_from_slice(&first.0);
    bytes[32..].copy_from_slice(&second.0);
    bytes
}

fn dot_by_digest(a: &Hash, b: &Hash) -> Hash {
    Hash(sha2::Sha256::digest(ordered(a, b)).into())
}

fn dot_by_blocks(a: &Hash, b: &Hash) -> Hash {
    let mut state = [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
        0x5be0cd19,
    ];
    let mut padding = [0; 64];
    (padding[0], padding[62]) = (0x80, 2);
    sha2::block_api::compress256(&mut state, &[ordered(a, b), padding]);
    let mut hash = Hash::ZERO;
    for (bytes, word) in hash.0.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    hash
}

fn dot_by_ring(a: &Hash, b: &Hash) -> Hash {
    let digest = ring::digest::digest(&ring::digest::SHA256, &ordered(a, b));
    Hash::from_slice(digest.as_ref()).expect("SHA-256 has 32 bytes")
}

/// hashtree-rs trusts the count it is given and writes through a pointer: here it follows from
/// the slices.
fn hashtree(chunks: &[[u8; 64]], out: &mut [Hash]) {
    assert_eq!(chunks.len(), out.len());
    let mut bytes = vec![0; 32 * out.len()];
    hashtree_into(chunks, &mut bytes);
    for (out, bytes) in out.iter_mut().zip(bytes.as_chunks().0) {
        *out = Hash(*bytes);
    }
}

fn hashtree_into(chunks: &[[u8; 64]], bytes: &mut [u8]) {
    assert_eq!(bytes.len(), 32 * chunks.len());
    hashtree_rs::hash(bytes, chunks.as_flattened(), chunks.len());
}

fn start<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2));
    group.sample_size(20);
    group
}

fn pair_hash(criterion: &mut Criterion) {
    let nodes = hashes(2 * PAIRS);
    let (pairs, _) = nodes.as_chunks::<2>();
    let mut out = vec![Hash::ZERO; PAIRS];
    let expected: Vec<Hash> = pairs.iter().map(|[a, b]| dot_by_digest(a, b)).collect();

    let mut group = start(criterion, &format!("pair_hash/{PAIRS}"));
    group.throughput(Throughput::Elements(PAIRS as u64));
    for backend in Backend::available() {
        backend.dot_many(pairs, &mut out);
        assert_eq!(out, expected, "{}", backend.name());
        group.bench_function(format!("sealion {}", backend.name()), |bencher| {
            bencher.iter(|| backend.dot_many(black_box(pairs), &mut out));
        });
    }
    type Dot = fn(&Hash, &Hash) -> Hash;
    let one_by_one: [(&str, Dot); 3] = [
        ("sha2 Digest", dot_by_digest),
        ("sha2 block function", dot_by_blocks),
        ("ring", dot_by_ring),
    ];
    for (name, dot) in one_by_one {
        assert!(
            pairs
                .iter()
                .zip(&expected)
                .all(|([a, b], hash)| dot(a, b) == *hash),
            "{name}"
        );
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for ([a, b], out) in black_box(pairs).iter().zip(&mut out) {
                    *out = dot(a, b);
                }
            });
        });
    }
    let chunks: Vec<[u8; 64]> = pairs.iter().map(|[a, b]| ordered(a, b)).collect();
    hashtree(&chunks, &mut out);
    assert_eq!(out, expected, "hashtree-rs");
    let mut bytes = vec![0; 32 * PAIRS];
    group.bench_function("hashtree-rs, ordered before", |bencher| {
        bencher.iter(|| hashtree_into(black_box(&chunks), &mut bytes));
    });
    group.finish();
}

/// Messages of one block each, padded by the caller: the common case of Ion Hash.
fn one_block(criterion: &mut Criterion) {
    let messages: Vec<[u8; 55]> = hashes(PAIRS)
        .iter()
        .map(|hash| core::array::from_fn(|i| hash.0[i % 32]))
        .collect();
    let blocks: Vec<[u8; 64]> = messages
        .iter()
        .map(|message| {
            let mut block = [0; 64];
            block[..55].copy_from_slice(message);
            block[55] = 0x80;
            block[62..].copy_from_slice(&(55u16 * 8).to_be_bytes());
            block
        })
        .collect();
    let expected: Vec<Hash> = messages
        .iter()
        .map(|message| Hash(sha2::Sha256::digest(message).into()))
        .collect();
    let mut out = vec![Hash::ZERO; PAIRS];

    let mut group = start(criterion, &format!("one_block/{PAIRS}"));
    group.throughput(Throughput::Bytes(64 * PAIRS as u64));
    for backend in Backend::available() {
        backend.padded_many(&blocks, 1, &mut out);
        assert_eq!(out, expected, "{}", backend.name());
        group.bench_function(format!("sealion {}", backend.name()), |bencher| {
            bencher.iter(|| backend.padded_many(black_box(&blocks), 1, &mut out));
        });
    }
    group.bench_function("sha2 Digest", |bencher| {
        bencher.iter(|| {
            for (message, out) in black_box(&messages).iter().zip(&mut out) {
                *out = Hash(sha2::Sha256::digest(message).into());
            }
        });
    });
    group.finish();
}

/// The root with hashtree-rs, of a power of two leaves.
fn root_by_hashtree(leaves: &[Hash]) -> Hash {
    let mut nodes = leaves.to_vec();
    let mut chunks = Vec::with_capacity(nodes.len() / 2);
    while nodes.len() > 1 {
        chunks.clear();
        chunks.extend(nodes.as_chunks().0.iter().map(|[a, b]| ordered(a, b)));
        nodes.truncate(chunks.len());
        hashtree(&chunks, &mut nodes);
    }
    nodes[0]
}

fn merkle_root(criterion: &mut Criterion) {
    let leaves = hashes(LEAVES);
    let bytes: Vec<[u8; 32]> = leaves.iter().map(|hash| hash.0).collect();
    let by_rs_merkle = || {
        rs_merkle::MerkleTree::<DotHasher>::from_leaves(&bytes)
            .root()
            .map(Hash)
    };
    let expected = by_rs_merkle();
    assert_eq!(Some(root_by_hashtree(&leaves)), expected, "hashtree-rs");

    let mut group = start(criterion, "merkle_root/2^20");
    group.sample_size(10);
    for backend in Backend::available() {
        assert_eq!(
            backend.root(&mut leaves.clone()),
            expected,
            "{}",
            backend.name()
        );
        group.bench_function(format!("sealion {}", backend.name()), |bencher| {
            let (setup, run) = (
                || leaves.clone(),
                |leaves: &mut Vec<Hash>| backend.root(leaves),
            );
            bencher.iter_batched_ref(setup, run, BatchSize::PerIteration);
        });
    }
    group.bench_function("rs_merkle", |bencher| bencher.iter(by_rs_merkle));
    group.bench_function("hashtree-rs, level by level", |bencher| {
        bencher.iter(|| root_by_hashtree(black_box(&leaves)));
    });
    group.finish();
}

fn all(criterion: &mut Criterion) {
    // Chooses its own kernel, once; it has to come before the first hash.
    hashtree_rs::init();
    pair_hash(criterion);
    one_block(criterion);
    merkle_root(criterion);
}

criterion_group!(benches, all);
criterion_main!(benches);
