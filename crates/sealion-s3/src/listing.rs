//! What lies under a prefix.

use std::io;
use std::sync::{Arc, OnceLock};

use object_store::aws::AmazonS3;
use object_store::list::{PaginatedListOptions, PaginatedListStore as _};
use object_store::path::Path;
use sealion_aws::Connection;

use crate::explain::explain;
use crate::order::compare;
use crate::page::{self, BadPage, Page};
use crate::{S3Url, OBJECTS_MAX};

/// Keys a request, the most that S3 gives.
const KEYS_MAX: usize = 1000;

/// Pages in a row without a key. S3 may give some, where objects were deleted.
const PAGES_EMPTY_MAX: u32 = 1000;

/// Bytes of what stands for a page; S3's have some hundred.
const TOKEN_BYTES_MAX: usize = 8 << 10;

/// How far the listing is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed {
    /// Objects so far.
    pub objects: u64,
    /// Their bytes, as stored.
    pub bytes: u64,
}

/// One object as it was listed.
#[derive(Debug)]
pub(crate) struct Entry {
    /// `s3://bucket/key`.
    pub(crate) name: Arc<str>,
    /// Where the key starts in the name.
    key: usize,
    pub(crate) size: u64,
    /// Whether its key is one that cannot be asked for.
    pub(crate) odd: bool,
    /// What it must still be when it is read.
    pub(crate) e_tag: Option<Arc<str>>,
    /// When it was last written, where the server lists no entity tags.
    pub(crate) written: Option<Arc<str>>,
    /// Its version, where the bucket keeps versions; known once it was read.
    pub(crate) version: OnceLock<Box<str>>,
}

impl Entry {
    fn new(url: &S3Url, object: &page::Listed) -> Entry {
        let root = format!("s3://{}/", url.bucket);
        let odd = object.size > 0 && !is_askable(&object.key);
        let written = object.last_modified.as_deref();
        Entry {
            key: root.len(),
            name: (root + &object.key).into(),
            // Of such a key nothing is read.
            size: if odd { 0 } else { object.size },
            odd,
            e_tag: object.e_tag.as_deref().map(Arc::from),
            written: written.filter(|_| object.e_tag.is_none()).map(Arc::from),
            version: OnceLock::new(),
        }
    }

    pub(crate) fn key(&self) -> &str {
        &self.name[self.key..]
    }
}

/// Whether `object_store` asks for this key, and for no other one in its place.
fn is_askable(key: &str) -> bool {
    Path::parse(key).is_ok_and(|path| path.as_ref() == key)
}

/// Lists what `url` names, a page of up to 1,000 keys a request, and sorts it.
pub(crate) fn list(
    connection: &Connection,
    store: &Arc<AmazonS3>,
    url: &S3Url,
    mut listed: impl FnMut(Listed),
) -> io::Result<Vec<Arc<Entry>>> {
    let mut listing = Listing::new(url);
    loop {
        let page = page_after(store.clone(), url.prefix.clone(), listing.token.clone());
        let page = connection.spawn(page).wait()?;
        let page = page.map_err(|error| io::Error::other(explain(&error)))?;
        listing.add(&page).map_err(io::Error::other)?;
        listed(listing.so_far);
        if listing.token.is_none() {
            return listing.whole();
        }
    }
}

/// The page that a token stands for, or the first.
async fn page_after(
    store: Arc<AmazonS3>,
    prefix: String,
    token: Option<String>,
) -> object_store::Result<Arc<Page>> {
    let prefix = Some(prefix.as_str()).filter(|prefix| !prefix.is_empty());
    let options = PaginatedListOptions {
        page_token: token,
        max_keys: Some(KEYS_MAX),
        ..PaginatedListOptions::default()
    };
    let answer = store.list_paginated(prefix, options).await?;
    let page = answer.result.extensions.get::<Arc<Page>>();
    page.cloned().ok_or_else(|| object_store::Error::Generic {
        store: "S3",
        source: BadPage::new("a page", "none").into(),
    })
}

