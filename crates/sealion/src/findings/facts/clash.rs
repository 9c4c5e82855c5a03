//! Two facts that cannot both be true.

use std::fmt;

use super::origin::{Kind, Origin};
use crate::blocks::{BlockAddress, Hash, StrandId};
use crate::findings::code::Code;
use crate::findings::finding::Finding;
use crate::merkle::Subtree;
use crate::words::blocks;

/// One place with two hashes, or one hash in two places.
#[derive(Clone, Debug)]
pub(crate) struct Clash {
    /// What stood in the table.
    pub(crate) known: Said,
    /// What does not fit it.
    pub(crate) other: Said,
}

/// A place, its hash, and who says so: two where it follows from two.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) place: Subtree,
    pub(crate) hash: Hash,
    pub(crate) by: Vec<Origin>,
}

impl Clash {
    pub(super) fn of(known: Said, other: Said) -> Clash {
        Clash { known, other }
    }

    fn two_places(&self) -> bool {
        self.known.hash == self.other.hash
    }

    /// The hashes and tips of the digests that the two statements may be.
    pub(crate) fn digests(&self) -> impl Iterator<Item = (Hash, u64)> {
        let digest = |said: &Said| {
            let tip = said.place.end.checked_sub(1)?;
            (Subtree::up_to(tip) == Some(said.place)).then_some((said.hash, tip))
        };
        [digest(&self.known), digest(&self.other)]
            .into_iter()
            .flatten()
    }

    /// The sharpest name for it: where one side was recomputed, the other is what is wrong.
    fn code(&self) -> Code {
        if self.two_places() {
            let leaves = [&self.known, &self.other].map(|said| said.place.len() == 1);
            return match leaves {
                [true, true] => Code::SameHash,
                _ => Code::Contradiction,
            };
        }
        let claimed = match (self.known.recomputed(), self.other.recomputed()) {
            (true, false) => &self.other.by,
            (false, true) => &self.known.by,
            _ => return Code::Contradiction,
        };
        match claimed[..] {
            [Origin {
                kind: Kind::Digest(_),
                ..
            }] => Code::Digest,
            [Origin {
                kind: Kind::Previous(_),
                ..
            }] => Code::ChainLink,
            [Origin {
                kind: Kind::BlockProof(_) | Kind::RevisionProof(_) | Kind::Consistency,
                ..
            }] => Code::Proof,
            _ => Code::Contradiction,
        }
    }

    pub(crate) fn message(&self) -> String {
        let (known, other) = (&self.known, &self.other);
        match self.two_places() {
            true => format!(
                "{known} and {other} put one hash in two places of the journal's tree: {}, and {}",
                words(known.place),
                words(other.place)
            ),
            false => format!(
                "{known} and {other} give different hashes for {}",
                words(known.place)
            ),
        }
    }

    /// The finding, at the place of what does not fit.
    pub(crate) fn finding(&self, strand_id: &StrandId) -> Finding {
        let remedy = match self.two_places() {
            true => "every block names the one before it, so no hash comes twice in a journal's tree: an address or a tip in at least one of the two is not the genuine one",
            false => "a journal's tree has one hash at a place: at least one of the two, or an address or a tip in it, is not genuine; trace both to their origin, and verify with one of them at a time",
        };
        let mut finding = Finding::new(self.code(), self.message())
            .at(&BlockAddress::new(
                strand_id.clone(),
                self.other.place.begin,
            ))
            .values(self.other.hash.to_string(), self.known.hash.to_string())
            .remedy(remedy);
        let named = self.other.by.iter().chain(&self.known.by);
        if let Some(origin) = named.into_iter().find(|origin| !origin.path.is_empty()) {
            finding = finding.source(&origin.path, origin.offset);
        }
        finding
    }
}

impl Said {
    fn recomputed(&self) -> bool {
        self.by.iter().all(Origin::recomputed)
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, origin) in self.by.iter().enumerate() {
            if index > 0 {
                f.write_str(" with ")?;
            }
            write!(f, "{origin}")?;
        }
        Ok(())
    }
}

/// A place as people count blocks.
fn words(place: Subtree) -> String {
    blocks(place.begin, place.end - 1)
}
