//! A whole export, verified under its digest: what a user waits for. Reading from disk is part of it, from the
//! operating system's cache. Beside it `sha256sum` over the same files, which verifies nothing, and the floor: as
//! many SHA-256 compressions as the verification needs, and nothing else.

use criterion::measurement::WallTime;
use criterion::{criterion_group, criterion_main, BenchmarkGroup, Criterion, Throughput};
use ion_rs::Element;
use sealion::source::{Archive as _, Directory};
use sealion::{Digest, Engine, Verdict, Verifier};
use sealion_hash::{Backend, Hash};
use sealion_testkit::agree::trusted;
use sealion_testkit::journal::Config;
use sealion_testkit::make::{make, Form, Order};
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::write::Folder;
use sealion_testkit::Mix;
use std::path::Path;
use std::process::{Command, Stdio};

mod floor;

/// Bytes of each export.
const BYTES: u64 = 24 << 20;

/// Makes an export; its digest, and the bytes of its objects.
fn export(mix: Mix, format: Format, folder: &Path) -> (Digest, u64) {
    let order = Order {
        config: Config {
            seed: 1,
            mix,
            blocks: None,
        },
        bytes: Some(BYTES),
        form: Form::Export(Export::new(format, 1)),
        blocks_per_object: 1_000,
        threads: 2,
    };
    let made = make(&order, &mut Folder(folder.to_owned())).expect("an export");
    (trusted(&made.digest()), made.bytes)
}

type Group<'a> = BenchmarkGroup<'a, WallTime>;

fn engines(group: &mut Group<'_>, name: &str, export: &Directory, digest: &Digest) {
    for engine in [Engine::Fast, Engine::Reference] {
        for threads in [1, 2] {
            let verifier = Verifier::new()
                .against(digest.clone())
                .engine(engine)
                .threads(threads);
            let verify = || verifier.verify(export).expect("a report");
            let report = verify();
            assert_eq!(report.verdict(), Verdict::Verified, "{report}");
            assert!(
                report.passed.is_empty(),
                "the fast engine stood aside: {:?}",
                report.passed
            );
            group.bench_function(format!("{name}/{engine}/{threads}"), |bencher| {
                bencher.iter(verify)
            });
        }
    }
}

/// The journal's files, by name.
fn journal_files(export: &Directory) -> Vec<String> {
    let objects = export.objects().expect("a folder");
    let names = objects.iter().map(|object| object.name.to_string());
    names.filter(|name| name.ends_with(".ion")).collect()
}

/// `sha256sum` of the journal's files.
fn sums(group: &mut Group<'_>, name: &str, files: &[String]) {
    let run = || {
        let mut command = Command::new("sha256sum");
        command.args(files).stdout(Stdio::null()).status()
    };
    match run() {
        Ok(status) => assert!(status.success()),
        Err(error) => return println!("{name}: no sha256sum to compare with: {error}"),
    }
    group.bench_function(format!("{name}/sha256sum"), |bencher| bencher.iter(run));
}

/// The compressions alone, as messages of one block.
fn floors(group: &mut Group<'_>, name: &str, files: &[String]) {
    let blocks = files.iter().map(|file| {
        let bytes = std::fs::read(file).expect("a file");
        let blocks = Element::read_all(bytes).expect("blocks");
        let blocks: Vec<Element> = blocks.into_iter().collect();
        floor::compressions(&blocks)
    });
    let count: u64 = blocks.sum();
    println!("{name}: {count} compressions");
    let messages = vec![[0x5a; 64]; 4096];
    let mut out = vec![Hash::ZERO; messages.len()];
    for backend in Backend::available().filter(|backend| backend.name() != "portable") {
        group.bench_function(format!("{name}/floor/{}", backend.name()), |bencher| {
            bencher.iter(|| {
                let mut left = usize::try_from(count).expect("few");
                while left > 0 {
                    let now = left.min(messages.len());
                    backend.padded_many(&messages[..now], 1, &mut out[..now]);
                    left -= now;
                }
                out[0]
            });
        });
    }
}

fn exports(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("export");
    group.sample_size(10);
    for mix in Mix::ALL {
        for format in [Format::Text, Format::Binary] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let (digest, bytes) = export(mix, format, folder.path());
            let directory = Directory::open(folder.path()).expect("the export");
            let name = format!("{}/{}", mix.name(), format.name());
            group.throughput(Throughput::Bytes(bytes));
            engines(&mut group, &name, &directory, &digest);
            let files = journal_files(&directory);
            sums(&mut group, &name, &files);
            floors(&mut group, &name, &files);
        }
    }
    group.finish();
}

criterion_group!(benches, exports);
criterion_main!(benches);
