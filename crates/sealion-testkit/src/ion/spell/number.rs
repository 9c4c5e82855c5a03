//! Numbers and timestamps: bases, underscores, exponents, offsets.

use super::Speller;
use crate::ion::text::{self, coefficient, point, push};
use ion_rs::{Decimal, Int, Timestamp, TimestampPrecision};

impl Speller<'_> {
    pub(super) fn int(&mut self, value: &Int) {
        let small = value.as_i128().map(i128::unsigned_abs);
        if value.is_negative() || (value.is_zero() && self.rng.chance(20)) {
            self.out.push('-');
        }
        match (self.rng.below(4), small) {
            (0, Some(magnitude)) => {
                let zeros = "0".repeat(self.rng.index(4));
                let digits = if self.half() {
                    format!("{magnitude:x}")
                } else {
                    format!("{magnitude:X}")
                };
                self.either("0x", "0X");
                self.digits(&format!("{zeros}{digits}"));
            }
            (1, Some(magnitude)) => {
                self.either("0b", "0B");
                self.digits(&format!("{magnitude:b}"));
            }
            _ => self.digits(&value.unsigned_abs().to_string()),
        }
    }

    /// Digits with an underscore here and there; two never meet and none stands at an end.
    fn digits(&mut self, digits: &str) {
        let spelled = self.rng.chance(30);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && spelled && self.rng.chance(30) {
                self.out.push('_');
            }
            self.out.push(digit);
        }
    }

    pub(super) fn float(&mut self, value: f64) {
        if !value.is_finite() || self.half() {
            return text::float(value, self.out);
        }
        // Seventeen significant digits name one double; more precisely written is still the same one.
        let written = if self.half() {
            format!("{value:e}")
        } else {
            format!("{value:.17e}")
        };
        let Some((mantissa, exponent)) = written.split_once('e') else {
            return self.out.push_str(&written);
        };
        let (sign, exponent) = exponent
            .strip_prefix('-')
            .map_or(("+", exponent), |digits| ("-", digits));
        let sign = if sign == "+" && self.half() { "" } else { sign };
        let zeros = "0".repeat(self.rng.index(3));
        let e = if self.half() { 'e' } else { 'E' };
        push(
            self.out,
            format_args!("{mantissa}{e}{sign}{zeros}{exponent}"),
        );
    }

    /// A decimal with its point anywhere and the exponent that makes up for it. The number of digits stays.
    pub(super) fn decimal(&mut self, value: &Decimal) {
        let (sign, digits) = coefficient(value);
        let after = self.rng.index(digits.len() + 3);
        let exponent = value.exponent() + after as i64;
        self.out.push_str(sign);
        if after == 0 {
            self.digits(&digits);
        } else {
            point(&digits, after, self.out);
        }
        if after == 0 && exponent == 0 && self.half() {
            return self.out.push('.');
        }
        if exponent != 0 || after == 0 || self.half() {
            let plus = if exponent >= 0 && self.rng.chance(30) {
                "+"
            } else {
                ""
            };
            let d = if self.half() { 'd' } else { 'D' };
            push(self.out, format_args!("{d}{plus}{exponent}"));
        }
    }

    pub(super) fn timestamp(&mut self, value: &Timestamp) {
        let from = self.out.len();
        text::timestamp(value, self.out);
        if value.precision() == TimestampPrecision::Day && self.half() {
            self.out.push('T');
        }
        if self.out[from..].ends_with('Z') && self.half() {
            self.out.pop();
            self.out.push_str("+00:00");
        }
    }
}
