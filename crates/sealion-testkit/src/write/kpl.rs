//! Several records in one, as the Kinesis Producer Library packs them ("KPL Aggregated Record Format", awslabs).
//!
//! ```text
//! F3 89 9A C2 | protobuf AggregatedRecord | MD5 of the protobuf, 16 bytes
//! AggregatedRecord { repeated string partition_key_table = 1; repeated Record records = 3 }
//! Record           { required uint64 partition_key_index = 1; required bytes data = 3 }
//! ```

use crate::Rng;
use md5::{Digest, Md5};

/// What an aggregate begins with.
pub const MAGIC: [u8; 4] = [0xF3, 0x89, 0x9A, 0xC2];

/// Adds a protobuf varint: seven bits a byte, the lowest first.
fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Adds a protobuf field of bytes.
fn bytes_field(number: u64, bytes: &[u8], out: &mut Vec<u8>) {
    varint(number << 3 | 2, out);
    varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

/// One aggregate of these records, each with a partition key of its own, as QLDB's had.
#[must_use]
pub fn aggregate(records: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let mut message = Vec::new();
    for _ in records {
        bytes_field(1, rng.id().as_bytes(), &mut message);
    }
    for (index, record) in records.iter().enumerate() {
        let mut inner = Vec::new();
        varint(1 << 3, &mut inner);
        varint(index as u64, &mut inner);
        bytes_field(3, record, &mut inner);
        bytes_field(3, &inner, &mut message);
    }
    let sum = Md5::digest(&message);
    [&MAGIC[..], &message, &sum[..]].concat()
}

/// Aggregates of up to `records_max` records each.
#[must_use]
pub fn aggregates(records: &[Vec<u8>], records_max: usize, rng: &mut Rng) -> Vec<Vec<u8>> {
    records
        .chunks(records_max.max(1))
        .map(|records| aggregate(records, rng))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a varint; the bytes left.
    fn read(mut bytes: &[u8]) -> (u64, &[u8]) {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let byte = bytes[0];
            bytes = &bytes[1..];
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                break;
            }
        }
        (value, bytes)
    }

    /// The fields of a message: number, and its number or its bytes.
    fn message(mut bytes: &[u8]) -> Vec<(u64, u64, Vec<u8>)> {
        let mut fields = Vec::new();
        while !bytes.is_empty() {
            let (tag, rest) = read(bytes);
            let (value, rest) = read(rest);
            let len = if tag & 7 == 2 { value as usize } else { 0 };
            fields.push((tag >> 3, value, rest[..len].to_vec()));
            bytes = &rest[len..];
        }
        fields
    }

    #[test]
    fn parses_back() {
        let mut rng = Rng::new(1);
        let records: Vec<Vec<u8>> = [0, 1, 127, 128, 300, 70_000]
            .map(|len| rng.bytes(len))
            .into();
        let packed = aggregate(&records, &mut rng);
        assert_eq!(packed[..4], MAGIC);
        let (body, sum) = packed[4..].split_at(packed.len() - 4 - 16);
        assert_eq!(Md5::digest(body)[..], *sum);
        let fields = message(body);
        assert_eq!(
            fields.iter().filter(|(number, ..)| *number == 1).count(),
            records.len()
        );
        let inner = fields
            .iter()
            .filter(|(number, ..)| *number == 3)
            .map(|(.., bytes)| message(bytes));
        let inner: Vec<_> = inner.collect();
        assert_eq!(
            inner
                .iter()
                .map(|fields| fields[1].2.clone())
                .collect::<Vec<_>>(),
            records
        );
        assert_eq!(
            inner.iter().map(|fields| fields[0].1).collect::<Vec<_>>(),
            [0, 1, 2, 3, 4, 5]
        );
    }

    /// The published MD5 of nothing (RFC 1321), so the sum is the one that consumers check.
    #[test]
    fn nothing_is_an_aggregate_too() {
        let empty = aggregate(&[], &mut Rng::new(1));
        assert_eq!(
            empty[4..],
            [
                0xD4, 0x1D, 0x8C, 0xD9, 0x8F, 0, 0xB2, 4, 0xE9, 0x80, 9, 0x98, 0xEC, 0xF8, 0x42,
                0x7E
            ]
        );
    }
}
