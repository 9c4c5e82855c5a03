//! One suite of tests, written once and run for every backend this processor has.

use alloc::vec::Vec;

use sha2::Digest as _;

use crate::{less, Backend, Hash};

#[cfg(all(unix, not(sealion_portable)))]
mod guarded;

/// Bytes without a pattern, the same for the same seed (splitmix64).
pub(crate) fn bytes(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as u8
    };
    (0..length).map(|_| next()).collect()
}

fn hashes(count: usize, seed: u64) -> Vec<Hash> {
    bytes(count * 32, seed)
        .as_chunks()
        .0
        .iter()
        .map(|bytes| Hash(*bytes))
        .collect()
}

fn expected(message: &[u8]) -> Hash {
    Hash(sha2::Sha256::digest(message).into())
}

fn expected_dot(a: &Hash, b: &Hash) -> Hash {
    let (first, second) = if less(a, b) { (a, b) } else { (b, a) };
    expected(&[first.0, second.0].concat())
}

fn for_each_backend(mut check: impl FnMut(Backend)) {
    for backend in Backend::available() {
        check(backend);
    }
}

/// The padded blocks of a message, by the letter of FIPS 180-4.
fn padded(message: &[u8]) -> Vec<[u8; 64]> {
    let mut bytes = message.to_vec();
    bytes.push(0x80);
    while bytes.len() % 64 != 56 {
        bytes.push(0);
    }
    bytes.extend((message.len() as u64 * 8).to_be_bytes());
    bytes.as_chunks().0.to_vec()
}

/// Counts around every number of lanes and their sums.
fn counts(backend: Backend) -> impl Iterator<Item = usize> {
    0..=2 * backend.lanes() + 1
}

#[test]
fn the_backend_that_the_environment_names_is_the_one_in_use() {
    // CI runs the tests once for each backend, and must not run the same one again and again.
    if let Ok(name) = std::env::var("SEALION_BACKEND") {
        assert_eq!(Backend::best().name(), name, "not available here");
    }
    assert_eq!(Backend::by_name("portable"), Backend::available().next());
    assert_eq!(Backend::by_name("no such backend"), None);
}

