//! Whatever people kept: answers, receipts, streams, aggregates, compressed files.
#![no_main]

use libfuzzer_sys::fuzz_target;

mod hook;

fuzz_target!(init: hook::install(), |bytes: &[u8]| sealion_testkit::agree::containers(bytes));
