//! Ion Hash 1.0 written down once more, for any hash function, and independent of `ion_rs`'s own
//! hasher: with the identity in place of the hash it gives the very bytes that the suite lists.

use ion_rs::{Element, IonType, Symbol, Timestamp, TimestampPrecision, UInt, Value};

const BEGIN: u8 = 0x0b;
const ESCAPE: u8 = 0x0c;
const END: u8 = 0x0e;

/// The hash of `value`: `hash` of its serialised bytes.
pub fn hash_with(value: &Element, hash: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    hash(&serialise(value, hash))
}

fn serialise(value: &Element, hash: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let (qualifier, representation) = representation(value, hash);
    let bare = frame(qualifier, &representation);
    if value.annotations().is_empty() {
        return bare;
    }
    let mut content: Vec<u8> = value.annotations().iter().flat_map(symbol).collect();
    content.extend(bare);
    frame(0xe0, &content)
}

fn frame(qualifier: u8, representation: &[u8]) -> Vec<u8> {
    [&[BEGIN, qualifier], representation, &[END]].concat()
}

fn symbol(symbol: &Symbol) -> Vec<u8> {
    match symbol.text() {
        Some(text) => frame(0x70, &escape(text.as_bytes())),
        None => frame(0x71, &[]),
    }
}

fn escape(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .flat_map(|byte| match *byte {
            BEGIN | ESCAPE | END => vec![ESCAPE, *byte],
            other => vec![other],
        })
        .collect()
}

/// Type qualifier, and the representation as it goes into the frame.
fn representation(value: &Element, hash: &dyn Fn(&[u8]) -> Vec<u8>) -> (u8, Vec<u8>) {
    let nested = |values: &[Element]| -> Vec<u8> {
        values.iter().flat_map(|v| serialise(v, hash)).collect()
    };
    match value.value() {
        Value::Null(ion_type) => (null(*ion_type), vec![]),
        Value::Bool(value) => (0x10 | u8::from(*value), vec![]),
        Value::Int(int) => {
            let qualifier = if int.is_negative() { 0x30 } else { 0x20 };
            (qualifier, escape(&magnitude(&int.unsigned_abs())))
        }
        Value::Float(float) => (0x40, escape(&float_bytes(*float))),
        Value::Decimal(decimal) => {
            let coefficient = decimal.coefficient();
            let bytes = decimal_bytes(
                decimal.exponent(),
                coefficient.is_negative(),
                &magnitude(&coefficient.magnitude()),
            );
            (0x50, escape(&bytes))
        }
        Value::Timestamp(timestamp) => (0x60, escape(&timestamp_bytes(timestamp))),
        Value::Symbol(symbol) => match symbol.text() {
            Some(text) => (0x70, escape(text.as_bytes())),
            None => (0x71, vec![]),
        },
        Value::String(text) => (0x80, escape(text.text().as_bytes())),
        Value::Clob(bytes) => (0x90, escape(bytes.as_ref())),
        Value::Blob(bytes) => (0xa0, escape(bytes.as_ref())),
        Value::List(list) => (0xb0, nested(list.as_ref())),
        Value::SExp(sexp) => (0xc0, nested(sexp.as_ref())),
        Value::Struct(fields) => {
            let mut hashes: Vec<Vec<u8>> = fields
                .fields()
                .map(|(name, value)| hash(&[symbol(name), serialise(value, hash)].concat()))
                .collect();
            hashes.sort();
            (0xd0, escape(&hashes.concat()))
        }
    }
}

fn null(ion_type: IonType) -> u8 {
    use IonType::*;
    match ion_type {
        Null => 0x0f,
        Bool => 0x1f,
        Int => 0x2f,
        Float => 0x4f,
        Decimal => 0x5f,
        Timestamp => 0x6f,
        Symbol => 0x7f,
        String => 0x8f,
        Clob => 0x9f,
        Blob => 0xaf,
        List => 0xbf,
        SExp => 0xcf,
        Struct => 0xdf,
    }
}

/// Big endian, without leading zeros: no bytes for zero.
fn magnitude(uint: &UInt) -> Vec<u8> {
    let mut bytes = uint.to_le_bytes();
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    bytes.reverse();
    bytes
}

