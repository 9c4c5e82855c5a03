//! The kinds of backend that each processor family has, and which kernel takes which messages.
//!
//! Every file here has the same enum `Kind` with the same functions. A `Kind` hashes only from
//! inside a [`Backend`](crate::Backend), and becomes one only where `is_available` says so: that
//! is what makes the calls into the kernels sound.

#[cfg(all(target_arch = "x86_64", not(sealion_portable)))]
#[allow(unsafe_code)]
mod x86_64;
#[cfg(all(target_arch = "x86_64", not(sealion_portable)))]
pub(crate) use x86_64::Kind;

#[cfg(all(target_arch = "aarch64", not(sealion_portable)))]
#[allow(unsafe_code)]
mod aarch64;
#[cfg(all(target_arch = "aarch64", not(sealion_portable)))]
pub(crate) use aarch64::Kind;

#[cfg(any(
    sealion_portable,
    not(any(target_arch = "x86_64", target_arch = "aarch64"))
))]
mod other;
#[cfg(any(
    sealion_portable,
    not(any(target_arch = "x86_64", target_arch = "aarch64"))
))]
pub(crate) use other::Kind;
