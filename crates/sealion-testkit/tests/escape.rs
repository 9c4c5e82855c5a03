//! What is escaped is harmless, and means what it meant.

use ion_rs::{v1_0, Element};
use proptest::prelude::*;
use sealion::escape::{csv_string, ion, is_hidden, json, line};
use sealion_testkit::agree::property;
use sealion_testkit::hostile::{FORMULA, TEXT};

fn hides(text: &str) -> bool {
    text.contains(is_hidden)
}

/// Any characters, many of them those that are hidden.
fn texts() -> impl Strategy<Value = String> {
    let tags = (0xE0000..0xE0080u32).prop_map(|code| char::from_u32(code).unwrap_or(' '));
    let low = (0..0xA0u32).prop_map(|code| char::from_u32(code).unwrap_or(' '));
    let marks = (0x2000..0x2070u32).prop_map(|code| char::from_u32(code).unwrap_or(' '));
    let one = prop_oneof![low, marks, any::<char>(), Just('\\'), Just('\''), tags];
    prop::collection::vec(one, 0..20).prop_map(|all| all.into_iter().collect())
}

#[test]
fn the_table_has_what_drives_or_hides() {
    for c in ('\0'..=' ').chain('\u{7f}'..='\u{a0}') {
        assert_eq!(is_hidden(c), c != ' ' && c != '\u{a0}', "{c:?}");
    }
    for c in
        "\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\
        \u{2028}\u{2029}\u{200b}\u{200c}\u{200d}\u{feff}\u{ad}\u{61c}\u{e0001}\u{e007f}\u{ffff}"
            .chars()
    {
        assert!(is_hidden(c), "{c:?}");
    }
    for c in "a~é日本Ω☂\u{fe0f}😀\u{e000}".chars() {
        assert!(!is_hidden(c), "{c:?}");
    }
}

proptest! {
    #![proptest_config(property(500))]

    #[test]
    fn a_line_is_a_line(text in texts()) {
        prop_assert!(!hides(&line(&text)));
        prop_assert!(!hides(&line(&(text + TEXT))));
    }

    #[test]
    fn json_means_the_same(text in texts()) {
        let written = serde_json::to_string(&text).unwrap();
        let safe = json(&written);
        prop_assert!(!hides(&safe));
        prop_assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), text);
    }

    #[test]
    fn ion_means_the_same(text in texts()) {
        for element in [Element::string(&*text), Element::symbol(&*text)] {
            let written: String = element.encode_as(v1_0::Text).unwrap();
            let safe = ion(written.trim_end());
            prop_assert!(!hides(&safe));
            prop_assert_eq!(Element::read_one(safe.as_bytes()).unwrap(), element);
        }
    }

    #[test]
    fn cells_can_be_restored(start in "[-=+@'\\\\a＝\t\r\n\u{1b}]{0,3}", text in texts()) {
        let text = start + &text;
        let cell = csv_string(&text);
        prop_assert!(!hides(&cell));
        prop_assert!(!cell.starts_with(['=', '+', '-', '@', '＝', '\t', '\r']), "{}", cell);
        let inner = cell.strip_prefix('\'').unwrap_or(&cell);
        let quoted = format!("\"{}\"", inner.replace('"', "\\\""));
        prop_assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), text);
    }
}

#[test]
fn a_formula_is_text() {
    assert_eq!(csv_string(FORMULA), format!("'{FORMULA}"));
    assert_eq!(csv_string("'x"), "''x");
    assert_eq!(csv_string("x=1"), "x=1");
}
