//! Whether two values are the same, also where one of them became JSON.

use ion_rs::{Element, IonType};

use crate::blocks::{compact, down_converted, json, read_json};

/// How much two values have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alike {
    /// They are one Ion value; of JSON: one JSON text, but for the order of fields and the powers of ten in numbers.
    Same,
    /// All that is not the same are numbers or times that are equal.
    Perhaps,
    /// They are not.
    Other,
}

/// Which of the two copies is JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forms {
    /// Both or neither: values are compared as they stand.
    Equal,
    FirstJson,
    SecondJson,
}

impl Forms {
    pub(super) fn of(first_json: bool, second_json: bool) -> Forms {
        match (first_json, second_json) {
            (true, false) => Forms::FirstJson,
            (false, true) => Forms::SecondJson,
            _ => Forms::Equal,
        }
    }

    pub(super) fn mixed(self) -> bool {
        self != Forms::Equal
    }
}

/// Compares what two copies have under one name: all fields of that name.
pub(super) fn alike(first: &[&Element], second: &[&Element], forms: Forms) -> Alike {
    if first.len() != second.len() {
        return Alike::Other;
    }
    let pairs = match forms {
        Forms::Equal => return fields_alike(first, second),
        Forms::FirstJson => second.iter().zip(first),
        Forms::SecondJson => first.iter().zip(second),
    };
    let mut least = Alike::Same;
    for (ion, json) in pairs {
        match as_json(ion, json) {
            Alike::Same => {}
            Alike::Perhaps => least = Alike::Perhaps,
            Alike::Other => return Alike::Other,
        }
    }
    least
}

/// In whatever order they stand.
fn fields_alike(first: &[&Element], second: &[&Element]) -> Alike {
    let sorted = |values: &[&Element]| {
        let mut keys: Vec<_> = values.iter().map(|value| key(value)).collect();
        keys.sort();
        keys
    };
    match sorted(first) == sorted(second) {
        true => Alike::Same,
        false => Alike::Other,
    }
}

/// The same for the same Ion value, and for no other: precision, annotations and the
/// type of nulls count, the order of fields does not. Where there is no Ion Hash, the
/// text.
fn key(value: &Element) -> Result<[u8; 32], Option<String>> {
    sealion_reference::ion_hash(value).map_err(|_| compact(value))
}

fn same(first: &Element, second: &Element) -> bool {
    // A value that has neither is not known to be any other's equal.
    matches!((key(first), key(second)), (Ok(a), Ok(b)) if a == b)
        || matches!((key(first), key(second)), (Err(Some(a)), Err(Some(b))) if a == b)
}

/// Whether `json` is what `ion` became.
fn as_json(ion: &Element, json: &Element) -> Alike {
    let text = down_converted(ion);
    let Some(ours) = text.and_then(read_json) else {
        return Alike::Perhaps;
    };
    if same(&ours, json) {
        return Alike::Same;
    }
    match perhaps(&ours, json) {
        true => Alike::Perhaps,
        false => Alike::Other,
    }
}

/// Whether two JSON values are the same but for the spelling of numbers and times.
fn perhaps(a: &Element, b: &Element) -> bool {
    if same(a, b) {
        return true;
    }
    if a.is_null() || b.is_null() {
        return false;
    }
    let numeric = |value: &Element| {
        let types = [IonType::Int, IonType::Float, IonType::Decimal];
        types.contains(&value.ion_type())
    };
    if numeric(a) && numeric(b) {
        // Some writers of JSON take numbers through a double.
        let double = |value| down_converted(value)?.parse::<f64>().ok();
        return magnitude(a) == magnitude(b) || double(a) == double(b);
    }
    if let (Some(a), Some(b)) = (a.as_text(), b.as_text()) {
        let times = json::timestamp(a).zip(json::timestamp(b));
        return times.is_some_and(|(a, b)| a == b);
    }
    if let (Some(a), Some(b)) = (a.as_struct(), b.as_struct()) {
        let mut left: Vec<_> = b.fields().collect();
        let all = a.fields().all(|(name, value)| {
            let found = left
                .iter()
                .position(|(other, found)| *other == name && perhaps(value, found));
            found.map(|at| left.swap_remove(at)).is_some()
        });
        return all && left.is_empty();
    }
    match (a.as_sequence(), b.as_sequence()) {
        (Some(a), Some(b)) => {
            a.len() == b.len() && a.elements().zip(b.elements()).all(|(a, b)| perhaps(a, b))
        }
        _ => false,
    }
}

