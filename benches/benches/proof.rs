//! How long proofs take: to index a journal of a million blocks, to give a proof from the index,
//! and to fold one.
//!
//! Run with `cargo bench -p sealion-benches --bench proof`; it takes about a minute. Each group first
//! checks that its contestants agree. rs_merkle keeps a whole tree as we do, takes our node hash,
//! and has no consistency proofs and no file.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Seek as _};
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{criterion_group, criterion_main, BenchmarkGroup, Criterion, Throughput};
use rs_merkle::{MerkleProof, MerkleTree};
use sealion::merkle::{verify_consistency, Index, IndexFile, Tree};
use sealion::{Hash, Proof, StrandId};
use sealion_benches::DotHasher;
use sha2::Digest as _;

/// Blocks of the journal.
const BLOCKS: usize = 1_000_000;

/// Hashes of the proof that is folded: those of a revision among a few in a block of a journal of
/// some 50 million blocks.
const HASHES: usize = 30;

/// Hashes without a pattern, the same in every run.
fn hashes(count: usize) -> Vec<Hash> {
    (0..count as u64)
        .map(|index| sealion_hash::sha256(&index.to_le_bytes()))
        .collect()
}

/// Numbers below [`BLOCKS`] that leap about, the same in every run.
struct Leaps(u64);

impl Leaps {
    fn next(&mut self) -> u64 {
        self.0 = (self.0 + 618_033) % BLOCKS as u64;
        self.0
    }
}

fn start<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2));
    group.sample_size(20);
    group
}

fn indexed(leaves: &[Hash]) -> Index {
    let mut index = Index::new();
    leaves.iter().for_each(|leaf| index.append(*leaf));
    index
}

/// The index in a file, and how long the file is.
fn in_file(index: &Index) -> (IndexFile, u64) {
    let mut file: File = tempfile::tempfile().expect("a temporary file");
    index
        .write(&StrandId::new("s"), BufWriter::new(&mut file))
        .expect("room for it");
    file.rewind().expect("a file that can be read");
    let bytes = file.metadata().expect("a file").len();
    (IndexFile::open(file).expect("an index"), bytes)
}

fn plain(hashes: &[Hash]) -> Vec<[u8; 32]> {
    hashes.iter().map(|hash| hash.0).collect()
}

fn block_proof(tree: &dyn Tree, at: u64) -> Proof {
    let proof = tree.inclusion_proof(at, BLOCKS as u64);
    proof.expect("a tree").expect("a block")
}

fn consistency_proof(tree: &dyn Tree, first: u64) -> Proof {
    let proof = tree.consistency_proof(first, BLOCKS as u64);
    proof.expect("a tree").expect("a block")
}

fn building(criterion: &mut Criterion, leaves: &[Hash]) {
    let bytes = plain(leaves);
    let rival = || MerkleTree::<DotHasher>::from_leaves(&bytes).root();
    let ours = || indexed(black_box(leaves)).root(BLOCKS as u64);
    assert_eq!(ours().expect("a tree").map(|root| root.0), rival());

    let mut group = start(criterion, &format!("index/{BLOCKS}"));
    group.sample_size(10);
    group.throughput(Throughput::Elements(BLOCKS as u64));
    group.bench_function("sealion, in memory", |bencher| bencher.iter(ours));
    group.bench_function("sealion, in a file", |bencher| {
        bencher.iter(|| in_file(&indexed(black_box(leaves))));
    });
    group.bench_function("rs_merkle, in memory", |bencher| bencher.iter(rival));
    group.finish();
}

