//! A journal in Ion binary, without the version marker that it starts with.
#![no_main]

use libfuzzer_sys::fuzz_target;

mod hook;

fuzz_target!(init: hook::install(), |bytes: &[u8]| sealion_testkit::agree::binary(bytes));
