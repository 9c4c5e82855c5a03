//! Hashes as people's programs printed them: one reading for every place where a hash stands.
//!
//! A blob; base64 of either alphabet (RFC 4648), padded or not, wrapped or not; 64 hex digits; lists of bytes, signed
//! as Java's are or not; what `JSON.stringify` makes of a `Uint8Array` and of Node's `Buffer`; Python's `b'...'`.
//! No two of these readings give different bytes for one value: the rest is refused, since a guess would make an
//! honest hash look wrong.

use base64::alphabet::{STANDARD as USUAL, URL_SAFE};
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::engine::DecodePaddingMode;
use base64::Engine as _;
use ion_rs::IonType;

use super::pylit;
use super::read::{Envelope, Node, Unfit};
use super::Hash;

const EXPECTED: &str = "a hash: a blob, or its 32 bytes in base64, in hex, as a list of numbers \
    or in Python's notation";

/// The bytes of the hash that stands at `node`. Blobs, padded base64 and Python's bytes say how many they are, so
/// these may be of any number; in all other forms there are 32.
pub(crate) fn bytes(node: &Node<'_>) -> Result<Vec<u8>, Unfit> {
    match node.ion_type() {
        _ if node.is_null() => Err(node.unfit(EXPECTED)),
        IonType::Blob => node.bytes(),
        IonType::String => {
            let text = node.text()?;
            let found = match pylit::is_like(&text) {
                true => "Python's notation, cut or damaged",
                false => "a string that is none of these",
            };
            of_text(&text).ok_or_else(|| node.unfit_as(EXPECTED, found))
        }
        IonType::List | IonType::Struct => {
            let numbers = numbers(node)?;
            let bytes = numbers.as_deref().and_then(of_numbers);
            bytes.ok_or_else(|| node.unfit_as(EXPECTED, "something else made of several values"))
        }
        _ => Err(node.unfit(EXPECTED)),
    }
}

/// Whether no bytes stand at `node`, in a form that has no other way to say so.
pub(crate) fn is_empty(node: &Node<'_>) -> bool {
    let list = matches!(node.ion_type(), IonType::List | IonType::Struct) && !node.is_null();
    list && numbers(node).is_ok_and(|numbers| numbers.is_some_and(|all| all.is_empty()))
}

/// The same for text. `None`: it is no hash in any form.
pub(crate) fn of_text(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    if !pylit::is_like(text) {
        return printed(text);
    }
    let bytes = pylit::bytes(text)?;
    // Python's `b64encode` and `hexlify` give bytes as well.
    let inner = std::str::from_utf8(&bytes).ok().and_then(printed);
    let inner = inner.filter(|inner| is_whole(inner) && !is_whole(&bytes));
    Some(inner.unwrap_or(bytes))
}

/// Hex or base64.
fn printed(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.split_ascii_whitespace().collect();
    // Hex digits are base64 as well, of other bytes: it is the number of them that tells.
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return hex::decode(digits).ok().filter(|bytes| is_whole(bytes));
    }
    let lines: String = text.lines().map(str::trim).collect();
    if let Ok(bytes) = STANDARD.decode(&lines) {
        return Some(bytes);
    }
    let lax = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engines = [&USUAL, &URL_SAFE].map(|alphabet| GeneralPurpose::new(alphabet, lax));
    let mut read = engines.iter().flat_map(|engine| engine.decode(&lines));
    read.find(|bytes| is_whole(bytes))
}

fn is_whole(bytes: &[u8]) -> bool {
    bytes.len() == Hash::LENGTH
}

/// The numbers of a list, of `{"type": "Buffer", "data": [...]}` or of `{"0": ..., "1": ...}`. `None` if it is
/// none of these, or has more numbers than a hash has bytes.
fn numbers(node: &Node<'_>) -> Result<Option<Vec<i64>>, Unfit> {
    if node.ion_type() == IonType::List {
        return node.items().map(|items| all(items.iter()));
    }
    let envelope = Envelope::open(*node)?;
    if let [_, _] = envelope.fields() {
        let buffer = envelope.get("type").is_some_and(is_buffer);
        let data = envelope.get("data").filter(|_| buffer);
        if let Some(data) = data.filter(|data| data.ion_type() == IonType::List) {
            return data.items().map(|items| all(items.iter()));
        }
    }
    let count = envelope.fields().len();
    if count > Hash::LENGTH {
        return Ok(None);
    }
    // Each name once: as many fields as names, and each name is there.
    let named: Option<Vec<Node<'_>>> = (0..count)
        .map(|index| envelope.get(&index.to_string()))
        .collect();
    Ok(named.and_then(|nodes| all(nodes.iter())))
}