fn float_bytes(float: f64) -> Vec<u8> {
    if float.is_nan() {
        vec![0x7f, 0xf8, 0, 0, 0, 0, 0, 0]
    } else if float == 0.0 && float.is_sign_positive() {
        vec![]
    } else {
        float.to_be_bytes().to_vec()
    }
}

/// Exponent as VarInt, coefficient as a sign and a magnitude. Nothing for 0d0; no coefficient for a
/// positive zero.
fn decimal_bytes(exponent: i64, negative: bool, magnitude: &[u8]) -> Vec<u8> {
    if exponent == 0 && !negative && magnitude.is_empty() {
        return vec![];
    }
    let mut bytes = var_int(exponent < 0, exponent.unsigned_abs());
    let mut coefficient = magnitude.to_vec();
    // The sign has a bit of its own: the top one, of a byte of its own if that is taken.
    if coefficient.first().is_some_and(|top| top & 0x80 != 0) || (negative && magnitude.is_empty())
    {
        coefficient.insert(0, 0);
    }
    if negative {
        coefficient[0] |= 0x80;
    }
    bytes.extend(coefficient);
    bytes
}

/// Groups of seven bits, the last one marked; the first has a sign and six bits.
fn var_int(negative: bool, mut magnitude: u64) -> Vec<u8> {
    let mut groups = Vec::new();
    while magnitude > 0x3f {
        groups.push((magnitude & 0x7f) as u8);
        magnitude >>= 7;
    }
    groups.push(magnitude as u8 | if negative { 0x40 } else { 0 });
    groups.reverse();
    *groups.last_mut().unwrap() |= 0x80;
    groups
}

fn var_uint(mut value: u32) -> Vec<u8> {
    let mut groups = vec![(value & 0x7f) as u8 | 0x80];
    while value > 0x7f {
        value >>= 7;
        groups.push((value & 0x7f) as u8);
    }
    groups.reverse();
    groups
}

fn timestamp_bytes(timestamp: &Timestamp) -> Vec<u8> {
    let mut bytes = match timestamp.offset() {
        None => var_int(true, 0),
        Some(minutes) => var_int(minutes < 0, u64::from(minutes.unsigned_abs())),
    };
    let precision = timestamp.precision();
    let [year, month, day, hour, minute] = utc(timestamp);
    let fields = [
        (TimestampPrecision::Year, year),
        (TimestampPrecision::Month, month),
        (TimestampPrecision::Day, day),
        (TimestampPrecision::HourAndMinute, hour),
        (TimestampPrecision::HourAndMinute, minute),
        (TimestampPrecision::Second, timestamp.second()),
    ];
    for (needed, field) in fields {
        if precision >= needed {
            bytes.extend(var_uint(field));
        }
    }
    let text = timestamp.to_string();
    let digits: String = text
        .split_once('.')
        .map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect())
        .unwrap_or_default();
    if !digits.is_empty() {
        let coefficient: u64 = digits.parse().unwrap();
        let coefficient = coefficient.to_be_bytes();
        let zeros = coefficient.iter().take_while(|byte| **byte == 0).count();
        let exponent = -(digits.len() as i64);
        bytes.extend(decimal_bytes(exponent, false, &coefficient[zeros..]));
    }
    bytes
}

/// Year, month, day, hour, minute, taken to UTC. At most one day back or on.
fn utc(timestamp: &Timestamp) -> [u32; 5] {
    let (mut year, mut month, mut day) = (timestamp.year(), timestamp.month(), timestamp.day());
    let local = (timestamp.hour() * 60 + timestamp.minute()) as i32;
    let minutes = local - timestamp.offset().unwrap_or(0);
    if minutes < 0 {
        day -= 1;
        if day == 0 {
            month = if month == 1 { 12 } else { month - 1 };
            year -= u32::from(month == 12);
            day = days(year, month);
        }
    } else if minutes >= 24 * 60 {
        day += 1;
        if day > days(year, month) {
            (day, month) = (1, month % 12 + 1);
            year += u32::from(month == 1);
        }
    }
    let minutes = minutes.rem_euclid(24 * 60) as u32;
    [year, month, day, minutes / 60, minutes % 60]
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
