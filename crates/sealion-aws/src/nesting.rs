//! How deep JSON is nested, told from its bytes as they come.
//!
//! The reader of AWS's last client of QLDB recurses once for each level, and ends the process where there are too
//! many. Up to the first error in an answer, at which any reader stops, what is counted here is what it sees.

use crate::NESTING_MAX;

/// Where in a JSON text its next byte stands.
#[derive(Debug, Default)]
pub(crate) struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Nesting {
    /// Goes on over these bytes. False once it is deeper than [`NESTING_MAX`].
    pub(crate) fn pass(&mut self, bytes: &[u8]) -> bool {
        for byte in bytes {
            match (self.in_string, byte) {
                (true, _) if self.escaped => self.escaped = false,
                (true, b'\\') => self.escaped = true,
                (_, b'"') => self.in_string = !self.in_string,
                (false, b'[' | b'{') => self.depth += 1,
                (false, b']' | b'}') => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            if self.depth > NESTING_MAX {
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_open_counts_however_the_bytes_are_cut() {
        let flat = r#"{"a":"[[[[\"{{{{\\","b":[{}]},"#.repeat(NESTING_MAX);
        let deep = r#"{"\"]}":["#.repeat(NESTING_MAX / 2);
        for cut in 1..40 {
            let passes = |text: &str| {
                let mut nesting = Nesting::default();
                text.as_bytes().chunks(cut).all(|part| nesting.pass(part))
            };
            assert!(passes(&flat), "{cut}");
            assert!(passes(&deep), "{cut}");
            assert!(!passes(&format!("{deep}[")), "{cut}");
        }
    }
}
