//! A whole export, verified under its digest: what a user waits for. Reading from disk is part of it, from the
//! operating system's cache.

use criterion::measurement::WallTime;
use criterion::{criterion_group, criterion_main, BenchmarkGroup, Criterion, Throughput};
use sealion::source::Directory;
use sealion::{Digest, Engine, Verdict, Verifier};
use sealion_testkit::agree::trusted;
use sealion_testkit::journal::Config;
use sealion_testkit::make::{make, Form, Order};
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::write::Folder;
use sealion_testkit::Mix;
use std::path::Path;

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

fn engines(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    export: &Directory,
    digest: &Digest,
) {
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

fn exports(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("export");
    group.sample_size(10);
    for mix in [Mix::Vehicle, Mix::Mixed] {
        for format in [Format::Text, Format::Binary] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let (digest, bytes) = export(mix, format, folder.path());
            let directory = Directory::open(folder.path()).expect("the export");
            group.throughput(Throughput::Bytes(bytes));
            engines(
                &mut group,
                &format!("{}/{}", mix.name(), format.name()),
                &directory,
                &digest,
            );
        }
    }
    group.finish();
}

criterion_group!(benches, exports);
criterion_main!(benches);
