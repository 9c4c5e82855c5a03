//! STAGE 1: where bytes are, what each file is, and whole values cut from it.

mod archive;
mod compression;
mod context;
mod cut_binary;
mod cut_text;
pub(crate) mod digest_text;
mod encoding;
mod exact_binary;
mod exact_text;
mod flaw;
mod frames;
mod hash_all;
pub(crate) mod kpl;
mod lasting;
mod members;
mod pieces;
#[doc(hidden)]
pub mod probe;
mod shell;
mod spare;
mod spool;
#[cfg(test)]
mod trickle;
mod uncut;
mod walk;
pub(crate) mod yaml;

pub use archive::{Archive, Directory, Memory, Object, OneFile, Stdin, Union};
pub(crate) use compression::{decompressed, Zeros};
pub(crate) use cut_text::skip_blanks;
pub(crate) use cut_text::TextScanner;
pub(crate) use encoding::NotUtf16;
pub(crate) use flaw::{Flaw, FlawKind};
pub(crate) use frames::{has_aggregates, Frames};
pub(crate) use hash_all::hash_all;
pub(crate) use lasting::{Failure, Lasting};
pub(crate) use pieces::{Encoding, Piece, Pieces};
pub(crate) use shell::ShellRows;
pub(crate) use spare::keep;
pub(crate) use spool::Spool;
pub(crate) use walk::{words, Refused, Seen, Why, REFUSED_MAX};
