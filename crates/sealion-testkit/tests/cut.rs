//! One meaning of a file: the pieces that files are cut into hold the values of one Ion reader over all of it.

use proptest::collection::vec;
use proptest::prelude::*;
use sealion_testkit::agree;

proptest! {
    #![proptest_config(agree::property(4_000))]

    #[test]
    fn tokens_of_text(seed in 0u8..64, choice in vec(any::<u8>(), 0..60)) {
        agree::cut(&[&[seed << 2 | 2], &choice[..]].concat());
    }

    #[test]
    fn tokens_of_binary(seed in 0u8..64, choice in vec(any::<u8>(), 0..60)) {
        agree::cut(&[&[seed << 2 | 3], &choice[..]].concat());
    }

    #[test]
    fn a_few_tokens(seed in any::<u8>(), choice in vec(any::<u8>(), 0..6)) {
        agree::cut(&[&[seed | 2], &choice[..]].concat());
    }

    #[test]
    fn any_bytes(seed in any::<u8>(), bytes in vec(any::<u8>(), 0..100)) {
        agree::cut(&[&[seed & !2], &bytes[..]].concat());
    }

    #[test]
    fn bytes_that_mean_something(seed in 0u8..64, text in "[ -}\n]{0,60}") {
        agree::cut(&[&[seed << 2], text.as_bytes()].concat());
    }

    #[test]
    fn brackets_quotes_and_comments(seed in 0u8..64, text in "[]{}()\\[\"'/*\\\\ \n:,a1$-]{0,60}") {
        agree::cut(&[&[seed << 2], text.as_bytes()].concat());
    }

    #[test]
    fn operators_of_expressions(seed in 0u8..64, text in "(\\((a |1 |[*+.!-][*/+.!-]{0,3} |\\[1\\] |\n){0,12}\\) ){1,3}") {
        agree::cut(&[&[seed << 2], text.as_bytes()].concat());
    }
}
