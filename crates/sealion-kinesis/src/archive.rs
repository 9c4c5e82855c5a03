//! A stream as an archive.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};

use sealion::source::{Archive, Object};
use sealion_aws::{Connection, Task};
use tokio::sync::Semaphore;

use crate::client::{credentials, Client};
use crate::kept::{Kept, Reader, Writer};
use crate::{listing, read, Stream};

/// The shards of a stream, as they were when the archive was opened.
///
/// Reading starts when the first of them is opened, of all of them, parents first and as many at a time
/// as the connection allows. It ends for each shard at its end, or at the tip of the stream: where
/// somebody is still writing, some of what is written meanwhile may be among it. A shard that cannot be
/// read gives an error that says what Kinesis answered and what to do; it is never left out.
#[derive(Debug)]
pub struct Kinesis {
    connection: Connection,
    client: Client,
    shards: Vec<(Arc<str>, Arc<Kept>)>,
    stream: Stream,
    counts: Arc<Counts>,
    started: Once,
    /// Ends with the archive.
    reading: Mutex<Vec<Task<()>>>,
}

/// What came so far, of all shards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// Shards that were listed.
    pub shards: u64,
    /// Kinesis records; an aggregate counts as one.
    pub records: u64,
    /// Bytes of their data.
    pub bytes: u64,
}

/// The same, while it grows.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) records: AtomicU64,
    pub(crate) bytes: AtomicU64,
}

impl Kinesis {
    /// Lists the shards of the stream that `text` names: `kinesis://STREAM`, or its ARN, whose region
    /// goes before the connection's. `listed` is told after each page how many shards there are. No
    /// record is read yet.
    ///
    /// # Errors
    /// [`sealion::Error::Io`] with `text` as its path: if `text` names no stream, if there are no
    /// credentials or Kinesis refuses them, if there is no such stream, or if there is no answer in
    /// [`ATTEMPTS_MAX`](sealion_aws::ATTEMPTS_MAX) attempts.
    pub fn open(
        connection: &Connection,
        text: &str,
        listed: impl FnMut(usize),
    ) -> Result<Kinesis, sealion::Error> {
        let failed = |source| sealion::Error::Io {
            path: text.to_owned(),
            source,
        };
        let stream: Stream = text
            .parse()
            .map_err(|error| failed(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
        credentials(connection).map_err(failed)?;
        let client = Client::new(connection, &stream);
        let ids = listing::shards(connection, &client, listed).map_err(failed)?;
        let root = format!("{stream}/");
        let shard = |id: String| (format!("{root}{id}").into(), Arc::default());
        Ok(Kinesis {
            connection: connection.clone(),
            client,
            shards: ids.into_iter().map(shard).collect(),
            stream,
            counts: Arc::default(),
            started: Once::new(),
            reading: Mutex::default(),
        })
    }

    /// The stream.
    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    /// What came so far.
    pub fn received(&self) -> Received {
        Received {
            shards: self.shards.len() as u64,
            records: self.counts.records.load(Ordering::Relaxed),
            bytes: self.counts.bytes.load(Ordering::Relaxed),
        }
    }

    /// Starts to read all shards.
    fn start(&self) {
        let prefix = format!("{}/", self.stream).len();
        let under_way = Arc::new(Semaphore::new(self.connection.connections()));
        let read = |(name, kept): &(Arc<str>, Arc<Kept>)| {
            let (client, counts) = (self.client.clone(), self.counts.clone());
            let (under_way, name) = (under_way.clone(), name.clone());
            let writer = Writer::new(kept);
            self.connection.spawn(async move {
                // It is never closed; and it is fair, so parents go first.
                let _permit = under_way.acquire().await;
                read::shard(&client, &name[prefix..], writer, &counts).await;
            })
        };
        let tasks = self.shards.iter().map(read).collect();
        *self.reading.lock().unwrap_or_else(PoisonError::into_inner) = tasks;
    }
}

impl Archive for Kinesis {
    fn objects(&self) -> Result<Vec<Object>, sealion::Error> {
        let object = |(name, _): &(Arc<str>, _)| Object::new(name.clone(), None);
        Ok(self.shards.iter().map(object).collect())
    }

    /// `NotFound` only for names that were not listed.
    fn open(&self, object: &Object) -> io::Result<Box<dyn Read + Send>> {
        let mut shards = self.shards.iter();
        let (_, kept) = shards
            .find(|(name, _)| *name == object.name)
            .ok_or(io::ErrorKind::NotFound)?;
        self.started.call_once(|| self.start());
        Ok(Box::new(Reader::new(kept)))
    }
}