#[test]
fn published_vectors() {
    // The examples of FIPS 180-2, appendix B, and the empty message of NIST's SHAVS.
    let million = "a".repeat(1_000_000);
    let vectors = [
        (
            "",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        (
            "abc",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ),
        (
            &million,
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
        ),
    ];
    for_each_backend(|backend| {
        for (message, hash) in vectors {
            let hash: Hash = hash.parse().unwrap();
            assert_eq!(backend.sha256(message.as_bytes()), hash);
            let messages = alloc::vec![message.as_bytes(); 2 * backend.lanes() + 1];
            let mut out = alloc::vec![Hash::ZERO; messages.len()];
            backend.sha256_many(&messages, &mut out);
            assert!(out.iter().all(|out| *out == hash), "{}", backend.name());
        }
    });
}

#[test]
fn one_message_of_every_length() {
    let data = bytes(4 * 64 + 2, 1);
    for_each_backend(|backend| {
        for length in 0..=4 * 64 + 1 {
            for start in 0..2 {
                let message = &data[start..start + length];
                assert_eq!(backend.sha256(message), expected(message), "{length}");
                assert_eq!(
                    backend.padded_one(&padded(message)),
                    expected(message),
                    "{length}"
                );
            }
        }
    });
}

#[test]
fn many_messages_of_one_length_at_any_alignment() {
    for_each_backend(|backend| {
        for length in 0..=4 * 64 + 1 {
            for count in counts(backend) {
                // One byte further on for each message: every alignment comes up.
                let data = bytes(length + count, length as u64);
                let messages: Vec<&[u8]> = (0..count).map(|i| &data[i..i + length]).collect();
                let mut out = alloc::vec![Hash::ZERO; count];
                backend.sha256_many(&messages, &mut out);
                for (message, out) in messages.iter().zip(&out) {
                    assert_eq!(
                        *out,
                        expected(message),
                        "{} {length} {count}",
                        backend.name()
                    );
                }
            }
        }
    });
}

#[test]
fn many_messages_of_mixed_lengths() {
    let data = bytes(1000, 2);
    for_each_backend(|backend| {
        for count in (0..=200).step_by(7) {
            let cut = |i: usize| &data[i..i + (i * i * 31) % 300];
            let messages: Vec<&[u8]> = (0..count).map(cut).collect();
            let mut out = alloc::vec![Hash::ZERO; count];
            backend.sha256_many(&messages, &mut out);
            for (message, out) in messages.iter().zip(&out) {
                assert_eq!(*out, expected(message), "{} {count}", backend.name());
            }
        }
    });
}

#[test]
fn many_padded_messages() {
    for_each_backend(|backend| {
        for blocks_each in 1..=5 {
            for count in counts(backend) {
                let length = blocks_each * 64 - 9;
                let messages: Vec<Vec<u8>> = (0..count)
                    .map(|i| bytes(length - i % 50, i as u64))
                    .collect();
                let blocks: Vec<[u8; 64]> = messages.iter().flat_map(|m| padded(m)).collect();
                // At an odd address: blocks are bytes and have no alignment.
                let mut shifted = alloc::vec![0];
                shifted.extend(blocks.as_flattened());
                let (blocks, _) = shifted[1..].as_chunks();
                let mut out = alloc::vec![Hash::ZERO; count];
                backend.padded_many(blocks, blocks_each, &mut out);
                for (message, out) in messages.iter().zip(&out) {
                    assert_eq!(*out, expected(message), "{} {count}", backend.name());
                }
                // The same in another order, and at its place in it.
                let order: Vec<usize> = (0..count).map(|i| (i * 7 + 3) % count.max(1)).collect();
                let starts: Vec<usize> = order.iter().map(|i| i * blocks_each).collect();
                backend.padded_at(blocks, &starts, blocks_each, &mut out);
                for (index, out) in order.iter().zip(&out) {
                    let expected = expected(&messages[*index]);
                    assert_eq!(*out, expected, "{} {count}", backend.name());
                }
            }
        }
    });
}

#[test]
fn messages_outside_their_blocks_are_refused() {
    for_each_backend(|backend| {
        for (start, blocks_each) in [(0, 4), (2, 2), (3, 1), (0, 0), (usize::MAX, 1)] {
            let mut out = [Hash::ZERO];
            let hash = || backend.padded_at(&[[0; 64]; 3], &[start], blocks_each, &mut out);
            let refused = std::panic::catch_unwind(core::panic::AssertUnwindSafe(hash));
            assert!(refused.is_err(), "{start} {blocks_each}");
        }
    });
}

#[test]
fn pairs_of_every_count() {
    for_each_backend(|backend| {
        for count in counts(backend) {
            let nodes = hashes(2 * count, count as u64);
            let (pairs, _) = nodes.as_chunks::<2>();
            let mut out = alloc::vec![Hash::ZERO; count];
            backend.dot_many(pairs, &mut out);
            for ([a, b], out) in pairs.iter().zip(&out) {
                assert_eq!(*out, expected_dot(a, b), "{} {count}", backend.name());
                assert_eq!(*out, backend.dot(a, b));
                assert_eq!(*out, backend.dot(b, a));
            }
        }
    });
}

#[test]
fn pairs_that_differ_at_one_place() {
    let values = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff];
    let mut pairs = Vec::new();
    for place in 0..32 {
        for (x, y) in values.iter().flat_map(|x| values.map(|y| (*x, y))) {
            // The last bytes tie from `place` on; the byte before says the opposite.
            let mut pair = [hashes(1, 3)[0]; 2];
            (pair[0].0[place], pair[1].0[place]) = (x, y);
            if place > 0 {
                (pair[0].0[place - 1], pair[1].0[place - 1]) = (y, x);
            }
            pairs.push(pair);
        }
    }
    for_each_backend(|backend| {
        // In batches of every size, so that each pair meets each lane, with and without ties
        // beside it.
        for size in counts(backend).skip(1) {
            let mut out = alloc::vec![Hash::ZERO; pairs.len()];
            for (pairs, out) in pairs.chunks(size).zip(out.chunks_mut(size)) {
                backend.dot_many(pairs, out);
            }
            for ([a, b], out) in pairs.iter().zip(&out) {
                assert_eq!(*out, expected_dot(a, b), "{} {a:x} {b:x}", backend.name());
            }
        }
    });
}

/// The tree by its definition as a recursion: split at the largest power of two below the count.
fn expected_root(nodes: &[Hash]) -> Option<Hash> {
    if nodes.len() < 2 {
        return nodes.first().copied();
    }
    let (left, right) = nodes.split_at(nodes.len().next_power_of_two() / 2);
    Some(expected_dot(&expected_root(left)?, &expected_root(right)?))
}

#[test]
fn roots_of_every_size() {
    for_each_backend(|backend| {
        for count in (0..=300).chain([511, 512, 513, 1023, 4097]) {
            let nodes = hashes(count, 4);
            let root = backend.root(&mut nodes.clone());
            assert_eq!(root, expected_root(&nodes), "{} {count}", backend.name());
        }
    });
}

#[test]
fn a_level_is_half_as_long() {
    for_each_backend(|backend| {
        for count in 0..=300 {
            let nodes = hashes(count, 5);
            let mut folded = nodes.clone();
            let length = backend.fold_level(&mut folded);
            let above: Vec<Hash> = nodes
                .chunks(2)
                .map(|pair| {
                    if let [a, b] = pair {
                        expected_dot(a, b)
                    } else {
                        pair[0]
                    }
                })
                .collect();
            assert_eq!(folded[..length], above, "{} {count}", backend.name());
        }
    });
}

#[test]
#[should_panic(expected = "as many hashes as pairs")]
fn dot_many_wants_room_for_each() {
    crate::dot_many(&[[Hash::ZERO; 2]], &mut []);
}

#[test]
#[should_panic(expected = "as many hashes as messages")]
fn sha256_many_wants_room_for_each() {
    crate::sha256_many(&[b"a", b"b"], &mut [Hash::ZERO]);
}

#[test]
#[should_panic(expected = "blocks for each of")]
fn padded_many_wants_the_blocks_of_each() {
    crate::padded_many(&[[0; 64]; 3], 2, &mut [Hash::ZERO]);
}

#[test]
#[should_panic(expected = "has a block")]
fn padded_many_wants_a_block_at_least() {
    crate::padded_many(&[], 0, &mut []);
}
