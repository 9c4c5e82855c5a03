//! Inputs in AWS: buckets and streams.

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::sync::Arc;

use sealion::source::{Archive, Object};
use sealion_kinesis::Kinesis;
use sealion_s3::S3;

use crate::args::AwsArgs;
use crate::error::Error;
use crate::terminal::{self, Bar};

/// A run that transfers more from S3 says so beforehand on a terminal: transfer costs money.
const LARGE_BYTES: u64 = 10_000_000_000;

/// Buckets and streams. They are kept for what they can tell after the run.
#[derive(Default)]
pub struct Remote {
    buckets: Vec<Arc<S3>>,
    streams: Vec<Arc<Kinesis>>,
}

impl Remote {
    /// Lists what `names` name, showing how far it is.
    pub fn open(
        names: &[String],
        aws: &AwsArgs,
        threads: Option<NonZeroUsize>,
    ) -> Result<Remote, Error> {
        let mut remote = Remote::default();
        if names.is_empty() {
            return Ok(remote);
        }
        let connection = super::connect(aws, threads)?;
        let bar = Bar::new(false);
        for name in names {
            if name.starts_with("s3://") {
                let bucket = S3::open(&connection, name, |listed| {
                    let (objects, bytes) = (listed.objects, listed.bytes);
                    bar.listed(name, &format!("{objects} objects, {bytes} bytes"));
                })?;
                remote.buckets.push(Arc::new(bucket));
            } else {
                let stream = Kinesis::open(&connection, name, |shards| {
                    bar.listed(name, &format!("{shards} shards"));
                })?;
                remote.streams.push(Arc::new(stream));
            }
        }
        bar.finish();
        let bytes = remote.buckets.iter().map(|bucket| bucket.bytes()).sum();
        if let Some(remark) = large(bytes).filter(|_| terminal::is_watched()) {
            terminal::remark(&remark);
        }
        Ok(remote)
    }

    /// Each of them as an archive.
    pub fn archives(&self) -> impl Iterator<Item = Box<dyn Archive + Send>> + '_ {
        let buckets = self.buckets.iter().map(shared);
        buckets.chain(self.streams.iter().map(shared))
    }

    /// Tells which versions of objects were read, where buckets keep versions, and how much came of
    /// streams.
    pub fn tell(&self, tell: impl Fn(&str)) {
        for (name, version) in self.buckets.iter().flat_map(|bucket| bucket.versions()) {
            tell(&format!("{name} was read in version {version}"));
        }
        for stream in &self.streams {
            let received = stream.received();
            tell(&format!(
                "{} records of {} bytes came from {} shards of {}",
                received.records,
                received.bytes,
                received.shards,
                stream.stream()
            ));
        }
    }
}

/// What is said before so many bytes are transferred.
fn large(bytes: u64) -> Option<String> {
    let gigabytes = bytes as f64 / 1e9;
    (bytes > LARGE_BYTES).then(|| format!("{gigabytes:.1} GB will be read from S3"))
}

struct Shared<A>(Arc<A>);

fn shared<A: Archive + Send + Sync + 'static>(archive: &Arc<A>) -> Box<dyn Archive + Send> {
    Box::new(Shared(archive.clone()))
}

impl<A: Archive + Send + Sync> Archive for Shared<A> {
    fn objects(&self) -> Result<Vec<Object>, sealion::Error> {
        self.0.objects()
    }

    fn open(&self, object: &Object) -> io::Result<Box<dyn Read + Send>> {
        self.0.open(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_large_is_said_beforehand() {
        assert_eq!(large(LARGE_BYTES), None);
        let said = large(LARGE_BYTES + 100_000_000);
        assert_eq!(said.as_deref(), Some("10.1 GB will be read from S3"));
    }
}
