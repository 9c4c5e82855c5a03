//! Ion 1.0 text.

pub(crate) mod base64;
mod lexer;
pub(crate) mod number;
mod reader;
pub(crate) mod string;
mod timestamp;
pub(crate) mod usual;
mod walk;

pub(crate) use reader::{Place, TextReader};
