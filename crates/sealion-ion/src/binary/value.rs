//! The bodies of values.

use super::header::{Container, Cursor, Header};
use super::symbols::Symbols;
use crate::hasher::minimal;
use crate::pass::{pass, Pass, Reason};
use crate::scalar::{Blob, Form, Magnitude, Scalar, Text, Type};
use crate::short::{self, Short};
use crate::timestamp::{Precision, Timestamp, FRACTION_DIGITS_MAX};

/// Bytes of the longest integer or coefficient that is read.
const MAGNITUDE_BYTES_MAX: usize = 1000;

/// The beginning of a value, or the whole of it.
pub(super) enum Head<'a> {
    /// A whole scalar; the cursor stands behind it.
    Scalar(Scalar<'a>),
    /// A container that ends there; the cursor stands in it.
    Container(Container, usize),
    /// Annotations in a wrapper that ends there; the cursor stands before the first of them.
    Annotations {
        /// Where the annotations end and the value begins.
        annotations_end: usize,
        end: usize,
    },
    /// Nothing: a pad, which the cursor has passed.
    Pad,
}

impl<'a> Cursor<'a> {
    /// Reads the head of what stands here and ends before `limit`.
    pub(super) fn head(&mut self, limit: usize, symbols: &Symbols<'a>) -> Result<Head<'a>, Pass> {
        let header = self.header(limit)?;
        let container = match header.code {
            0xB => Container::List,
            0xC => Container::Sexp,
            0xD => Container::Struct,
            0xE => return self.annotations(&header),
            0 if header.low != 15 => {
                self.at = header.end;
                return Ok(Head::Pad);
            }
            _ => return Ok(Head::Scalar(self.scalar(&header, symbols)?)),
        };
        Ok(match header.low {
            15 => Head::Scalar(Scalar::Null(container.kind())),
            _ => Head::Container(container, header.end),
        })
    }

    /// A wrapper: the length of the annotations, the annotations, one value.
    fn annotations(&mut self, header: &Header) -> Result<Head<'a>, Pass> {
        if header.low == 15 {
            return pass(header.start, Reason::TypeCode);
        }
        let len = self.var_uint(header.end)? as usize;
        let annotations_end = self.at.saturating_add(len);
        if len == 0 || annotations_end >= header.end {
            return pass(header.start, Reason::Length);
        }
        Ok(Head::Annotations {
            annotations_end,
            end: header.end,
        })
    }

    /// A scalar of a usual form, straight to its bytes in Ion Hash; its header has been read. `None` if it is none, or
    /// near the end of the input, and then the cursor has not moved.
    #[inline(always)]
    pub(super) fn usual(&mut self, header: &Header) -> Option<Short> {
        let (rest, len) = self.run(header.end);
        let number = |from: usize, count: usize| {
            let word = u64::from_be_bytes(*rest.get(from..)?.first_chunk()?);
            word.checked_shr(64 - 8 * count as u32)
        };
        let short = match header.code {
            2 if len == 0 => short::int(false, 0),
            2 | 3 if (1..=8).contains(&len) => match number(0, len)? {
                // There is no negative zero.
                0 if header.code == 3 => return None,
                magnitude => short::int(header.code == 3, magnitude),
            },
            // The reference wants these lengths in the descriptor, not behind it.
            4 if header.low == 8 => short::float(f64::from_bits(number(0, 8)?))?,
            4 if header.low == 4 => short::float(f32::from_bits(number(0, 4)? as u32).into())?,
            5 if (2..=8).contains(&len) => {
                let (exponent, bytes) = (*rest.first()?, number(1, len - 1)?);
                let sign = 0x80 << (8 * (len - 2));
                let coefficient = bytes & !sign;
                if coefficient == 0 || exponent & 0x80 == 0 || exponent == 0xC0 {
                    return None;
                }
                short::decimal(bytes & sign != 0, coefficient, exponent)
            }
            6 => {
                let timestamp = short::read_utc_milliseconds(rest.get(..len)?)?;
                short::utc_milliseconds(&timestamp)?
            }
            _ => return None,
        };
        self.at = header.end;
        Some(short)
    }

    /// A scalar; its header has been read.
    fn scalar(&mut self, header: &Header, symbols: &Symbols<'a>) -> Result<Scalar<'a>, Pass> {
        if header.low == 15 {
            return null(header);
        }
        let offset = self.at;
        Ok(match header.code {
            1 => Scalar::Bool(header.low == 1),
            2 | 3 => self.int(header)?,
            4 => self.float(header)?,
            5 => self.decimal(header)?,
            6 => self.timestamp(header)?,
            7 => Scalar::Symbol(symbols.text(self.symbol_id(header.end)?, offset)?),
            8 => {
                let bytes = self.body(header.end);
                if core::str::from_utf8(bytes).is_err() {
                    return pass(offset, Reason::Utf8);
                }
                Scalar::String(plain(bytes, offset))
            }
            9 => Scalar::Clob(plain(self.body(header.end), offset)),
            10 => Scalar::Blob(Blob::Bytes(self.body(header.end))),
            _ => return pass(header.start, Reason::TypeCode),
        })
    }

    /// Sign in the type code, magnitude in the body. There is no negative zero.
    fn int(&mut self, header: &Header) -> Result<Scalar<'a>, Pass> {
        let negative = header.code == 3;
        let bytes = minimal(self.body(header.end));
        if bytes.len() > MAGNITUDE_BYTES_MAX || (negative && bytes.is_empty()) {
            return pass(header.start, Reason::Number);
        }
        Ok(Scalar::Int {
            negative,
            magnitude: small(bytes).map_or(Magnitude::Bytes(bytes), Magnitude::Small),
        })
    }

