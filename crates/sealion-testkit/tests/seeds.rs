//! Every seed of the fuzz targets, and what a few hundred changes make of it, by the functions that fuzzing calls.

use std::fs;
use std::path::Path;

use sealion::{Digest, Verdict, Verifier};
use sealion_testkit::agree;
use sealion_testkit::Rng;

/// Changed copies of each seed.
const CHANGES: u64 = 40;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/seeds")
        .join(target);
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{target}");
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// A few bytes set, cut out or repeated.
fn change(bytes: &mut Vec<u8>, rng: &mut Rng) {
    let at = rng.index(bytes.len());
    let to = at + rng.index((bytes.len() - at).min(40) + 1);
    match rng.below(4) {
        0 => bytes[at] ^= 1 << rng.below(8),
        1 => drop(bytes.drain(at..to)),
        2 => drop(bytes.splice(at..at, bytes[at..to].to_vec())),
        _ => bytes[at] = *rng.pick(&[&b'{', &b'}', &b'0', &b'"', &b',', &0xFF]),
    }
}

fn hold(target: &str, check: impl Fn(&[u8])) {
    let mut rng = Rng::new(1);
    for seed in seeds(target) {
        check(&seed);
        for _ in 0..CHANGES {
            let mut changed = seed.clone();
            for _ in 0..=rng.below(3) {
                if !changed.is_empty() {
                    change(&mut changed, &mut rng);
                }
            }
            check(&changed);
        }
    }
}

#[test]
fn values() {
    let hashed = std::cell::Cell::new(0);
    let check = |bytes: &[u8]| hashed.set(hashed.get() + usize::from(agree::value(bytes).is_ok()));
    hold("ion_text", check);
    hold("ion_binary", |bytes| {
        check(&[&[0xE0, 0x01, 0x00, 0xEA], bytes].concat())
    });
    assert!(hashed.get() > 200, "{} were hashed", hashed.get());
}

#[test]
fn hashes() {
    hold("hashes", agree::hashes);
}

#[test]
fn journals() {
    hold("verify_text", agree::text);
    hold("verify_binary", agree::binary);
}

#[test]
fn cuts() {
    hold("cut", agree::cut);
}

#[test]
fn exports() {
    hold("export", agree::export);
}

#[test]
fn files() {
    hold("containers", agree::containers);
}

/// What the target for exports starts from is verified, so that it does look at what may not be.
#[test]
fn the_seed_of_an_export_is_verified() {
    let seed = &seeds("export")[0];
    let parts: Vec<&[u8]> = seed
        .split(|byte| *byte == 0xFF)
        .filter(|part| !part.is_empty())
        .collect();
    let [_, first, rest] = parts[..] else {
        panic!("{} files", parts.len())
    };
    let archive = sealion::source::Memory::new()
        .with("a.ion", first)
        .with("b.ion", rest);
    let digest: Digest = agree::trusted(&agree::known().digest());
    let report = Verifier::new().against(digest).verify(&archive).unwrap();
    assert_eq!(report.verdict(), Verdict::Verified, "{report}");
}
