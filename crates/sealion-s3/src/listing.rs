//! What lies under a prefix.

use std::error::Error as _;
use std::io;
use std::sync::{Arc, OnceLock};

use object_store::aws::AmazonS3;
use object_store::client::HttpError;
use object_store::list::{PaginatedListOptions, PaginatedListResult, PaginatedListStore as _};
use object_store::ObjectMeta;
use sealion_aws::{Connection, ATTEMPTS_MAX};

use crate::order::compare;
use crate::pages::{From, Pages};
use crate::S3Url;

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
    /// An object whose key cannot be asked for; its size did not come either.
    fn odd(url: &S3Url, key: &str) -> Entry {
        let root = format!("s3://{}/", url.bucket);
        Entry {
            key: root.len(),
            name: (root + key).into(),
            size: 0,
            odd: true,
            e_tag: None,
            written: None,
            version: OnceLock::new(),
        }
    }

    pub(crate) fn key(&self) -> &str {
        &self.name[self.key..]
    }
}

/// Lists what `url` names, a page of up to 1,000 keys a request, and sorts it.
pub(crate) fn list(
    connection: &Connection,
    store: &Arc<AmazonS3>,
    url: &S3Url,
    mut listed: impl FnMut(Listed),
) -> io::Result<Vec<Arc<Entry>>> {
    let mut entries = Vec::new();
    let mut so_far = Listed::default();
    let mut beside = None;
    let page = |from: &From| {
        let page = page_of(store.clone(), url.prefix.clone(), from.clone());
        connection.spawn(page).wait()
    };
    for found in Pages::new(page) {
        let found = found?;
        for object in found.objects {
            if !url.holds(object.location.as_ref()) && !is_marker(url, &object) {
                beside.get_or_insert(object.location.to_string());
                continue;
            }
            so_far.objects += 1;
            so_far.bytes += object.size;
            entries.push(Arc::new(entry(url, object)));
        }
        match found.odd {
            Some(key) if url.holds(&key) => {
                so_far.objects += 1;
                entries.push(Arc::new(Entry::odd(url, &key)));
            }
            Some(key) => _ = beside.get_or_insert(key),
            None => {}
        }
        listed(so_far);
    }
    if let (true, Some(beside)) = (entries.is_empty(), beside) {
        let text =
            format!("no object has this key or lies in this folder; {beside} only begins like it");
        return Err(io::Error::new(io::ErrorKind::NotFound, text));
    }
    entries.sort_unstable_by(|a, b| compare(a.key(), b.key()));
    Ok(entries)
}

/// One page. `object_store` sends a request again, but does not ask again for an answer that broke off.
async fn page_of(
    store: Arc<AmazonS3>,
    prefix: String,
    from: From,
) -> object_store::Result<PaginatedListResult> {
    let mut attempts = 1;
    loop {
        let prefix = Some(prefix.as_str()).filter(|prefix| !prefix.is_empty());
        let options = PaginatedListOptions {
            page_token: from.token.clone(),
            offset: from.after.clone(),
            max_keys: Some(from.keys_max),
            ..PaginatedListOptions::default()
        };
        match store.list_paginated(prefix, options).await {
            Err(error) if attempts < ATTEMPTS_MAX && broke_off(&error) => attempts += 1,
            done => return done,
        }
    }
}

/// Whether the body of an answer broke off: the client's error within the store's within the crate's. An
/// error of the request itself has the crate's retries between them.
fn broke_off(error: &object_store::Error) -> bool {
    let inner = error.source().and_then(|error| error.source());
    inner.is_some_and(|error| error.is::<HttpError>())
}

/// The object of no bytes that the console makes for a folder; its key came without the last slash.
fn is_marker(url: &S3Url, object: &ObjectMeta) -> bool {
    url.prefix.strip_suffix('/') == Some(object.location.as_ref())
}

fn entry(url: &S3Url, object: ObjectMeta) -> Entry {
    let root = format!("s3://{}/", url.bucket);
    Entry {
        key: root.len(),
        name: (root + object.location.as_ref()).into(),
        size: object.size,
        odd: false,
        written: object
            .e_tag
            .is_none()
            .then(|| object.last_modified.to_rfc3339().into()),
        e_tag: object.e_tag.map(Arc::from),
        version: OnceLock::new(),
    }
}
