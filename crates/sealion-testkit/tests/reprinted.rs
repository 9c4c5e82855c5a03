//! History rows whose numbers a program read and printed again: the revision's hash tells what they were, and other
//! numbers are not believed.

use ion_rs::{Element, Struct};
use proptest::prelude::*;
use proptest::sample::Index;
use sealion::source::Memory;
use sealion::{Code, Limits, Report, Verdict, Verifier};
use sealion_reference::{dot, ion_hash};
use sealion_testkit::agree::{engines, property};

/// A number as QLDB had it, and as a program printed it.
#[derive(Clone, Debug)]
struct Printed {
    ion: String,
    json: String,
}

/// Decimals, floats and ints, by way of a double that is read from the digits or made by multiplying.
fn printed() -> impl Strategy<Value = Printed> {
    let number = (
        -1_000_000..1_000_000i64,
        0..5i32,
        0..3u8,
        any::<bool>(),
        any::<bool>(),
    );
    number.prop_map(|(coefficient, scale, kind, multiplied, python)| {
        let decimal = format!("{coefficient}d-{scale}");
        let digits = format!("{coefficient}e-{scale}");
        let power: f64 = format!("1e-{scale}").parse().unwrap();
        let double = match multiplied && kind == 0 {
            true => coefficient as f64 * power,
            false => digits.parse().unwrap(),
        };
        let (ion, double) = match kind {
            0 => (decimal, double),
            1 => (digits, double),
            _ => (coefficient.to_string(), coefficient as f64),
        };
        let json = match python {
            true => format!("{double:?}"),
            false => format!("{double}"),
        };
        Printed { ion, json }
    })
}

/// A row in which the numbers stand as `json` has them, with the hash of what they were.
fn row(numbers: &[Printed], json: &[String]) -> String {
    const TIME: &str = "2022-03-01T09:01:14.917Z";
    let names = ["a", "b", "c"].into_iter();
    let data = names.clone().zip(numbers);
    let data = data.map(|(name, own)| (name, Element::read_one(&own.ion).unwrap()));
    let data: Element = Struct::from_iter(data).into();
    let metadata = format!("{{id:\"i\",version:0,txTime:{TIME},txId:\"t\"}}");
    let metadata = Element::read_one(metadata).unwrap();
    let [data, metadata] = [data, metadata].map(|value| ion_hash(&value).unwrap());
    let hash = sealion::Hash(dot(&data, &metadata));
    let fields: Vec<String> = names
        .zip(json)
        .map(|(name, own)| format!("\"{name}\":{own}"))
        .collect();
    format!(
        "{{\"blockAddress\":{{\"strandId\":\"s\",\"sequenceNo\":1}},\"hash\":\"{hash}\",\"data\":{{{}}},\
         \"metadata\":{{\"id\":\"i\",\"version\":0,\"txTime\":\"{TIME}\",\"txId\":\"t\"}}}}",
        fields.join(",")
    )
}

fn report(row: &str, limits: Limits) -> Report {
    let memory = Memory::new().with("row.json", row.as_bytes());
    engines(&memory, &Verifier::new().limits(limits))
}

fn texts(numbers: &[Printed]) -> Vec<String> {
    numbers.iter().map(|own| own.json.clone()).collect()
}

#[test]
fn numbers_are_restored() {
    let strategy = prop::collection::vec(printed(), 1..3);
    proptest!(property(300), |(numbers in strategy)| {
        let report = report(&row(&numbers, &texts(&numbers)), Limits::default());
        prop_assert_eq!(report.verdict(), Verdict::Consistent, "{}", report);
        prop_assert_eq!(report.strands[0].revisions.from_json, 1);
    });
}

#[test]
fn another_number_is_not_believed() {
    let strategy = (
        prop::collection::vec(printed(), 1..4),
        any::<Index>(),
        any::<Index>(),
        1..10u8,
    );
    proptest!(property(300), |((numbers, which, at, more) in strategy)| {
        let mut json = texts(&numbers);
        let which = which.index(json.len());
        let before: f64 = json[which].parse().unwrap();
        let digits: Vec<usize> = json[which].match_indices(|c: char| c.is_ascii_digit()).map(|(at, _)| at).collect();
        let at = digits[at.index(digits.len())];
        let digit = (json[which].as_bytes()[at] - b'0' + more) % 10;
        json[which].replace_range(at..=at, &digit.to_string());
        let after: f64 = json[which].parse().unwrap();
        // A JSON number has no zero in front, and the last digits of a double may be those of a product.
        prop_assume!((before - after).abs() > 1e-9 * before.abs());
        prop_assume!(serde_json::from_str::<f64>(&json[which]).is_ok());
        let report = report(&row(&numbers, &json), Limits::default());
        prop_assert_eq!(report.verdict(), Verdict::Inconclusive, "{}", report);
        prop_assert!(report.finding_totals.contains_key(&Code::DataFromJson));
    });
}

#[test]
fn the_limit_is_named_and_holds() {
    let numbers = ["5.00", "6.0", "7e0"].map(|ion| Printed {
        ion: ion.to_owned(),
        json: ion[..1].to_owned(),
    });
    let row = row(&numbers, &texts(&numbers));
    let mut limits = Limits::default();
    limits.set("json_readings_max", 3).unwrap();
    let few = report(&row, limits.clone());
    assert_eq!(few.verdict(), Verdict::Inconclusive, "{few}");
    let finding = &few.findings()[0];
    assert_eq!(finding.code, Code::DataFromJson);
    for part in ["5, 6, 7", "3 readings", "json_readings_max"] {
        assert!(finding.message.contains(part), "{}", finding.message);
    }
    limits.set("json_readings_max", 10_000).unwrap();
    assert_eq!(report(&row, limits).verdict(), Verdict::Consistent);
}
