//! The program on servers that mean harm, in builds with the feature `aws`: what it says, that it ends, and what
//! memory it takes.

use std::process::{Command, Output};

use sealion_stubs::hostile::{serve, Answer, Request};
use sealion_stubs::{url, KEY_ID, SECRET};

/// Kilobytes of address space that the program gets: enough for its threads and for every bound, and soon filled
/// by what has none.
const ADDRESS_SPACE: &str = "2000000";

/// Runs the program in so much memory against a server that answers so.
fn sealion(
    arguments: &str,
    answer: impl Fn(&Request) -> Answer + Send + Sync + 'static,
) -> (Option<i32>, String) {
    let server = serve(answer);
    let script = "ulimit -v $0 && exec \"$@\"";
    let mut command = Command::new("bash");
    command.args(["-c", script, ADDRESS_SPACE, env!("CARGO_BIN_EXE_sealion")]);
    let output: Output = command
        .args(arguments.split(' '))
        .args([
            "--endpoint-url",
            &url(server.address),
            "--region",
            "us-east-1",
        ])
        .env_remove("AWS_PROFILE")
        .env("AWS_ACCESS_KEY_ID", KEY_ID)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .output()
        .unwrap();
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(!told.replace('\n', "").contains(char::is_control), "{told}");
    (output.status.code(), told)
}

fn listing(inner: &str) -> Answer {
    let xml =
        format!("<ListBucketResult><IsTruncated>false</IsTruncated>{inner}</ListBucketResult>");
    Answer::new("200 OK", xml)
}

const SHARDS: &str = r#"{"Shards":[{"ShardId":"s-0","HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"1"},
    "SequenceNumberRange":{"StartingSequenceNumber":"0"}}]}"#;

const EVERY: [&str; 3] = [
    "verify s3://b/p/",
    "verify kinesis://b",
    "fetch digest --ledger b",
];

#[test]
fn an_answer_without_end_does_not_fill_memory() {
    for arguments in EVERY {
        for status in ["200 OK", "400 Bad Request"] {
            let blanks = vec![b' '; 1 << 20];
            let endless = move |_: &Request| Answer::new(status, "").endless(blanks.clone());
            let (code, told) = sealion(arguments, endless);
            assert_eq!(code, Some(2), "{arguments}: {told}");
            assert!(
                told.contains("the answer has more than"),
                "{arguments}: {told}"
            );
        }
    }
}

#[test]
fn no_room_is_made_for_what_is_only_announced() {
    for arguments in EVERY {
        let huge = |_: &Request| Answer::new("200 OK", "").announced(1 << 40).stuck();
        let (code, told) = sealion(arguments, huge);
        assert_eq!(code, Some(2), "{arguments}: {told}");
        assert!(
            told.contains("the answer has more than"),
            "{arguments}: {told}"
        );
    }
    // An object of that size is listed, and there is none.
    let (code, told) = sealion("verify s3://b/p/", |request| {
        match request.parameter("list-type") {
            Some(_) => listing("<Contents><Key>p/a</Key><Size>1099511627776</Size></Contents>"),
            None => Answer::new("206 Partial Content", "")
                .header("content-range", "bytes 0-131071/1099511627776")
                .header("last-modified", "Wed, 30 Jul 2025 23:00:00 GMT")
                .endless(vec![b' '; 1 << 20])
                .announced(1 << 40),
        }
    });
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("the answer has more than"), "{told}");
}

#[test]
fn records_without_end_do_not_fill_memory() {
    let (code, told) = sealion("verify kinesis://b", |request| {
        let head = request.head.to_lowercase();
        match () {
            () if head.contains("listshards") => Answer::new("200 OK", SHARDS),
            () if head.contains("getsharditerator") => {
                Answer::new("200 OK", r#"{"ShardIterator":"0"}"#)
            }
            () => {
                let record = r#"{"SequenceNumber":"1","Data":"eA==","PartitionKey":"k"},"#;
                Answer::new("200 OK", r#"{"Records":["#).endless(record.repeat(10_000))
            }
        }
    });
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("the answer has more than"), "{told}");
}

#[test]
fn a_redirect_is_exit_2_and_one_line() {
    for arguments in EVERY {
        let elsewhere = serve(|_| listing(""));
        let to = url(elsewhere.address);
        let (code, told) = sealion(arguments, move |_| {
            Answer::new("307 Temporary Redirect", "").header("location", &to)
        });
        assert_eq!(code, Some(2), "{told}");
        assert!(told.contains("no redirect is followed"), "{told}");
        assert!(
            told.starts_with("sealion: ") && told.lines().count() <= 2,
            "{told}"
        );
        assert!(elsewhere.seen().is_empty());
    }
}

#[test]
fn what_is_no_listing_is_no_empty_folder() {
    for body in [
        "",
        "<Error><Code>InternalError</Code></Error>",
        "<ListBucketResult/>",
    ] {
        for verb in ["verify", "show", "verify --dry-run"] {
            let (code, told) = sealion(&format!("{verb} s3://b/p/"), move |_| {
                Answer::new("200 OK", body)
            });
            assert_eq!(code, Some(2), "{told}");
            assert!(told.contains("the listing cannot be relied on"), "{told}");
        }
    }
}

#[test]
fn nothing_that_a_server_says_is_printed_raw() {
    let hostile = "&#27;[2J&#10;VERIFIED&#13;";
    for (answer, expected) in [
        (
            Answer::new("403 No", format!("<Error><Code>{hostile}</Code></Error>")),
            "\n",
        ),
        (
            Answer::new("200 OK", format!("<Error><Code>{hostile}</Code></Error>")),
            "\\u{1b}[2J",
        ),
        (
            Answer::new("403 No", "<Error><Code>\u{1b}[2J\nVERIFIED</Code></Error>"),
            "\\u{1b}[2J",
        ),
        (
            listing(&format!(
                "<Contents><Key>q{hostile}</Key><Size>1</Size></Contents>"
            )),
            "[2J",
        ),
    ] {
        let (code, told) = sealion("verify s3://b/p/", move |_| answer.clone());
        assert_eq!(code, Some(2), "{told}");
        assert!(
            told.contains(expected) && !told.contains("\nVERIFIED"),
            "{told}"
        );
    }
    let (code, told) = sealion("verify s3://b/p/ --dry-run", move |_| {
        listing(&format!(
            "<Contents><Key>p/{hostile}</Key><Size>0</Size></Contents>"
        ))
    });
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("\\u{1b}[2J\\nVERIFIED\\r"), "{told}");
}