/// A listing so far. Keys rise from page to page, so none comes twice and none is left out between two of them.
struct Listing<'a> {
    url: &'a S3Url,
    entries: Vec<Arc<Entry>>,
    so_far: Listed,
    /// Keys that came, whether they are listed or stand beside.
    keys: usize,
    last: Option<String>,
    /// Of the page that follows.
    token: Option<String>,
    empty: u32,
    /// A key that only begins like what is listed.
    beside: Option<String>,
}

impl<'a> Listing<'a> {
    fn new(url: &'a S3Url) -> Listing<'a> {
        Listing {
            url,
            entries: Vec::new(),
            so_far: Listed::default(),
            keys: 0,
            last: None,
            token: None,
            empty: 0,
            beside: None,
        }
    }

    fn add(&mut self, page: &Page) -> Result<(), BadPage> {
        for object in &page.contents {
            self.take(object)?;
        }
        self.empty = match page.contents.is_empty() {
            true => self.empty + 1,
            false => 0,
        };
        if self.empty > PAGES_EMPTY_MAX {
            let found = format!("{} pages without one", self.empty);
            return Err(BadPage::new("a page with keys, or the last one", found));
        }
        let token = page.token();
        if token.is_some() && token == self.token.as_deref() {
            let found = "the one that this page was asked for with";
            return Err(BadPage::new("another NextContinuationToken", found));
        }
        if let Some(bytes) = token.map(str::len).filter(|bytes| *bytes > TOKEN_BYTES_MAX) {
            let found = format!("one of {bytes} bytes");
            return Err(BadPage::new("a short NextContinuationToken", found));
        }
        self.token = token.map(str::to_owned);
        Ok(())
    }

    fn take(&mut self, object: &page::Listed) -> Result<(), BadPage> {
        let key = &object.key;
        if key.is_empty() || !key.starts_with(&self.url.prefix) {
            return Err(BadPage::new(
                "keys that begin as asked for",
                format!("{key:?}"),
            ));
        }
        if let Some(last) = self.last.as_ref().filter(|last| *last >= key) {
            let found = format!("{key:?} after {last:?}");
            return Err(BadPage::new("keys in rising order, each once", found));
        }
        if self.keys == OBJECTS_MAX {
            let found =
                format!("more than {OBJECTS_MAX}: name a folder in it, with a `/` at its end");
            return Err(BadPage::new("keys that fit into memory", found));
        }
        self.keys += 1;
        self.last = Some(key.clone());
        if !self.url.holds(key) {
            self.beside.get_or_insert_with(|| key.clone());
            return Ok(());
        }
        let entry = Entry::new(self.url, object);
        self.so_far.objects += 1;
        self.so_far.bytes = self.so_far.bytes.saturating_add(entry.size);
        self.entries.push(Arc::new(entry));
        Ok(())
    }

    fn whole(mut self) -> io::Result<Vec<Arc<Entry>>> {
        if let (true, Some(beside)) = (self.entries.is_empty(), self.beside) {
            let text = format!(
                "no object has this key or lies in this folder; {beside} only begins like it"
            );
            return Err(io::Error::new(io::ErrorKind::NotFound, text));
        }
        self.entries
            .sort_unstable_by(|a, b| compare(a.key(), b.key()));
        Ok(self.entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_without_end_are_given_up_though_they_only_stand_beside() {
        let url = "s3://b/p".parse().unwrap();
        let mut listing = Listing::new(&url);
        let mut take = |number: usize| {
            listing.take(&page::Listed {
                key: format!("p-{number:012}"),
                size: 1,
                last_modified: None,
                e_tag: None,
            })
        };
        for number in 0..OBJECTS_MAX {
            take(number).unwrap();
        }
        let error = take(OBJECTS_MAX).unwrap_err().to_string();
        assert!(error.contains("found more than 5000000"), "{error}");
    }
}
