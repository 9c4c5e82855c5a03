//! The three requests of Kinesis that reading a stream takes, over records in memory.
//!
//! Source: Kinesis Data Streams API reference, "ListShards", "GetShardIterator", "GetRecords", whose
//! protocol is JSON 1.1: the operation is the last part of the header `X-Amz-Target`.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use base64::{engine::general_purpose::STANDARD, Engine as _};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderMap, HeaderValue, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{json, Value};

use crate::{listen, KEY_ID};

/// A stream to serve.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// Its name.
    pub name: String,
    /// Its shards, in the order in which they are listed.
    pub shards: Vec<Shard>,
    /// Shards a page; 0: all in one.
    pub page: usize,
    /// Records an answer; 0: all in one.
    pub answer: usize,
    /// What goes wrong.
    pub faults: Faults,
}

/// A shard.
#[derive(Clone, Debug, Default)]
pub struct Shard {
    /// Its id.
    pub id: String,
    /// The shards it was split or merged from, at most two.
    pub parents: Vec<String>,
    /// The data of its records.
    pub records: Vec<Vec<u8>>,
    /// Whether it was split or merged itself, so that it has an end.
    pub closed: bool,
}

/// What goes wrong on the way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// So many requests for records are refused at first: too many of them.
    pub throttled: usize,
    /// So many iterators expire, the second that is used first.
    pub expired: usize,
    /// Before each answer with records comes one without.
    pub empty: bool,
    /// Nobody may read records.
    pub denied: bool,
}

/// A running server, and what it was asked.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    stream: Stream,
    asked: AtomicUsize,
}

impl Server {
    /// How often records were asked for.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.state.asked.load(Ordering::SeqCst)
    }
}

/// Serves `stream` until the process ends. Requests must be signed by [`KEY_ID`]; its signature is not
/// checked.
///
/// # Panics
/// If there is no free port.
#[must_use]
pub fn serve(stream: Stream) -> Server {
    let state = Arc::new(State {
        stream,
        asked: AtomicUsize::new(0),
    });
    let (runtime, listener) = listen(0).expect("a port to listen on");
    let address = listener.local_addr().expect("a bound port");
    let own = state.clone();
    std::thread::spawn(move || {
        runtime.block_on(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let state = own.clone();
                let service = service_fn(move |request| respond(state.clone(), request));
                tokio::spawn(async move {
                    let server = http1::Builder::new();
                    // Clients may leave at any time.
                    let _ = server.serve_connection(TokioIo::new(socket), service).await;
                });
            }
        });
    });
    Server { address, state }
}

/// An answer, or the type of an error with its message.
type Answer = Result<Value, (&'static str, String)>;

async fn respond(
    state: Arc<State>,
    request: Request<Incoming>,
) -> hyper::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let (status, text) = match state.answer(&head.headers, &body) {
        Ok(body) => (StatusCode::OK, body),
        Err((kind, message)) => {
            let body = json!({"__type": kind, "message": message});
            (StatusCode::BAD_REQUEST, body)
        }
    };
    let mut response = Response::new(Full::from(text.to_string()));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/x-amz-json-1.1");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    Ok(response)
}

impl State {
    fn answer(&self, headers: &HeaderMap, body: &[u8]) -> Answer {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if !text("authorization").is_some_and(|signed| signed.contains(KEY_ID)) {
            let message = "The security token included in the request is invalid.";
            return Err(("UnrecognizedClientException", message.to_owned()));
        }
        let asked: Value = serde_json::from_slice(body)
            .map_err(|error| ("SerializationException", error.to_string()))?;
        match text("x-amz-target").and_then(|target| target.rsplit('.').next()) {
            Some("ListShards") => self.list(&asked),
            Some("GetShardIterator") => self.iterator(&asked),
            Some("GetRecords") => self.records(&asked),
            other => Err(("UnknownOperationException", format!("{other:?}"))),
        }
    }

    /// Whether the request names the stream, by name or ARN.
    fn named(&self, asked: &Value) -> Result<(), (&'static str, String)> {
        let name = &*self.stream.name;
        let by_name = asked["StreamName"] == name;
        let arn = asked["StreamARN"].as_str().unwrap_or_default();
        if by_name || arn.ends_with(&format!(":stream/{name}")) {
            return Ok(());
        }
        let message = "Stream x under account 111122223333 not found.";
        Err(("ResourceNotFoundException", message.to_owned()))
    }

