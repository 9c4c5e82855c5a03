//! The fields of a recorded struct, each at most once, with their paths for error messages.
//!
//! Annotations on recorded fields mean nothing to QLDB and are passed over here; where the field is
//! itself hashed (`data`, `metadata`, `transactionInfo`, `redactionInfo`), they are part of its hash.

use super::Error;
use crate::Hash;
use ion_rs::Element;
use std::collections::BTreeMap;

/// The fields of one struct. `Struct::get` would give the first of two equal names and hide the
/// second, so names are walked once and duplicates refused.
pub(crate) struct Fields<'a> {
    path: String,
    fields: BTreeMap<&'a str, &'a Element>,
}

impl<'a> Fields<'a> {
    pub(crate) fn read(path: &str, value: &'a Element) -> Result<Self, Error> {
        let mut read = Self {
            path: path.to_owned(),
            fields: BTreeMap::new(),
        };
        let structure = value
            .as_struct()
            .ok_or_else(|| element_at::wrong(path, "a struct"))?;
        for (name, value) in structure.fields() {
            let name = name
                .text()
                .ok_or_else(|| element_at::wrong(path, "a struct whose field names have text"))?;
            if read.fields.insert(name, value).is_some() {
                return Err(Error::Duplicate {
                    field: read.path(name),
                });
            }
        }
        Ok(read)
    }

    pub(crate) fn path(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a Element> {
        self.fields.get(name).copied()
    }

    pub(crate) fn missing(&self, name: &str) -> Error {
        Error::Missing {
            field: self.path(name),
        }
    }

    pub(crate) fn need(&self, name: &str) -> Result<&'a Element, Error> {
        self.get(name).ok_or_else(|| self.missing(name))
    }

    pub(crate) fn not_both(&self, name: &str, other: &str) -> Result<(), Error> {
        if self.get(name).is_some() && self.get(other).is_some() {
            return Err(Error::Both {
                field: self.path(name),
                other: self.path(other),
            });
        }
        Ok(())
    }

    pub(crate) fn string(&self, name: &str) -> Result<&'a str, Error> {
        self.need(name)?
            .as_string()
            .ok_or_else(|| element_at::wrong(&self.path(name), "a string"))
    }

    pub(crate) fn number(&self, name: &str) -> Result<u64, Error> {
        self.need(name)?
            .as_int()
            .and_then(|int| int.as_u64())
            .ok_or_else(|| element_at::wrong(&self.path(name), "an int from 0 to 2^64 - 1"))
    }

    pub(crate) fn hash(&self, name: &str) -> Result<Hash, Error> {
        element_at::hash(self.path(name), self.need(name)?)
    }

    /// A hash, or `None` for a blob of no bytes.
    pub(crate) fn hash_or_empty(&self, name: &str) -> Result<Option<Hash>, Error> {
        match self.need(name)?.as_blob() {
            Some([]) => Ok(None),
            _ => self.hash(name).map(Some),
        }
    }

    /// The struct at `name`, if the field is there.
    pub(crate) fn structure(&self, name: &str) -> Result<Option<&'a Element>, Error> {
        match self.get(name) {
            Some(value) if value.as_struct().is_none() => {
                Err(element_at::wrong(&self.path(name), "a struct"))
            }
            found => Ok(found),
        }
    }

    /// The values of the list at `name`, with their paths.
    pub(crate) fn list(&self, name: &str) -> Result<Vec<(String, &'a Element)>, Error> {
        element_at::list(&self.path(name), self.need(name)?)
    }

    /// The same, and no values if the field is not there.
    pub(crate) fn list_if_any(&self, name: &str) -> Result<Vec<(String, &'a Element)>, Error> {
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(_) => self.list(name),
        }
    }
}

/// Readers of one value whose path is known.
pub(crate) mod element_at {
    use super::*;

    pub(crate) fn wrong(path: &str, expected: &'static str) -> Error {
        Error::Type {
            field: path.to_owned(),
            expected,
        }
    }

    pub(crate) fn list<'a>(
        path: &str,
        value: &'a Element,
    ) -> Result<Vec<(String, &'a Element)>, Error> {
        let list = value.as_list().ok_or_else(|| wrong(path, "a list"))?;
        Ok(list
            .elements()
            .enumerate()
            .map(|(i, value)| (format!("{path}[{i}]"), value))
            .collect())
    }

    pub(crate) fn hash(path: String, value: &Element) -> Result<Hash, Error> {
        let bytes = value
            .as_blob()
            .ok_or_else(|| wrong(&path, "a blob of 32 bytes"))?;
        bytes.try_into().map_err(|_| Error::HashLength {
            field: path,
            length: bytes.len(),
        })
    }
}
