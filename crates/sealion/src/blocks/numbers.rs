//! What a number in JSON may have been before a program read and printed it.
//!
//! JavaScript, Go and Python have one kind of number or two: a decimal comes out without the zeros at its end
//! (`120.50` as `120.5`, `5.0` as `5`), or as the double that stands nearest to what was multiplied
//! (`87 * 0.1` gives `8.700000000000001`). All of these are guesses; the revision's hash tells which one is right.

use ion_rs::Element;

/// A number as an Ion value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reading {
    Int(String),
    /// Coefficient and exponent.
    Decimal(String, i32),
    Float(f64),
}

/// Digits of a number that is looked at: more than any program prints of one that it has read.
const DIGITS_MAX: usize = 38;
/// Zeros that may have been lost behind the point.
const ZEROS_MAX: i32 = 4;
/// Digits that tell a double from all others.
const DOUBLE_DIGITS: usize = 17;

/// What the number written so may have been, other than what it is as it stands; the likeliest first.
pub(super) fn readings(written: &str) -> Vec<Reading> {
    let Some(number) = Number::read(written) else {
        return Vec::new();
    };
    let bare = number.without_zeros();
    let mut found = vec![number.natural()];
    let mut add = |reading: Reading| {
        if !found.contains(&reading) {
            found.push(reading);
        }
    };
    let double = written
        .parse()
        .ok()
        .filter(|double: &f64| double.is_finite() && bare.digits.len() <= DOUBLE_DIGITS);
    if let Some(double) = double {
        add(Reading::Float(double));
    }
    let scale = 0.max(-bare.exponent);
    for zeros in 0..=ZEROS_MAX {
        add(bare.decimal(-(scale + zeros)));
    }
    for near in double.iter().flat_map(|double| multiplied(*double, &bare)) {
        let scale = 0.max(-near.exponent);
        for zeros in 0..=ZEROS_MAX {
            add(near.decimal(-(scale + zeros)));
        }
    }
    if bare.exponent >= 0 && bare.digits.len() + bare.exponent as usize <= DIGITS_MAX {
        add(Reading::Int(bare.coefficient(0)));
        for exponent in (1..=bare.exponent).rev().take(ZEROS_MAX as usize) {
            add(bare.decimal(exponent));
        }
    }
    found.remove(0);
    found
}

/// Decimals that give this double, and not its own digits, when their coefficient is multiplied by a power of ten.
fn multiplied(double: f64, bare: &Number) -> Option<Number> {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
    for scale in 1..=15 {
        let power: f64 = format!("1e-{scale}").parse().ok()?;
        let coefficient = (double.abs() / power).round();
        if coefficient >= EXACT {
            return None;
        }
        if coefficient * power == double.abs() {
            let near = Number {
                negative: bare.negative,
                digits: format!("{coefficient:.0}"),
                exponent: -scale,
                whole: false,
            };
            // The double's own digits are tried as they stand.
            return Some(near.without_zeros()).filter(|near| near.digits != bare.digits);
        }
    }
    None
}

impl Reading {
    pub(super) fn element(&self) -> Option<Element> {
        match self {
            Reading::Int(digits) => Element::read_one(digits).ok(),
            Reading::Decimal(coefficient, exponent) => {
                Element::read_one(format!("{coefficient}d{exponent}")).ok()
            }
            Reading::Float(double) => Some(Element::float(*double)),
        }
    }

    pub(super) fn is_float(&self) -> bool {
        matches!(self, Reading::Float(_))
    }

    /// Whether it is a decimal with so many digits behind the point.
    pub(super) fn has_scale(&self, scale: i32) -> bool {
        matches!(self, Reading::Decimal(_, exponent) if *exponent == -scale)
    }
}

/// `digits * 10^exponent`.
#[derive(Clone, Debug)]
struct Number {
    negative: bool,
    digits: String,
    exponent: i32,
    /// Written without point and exponent.
    whole: bool,
}

