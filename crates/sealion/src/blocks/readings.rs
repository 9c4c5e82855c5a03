//! Finding the data that a revision's hash was made of among what its JSON may have been.
//!
//! The natural reading comes first. If it does not give the hash, the numbers in it are read in the ways of
//! [`numbers`](super::numbers): all alike, then each by itself, the likeliest first, up to a bound. A fit is a proof
//! of types and content; that nothing fits shows nothing.

use std::collections::HashSet;

use ion_rs::{Element, IonType};

use super::json::{natural, restored, restored_with, DATA};
use super::numbers::{readings, Reading};
use super::read::{Node, Unfit};
use super::revision::ion_hash;
use super::Hash;

/// What was tried in vain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tried {
    /// Readings of the data, the natural one with them.
    pub(crate) readings: u32,
    /// Its numbers that a program may have printed anew; the first few as they stand.
    pub(crate) numbers: usize,
    pub(crate) first: Vec<String>,
    /// Whether there are more readings than were allowed.
    pub(crate) cut: bool,
}

/// Data restored from JSON, with its hash.
pub(crate) struct Restored {
    pub(crate) data: Element,
    pub(crate) hash: Hash,
    /// Where none fits; `data` is then read naturally.
    pub(crate) tried: Option<Tried>,
}

/// Numbers of one document that are looked at.
const NUMBERS_MAX: usize = 4_096;
/// Numbers that are read otherwise one by one; of more, only all alike.
const SINGLE_MAX: usize = 32;
const NAMED_MAX: usize = 3;
/// Digits behind the point that all decimals of a document may have.
const SCALES: std::ops::RangeInclusive<i32> = 0..=6;

/// Bytes of a document of which all readings are tried, of a larger one as many fewer: QLDB's are of 128 KiB at most,
/// and each reading takes as long as the document.
const USUAL_BYTES: u64 = 256 << 10;

/// Which reading is taken of each number: 0 is the natural one.
type Choice = Vec<usize>;

/// The data at `node` in the first reading whose hash `fits`, of at most `max`.
pub(crate) fn restore(
    node: &Node<'_>,
    max: u32,
    fits: impl Fn(&Hash) -> bool,
) -> Result<Restored, Unfit> {
    let data = restored(node, DATA)?;
    let hash = ion_hash(&data, node)?;
    if fits(&hash) {
        let tried = None;
        return Ok(Restored { data, hash, tried });
    }
    let mut numbers = Numbers::default();
    restored_with(node, DATA, &mut |number| {
        numbers.take(number);
        natural(number)
    })?;
    let mut search = Search {
        max: for_size(max, node.length()),
        tried: HashSet::new(),
        cut: false,
    };
    let found = search.all(&numbers.all, &mut |choice| {
        let data = numbers.chosen(node, choice)?;
        let hash = ion_hash(&data, node)?;
        let tried = None;
        Ok(fits(&hash).then_some(Restored { data, hash, tried }))
    })?;
    Ok(found.unwrap_or_else(|| {
        let tried = Tried {
            readings: search.tried.len().try_into().unwrap_or(u32::MAX),
            numbers: numbers.all.iter().filter(|own| own.len() > 0).count(),
            first: numbers.first,
            cut: search.cut || numbers.more,
        };
        let tried = Some(tried);
        Restored { data, hash, tried }
    }))
}

/// As many readings of a document of so many bytes as take no longer than `max` of a usual one.
fn for_size(max: u32, bytes: usize) -> u32 {
    let fewer = u64::from(max) * USUAL_BYTES / USUAL_BYTES.max(bytes as u64);
    fewer.try_into().unwrap_or(max)
}

/// A number: whether it is written as a whole one, and what else it may have been.
struct Read {
    whole: bool,
    others: Vec<Reading>,
}

impl Read {
    fn len(&self) -> usize {
        self.others.len()
    }
}

