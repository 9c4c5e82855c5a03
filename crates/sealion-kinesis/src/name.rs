//! What names a stream.

use std::fmt;
use std::str::FromStr;

/// A stream, by its name or its ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// As it was written.
    text: String,
    /// Its name, of 1 to 128 characters.
    pub name: String,
    /// Its ARN, if it was named by it.
    pub arn: Option<String>,
    /// The region in the ARN.
    pub region: Option<String>,
}

/// A text that names no stream.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected kinesis://STREAM or arn:aws:kinesis:REGION:ACCOUNT:stream/STREAM, the name of 1 to 128 \
     letters, digits, '_', '.' and '-', found {0}"
)]
pub struct ParseStreamError(String);

impl FromStr for Stream {
    type Err = ParseStreamError;

    fn from_str(text: &str) -> Result<Stream, ParseStreamError> {
        let refused = || ParseStreamError(text.to_owned());
        let (name, arn, region) = match text.strip_prefix("kinesis://") {
            Some(rest) => (rest.strip_suffix('/').unwrap_or(rest), None, None),
            None => {
                let (name, region) = of_arn(text).ok_or_else(refused)?;
                (name, Some(text.to_owned()), Some(region.to_owned()))
            }
        };
        // StreamName in the service's model: [a-zA-Z0-9_.-]+, 1 to 128.
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        if !(1..=128).contains(&name.len()) || !name.chars().all(fits) {
            return Err(refused());
        }
        Ok(Stream {
            text: text.strip_suffix('/').unwrap_or(text).to_owned(),
            name: name.to_owned(),
            arn,
            region,
        })
    }
}

/// Name and region in `arn:PARTITION:kinesis:REGION:ACCOUNT:stream/NAME`.
fn of_arn(text: &str) -> Option<(&str, &str)> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [arn, partition, service, region, account, resource] = parts[..] else {
        return None;
    };
    let whole = arn == "arn" && service == "kinesis";
    let filled = ![partition, region, account].contains(&"");
    let name = resource.strip_prefix("stream/")?;
    (whole && filled).then_some((name, region))
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_arns() {
        let named: Stream = "kinesis://ledger-1.x_y/".parse().unwrap();
        assert_eq!((&*named.name, &named.arn), ("ledger-1.x_y", &None));
        assert_eq!(named.to_string(), "kinesis://ledger-1.x_y");
        let text = "arn:aws-cn:kinesis:cn-north-1:111122223333:stream/ledger";
        let stream: Stream = text.parse().unwrap();
        assert_eq!(stream.name, "ledger");
        assert_eq!(stream.region.as_deref(), Some("cn-north-1"));
        assert_eq!(stream.arn.as_deref(), Some(text));
    }

    #[test]
    fn what_names_no_stream_is_refused_with_what_was_expected() {
        let long = format!("kinesis://{}", "a".repeat(129));
        for text in [
            "ledger",
            "kinesis://",
            "kinesis://a/b",
            "kinesis://a?b",
            &long,
            "arn:aws:kinesis:eu-west-1:1:consumer/x",
            "arn:aws:kinesis::1:stream/x",
            "arn:aws:s3:eu-west-1:1:stream/x",
            "arn:aws:kinesis:eu-west-1:1:stream/",
        ] {
            let error = text.parse::<Stream>().unwrap_err().to_string();
            assert!(error.ends_with(text), "{error}");
            assert!(error.starts_with("expected kinesis://STREAM"), "{error}");
        }
    }
}
