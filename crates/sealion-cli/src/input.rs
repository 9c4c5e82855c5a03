//! The one place that turns what was typed as INPUT into an archive.

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use sealion::source::{Archive, Object, Union};

use crate::args::AwsArgs;
use crate::error::Error;

/// A run that transfers more from S3 says so beforehand on a terminal: transfer costs money.
#[cfg(feature = "aws")]
const LARGE_BYTES: u64 = 10_000_000_000;

/// All that was named, as one archive.
pub struct Input {
    all: Union,
    #[cfg(feature = "aws")]
    buckets: Vec<std::sync::Arc<sealion_s3::S3>>,
}

impl Input {
    /// Opens files, directories, `-` and `s3://…`. `threads` also bounds connections.
    pub fn open(
        inputs: &[PathBuf],
        aws: &AwsArgs,
        threads: Option<NonZeroUsize>,
    ) -> Result<Input, Error> {
        let (remote, local): (Vec<_>, Vec<_>) = inputs
            .iter()
            .partition(|input| input.to_string_lossy().starts_with("s3://"));
        let remote: Vec<String> = remote
            .iter()
            .map(|input| input.to_string_lossy().into_owned())
            .collect();
        let local = Union::of_paths(&local)?;
        Input::with_remote(local, &remote, aws, threads)
    }

    #[cfg(not(feature = "aws"))]
    fn with_remote(
        local: Union,
        remote: &[String],
        _: &AwsArgs,
        _: Option<NonZeroUsize>,
    ) -> Result<Input, Error> {
        match remote.first() {
            Some(url) => Err(Error::NotBuiltIn(url.clone())),
            None => Ok(Input { all: local }),
        }
    }

    /// Tells which versions of objects were read; none in this build.
    #[cfg(not(feature = "aws"))]
    pub fn versions(&self, _: impl Fn(&str)) {}

    #[cfg(feature = "aws")]
    fn with_remote(
        local: Union,
        remote: &[String],
        aws: &AwsArgs,
        threads: Option<NonZeroUsize>,
    ) -> Result<Input, Error> {
        let mut buckets = Vec::new();
        if remote.is_empty() {
            return Ok(Input {
                all: local,
                buckets,
            });
        }
        let connection = connect(aws, threads)?;
        let mut archives: Vec<Box<dyn Archive + Send>> = vec![Box::new(local)];
        let bar = crate::terminal::Bar::new(false);
        for url in remote {
            let bucket = sealion_s3::S3::open(&connection, url, |listed| {
                bar.listed(url, listed.objects, listed.bytes);
            });
            let bucket = std::sync::Arc::new(bucket?);
            archives.push(Box::new(Shared(bucket.clone())));
            buckets.push(bucket);
        }
        bar.finish();
        let bytes: u64 = buckets.iter().map(|bucket| bucket.bytes()).sum();
        if bytes > LARGE_BYTES && crate::terminal::is_watched() {
            let gigabytes = bytes as f64 / 1e9;
            crate::terminal::remark(&format!("{gigabytes:.1} GB will be read from S3"));
        }
        Ok(Input {
            all: Union::new(archives),
            buckets,
        })
    }

    /// Tells which versions of objects were read, where buckets keep versions.
    #[cfg(feature = "aws")]
    pub fn versions(&self, tell: impl Fn(&str)) {
        for (name, version) in self.buckets.iter().flat_map(|bucket| bucket.versions()) {
            tell(&format!("{name} was read in version {version}"));
        }
    }
}

/// A connection as the user described it. `threads` also bounds requests under way.
#[cfg(feature = "aws")]
pub fn connect(
    aws: &AwsArgs,
    threads: Option<NonZeroUsize>,
) -> Result<sealion_aws::Connection, Error> {
    let settings = sealion_aws::Settings {
        region: aws.region.clone(),
        profile: aws.profile.clone(),
        endpoint_url: aws.endpoint_url.clone(),
        anonymous: aws.no_sign_request,
        connections: threads,
    };
    sealion_aws::Connection::open(&settings).map_err(|source| {
        Error::Library(sealion::Error::System {
            what: "start a thread",
            source,
        })
    })
}

impl Archive for Input {
    fn objects(&self) -> Result<Vec<Object>, sealion::Error> {
        self.all.objects()
    }

    fn open(&self, object: &Object) -> io::Result<Box<dyn Read + Send>> {
        Archive::open(&self.all, object)
    }
}

/// A bucket that is kept for what it can tell after the run.
#[cfg(feature = "aws")]
struct Shared(std::sync::Arc<sealion_s3::S3>);

#[cfg(feature = "aws")]
impl Archive for Shared {
    fn objects(&self) -> Result<Vec<Object>, sealion::Error> {
        self.0.objects()
    }

    fn open(&self, object: &Object) -> io::Result<Box<dyn Read + Send>> {
        Archive::open(&*self.0, object)
    }
}
