//! From values to the bytes that Ion Hash 1.0 hashes.
//!
//! A scalar is `0B TQ esc(representation) 0E`, TQ being its type and a few qualities in one byte, and `esc` putting
//! `0C` before each `0B`, `0C` and `0E`. Lists and s-expressions hold the serialisations of their values, neither
//! hashed nor escaped; annotations stand before the value in a frame of TQ `E0`. A struct is TQ `D0` and the sorted
//! hashes of its fields, and those are the business of the [`Sink`].

use crate::pass::Pass;
use crate::scalar::{Blob, Form, Magnitude, Scalar, Text, Type};
use crate::short::{self, Short};
use crate::text::{base64, number, string};

/// TQ of the null without a type, and of the two booleans. Neither has a representation.
pub(crate) const NULL: u8 = 0x0F;
pub(crate) const FALSE: u8 = 0x10;
pub(crate) const TRUE: u8 = 0x11;
/// TQ of a symbol, a field name or an annotation.
pub(crate) const SYMBOL: u8 = 0x70;
/// TQ of a string.
pub(crate) const STRING: u8 = 0x80;
/// TQ of a blob.
pub(crate) const BLOB: u8 = 0xA0;
/// TQ of the frame around annotations and the value they belong to.
pub(crate) const ANNOTATED: u8 = 0xE0;
/// TQ of lists, s-expressions and structs.
pub(crate) const LIST: u8 = 0xB0;
pub(crate) const SEXP: u8 = 0xC0;
pub(crate) const STRUCT: u8 = 0xD0;

/// Whether Ion Hash escapes this byte.
#[inline]
pub(crate) fn is_marker(byte: u8) -> bool {
    matches!(byte, 0x0B | 0x0C | 0x0E)
}

/// Takes the serialisation of one value, in order.
pub(crate) trait Sink {
    /// A frame begins.
    fn open(&mut self, tq: u8);
    /// A frame ends.
    fn close(&mut self);
    /// A representation, or a part of it, still to be escaped.
    fn repr(&mut self, bytes: &[u8]);
    /// A frame whose representation, the first `len` bytes of `rest`, holds none of the three bytes that are escaped.
    /// The bytes behind mean nothing; where there are some, copying is faster.
    fn clean(&mut self, tq: u8, rest: &[u8], len: usize);
    /// A frame whose representation, the first `len` bytes of `rest`, is still to be escaped. As with
    /// [`clean`](Self::clean), it is faster where there are bytes behind.
    fn whole(&mut self, tq: u8, rest: &[u8], len: usize) {
        self.open(tq);
        self.repr(rest.get(..len).unwrap_or(rest));
        self.close();
    }
    /// A frame around a few bytes, still to be escaped.
    fn short(&mut self, short: Short);
    /// A struct's frame begins.
    fn open_struct(&mut self);
    /// A struct's frame ends.
    fn close_struct(&mut self);
    /// A field begins: its name, then its value.
    fn field(&mut self);
    /// A field ends.
    fn end_field(&mut self);
}

/// Takes a value that nobody wants, so that it is read, and its escapes and base64 decoded, all the same.
pub(crate) struct Skip;

impl Sink for Skip {
    fn open(&mut self, _: u8) {}
    fn close(&mut self) {}
    fn repr(&mut self, _: &[u8]) {}
    fn clean(&mut self, _: u8, _: &[u8], _: usize) {}
    fn short(&mut self, _: Short) {}
    fn open_struct(&mut self) {}
    fn close_struct(&mut self) {}
    fn field(&mut self) {}
    fn end_field(&mut self) {}
}

/// A short representation in the making. The longest, a timestamp, has 2 bytes of offset, 2 of year, 5 of fields,
/// 1 of exponent and 8 of fraction; a decimal has at most 10 of exponent and 9 of coefficient.
pub(crate) struct Repr {
    bytes: [u8; 24],
    len: usize,
}

