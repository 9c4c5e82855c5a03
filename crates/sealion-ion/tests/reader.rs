//! The reader, value by value: what it finds is what the reference finds, and nothing is left unread.

use ion_rs::{Element, IonType, TimestampPrecision, Value};
use sealion_hash::sha256;
use sealion_ion::{Batch, Limits, Pass, Precision, Reader, Reason, Steps, Timestamp, Type};
use sealion_testkit::ion::{binary, spell, value};
use sealion_testkit::Rng;

fn kind(value: &Element) -> Type {
    match value.ion_type() {
        IonType::Null => Type::Null,
        IonType::Bool => Type::Bool,
        IonType::Int => Type::Int,
        IonType::Float => Type::Float,
        IonType::Decimal => Type::Decimal,
        IonType::Timestamp => Type::Timestamp,
        IonType::Symbol => Type::Symbol,
        IonType::String => Type::String,
        IonType::Clob => Type::Clob,
        IonType::Blob => Type::Blob,
        IonType::List => Type::List,
        IonType::SExp => Type::Sexp,
        IonType::Struct => Type::Struct,
    }
}

/// Holds the next value to the reference's, going into containers, or skipping or hashing them now and then.
fn check(
    reader: &mut Reader<'_>,
    name: Option<&str>,
    expected: &Element,
    rng: &mut Rng,
) -> Result<(), Pass> {
    let found = reader.next()?.expect("a value");
    assert_eq!(found.field.as_deref(), name);
    assert_eq!(found.kind, kind(expected), "{expected}");
    assert_eq!(found.null, expected.is_null());
    assert_eq!(found.annotated, !expected.annotations().is_empty());
    if rng.chance(20) {
        return Ok(()); // skipped
    }
    if rng.chance(20) {
        let mut batch = Batch::default();
        let mark = reader.mark();
        let slot = reader.hash_into(&mut batch)?;
        batch.run();
        assert_eq!(batch.get(slot).0, sealion_testkit::ion_hash(expected));
        if rng.chance(50) {
            return Ok(());
        }
        // It was read, and may be read once more, or gone past.
        let end = reader.offset();
        reader.back(mark)?;
        if rng.chance(50) {
            reader.skip_hashed()?;
            assert_eq!(reader.offset(), end);
            return Ok(());
        }
    }
    if found.null || found.annotated {
        let refused = reader.clone().text().unwrap_err();
        assert_eq!(refused.reason, Reason::Kind);
        return Ok(());
    }
    match expected.value() {
        Value::String(text) => assert_eq!(reader.text()?, text.text()),
        Value::Symbol(text) => assert_eq!(Some(reader.text()?.as_ref()), text.text()),
        Value::Int(int) => {
            // A number in another base is passed over.
            if let Ok(found) = reader.clone().uint() {
                assert_eq!(int.as_u64(), Some(found));
            }
        }
        Value::Blob(bytes) => {
            let blob = reader.blob32()?;
            assert_eq!(blob.length, bytes.as_ref().len());
            let hash = <[u8; 32]>::try_from(bytes.as_ref()).ok();
            assert_eq!(blob.hash.map(|hash| hash.0), hash);
        }
        Value::Timestamp(expected) => same_time(&reader.timestamp()?, expected),
        Value::List(values) | Value::SExp(values) => {
            reader.enter()?;
            let read = rng.index(values.len() + 1);
            for value in values.elements().take(read) {
                check(reader, None, value, rng)?;
            }
            if read == values.len() {
                assert_eq!(reader.next()?, None);
                assert_eq!(reader.next()?, None);
            }
            reader.leave()?;
        }
        Value::Struct(fields) => {
            reader.enter()?;
            for (name, value) in fields.iter() {
                check(reader, name.text(), value, rng)?;
            }
            assert_eq!(reader.next()?, None);
            reader.leave()?;
        }
        _ => assert_eq!(reader.clone().timestamp().unwrap_err().reason, Reason::Kind),
    }
    Ok(())
}

