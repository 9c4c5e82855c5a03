//! Numbers as people say them, with the noun for one or for many.

use std::fmt::Display;

/// `1 block`, `2 blocks`.
pub(crate) fn counted(number: impl TryInto<u64> + Display, one: &str, many: &str) -> String {
    let text = number.to_string();
    match number.try_into() {
        Ok(1) => format!("1 {one}"),
        _ => format!("{text} {many}"),
    }
}

/// `block 5`, `blocks 5 to 7`.
pub(crate) fn blocks(first: u64, last: u64) -> String {
    match first == last {
        true => format!("block {first}"),
        false => format!("blocks {first} to {last}"),
    }
}

/// The same with the verb that goes with it: `block 5 is`, `blocks 5 to 7 are`.
pub(crate) fn blocks_do(first: u64, last: u64, one: &str, many: &str) -> String {
    let verb = if first == last { one } else { many };
    format!("{} {verb}", blocks(first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_and_verbs_go_with_their_numbers() {
        let revisions = |number: u64| counted(number, "revision", "revisions");
        assert_eq!(
            [0, 1, 2].map(revisions),
            ["0 revisions", "1 revision", "2 revisions"]
        );
        assert_eq!(blocks_do(5, 5, "is", "are"), "block 5 is");
        assert_eq!(blocks_do(5, 7, "is", "are"), "blocks 5 to 7 are");
    }
}