impl Number {
    /// A number as JSON writes it; `None` for others, and for those that no program prints.
    fn read(written: &str) -> Option<Number> {
        let unsigned = written.strip_prefix('-');
        let negative = unsigned.is_some();
        let unsigned = unsigned.unwrap_or(written);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (unsigned, None),
        };
        let (integer, fraction) = match mantissa.split_once('.') {
            Some((integer, fraction)) => (integer, Some(fraction)),
            None => (mantissa, None),
        };
        let all = [integer, fraction.unwrap_or_default()].concat();
        let digits = all.trim_start_matches('0');
        let plain = !integer.is_empty() && all.bytes().all(|byte| byte.is_ascii_digit());
        if !plain || all.len() > DIGITS_MAX {
            return None;
        }
        let behind = fraction.map_or(0, str::len) as i32;
        let written: i32 = exponent.map_or(Some(0), |exponent| exponent.parse().ok())?;
        (-400..=400).contains(&written).then_some(())?;
        Some(Number {
            negative,
            digits: if digits.is_empty() { "0" } else { digits }.to_owned(),
            exponent: written - behind,
            whole: fraction.is_none() && exponent.is_none(),
        })
    }

    /// As it is read where nothing speaks against it.
    fn natural(&self) -> Reading {
        match self.whole {
            true => Reading::Int(self.coefficient(self.exponent)),
            false => self.decimal(self.exponent),
        }
    }

    /// The same value with no zero at the end of its digits; zero itself without an exponent.
    fn without_zeros(&self) -> Number {
        let digits = self.digits.trim_end_matches('0');
        let zeros = (self.digits.len() - digits.len()) as i32;
        let (digits, exponent) = match digits {
            "" => ("0", 0),
            digits => (digits, self.exponent + zeros),
        };
        Number {
            negative: self.negative,
            digits: digits.to_owned(),
            exponent,
            whole: self.whole,
        }
    }

    /// The coefficient at an exponent that is not above its own.
    fn coefficient(&self, exponent: i32) -> String {
        let sign = if self.negative { "-" } else { "" };
        let zeros = match self.digits.as_str() {
            "0" => 0,
            _ => (self.exponent - exponent).max(0) as usize,
        };
        format!("{sign}{}{}", self.digits, "0".repeat(zeros))
    }

    fn decimal(&self, exponent: i32) -> Reading {
        Reading::Decimal(self.coefficient(exponent), exponent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(written: &str, ion: &str) -> bool {
        let wanted = ion_rs::IonData::from(Element::read_one(ion).unwrap());
        let elements = readings(written);
        let mut elements = elements.iter().map(|reading| reading.element().unwrap());
        elements.any(|own| ion_rs::IonData::from(own) == wanted)
    }

    #[test]
    fn what_programs_print_may_have_been_more() {
        for (written, ion) in [
            ("5", "5.0"),
            ("5", "5.00"),
            ("5", "5."),
            ("5", "5e0"),
            ("5.0", "5"),
            ("5.0", "5e0"),
            ("5.0", "5.00"),
            ("500", "5d2"),
            ("1500", "1.5d3"),
            ("120.5", "120.50"),
            ("120.5", "120.500"),
            ("120.5", "1205e-1"),
            ("-4.4", "-4.40"),
            ("-4.4", "-44e-1"),
            ("8.700000000000001", "8.7"),
            ("8.700000000000001", "8.70"),
            ("8.700000000000001", "8.700000000000001e0"),
            ("0", "0.00"),
            ("0", "0e0"),
            ("0.0", "0"),
            ("1e+21", "1000000000000000000000"),
            ("1e-07", "1e-7"),
            ("1e-7", "0.00000010"),
        ] {
            assert!(has(written, ion), "{written} {ion}");
        }
    }

    #[test]
    fn other_numbers_are_none_of_them() {
        for (written, ion) in [
            ("5", "5"),
            ("5", "6"),
            ("5", "5.1"),
            ("120.5", "120.5"),
            ("120.5", "12.05"),
            ("8.700000000000002", "8.7"),
            ("8.70000000000001", "8.7"),
            ("4.400000000000001", "4.4"),
            ("-4.4", "4.4"),
            ("1e3", "1e4"),
        ] {
            assert!(!has(written, ion), "{written} {ion}");
        }
        for written in [
            "",
            "-",
            "nan",
            "0x5",
            "1_000",
            "5d0",
            "1e",
            "1e999",
            ".5",
            &"9".repeat(39),
        ] {
            assert_eq!(readings(written), [], "{written}");
        }
    }

    #[test]
    fn there_are_few() {
        for written in [
            "5",
            "120.5",
            "8.700000000000001",
            "1e21",
            "5e-324",
            "1.7976931348623157e308",
        ] {
            let count = readings(written).len();
            assert!((1..=16).contains(&count), "{written} has {count}");
        }
    }
}