fn same_time(found: &Timestamp, expected: &ion_rs::Timestamp) {
    let utc = expected.to_utc();
    assert_eq!(u32::from(found.year), utc.year());
    assert_eq!(found.offset_minutes.map(i32::from), expected.offset());
    let precision = match expected.precision() {
        TimestampPrecision::Year => Precision::Year,
        TimestampPrecision::Month => Precision::Month,
        TimestampPrecision::Day => Precision::Day,
        TimestampPrecision::HourAndMinute => Precision::Minute,
        TimestampPrecision::Second => Precision::Second,
    };
    assert_eq!(found.precision, precision);
    let fields = [
        found.month,
        found.day,
        found.hour,
        found.minute,
        found.second,
    ]
    .map(u32::from);
    let expected_fields = [
        utc.month(),
        utc.day(),
        utc.hour(),
        utc.minute(),
        utc.second(),
    ];
    // Beyond the precision fields mean nothing.
    let count = [0, 1, 2, 4, 5][precision as usize];
    assert_eq!(fields[..count], expected_fields[..count], "{expected}");
    let digits = expected.fractional_seconds_scale().unwrap_or(0);
    assert_eq!(i64::from(found.fraction_digits), digits);
}

#[test]
fn finds_what_the_reference_finds() {
    for seed in 0..3_000 {
        let mut rng = Rng::new(seed);
        let value = value::document(&mut rng, 8, 4);
        for bytes in [
            spell::spelled(&value, &mut rng).into_bytes(),
            binary::spelled([&value, &value], &mut rng),
        ] {
            let mut reader = Reader::new(&bytes, &Limits::default()).unwrap();
            for written in Element::read_all(&bytes).unwrap().elements() {
                check(&mut reader, None, written, &mut rng)
                    .unwrap_or_else(|pass| panic!("{pass}\n{value}"));
            }
            assert_eq!(reader.next().unwrap(), None);
            assert_eq!(reader.offset(), bytes.len());
        }
    }
}

/// What is skipped, or left, is read all the same.
#[test]
fn nothing_is_left_unread() {
    for bad in [
        "\"\\q\"",
        "{{YWI}}",
        "[1,,2]",
        "{a:01}",
        "2007-02-30T",
        "a::\"\\q\"",
        "(\"\\x1\")",
    ] {
        let text = format!("{{skipped: {bad}, last: 1}}");
        let read = |leave: bool| -> Result<(), Pass> {
            let mut reader = Reader::new(text.as_bytes(), &Limits::default())?;
            reader.next()?;
            reader.enter()?;
            if !leave {
                while reader.next()?.is_some() {}
            }
            reader.leave()
        };
        assert!(read(true).is_err(), "{bad}");
        assert!(read(false).is_err(), "{bad}");
    }
}

#[test]
fn methods_out_of_place() {
    for bytes in [&b"[1] 2"[..], b"\xE0\x01\x00\xEA\xB2\x21\x01\x21\x02"] {
        let mut reader = Reader::new(bytes, &Limits::default()).unwrap();
        assert_eq!(reader.enter().unwrap_err().reason, Reason::Place);
        assert_eq!(reader.leave().unwrap_err().reason, Reason::Place);
        assert_eq!(reader.text().unwrap_err().reason, Reason::Place);
        let refused = reader.hash_into(&mut Batch::default()).unwrap_err();
        assert_eq!(refused.reason, Reason::Place);
        reader.next().unwrap();
        assert_eq!(reader.uint().unwrap_err().reason, Reason::Kind);
        reader.enter().unwrap();
        reader.next().unwrap();
        assert_eq!(reader.uint().unwrap(), 1);
        assert_eq!(reader.uint().unwrap_err().reason, Reason::Place);
    }
}

/// One batch for many values, cleared and used again; a value that passes leaves nothing behind.
#[test]
fn a_mark_leads_back_only_within_its_container() {
    let text = b"{a: [1], b: 2}".as_slice();
    let binary = [0xE0, 1, 0, 0xEA, 0xD5, 0x84, 0xB2, 0x21, 1, 0x85, 0x20].as_slice();
    for bytes in [text, binary] {
        let mut reader = Reader::new(bytes, &Limits::default()).unwrap();
        reader.next().unwrap();
        let outer = reader.mark();
        reader.enter().unwrap();
        let refused = reader.back(outer).unwrap_err();
        assert_eq!(refused.reason, Reason::Place);
        reader.next().unwrap();
        let inner = reader.mark();
        reader.skip().unwrap();
        reader.back(inner).unwrap();
        reader.enter().unwrap();
        assert_eq!(reader.next().unwrap().unwrap().kind, Type::Int);
    }
}

