//! The little YAML that the AWS CLI writes with `--output yaml`.
//!
//! Only what those answers consist of: mappings in mappings, and strings that
//! are plain, in single or in double quotes, folded over lines or not (YAML 1.1,
//! "Flow styles"). All else makes the text something we do not understand.

/// A string in a text, and where it starts there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scalar {
    pub(crate) text: String,
    pub(crate) offset: u64,
}

/// The strings in `text`, each with its path (`Block.IonText`), in order, also
/// repeated ones; `None` if it is not this kind of YAML.
pub(crate) fn entries(text: &str) -> Option<Vec<(String, Scalar)>> {
    // Ends of lines in YAML 1.1 and plain characters in 1.2: no telling which.
    if text.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
        return None;
    }
    let mut yaml = Yaml { text, at: 0 };
    let mut entries = Vec::new();
    let mut open: Vec<Open> = vec![Open::new(String::new(), 0)];
    let mut first = true;
    while yaml.at < text.len() {
        let start = yaml.at;
        let line = yaml.line();
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        if std::mem::take(&mut first) && line.trim_end() == "---" {
            continue;
        }
        let indent = line.len() - line.trim_start_matches(' ').len();
        while open.len() > 1 && open.last().is_some_and(|map| indent < map.least_indent) {
            open.pop();
        }
        let map = open.last_mut()?;
        // All members of a mapping stand below each other.
        if *map.indent.get_or_insert(indent) != indent {
            return None;
        }
        let (name, after) = line[indent..].split_once(':')?;
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(word) || after.starts_with(|c| c != ' ') {
            return None;
        }
        let path = match map.path.as_str() {
            "" => name.to_owned(),
            above => format!("{above}.{name}"),
        };
        let value = after.trim_start_matches(' ');
        if value.is_empty() || value.starts_with('#') {
            open.push(Open::new(path, indent + 1));
            continue;
        }
        let value_start = start + line.len() - value.len();
        yaml.at = value_start;
        let scalar = Scalar {
            text: yaml.scalar(indent)?,
            offset: value_start as u64,
        };
        entries.push((path, scalar));
    }
    Some(entries)
}

/// A mapping whose members are being read.
struct Open {
    path: String,
    least_indent: usize,
    /// The indent of its members, once there is one.
    indent: Option<usize>,
}

impl Open {
    fn new(path: String, least_indent: usize) -> Open {
        Open {
            path,
            least_indent,
            indent: None,
        }
    }
}

struct Yaml<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Yaml<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The line from here on, without its end; goes to the next.
    fn line(&mut self) -> &'a str {
        let rest = self.rest();
        let (line, length) = match rest.find('\n') {
            Some(end) => (&rest[..end], end + 1),
            None => (rest, rest.len()),
        };
        self.at += length;
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// The string that starts here; goes to the line after it.
    fn scalar(&mut self, indent: usize) -> Option<String> {
        let quote = self.rest().chars().next()?;
        if quote != '\'' && quote != '"' {
            return self.plain(indent);
        }
        self.at += 1;
        let text = match quote {
            '"' => self.double_quoted()?,
            _ => self.single_quoted()?,
        };
        let behind = self.line();
        let comment = behind.trim_start();
        let nothing = comment.is_empty() || (comment.starts_with('#') && behind != comment);
        nothing.then_some(text)
    }

    /// Plain, without quotes. What Ion and hashes start with never stands so,
    /// but for base64.
    fn plain(&mut self, indent: usize) -> Option<String> {
        let mut text = plain_line(self.line())?.to_owned();
        let item = text == "-" || text.starts_with("- ");
        if item || text.starts_with(|c: char| "|>&*!%@`{}[],#?".contains(c)) {
            return None;
        }
        loop {
            let next = self.rest();
            let line = Yaml { text: next, at: 0 }.line();
            let content = line.trim_start_matches(' ');
            if content.is_empty()
                || content.starts_with('#')
                || line.len() - content.len() <= indent
            {
                return Some(text);
            }
            text.push(' ');
            text.push_str(plain_line(self.line())?);
        }
    }

    fn single_quoted(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            let found = self.rest().find(['\'', '\n'])?;
            text.push_str(&self.rest()[..found]);
            self.at += found;
            if self.rest().starts_with('\n') {
                self.fold(&mut text, 0);
            } else if self.rest().starts_with("''") {
                text.push('\'');
                self.at += 2;
            } else {
                self.at += 1;
                return Some(text);
            }
        }
    }

    fn double_quoted(&mut self) -> Option<String> {
        let mut text = String::new();
        // Blanks up to here were escaped and stay at the end of a line.
        let mut fixed = 0;
        loop {
            let found = self.rest().find(['"', '\\', '\n'])?;
            text.push_str(&self.rest()[..found]);
            self.at += found;
            let after = &self.rest()[1..];
            match self.rest().as_bytes()[0] {
                b'"' => {
                    self.at += 1;
                    return Some(text);
                }
                b'\n' => self.fold(&mut text, fixed),
                _ if after.starts_with(['\n', '\r']) => {
                    self.at += 1;
                    self.line();
                    let breaks = self.blank_lines();
                    text.extend(std::iter::repeat_n('\n', breaks));
                }
                _ => {
                    let (meant, length) = escaped(after)?;
                    text.push(meant);
                    self.at += 1 + length;
                }
            }
            fixed = text.len();
        }
    }

    /// At the end of a line in quotes: one end means a blank, more mean one less.
    /// Blanks around do not count, but those before `fixed` do.
    fn fold(&mut self, text: &mut String, fixed: usize) {
        let kept = text.trim_end_matches([' ', '\t', '\r']).len();
        text.truncate(kept.max(fixed));
        self.line();
        match self.blank_lines() {
            0 => text.push(' '),
            breaks => text.extend(std::iter::repeat_n('\n', breaks)),
        }
    }

    /// Goes over blank lines, and the blanks at the start of the one behind.
    fn blank_lines(&mut self) -> usize {
        let mut count = 0;
        loop {
            let rest = self.rest();
            let content = rest.trim_start_matches([' ', '\t']);
            self.at += rest.len() - content.len();
            if !content.starts_with('\n') && !content.starts_with("\r\n") {
                return count;
            }
            self.line();
            count += 1;
        }
    }
}

