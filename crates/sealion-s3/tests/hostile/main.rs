//! Answers that no honest S3 gives: each is an error that says why, never another bucket, a shorter folder, a full
//! memory or a run without end.

mod bodies;
mod keys;
mod listings;
mod redirects;

use std::io::Read as _;
use std::net::SocketAddr;
use std::time::Duration;

use sealion::source::Archive as _;
use sealion_aws::{Connection, Patience, Settings};
use sealion_s3::S3;
use sealion_stubs::hostile::{serve, set_credentials, Answer, Request, Server, TOKEN};
use sealion_stubs::{url, SECRET};

/// An archive of what the server lists under `s3://b/p/`.
fn open(to: SocketAddr) -> Result<S3, String> {
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
    let opened = S3::open(&connection, "s3://b/p/", |_| {});
    opened.map_err(|error| error.to_string())
}

/// Why a listing that is answered so is not taken.
fn refused(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> String {
    let error = open(serve(answer).address).unwrap_err();
    assert!(error.starts_with("cannot read s3://b/p/: "), "{error}");
    assert!(!error.contains(SECRET) && !error.contains(TOKEN), "{error}");
    error
}

/// Reads the one object of `SIZE` bytes that is listed, while it is answered so.
fn read(answer: impl Fn() -> Answer + Send + Sync + 'static) -> Result<Vec<u8>, String> {
    let server = serve(move |request| match request.parameter("list-type") {
        Some(_) => whole(&[object("p/a.ion", SIZE)]),
        None => answer(),
    });
    read_from(&server)
}

fn read_from(server: &Server) -> Result<Vec<u8>, String> {
    let archive = open(server.address).unwrap();
    let object = archive.objects().unwrap().remove(0);
    let mut bytes = Vec::new();
    let mut reader = archive.open(&object).map_err(|error| error.to_string())?;
    let outcome = reader.read_to_end(&mut bytes);
    outcome.map(|_| bytes).map_err(|error| error.to_string())
}

/// Bytes of the object that [`read`] reads.
const SIZE: u64 = 10;

/// The object's answer as an honest server gives it.
fn honest() -> Answer {
    part("206 Partial Content", b"0123456789")
}

fn part(status: &str, body: &[u8]) -> Answer {
    Answer::new(status, body)
        .header("content-range", "bytes 0-9/10")
        .header("etag", "\"e\"")
        .header("last-modified", "Wed, 30 Jul 2025 23:00:00 GMT")
}

fn object(key: &str, size: u64) -> String {
    format!(
        "<Contents><Key>{key}</Key><LastModified>2025-07-30T23:00:00.000Z</LastModified>\
         <ETag>\"e\"</ETag><Size>{size}</Size></Contents>"
    )
}

/// A page with these members.
fn page(inner: &str) -> Answer {
    let xml = format!(
        "<?xml version=\"1.0\"?><ListBucketResult><Name>b</Name>{inner}</ListBucketResult>"
    );
    Answer::new("200 OK", xml).header("content-type", "application/xml")
}

/// The only page of a listing.
fn whole(objects: &[String]) -> Answer {
    page(&format!(
        "<IsTruncated>false</IsTruncated>{}",
        objects.concat()
    ))
}

/// A page that another one follows.
fn truncated(objects: &[String], token: &str) -> Answer {
    page(&format!(
        "<IsTruncated>true</IsTruncated>{}<NextContinuationToken>{token}</NextContinuationToken>",
        objects.concat()
    ))
}

#[test]
fn an_honest_server_of_this_kind_is_read() {
    assert_eq!(read(honest).unwrap(), b"0123456789");
    let server = serve(|request| match request.parameter("continuation-token") {
        None => truncated(&[object("p/1", 1)], "t1"),
        // S3 gives such a page where many objects were deleted.
        Some("t1") => truncated(&[], "t2"),
        Some(_) => whole(&[object("p/2", 2)]),
    });
    let archive = open(server.address).unwrap();
    assert_eq!(archive.bytes(), 3);
    assert_eq!(archive.objects().unwrap().len(), 2);
}
