//! Takes Kinesis records apart that the Kinesis Producer Library aggregated.
//!
//! An aggregate is `F3 89 9A C2`, a protobuf message, and the MD5 of the message
//! (16 bytes). The message (KPL aggregation format, proto2):
//!
//! ```text
//! AggregatedRecord { repeated string partition_key_table = 1;
//!                    repeated string explicit_hash_key_table = 2;
//!                    repeated Record records = 3 }
//! Record           { required uint64 partition_key_index = 1;
//!                    optional uint64 explicit_hash_key_index = 2;
//!                    required bytes data = 3;
//!                    repeated Tag tags = 4 }
//! ```
//!
//! Only `data` is of use here, and it can be borrowed from the record: one loop
//! over fields, called twice, in place of a protobuf library that copies.

use md5::{Digest as _, Md5};

/// What an aggregate begins with.
pub(super) const MAGIC: [u8; 4] = [0xF3, 0x89, 0x9A, 0xC2];
const MD5_BYTES: usize = 16;
const RECORDS: u64 = 3;
const DATA: u64 = 3;

/// What one Kinesis record holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unwrapped<'a> {
    /// It is no aggregate: the record itself. (A record of a QLDB stream starts
    /// with the Ion version marker, which cannot be confused with the magic.)
    Plain(&'a [u8]),
    /// The records in it, in order; there may be none.
    Many(Vec<&'a [u8]>),
    /// It starts like an aggregate and is none.
    Damaged { why: String },
}

/// Takes one Kinesis record apart.
pub(crate) fn unwrap(record: &[u8]) -> Unwrapped<'_> {
    let Some(rest) = record.strip_prefix(&MAGIC) else {
        return Unwrapped::Plain(record);
    };
    match records(rest) {
        Ok(records) => Unwrapped::Many(records),
        Err(why) => Unwrapped::Damaged { why },
    }
}

/// How long the aggregate is that `bytes` begin with: up to the first end of a field behind which its checksum
/// stands, and behind that something of which `ends` says that it may follow. `None`: no such place is among the
/// first `longest` bytes.
pub(super) fn frame_length(
    bytes: &[u8],
    longest: usize,
    ends: impl Fn(&[u8]) -> bool,
) -> Result<Option<usize>, String> {
    let message = &bytes[MAGIC.len()..longest];
    let mut fields = Fields(message);
    // One sum over all, asked at each place: places may be many.
    let mut sum = Md5::new();
    let mut summed = 0;
    loop {
        let at = message.len() - fields.0.len();
        let Some((checksum, _)) = fields.0.split_at_checked(MD5_BYTES) else {
            return Ok(None);
        };
        let length = MAGIC.len() + at + MD5_BYTES;
        if ends(&bytes[length..]) {
            sum.update(&message[summed..at]);
            summed = at;
            if sum.clone().finalize().as_slice() == checksum {
                return Ok(Some(length));
            }
        }
        fields.next()?;
    }
}

fn records(after_magic: &[u8]) -> Result<Vec<&[u8]>, String> {
    let Some(length) = after_magic.len().checked_sub(MD5_BYTES) else {
        return Err("it ends before its checksum".to_owned());
    };
    let (message, checksum) = after_magic.split_at(length);
    if Md5::digest(message).as_slice() != checksum {
        return Err("its MD5 checksum does not fit its content".to_owned());
    }
    let mut records = Vec::new();
    let mut fields = Fields(message);
    while let Some((number, value)) = fields.next()? {
        if number == RECORDS {
            let record = value.ok_or("a record that is not length-delimited")?;
            records.push(data(record)?);
        }
    }
    Ok(records)
}

fn data(record: &[u8]) -> Result<&[u8], String> {
    let mut data = None;
    let mut fields = Fields(record);
    while let Some((number, value)) = fields.next()? {
        if number == DATA {
            let value = value.ok_or("data that is not length-delimited")?;
            if data.replace(value).is_some() {
                return Err("a record with two data fields".to_owned());
            }
        }
    }
    data.ok_or_else(|| "a record without data".to_owned())
}

/// A field's number, and its bytes if it is length-delimited.
type Field<'a> = (u64, Option<&'a [u8]>);