/// The numbers of a document, in the order in which they stand.
#[derive(Default)]
struct Numbers {
    all: Vec<Read>,
    first: Vec<String>,
    more: bool,
}

impl Numbers {
    fn take(&mut self, node: &Node<'_>) {
        if self.all.len() >= NUMBERS_MAX {
            self.more = true;
            return;
        }
        let written = node.written().unwrap_or_default();
        let others = readings(written);
        if !others.is_empty() && self.first.len() < NAMED_MAX {
            self.first.push(written.to_owned());
        }
        let whole = node.ion_type() == IonType::Int;
        self.all.push(Read { whole, others });
    }

    /// The data with its numbers read so.
    fn chosen(&self, node: &Node<'_>, choice: &Choice) -> Result<Element, Unfit> {
        let mut index = 0;
        restored_with(node, DATA, &mut |number| {
            let own = choice.get(index).copied().unwrap_or_default();
            let reading = own
                .checked_sub(1)
                .and_then(|own| self.all.get(index)?.others.get(own));
            index += 1;
            match reading.and_then(Reading::element) {
                Some(element) => Ok(element),
                None => natural(number),
            }
        })
    }
}

/// Each choice once, until one is found.
struct Search {
    max: u32,
    tried: HashSet<Choice>,
    cut: bool,
}

type Try<'t, T> = &'t mut dyn FnMut(&Choice) -> Result<Option<T>, Unfit>;

