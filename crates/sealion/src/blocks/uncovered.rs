//! What stands in an envelope and no hash covers: fields that are none of QLDB's, annotations,
//! and null where something could be. It is read, and listed for the report.

use std::fmt;

use super::read::{Envelope, Node, Unfit};

/// One thing that no hash covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Uncovered {
    what: What,
    path: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// A field that is none of QLDB's.
    Field,
    /// Annotations of an envelope or of something in it.
    Annotations,
    /// A field that is null, which is read as one that is not there.
    Null,
}

/// How a field of an envelope is bound.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// As what is read of it.
    Read,
    /// Hashed as it stands, annotations and all.
    Hashed,
}

impl Uncovered {
    fn new(what: What, path: &str) -> Uncovered {
        let path = path.to_owned();
        Uncovered { what, path }
    }

    /// The same in a struct or list at `place`.
    fn within(&self, place: &str) -> Uncovered {
        let path = match self.path.as_str() {
            "" => place.to_owned(),
            own => format!("{place}.{own}"),
        };
        Uncovered { path, ..*self }
    }

    /// The name of a field that is none of QLDB's.
    pub(crate) fn unknown_field(&self) -> Option<&str> {
        (self.what == What::Field).then_some(&self.path)
    }
}

impl fmt::Display for Uncovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what {
            What::Field => write!(f, "{}", self.path),
            What::Annotations => write!(f, "annotations of {}", self.path),
            What::Null => write!(f, "null for {}", self.path),
        }
    }
}

/// What in an envelope is not covered, each by its path from there; what is before it, its
/// holder says. What is not known is read to its end, so that broken Ion in it is noticed.
pub(crate) fn uncovered(
    envelope: &Envelope<'_>,
    known: &[(&str, Bound)],
) -> Result<Vec<Uncovered>, Unfit> {
    let mut found = Vec::new();
    for (name, node) in envelope.fields() {
        match known.iter().find(|(own, _)| own == name) {
            None => {
                node.element()?;
                found.push(Uncovered::new(What::Field, name));
            }
            Some(_) if node.is_null() => found.push(Uncovered::new(What::Null, name)),
            Some((_, Bound::Hashed)) => {}
            Some((_, Bound::Read)) => found.extend(annotated(node, name)),
        }
    }
    Ok(found)
}

/// All of them, in a struct or list at `place`.
pub(crate) fn within<'a>(
    list: &'a [Uncovered],
    place: &'a str,
) -> impl Iterator<Item = Uncovered> + 'a {
    list.iter().map(move |one| one.within(place))
}

/// The annotations of a value, if there are any.
pub(crate) fn annotated(node: &Node<'_>, path: &str) -> Vec<Uncovered> {
    let found = node.is_annotated();
    let found = found.then(|| Uncovered::new(What::Annotations, path));
    found.into_iter().collect()
}