/// The fields of a protobuf message that are still to be read.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn next(&mut self) -> Result<Option<Field<'a>>, String> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let tag = self.varint()?;
        let number = tag >> 3;
        let mut value = None;
        match tag & 7 {
            0 => drop(self.varint()?),
            1 => drop(self.take(8)?),
            2 => {
                let length = self.varint()?;
                value = Some(self.take(length)?);
            }
            5 => drop(self.take(4)?),
            // Groups (3, 4) never were part of this format; 6 and 7 are undefined.
            kind => return Err(format!("a protobuf field of wire type {kind}")),
        }
        match number {
            0 => Err("a protobuf field with number 0".to_owned()),
            _ => Ok(Some((number, value))),
        }
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], String> {
        let left = self.0.len();
        let length = usize::try_from(length).ok().filter(|&n| n <= left);
        let Some(length) = length else {
            return Err("a protobuf field that reaches past its end".to_owned());
        };
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        Ok(taken)
    }

    /// Base 128, lowest digit first, at most ten digits and 64 bits.
    fn varint(&mut self) -> Result<u64, String> {
        let mut number = 0u64;
        for index in 0..10 {
            let Some((&byte, rest)) = self.0.split_first() else {
                return Err("a protobuf number that is cut off".to_owned());
            };
            self.0 = rest;
            let digit = u64::from(byte & 0x7F);
            if index == 9 && digit > 1 {
                break;
            }
            number |= digit << (7 * index);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err("a protobuf number of more than 64 bits".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aggregate(message: &[u8]) -> Vec<u8> {
        let checksum = Md5::digest(message);
        [&MAGIC, message, checksum.as_slice()].concat()
    }

    /// A length-delimited field, shorter than 128 bytes.
    fn field(number: u8, value: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, value.len() as u8], value].concat()
    }

    fn record(data: &[u8]) -> Vec<u8> {
        let tag = [field(1, b"k"), field(2, b"v")].concat();
        let parts = [&[1 << 3, 0][..], &field(3, data), &field(4, &tag)];
        field(3, &parts.concat())
    }

    fn damage(message: &[u8]) -> String {
        match unwrap(&aggregate(message)) {
            Unwrapped::Damaged { why } => why,
            other => panic!("{message:x?} gives {other:x?}"),
        }
    }

    #[test]
    fn a_plain_record_is_given_as_it_is() {
        for plain in [&[0xE0, 1, 0, 0xEA, 0x11][..], &[], &MAGIC[..3]] {
            assert_eq!(unwrap(plain), Unwrapped::Plain(plain));
        }
    }

    #[test]
    fn records_come_out_in_order() {
        let keys = [field(1, b"a"), field(2, b"123")].concat();
        let message = [keys, record(b"one"), record(b""), record(b"three")].concat();
        let expected: Vec<&[u8]> = vec![b"one", b"", b"three"];
        assert_eq!(unwrap(&aggregate(&message)), Unwrapped::Many(expected));
        assert_eq!(unwrap(&aggregate(&[])), Unwrapped::Many(vec![]));
    }

    #[test]
    fn unknown_fields_are_skipped_by_wire_type() {
        let mut message = vec![15 << 3, 0xFF, 0x01];
        message.extend([15 << 3 | 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        message.extend([15 << 3 | 5, 0, 0, 0, 0]);
        message.extend(field(15, b"x"));
        message.extend(record(b"one"));
        let expected: Vec<&[u8]> = vec![b"one"];
        assert_eq!(unwrap(&aggregate(&message)), Unwrapped::Many(expected));
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let good = aggregate(&record(b"one"));
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            match unwrap(&bad) {
                Unwrapped::Damaged { .. } => assert!(bit >= 32),
                Unwrapped::Plain(_) => assert!(bit < 32, "{bit}"),
                Unwrapped::Many(records) => panic!("bit {bit}: {records:?}"),
            }
        }
    }

    #[test]
    fn every_cut_is_noticed() {
        let good = aggregate(&record(b"one"));
        for length in MAGIC.len()..good.len() {
            let cut = unwrap(&good[..length]);
            assert!(matches!(cut, Unwrapped::Damaged { .. }), "{length}");
        }
    }

    #[test]
    fn a_true_checksum_over_nonsense_is_damage() {
        let endless = [0xFF; 11];
        let past_64_bits = [&[8, 0xFF][..], &[0xFF; 8], &[2]].concat();
        let huge = [&[26, 0xFF][..], &[0xFF; 8], &[1]].concat();
        for (message, why) in [
            (&[26][..], "cut off"),
            (&[26, 1], "past its end"),
            (&huge, "past its end"),
            (&endless, "more than 64 bits"),
            (&past_64_bits, "more than 64 bits"),
            (&[24, 1], "record that is not length-delimited"),
            (&field(3, &[24, 1]), "data that is not length-delimited"),
            (&field(3, &[8, 0]), "without data"),
            (&field(3, &[26, 0, 26, 0]), "two data fields"),
            (&[11 << 3 | 3], "wire type 3"),
            (&[11 << 3 | 6], "wire type 6"),
            (&[2, 0], "number 0"),
            (&[9, 0, 0], "past its end"),
        ] {
            let found = damage(message);
            assert!(found.contains(why), "{message:x?}: {found}");
        }
    }
}
