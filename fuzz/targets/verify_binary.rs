//! A journal in Ion binary, without the version marker that it starts with.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| sealion_testkit::agree::binary(bytes));
