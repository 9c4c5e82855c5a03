//! Ion text inside strings, and bytes inside strings, as QLDB's answers have them.

use ion_rs::{v1_0, AnyEncoding, IonType, Reader};

use super::pylit;
use super::read::{Node, Origin, Unfit};
use crate::source::{Flaw, FlawKind, TextScanner};
use crate::Limits;

/// Ion text that came inside a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IonText {
    pub(crate) text: String,
    /// Where the string, or the value that was written there itself, starts in
    /// the file.
    pub(crate) offset: u64,
}

/// Whether the Ion reader may see the text: it recurses once a level and aborts
/// the process when the stack ends, so that no depth may be left unchecked.
///
/// # Errors
/// `depth_max` or `number_length_max` is exceeded, or the text ends inside a value.
pub(crate) fn checked(text: &IonText, limits: &Limits) -> Result<(), Flaw> {
    let mut scanner = TextScanner::new();
    let mut rest = text.text.as_bytes();
    let place = |flaw: Flaw| Flaw::new(text.offset, flaw.kind);
    while let Some(end) = scanner.scan(rest, 0, limits).map_err(place)? {
        rest = &rest[end..];
    }
    match scanner.may_end() {
        true => Ok(()),
        false => Err(Flaw::new(text.offset, FlawKind::Truncated)),
    }
}

/// Reads the one value in `text`.
pub(super) fn parse<T>(
    text: &IonText,
    limits: &Limits,
    read: impl FnOnce(&Node<'_>) -> Result<T, Unfit>,
) -> Result<T, Unfit> {
    let unfit = |found: String| Unfit {
        offset: text.offset,
        expected: "one value of Ion text in the string".to_owned(),
        found,
        limit: None,
    };
    let refused = |e: ion_rs::IonError| unfit(format!("what the Ion reader refuses: {e}"));
    checked(text, limits).map_err(|flaw| match flaw.kind {
        FlawKind::Limit { name, max } => Unfit {
            limit: Some(name),
            ..unfit(format!("one above the limit {name} = {max}"))
        },
        _ => unfit("one that is cut off".to_owned()),
    })?;
    let mut reader = Reader::new(AnyEncoding, text.text.as_bytes()).map_err(refused)?;
    let value = reader.next().map_err(refused)?;
    let value = value.ok_or_else(|| unfit("none".to_owned()))?;
    let read = read(&Node::new(value, Origin::Within(text.offset)))?;
    match reader.next().map_err(refused)? {
        Some(_) => Err(unfit("more than one".to_owned())),
        None => Ok(read),
    }
}

/// A struct that stands there itself, as text.
pub(super) fn written(node: &Node<'_>) -> Result<IonText, Unfit> {
    // In binary a struct cannot start with this byte; there it is written anew.
    let text = match node.written().filter(|text| text.starts_with('{')) {
        Some(text) => text.to_owned(),
        None => {
            let text = node.element()?.encode_as(v1_0::Text);
            text.map_err(|e| node.unfit_as("a value that can be written as text", e.to_string()))?
        }
    };
    Ok(IonText {
        text,
        offset: node.offset(),
    })
}

/// Bytes of a record: a blob; or as a string base64, or what Python prints for
/// bytes.
pub(super) fn record_bytes(node: &Node<'_>) -> Result<Vec<u8>, Unfit> {
    if node.ion_type() == IonType::String && !node.is_null() {
        let text = node.text()?;
        if pylit::is_like(&text) {
            return pylit::bytes(&text).ok_or_else(|| {
                node.unfit_as(
                    "bytes in Python's notation",
                    "a string that is cut or damaged",
                )
            });
        }
    }
    node.bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> IonText {
        IonText {
            text: text.to_owned(),
            offset: 7,
        }
    }

    fn number(ion: &str) -> Result<u64, Unfit> {
        parse(&text(ion), &Limits::default(), |node| node.number())
    }

    #[test]
    fn one_value_is_read_and_only_one() {
        for ion in ["5", " 5 // five", "$ion_1_0 5", "/* x */5\n"] {
            assert_eq!(number(ion), Ok(5), "{ion}");
        }
        for (ion, found) in [
            ("", "none"),
            (" ", "none"),
            ("5 6", "more than one"),
            ("5 }", "refuses"),
            ("[5", "cut off"),
            ("x", "type symbol"),
            ("\"5", "cut off"),
        ] {
            let unfit = number(ion).unwrap_err();
            assert!(unfit.found.contains(found), "{ion}: {unfit:?}");
            assert_eq!(unfit.offset, 7, "{ion}");
        }
    }

    #[test]
    fn depth_is_counted_before_the_ion_reader_sees_it() {
        let limits = Limits {
            depth_max: 3,
            number_length_max: 4,
            ..Limits::default()
        };
        assert!(checked(&text("[[[]]] [[[1234]]]"), &limits).is_ok());
        let kind = |ion: &str| checked(&text(ion), &limits).unwrap_err().kind;
        for ion in ["[[[[", "{a:{b:(c [])}}", "[] [[[[]]]]"] {
            let kind = kind(ion);
            let limit = matches!(
                &kind,
                FlawKind::Limit {
                    name: "depth_max",
                    ..
                }
            );
            assert!(limit, "{ion}: {kind:?}");
        }
        let limit = matches!(
            kind("12345"),
            FlawKind::Limit {
                name: "number_length_max",
                ..
            }
        );
        assert!(limit);
        assert!(matches!(kind("[[]"), FlawKind::Truncated));
        assert_eq!(checked(&text("[[]"), &limits).unwrap_err().offset, 7);
    }
}