fn is_buffer(kind: Node<'_>) -> bool {
    kind.text().is_ok_and(|kind| kind == "Buffer")
}

fn all<'n, 'a: 'n>(nodes: impl ExactSizeIterator<Item = &'n Node<'a>>) -> Option<Vec<i64>> {
    match nodes.len() {
        0..=Hash::LENGTH => nodes.map(Node::bare_int).collect(),
        _ => None,
    }
}

/// Bytes from 0 to 255, or from -128 to 127: no program prints both in one list.
fn of_numbers(numbers: &[i64]) -> Option<Vec<u8>> {
    if numbers.len() != Hash::LENGTH {
        return None;
    }
    let unsigned = numbers.iter().map(|number| u8::try_from(*number).ok());
    let signed = |number: &i64| i8::try_from(*number).ok().map(i8::cast_unsigned);
    let unsigned: Option<Vec<u8>> = unsigned.collect();
    unsigned.or_else(|| numbers.iter().map(signed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::ion_text::{parse, IonText};
    use crate::Limits;

    fn hash() -> [u8; 32] {
        // Its base64 has both of the characters in which the alphabets differ.
        std::array::from_fn(|index| (index as u8).wrapping_mul(41) ^ 0xFB)
    }

    fn read(ion: &str) -> Result<Vec<u8>, Unfit> {
        let text = ion.to_owned();
        let text = IonText { text, offset: 7 };
        parse(&text, &Limits::default(), bytes)
    }

    fn joined<T: ToString>(numbers: impl IntoIterator<Item = T>) -> String {
        let numbers: Vec<String> = numbers.into_iter().map(|n| n.to_string()).collect();
        numbers.join(",")
    }

    /// Each form of `hash` as Ion text.
    fn forms(hash: &[u8; 32]) -> Vec<String> {
        let base64 = STANDARD.encode(hash);
        let url = base64.replace('+', "-").replace('/', "_");
        let hex = hex::encode(hash);
        let python: String = hash.iter().map(|byte| format!(r"\\x{byte:02x}")).collect();
        let fields = hash.iter().enumerate();
        let fields = fields.map(|(index, byte)| format!("\"{index}\":{byte}"));
        vec![
            format!("{{{{{base64}}}}}"),
            format!("\"{base64}\""),
            format!("\"{}\"", base64.trim_end_matches('=')),
            format!("\"{url}\""),
            format!("\"{}\"", url.trim_end_matches('=')),
            format!("\"{}\\r\\n{}\\n\"", &base64[..30], &base64[30..]),
            format!("\" {}\\n  {}\"", &base64[..20], &base64[20..]),
            format!("\"{hex}\""),
            format!("\"{}\"", hex.to_uppercase()),
            format!("\"{} {}\"", &hex[..8], &hex[8..]),
            format!("[{}]", joined(hash)),
            format!("[{}]", joined(hash.map(u8::cast_signed))),
            format!("{{{}}}", joined(fields.clone())),
            format!("{{{}}}", joined(fields.rev())),
            format!("{{type:\"Buffer\",data:[{}]}}", joined(hash)),
            format!("{{\"data\":[{}],\"type\":\"Buffer\"}}", joined(hash)),
            format!("\"b'{python}'\""),
            format!("\"b'{base64}'\""),
            format!("\"b'{hex}'\""),
        ]
    }

    #[test]
    fn every_form_gives_the_same_bytes() {
        let base64 = STANDARD.encode(hash());
        assert!(base64.contains('+') && base64.contains('/'), "{base64}");
        for hash in [hash(), [0x61; 32], std::array::from_fn(|i| 0x7F + i as u8)] {
            for form in forms(&hash) {
                assert_eq!(read(&form).as_deref(), Ok(&hash[..]), "{form}");
            }
        }
    }

    /// Only base64 has letters behind `f`, but for Python's `x`.
    fn is_base64(form: &str) -> bool {
        form.contains(|c| matches!(c, 'g'..='w' | 'G'..='Z'))
    }

    #[test]
    fn one_bit_less_is_another_hash_or_none() {
        let other = forms(&std::array::from_fn(|i| hash()[i] ^ u8::from(i == 31)));
        for (form, other) in forms(&hash()).into_iter().zip(other) {
            assert_ne!(read(&other).as_deref(), Ok(&hash()[..]), "{other}");
            for at in 0..form.len() {
                for bit in 0..7 {
                    let mut flipped = form.clone().into_bytes();
                    flipped[at] ^= 1 << bit;
                    let flipped = String::from_utf8(flipped).unwrap();
                    // Blanks, quotes and the case of hex digits mean nothing.
                    let same = form[..at].ends_with('\\')
                        || !form[at..].starts_with(|c: char| c.is_ascii_alphanumeric())
                        || flipped.eq_ignore_ascii_case(&form) && !is_base64(&form);
                    let read = read(&flipped);
                    assert!(same || read.as_deref() != Ok(&hash()[..]), "{flipped}");
                }
            }
        }
    }

    #[test]
    fn some_say_how_many_they_are() {
        for (ion, length) in [
            ("{{}}", 0),
            ("\"\"", 0),
            ("{{AAEC}}", 3),
            ("\"/w==\"", 1),
            ("\"b''\"", 0),
            (r#""b'abc'""#, 3),
        ] {
            assert_eq!(read(ion).map(|bytes| bytes.len()), Ok(length), "{ion}");
        }
    }

    #[test]
    fn what_could_be_several_things_is_refused() {
        let zeros = |count: usize| vec![0; count];
        let field = |index: usize| format!("\"{index}\":0");
        let hex = hex::encode(hash());
        let base64 = STANDARD.encode(hash());
        for ion in [
            "null",
            "null.blob",
            "5",
            "\"word or two\"",
            "\"AAEC\"",
            "\"/w\"",
            "[]",
            "{}",
            &format!("\"{}\"", &hex[2..]),
            &format!("\"{hex}00\""),
            &format!("\"0x{hex}\""),
            &format!("\"{} {}\"", &base64[..20], &base64[20..]),
            &format!("\"{base64}{base64}\""),
            &format!("\"{}\"", base64.replacen('+', "-", 1)),
            &format!("\"{}\"", base64.replacen('+', " ", 1)),
            &format!("\"b'{base64}\""),
            &format!("[{}]", joined(zeros(31))),
            &format!("[{}]", joined(zeros(33))),
            &format!("[{},256]", joined(zeros(31))),
            &format!("[{},-129]", joined(zeros(31))),
            &format!("[{},-1,128]", joined(zeros(30))),
            &format!("[{},1.0]", joined(zeros(31))),
            &format!("[{},a::1]", joined(zeros(31))),
            &format!("[{},null]", joined(zeros(31))),
            &format!("{{{}}}", joined((1..33).map(field))),
            &format!("{{{}}}", joined((0..31).map(field))),
            &format!("{{{},\"0\":0}}", joined((0..31).map(field))),
            &format!("{{{},\"32\":0}}", joined((0..32).map(field))),
            &format!("{{type:\"Blob\",data:[{}]}}", joined(zeros(32))),
            &format!("{{type:\"Buffer\",data:[{}],more:1}}", joined(zeros(32))),
            &format!("{{type:\"Buffer\",data:\"{base64}\"}}"),
        ] {
            let unfit = read(ion).unwrap_err();
            assert_eq!((unfit.offset, unfit.limit), (7, None), "{ion}");
        }
    }

    #[test]
    fn nothing_may_stand_for_no_bytes() {
        for (ion, expected) in [
            ("[]", true),
            ("{}", true),
            ("{type:\"Buffer\",data:[]}", true),
            ("[0]", false),
            ("{type:\"Buffer\"}", false),
            ("null.list", false),
            ("\"\"", false),
        ] {
            let text = ion.to_owned();
            let text = IonText { text, offset: 0 };
            let empty = parse(&text, &Limits::default(), |node| Ok(is_empty(node)));
            assert_eq!(empty, Ok(expected), "{ion}");
        }
    }
}
