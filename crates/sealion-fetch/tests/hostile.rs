//! Answers that no honest endpoint gives: each is an error that says why.

use std::net::SocketAddr;
use std::time::Duration;

use sealion_aws::{Connection, Patience, Settings};
use sealion_fetch::{Error, Ledger, ANSWER_BYTES_MAX};
use sealion_stubs::hostile::{serve, set_credentials, Answer, Request, Server, TOKEN};
use sealion_stubs::{url, SECRET};

fn ledger(to: SocketAddr) -> Ledger {
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
    Ledger::new(&Connection::open(&settings).unwrap(), "boats")
}

fn json(body: impl Into<Vec<u8>>) -> Answer {
    Answer::new("200 OK", body).header("content-type", "application/json")
}

/// Why an answer to GetDigest is not taken.
fn refused(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> (Error, Server) {
    let server = serve(answer);
    let error = ledger(server.address).digest().unwrap_err();
    let told = format!("{error} {error:?}");
    assert!(!told.contains(SECRET) && !told.contains(TOKEN), "{told}");
    (error, server)
}

fn says(error: &Error, expected: &str) {
    let error = error.to_string();
    assert!(error.contains(expected), "{error}\nand not: {expected}");
}

#[test]
fn no_redirect_is_followed() {
    for status in ["301", "302", "303", "307", "308"] {
        let elsewhere = serve(|_| json("{}"));
        let to = url(elsewhere.address);
        let place = to.clone();
        let (error, _) = refused(move |_| {
            Answer::new(&format!("{status} Elsewhere"), "").header("location", &place)
        });
        says(&error, &format!("sends on to {to} (status {status})"));
        assert!(elsewhere.seen().is_empty(), "{status}");
    }
}

#[test]
fn an_answer_has_a_bound_and_is_not_asked_for_again() {
    let bound = format!("the answer has more than {ANSWER_BYTES_MAX} bytes");
    let pause = Duration::from_millis(20);
    // A reader that recurses ends the process.
    let deep = format!(r#"{{"Unknown":{}"#, "[".repeat(1_000_000));
    for (answer, expected) in [
        (json("").endless([b' '; 64 << 10]), &*bound),
        (json("").announced(1 << 40).stuck(), &bound),
        (
            Answer::new("400 Bad Request", "").endless([b'x'; 64 << 10]),
            &bound,
        ),
        (json(&*deep), "nested deeper than 64 levels"),
        (
            Answer::new("400 Bad Request", &*deep),
            "nested deeper than 64 levels",
        ),
        (
            Answer::new("503 Slow Down", "").endless([b'x'; 64 << 10]),
            &bound,
        ),
        (
            json(" ").dripping(" ", pause),
            "expected 1024 a second at least",
        ),
        (
            json("").dripping([b' '; 1000], pause),
            "the answer was not whole after 1.5s",
        ),
    ] {
        let (error, server) = refused(move |_| answer.clone());
        assert!(matches!(error, Error::Unfit { .. }), "{error:?}");
        says(&error, expected);
        assert_eq!(server.seen().len(), 1, "{error}");
    }
}

#[test]
fn what_is_cut_is_malformed() {
    for body in ["", "{}", "{\"Digest\":\"", "<html/>"] {
        let body = body.to_owned();
        let (error, _) = refused(move |_| json(body.clone()));
        assert!(matches!(error, Error::Malformed { .. }), "{error:?}");
    }
}

#[test]
fn pages_of_exports_bring_what_is_new_or_are_an_error() {
    let exports = |answer: fn(&Request) -> Answer| {
        let server = serve(answer);
        ledger(server.address).exports().unwrap_err()
    };
    says(
        &exports(|_| json("{}")),
        "expected JournalS3Exports, found none",
    );
    says(
        &exports(|_| json(r#"{"JournalS3Exports":[],"NextToken":"t"}"#)),
        "expected another NextToken",
    );
    let again = exports(|request| {
        let token = if request.head.contains("next_token=a") {
            "b"
        } else {
            "a"
        };
        json(format!(
            r#"{{"JournalS3Exports":[{{"LedgerName":"boats","ExportId":"e","ExportCreationTime":1,"Status":"COMPLETED",
            "InclusiveStartTime":0,"ExclusiveEndTime":1,"RoleArn":"r"}}],"NextToken":"{token}"}}"#
        ))
    });
    says(&again, "expected each export once, found e again");
}
