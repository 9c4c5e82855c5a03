//! Whether a file is still the one that was read: beside its size and times, some of its
//! bytes. Times can be set back by whoever owns the disk or the clock.
//!
//! Where the bytes are taken nobody can foresee who cannot read the checkpoint: the places
//! follow from a salt that lies in it.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io;
use std::ops::Range;

use crate::blocks::Hash;
use crate::source::{Archive, Object};

/// Bytes at one place.
const PLACE_BYTES: u64 = 1 << 10;

/// Up to this size the whole file is read.
const WHOLE_BYTES_MAX: u64 = 64 << 10;

/// A salt that nobody knows.
pub(super) fn salt() -> Hash {
    // The keys of hash tables are the system's random numbers.
    let random = || RandomState::new().build_hasher().finish().to_le_bytes();
    sealion_hash::sha256(&[random(), random()].concat())
}

/// The hash of the sampled bytes; `None` where the archive gives no parts of an object. Those
/// have stamps that are made of the content.
pub(super) fn sample(
    archive: &dyn Archive,
    object: &Object,
    salt: Hash,
) -> io::Result<Option<Hash>> {
    let size = object.size.unwrap_or(0);
    let Some(bytes) = archive.parts(object, &places(size, &object.name, salt))? else {
        return Ok(None);
    };
    let mut hasher = sealion_hash::Sha256::new();
    hasher.update(&size.to_le_bytes());
    hasher.update(&bytes);
    Ok(Some(hasher.finish()))
}

/// The first and the last KiB, and of each doubling of the size two more in between.
fn places(size: u64, name: &str, salt: Hash) -> Vec<Range<u64>> {
    if size <= WHOLE_BYTES_MAX {
        return vec![Range {
            start: 0,
            end: size,
        }];
    }
    let last = size - PLACE_BYTES;
    let between = (0..2 * (size / PLACE_BYTES).ilog2()).map(|index| {
        let text = [&salt.0[..], &index.to_le_bytes(), name.as_bytes()].concat();
        let random = sealion_hash::sha256(&text).0.first_chunk().copied();
        u64::from_le_bytes(random.unwrap_or_default()) % last
    });
    let mut starts: Vec<u64> = between.chain([0, last]).collect();
    starts.sort_unstable();
    let place = |start| start..start + PLACE_BYTES;
    starts.into_iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_hold_both_ends_lie_within_and_follow_from_salt_name_and_size() {
        for size in [0, 1, WHOLE_BYTES_MAX] {
            assert_eq!(
                places(size, "a", Hash::ZERO),
                [Range {
                    start: 0,
                    end: size
                }]
            );
        }
        for size in [WHOLE_BYTES_MAX + 1, 1 << 20, (1 << 40) + 7, u64::MAX] {
            let all = places(size, "a", Hash::ZERO);
            assert_eq!(all.len() as u32, 2 * (size >> 10).ilog2() + 2);
            assert_eq!(all.first(), Some(&(0..1024)));
            assert_eq!(all.last(), Some(&(size - 1024..size)));
            assert!(all
                .iter()
                .all(|one| one.end - one.start == 1024 && one.end <= size));
            assert_eq!(places(size, "a", Hash::ZERO), all);
            assert_ne!(places(size, "b", Hash::ZERO), all);
            assert_ne!(places(size, "a", salt()), all);
        }
        assert_ne!(salt(), salt());
    }
}
