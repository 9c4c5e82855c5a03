//! One value of Ion binary.
#![no_main]

use libfuzzer_sys::fuzz_target;

mod hook;

fuzz_target!(init: hook::install(), |bytes: &[u8]| {
    let _ = sealion_testkit::agree::value(&[&[0xE0, 0x01, 0x00, 0xEA], bytes].concat());
});
