//! The three requests that reading takes.

use std::error::Error;
use std::future::Future;
use std::io;
use std::time::Duration;

use aws_credential_types::provider::ProvideCredentials as _;
use aws_sdk_kinesis::config::{Builder, Region};
use aws_sdk_kinesis::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kinesis::operation::get_records::{GetRecordsError, GetRecordsOutput};
use aws_sdk_kinesis::operation::list_shards::ListShardsOutput;
use aws_sdk_kinesis::types::ShardIteratorType;
use sealion_aws::{said, shortened, Connection, Final, NO_CREDENTIALS};
use tokio::time::{sleep, Instant};

use crate::explain::{explain, is_throttled};
use crate::{Stream, ANSWER_BYTES_MAX, THROTTLED_SECONDS};

/// Pause after an answer that says "too many requests"; the client made some attempts before it.
const THROTTLED_PAUSE: Duration = Duration::from_secs(1);

/// A client for one stream.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    client: aws_sdk_kinesis::Client,
    stream: Stream,
}

/// What a shard answered.
pub(crate) enum Answer {
    Records(GetRecordsOutput),
    /// The iterator is too old.
    Expired,
}

impl Client {
    pub(crate) fn new(connection: &Connection, stream: &Stream) -> Client {
        let mut config = Builder::from(connection.config())
            .http_client(connection.http_client(ANSWER_BYTES_MAX))
            .retry_classifier(Final);
        if let Some(region) = &stream.region {
            config = config.region(Region::new(region.clone()));
        }
        Client {
            client: aws_sdk_kinesis::Client::from_conf(config.build()),
            stream: stream.clone(),
        }
    }

    /// A page of the list of shards: the first, or the one that `token` stands for.
    pub(crate) async fn shards(&self, token: Option<String>) -> io::Result<ListShardsOutput> {
        let request = self.client.list_shards();
        let request = match token {
            Some(token) => request.next_token(token),
            // A token names the stream by itself, and may not come with its name.
            None => request
                .set_stream_name(self.name())
                .set_stream_arn(self.stream.arn.clone()),
        };
        patiently(|| request.clone().send())
            .await
            .map_err(|error| io::Error::other(explain(&error)))
    }

    /// Where to read a shard from: after the record of that number, or from the oldest record on.
    pub(crate) async fn iterator(&self, shard: &str, after: Option<&str>) -> io::Result<String> {
        let from = match after {
            Some(_) => ShardIteratorType::AfterSequenceNumber,
            None => ShardIteratorType::TrimHorizon,
        };
        let request = self
            .client
            .get_shard_iterator()
            .set_stream_name(self.name())
            .set_stream_arn(self.stream.arn.clone())
            .shard_id(shard)
            .shard_iterator_type(from)
            .set_starting_sequence_number(after.map(str::to_owned));
        let answer = patiently(|| request.clone().send()).await;
        let answer = answer.map_err(|error| io::Error::other(explain(&error)))?;
        answer
            .shard_iterator
            .ok_or_else(|| bad("a ShardIterator", "none"))
    }

    /// The records at an iterator: at most 10,000 of them, or 10 MiB.
    pub(crate) async fn records(&self, iterator: &str) -> io::Result<Answer> {
        let request = self
            .client
            .get_records()
            .shard_iterator(iterator)
            .set_stream_arn(self.stream.arn.clone());
        match patiently(|| request.clone().send()).await {
            Ok(answer) => Ok(Answer::Records(answer)),
            Err(error) if is_expired(&error) => Ok(Answer::Expired),
            Err(error) => Err(io::Error::other(explain(&error))),
        }
    }

    /// The name, where the ARN does not say it.
    fn name(&self) -> Option<String> {
        let name = &self.stream.name;
        self.stream.arn.is_none().then(|| name.clone())
    }
}

/// An answer that is no answer of Kinesis, or contradicts others.
pub(crate) fn bad(expected: &str, found: impl std::fmt::Display) -> io::Error {
    let found = shortened(&found.to_string());
    io::Error::other(format!(
        "the answer cannot be relied on: expected {expected}, found {found}; check the endpoint"
    ))
}

fn is_expired(error: &SdkError<GetRecordsError>) -> bool {
    error
        .as_service_error()
        .is_some_and(GetRecordsError::is_expired_iterator_exception)
}

/// Asks until the answer is another than "too many requests", for [`THROTTLED_SECONDS`] at most.
async fn patiently<T, E, F>(ask: impl Fn() -> F) -> Result<T, SdkError<E>>
where
    E: ProvideErrorMetadata + Error + 'static,
    F: Future<Output = Result<T, SdkError<E>>>,
{
    let until = Instant::now() + Duration::from_secs(THROTTLED_SECONDS);
    loop {
        match ask().await {
            Err(error) if is_throttled(&error) && Instant::now() < until => {
                sleep(THROTTLED_PAUSE).await;
            }
            answer => return answer,
        }
    }
}

/// Whether there are credentials to sign with. Kinesis answers no unsigned request.
pub(crate) fn credentials(connection: &Connection) -> io::Result<()> {
    if connection.is_anonymous() {
        return Err(io::Error::other(
            "Kinesis answers no unsigned requests: leave out --no-sign-request",
        ));
    }
    let provider = connection.config().credentials_provider();
    let found = connection.spawn(async move {
        match provider {
            Some(provider) => provider.provide_credentials().await.map(|_| ()),
            None => Ok(()),
        }
    });
    found
        .wait()?
        .map_err(|error| io::Error::other(format!("{NO_CREDENTIALS} ({})", said(&error))))
}
