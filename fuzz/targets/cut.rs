//! Pieces of a file, and one Ion reader over all of it.
#![no_main]

use libfuzzer_sys::fuzz_target;

mod hook;

fuzz_target!(init: hook::install(), |bytes: &[u8]| {
    sealion_testkit::agree::cut(bytes);
});
