//! STAGE 1: where bytes are, what each file is, and whole values cut from it.

mod archive;
mod compression;
mod cut_binary;
mod cut_text;
mod flaw;
mod pieces;

pub use archive::{Archive, Directory, Memory, Object, OneFile, Stdin, Union};
pub(crate) use compression::decompressed;
pub(crate) use flaw::{Flaw, FlawKind};
pub(crate) use pieces::{Encoding, Piece, Pieces};
