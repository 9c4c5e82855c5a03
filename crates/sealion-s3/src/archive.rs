//! A prefix as an archive.

use std::io::{self, Read};
use std::sync::Arc;

use sealion::source::{Archive, Object};
use sealion_aws::Connection;

use crate::ahead::Ahead;
use crate::explain::explain;
use crate::fetch::{client, Fetcher};
use crate::listing::{list, Entry, Listed};
use crate::order::compare;
use crate::reader::ObjectReader;
use crate::S3Url;

const ODD_KEY: &str =
    "a key with an empty segment, `.`, `..` or a control character cannot be asked for from here: \
     copy the object under another name, for example by `aws s3 cp`";

/// The objects under a prefix of a bucket, as they were when the archive was opened.
///
/// They are listed with manifests first, then in the order of a journal. A listed object that cannot
/// be read gives an error that says what S3 answered and what to do; it is never left out.
#[derive(Debug)]
pub struct S3 {
    url: S3Url,
    entries: Vec<Arc<Entry>>,
    shared: Arc<Shared>,
}

/// What readers and the archive share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) fetcher: Fetcher,
    pub(crate) ahead: Ahead,
}

impl S3 {
    /// Lists what `url` names: one object, or all in the folder of that name. `listed` is called after
    /// each page of up to 1,000 keys.
    ///
    /// # Errors
    /// [`sealion::Error::Io`] with `url` as its path: if `url` names no bucket, if S3 refuses the listing
    /// (no such bucket, credentials missing or wrong, another region), if its pages are not those of one listing,
    /// whole and in order, or if it does not answer in [`ATTEMPTS_MAX`](sealion_aws::ATTEMPTS_MAX) attempts.
    pub fn open(
        connection: &Connection,
        url: &str,
        listed: impl FnMut(Listed),
    ) -> Result<S3, sealion::Error> {
        let failed = |source| sealion::Error::Io {
            path: url.to_owned(),
            source,
        };
        let parsed: S3Url = url
            .parse()
            .map_err(|error| failed(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
        let store = client(connection, &parsed)
            .map_err(|error| failed(io::Error::other(explain(&error))))?;
        let entries =
            list(connection, &Arc::new(store.clone()), &parsed, listed).map_err(failed)?;
        let shared = Shared {
            fetcher: Fetcher::new(connection, store),
            ahead: Ahead::default(),
        };
        Ok(S3 {
            url: parsed,
            entries,
            shared: Arc::new(shared),
        })
    }

    /// The bytes of all objects, as stored: what reading them all transfers.
    pub fn bytes(&self) -> u64 {
        self.entries
            .iter()
            .fold(0, |bytes, entry| entry.size.saturating_add(bytes))
    }

    /// Names and versions of the objects read so far, where the bucket keeps versions.
    pub fn versions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries
            .iter()
            .filter_map(|entry| Some((&*entry.name, &**entry.version.get()?)))
    }

    fn index_of(&self, name: &str) -> Option<usize> {
        let rest = name
            .strip_prefix("s3://")?
            .strip_prefix(&*self.url.bucket)?;
        let key = rest.strip_prefix('/')?;
        self.entries
            .binary_search_by(|entry| compare(entry.key(), key))
            .ok()
    }
}

impl Archive for S3 {
    fn objects(&self) -> Result<Vec<Object>, sealion::Error> {
        let object = |entry: &Arc<Entry>| match entry.odd {
            false => {
                let stamp = entry.e_tag.as_ref().or(entry.written.as_ref());
                Object::new(entry.name.clone(), Some(entry.size)).stamped(stamp.cloned())
            }
            true => {
                let mut object = Object::new(entry.name.clone(), None);
                object.problem = Some(ODD_KEY.into());
                object
            }
        };
        Ok(self.entries.iter().map(object).collect())
    }

    /// `NotFound` only for names that were not listed.
    fn open(&self, object: &Object) -> io::Result<Box<dyn Read + Send>> {
        let index = self.index_of(&object.name).ok_or(io::ErrorKind::NotFound)?;
        let entry = &self.entries[index];
        if entry.odd {
            return Err(io::Error::other(ODD_KEY));
        }
        if entry.size == 0 {
            // Nothing to ask for.
            self.shared.ahead.pass(index);
            return Ok(Box::new(io::empty()));
        }
        let shared = &self.shared;
        let head = shared.ahead.head(&shared.fetcher, &self.entries, index);
        let reader = ObjectReader::open(shared.clone(), entry.clone(), head)?;
        Ok(Box::new(reader))
    }
}
