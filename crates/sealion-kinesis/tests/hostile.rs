//! Answers that no honest Kinesis gives: each is an error that says why, never a shorter shard, a full memory or a
//! run without end.

use std::net::SocketAddr;
use std::time::Duration;

use sealion::source::Archive as _;
use sealion_aws::{Connection, Patience, Settings};
use sealion_kinesis::{Kinesis, ANSWER_BYTES_MAX};
use sealion_stubs::hostile::{serve, set_credentials, Answer, Request, TOKEN};
use sealion_stubs::{url, SECRET};

const SHARDS: &str = r#"{"Shards":[{"ShardId":"s-0","HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"1"},
    "SequenceNumberRange":{"StartingSequenceNumber":"0"}}]}"#;

fn open(to: SocketAddr) -> Result<Kinesis, String> {
    set_credentials();
    let settings = Settings {
        region: Some("us-east-1".to_owned()),
        endpoint_url: Some(url(to)),
        patience: Patience {
            connect: Duration::from_secs(5),
            silent: Duration::from_millis(400),
            answer: Duration::from_millis(1500),
        },
        ..Settings::default()
    };
    let connection = Connection::open(&settings).unwrap();
    let opened = Kinesis::open(&connection, "kinesis://ledger", |_| {});
    opened.map_err(|error| error.to_string())
}

fn json(body: impl Into<Vec<u8>>) -> Answer {
    Answer::new("200 OK", body).header("content-type", "application/x-amz-json-1.1")
}

