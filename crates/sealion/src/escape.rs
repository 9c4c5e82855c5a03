//! What comes from data, made harmless before it leaves.
//!
//! A name, a statement or a path in the inputs may hold anything: sequences that clear a screen or
//! hide what follows, a line feed and a verdict behind it, marks that turn text round, a formula
//! that a spreadsheet runs. One table says which characters these are; for each form in which
//! something leaves there is one function, that writes them in the escapes of that form. In JSON, Ion
//! and CSV nothing is lost by that: whoever reads the escapes has what was there.

use std::borrow::Cow;
use std::fmt::{self, Write};

/// Whether a character drives a terminal, has no shape of its own, or changes how others are shown:
/// control characters (C0, DELETE, C1), marks and overrides of direction, line and paragraph
/// separators, what has no width, annotations, tags, and what is no character at all.
///
/// Selectors of variants are none of them, since Emoji are written with them.
pub fn is_hidden(character: char) -> bool {
    // Most are these.
    if matches!(character, ' '..='~') {
        return false;
    }
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
            | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{3164}' | '\u{ffa0}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(character) & 0xFFFE == 0xFFFE
}

/// `text` with everything hidden written by `escape`, but what it is to keep.
fn escaped(
    text: &str,
    keep: fn(char) -> bool,
    escape: fn(&mut String, char) -> fmt::Result,
) -> Cow<'_, str> {
    let hidden = |c: char| is_hidden(c) && !keep(c);
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match hidden(c) {
            // Writing to a string cannot fail.
            true => _ = escape(&mut safe, c),
            false => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

fn for_people(out: &mut String, c: char) -> fmt::Result {
    write!(out, "{}", c.escape_default())
}

/// As JSON has them: `\u001b`; two of them for what does not fit into one.
fn for_json(out: &mut String, c: char) -> fmt::Result {
    let mut units = [0; 2];
    let mut units = c.encode_utf16(&mut units).iter();
    units.try_for_each(|unit| write!(out, "\\u{unit:04x}"))
}

/// As Ion text has them, in strings and quoted symbols: `\u001b`, `\U000e0041`.
fn for_ion(out: &mut String, c: char) -> fmt::Result {
    match u32::from(c) {
        code @ ..=0xFFFF => write!(out, "\\u{code:04x}"),
        code => write!(out, "\\U{code:08x}"),
    }
}

fn nothing(_: char) -> bool {
    false
}

fn line_feeds(c: char) -> bool {
    c == '\n'
}

/// For one line of text for a person: everything hidden is escaped (`\u{1b}`), line feeds as well.
pub fn line(text: &str) -> Cow<'_, str> {
    escaped(text, nothing, for_people)
}

/// For text for a person that has lines: as [`line()`], but line feeds stay. Of use only where no
/// line feed comes from data.
pub fn page(text: &str) -> Cow<'_, str> {
    escaped(text, line_feeds, for_people)
}

/// For JSON that is written already, one value or lines of them: it means the same after it.
pub fn json(json: &str) -> Cow<'_, str> {
    escaped(json, line_feeds, for_json)
}

/// For Ion text that is written already, on one line: it means the same after it, since what is
/// hidden can stand only in strings, quoted symbols and comments.
pub fn ion(ion: &str) -> Cow<'_, str> {
    escaped(ion, nothing, for_ion)
}

/// For a string in a cell of CSV: a backslash is doubled, everything hidden is escaped as in JSON;
/// then as [`csv_cell`].
pub fn csv_string(text: &str) -> String {
    let doubled = text.replace('\\', "\\\\");
    csv_cell(&escaped(&doubled, nothing, for_json))
}

/// For a cell of CSV that is safe otherwise: one that a spreadsheet could take for a formula begins
/// with one `'` more, and so does one that began with it. Whoever takes one `'` from the beginning of
/// every cell that has one has what was there.
pub fn csv_cell(text: &str) -> String {
    // The wide forms are taken for the others in some countries.
    let formula = ['=', '+', '-', '@', '\'', '＝', '＋', '－', '＠'];
    match text.starts_with(formula) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// Writes lines for a person, so that what comes from data starts none and hides nothing, wherever
/// it stands in the arguments: `write!` and `writeln!` may be used on it, for one line each.
///
/// All that is hidden is escaped, but a line feed at the end, which ends the line, and one at the
/// beginning, which leaves a blank one.
pub(crate) struct Lines<'a>(&'a mut dyn Write);

impl<'a> Lines<'a> {
    pub(crate) fn new(out: &'a mut dyn Write) -> Lines<'a> {
        Lines(out)
    }

    /// Writes words of our own as they are, with colours and line feeds.
    pub(crate) fn own(&mut self, words: &str) -> fmt::Result {
        self.0.write_str(words)
    }

    /// What `write!` calls.
    pub(crate) fn write_fmt(&mut self, arguments: fmt::Arguments<'_>) -> fmt::Result {
        // Words of ours alone.
        if let Some(words) = arguments.as_str() {
            return self.own(words);
        }
        let text = arguments.to_string();
        let (start, rest) = match text.strip_prefix('\n') {
            Some(rest) => ("\n", rest),
            None => ("", &*text),
        };
        let (rest, end) = match rest.strip_suffix('\n') {
            Some(rest) => (rest, "\n"),
            None => (rest, ""),
        };
        self.own(start)?;
        self.own(&line(rest))?;
        self.own(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a terminal or a reader could be fooled with.
    const HOSTILE: &str =
        "\u{1b}[2J\u{1b}]8;;http://x\u{7}\nVERIFIED: all good\r\t\u{9b}1m\u{202e}\
        \u{2066}\u{200f}\u{2028}\u{2029}\u{200b}\u{feff}\u{e0041}\u{7f}\u{fdd0}\u{1ffff}\0";

    #[test]
    fn nothing_hidden_is_left_on_a_line() {
        let safe = line(HOSTILE);
        assert!(!safe.contains(is_hidden), "{safe}");
        assert!(safe.starts_with("\\u{1b}[2J"), "{safe}");
        assert!(safe.contains("\\nVERIFIED"), "{safe}");
        assert!(!page(HOSTILE).replace('\n', "").contains(is_hidden));
        assert_eq!(line("a \\ é 日本 ☂\u{fe0f}"), "a \\ é 日本 ☂\u{fe0f}");
    }

    #[test]
    fn lines_keep_their_own_ends_alone() {
        let mut text = String::new();
        let mut lines = Lines::new(&mut text);
        let [first, second] = ["a\nb\n", "c\n"].map(str::to_owned);
        writeln!(lines, "\nname {first}").unwrap();
        writeln!(lines, "{second}").unwrap();
        writeln!(lines, "two\nlines of ours").unwrap();
        assert_eq!(text, "\nname a\\nb\\n\nc\\n\ntwo\nlines of ours\n");
    }
}
