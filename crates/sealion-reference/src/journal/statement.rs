//! The digest of a PartiQL statement, as recorded in `transactionInfo`.

use super::fields::Fields;
use super::{Answer, Error};
use crate::{ion_hash, Hash};
use ion_rs::Element;

/// One statement of a transaction: what it claims, and what its text gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement<'a> {
    /// `statement`, the PartiQL text.
    pub text: &'a str,
    /// `statementDigest`, 32 bytes.
    pub claimed: Hash,
    /// [`statement_digest`] of the text.
    pub recomputed: Hash,
}

impl Statement<'_> {
    /// Whether the claimed digest is that of the text.
    ///
    /// Where the text has a question mark, parameters may have taken part, which no journal holds:
    /// a difference then shows nothing.
    pub fn answer(&self) -> Answer {
        if self.claimed == self.recomputed {
            Answer::Holds
        } else if self.text.contains('?') {
            Answer::NotRecomputable
        } else {
            Answer::Fails
        }
    }
}

/// The digest of a statement without parameters: the Ion Hash of its text as an Ion string
/// (recomputed on the statements published in the Developer Guide and the AWS CLI's help).
///
/// # Errors
///
/// If the string cannot be hashed; none is known.
pub fn statement_digest(text: &str) -> Result<Hash, Error> {
    Ok(ion_hash(&Element::string(text))?)
}

/// The statements of a `transactionInfo` with their digests, in order.
///
/// Text and digest are covered by the hash of `transactionInfo` in any case: this only tells whether
/// the two agree.
///
/// # Errors
///
/// If there is no list `statements`, or one of them lacks its text or a digest of 32 bytes.
pub fn statements(transaction_info: &Element) -> Result<Vec<Statement<'_>>, Error> {
    let fields = Fields::read("transactionInfo", transaction_info)?;
    fields
        .list("statements")?
        .into_iter()
        .map(|(path, value)| {
            let fields = Fields::read(&path, value)?;
            let text = fields.string("statement")?;
            Ok(Statement {
                text,
                claimed: fields.hash("statementDigest")?,
                recomputed: statement_digest(text)?,
            })
        })
        .collect()
}
