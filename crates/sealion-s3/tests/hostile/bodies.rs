//! Answers have a bound, in bytes and in time.

use super::*;
use sealion_s3::{ERROR_BYTES_MAX, LISTING_BYTES_MAX, PART_BYTES};

const HUGE: u64 = 1 << 40;

fn too_long(error: &str, bytes_max: u64) {
    let expected = format!("the answer has more than {bytes_max} bytes");
    assert!(error.contains(&expected), "{error}");
}

#[test]
fn a_listing_has_a_bound() {
    let blanks = vec![b' '; 64 << 10];
    too_long(
        &refused(move |_| Answer::new("200 OK", "").endless(blanks.clone())),
        LISTING_BYTES_MAX,
    );
    too_long(
        &refused(|_| Answer::new("200 OK", "").announced(HUGE).stuck()),
        LISTING_BYTES_MAX,
    );
    // Nothing that is short when it is written is long when it is read.
    let laughs = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]>\
                  <ListBucketResult><IsTruncated>&b;</IsTruncated></ListBucketResult>";
    let error = refused(move |_| Answer::new("200 OK", laughs));
    assert!(error.contains("the listing cannot be relied on"), "{error}");
    let deep = "<a>".repeat(1_000_000);
    let deep = format!("<ListBucketResult><IsTruncated>false</IsTruncated>{deep}");
    let error = refused(move |_| Answer::new("200 OK", deep.clone()));
    assert!(error.contains("the listing cannot be relied on"), "{error}");
}

#[test]
fn an_error_has_a_bound() {
    for status in [
        "403 Forbidden",
        "404 Not Found",
        "500 Internal Server Error",
    ] {
        let words = vec![b'x'; 1 << 10];
        too_long(
            &refused(move |_| Answer::new(status, "<Error>").endless(words.clone())),
            ERROR_BYTES_MAX,
        );
        too_long(
            &refused(move |_| Answer::new(status, "").announced(HUGE).stuck()),
            ERROR_BYTES_MAX,
        );
    }
    let words = "x".repeat(50_000);
    let error = refused(move |_| {
        let body = format!("<Error><Code>AccessDenied</Code><Message>{words}</Message></Error>");
        Answer::new("403 Forbidden", body)
    });
    assert!(
        error.contains("AccessDenied: xxx") && error.len() < 2_000,
        "{error}"
    );
    let page = "<html>403: no</html>".repeat(100);
    let error = refused(move |_| Answer::new("502 Bad Gateway", page.clone()));
    assert!(
        error.contains("the answer is none of S3 (status 502 Bad Gateway)"),
        "{error}"
    );
}

fn ranged(range: &str) -> Answer {
    Answer::new("206 Partial Content", b"0123456789".as_slice())
        .header("content-range", range)
        .header("last-modified", "Wed, 30 Jul 2025 23:00:00 GMT")
}

#[test]
fn an_object_has_the_bytes_that_were_asked_for() {
    for (answer, expected) in [
        (
            part("206 Partial Content", b"012345678"),
            "9 bytes of 10 came",
        ),
        (
            part("206 Partial Content", b"0123456789x"),
            "more than the 10 bytes asked for",
        ),
        (
            part("206 Partial Content", b"012345678").announced(10),
            "no answer",
        ),
        (
            part("206 Partial Content", b"0123456789")
                .announced(HUGE)
                .stuck(),
            "more than",
        ),
        (
            part("206 Partial Content", b"0123456789").endless("0123"),
            "none of S3",
        ),
        (part("200 OK", b"0123456789"), "none of S3"),
        (
            Answer::new("206 Partial Content", b"0123456789".as_slice()),
            "none of S3",
        ),
        (
            ranged("bytes 0-9/11"),
            "changed after it was listed (10 bytes, now 11)",
        ),
        (ranged("bytes 1-10/11"), "none of S3"),
        (ranged("bytes 9-0/10"), "none of S3"),
        (ranged("bytes 0-9/x"), "none of S3"),
    ] {
        let error = read(move || answer.clone()).unwrap_err();
        assert!(error.contains(expected), "{error}\nand not: {expected}");
    }
    let error = read(|| {
        part("206 Partial Content", b"")
            .announced(PART_BYTES + 1)
            .stuck()
    });
    too_long(&error.unwrap_err(), PART_BYTES);
}

#[test]
fn what_comes_drop_by_drop_is_given_up() {
    let pause = Duration::from_millis(20);
    let error = refused(move |_| Answer::new("200 OK", " ").dripping(" ", pause));
    assert!(error.contains("expected 1024 a second at least"), "{error}");
    let error = refused(move |_| Answer::new("403 Forbidden", "").dripping("x", pause));
    assert!(error.contains("expected 1024 a second at least"), "{error}");
    let error = refused(move |_| Answer::new("200 OK", "").dripping([b' '; 1000], pause));
    assert!(
        error.contains("the answer was not whole after 1.5s"),
        "{error}"
    );
    let error = refused(|_| {
        Answer::new("200 OK", "<ListBucketResult>")
            .announced(1000)
            .stuck()
    });
    assert!(
        error.contains("the answer brought 18 bytes in 400ms"),
        "{error}"
    );
    let error = read(|| part("206 Partial Content", b"0").announced(SIZE).stuck()).unwrap_err();
    assert!(
        error.contains("the answer brought 1 bytes in 400ms"),
        "{error}"
    );
}
