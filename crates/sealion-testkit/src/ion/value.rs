//! Random Ion values of every type from a seed.

use crate::Rng;
use ion_rs::{Decimal, Element, Int, IonType, Sequence, Struct, Symbol, Timestamp, Value};

/// All Ion types, `null` included.
pub const TYPES: [IonType; 13] = [
    IonType::Null,
    IonType::Bool,
    IonType::Int,
    IonType::Float,
    IonType::Decimal,
    IonType::Timestamp,
    IonType::Symbol,
    IonType::String,
    IonType::Clob,
    IonType::Blob,
    IonType::List,
    IonType::SExp,
    IonType::Struct,
];

/// Text that has gone wrong somewhere: keywords, escapes, quotes, other scripts, combining marks, the bytes that Ion
/// Hash escapes.
const ODD_TEXTS: [&str; 35] = [
    "",
    " ",
    "a",
    "null",
    "nan",
    "true",
    "null.int",
    "$10",
    "$",
    "_",
    "0a",
    "+",
    "-1",
    "'",
    "\"",
    "'''",
    "\\",
    "\\n",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\u{b}\u{c}\u{e}",
    "\u{7f}",
    "é",
    "e\u{301}",
    "名前",
    "\u{1F600}",
    "\u{FEFF}",
    "//",
    "/*",
    "{{}}",
    "a b",
    "$ion_1_1",
    "what?",
];

/// Names as documents have them.
const NAMES: [&str; 16] = [
    "Vehicle",
    "Owner",
    "Amount",
    "Count",
    "Notes",
    "LicensePlate",
    "From",
    "To",
    "Price",
    "Address",
    "Street",
    "City",
    "Valid",
    "Weight",
    "Tags",
    "Status",
];

/// Words of made-up prose.
const WORDS: [&str; 24] = [
    "harbour", "ledger", "quiet", "seven", "north", "paper", "stone", "river", "morning", "copper",
    "window", "garden", "letter", "orchard", "signal", "winter", "bridge", "market", "lantern",
    "meadow", "engine", "island", "harvest", "thread",
];

/// A value of any type, with containers up to `depth` levels deep, sometimes annotated.
#[must_use]
pub fn value(rng: &mut Rng, depth: usize) -> Element {
    let kinds = if depth == 0 {
        TYPES.len() - 3
    } else {
        TYPES.len()
    };
    let kind = TYPES[rng.index(kinds)];
    value_of(rng, kind, depth)
}

/// A value of this type: a null of it in one of twelve cases, annotated in one of eight.
#[must_use]
pub fn value_of(rng: &mut Rng, kind: IonType, depth: usize) -> Element {
    let value = if rng.chance(8) {
        Value::Null(kind)
    } else {
        not_null(rng, kind, depth)
    };
    let annotations = if rng.chance(12) { rng.range(1, 3) } else { 0 };
    let annotations: Vec<Symbol> = (0..annotations).map(|_| Symbol::from(name(rng))).collect();
    Element::from(value).with_annotations(annotations)
}

/// A struct with up to `width` fields, nested up to `depth` levels: never null, never annotated, as a document is.
#[must_use]
pub fn document(rng: &mut Rng, width: u64, depth: usize) -> Element {
    let fields = 1 + rng.below(width);
    let mut named: Vec<(Symbol, Element)> = Vec::new();
    for _ in 0..fields {
        let name = Symbol::from(name(rng));
        // A table refuses a document with a field twice; deeper down the generator does repeat fields.
        if named.iter().all(|(other, _)| *other != name) {
            named.push((name, value(rng, depth.saturating_sub(1))));
        }
    }
    Element::from(Struct::from_iter(named))
}

fn not_null(rng: &mut Rng, kind: IonType, depth: usize) -> Value {
    match kind {
        IonType::Null => Value::Null(IonType::Null),
        IonType::Bool => Value::Bool(rng.chance(50)),
        IonType::Int => Value::Int(int(rng)),
        IonType::Float => Value::Float(float(rng)),
        IonType::Decimal => Value::Decimal(decimal(rng)),
        IonType::Timestamp => Value::Timestamp(timestamp(rng)),
        IonType::Symbol => Value::Symbol(Symbol::from(text(rng))),
        IonType::String => Value::String(text(rng).into()),
        IonType::Clob => Value::Clob(bytes(rng).into()),
        IonType::Blob => Value::Blob(bytes(rng).into()),
        IonType::List => Value::List(sequence(rng, depth)),
        IonType::SExp => Value::SExp(sequence(rng, depth)),
        IonType::Struct => Value::Struct(fields(rng, depth)),
    }
}

fn sequence(rng: &mut Rng, depth: usize) -> Sequence {
    let len = rng.below(5);
    Sequence::new(
        (0..len)
            .map(|_| value(rng, depth.saturating_sub(1)))
            .collect::<Vec<_>>(),
    )
}

/// Up to five fields; one in eight repeats a name, one in sixteen the value as well.
fn fields(rng: &mut Rng, depth: usize) -> Struct {
    let mut fields: Vec<(Symbol, Element)> = Vec::new();
    for _ in 0..rng.below(5) {
        let repeated = if rng.chance(12) {
            fields.last().cloned()
        } else {
            None
        };
        let field = match repeated {
            Some(field) if rng.chance(50) => field,
            Some((name, _)) => (name, value(rng, depth.saturating_sub(1))),
            None => (Symbol::from(name(rng)), value(rng, depth.saturating_sub(1))),
        };
        fields.push(field);
    }
    Struct::from_iter(fields)
}

