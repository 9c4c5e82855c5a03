//! One Ion value, and hashes of any bytes.

use std::panic::{catch_unwind, AssertUnwindSafe};

use ion_rs::Element;
use sealion_hash::Backend;
use sealion_ion::{ion_hash, Limits, Pass};

/// Levels at which `ion_rs`, which recurses, still has stack enough on a test's thread.
const DEPTH_MAX: u32 = 40;

/// What [`value`] allows: fewer levels than the library.
#[must_use]
pub fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.depth_max = DEPTH_MAX;
    limits
}

/// The reference's hash of the one value in these bytes, if it can read them. It panics on some malformed text.
fn reference(bytes: &[u8]) -> Option<[u8; 32]> {
    let read = || {
        let mut values = Element::iter(bytes).ok()?;
        let value = values.next()?.ok()?;
        match values.next() {
            None => sealion_reference::ion_hash(&value).ok(),
            Some(_) => None,
        }
    };
    catch_unwind(AssertUnwindSafe(read)).ok().flatten()
}

/// The fast hash of the one value in these bytes, Ion text or binary. Where there is one, the reference's is the same;
/// where there is none the bytes may be anything.
///
/// # Errors
/// Where the fast hasher passes.
///
/// # Panics
/// If the two differ.
pub fn value(bytes: &[u8]) -> Result<[u8; 32], Pass> {
    let hash = ion_hash(bytes, &limits())?.0;
    let shown = String::from_utf8_lossy(bytes);
    assert_eq!(Some(hash), reference(bytes), "{shown}\n{bytes:02x?}");
    Ok(hash)
}

/// Cuts the bytes into messages, of lengths that the first bytes say, and into hashes: every backend of this processor
/// hashes them, pairs and trees of them as the reference does.
///
/// # Panics
/// If one does not.
pub fn hashes(bytes: &[u8]) {
    let (lengths, bytes) = bytes.split_at(bytes.len().min(16));
    let mut rest = bytes;
    let mut messages = Vec::new();
    for length in lengths {
        let (message, behind) = rest.split_at(rest.len().min(usize::from(*length)));
        messages.push(message);
        rest = behind;
    }
    let nodes: Vec<[u8; 32]> = bytes.as_chunks().0.to_vec();
    let sums: Vec<_> = messages
        .iter()
        .map(|m| sealion_reference::sha256(m))
        .collect();
    let pairs: Vec<_> = nodes.windows(2).map(|pair| [pair[0], pair[1]]).collect();
    let dots: Vec<_> = pairs
        .iter()
        .map(|[a, b]| sealion_reference::dot(a, b))
        .collect();
    let root = sealion_reference::root(&nodes);
    let hash = |bytes: &[u8; 32]| sealion_hash::Hash(*bytes);
    for backend in Backend::available() {
        let mut out = vec![sealion_hash::Hash::ZERO; messages.len()];
        backend.sha256_many(&messages, &mut out);
        assert!(
            out.iter().map(|hash| hash.0).eq(sums.iter().copied()),
            "{backend:?}"
        );
        let ours: Vec<_> = pairs
            .iter()
            .map(|pair| [hash(&pair[0]), hash(&pair[1])])
            .collect();
        let mut out = vec![sealion_hash::Hash::ZERO; pairs.len()];
        backend.dot_many(&ours, &mut out);
        assert!(
            out.iter().map(|hash| hash.0).eq(dots.iter().copied()),
            "{backend:?}"
        );
        let mut level: Vec<_> = nodes.iter().map(hash).collect();
        assert_eq!(
            backend.root(&mut level).map(|hash| hash.0),
            root,
            "{backend:?}"
        );
    }
}
