//! Places and their hashes, and all that follows from them.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use super::clash::{Clash, Said};
use super::origin::Origin;
use crate::blocks::Hash;
use crate::hashes::dot;
use crate::merkle::Subtree;

/// A place in the tree, by the leaves below it, and its hash.
pub(crate) type Fact = (Subtree, Hash);

/// One strand's facts. It is closed: where two siblings are known, so is their parent.
#[derive(Debug)]
pub(crate) struct Table {
    origins: Vec<Origin>,
    places: BTreeMap<Subtree, Known>,
    by_hash: HashMap<Hash, Subtree>,
    places_max: usize,
    full: bool,
}

/// A hash, and the first that said so: two where it follows from two.
#[derive(Clone, Copy, Debug)]
struct Known {
    hash: Hash,
    from: [u32; 2],
}

impl Table {
    /// Empty; it takes in no more than `places_max` places.
    pub(crate) fn new(places_max: usize) -> Table {
        Table {
            origins: Vec::new(),
            places: BTreeMap::new(),
            by_hash: HashMap::new(),
            places_max,
            full: false,
        }
    }

    /// Takes in what one thing says, the lowest places first, unless it does not fit what
    /// is known: then the first place where it does not.
    ///
    /// What does not fit is not taken in, so that nothing is blamed for contradicting it.
    pub(crate) fn write(&mut self, origin: Origin, facts: &[Fact]) -> Option<Clash> {
        let known = |(place, hash): &Fact| {
            let own = self.places.get(place);
            own.is_some_and(|own| own.hash == *hash)
        };
        if facts.iter().all(known) {
            return None;
        }
        let from = u32::try_from(self.origins.len()).unwrap_or(u32::MAX);
        self.origins.push(origin);
        let from = [from; 2];
        let stated = |(place, hash): Fact| (place, Known { hash, from });
        let facts = facts.iter().copied().map(stated);
        let unfit = facts
            .clone()
            .find_map(|(place, own)| self.clash(place, own));
        if unfit.is_some() {
            return unfit;
        }
        facts
            .into_iter()
            .find_map(|(place, own)| self.insert(place, own))
    }

    /// Whether it was asked to hold more places than it may.
    pub(crate) fn full(&self) -> bool {
        self.full
    }

    /// The hash of a place, if it is known.
    pub(crate) fn get(&self, place: Subtree) -> Option<Hash> {
        self.places.get(&place).map(|known| known.hash)
    }

    /// Whether `place` follows from nodes that the tree over `root` is known to have.
    ///
    /// Descends one way, and the right edge of `place`: at most 128 steps.
    pub(crate) fn lies_under(&self, place: Subtree, root: Subtree) -> bool {
        if place == root {
            return true;
        }
        let Some((left, right)) = root.children() else {
            return false;
        };
        // The table is closed, so that both together give the hash of `root`.
        let known = [left, right, root]
            .iter()
            .all(|node| self.places.contains_key(node));
        let middle = right.begin;
        if !known || place.end > root.end {
            return false;
        }
        if place.end <= middle {
            return self.lies_under(place, left);
        }
        if place.begin >= middle {
            return self.lies_under(place, right);
        }
        // Nodes of trees of one strand split at the same place.
        place.children().is_some_and(|(own_left, own_right)| {
            own_right.begin == middle
                && self.lies_under(own_left, left)
                && self.lies_under(own_right, right)
        })
    }

    /// How `own` contradicts what is known.
    fn clash(&self, place: Subtree, own: Known) -> Option<Clash> {
        let said = |place: Subtree, known: Known| Said {
            place,
            hash: known.hash,
            by: self.names(known.from),
        };
        if let Some(known) = self.places.get(&place) {
            return (known.hash != own.hash)
                .then(|| Clash::of(said(place, *known), said(place, own)));
        }
        let other = *self.by_hash.get(&own.hash)?;
        let known = *self.places.get(&other)?;
        Some(Clash::of(said(other, known), said(place, own)))
    }

    fn names(&self, from: [u32; 2]) -> Vec<Origin> {
        let [a, b] = from.map(|index| self.origins.get(index as usize).cloned());
        a.into_iter()
            .chain(b.filter(|_| from[0] != from[1]))
            .collect()
    }

    /// Puts a hash in its place, and what follows from it in others.
    fn insert(&mut self, place: Subtree, own: Known) -> Option<Clash> {
        let mut news = vec![(place, own)];
        while let Some((place, own)) = news.pop() {
            if self.clash(place, own).is_some() {
                return self.clash(place, own);
            }
            if self.places.len() >= self.places_max {
                self.full = true;
                return None;
            }
            match self.places.entry(place) {
                Entry::Occupied(_) => continue,
                Entry::Vacant(vacant) => vacant.insert(own),
            };
            self.by_hash.insert(own.hash, place);
            self.parents(place, own, &mut news);
        }
        None
    }

    /// The parents that `place` makes with its siblings, in trees of all sizes.
    fn parents(&self, place: Subtree, own: Known, news: &mut Vec<(Subtree, Known)>) {
        let parent = |left: Known, right: Known| Known {
            hash: dot(&left.hash, &right.hash),
            from: match left.from[0] == right.from[0] {
                true => [right.from[0], left.from[1].max(right.from[1])],
                false => [left.from[0], right.from[0]],
            },
        };
        if let Some(left) = place.left_sibling() {
            if let Some(known) = self.places.get(&left) {
                let begin = left.begin;
                news.push((Subtree { begin, ..place }, parent(*known, own)));
            }
        }
        if place.may_be_left() {
            let begin = place.end;
            let first = Subtree { begin, end: begin };
            let last = Subtree {
                begin,
                end: begin.saturating_add(place.len()),
            };
            for (right, known) in self.places.range(first..=last) {
                let end = right.end;
                news.push((Subtree { end, ..place }, parent(own, *known)));
            }
        }
    }
}
