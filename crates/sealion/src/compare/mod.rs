//! Holds what was kept against one another, without trust in any of it.

mod journals;

pub use journals::{
    compare_journals, Copy, Difference, DifferenceKind, JournalComparison, Outcome,
};