fn giving(criterion: &mut Criterion, leaves: &[Hash]) {
    let index = indexed(leaves);
    let (file, bytes) = in_file(&index);
    println!("index of {BLOCKS} blocks: {bytes} bytes");
    assert!(bytes <= 64 * BLOCKS as u64 + 4096);
    let rival = MerkleTree::<DotHasher>::from_leaves(&plain(leaves));
    let root = index.root(BLOCKS as u64).expect("a tree").expect("a root");
    let mut leaps = Leaps(0);
    for at in (0..1_000).map(|_| leaps.next()) {
        let proof = block_proof(&index, at);
        assert_eq!(proof.fold(&leaves[at as usize]), root);
        assert_eq!(block_proof(&file, at), proof);
        let theirs = rival.proof(&[at as usize]);
        assert_eq!(theirs.proof_hashes(), plain(&proof.0));
        let first = at + 1;
        let (proof, smaller) = (consistency_proof(&index, first), index.root(first));
        let smaller = smaller.expect("a tree").expect("a root");
        let (first, second) = (first, BLOCKS as u64);
        assert!(verify_consistency(first, second, &smaller, &root, &proof.0));
        assert_eq!(consistency_proof(&file, first), proof);
    }

    let mut group = start(criterion, &format!("block_proof/{BLOCKS}"));
    let trees: [(&str, &dyn Tree); 2] = [("memory", &index), ("file", &file)];
    for (name, tree) in trees {
        group.bench_function(format!("sealion, {name}"), |bencher| {
            bencher.iter(|| block_proof(tree, leaps.next()));
        });
    }
    group.bench_function("rs_merkle, memory", |bencher| {
        bencher.iter(|| rival.proof(&[leaps.next() as usize]));
    });
    group.finish();
    let mut group = start(criterion, &format!("consistency_proof/{BLOCKS}"));
    for (name, tree) in trees {
        group.bench_function(format!("sealion, {name}"), |bencher| {
            bencher.iter(|| consistency_proof(tree, leaps.next() + 1));
        });
    }
    group.finish();
}

/// `dot` with nothing but the `sha2` crate.
fn dot_by_sha2(a: &Hash, b: &Hash) -> Hash {
    let (first, second) = if sealion_hash::less(a, b) {
        (a, b)
    } else {
        (b, a)
    };
    let mut hasher = sha2::Sha256::new();
    hasher.update(first.0);
    hasher.update(second.0);
    Hash(hasher.finalize().into())
}

fn folding(criterion: &mut Criterion) {
    let all = hashes(HASHES + 1);
    let (leaf, proof) = (all[0], Proof(all[1..].to_vec()));
    let root = proof.fold(&leaf);
    let by_fast = || {
        let nodes = black_box(&proof.0).iter();
        nodes.fold(leaf, |node, sibling| sealion_hash::dot(&node, sibling))
    };
    let by_sha2 = || {
        let nodes = black_box(&proof.0).iter();
        nodes.fold(leaf, |node, sibling| dot_by_sha2(&node, sibling))
    };
    // The first leaf of a tree with a sibling on every level.
    let theirs = MerkleProof::<DotHasher>::new(plain(&proof.0));
    let by_rival = || theirs.verify(root.0, &[0], &[leaf.0], 1 << HASHES);
    assert_eq!((by_fast(), by_sha2()), (root, root));
    assert!(by_rival());
    let allocated = allocation_counter::measure(|| {
        black_box(black_box(&proof).fold(&leaf));
    });
    assert_eq!(allocated.count_total, 0, "folding allocates");

    let mut group = start(criterion, &format!("fold/{HASHES}"));
    group.bench_function("sealion, as verify does", |bencher| {
        bencher.iter(|| black_box(&proof).fold(&leaf));
    });
    group.bench_function("sealion-hash", |bencher| bencher.iter(by_fast));
    group.bench_function("sha2 Digest", |bencher| bencher.iter(by_sha2));
    group.bench_function("rs_merkle", |bencher| bencher.iter(by_rival));
    group.finish();
}

fn all(criterion: &mut Criterion) {
    let leaves = hashes(BLOCKS);
    building(criterion, &leaves);
    giving(criterion, &leaves);
    folding(criterion);
}

criterion_group!(benches, all);
criterion_main!(benches);
