//! STAGE 2: what the bytes claim. Nothing here is recomputed.

mod address;
pub(crate) mod claim;
mod digest;
mod hash;
pub(crate) mod json;
mod proof;
pub(crate) mod read;

pub use address::{BlockAddress, StrandId};
pub use digest::{Digest, ParseDigestError};
pub use hash::{Hash, ParseHashError};
pub use proof::Proof;
