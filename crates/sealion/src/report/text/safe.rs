//! Text from the inputs, made harmless before a person sees it.

use std::fmt::{self, Write};

use crate::escape;

/// Characters printed of one text from the inputs. Hashes, paths and messages are
/// shorter; the JSON form has everything.
const LENGTH_MAX: usize = 500;

/// A text from the inputs, harmless to a terminal and to the reader: as
/// [`escape::line`] writes it, and what is too long is cut, saying so.
pub(crate) struct Safe<'a>(pub(crate) &'a str);

impl fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.chars();
        for character in rest.by_ref().take(LENGTH_MAX) {
            match escape::is_hidden(character) {
                true => write!(f, "{}", character.escape_default())?,
                false => f.write_char(character)?,
            }
        }
        match rest.count() {
            0 => Ok(()),
            more => write!(f, "… ({more} characters more)"),
        }
    }
}
