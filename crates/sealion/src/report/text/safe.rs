//! Text from the inputs, made harmless before a person sees it.

use std::fmt::{self, Write};

/// Characters printed of one text from the inputs. Hashes, paths and messages are
/// shorter; the JSON form has everything.
const LENGTH_MAX: usize = 500;

/// A text from the inputs, harmless to a terminal and to the reader: control
/// characters and those that reorder or hide text are escaped (`\u{1b}`), and what
/// is too long is cut, saying so.
pub(crate) struct Safe<'a>(pub(crate) &'a str);

impl fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = self.0.chars();
        for character in characters.by_ref().take(LENGTH_MAX) {
            match character {
                hidden if hidden.is_control() || is_invisible(hidden) => {
                    write!(f, "{}", hidden.escape_default())?;
                }
                plain => f.write_char(plain)?,
            }
        }
        match characters.count() {
            0 => Ok(()),
            more => write!(f, "… ({more} characters more)"),
        }
    }
}

/// Characters without a shape of their own: zero width, line and paragraph
/// separators, direction marks and overrides, joiners, annotations, tags.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}
