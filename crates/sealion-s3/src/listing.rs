//! What lies under a prefix.

use std::io;
use std::sync::{Arc, OnceLock};

use object_store::aws::AmazonS3;
use object_store::list::{PaginatedListOptions, PaginatedListResult, PaginatedListStore as _};
use object_store::ObjectMeta;
use sealion_aws::{said, Connection, ATTEMPTS_MAX};

use crate::explain::explain;
use crate::order::compare;
use crate::S3Url;

/// What `object_store` says of a page that broke off; its type of error is private.
const BROKE_OFF: &str = "list response body";

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
    /// What it must still be when it is read.
    pub(crate) e_tag: Option<Box<str>>,
    /// Its version, where the bucket keeps versions; known once it was read.
    pub(crate) version: OnceLock<Box<str>>,
}

impl Entry {
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
    let mut page_token = None;
    loop {
        let page = connection.spawn(page_of(store.clone(), url.prefix.clone(), page_token));
        let page = page.wait()?.map_err(|error| refused(&error))?;
        for object in page.result.objects {
            if !url.holds(object.location.as_ref()) && !is_marker(url, &object) {
                beside.get_or_insert(object.location);
                continue;
            }
            so_far.objects += 1;
            so_far.bytes += object.size;
            entries.push(Arc::new(entry(url, object)));
        }
        listed(so_far);
        page_token = page.page_token;
        if page_token.is_none() {
            break;
        }
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
    page_token: Option<String>,
) -> object_store::Result<PaginatedListResult> {
    let mut attempts = 1;
    loop {
        let prefix = Some(prefix.as_str()).filter(|prefix| !prefix.is_empty());
        let options = PaginatedListOptions {
            page_token: page_token.clone(),
            ..PaginatedListOptions::default()
        };
        match store.list_paginated(prefix, options).await {
            Err(error) if attempts < ATTEMPTS_MAX && said(&error).contains(BROKE_OFF) => {
                attempts += 1;
            }
            done => return done,
        }
    }
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
        e_tag: object.e_tag.map(String::into_boxed_str),
        version: OnceLock::new(),
    }
}

fn refused(error: &object_store::Error) -> io::Error {
    let text = explain(error);
    if matches!(error, object_store::Error::InvalidPath { .. }) {
        return io::Error::other(format!(
            "{text}; keys with empty segments cannot be read from here: copy the objects first, for \
             example by `aws s3 sync`"
        ));
    }
    io::Error::other(text)
}
