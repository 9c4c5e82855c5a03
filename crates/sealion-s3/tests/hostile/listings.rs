//! A listing is whole, or it is none.

use super::*;

/// Holds an error to what it must say.
fn says(error: &str, expected: &str) {
    assert!(error.contains(expected), "{error}\nand not: {expected}");
    assert!(
        error.contains("the listing cannot be relied on: expected "),
        "{error}"
    );
}

#[test]
fn what_is_no_page_is_no_empty_folder() {
    let object = object("p/a", 1);
    let whole =
        format!("<ListBucketResult><IsTruncated>false</IsTruncated>{object}</ListBucketResult>");
    for (body, found) in [
        ("", "found nothing"),
        ("{}", ""),
        ("<html><body>It works!</body></html>", "html"),
        ("<ListBucketResult/>", "IsTruncated"),
        (&whole[..whole.len() - 1], ""),
        (&whole[..whole.len() / 2], ""),
        (&(whole.clone() + &whole), "more behind it"),
        (
            "<Error><Code>InternalError</Code><Message>try again</Message></Error>",
            "InternalError: try again",
        ),
        ("<Error><Code>NoSuchBucket</Code></Error>", "NoSuchBucket"),
    ] {
        let body = body.to_owned();
        let error = refused(move |_| Answer::new("200 OK", body.clone()));
        says(&error, "expected a whole ListBucketResult");
        says(&error, found);
    }
}

#[test]
fn a_page_says_whether_another_one_follows() {
    let token = "<NextContinuationToken>t</NextContinuationToken>";
    for inner in [
        "<IsTruncated>true</IsTruncated>".to_owned(),
        "<IsTruncated>true</IsTruncated><NextContinuationToken/>".to_owned(),
        format!("<IsTruncated>false</IsTruncated>{token}"),
    ] {
        let error = refused(move |_| page(&(inner.clone() + &object("p/a", 1))));
        says(&error, "a NextContinuationToken if IsTruncated is true");
    }
}

#[test]
fn pages_bring_what_is_new_or_the_listing_ends() {
    // The same page for ever.
    says(
        &refused(|_| truncated(&[object("p/a", 1)], "t")),
        "keys in rising order, each once, found \"p/a\" after \"p/a\"",
    );
    says(
        &refused(|_| truncated(&[], "t")),
        "another NextContinuationToken",
    );
    // Tokens that differ, and nothing else.
    let error = refused(|request| {
        let last = request.parameter("continuation-token").unwrap_or("0");
        let number: u64 = last.parse().unwrap();
        truncated(&[], &(number + 1).to_string())
    });
    says(&error, "found 1001 pages without one");
    let long = "t".repeat(100_000);
    says(
        &refused(move |_| truncated(&[object("p/a", 1)], &long)),
        "one of 100000 bytes",
    );
}

#[test]
fn keys_rise_and_are_those_that_were_asked_for() {
    for (keys, found) in [
        (["p/b", "p/a"], "\"p/a\" after \"p/b\""),
        (["p/a", "p/a"], "\"p/a\" after \"p/a\""),
        (["other/a", "p/a"], "\"other/a\""),
        (["p/a", "q"], "\"q\""),
        (["", "p/a"], "\"\""),
        (["p&#10;VERIFIED", "p/a"], "\"p\\nVERIFIED\""),
    ] {
        says(
            &refused(move |_| whole(&keys.map(|key| object(key, 1)))),
            found,
        );
    }
    let error = refused(|request| match request.parameter("continuation-token") {
        None => truncated(&[object("p/b", 1)], "t"),
        Some(_) => whole(&[object("p/a", 1)]),
    });
    says(&error, "\"p/a\" after \"p/b\"");
}
