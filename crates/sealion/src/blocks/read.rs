//! Typed reading of Ion values by the plain engine, each with its byte offset.

use std::collections::hash_map::Entry;
use std::collections::HashMap;

use ion_rs::{AnyEncoding, Element, HasRange, HasSpan, IonType, LazyValue, Symbol, ValueRef};

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;

use super::json;
use super::time::Time;
use crate::source::{words, Flaw, FlawKind};
use crate::Limits;

/// Where bytes handed to the Ion reader lie in the input.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin {
    /// `buffer[at]` lies at `offset`.
    At { at: usize, offset: u64 },
    /// All of it came out of one encoded field that starts at this offset.
    Within(u64),
}

impl Origin {
    fn offset(self, index: usize) -> u64 {
        match self {
            Origin::At { at, offset } => (offset + index as u64).saturating_sub(at as u64),
            Origin::Within(offset) => offset,
        }
    }
}

/// A value that is not what it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unfit {
    pub(crate) offset: u64,
    pub(crate) expected: String,
    pub(crate) found: String,
    /// The limit that it exceeds, if that is what is wrong with it.
    pub(crate) limit: Option<&'static str>,
}

impl From<Unfit> for Flaw {
    fn from(unfit: Unfit) -> Flaw {
        let Unfit {
            offset,
            expected,
            found,
            limit,
        } = unfit;
        let kind = match limit {
            Some(name) => FlawKind::TooMuch {
                name,
                expected,
                found,
            },
            None => FlawKind::Malformed { expected, found },
        };
        Flaw::new(offset, kind)
    }
}

/// One Ion value in the input.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    lazy: LazyValue<'a, AnyEncoding>,
    origin: Origin,
}

impl<'a> Node<'a> {
    pub(crate) fn new(lazy: LazyValue<'a, AnyEncoding>, origin: Origin) -> Node<'a> {
        Node { lazy, origin }
    }

    /// The same value, taken to lie elsewhere.
    pub(crate) fn of(self, origin: Origin) -> Node<'a> {
        Node { origin, ..self }
    }

