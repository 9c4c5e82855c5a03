//! Pages of a listing, around keys that the S3 client cannot take in.
//!
//! `object_store` refuses a key with an empty segment (`a//b`), or with one that is `.` or `..`, and with it
//! the whole page. Its error names the key. So the page is asked for again, shorter by half, until it ends
//! before that key; a page of that key alone is left out, and the listing goes on behind it.

use std::io;

use object_store::list::PaginatedListResult;
use object_store::path::Error as PathError;
use object_store::ObjectMeta;

use crate::explain::explain;

/// Keys a request, the most that S3 gives.
const KEYS_MAX: usize = 1000;

/// Where a page begins, and how long it may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct From {
    /// What the page before said.
    pub(crate) token: Option<String>,
    /// Or behind this key.
    pub(crate) after: Option<String>,
    pub(crate) keys_max: usize,
}

/// A page.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) objects: Vec<ObjectMeta>,
    /// In place of objects: a key that cannot be taken in.
    pub(crate) odd: Option<String>,
}

/// All pages that `page` gives.
pub(crate) struct Pages<P> {
    page: P,
    next: Option<From>,
}

impl<P> Pages<P>
where
    P: FnMut(&From) -> io::Result<object_store::Result<PaginatedListResult>>,
{
    pub(crate) fn new(page: P) -> Pages<P> {
        let next = Some(From {
            token: None,
            after: None,
            keys_max: KEYS_MAX,
        });
        Pages { page, next }
    }

    fn found(&mut self, mut from: From) -> io::Result<Found> {
        loop {
            let error = match (self.page)(&from)? {
                Ok(page) => {
                    // Where keys cannot be taken in, others are near.
                    let keys_max = KEYS_MAX.min(from.keys_max * 2);
                    self.next = page.page_token.map(|token| From {
                        token: Some(token),
                        after: None,
                        keys_max,
                    });
                    let objects = page.result.objects;
                    return Ok(Found { objects, odd: None });
                }
                Err(error) => error,
            };
            match odd_key(&error) {
                None => return Err(io::Error::other(explain(&error))),
                Some(key) if from.keys_max == 1 => {
                    self.next = Some(From {
                        token: None,
                        after: Some(key.to_owned()),
                        keys_max: 1,
                    });
                    return Ok(Found {
                        odd: Some(key.to_owned()),
                        ..Found::default()
                    });
                }
                Some(_) => from.keys_max /= 2,
            }
        }
    }
}

impl<P> Iterator for Pages<P>
where
    P: FnMut(&From) -> io::Result<object_store::Result<PaginatedListResult>>,
{
    type Item = io::Result<Found>;

    fn next(&mut self) -> Option<Self::Item> {
        let from = self.next.take()?;
        Some(self.found(from))
    }
}

/// The key that was refused.
fn odd_key(error: &object_store::Error) -> Option<&str> {
    match error {
        object_store::Error::InvalidPath {
            source: PathError::EmptySegment { path } | PathError::BadSegment { path, .. },
        } => Some(path),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::path::Path;
    use object_store::ListResult;

    /// A bucket with these keys, in order; tokens are numbers.
    fn page(keys: &[&str], from: &From) -> object_store::Result<PaginatedListResult> {
        let token = from
            .token
            .as_ref()
            .map(|token| token.parse::<usize>().unwrap());
        let after = |after: &String| keys.iter().position(|key| key == after).unwrap() + 1;
        let first = token.or(from.after.as_ref().map(after)).unwrap_or(0);
        let last = keys.len().min(first + from.keys_max);
        let object = |key: &&str| {
            Ok(ObjectMeta {
                location: Path::parse(key)?,
                last_modified: Default::default(),
                size: 1,
                e_tag: None,
                version: None,
            })
        };
        let objects: object_store::Result<_> = keys[first..last].iter().map(object).collect();
        Ok(PaginatedListResult {
            result: ListResult {
                common_prefixes: vec![],
                objects: objects?,
                extensions: Default::default(),
            },
            page_token: (last < keys.len()).then(|| last.to_string()),
        })
    }

    /// What is found in a bucket with these keys, odd ones in brackets, and the number of requests.
    fn listed(keys: &[&str]) -> (Vec<String>, usize) {
        let mut requests = 0;
        let pages = Pages::new(|from| {
            requests += 1;
            Ok(page(keys, from))
        });
        let mut all = Vec::new();
        for found in pages {
            let found = found.unwrap();
            all.extend(
                found
                    .objects
                    .iter()
                    .map(|object| object.location.to_string()),
            );
            all.extend(found.odd.map(|key| format!("[{key}]")));
        }
        (all, requests)
    }

    #[test]
    fn exactly_the_odd_keys_are_told_apart_wherever_they_stand() {
        let mut keys: Vec<String> = (0..2500).map(|number| format!("a/{number:05}")).collect();
        for (place, odd) in [
            (0, "a//"),
            (1200, "a/01200//x"),
            (1201, "a/01200/../x"),
            (2502, "a//b"),
        ] {
            keys.insert(place.min(keys.len()), odd.to_owned());
        }
        keys.push("a//last".to_owned());
        let names: Vec<&str> = keys.iter().map(String::as_str).collect();
        let (found, requests) = listed(&names);
        let expected: Vec<String> = keys
            .iter()
            .map(|key| match Path::parse(key) {
                Ok(_) => key.clone(),
                Err(_) => format!("[{key}]"),
            })
            .collect();
        assert!(found == expected);
        assert!(requests < 80, "{requests}");
    }

    #[test]
    fn many_odd_keys_take_about_a_request_each() {
        let keys: Vec<String> = (0..500).map(|number| format!("a//{number:03}")).collect();
        let names: Vec<&str> = keys.iter().map(String::as_str).collect();
        let (found, requests) = listed(&names);
        assert_eq!(found.len(), 500);
        assert!(requests < 520, "{requests}");
    }

    #[test]
    fn another_error_ends_the_listing() {
        let mut pages = Pages::new(|_| {
            Ok(Err(object_store::Error::Generic {
                store: "S3",
                source: "connection refused".into(),
            }))
        });
        assert!(pages.next().unwrap().is_err());
        assert!(pages.next().is_none());
    }
}
