//! Ion binary: plainly by ion-rs, and spelled in the many ways that Ion 1.0 binary allows.
//!
//! Spelled are: the order and number of symbol tables and what they hold besides; version markers between values;
//! pads between values and as fields; lengths, magnitudes, exponents and symbol ids with leading zeros; lengths
//! apart from the type descriptor; floats in 32 bits where those are enough; fields in the order of their ids.

use super::symbols::Symbols;
use super::varint::{int, var_int, var_uint};
use crate::Rng;
use ion_rs::{
    v1_0, Decimal, Element, IonError, IonType, Sequence, SequenceWriter, Struct, Timestamp,
    TimestampPrecision, Value, WriteConfig,
};

/// The version marker that a binary stream begins with.
pub const VERSION_MARKER: [u8; 4] = [0xE0, 0x01, 0x00, 0xEA];

/// Ion binary of these values as one stream: one version marker, one symbol table, then the values.
///
/// # Errors
/// If a value cannot be written; ion-rs writes no decimal with a coefficient of more than some 30 bytes.
pub fn encode<'a, I: IntoIterator<Item = &'a Element>>(values: I) -> Result<Vec<u8>, IonError> {
    let mut writer = ion_rs::Writer::new(WriteConfig::<v1_0::Binary>::new(), Vec::new())?;
    writer.write_all(values)?;
    writer.close()
}

/// Ion binary of these values as one stream, in a random spelling.
#[must_use]
pub fn spelled<'a, I: IntoIterator<Item = &'a Element>>(values: I, rng: &mut Rng) -> Vec<u8> {
    let mut out = VERSION_MARKER.to_vec();
    let mut speller = Speller {
        symbols: Symbols::default(),
        rng,
    };
    for value in values {
        if speller.rng.chance(10) {
            out.extend(VERSION_MARKER);
            speller.symbols = Symbols::default();
        }
        if let Some(table) = speller.symbols.table_for(value, speller.rng) {
            out.extend(table);
        }
        speller.pad(&mut out);
        speller.element(value, &mut out);
    }
    speller.pad(&mut out);
    out
}

struct Speller<'a> {
    symbols: Symbols,
    rng: &'a mut Rng,
}