    /// The same value, all of it taken to lie at one offset.
    pub(crate) fn within(self, offset: u64) -> Node<'a> {
        self.of(Origin::Within(offset))
    }

    /// Where the value lies in the input.
    pub(crate) fn offset(&self) -> u64 {
        let range = self.lazy.raw().map(|raw| raw.range());
        self.origin.offset(range.map_or(0, |range| range.start))
    }

    pub(crate) fn ion_type(&self) -> IonType {
        self.lazy.ion_type()
    }

    pub(crate) fn is_null(&self) -> bool {
        self.lazy.is_null()
    }

    pub(crate) fn is_annotated(&self) -> bool {
        self.lazy.has_annotations()
    }

    /// Its annotations, outermost first.
    pub(crate) fn annotations(&self) -> Result<Vec<Symbol>, Unfit> {
        let all = self.lazy.annotations();
        all.map(|annotation| match annotation {
            Ok(found) => Ok(found.to_owned()),
            Err(e) => Err(self.broken("an annotation", e)),
        })
        .collect()
    }

    /// The text of the value as it was written (text only).
    pub(crate) fn written(&self) -> Option<&'a str> {
        let raw = self.lazy.raw()?;
        std::str::from_utf8(raw.span().bytes()).ok()
    }

    /// The bytes that it takes in the input.
    pub(crate) fn length(&self) -> usize {
        self.lazy.raw().map_or(0, |raw| raw.span().bytes().len())
    }

    pub(crate) fn unfit(&self, expected: impl Into<String>) -> Unfit {
        let kind = self.ion_type().to_string().to_lowercase();
        let found = match (self.is_null(), kind.as_str()) {
            (true, "null") => "null".to_owned(),
            (true, kind) => format!("null.{kind}"),
            (false, kind) => format!("a value of type {kind}"),
        };
        self.unfit_as(expected, found)
    }

    pub(crate) fn unfit_as(&self, expected: impl Into<String>, found: impl Into<String>) -> Unfit {
        Unfit {
            offset: self.offset(),
            expected: expected.into(),
            found: found.into(),
            limit: None,
        }
    }

    /// More of `what` than the limit `name` allows.
    pub(crate) fn too_many(&self, what: &str, name: &'static str, max: u32, found: usize) -> Unfit {
        Unfit {
            limit: Some(name),
            ..self.unfit_as(
                format!("at most {max} {what} (limit {name})"),
                found.to_string(),
            )
        }
    }

    fn broken(&self, expected: &str, error: impl std::fmt::Display) -> Unfit {
        self.unfit_as(expected, refusal(&error.to_string()))
    }

    fn read(&self, expected: &str) -> Result<ValueRef<'a, AnyEncoding>, Unfit> {
        self.lazy.read().map_err(|e| self.broken(expected, e))
    }

    /// The fields of a struct, in order, repeated ones too.
    pub(crate) fn fields(&self) -> Result<Vec<(String, Node<'a>)>, Unfit> {
        const EXPECTED: &str = "a struct";
        let ValueRef::Struct(found) = self.read(EXPECTED)? else {
            return Err(self.unfit(EXPECTED));
        };
        let mut fields = Vec::new();
        for field in found.iter() {
            let field = field.map_err(|e| self.broken("a field", e))?;
            let name = field.name().map_err(|e| self.broken("a field name", e))?;
            // Symbol zero has no text; no envelope has such a field.
            let name = name.text().unwrap_or("$0").to_owned();
            fields.push((name, Node::new(field.value(), self.origin)));
        }
        Ok(fields)
    }

    /// The items of a list.
    pub(crate) fn items(&self) -> Result<Vec<Node<'a>>, Unfit> {
        let mut items = Vec::new();
        self.each_item(|item| {
            items.push(item);
            Ok(())
        })?;
        Ok(items)
    }

    /// Hands over each item of a list; of a long one, all together take much memory.
    pub(crate) fn each_item(
        &self,
        mut each: impl FnMut(Node<'a>) -> Result<(), Unfit>,
    ) -> Result<(), Unfit> {
        const EXPECTED: &str = "a list";
        let ValueRef::List(found) = self.read(EXPECTED)? else {
            return Err(self.unfit(EXPECTED));
        };
        for item in found.iter() {
            let item = item.map_err(|e| self.broken("an item", e))?;
            each(Node::new(item, self.origin))?;
        }
        Ok(())
    }

    /// A string, or a symbol in its place: only where a hash covers them do the two differ,
    /// and there it tells. The fast engine passes on symbols.
    pub(crate) fn text(&self) -> Result<String, Unfit> {
        const EXPECTED: &str = "a string";
        match self.read(EXPECTED)? {
            ValueRef::String(text) => Ok(text.text().to_owned()),
            ValueRef::Symbol(symbol) => match symbol.text() {
                Some(text) => Ok(text.to_owned()),
                None => Err(self.unfit_as(EXPECTED, "a symbol without text")),
            },
            _ => Err(self.unfit(EXPECTED)),
        }
    }

    /// A number from 0 to 2^64-1.
    pub(crate) fn number(&self) -> Result<u64, Unfit> {
        const EXPECTED: &str = "an int from 0 to 2^64-1";
        match self.read(EXPECTED)? {
            ValueRef::Int(int) => match int.as_u64() {
                Some(number) => Ok(number),
                None => Err(self.unfit_as(EXPECTED, int.to_string())),
            },
            _ => Err(self.unfit(EXPECTED)),
        }
    }

    /// A number that nothing stands beside, if it is a small int.
    pub(crate) fn bare_int(&self) -> Option<i64> {
        match self.lazy.read() {
            Ok(ValueRef::Int(int)) if !self.is_annotated() => int.as_i64(),
            _ => None,
        }
    }

    /// Bytes: a blob, or a base64 string as JSON has in its place.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, Unfit> {
        const EXPECTED: &str = "a blob, or its base64 as a string";
        match self.read(EXPECTED)? {
            ValueRef::Blob(blob) => Ok(blob.data().to_vec()),
            ValueRef::String(text) => STANDARD
                .decode(text.text())
                .map_err(|_| self.unfit_as(EXPECTED, "a string that is not base64")),
            _ => Err(self.unfit(EXPECTED)),
        }
    }

    /// A timestamp, or its text as JSON has in its place.
    pub(crate) fn timestamp(&self) -> Result<Time, Unfit> {
        const EXPECTED: &str = "a timestamp";
        match self.read(EXPECTED)? {
            ValueRef::Timestamp(timestamp) => Ok(Time::from(&timestamp)),
            ValueRef::String(text) => json::timestamp(text.text())
                .map(|timestamp| Time::from(&timestamp))
                .ok_or_else(|| self.unfit_as(EXPECTED, "a string that is no timestamp")),
            _ => Err(self.unfit(EXPECTED)),
        }
    }

    /// Reads the value to its end, and keeps nothing: an error if anything in it cannot be read,
    /// or if more than `limits.values_max` values are in it. Each takes many times its bytes once
    /// it is kept.
    pub(crate) fn whole(&self, limits: &Limits) -> Result<(), Unfit> {
        self.walk(limits.values_max, &mut 0)
            .map_err(|unfit| match unfit {
                Some(unfit) => unfit,
                None => {
                    let (max, name) = (limits.values_max, "values_max");
                    Unfit {
                        limit: Some(name),
                        ..self.unfit_as(
                            format!("at most {max} values in one (limit {name})"),
                            "more",
                        )
                    }
                }
            })
    }

    /// `None` for too many of them.
    fn walk(&self, max: u32, seen: &mut u32) -> Result<(), Option<Unfit>> {
        const EXPECTED: &str = "an Ion value";
        if *seen == max {
            return Err(None);
        }
        *seen += 1;
        for annotation in self.lazy.annotations() {
            annotation.map_err(|e| self.broken(EXPECTED, e))?;
        }
        let mut part = |part: Result<LazyValue<'a, AnyEncoding>, _>| {
            let part = part.map_err(|e| self.broken(EXPECTED, e))?;
            Node::new(part, self.origin).walk(max, seen)
        };
        match self.read(EXPECTED)? {
            ValueRef::List(items) => items.iter().try_for_each(&mut part),
            ValueRef::SExp(items) => items.iter().try_for_each(&mut part),
            ValueRef::Struct(fields) => fields.iter().try_for_each(|field| {
                let field = field.map_err(|e| self.broken(EXPECTED, e))?;
                field.name().map_err(|e| self.broken(EXPECTED, e))?;
                part(Ok(field.value()))
            }),
            _ => Ok(()),
        }
    }

    /// The whole value, checked to its last byte.
    pub(crate) fn element(&self) -> Result<Element, Unfit> {
        Element::try_from(self.lazy).map_err(|e| self.broken("an Ion value", e))
    }
}

