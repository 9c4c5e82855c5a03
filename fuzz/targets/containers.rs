//! Whatever people kept: answers, receipts, streams, aggregates, compressed files.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| sealion_testkit::agree::containers(bytes));