/// A line of a plain string, without a comment behind it.
fn plain_line(line: &str) -> Option<&str> {
    let line = line.split(" #").next().unwrap_or(line).trim();
    let mapping = line.contains(": ") || line.ends_with(':');
    (!mapping).then_some(line)
}

/// The character that an escape means, and how long it is without the backslash.
fn escaped(after: &str) -> Option<(char, usize)> {
    let kind = after.chars().next()?;
    let digits = match kind {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    if digits > 0 {
        let hex = after.get(1..1 + digits)?;
        hex.chars().all(|c| c.is_ascii_hexdigit()).then_some(())?;
        let code = u32::from_str_radix(hex, 16).ok()?;
        return Some((char::from_u32(code)?, 1 + digits));
    }
    let meant = match kind {
        '0' => '\0',
        'a' => '\x07',
        'b' => '\x08',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\x0B',
        'f' => '\x0C',
        'r' => '\r',
        'e' => '\x1B',
        ' ' | '"' | '/' | '\\' => kind,
        'N' => '\u{85}',
        '_' => '\u{A0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        _ => return None,
    };
    Some((meant, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Vec<(String, String)>> {
        let entries = entries(text)?.into_iter();
        Some(entries.map(|(path, scalar)| (path, scalar.text)).collect())
    }

    fn one(value: &str) -> Option<String> {
        let entries = read(&format!("A: {value}\nB: b\n"))?;
        assert_eq!(entries.len(), 2, "{value}");
        Some(entries[0].1.clone())
    }

    #[test]
    fn reads_mappings_with_paths_and_offsets() {
        let text = "---\r\n# all\nA: x # one\n\nB:\n  C:\n    D: \"y\"\n  E: 'z'\r\nA: w";
        let found = entries(text).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|(path, scalar)| (path.as_str(), scalar.text.as_str(), scalar.offset as usize))
            .collect();
        let at = |what: &str| text.find(what).unwrap();
        assert_eq!(
            found,
            [
                ("A", "x", at("x #")),
                ("B.C.D", "y", at("\"y")),
                ("B.E", "z", at("'z")),
                ("A", "w", at("w")),
            ]
        );
    }

    #[test]
    fn reads_strings_in_all_quotes_and_folds() {
        for (value, expected) in [
            ("ab+/=", "ab+/="),
            ("a b\n  c", "a b c"),
            ("'it''s'", "it's"),
            ("''", ""),
            ("'a: b # c'", "a: b # c"),
            ("'a  \n   b'", "a b"),
            ("'a\r\n  b'", "a b"),
            ("'a\n\n\n  b'", "a\n\nb"),
            ("' a\n\n\n  b '  # c", " a\n\nb "),
            (
                r#""\x41\u00e9\U0001F600\t\\\"\/\0""#,
                "A\u{e9}\u{1F600}\t\\\"/\0",
            ),
            (r#""\N\_\L\P\e""#, "\u{85}\u{A0}\u{2028}\u{2029}\x1B"),
            ("\"a\\\n  \\  b\"", "a  b"),
            ("\"a\\ \n  b\"", "a  b"),
            ("\"a \n\n  b\"", "a\nb"),
        ] {
            assert_eq!(one(value).as_deref(), Some(expected), "{value}");
        }
    }

    #[test]
    fn what_is_not_this_yaml_is_not_read() {
        for text in [
            "A: 'x",
            "A: 'x' y\n",
            "A: 'x'# y\n",
            "A: \"x",
            "A: \"\\q\"\n",
            "A: \"\\x+1\"\n",
            "A: \"\\uD83D\"\n",
            "A: |\n  x\n",
            "A: 'x\u{2028}y'\n",
            "A: [x]\n",
            "A: {x: y}\n",
            "A: &x y\n",
            "A: b: c\n",
            "A: b\n  c: d\n",
            "- A: b\n",
            "A:\n- b\n",
            "A:\n  B: c\n D: e\n",
            "A: b\n C: d\n\n",
            "A b\n",
            "A:b\n",
            "{A: b}\n",
            ": b\n",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn no_cut_of_a_text_breaks_the_reader() {
        let text = "A:\n  B: \"x\\\n   \\ y\u{e9}\"\nC: 'z\n\n  ''w'\nD: u\n   v # t\n";
        assert_eq!(read(text).unwrap().len(), 3);
        for length in 0..text.len() {
            if let Some(cut) = text.get(..length) {
                let _ = read(cut);
            }
        }
    }
}