    fn list(&self, asked: &Value) -> Answer {
        let first = match asked["NextToken"].as_str() {
            None => {
                self.named(asked)?;
                0
            }
            Some(_) if !asked["StreamName"].is_null() => {
                let message = "NextToken and StreamName cannot be provided together.";
                return Err(("InvalidArgumentException", message.to_owned()));
            }
            Some(token) => token.parse().unwrap_or(usize::MAX),
        };
        let shards = &self.stream.shards;
        let page = match self.stream.page {
            0 => usize::MAX,
            page => page,
        };
        let listed: Vec<Value> = shards.iter().skip(first).take(page).map(listed).collect();
        let next = first + listed.len();
        let more = next < shards.len();
        Ok(json!({"Shards": listed, "NextToken": more.then(|| next.to_string())}))
    }

    fn iterator(&self, asked: &Value) -> Answer {
        self.named(asked)?;
        let shard = self.shard(asked["ShardId"].as_str().unwrap_or_default())?;
        let at = match asked["StartingSequenceNumber"].as_str() {
            None => 0,
            Some(number) => number.parse::<usize>().unwrap_or(usize::MAX - 1) + 1,
        };
        Ok(json!({"ShardIterator": format!("{} {at} new", shard.id)}))
    }

    fn records(&self, asked: &Value) -> Answer {
        let count = self.asked.fetch_add(1, Ordering::SeqCst);
        let faults = self.stream.faults;
        let iterator = asked["ShardIterator"].as_str().unwrap_or_default();
        let parts: Vec<&str> = iterator.split(' ').collect();
        let [id, at, kind] = parts[..] else {
            return Err((
                "InvalidArgumentException",
                "Invalid ShardIterator.".to_owned(),
            ));
        };
        if faults.denied {
            let message = "User: u is not authorized to perform: kinesis:GetRecords";
            return Err(("AccessDeniedException", message.to_owned()));
        }
        if count < faults.throttled {
            let message = format!("Rate exceeded for shard {id}.");
            return Err(("ProvisionedThroughputExceededException", message));
        }
        if (1..=faults.expired).contains(&(count - faults.throttled)) {
            let message = "Iterator expired.";
            return Err(("ExpiredIteratorException", message.to_owned()));
        }
        let shard = self.shard(id)?;
        let at: usize = at.parse().unwrap_or(usize::MAX);
        if faults.empty && kind == "new" && at < shard.records.len() {
            let next = format!("{id} {at} again");
            return Ok(
                json!({"Records": [], "NextShardIterator": next, "MillisBehindLatest": 9000}),
            );
        }
        let most = match self.stream.answer {
            0 => usize::MAX,
            most => most,
        };
        let rest = shard.records.iter().enumerate().skip(at).take(most);
        let records: Vec<Value> = rest.map(|(index, data)| record(index, data)).collect();
        let next = at.saturating_add(records.len());
        let left = shard.records.len().saturating_sub(next);
        // A closed shard has no iterator behind its last record.
        let ends = shard.closed && left == 0;
        Ok(json!({
            "Records": records,
            "NextShardIterator": (!ends).then(|| format!("{id} {next} new")),
            "MillisBehindLatest": left * 1000,
        }))
    }

    fn shard(&self, id: &str) -> Result<&Shard, (&'static str, String)> {
        let found = self.stream.shards.iter().find(|shard| shard.id == id);
        found.ok_or_else(|| {
            (
                "ResourceNotFoundException",
                format!("Shard {id} not found."),
            )
        })
    }
}

fn listed(shard: &Shard) -> Value {
    json!({
        "ShardId": shard.id,
        "ParentShardId": shard.parents.first(),
        "AdjacentParentShardId": shard.parents.get(1),
        "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "1"},
        "SequenceNumberRange": {
            "StartingSequenceNumber": "0",
            "EndingSequenceNumber": shard.closed.then(|| shard.records.len().to_string()),
        },
    })
}

fn record(index: usize, data: &[u8]) -> Value {
    json!({
        "SequenceNumber": index.to_string(),
        "ApproximateArrivalTimestamp": 1_714_979_400.5 + index as f64,
        "Data": STANDARD.encode(data),
        "PartitionKey": "k",
    })
}
