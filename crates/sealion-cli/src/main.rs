//! The sealion program.
fn main() {}