/// The Ion reader's words for a refusal, without its dump of the input.
pub(crate) fn refusal(error: &str) -> String {
    let line: String = words(error)
        .trim_start_matches("found ")
        .chars()
        .take(160)
        .collect();
    format!("something that the Ion reader refuses ({line})")
}

/// A struct whose field names must be unique, opened.
pub(crate) struct Envelope<'a> {
    fields: Vec<(String, Node<'a>)>,
    node: Node<'a>,
}

impl<'a> Envelope<'a> {
    pub(crate) fn open(node: Node<'a>) -> Result<Envelope<'a>, Unfit> {
        let fields = node.fields()?;
        Ok(Envelope { fields, node })
    }

    /// The first field of that name, unless it is null: JSON and careful writers
    /// have null for what is not there.
    pub(crate) fn get(&self, name: &str) -> Option<Node<'a>> {
        let found = self.fields.iter().find(|(own, _)| own == name);
        found.map(|(_, node)| *node).filter(|node| !node.is_null())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn require(&self, name: &str) -> Result<Node<'a>, Unfit> {
        self.get(name).ok_or_else(|| {
            self.node
                .unfit_as(format!("a field `{name}`"), "a struct without it")
        })
    }

    pub(crate) fn node(&self) -> Node<'a> {
        self.node
    }

    pub(crate) fn fields(&self) -> &[(String, Node<'a>)] {
        &self.fields
    }

    /// Fields that stand for the second time or more, each with the first of its name before it.
    pub(crate) fn repeated(&self) -> Vec<(&str, Node<'a>, Node<'a>)> {
        let mut seen: HashMap<&str, Node<'a>> = HashMap::with_capacity(self.fields.len());
        let again = self
            .fields
            .iter()
            .filter_map(|(name, node)| match seen.entry(name.as_str()) {
                Entry::Vacant(vacant) => {
                    vacant.insert(*node);
                    None
                }
                Entry::Occupied(first) => Some((name.as_str(), *first.get(), *node)),
            });
        again.collect()
    }
}
