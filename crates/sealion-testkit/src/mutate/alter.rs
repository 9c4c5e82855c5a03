//! The smallest change to an Ion value that makes it another.

use crate::Rng;
use ion_rs::{Decimal, Element, Int, Sequence, Struct, Value};

/// Another value than this one, of the same type wherever the type has another, with the same annotations. In a
/// container one inner value is altered, or one added if there is none.
pub(super) fn alter(element: &Element, rng: &mut Rng) -> Element {
    let value = match element.value() {
        Value::Null(_) => Value::Bool(false),
        Value::Bool(value) => Value::Bool(!value),
        Value::Int(value) => Value::Int(int(value)),
        Value::Float(value) if value.is_nan() => Value::Float(0.0),
        Value::Float(value) => Value::Float(f64::from_bits(value.to_bits() ^ 1)),
        // The last digit is one more; a zero of either sign gets one digit.
        Value::Decimal(value) => Value::Decimal(decimal(value)),
        Value::Timestamp(_) => Value::Timestamp(crate::time::timestamp(rng.below(1 << 40))),
        Value::Symbol(value) => {
            Value::Symbol(format!("{}x", value.text().unwrap_or_default()).into())
        }
        Value::String(value) => Value::String(format!("{}x", value.text()).into()),
        Value::Clob(bytes) => Value::Clob(bits(bytes.as_ref(), rng).into()),
        Value::Blob(bytes) => Value::Blob(bits(bytes.as_ref(), rng).into()),
        Value::List(values) => Value::List(sequence(values, rng)),
        Value::SExp(values) => Value::SExp(sequence(values, rng)),
        Value::Struct(fields) => Value::Struct(structure(fields, rng)),
    };
    Element::from(value).with_annotations(element.annotations().iter().cloned().collect::<Vec<_>>())
}

/// One bit flipped, the lowest of the magnitude's bytes: -1 and 0 keep their distance this way.
fn int(value: &Int) -> Int {
    let mut bytes = value.to_le_signed_bytes();
    match bytes.first_mut() {
        Some(byte) => *byte ^= 1,
        None => bytes.push(1),
    }
    Int::from_le_signed_bytes(&bytes)
}

fn decimal(value: &Decimal) -> Decimal {
    match Int::try_from(value.coefficient()) {
        Ok(coefficient) => Decimal::new(int(&coefficient), value.exponent()),
        Err(_) => Decimal::new(1, value.exponent()), // negative zero is no integer
    }
}

/// One bit flipped, or one byte where there was none.
fn bits(bytes: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if bytes.is_empty() {
        bytes.push(0);
    } else {
        super::flip(&mut bytes, rng);
    }
    bytes
}

fn sequence(values: &Sequence, rng: &mut Rng) -> Sequence {
    let mut values: Vec<Element> = values.elements().cloned().collect();
    match rng.index(values.len()) {
        _ if values.is_empty() => values.push(Element::null(ion_rs::IonType::Null)),
        at => values[at] = alter(&values[at], rng),
    }
    Sequence::new(values)
}

fn structure(fields: &Struct, rng: &mut Rng) -> Struct {
    let mut fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    match rng.index(fields.len()) {
        _ if fields.is_empty() => fields.push(("added".into(), Element::boolean(true))),
        at => fields[at].1 = alter(&fields[at].1, rng),
    }
    Struct::from_iter(fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ion::value::{value, TYPES};
    use crate::ion_hash;

    #[test]
    fn every_value_becomes_another() {
        let mut rng = Rng::new(1);
        for seed in 0..4_000 {
            let before = value(&mut Rng::new(seed), 3);
            let after = alter(&before, &mut rng);
            assert_ne!(ion_hash(&before), ion_hash(&after), "{before}");
            assert_eq!(before.annotations(), after.annotations());
        }
        for kind in TYPES {
            let before = Element::null(kind);
            assert_ne!(ion_hash(&before), ion_hash(&alter(&before, &mut rng)));
        }
    }
}
