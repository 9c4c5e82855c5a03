//! One value of Ion text.
#![no_main]

use libfuzzer_sys::fuzz_target;

mod hook;

fuzz_target!(init: hook::install(), |bytes: &[u8]| {
    if !bytes.starts_with(&[0xE0]) {
        let _ = sealion_testkit::agree::value(bytes);
    }
});