impl Speller<'_> {
    fn element(&mut self, element: &Element, out: &mut Vec<u8>) {
        if element.annotations().is_empty() {
            return self.value(element.value(), out);
        }
        let mut ids = Vec::new();
        for annotation in element.annotations() {
            let id = self.symbols.id(annotation);
            var_uint(id, self.zeros(), &mut ids);
        }
        let mut body = Vec::new();
        var_uint(ids.len() as u64, self.zeros(), &mut body);
        body.extend(ids);
        self.value(element.value(), &mut body);
        self.frame(0xE, &body, out);
    }

    fn value(&mut self, value: &Value, out: &mut Vec<u8>) {
        match value {
            Value::Null(kind) => out.push(type_code(*kind) << 4 | 0xF),
            Value::Bool(value) => out.push(0x10 | u8::from(*value)),
            Value::Int(value) => {
                let magnitude = self.magnitude(&value.unsigned_abs().to_le_bytes());
                self.frame(if value.is_negative() { 3 } else { 2 }, &magnitude, out);
            }
            Value::Float(value) => self.float(*value, out),
            Value::Decimal(value) => self.decimal(value, out),
            Value::Timestamp(value) => self.timestamp(value, out),
            Value::Symbol(symbol) => {
                let id = self.symbols.id(symbol);
                let id = self.magnitude(&id.to_le_bytes());
                self.frame(7, &id, out);
            }
            Value::String(text) => self.frame(8, text.text().as_bytes(), out),
            Value::Clob(bytes) => self.frame(9, bytes.as_ref(), out),
            Value::Blob(bytes) => self.frame(0xA, bytes.as_ref(), out),
            Value::List(values) => self.sequence(0xB, values, out),
            Value::SExp(values) => self.sequence(0xC, values, out),
            Value::Struct(fields) => self.fields(fields, out),
        }
    }

    /// How many leading zeros a number gets: mostly none.
    fn zeros(&mut self) -> usize {
        if self.rng.chance(10) {
            self.rng.range(1, 2) as usize
        } else {
            0
        }
    }

    /// Descriptor, length and body. A length below 14 fits in the descriptor, and need not stand there.
    fn frame(&mut self, kind: u8, body: &[u8], out: &mut Vec<u8>) {
        // Length 1 of a struct means something else (fields in order), and an annotation wrapper has no empty form.
        if body.len() < 14 && !(kind == 0xD && body.len() == 1) && self.rng.chance(85) {
            return out.extend([&[kind << 4 | body.len() as u8], body].concat());
        }
        out.push(kind << 4 | 0xE);
        var_uint(body.len() as u64, self.zeros(), out);
        out.extend_from_slice(body);
    }

    /// A magnitude from its little-endian bytes: big-endian, without leading zeros or with a few.
    fn magnitude(&mut self, little_endian: &[u8]) -> Vec<u8> {
        let len = little_endian
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |last| last + 1);
        let zeros = self.zeros();
        std::iter::repeat_n(0, zeros)
            .chain(little_endian[..len].iter().rev().copied())
            .collect()
    }

    fn float(&mut self, value: f64, out: &mut Vec<u8>) {
        let short = value as f32;
        if value.to_bits() == 0 && self.rng.chance(50) {
            out.push(0x40);
        } else if (f64::from(short).to_bits() == value.to_bits() || value.is_nan())
            && self.rng.chance(50)
        {
            let short = if value.is_nan() { f32::NAN } else { short };
            out.push(0x44);
            out.extend(short.to_be_bytes());
        } else {
            out.push(0x48);
            out.extend(value.to_be_bytes());
        }
    }

    fn decimal(&mut self, value: &Decimal, out: &mut Vec<u8>) {
        let coefficient = value.coefficient();
        let mut body = Vec::new();
        // Nothing at all is 0d0; a missing coefficient is a positive zero.
        if !coefficient.is_positive_zero() || value.exponent() != 0 || self.rng.chance(50) {
            var_int(value.exponent(), false, self.zeros(), &mut body);
            let magnitude = coefficient.magnitude().to_le_bytes();
            int(
                &magnitude,
                coefficient.is_negative(),
                self.zeros(),
                &mut body,
            );
        }
        self.frame(5, &body, out);
    }

    /// Offset, then the fields in UTC as far as the precision goes.
    fn timestamp(&mut self, value: &Timestamp, out: &mut Vec<u8>) {
        let mut body = Vec::new();
        let offset = value.offset();
        var_int(
            i64::from(offset.unwrap_or(0)),
            offset.is_none(),
            self.zeros(),
            &mut body,
        );
        let utc = if offset.is_some() {
            value.to_utc()
        } else {
            value.clone()
        };
        let fields = [
            utc.year(),
            utc.month(),
            utc.day(),
            utc.hour(),
            utc.minute(),
            utc.second(),
        ];
        let count = match value.precision() {
            TimestampPrecision::Year => 1,
            TimestampPrecision::Month => 2,
            TimestampPrecision::Day => 3,
            TimestampPrecision::HourAndMinute => 5,
            TimestampPrecision::Second => 6,
        };
        for field in &fields[..count] {
            var_uint(u64::from(*field), self.zeros(), &mut body);
        }
        // ion-rs gives the number of digits, and the digits only in its text.
        if let Some(digits) = value.fractional_seconds_scale() {
            let text = value.to_string();
            let fraction = text
                .split_once('.')
                .map_or("", |(_, rest)| &rest[..digits as usize]);
            var_int(-digits, false, self.zeros(), &mut body);
            int(
                &fraction.parse::<u64>().unwrap_or(0).to_le_bytes(),
                false,
                self.zeros(),
                &mut body,
            );
        }
        self.frame(6, &body, out);
    }

    fn sequence(&mut self, kind: u8, values: &Sequence, out: &mut Vec<u8>) {
        let mut body = Vec::new();
        for value in values.elements() {
            self.pad(&mut body);
            self.element(value, &mut body);
        }
        self.pad(&mut body);
        self.frame(kind, &body, out);
    }

    /// Fields in the order of their ids under the descriptor that promises it, or in any order.
    fn fields(&mut self, fields: &Struct, out: &mut Vec<u8>) {
        let mut named: Vec<_> = fields
            .iter()
            .map(|(name, value)| (self.symbols.id(name), value))
            .collect();
        let ordered = !named.is_empty() && self.rng.chance(20);
        if ordered {
            named.sort_by_key(|(id, _)| *id);
        } else if self.rng.chance(50) {
            self.rng.shuffle(&mut named);
        }
        let mut body = Vec::new();
        for (id, value) in named {
            if !ordered && self.rng.chance(5) {
                var_uint(0, 0, &mut body);
                self.nop(&mut body);
            }
            var_uint(id, self.zeros(), &mut body);
            self.element(value, &mut body);
        }
        if ordered {
            out.push(0xD1);
            var_uint(body.len() as u64, self.zeros(), out);
            out.extend(body);
        } else {
            self.frame(0xD, &body, out);
        }
    }

    /// A pad between values, mostly none.
    fn pad(&mut self, out: &mut Vec<u8>) {
        if self.rng.chance(5) {
            self.nop(out);
        }
    }

    /// A pad: as long as it says, whatever it holds.
    fn nop(&mut self, out: &mut Vec<u8>) {
        let len = self.rng.index(20);
        let bytes = self.rng.bytes(len);
        self.frame(0, &bytes, out);
    }
}

/// The type code of a descriptor, 0 to 13.
fn type_code(kind: IonType) -> u8 {
    match kind {
        IonType::Null => 0,
        IonType::Bool => 1,
        IonType::Int => 2,
        IonType::Float => 4,
        IonType::Decimal => 5,
        IonType::Timestamp => 6,
        IonType::Symbol => 7,
        IonType::String => 8,
        IonType::Clob => 9,
        IonType::Blob => 10,
        IonType::List => 11,
        IonType::SExp => 12,
        IonType::Struct => 13,
    }
}