impl Search {
    fn all<T>(&mut self, numbers: &[Read], each: Try<'_, T>) -> Result<Option<T>, Unfit> {
        // The natural one was tried.
        self.tried.insert(vec![0; numbers.len()]);
        for choice in alike(numbers) {
            if let Some(found) = self.one(choice, each)? {
                return Ok(Some(found));
            }
        }
        if numbers.len() > SINGLE_MAX {
            self.cut = true;
            return Ok(None);
        }
        let most: usize = numbers.iter().map(Read::len).sum();
        for sum in 1..=most {
            let mut choice = vec![0; numbers.len()];
            let found = self.with_sum(numbers, 0, sum, &mut choice, each)?;
            if found.is_some() || self.cut {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn one<T>(&mut self, choice: Choice, each: Try<'_, T>) -> Result<Option<T>, Unfit> {
        if self.tried.contains(&choice) {
            return Ok(None);
        }
        if self.tried.len() >= self.max as usize {
            self.cut = true;
            return Ok(None);
        }
        let found = each(&choice)?;
        self.tried.insert(choice);
        Ok(found)
    }

    /// All choices whose ranks from `at` on add up to `sum`. As deep as there are numbers.
    fn with_sum<T>(
        &mut self,
        numbers: &[Read],
        at: usize,
        sum: usize,
        choice: &mut Choice,
        each: Try<'_, T>,
    ) -> Result<Option<T>, Unfit> {
        let rest: usize = numbers[at..].iter().map(Read::len).sum();
        if sum > rest || self.cut {
            return Ok(None);
        }
        let Some(own) = numbers.get(at) else {
            return self.one(choice.clone(), each);
        };
        for rank in (0..=own.len().min(sum)).rev() {
            choice[at] = rank;
            let found = self.with_sum(numbers, at + 1, sum - rank, choice, each)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        choice[at] = 0;
        Ok(None)
    }
}

/// All numbers of one kind: floats, or decimals with as many digits behind the point; with the whole ones and
/// without them, for these are mostly what they are.
fn alike(numbers: &[Read]) -> Vec<Choice> {
    let choose = |with_whole: bool, suits: &dyn Fn(&Reading) -> bool| -> Choice {
        let choice = numbers.iter().map(|own| match own.whole && !with_whole {
            true => 0,
            false => own.others.iter().position(suits).map_or(0, |at| at + 1),
        });
        choice.collect()
    };
    let mut choices = Vec::new();
    for with_whole in [false, true] {
        choices.push(choose(with_whole, &Reading::is_float));
        let scaled = |scale| choose(with_whole, &|own: &Reading| own.has_scale(scale));
        choices.extend(SCALES.map(scaled));
    }
    choices
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::ion_text::{parse, IonText};
    use crate::Limits;

    fn search(json: &str, ion: &str, max: u32) -> Restored {
        let wanted = Element::read_one(ion).unwrap();
        let wanted = Hash(sealion_reference::ion_hash(&wanted).unwrap());
        let (text, offset) = (json.to_owned(), 0);
        let text = IonText { text, offset };
        let read = parse(&text, &Limits::default(), |node| {
            restore(node, max, |hash| *hash == wanted)
        });
        read.unwrap()
    }

    #[test]
    fn what_a_program_printed_anew_is_found() {
        for (json, ion) in [
            (r#"{"a": "x"}"#, r#"{a: "x"}"#),
            (r#"{"a": 5}"#, "{a: 5.00}"),
            (r#"{"a": 5, "b": 120.5}"#, "{a: 5, b: 120.50}"),
            (r#"{"a": 5, "b": 120.5}"#, "{a: 5.00, b: 120.50}"),
            (r#"{"a": 5, "b": 120.5}"#, "{a: 5e0, b: 120.50}"),
            (
                r#"{"a": 5, "b": [1.5, {"c": 2.25}]}"#,
                "{a: 5, b: [1.5e0, {c: 2.25e0}]}",
            ),
            (r#"{"a": 8.700000000000001, "b": 3}"#, "{a: 8.70, b: 3}"),
            (r#"{"a": 4.4, "b": -0.5}"#, "{a: 44e-1, b: -0.500}"),
        ] {
            let found = search(json, ion, 256);
            assert_eq!(found.tried, None, "{json} {ion}");
            let data = ion_rs::IonData::from(found.data);
            assert_eq!(data, Element::read_one(ion).unwrap().into(), "{json}");
        }
        // Many numbers, all alike.
        let all = |number: &str| format!("[{}]", vec![number; 500].join(","));
        assert_eq!(search(&all("1.5"), &all("1.50"), 256).tried, None);
    }

    #[test]
    fn what_does_not_fit_is_said() {
        for (json, ion) in [
            (r#"{"a": "x"}"#, r#"{a: "y"}"#),
            (r#"{"a": 5}"#, "{a: 6.0}"),
            (
                r#"{"a": 5, "t": "2020-01-01T00:00:00Z"}"#,
                "{a: 5.0, t: 2020-01-01T00:00:00Z}",
            ),
        ] {
            let tried = search(json, ion, 256).tried.unwrap();
            assert!(!tried.cut, "{tried:?}");
            assert_eq!(tried.numbers, usize::from(json.contains('5')));
        }
    }

    #[test]
    fn large_documents_are_read_less_often() {
        for (bytes, expected) in [(0, 256), (256 << 10, 256), (1 << 20, 64), (64 << 20, 1)] {
            assert_eq!(for_size(256, bytes), expected, "{bytes}");
        }
        assert_eq!(for_size(u32::MAX, usize::MAX), 0);
    }

    #[test]
    fn the_bound_holds_and_is_said() {
        let (json, ion) = (r#"{"a": 5, "b": 6, "c": 7}"#, "{a: 1, b: 2, c: 3}");
        for max in [0, 1, 2, 40] {
            let tried = search(json, ion, max).tried.unwrap();
            assert_eq!((tried.readings, tried.cut), (max.max(1), true));
            assert_eq!(
                (tried.numbers, tried.first),
                (3, vec!["5".to_owned(), "6".to_owned(), "7".to_owned()])
            );
        }
        assert!(search(r#"{"a": 5}"#, "{a: 5.00}", 1).tried.is_some());
        let many = format!("[{}]", vec!["5"; NUMBERS_MAX + 1].join(","));
        assert!(search(&many, "[]", 256).tried.unwrap().cut);
    }
}
