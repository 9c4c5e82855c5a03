//! STAGE 2: what the bytes claim. Nothing here is recomputed.

mod address;
mod answers;
pub(crate) mod aws_json;
pub(crate) mod block;
pub(crate) mod claim;
mod consistency;
#[cfg(test)]
pub(crate) mod counted;
mod digest;
pub(crate) mod dynamo;
pub(crate) mod evidence;
mod ion_text;
pub(crate) mod json;
pub(crate) mod manifest;
pub(crate) mod names;
mod numbers;
mod proof;
pub(crate) mod pylit;
pub(crate) mod pyrepr;
pub(crate) mod read;
pub(crate) mod readings;
pub(crate) mod revision;
pub(crate) mod saved_hash;
mod saved_text;
pub(crate) mod time;
pub(crate) mod uncovered;
mod write_json;
mod write_text;

pub use address::{BlockAddress, StrandId};
pub use consistency::Consistency;
pub use digest::{Digest, ParseDigestError};
pub use proof::Proof;
pub(crate) use revision::read_json;
pub use sealion_hash::{Hash, ParseHashError};
pub(crate) use write_json::down_converted;
pub(crate) use write_text::compact;
