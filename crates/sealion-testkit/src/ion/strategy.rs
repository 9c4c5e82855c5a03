//! Ion values for proptest, which shrinks them.

use ion_rs::{Decimal, Element, Int, Sequence, Struct, Symbol, Timestamp, Value};
use proptest::collection::vec;
use proptest::prelude::*;

use super::value::TYPES;
use crate::Rng;

/// Any Ion value, containers up to four levels deep.
pub fn element() -> impl Strategy<Value = Element> {
    annotated(scalar()).prop_recursive(4, 40, 6, |inner| {
        let fields = vec((name(), inner.clone()), 0..6);
        let value = prop_oneof![
            vec(inner.clone(), 0..6).prop_map(|values| Value::List(Sequence::new(values))),
            vec(inner, 0..6).prop_map(|values| Value::SExp(Sequence::new(values))),
            fields.prop_map(|fields| Value::Struct(Struct::from_iter(fields))),
        ];
        annotated(value)
    })
}

/// An Ion value that is no container, or any null.
pub fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0..TYPES.len()).prop_map(|kind| Value::Null(TYPES[kind])),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|int| Value::Int(Int::from(int))),
        vec(any::<u8>(), 0..40).prop_map(|bytes| Value::Int(Int::from_le_signed_bytes(&bytes))),
        float().prop_map(Value::Float),
        decimal().prop_map(Value::Decimal),
        timestamp().prop_map(Value::Timestamp),
        any::<String>().prop_map(|text| Value::Symbol(text.into())),
        any::<String>().prop_map(|text| Value::String(text.into())),
        vec(any::<u8>(), 0..80).prop_map(|bytes| Value::Clob(bytes.into())),
        vec(any::<u8>(), 0..80).prop_map(|bytes| Value::Blob(bytes.into())),
    ]
}

/// A document as a table holds it: a struct, neither null nor annotated.
pub fn document() -> impl Strategy<Value = Element> {
    vec((name(), element()), 0..8).prop_map(|fields| Element::from(Struct::from_iter(fields)))
}

/// Any float; not-a-number only in its canonical bits, for text has no others.
fn float() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>(), Just(f64::NAN), Just(-0.0)].prop_map(|f| {
        if f.is_nan() {
            f64::NAN
        } else {
            f
        }
    })
}

fn decimal() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        (any::<i64>(), -30i64..30)
            .prop_map(|(coefficient, exponent)| Decimal::new(coefficient, exponent)),
        (vec(any::<u8>(), 0..30), -30i64..30).prop_map(|(bytes, exponent)| Decimal::new(
            Int::from_le_signed_bytes(&bytes),
            exponent
        )),
        (-30i64..30).prop_map(Decimal::negative_zero_with_exponent),
    ]
}

/// Timestamps come from a seed: their fields depend on one another, and smaller is no simpler.
fn timestamp() -> impl Strategy<Value = Timestamp> {
    any::<u64>().prop_map(|seed| super::value::timestamp(&mut Rng::new(seed)))
}

/// A field name or annotation: mostly an identifier, sometimes any text.
fn name() -> impl Strategy<Value = Symbol> {
    prop_oneof![3 => "[a-zA-Z_$][a-zA-Z0-9_$]{0,8}", 1 => any::<String>()].prop_map(Symbol::from)
}

fn annotated(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Element> {
    let annotations = prop_oneof![4 => vec(name(), 0..1), 1 => vec(name(), 1..3)];
    (annotations, value)
        .prop_map(|(annotations, value)| Element::from(value).with_annotations(annotations))
}
