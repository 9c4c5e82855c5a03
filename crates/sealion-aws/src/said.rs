//! What an error says, in one line.

use std::error::Error;

use crate::WORDS_CHARACTERS_MAX;

/// What a user without credentials can do.
pub const NO_CREDENTIALS: &str =
    "found no AWS credentials: set AWS_PROFILE or AWS_ACCESS_KEY_ID and \
    AWS_SECRET_ACCESS_KEY, run `aws sso login`, or say --no-sign-request for what anybody may read";

/// An error with all its causes, the outermost first, each said once. Errors of AWS's crates keep
/// what matters in the innermost.
///
/// ```
/// use std::io;
/// let cause = io::Error::other("connection refused");
/// let error = io::Error::other(cause);
/// assert_eq!(sealion_aws::said(&error), "connection refused");
/// ```
pub fn said(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let words = error.to_string();
        if !text.contains(&words) {
            if !text.is_empty() {
                text += ": ";
            }
            text += &words;
        }
        next = error.source();
    }
    text
}

/// The error of a type among the causes of an error, or the error itself.
pub fn among<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The beginning of a server's words, which may be a flood of them.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(WORDS_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_words_is_cut() {
        let long = "ü".repeat(WORDS_CHARACTERS_MAX);
        assert_eq!(shortened(&long), long);
        assert_eq!(shortened(&(long.clone() + "x")), long + "…");
    }
}
