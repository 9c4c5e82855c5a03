//! A digest from the endpoint beside one that the user trusts.

use sealion::Digest;

/// What one trusted digest says of another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// They are the same.
    Same,
    /// They cannot both be of this ledger; why, in words.
    Contradiction(String),
    /// They are of different tips: only proofs can tell.
    Undecided,
}

impl Agreement {
    /// Sets `found` beside `trusted`. A ledger has one strand, a strand one digest for each tip, and
    /// different tips never the same digest, because a longer journal has another root.
    pub fn of(trusted: &Digest, found: &Digest) -> Agreement {
        let differ = |what: &str, trusted: &dyn ToString, found: &dyn ToString| {
            let (trusted, found) = (trusted.to_string(), found.to_string());
            Agreement::Contradiction(format!("{what}: yours {trusted}, the endpoint's {found}"))
        };
        if let (Some(own), Some(other)) = (&trusted.strand_id, &found.strand_id) {
            if own != other {
                return differ("they are of different strands", own, other);
            }
        }
        let same_hash = trusted.hash == found.hash;
        match (trusted.sequence_no, found.sequence_no) {
            (Some(own), Some(other)) if own != other && same_hash => {
                differ("one hash cannot be that of two tips", &own, &other)
            }
            (Some(own), Some(other)) if own == other && !same_hash => {
                differ("two digests for one tip", trusted, found)
            }
            _ if same_hash => Agreement::Same,
            _ => Agreement::Undecided,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealion::StrandId;

    fn digest(hex: char, strand: Option<&str>, tip: Option<u64>) -> Digest {
        Digest {
            hash: hex.to_string().repeat(64).parse().unwrap(),
            strand_id: strand.map(StrandId::new),
            sequence_no: tip,
        }
    }

    #[test]
    fn only_the_same_hash_at_the_same_tip_is_the_same() {
        let found = digest('a', Some("s"), Some(5));
        let of = |trusted: Digest| Agreement::of(&trusted, &found);
        assert_eq!(of(found.clone()), Agreement::Same);
        assert_eq!(of(digest('a', None, None)), Agreement::Same);
        assert_eq!(of(digest('a', None, Some(5))), Agreement::Same);
        assert_eq!(of(digest('b', None, None)), Agreement::Undecided);
        assert_eq!(of(digest('b', Some("s"), Some(4))), Agreement::Undecided);
        for wrong in [
            digest('b', Some("s"), Some(5)),
            digest('b', None, Some(5)),
            digest('a', Some("s"), Some(4)),
            digest('a', Some("t"), Some(5)),
            digest('a', Some("t"), None),
        ] {
            let answer = of(wrong.clone());
            assert!(matches!(answer, Agreement::Contradiction(_)), "{wrong}");
        }
    }
}