    fn float(&mut self, header: &Header) -> Result<Scalar<'a>, Pass> {
        let body = self.body(header.end);
        Ok(Scalar::Float(match (header.low, body) {
            (0, []) => 0.0,
            (4, body) => match body.first_chunk() {
                Some(bytes) => f64::from(f32::from_be_bytes(*bytes)),
                None => return pass(header.start, Reason::Length),
            },
            (8, body) => match body.first_chunk() {
                Some(bytes) => f64::from_be_bytes(*bytes),
                None => return pass(header.start, Reason::Length),
            },
            _ => return pass(header.start, Reason::Length),
        }))
    }

    /// Exponent and coefficient; no body is `0d0`.
    fn decimal(&mut self, header: &Header) -> Result<Scalar<'a>, Pass> {
        if self.at == header.end {
            return Ok(Scalar::Decimal {
                negative: false,
                coefficient: Magnitude::Small(0),
                exponent: 0,
            });
        }
        let (minus, exponent) = self.var_int(header.end)?;
        if minus && exponent == 0 {
            return pass(header.start, Reason::Number);
        }
        let exponent = if minus {
            -(exponent as i64)
        } else {
            exponent as i64
        };
        let body = self.body(header.end);
        if body.len() > MAGNITUDE_BYTES_MAX {
            return pass(header.start, Reason::Number);
        }
        let (negative, coefficient) = int(body);
        Ok(Scalar::Decimal {
            negative,
            coefficient,
            exponent,
        })
    }

    /// Offset, year, month, day, hour and minute, second, fraction: as many as there are. All but the offset in UTC.
    fn timestamp(&mut self, header: &Header) -> Result<Scalar<'a>, Pass> {
        let bad = || pass(header.start, Reason::Timestamp);
        let end = header.end;
        let body = self.bytes.get(self.at..end).unwrap_or(&[]);
        if let Some(usual) = short::read_utc_milliseconds(body) {
            self.at = end;
            return Ok(Scalar::Timestamp(usual));
        }
        let (minus, offset) = self.var_int(end)?;
        let year = self.var_uint(end)?;
        if offset > 1439 || year > 9999 {
            return bad();
        }
        let mut t = Timestamp::year(year as u16);
        t.offset_minutes = match (minus, offset as i16) {
            (true, 0) => None,
            (true, offset) => Some(-offset),
            (false, offset) => Some(offset),
        };
        let mut count = 0;
        let mut fields = [1, 1, 0, 0, 0];
        for field in &mut fields {
            if self.at < end {
                let value = self.var_uint(end)?;
                if value > 59 {
                    return bad();
                }
                *field = value as u8;
                count += 1;
            }
        }
        [t.month, t.day, t.hour, t.minute, t.second] = fields;
        t.precision = match count {
            0 => Precision::Year,
            1 => Precision::Month,
            2 => Precision::Day,
            4 => Precision::Minute,
            5 => Precision::Second,
            // An hour goes with its minute.
            _ => return bad(),
        };
        if self.at < end && !self.fraction(end, &mut t)? {
            return bad();
        }
        // A date alone has no offset, and the local time must be one that text could say too.
        let local = match t.offset_minutes {
            Some(_) if t.precision < Precision::Minute => return bad(),
            Some(0) | None => Some(t),
            Some(offset) => t.is_valid().then(|| t.shifted(i32::from(offset))).flatten(),
        };
        if !t.is_valid() || local.is_none() {
            return bad();
        }
        Ok(Scalar::Timestamp(t))
    }

    /// A decimal from 0 up to 1, with digits behind the point. False if it is anything else.
    fn fraction(&mut self, end: usize, t: &mut Timestamp) -> Result<bool, Pass> {
        let (minus, digits) = self.var_int(end)?;
        if !minus || digits == 0 || digits > u64::from(FRACTION_DIGITS_MAX) {
            return Ok(false);
        }
        t.fraction_digits = digits as u8;
        match int(self.body(end)) {
            (false, Magnitude::Small(fraction)) => t.fraction = fraction,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// An Int: magnitude, the highest byte first, with the sign in the top bit. Nothing is zero.
fn int(body: &[u8]) -> (bool, Magnitude<'_>) {
    let Some(first) = body.first() else {
        return (false, Magnitude::Small(0));
    };
    let negative = first & 0x80 != 0;
    let body = if negative { body } else { minimal(body) };
    if let Some(value) = small(body) {
        let sign = if negative {
            0x80 << (8 * (body.len() - 1))
        } else {
            0
        };
        return (negative, Magnitude::Small(value & !sign));
    }
    let magnitude = if negative {
        Magnitude::Signed(body)
    } else {
        Magnitude::Bytes(body)
    };
    (negative, magnitude)
}

/// The bytes as a number, if they fit a word.
#[inline]
pub(super) fn small(bytes: &[u8]) -> Option<u64> {
    (bytes.len() <= 8).then(|| {
        bytes
            .iter()
            .fold(0, |value, byte| value << 8 | u64::from(*byte))
    })
}

fn plain(bytes: &[u8], offset: usize) -> Text<'_> {
    Text {
        bytes,
        offset,
        form: Form::Plain,
    }
}

/// The null of a type code.
fn null<'a>(header: &Header) -> Result<Scalar<'a>, Pass> {
    Ok(Scalar::Null(match header.code {
        0 => Type::Null,
        1 => Type::Bool,
        2 | 3 => Type::Int,
        4 => Type::Float,
        5 => Type::Decimal,
        6 => Type::Timestamp,
        7 => Type::Symbol,
        8 => Type::String,
        9 => Type::Clob,
        10 => Type::Blob,
        _ => return pass(header.start, Reason::TypeCode),
    }))
}
