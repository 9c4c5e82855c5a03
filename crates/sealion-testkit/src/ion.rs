//! Ion values: random ones of every kind, their plain text, and many other spellings of the same value.
//!
//! [`value`] makes values from a seed, [`strategy`] for proptest. [`text`] writes a value plainly, [`spell`] in as
//! many ways as Ion 1.0 text allows, [`binary`] likewise in Ion 1.0 binary. However one value is spelled, its Ion
//! Hash is one.

pub mod binary;
pub mod spell;
pub mod strategy;
mod symbols;
pub mod text;
pub mod value;
mod varint;