/// Why a list of shards that is answered so is not taken.
fn unlisted(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> String {
    let error = open(serve(answer).address).unwrap_err();
    assert!(
        error.starts_with("cannot read kinesis://ledger: "),
        "{error}"
    );
    assert!(!error.contains(SECRET) && !error.contains(TOKEN), "{error}");
    error
}

/// What comes of the one shard if GetRecords is answered so.
fn read(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Result<String, String> {
    let server = serve(move |request| {
        let head = request.head.to_lowercase();
        match () {
            () if head.contains("listshards") => json(SHARDS),
            () if head.contains("getsharditerator") => json(r#"{"ShardIterator":"0"}"#),
            () => answer(request),
        }
    });
    let archive = open(server.address).unwrap();
    let object = archive.objects().unwrap().remove(0);
    let text = std::io::read_to_string(archive.open(&object).unwrap());
    text.map_err(|error| error.to_string())
}

fn unread(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> String {
    read(answer).unwrap_err()
}

/// An answer with a record of each number, and this iterator behind them.
fn records(numbers: &[&str], next: Option<&str>, behind: &str) -> Answer {
    let record = |number: &&str| {
        format!(r#"{{"SequenceNumber":"{number}","Data":"eA==","PartitionKey":"k"}}"#)
    };
    let records: Vec<String> = numbers.iter().map(record).collect();
    let next = next.map_or("null".to_owned(), |next| format!("\"{next}\""));
    let records = records.join(",");
    json(format!(
        r#"{{"Records":[{records}],"NextShardIterator":{next},"MillisBehindLatest":{behind}}}"#
    ))
}

fn says(error: &str, expected: &str) {
    assert!(error.contains(expected), "{error}\nand not: {expected}");
}

#[test]
fn an_honest_server_of_this_kind_is_read() {
    let read = read(|request| match request.body.contains("\"0\"") {
        true => records(&["8", "9"], Some("1"), "5"),
        false => records(&["10"], None, "0"),
    });
    assert_eq!(read.unwrap().lines().count(), 3);
}

#[test]
fn no_redirect_is_followed() {
    let elsewhere = serve(|_| json(SHARDS));
    for status in ["301", "302", "303", "307", "308"] {
        let to = url(elsewhere.address);
        let answer = move |_: &Request| {
            Answer::new(&format!("{status} Elsewhere"), "").header("location", &to)
        };
        says(&unlisted(answer.clone()), "no redirect is followed");
        says(&unread(answer), "no redirect is followed");
    }
    assert!(elsewhere.seen().is_empty());
}

#[test]
fn a_list_of_shards_is_whole_or_an_error() {
    for (body, expected) in [
        ("", "expected Shards, found none"),
        ("{}", "expected Shards, found none"),
        (r#"{"Shards":null}"#, "expected Shards, found none"),
        (
            r#"{"Shards":[]}"#,
            "expected a shard, as every stream has one",
        ),
        (&SHARDS[..SHARDS.len() - 1], "none of Kinesis"),
        ("<html/>", "none of Kinesis"),
        (
            &SHARDS.replace("]}", r#"],"NextToken":"t"}"#),
            "expected each shard once",
        ),
        (
            r#"{"Shards":[],"NextToken":"t"}"#,
            "expected another NextToken",
        ),
    ] {
        let body = body.to_owned();
        says(&unlisted(move |_| json(body.clone())), expected);
    }
    // Tokens that differ, and nothing else.
    let number = std::sync::atomic::AtomicU64::new(0);
    let error = unlisted(move |_| {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        json(format!(r#"{{"Shards":[],"NextToken":"{number}"}}"#))
    });
    says(&error, "expected a last page");
}

#[test]
fn a_shard_goes_on_or_ends_in_an_error() {
    says(
        &unread(|_| records(&["1"], Some("0"), "9")),
        "expected another NextShardIterator",
    );
    says(
        &unread(|_| records(&[], Some("0"), "9")),
        "expected another NextShardIterator",
    );
    for (numbers, found) in [
        (["1", "1"], "\"1\" after \"1\""),
        (["10", "9"], "\"9\" after \"10\""),
        (["1", "x"], "\"x\""),
    ] {
        says(&unread(move |_| records(&numbers, Some("1"), "9")), found);
    }
    let again = unread(|request| match request.body.contains("\"0\"") {
        true => records(&["1"], Some("1"), "9"),
        false => records(&["1"], Some("0"), "9"),
    });
    says(&again, "\"1\" after \"1\"");
    for body in [
        "",
        "{}",
        r#"{"Records":[]}"#,
        r#"{"Records":[],"MillisBehindLatest":-1}"#,
    ] {
        says(
            &unread(move |_| json(body)),
            "expected MillisBehindLatest, found none",
        );
    }
    says(
        &unread(|_| json(r#"{"Records":[{"SequenceNumber":"1"#)),
        "none of Kinesis",
    );
    let deep = format!(r#"{{"Unknown":{}"#, "[".repeat(1_000_000));
    says(
        &unread(move |_| json(deep.clone())),
        "nested deeper than 64 levels",
    );
}

#[test]
fn an_iterator_that_is_none_is_no_end() {
    let server = serve(
        |request| match request.head.to_lowercase().contains("listshards") {
            true => json(SHARDS),
            false => json("{}"),
        },
    );
    let archive = open(server.address).unwrap();
    let object = archive.objects().unwrap().remove(0);
    let error = std::io::read_to_string(archive.open(&object).unwrap()).unwrap_err();
    says(&error.to_string(), "expected a ShardIterator, found none");
}

#[test]
fn an_answer_has_a_bound() {
    let bound = format!("the answer has more than {ANSWER_BYTES_MAX} bytes");
    let blanks = vec![b' '; 64 << 10];
    says(&unlisted(move |_| json("").endless(blanks.clone())), &bound);
    says(&unlisted(|_| json("").announced(1 << 40).stuck()), &bound);
    says(&unread(|_| json("").announced(1 << 40).stuck()), &bound);
    let words = vec![b'x'; 64 << 10];
    says(
        &unlisted(move |_| Answer::new("400 Bad Request", "").endless(words.clone())),
        &bound,
    );
    let pause = Duration::from_millis(20);
    says(
        &unlisted(move |_| json(" ").dripping(" ", pause)),
        "expected 1024 a second at least",
    );
    says(
        &unread(move |_| json(" ").dripping(" ", pause)),
        "expected 1024 a second at least",
    );
    let slow = unread(move |_| json("").dripping([b' '; 1000], pause));
    says(&slow, "the answer was not whole after 1.5s");
    let words = "x".repeat(50_000);
    let error = unlisted(move |_| {
        let body = format!(r#"{{"__type":"AccessDeniedException","message":"{words}"}}"#);
        Answer::new("400 Bad Request", body)
    });
    assert!(
        error.contains("AccessDeniedException: xxx") && error.len() < 2_000,
        "{error}"
    );
}
