//! Ion 1.0 binary.

mod header;
mod reader;
mod steps;
mod symbols;
mod table;
mod value;
mod walk;

pub(crate) use reader::{BinaryReader, Place};
pub use steps::Steps;
pub use table::SymbolTable;
