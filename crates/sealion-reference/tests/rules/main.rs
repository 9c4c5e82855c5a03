//! Every rule, through the public API: on published data, on made journals, and on each of them
//! changed by as little as a bit.

mod edit;
mod errors;
mod fixture;
mod made;
mod proofs;
mod published;
mod rejects;
