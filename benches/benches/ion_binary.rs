//! Ion binary to Ion Hash, beside `ion_rs`, on generated journals of four kinds.

use criterion::{criterion_group, criterion_main, Criterion};
use sealion_testkit::write::export::Format;

mod ion;

fn hash(criterion: &mut Criterion) {
    ion::compare(criterion, Format::Binary);
}

criterion_group!(benches, hash);
criterion_main!(benches);
