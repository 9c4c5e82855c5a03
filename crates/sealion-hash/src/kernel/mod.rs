//! The kernels: one file each, all with the same two functions, `hash` and `pairs`.
//!
//! Every function that needs instructions some processors lack says so with `target_feature`, and
//! the compiler makes every call from code without them unsafe. So the unsafe code in here is
//! loads and stores, each of an array; the calls into here, in `backend`, are the rest.

use crate::stream::BLOCK;

pub(crate) mod portable;

#[cfg(all(target_arch = "aarch64", not(sealion_portable)))]
#[allow(unsafe_code)]
pub(crate) mod aarch64_sha2;
#[cfg(all(target_arch = "x86_64", not(sealion_portable)))]
mod lanes;
#[cfg(all(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    not(sealion_portable)
))]
mod sha256;
#[cfg(all(target_arch = "x86_64", not(sealion_portable)))]
#[allow(unsafe_code)]
pub(crate) mod x86_avx2;
#[cfg(all(target_arch = "x86_64", not(sealion_portable)))]
#[allow(unsafe_code)]
pub(crate) mod x86_avx512;
#[cfg(all(target_arch = "x86_64", not(sealion_portable)))]
#[allow(unsafe_code)]
pub(crate) mod x86_shani;

/// Padded messages of equal length, as a kernel reads them.
pub(crate) trait Messages {
    /// The number of blocks of every message.
    fn blocks_each(&self) -> usize;

    /// Block `block` of message `index`.
    fn block(&self, index: usize, block: usize) -> &[u8; BLOCK];
}