/// An integer: small, at the edges of 32, 53, 63 and 64 bits, or of up to 48 bytes.
pub fn int(rng: &mut Rng) -> Int {
    let edge = [0, 1, 31, 32, 53, 63, 64][rng.index(7)];
    match rng.below(4) {
        0 => Int::from(rng.range(0, 300) as i64 - 150),
        1 => Int::from((1i128 << edge) - 1 + i128::from(rng.below(3))),
        2 => Int::from(-(1i128 << edge) + 1 - i128::from(rng.below(3))),
        _ => big_int(rng, 48),
    }
}

/// An integer of at most `bytes_max` bytes.
fn big_int(rng: &mut Rng, bytes_max: usize) -> Int {
    let len = 1 + rng.index(bytes_max);
    Int::from_le_signed_bytes(&rng.bytes(len))
}

/// A float: every kind of zero, infinity and not-a-number, round ones, and any bits.
pub fn float(rng: &mut Rng) -> f64 {
    const SPECIAL: [f64; 12] = [
        0.0,
        -0.0,
        1.0,
        -1.5,
        0.1,
        1e21,
        f64::MAX,
        f64::MIN_POSITIVE,
        5e-324,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];
    match rng.below(3) {
        0 => SPECIAL[rng.index(SPECIAL.len())],
        1 => rng.range(0, 2_000_000) as f64 / 64.0 - 10_000.0,
        _ => Some(f64::from_bits(rng.u64()))
            .filter(|f| !f.is_nan())
            .unwrap_or(f64::NAN),
    }
}

/// A decimal: zeros of both signs and any exponent, prices, and long coefficients.
pub fn decimal(rng: &mut Rng) -> Decimal {
    let exponent = match rng.below(3) {
        0 => 0,
        1 => -(rng.below(7) as i64),
        _ => rng.below(80) as i64 - 40,
    };
    match rng.below(5) {
        0 => Decimal::new(0, exponent),
        1 => Decimal::negative_zero_with_exponent(exponent),
        2 => Decimal::new(rng.range(0, 20_000) as i64 - 10_000, exponent),
        3 => Decimal::new(rng.u64(), exponent),
        // ion-rs writes no coefficient above 32 bytes in binary.
        _ => Decimal::new(big_int(rng, 30), exponent),
    }
}

/// A timestamp of any precision up to 18 digits of a second, which is as far as ion-rs goes, and any offset.
pub fn timestamp(rng: &mut Rng) -> Timestamp {
    let year = [1, 1582, 1970, 1999, 2000, 2024, 9999][rng.index(7)];
    let day = Timestamp::with_ymd(year, rng.range(1, 12) as u32, rng.range(1, 28) as u32);
    let minute = day
        .clone()
        .with_hour_and_minute(rng.below(24) as u32, rng.below(60) as u32);
    let second = minute.clone().with_second(rng.below(60) as u32);
    let digits = rng.range(1, 18);
    let fraction = Decimal::new(rng.below(10u64.pow(digits as u32)), -(digits as i64));
    // Years at both ends stay in UTC: an offset could lead out of the years that Ion has.
    let known = [0, 0, 60, -480, 330, 1439, -1439, 1, -1]
        [rng.index(if matches!(year, 1 | 9999) { 2 } else { 9 })];
    let offset = rng.chance(80);
    let built = match (rng.below(6), offset) {
        (0, _) => Timestamp::with_year(year).build(),
        (1, _) => Timestamp::with_year(year)
            .with_month(rng.range(1, 12) as u32)
            .build(),
        (2, _) => day.build(),
        (3, true) => minute.with_offset(known).build(),
        (3, false) => minute.build(),
        (4, true) => second.with_offset(known).build(),
        (4, false) => second.build(),
        (_, true) => second
            .with_fractional_seconds(fraction)
            .with_offset(known)
            .build(),
        (_, false) => second.with_fractional_seconds(fraction).build(),
    };
    built.expect("every field is within Ion's bounds")
}

/// Text: odd, or a few words, or now and then a long stretch.
pub fn text(rng: &mut Rng) -> String {
    match rng.below(8) {
        0..=2 => rng.pick(&ODD_TEXTS).to_owned(),
        3 => {
            let (first, second) = (rng.pick(&ODD_TEXTS), rng.pick(&ODD_TEXTS));
            format!("{first}{}{second}", rng.pick(&WORDS))
        }
        4 => words(rng, 40),
        _ => words(rng, 3),
    }
}

/// `count` words, with blanks between.
pub fn words(rng: &mut Rng, count: usize) -> String {
    let mut text = String::with_capacity(count * 8);
    for index in 0..count {
        if index > 0 {
            text.push(' ');
        }
        text.push_str(rng.pick(&WORDS));
    }
    text
}

/// A field name: mostly a word, sometimes odd text.
fn name(rng: &mut Rng) -> &'static str {
    if rng.chance(15) {
        rng.pick(&ODD_TEXTS)
    } else {
        rng.pick(&NAMES)
    }
}

/// Bytes: none, few, or many; often of those that Ion Hash escapes.
fn bytes(rng: &mut Rng) -> Vec<u8> {
    let len = [0, 1, 3, 32, 200][rng.index(5)];
    if rng.chance(30) {
        return (0..len)
            .map(|_| [0x0B, 0x0C, 0x0E, 0x0A, b'"', b'\\'][rng.index(6)])
            .collect();
    }
    rng.bytes(len)
}
