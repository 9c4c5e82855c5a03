//! The numbers inside Ion binary, each with as many leading zeros as asked for.

/// Adds a VarUInt: seven bits a byte, the highest first, the last byte marked by its top bit.
pub(super) fn var_uint(value: u64, zeros: usize, out: &mut Vec<u8>) {
    let mut groups: Vec<u8> = (0..10)
        .map(|group| (value >> (7 * group)) as u8 & 0x7F)
        .collect();
    while groups.len() > 1 && groups.last() == Some(&0) {
        groups.pop();
    }
    groups.extend(std::iter::repeat_n(0, zeros));
    groups[0] |= 0x80;
    out.extend(groups.iter().rev());
}

/// Adds a VarInt: as a VarUInt, with a sign in the second highest bit of the first byte. Zero may be `negative`.
pub(super) fn var_int(value: i64, negative: bool, zeros: usize, out: &mut Vec<u8>) {
    let magnitude = value.unsigned_abs();
    let from = out.len();
    var_uint(magnitude, zeros, out);
    // The sign needs a bit of the first byte, next to the end mark if that byte is the last too.
    if out[from] & 0x40 != 0 {
        out.insert(from, 0);
    }
    if value < 0 || negative {
        out[from] |= 0x40;
    }
}

/// Adds an Int from the little-endian bytes of its magnitude: big-endian, the sign in the top bit. A positive zero
/// without zeros is no bytes.
pub(super) fn int(little_endian: &[u8], negative: bool, zeros: usize, out: &mut Vec<u8>) {
    let len = little_endian
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    let from = out.len();
    out.extend(std::iter::repeat_n(0, zeros));
    out.extend(little_endian[..len].iter().rev());
    let needs_byte = out.get(from).map_or(negative, |first| first & 0x80 != 0);
    if needs_byte {
        out.insert(from, 0);
    }
    if negative {
        out[from] |= 0x80;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_numbers() {
        let written = |write: &dyn Fn(&mut Vec<u8>)| {
            let mut out = Vec::new();
            write(&mut out);
            out
        };
        assert_eq!(written(&|out| var_uint(0, 0, out)), [0x80]);
        assert_eq!(written(&|out| var_uint(127, 1, out)), [0x00, 0xFF]);
        assert_eq!(written(&|out| var_uint(128, 0, out)), [0x01, 0x80]);
        assert_eq!(written(&|out| var_int(-1, false, 0, out)), [0xC1]);
        assert_eq!(written(&|out| var_int(0, true, 0, out)), [0xC0]);
        assert_eq!(written(&|out| var_int(64, false, 0, out)), [0x00, 0xC0]);
        assert_eq!(written(&|out| var_int(-64, false, 1, out)), [0x40, 0xC0]);
        assert_eq!(written(&|out| int(&[0], false, 0, out)), [0u8; 0]);
        assert_eq!(written(&|out| int(&[0], true, 0, out)), [0x80]);
        assert_eq!(written(&|out| int(&[0x80, 0], false, 0, out)), [0x00, 0x80]);
        assert_eq!(
            written(&|out| int(&[0x01, 0x7F], true, 1, out)),
            [0x80, 0x7F, 0x01]
        );
    }
}
