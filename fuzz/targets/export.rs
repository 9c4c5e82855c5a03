//! An export of several files, by any number of threads.
#![no_main]

use libfuzzer_sys::fuzz_target;

mod hook;

fuzz_target!(init: hook::install(), |bytes: &[u8]| {
    sealion_testkit::agree::export(bytes);
});