/// A number, of any length, as its sign, its digits without zeros around them, and the power of ten
/// behind the last of them.
fn magnitude(number: &Element) -> Option<(bool, String, i64)> {
    let text = match number.as_float() {
        Some(float) => format!("{float:e}"),
        None => down_converted(number)?,
    };
    let (text, negative) = match text.strip_prefix('-') {
        Some(text) => (text, true),
        None => (text.as_str(), false),
    };
    let (mantissa, exponent) = text.split_once(['e', 'd', 'E', 'D']).unwrap_or((text, "0"));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{part}");
    let short = digits.trim_end_matches('0');
    let zeros = i64::try_from(digits.len() - short.len()).ok()?;
    let short = short.trim_start_matches('0');
    if short.is_empty() {
        return Some((false, String::new(), 0));
    }
    let power = exponent.parse::<i64>().ok()?;
    let power = power.checked_sub(i64::try_from(part.len()).ok()?)?;
    Some((negative, short.to_owned(), power.checked_add(zeros)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ion_beside_ion_is_one_value_or_another() {
        let read = |text: &str| Element::read_one(text).unwrap();
        for (a, b, expected) in [
            ("{a:1,b:2}", "{b:2,a:1}", Alike::Same),
            ("0xff", "255", Alike::Same),
            ("'a'", "a", Alike::Same),
            ("1.0", "1.00", Alike::Other),
            ("x::1", "1", Alike::Other),
            ("null", "null.int", Alike::Other),
            ("\"a\"", "a", Alike::Other),
            ("{a:1,a:1}", "{a:1}", Alike::Other),
            ("2020-01-01T00:00Z", "2020-01-01T00:00-00:00", Alike::Other),
            ("nan", "nan", Alike::Same),
        ] {
            let found = alike(&[&read(a)], &[&read(b)], Forms::Equal);
            assert_eq!(found, expected, "{a} {b}");
        }
        let (one, two) = (read("1"), read("2"));
        assert_eq!(
            alike(&[&one, &two], &[&two, &one], Forms::Equal),
            Alike::Same
        );
        assert_eq!(alike(&[&one], &[&one, &one], Forms::Equal), Alike::Other);
        assert_eq!(alike(&[], &[], Forms::Equal), Alike::Same);
    }

    #[test]
    fn json_beside_ion_is_what_it_became_or_may_be_or_is_not() {
        let read = |text: &str| Element::read_one(text).unwrap();
        for (ion, json, expected) in [
            (
                "{a:x::sym,b:{{AAEC}},c:null.int}",
                "{\"b\":\"AAEC\",\"a\":\"sym\",\"c\":null}",
                Alike::Same,
            ),
            ("(1 2.50)", "[1,2.50]", Alike::Same),
            (
                "2020-01-01T00:00:00.000Z",
                "\"2020-01-01T00:00:00.000Z\"",
                Alike::Same,
            ),
            (
                "2020-01-01T00:00:00.000Z",
                "\"2020-01-01T00:00:00.000+00:00\"",
                Alike::Perhaps,
            ),
            ("[2.50]", "[2.5]", Alike::Perhaps),
            ("1d2", "100", Alike::Perhaps),
            ("{a:25e-1}", "{\"a\":2.5}", Alike::Same),
            ("0.0", "-0", Alike::Perhaps),
            ("0.10000000000000000001", "0.1", Alike::Perhaps),
            ("2.50", "2.51", Alike::Other),
            ("2.50", "\"2.50\"", Alike::Other),
            ("-1", "1", Alike::Other),
            ("10", "100", Alike::Other),
            ("\"a\"", "\"b\"", Alike::Other),
            ("null", "0", Alike::Other),
            ("true", "false", Alike::Other),
            ("{a:1}", "{\"a\":1,\"b\":1}", Alike::Other),
            ("{a:1,a:2}", "{\"a\":2.0,\"a\":1}", Alike::Perhaps),
            ("[1,2]", "[2,1]", Alike::Other),
        ] {
            let (ion, json) = (read(ion), read(json));
            let found = alike(&[&ion], &[&json], Forms::SecondJson);
            assert_eq!(found, expected, "{ion} {json}");
            let found = alike(&[&json], &[&ion], Forms::FirstJson);
            assert_eq!(found, expected, "{ion} {json}");
        }
    }
}
