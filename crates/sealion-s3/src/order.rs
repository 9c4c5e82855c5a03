//! The order of objects: manifests first, then as a journal goes.

use std::cmp::Ordering;

/// Compares two keys. Manifests go first. Digits that stand together compare as a number, so that
/// `strand.0-999.ion`, `strand.1000-1999.ion` and `strand.10000-10999.ion` stand in the order of their
/// blocks: objects are read ahead in this order.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let follows = |key: &str| !key.ends_with(".manifest");
    follows(a)
        .cmp(&follows(b))
        .then_with(|| naturally(a.as_bytes(), b.as_bytes()))
        .then_with(|| a.cmp(b))
}

fn naturally(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while let (Some(x), Some(y)) = (a.first(), b.first()) {
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (m, n) = (number(&mut a), number(&mut b));
            m.len().cmp(&n.len()).then_with(|| m.cmp(n))
        } else {
            let order = x.cmp(y);
            (a, b) = (&a[1..], &b[1..]);
            order
        };
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

/// Takes the digits at the start, and gives them without leading zeros.
fn number<'a>(text: &mut &'a [u8]) -> &'a [u8] {
    let digit = |byte: &u8| byte.is_ascii_digit();
    let length = text.iter().take_while(|byte| digit(byte)).count();
    let (digits, rest) = text.split_at(length);
    *text = rest;
    let zeros = digits.iter().take_while(|byte| **byte == b'0').count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_then_blocks_by_number() {
        let mut keys = [
            "p/2025/07/30/23/s.1000-1999.ion",
            "p/2025/07/30/23/s.10000-10999.ion",
            "p/2025/07/30/23/s.0-999.ion",
            "p/2025/07/30/23/s.00000000000000000000002-3.ion",
            "p/x.started.manifest",
            "p/2024/12/01/02/s.5-6.ion",
            "p",
        ];
        keys.sort_by(|a, b| compare(a, b));
        assert_eq!(
            keys,
            [
                "p/x.started.manifest",
                "p",
                "p/2024/12/01/02/s.5-6.ion",
                "p/2025/07/30/23/s.0-999.ion",
                "p/2025/07/30/23/s.00000000000000000000002-3.ion",
                "p/2025/07/30/23/s.1000-1999.ion",
                "p/2025/07/30/23/s.10000-10999.ion",
            ]
        );
        assert_eq!(compare("a01", "a1"), Ordering::Less);
        assert_eq!(compare("a1", "a1"), Ordering::Equal);
    }
}
