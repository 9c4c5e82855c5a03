//! Sources of credentials over HTTP are as little believed as others: no redirect, no flood.

use std::time::Duration;

use aws_credential_types::provider::ProvideCredentials as _;
use sealion_aws::{said, Connection, Patience, Settings};
use sealion_stubs::hostile::{serve, Answer, Request};
use sealion_stubs::url;

/// What a container's source of credentials is asked with.
const TOKEN: &str = "a-token-for-one-server-alone";

/// What comes of credentials where a container's source answers so.
fn asked(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Result<String, String> {
    let server = serve(answer);
    let settings = Settings {
        region: Some("us-east-1".to_owned()),
        patience: Patience {
            connect: Duration::from_secs(5),
            silent: Duration::from_millis(300),
            answer: Duration::from_millis(900),
        },
        ..Settings::default()
    };
    std::env::set_var(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        url(server.address) + "/c",
    );
    let connection = Connection::open(&settings).unwrap();
    let provider = connection.config().credentials_provider().unwrap();
    let found = connection.spawn(async move { provider.provide_credentials().await });
    let found = found.wait().unwrap();
    assert!(server.seen()[0].head.contains(TOKEN));
    let found = found.map(|found| found.access_key_id().to_owned());
    found.map_err(|error| said(&error))
}

/// One test, since all of it needs the environment for itself.
#[test]
fn a_source_of_credentials_neither_sends_on_nor_floods() {
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
        std::env::remove_var(name);
    }
    std::env::set_var("AWS_CONTAINER_AUTHORIZATION_TOKEN", TOKEN);
    std::env::set_var("AWS_CONFIG_FILE", "no such file");
    std::env::set_var("AWS_SHARED_CREDENTIALS_FILE", "no such file");
    std::env::set_var("AWS_EC2_METADATA_DISABLED", "true");
    let credentials = r#"{"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"s","Token":"t",
        "Expiration":"2099-01-01T00:00:00Z"}"#;
    let honest = move |_: &Request| Answer::new("200 OK", credentials);
    assert_eq!(asked(honest).as_deref(), Ok("AKIDEXAMPLE"));
    let elsewhere = serve(honest);
    let to = url(elsewhere.address);
    let error = asked(move |_| Answer::new("307 Elsewhere", "").header("location", &to));
    assert!(error.unwrap_err().contains("no redirect is followed"));
    assert!(elsewhere.seen().is_empty());
    let pause = Duration::from_millis(20);
    for (answer, expected) in [
        (
            Answer::new("200 OK", "").endless([b' '; 64 << 10]),
            "more than 1048576 bytes",
        ),
        (
            Answer::new("200 OK", "").announced(1 << 40).stuck(),
            "more than 1048576 bytes",
        ),
        (
            Answer::new("200 OK", " ").dripping(" ", pause),
            "expected 1024 a second",
        ),
    ] {
        let error = asked(move |_| answer.clone()).unwrap_err();
        assert!(error.contains(expected), "{error}\nand not: {expected}");
    }
}
