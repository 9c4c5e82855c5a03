//! What an error says, in one line.

use std::error::Error;

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
