//! A journal in Ion text.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| sealion_testkit::agree::text(bytes));