#[test]
fn batches_are_used_again() {
    let mut batch = Batch::default();
    let mut rng = Rng::new(3);
    for _ in 0..200 {
        let values: Vec<Element> = (0..5).map(|_| value::document(&mut rng, 6, 4)).collect();
        let texts: Vec<String> = values
            .iter()
            .map(|value| spell::spelled(value, &mut rng))
            .collect();
        let mut slots = Vec::new();
        for text in &texts {
            for broken in [&text[..text.len() - 1], text] {
                let Ok(mut reader) = Reader::new(broken.as_bytes(), &Limits::default()) else {
                    continue;
                };
                reader.next().unwrap();
                slots.extend(reader.hash_into(&mut batch).ok());
            }
            batch.run();
        }
        assert_eq!(slots.len(), values.len());
        for (slot, value) in slots.iter().zip(&values) {
            assert_eq!(batch.get(*slot).0, sealion_testkit::ion_hash(value));
        }
        batch.clear();
    }
}

/// Messages of every number of blocks, and struct serialisations too long to wait for company.
#[test]
fn wide_structs() {
    let limits = Limits::default();
    for width in 0..80 {
        let fields: Vec<String> = (0..width).map(|i| format!("f{i}:{{a:{i}}}")).collect();
        let text = format!("{{{}}}", fields.join(","));
        let expected = sealion_testkit::ion_hash(&Element::read_one(&text).unwrap());
        assert_eq!(
            sealion_ion::ion_hash(text.as_bytes(), &limits).unwrap().0,
            expected
        );
    }
    let empty = sealion_ion::ion_hash(b"{}", &limits).unwrap();
    assert_eq!(empty, sha256(&[0x0B, 0xD0, 0x0E]));
}

#[test]
fn the_input_as_text() {
    let limits = Limits::default();
    let text = "{a: 1} // \u{e9}";
    let mut reader = Reader::new(text.as_bytes(), &limits).unwrap();
    reader.next().unwrap();
    assert_eq!(reader.as_str(), Some(text));
    // A letter that is cut off, in a comment.
    let cut = Reader::new(&text.as_bytes()[..text.len() - 1], &limits);
    assert_eq!(cut.err().map(|pass| pass.reason), Some(Reason::Utf8));
    let binary = Reader::new(&[0xE0, 0x01, 0x00, 0xEA, 0x20], &limits).unwrap();
    assert_eq!(binary.as_str(), None);
}

/// Steps through a value of Ion binary whose type is known, hashing what is of no other interest.
fn step(steps: &mut Steps<'_>, expected: &Element, batch: &mut Batch) -> Result<(), Pass> {
    let start = steps.offset();
    let slot = steps.hash_into(batch)?;
    let end = steps.offset();
    batch.run();
    assert_eq!(batch.get(slot).0, sealion_testkit::ion_hash(expected));
    for skip in [Steps::skip, Steps::skip_hashed] {
        steps.back(start);
        skip(steps)?;
        assert_eq!(steps.offset(), end);
    }
    steps.back(start);
    match expected.value() {
        Value::String(text) => assert_eq!(steps.text()?, text.text()),
        Value::Int(int) => match steps.uint() {
            Ok(found) => assert_eq!(int.as_i128(), Some(found.into())),
            Err(_) => return pass_at(end),
        },
        Value::Blob(bytes) => {
            let found = steps.blob32()?;
            assert_eq!(found.length, bytes.as_ref().len());
            assert_eq!(found.hash.is_some(), found.length == 32);
        }
        Value::Timestamp(expected) => same_time(&steps.timestamp()?, expected),
        Value::List(items) => {
            steps.enter(Type::List)?;
            for item in items {
                assert!(steps.item()?.is_some());
                step(steps, item, batch)?;
            }
            if steps.item()?.is_some() {
                assert_eq!(steps.skip().unwrap_err().reason, Reason::Kind);
                return pass_at(end);
            }
        }
        Value::Struct(fields) => {
            steps.enter(Type::Struct)?;
            for (name, value) in fields.iter() {
                let found = steps.field()?.map(|(name, _)| name);
                if found != name.text() {
                    // A pad stands there, under any name.
                    assert_eq!(steps.skip_hashed().unwrap_err().reason, Reason::Kind);
                    return pass_at(end);
                }
                step(steps, value, batch)?;
            }
            if steps.field()?.is_some() {
                assert_eq!(steps.skip().unwrap_err().reason, Reason::Kind);
                return pass_at(end);
            }
        }
        _ => steps.skip_hashed()?,
    }
    assert_eq!(steps.offset(), end, "{expected}");
    Ok(())
}

