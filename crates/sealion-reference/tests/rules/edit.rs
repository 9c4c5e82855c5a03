//! Changed copies of Ion values.

use ion_rs::{Decimal, Element, IonType, Struct};
use sealion_reference::Hash;

/// `value` with what stands at `path` (field names and list indexes) replaced, or removed where
/// `change` gives nothing. Panics if there is nothing at the path, so that no test edits in vain.
pub fn edit(
    value: &Element,
    path: &[&str],
    change: &dyn Fn(&Element) -> Option<Element>,
) -> Option<Element> {
    let Some((name, rest)) = path.split_first() else {
        return change(value);
    };
    let mut found = false;
    let mut step = |here: bool, child: &Element| {
        if !here {
            return Some(child.clone());
        }
        found = true;
        edit(child, rest, change)
    };
    let edited: Element = if let Some(list) = value.as_list() {
        let index: usize = name.parse().unwrap();
        list.elements()
            .enumerate()
            .filter_map(|(i, child)| step(i == index, child))
            .collect::<ion_rs::List>()
            .into()
    } else {
        value
            .as_struct()
            .unwrap()
            .fields()
            .filter_map(|(n, child)| Some((n.clone(), step(n.text() == Some(name), child)?)))
            .collect::<Struct>()
            .into()
    };
    assert!(found, "nothing at {path:?}");
    Some(edited)
}

/// `value` with `new` at `path`.
pub fn set(value: &Element, path: &[&str], new: impl Into<Element>) -> Element {
    let new = new.into();
    edit(value, path, &|_| Some(new.clone())).unwrap()
}

/// `value` without what stands at `path`.
pub fn without(value: &Element, path: &[&str]) -> Element {
    edit(value, path, &|_| None).unwrap()
}

/// `value` with one bit of the hash at `path` turned.
pub fn flip(value: &Element, path: &[&str], bit: usize) -> Element {
    edit(value, path, &|hash| {
        Some(Element::blob(flipped(hash.as_blob().unwrap(), bit)))
    })
    .unwrap()
}

pub fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

pub fn flipped_hash(hash: &Hash, bit: usize) -> Hash {
    flipped(hash, bit).try_into().unwrap()
}

/// Number of the places in `value` that [`change_place`] can change: scalars and field names.
pub fn places(value: &Element) -> usize {
    if let Some(list) = value.as_list() {
        list.elements().map(places).sum()
    } else if let Some(structure) = value.as_struct() {
        structure.fields().map(|(_, child)| 1 + places(child)).sum()
    } else {
        1
    }
}

/// `value` with its place number `place` changed a little, which of the little changes being up to
/// `bit`.
pub fn change_place(value: &Element, place: usize, bit: usize) -> Element {
    let mut countdown = Countdown(Some(place));
    change_counted(value, &mut countdown, bit)
}

/// Places still to pass before the one to change.
struct Countdown(Option<usize>);

impl Countdown {
    fn is_here(&mut self) -> bool {
        let here = self.0 == Some(0);
        self.0 = self.0.and_then(|left| left.checked_sub(1));
        here
    }
}

fn change_counted(value: &Element, countdown: &mut Countdown, bit: usize) -> Element {
    if let Some(list) = value.as_list() {
        list.elements()
            .map(|child| change_counted(child, countdown, bit))
            .collect::<ion_rs::List>()
            .into()
    } else if let Some(structure) = value.as_struct() {
        structure
            .fields()
            .map(|(name, child)| {
                let name = name.text().unwrap();
                let name = if countdown.is_here() {
                    change_text(name, bit)
                } else {
                    name.to_owned()
                };
                (name, change_counted(child, countdown, bit))
            })
            .collect::<Struct>()
            .into()
    } else if countdown.is_here() {
        change_scalar(value, bit)
    } else {
        value.clone()
    }
}

fn change_scalar(value: &Element, bit: usize) -> Element {
    match value.ion_type() {
        IonType::String => Element::string(change_text(value.as_string().unwrap(), bit)),
        IonType::Int => Element::int(value.as_i64().unwrap() ^ (1 << (bit % 62))),
        IonType::Blob => {
            let bytes = value.as_blob().unwrap();
            Element::blob(flipped(bytes, bit % (bytes.len() * 8)))
        }
        IonType::Decimal => {
            // The text 90.25 is 9025d-2; another exponent, another number of digits, another digit.
            let decimal = value.as_decimal().unwrap();
            let digits =
                i64::try_from(decimal.coefficient().magnitude().as_u64().unwrap()).unwrap();
            let exponent = decimal.exponent();
            Element::decimal(match bit % 3 {
                0 => Decimal::new(digits, exponent + 1),
                1 => Decimal::new(digits * 10, exponent - 1),
                _ => Decimal::new(digits ^ (1 << (bit % 50)), exponent),
            })
        }
        IonType::Timestamp => change_timestamp(value, bit),
        other => panic!("no change known for {other}"),
    }
}

/// One bit of an ASCII text, so that it stays UTF-8.
fn change_text(text: &str, bit: usize) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = (bit / 7) % bytes.len();
    bytes[at] ^= 1 << (bit % 7);
    String::from_utf8(bytes).unwrap()
}

/// One digit more by one, wherever that still is a time.
fn change_timestamp(value: &Element, bit: usize) -> Element {
    let text = value.to_string();
    (0..text.len())
        .map(|i| (bit + i) % text.len())
        .filter(|at| text.as_bytes()[*at].is_ascii_digit())
        .find_map(|at| {
            let mut changed = text.clone().into_bytes();
            changed[at] = b'0' + (changed[at] - b'0' + 1) % 10;
            Element::read_one(changed).ok()
        })
        .expect("some digit of a timestamp can rise")
}
