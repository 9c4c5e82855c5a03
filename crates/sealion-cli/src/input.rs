//! The one place that turns what was typed as INPUT into an archive.

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use sealion::source::{Archive, Object, Union};

use crate::args::AwsArgs;
use crate::error::Error;

#[cfg(feature = "aws")]
mod remote;

/// What an input in AWS begins with: a bucket, a stream, a stream's ARN.
const IN_AWS: [&str; 3] = ["s3://", "kinesis://", "arn:"];

/// Whether an input lies in AWS.
pub fn is_in_aws(input: &str) -> bool {
    IN_AWS.iter().any(|start| input.starts_with(start))
}

/// All that was named, as one archive.
pub struct Input {
    all: Union,
    #[cfg(feature = "aws")]
    remote: remote::Remote,
}

impl Input {
    /// Opens files, directories, `-` and what lies in AWS. `threads` also bounds connections.
    pub fn open(
        inputs: &[PathBuf],
        aws: &AwsArgs,
        threads: Option<NonZeroUsize>,
    ) -> Result<Input, Error> {
        let (remote, local): (Vec<_>, Vec<_>) = inputs
            .iter()
            .partition(|input| is_in_aws(&input.to_string_lossy()));
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

    #[cfg(feature = "aws")]
    fn with_remote(
        local: Union,
        names: &[String],
        aws: &AwsArgs,
        threads: Option<NonZeroUsize>,
    ) -> Result<Input, Error> {
        let remote = remote::Remote::open(names, aws, threads)?;
        let mut archives: Vec<Box<dyn Archive + Send>> = vec![Box::new(local)];
        archives.extend(remote.archives());
        let all = Union::new(archives);
        Ok(Input { all, remote })
    }

    /// Tells what of AWS was read; nothing in this build.
    #[cfg(not(feature = "aws"))]
    pub fn tell(&self, _: impl Fn(&str)) {}

    /// Tells what of AWS was read: versions of objects, records of streams.
    #[cfg(feature = "aws")]
    pub fn tell(&self, tell: impl Fn(&str)) {
        self.remote.tell(tell);
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
        ..sealion_aws::Settings::default()
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

    fn is_at_hand(&self, object: &Object) -> bool {
        self.all.is_at_hand(object)
    }
}
