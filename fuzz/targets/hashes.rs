//! Messages, pairs and trees, by every backend.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    sealion_testkit::agree::hashes(bytes);
});