fn pass_at<T>(offset: usize) -> Result<T, Pass> {
    let reason = Reason::Number;
    Err(Pass { offset, reason })
}

/// What is stepped through is what the reference has; nulls, annotations and the like are passed on.
#[test]
fn steps_of_binary() {
    let (mut rng, mut batch) = (Rng::new(23), Batch::default());
    let (mut through, mut passed) = (0, 0);
    for _ in 0..3_000 {
        let value = value::document(&mut rng, 6, 3);
        let bytes = binary::spelled([&value, &value], &mut rng);
        let mut steps = Reader::new(&bytes, &Limits::default())
            .unwrap()
            .steps()
            .unwrap();
        let mut walk = || {
            for written in Element::read_all(&bytes).unwrap().elements() {
                assert!(steps.top()?.is_some());
                step(&mut steps, written, &mut batch)?;
            }
            assert_eq!(steps.top()?, None);
            Ok::<(), Pass>(())
        };
        match walk() {
            Ok(()) => through += 1,
            Err(_) => passed += 1,
        }
        batch.clear();
    }
    println!("{through} were stepped through, {passed} passed on");
    assert!(through > 300 && passed > 300, "{through}, {passed}");
}

/// Each is read where it stands, and nothing else is.
#[test]
fn steps_take_nothing_for_something_else() {
    let steps = |body: &[u8]| {
        let bytes = [&[0xE0, 0x01, 0x00, 0xEA], body].concat();
        let leaked: &'static [u8] = bytes.leak();
        let reader = Reader::new(leaked, &Limits::default()).unwrap();
        let mut steps = reader.steps().unwrap();
        let top = steps.top();
        top.map(|_| steps)
    };
    type Read = fn(&mut Steps<'_>) -> Result<(), Pass>;
    let reads: [(u8, Read); 6] = [
        (0x8, |steps| steps.text().map(drop)),
        (0x2, |steps| steps.uint().map(drop)),
        (0xA, |steps| steps.blob32().map(drop)),
        (0x6, |steps| steps.timestamp().map(drop)),
        (0xB, |steps| steps.enter(Type::List)),
        (0xD, |steps| steps.enter(Type::Struct)),
    ];
    let bodies: [&[u8]; 14] = [
        &[0x81, b'a'],
        &[0x21, 7],
        &[0xA1, 7],
        &[0x63, 0xC0, 0x0F, 0xD0],
        &[0xB0],
        &[0xD0],
        &[0x31, 7],
        &[0x71, 4],
        &[0x91, b'a'],
        &[0x11],
        &[0x40],
        &[0x50],
        &[0xC0],
        &[0x8E, 0x81, b'a'],
    ];
    for (code, read) in reads {
        for body in bodies {
            let fits = steps(body).and_then(|mut steps| read(&mut steps)).is_ok();
            assert_eq!(fits, body[0] >> 4 == code, "{code:x} {body:02x?}");
        }
        for other in [&[code << 4 | 0xF][..], &[0xE3, 0x81, 0x84, code << 4]] {
            let refused = steps(other).and_then(|mut steps| read(&mut steps));
            assert!(refused.is_err(), "{other:02x?}");
        }
    }
    // In a list: a null, a pad, an annotated value, and one that goes on past the list's end.
    let (null, pad, annotated, long) = (
        &[0x0F][..],
        &[0x00][..],
        &[0xE3, 0x81, 0x84, 0x20][..],
        &[0x22, 7][..],
    );
    for (len, item) in [(1, null), (1, pad), (4, annotated), (2, long)] {
        let list = [&[0xB0 | len][..], item].concat();
        let reads: [Read; 3] = [
            |steps| steps.skip(),
            |steps| steps.skip_hashed(),
            |steps| steps.hash_into(&mut Batch::default()).map(drop),
        ];
        for read in reads {
            let refused = steps(&list).and_then(|mut steps| {
                steps.enter(Type::List)?;
                assert!(steps.item()?.is_some());
                read(&mut steps)
            });
            assert!(refused.is_err(), "{list:02x?}");
        }
    }
}