impl Repr {
    pub(crate) fn new() -> Self {
        Self {
            bytes: [0; 24],
            len: 0,
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Hands it over in a frame.
    fn framed<S: Sink>(&self, tq: u8, sink: &mut S) {
        match self.bytes.first_chunk() {
            // Behind the length there are zeros.
            Some(bytes) if self.len < bytes.len() => sink.short(Short {
                tq,
                bytes: u128::from_be_bytes(*bytes),
                len: self.len,
            }),
            _ => framed(tq, self.bytes(), sink),
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, byte: u8) {
        self.bytes[self.len] = byte;
        self.len += 1;
    }

    /// Seven bits a byte, the highest first, the last byte marked by its top bit (Ion 1.0 binary, "VarUInt").
    pub(crate) fn var_uint(&mut self, value: u64) {
        let groups = (64 - (value | 1).leading_zeros()).div_ceil(7);
        for group in (0..groups).rev() {
            let end = if group == 0 { 0x80 } else { 0 };
            self.push((value >> (7 * group)) as u8 & 0x7F | end);
        }
    }

    /// As [`var_uint`](Self::var_uint), with the sign in the second highest bit of the first byte ("VarInt").
    pub(crate) fn var_int(&mut self, value: i64) {
        let magnitude = value.unsigned_abs();
        let bits = 64 - (magnitude | 1).leading_zeros();
        // The first byte holds six bits, the others seven.
        let more = bits.saturating_sub(6).div_ceil(7);
        let sign = if value < 0 { 0x40 } else { 0 };
        for group in (0..=more).rev() {
            let bits = (magnitude >> (7 * group)) as u8 & if group == more { 0x3F } else { 0x7F };
            let sign = if group == more { sign } else { 0 };
            let end = if group == 0 { 0x80 } else { 0 };
            self.push(bits | sign | end);
        }
    }

    /// Bytes, the highest first, with the sign in the top bit ("Int"). Zero is one byte here.
    pub(crate) fn int(&mut self, negative: bool, magnitude: u64) {
        let sign = if negative { 0x80 } else { 0 };
        let bytes = magnitude.to_be_bytes();
        let bytes = minimal(&bytes);
        match bytes.first() {
            Some(first) if first & 0x80 == 0 => self.push(first | sign),
            Some(first) => {
                self.push(sign);
                self.push(*first);
            }
            None => self.push(sign),
        }
        for byte in bytes.iter().skip(1) {
            self.push(*byte);
        }
    }
}

/// A magnitude without the zeros before it.
pub(crate) fn minimal(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

/// Hands a scalar to the sink, decoding its text or base64 into `scratch` where it has to be decoded.
///
/// # Errors
/// If the text or base64 cannot be decoded.
#[inline]
pub(crate) fn scalar<S: Sink>(
    scalar: &Scalar<'_>,
    sink: &mut S,
    scratch: &mut Vec<u8>,
) -> Result<(), Pass> {
    match scalar {
        Scalar::Null(kind) => sink.clean(null(*kind), &[], 0),
        Scalar::Bool(false) => sink.clean(FALSE, &[], 0),
        Scalar::Bool(true) => sink.clean(TRUE, &[], 0),
        Scalar::Int {
            negative,
            magnitude,
        } => int(*negative, magnitude, sink, scratch),
        Scalar::Float(value) => float(*value, sink),
        Scalar::Decimal {
            negative,
            coefficient,
            exponent,
        } => decimal(*negative, coefficient, *exponent, sink, scratch),
        Scalar::Timestamp(value) => {
            let mut repr = Repr::new();
            value.repr(&mut repr);
            repr.framed(0x60, sink);
        }
        Scalar::Symbol(text) => self::text(SYMBOL, text, sink, scratch)?,
        Scalar::String(text) => self::text(STRING, text, sink, scratch)?,
        Scalar::Clob(bytes) => framed(0x90, string::clob(bytes, scratch)?, sink),
        Scalar::Blob(Blob::Bytes(bytes)) => framed(BLOB, bytes, sink),
        Scalar::Blob(Blob::Base64(text, offset)) => {
            base64::decode(text, *offset, scratch)?;
            framed(BLOB, scratch, sink);
        }
    }
    Ok(())
}

/// Hands a string, symbol, field name or annotation to the sink.
///
/// # Errors
/// If an escape in it cannot be decoded.
#[inline(always)]
pub(crate) fn text<S: Sink>(
    tq: u8,
    text: &Text<'_>,
    sink: &mut S,
    scratch: &mut Vec<u8>,
) -> Result<(), Pass> {
    if text.form == Form::Clean {
        sink.clean(tq, text.bytes, text.bytes.len());
    } else {
        framed(tq, string::text(text, scratch)?, sink);
    }
    Ok(())
}

pub(crate) fn framed<S: Sink>(tq: u8, repr: &[u8], sink: &mut S) {
    sink.open(tq);
    sink.repr(repr);
    sink.close();
}

/// TQ of a null: the type with the quality `F`.
fn null(kind: Type) -> u8 {
    match kind {
        Type::Null => NULL,
        Type::Bool => 0x1F,
        Type::Int => 0x2F,
        Type::Float => 0x4F,
        Type::Decimal => 0x5F,
        Type::Timestamp => 0x6F,
        Type::Symbol => 0x7F,
        Type::String => 0x8F,
        Type::Clob => 0x9F,
        Type::Blob => 0xAF,
        Type::List => 0xBF,
        Type::Sexp => 0xCF,
        Type::Struct => 0xDF,
    }
}

/// TQ of the null of a type code of Ion binary, if it has one. That of integers is one, and has two codes.
pub(crate) fn null_of_code(code: u8) -> Option<u8> {
    match code {
        3 => Some(0x2F),
        0..=13 => Some(code << 4 | 0x0F),
        _ => None,
    }
}

/// The magnitude alone; the sign is in TQ. Zero has no bytes, and no sign.
fn int<S: Sink>(negative: bool, magnitude: &Magnitude<'_>, sink: &mut S, scratch: &mut Vec<u8>) {
    if let Magnitude::Small(value) = magnitude {
        return sink.short(short::int(negative, *value));
    }
    let bytes = magnitude_bytes(magnitude, scratch);
    let tq = if negative && !bytes.is_empty() {
        0x30
    } else {
        0x20
    };
    framed(tq, bytes, sink);
}

/// Eight bytes of IEEE 754, the highest first; none for `0e0`; one pattern for all that is not a number.
fn float<S: Sink>(value: f64, sink: &mut S) {
    match short::float(value) {
        Some(short) => sink.short(short),
        None if value.is_nan() => framed(0x40, &[0x7F, 0xF8, 0, 0, 0, 0, 0, 0], sink),
        None => sink.clean(0x40, &[], 0),
    }
}

/// Exponent and coefficient; neither for `0d0`, no coefficient for a positive zero. A negative zero has one.
fn decimal<S: Sink>(
    negative: bool,
    coefficient: &Magnitude<'_>,
    exponent: i64,
    sink: &mut S,
    scratch: &mut Vec<u8>,
) {
    let mut repr = Repr::new();
    if let Magnitude::Small(coefficient) = coefficient {
        let zero = *coefficient == 0 && !negative;
        if !zero || exponent != 0 {
            repr.var_int(exponent);
        }
        if !zero {
            repr.int(negative, *coefficient);
        }
        repr.framed(0x50, sink);
    } else {
        sink.open(0x50);
        let bytes = magnitude_bytes(coefficient, scratch);
        let sign = if negative { 0x80 } else { 0 };
        if negative || !bytes.is_empty() || exponent != 0 {
            repr.var_int(exponent);
        }
        match bytes.first() {
            Some(first) if first & 0x80 == 0 => repr.push(first | sign),
            Some(first) => {
                repr.push(sign);
                repr.push(*first);
            }
            None if negative => repr.push(sign),
            None => {}
        }
        sink.repr(repr.bytes());
        sink.repr(bytes.get(1..).unwrap_or(&[]));
        sink.close();
    }
}

/// The magnitude's bytes, the highest first, without zeros before them, in `scratch` or where they lie.
fn magnitude_bytes<'s>(magnitude: &'s Magnitude<'_>, scratch: &'s mut Vec<u8>) -> &'s [u8] {
    match magnitude {
        Magnitude::Bytes(bytes) => minimal(bytes),
        Magnitude::Signed(bytes) => {
            scratch.clear();
            scratch.extend_from_slice(bytes);
            if let Some(first) = scratch.first_mut() {
                *first &= 0x7F;
            }
            minimal(scratch)
        }
        Magnitude::Small(value) => {
            scratch.clear();
            scratch.extend_from_slice(&value.to_be_bytes());
            minimal(scratch)
        }
        Magnitude::Digits(digits) => {
            number::from_digits(digits, scratch);
            minimal(scratch)
        }
        Magnitude::Bits(digits, bits_each) => {
            number::from_bits(digits, *bits_each, scratch);
            minimal(scratch)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repr(write: impl FnOnce(&mut Repr)) -> Vec<u8> {
        let mut repr = Repr::new();
        write(&mut repr);
        repr.bytes().to_vec()
    }

    #[test]
    fn var_uint() {
        for (value, bytes) in [
            (0, vec![0x80]),
            (127, vec![0xFF]),
            (128, vec![0x01, 0x80]),
            (2024, vec![0x0F, 0xE8]),
            (
                u64::MAX,
                vec![0x01, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0xFF],
            ),
        ] {
            assert_eq!(repr(|r| r.var_uint(value)), bytes, "{value}");
        }
    }

    #[test]
    fn var_int() {
        for (value, bytes) in [
            (0, vec![0x80]),
            (-1, vec![0xC1]),
            (63, vec![0xBF]),
            (64, vec![0x00, 0xC0]),
            (-64, vec![0x40, 0xC0]),
            (-1439, vec![0x4B, 0x9F]),
            (8191, vec![0x3F, 0xFF]),
            (8192, vec![0x00, 0x40, 0x80]),
            (i64::MIN, vec![0x41, 0, 0, 0, 0, 0, 0, 0, 0, 0x80]),
        ] {
            assert_eq!(repr(|r| r.var_int(value)), bytes, "{value}");
        }
    }

    #[test]
    fn int() {
        for (negative, magnitude, bytes) in [
            (false, 0, vec![0x00]),
            (true, 0, vec![0x80]),
            (false, 127, vec![0x7F]),
            (true, 127, vec![0xFF]),
            (false, 128, vec![0x00, 0x80]),
            (true, 128, vec![0x80, 0x80]),
            (true, u64::MAX, [vec![0x80], vec![0xFF; 8]].concat()),
        ] {
            assert_eq!(
                repr(|r| r.int(negative, magnitude)),
                bytes,
                "{negative} {magnitude}"
            );
        }
    }
}
