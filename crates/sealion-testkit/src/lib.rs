//! Generators of whole QLDB journals, of everything people kept beside them, and of the damage that a verifier
//! must notice. Unpublished: tests, fuzz targets and benches of this project share it.
//!
//! - [`ion`]: random Ion values, and many spellings of one value;
//! - [`journal`]: whole journals from a seed, block by block in constant memory;
//! - [`ledger`]: a journal in memory, with its digests and proofs;
//! - [`make`]: journals of any size straight to files, on several threads;
//! - [`write`](mod@write): the files and records that the service, its clients and AWS's samples wrote;
//! - [`mutate`]: named changes to a journal or a proof, each with the findings it must cause;
//! - [`hostile`]: text that a terminal would obey, in every place of a value;
//! - [`agree`]: the checks that hold the `sealion` library to the reference.
//!
//! Nothing but [`agree`] uses the library. What is generated here is right by the rules in `sealion-reference`
//! alone, so a test that hands it to the library compares two independent programs.
//!
//! The same seed gives the same bytes on every machine.

pub mod agree;
pub mod block;
pub mod hostile;
pub mod ion;
pub mod journal;
pub mod ledger;
pub mod make;
pub mod mutate;
pub mod rng;
pub mod time;
pub mod write;

pub use block::Block;
pub use journal::{Journal, Mix};
pub use ledger::Ledger;
pub use rng::Rng;

use ion_rs::Element;
use sealion_reference::Hash;

/// The Ion Hash (Ion Hash 1.0 with SHA-256) of a value that this kit made, 32 bytes.
///
/// # Panics
/// If the value has no Ion Hash. Values from this kit always have one.
#[must_use]
pub fn ion_hash(value: &Element) -> Hash {
    sealion_reference::ion_hash(value).expect("values made by this kit have an Ion Hash")
}
