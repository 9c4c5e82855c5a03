//! The documents by their ids: 32 bytes for each, and one of the map's own.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use siphasher::sip128::SipHasher13;

use crate::blocks::Hash;

/// A document id: its SipHash of 128 bits. Ids of any length take the same room, and
/// nobody can choose two that meet, since the key is made anew in each run.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub(super) struct Key(pub(super) [u64; 2]);

impl std::hash::Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0[0]);
    }
}

/// A key is a hash already: its first half says where it lies.
#[derive(Default)]
pub(super) struct FirstHalf(u64);

impl Hasher for FirstHalf {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, half: u64) {
        self.0 = half;
    }
}

/// Makes keys of ids, under a secret of its own.
#[derive(Clone, Copy, serde::Serialize, serde::Deserialize)]
pub(super) struct Keys([u64; 2]);

impl Keys {
    pub(super) fn random() -> Keys {
        let state = RandomState::new();
        Keys([state.hash_one(0), state.hash_one(1)])
    }

    pub(super) fn of(&self, id: &str) -> Key {
        let hash = SipHasher13::new_with_keys(self.0[0], self.0[1]).hash(id.as_bytes());
        Key([hash.h1, hash.h2])
    }
}

/// What is known of a document: its last revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) version: u64,
    /// 62 bits of the last revision's hash, enough to tell a repetition; the last two say
    /// whether it was a deletion, and whether all versions before it were seen.
    pub(super) hash_and_marks: u64,
}

const DELETED: u64 = 1;
const UNBROKEN: u64 = 2;
const MARKS: u64 = DELETED | UNBROKEN;

impl Document {
    /// The first revision that is seen of a document.
    pub(super) fn new(version: u64, hash: Option<Hash>, deleted: bool) -> Document {
        let first = hash.and_then(|hash| hash.0.first_chunk().copied());
        let hash = u64::from_be_bytes(first.unwrap_or_default());
        let unbroken = if version == 0 { UNBROKEN } else { 0 };
        Document {
            version,
            hash_and_marks: hash & !MARKS | unbroken | if deleted { DELETED } else { 0 },
        }
    }

    /// The same revision after those that were seen before.
    pub(super) fn after(mut self, before: Document) -> Document {
        let follows = before.version.checked_add(1) == Some(self.version);
        if follows {
            self.hash_and_marks |= before.hash_and_marks & UNBROKEN;
        }
        self
    }

    pub(super) fn deleted(self) -> bool {
        self.hash_and_marks & DELETED != 0
    }

    /// Whether this version of the document was seen.
    pub(super) fn has_seen(self, version: u64) -> bool {
        version == self.version || version < self.version && self.hash_and_marks & UNBROKEN != 0
    }

    /// Whether both are of one revision, as far as its hash tells.
    pub(super) fn is_same(self, other: Document) -> bool {
        (self.hash_and_marks ^ other.hash_and_marks) & !MARKS == 0
    }
}

/// Documents by their keys.
#[derive(Default)]
pub(super) struct Table(HashMap<Key, Document, BuildHasherDefault<FirstHalf>>);

impl Table {
    pub(super) fn with_capacity(count: usize) -> Table {
        Table(HashMap::with_capacity_and_hasher(
            count,
            BuildHasherDefault::default(),
        ))
    }

    pub(super) fn get(&self, key: Key) -> Option<Document> {
        self.0.get(&key).copied()
    }

    pub(super) fn get_mut(&mut self, key: Key) -> Option<&mut Document> {
        self.0.get_mut(&key)
    }

    /// Takes in a document that is not there, unless the table had to grow past
    /// `bytes_max` for it, old and new together.
    pub(super) fn add(&mut self, key: Key, document: Document, bytes_max: u64) -> bool {
        let capacity = self.0.capacity();
        let full = self.0.len() == capacity;
        if full && self.bytes() + bytes_of(2 * capacity.max(2)) > bytes_max {
            return false;
        }
        self.0.insert(key, document);
        true
    }

    /// Bytes it takes.
    pub(super) fn bytes(&self) -> u64 {
        bytes_of(self.0.capacity())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Key, &Document)> {
        self.0.iter()
    }
}

/// Bytes of a table for so many documents: it has a power of two of places, of which it
/// fills seven in eight.
fn bytes_of(capacity: usize) -> u64 {
    let place = size_of::<(Key, Document)>() as u64 + 1;
    (capacity as u64 * 8 / 7).next_power_of_two() * place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_where_ids_do() {
        let keys = Keys::random();
        let long = "x".repeat(40);
        let mut ids: Vec<&str> = (0..=40).map(|length| &long[..length]).collect();
        ids.extend(["K0V3LkIPEZunLYxcrkAXsb", "K0V3LkIPEZunLYxcrkAXsc", "x\0"]);
        let mut made: Vec<Key> = ids.iter().map(|id| keys.of(id)).collect();
        made.sort_unstable();
        made.dedup();
        assert_eq!(made.len(), ids.len());
        assert_ne!(keys.of("x"), Keys::random().of("x"));
    }

    #[test]
    fn it_stays_in_its_bounds() {
        let (keys, bytes_max) = (Keys::random(), 1 << 20);
        let mut table = Table::default();
        let document = Document::new(0, None, false);
        let mut added = 0;
        for number in 0..100_000 {
            added += usize::from(table.add(keys.of(&number.to_string()), document, bytes_max));
            assert!(table.bytes() <= bytes_max);
        }
        assert_eq!(added, table.len());
        // The old table of 8,192 places and the new one of twice as many are just within.
        assert_eq!(added, 16_384 / 8 * 7);
    }

    #[test]
    fn documents() {
        let hash = |last| {
            Some(Hash(
                [[0xFF; 7].as_slice(), &[last; 25]]
                    .concat()
                    .try_into()
                    .unwrap(),
            ))
        };
        let one = Document::new(1, hash(2), false);
        assert!(one.is_same(Document::new(1, hash(2), true)));
        assert!(!one.is_same(Document::new(1, hash(4), false)));
        assert!(!one.deleted());
        assert!(Document::new(1, hash(2), true).deleted());
        // From 0 on without a gap, all versions were seen; else only the last.
        let unbroken = one.after(Document::new(0, hash(6), true));
        assert!((0..=1).all(|version| unbroken.has_seen(version)));
        assert!(unbroken.is_same(one) && !unbroken.has_seen(2));
        for broken in [one, one.after(Document::new(5, hash(6), false))] {
            assert!(broken.has_seen(1) && !broken.has_seen(0));
        }
        let gap = Document::new(3, hash(2), false).after(unbroken);
        assert!(gap.has_seen(3) && !gap.has_seen(1));
    }
}
