//! SHA-256 of many messages in the lanes of vectors: lane `i` of every vector belongs to message
//! `i`, so the arithmetic is that of FIPS 180-4, section 6.2, word by word.
//!
//! The message schedule of a block is made first, for one vector of messages after the other, and
//! lies in a table of 64 rows. The rounds then take several vectors of messages (`STREAMS`)
//! through at once: each round waits for the one before, and only other messages can fill that
//! time. A row holds the streams side by side; a table for each of them would set the same rows 4
//! KiB apart, which the first-level cache of many processors mistakes for one address (measured:
//! the rounds take 1.6 times as long).

/// `$body` once for each of the constants, with `$t` as its name: unrolled, so that arrays indexed
/// by it live in registers.
macro_rules! unroll {
    ($t:ident in [$($value:literal)*] $body:block) => { $({ const $t: usize = $value; $body })* };
}
pub(crate) use unroll;

/// The lane arithmetic for one kind of vector. The file that uses it defines, for its `Vector` and
/// under the same features: `add`, `xor3`, `ch`, `maj`, `ror::<N>`, `shr::<N>` and `splat`.
macro_rules! lane_arithmetic {
    ($features:literal) => {
        use crate::kernel::lanes::unroll;
        use crate::kernel::sha256::{K, PAIR_PADDING};

        /// The state of one vector of messages: the words a to h.
        type State = [Vector; 8];

        /// One round on `state`, `kw` being K and the schedule's word added.
        #[inline]
        #[target_feature(enable = $features)]
        fn round(state: &mut State, kw: Vector) {
            let [a, b, c, d, e, f, g, h] = *state;
            let sigma1 = xor3(ror::<6>(e), ror::<11>(e), ror::<25>(e));
            let t1 = add(add(h, kw), add(sigma1, ch(e, f, g)));
            let sigma0 = xor3(ror::<2>(a), ror::<13>(a), ror::<22>(a));
            let t2 = add(sigma0, maj(a, b, c));
            *state = [add(t1, t2), a, b, c, add(d, t1), e, f, g];
        }

        /// Word `t` of the schedule for `t` of 16 and more, where `w` holds the 16 before it, each
        /// at its number modulo 16.
        #[inline]
        #[target_feature(enable = $features)]
        fn next_word(w: &[Vector; 16], t: usize) -> Vector {
            let (x, y) = (w[(t + 1) % 16], w[(t + 14) % 16]);
            let sigma0 = xor3(ror::<7>(x), ror::<18>(x), shr::<3>(x));
            let sigma1 = xor3(ror::<17>(y), ror::<19>(y), shr::<10>(y));
            add(add(w[t % 16], sigma0), add(w[(t + 9) % 16], sigma1))
        }

        /// Writes the schedule of the block with words `w`, K added, into column `stream`.
        #[inline]
        #[target_feature(enable = $features)]
        fn expand<const STREAMS: usize>(
            words: &[Vector; 16],
            table: &mut [[Vector; STREAMS]; 64],
            stream: usize,
        ) {
            let mut w = *words;
            let (parts, _) = table.as_chunks_mut::<16>();
            let (k, _) = K.as_chunks::<16>();
            let mut parts = parts.iter_mut().zip(k);
            if let Some((rows, k)) = parts.next() {
                unroll!(T in [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15] {
                    rows[T][stream] = add(w[T], splat(k[T]));
                });
            }
            for (rows, k) in parts {
                unroll!(T in [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15] {
                    w[T] = next_word(&w, T);
                    rows[T][stream] = add(w[T], splat(k[T]));
                });
            }
        }

        /// The 64 rounds of a block whose schedule is in `table`.
        #[inline]
        #[target_feature(enable = $features)]
        fn rounds<const STREAMS: usize>(
            states: &mut [State; STREAMS],
            table: &[[Vector; STREAMS]; 64],
        ) {
            let before = *states;
            for rows in table.as_chunks::<8>().0 {
                unroll!(T in [0 1 2 3 4 5 6 7] {
                    for stream in 0..STREAMS {
                        round(&mut states[stream], rows[T][stream]);
                    }
                });
            }
            add_states(states, &before);
        }

        /// The 64 rounds of the block that ends every pair of hashes.
        #[inline]
        #[target_feature(enable = $features)]
        fn rounds_of_padding<const STREAMS: usize>(states: &mut [State; STREAMS]) {
            let before = *states;
            for row in PAIR_PADDING.as_chunks::<8>().0 {
                unroll!(T in [0 1 2 3 4 5 6 7] {
                    for state in states.iter_mut() {
                        round(state, splat(row[T]));
                    }
                });
            }
            add_states(states, &before);
        }

        #[inline]
        #[target_feature(enable = $features)]
        fn add_states<const STREAMS: usize>(
            states: &mut [State; STREAMS],
            before: &[State; STREAMS],
        ) {
            for (word, before) in states.as_flattened_mut().iter_mut().zip(before.as_flattened()) {
                *word = add(*word, *before);
            }
        }

        /// The state before the first block, in every lane.
        #[inline]
        #[target_feature(enable = $features)]
        fn initial() -> State {
            let mut state = [splat(0); 8];
            for (vector, word) in state.iter_mut().zip(crate::stream::INITIAL) {
                *vector = splat(word);
            }
            state
        }
    };
}
pub(crate) use lane_arithmetic;
