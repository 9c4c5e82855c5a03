//! The crate through AWS's own client, on a server over a made ledger.

mod fetched;
mod refused;
mod stub;
mod wrong;
