//! Bounds on what input may ask for, the same for every verb that reads it.

use sealion::Limits;

use crate::error::Error;

/// Bounds that are not the usual ones.
#[derive(Debug, clap::Args)]
pub struct LimitArgs {
    /// Raise or lower a bound on memory or input that a finding named; may be repeated
    #[arg(long = "limit", value_name = "NAME=N", value_parser = limit)]
    limits: Vec<(String, u64)>,
}

impl LimitArgs {
    /// All bounds; the last word on each counts.
    ///
    /// # Errors
    /// If there is none of a name, or it cannot be so high.
    pub fn all(&self) -> Result<Limits, Error> {
        let mut limits = Limits::default();
        for (name, value) in &self.limits {
            limits.set(name, *value)?;
        }
        Ok(limits)
    }
}

/// `NAME=N`, as findings name limits.
fn limit(text: &str) -> Result<(String, u64), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=N")?;
    let value = value
        .parse()
        .map_err(|_| format!("expected a number behind =, found {value:?}"))?;
    Ok((name.to_owned(), value))
}
