//! `s3://bucket/prefix`, as the `aws` command writes it.

use std::fmt;
use std::str::FromStr;

/// A bucket and what keys in it begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Url {
    /// The bucket's name.
    pub bucket: String,
    /// A folder, with or without its last slash, or the key of one object; empty for the whole bucket.
    pub prefix: String,
}

impl S3Url {
    /// Whether a key is the prefix itself or lies in the folder of that name. `boats` is not the
    /// beginning of `boats-2/…`: two ledgers would become one journal.
    pub(crate) fn holds(&self, key: &str) -> bool {
        match key.strip_prefix(&self.prefix) {
            None => false,
            Some(rest) => {
                rest.is_empty()
                    || self.prefix.is_empty()
                    || self.prefix.ends_with('/')
                    || rest.starts_with('/')
            }
        }
    }
}

/// A text that names no bucket.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected s3://BUCKET or s3://BUCKET/PREFIX, found {0}")]
pub struct ParseUrlError(String);

impl FromStr for S3Url {
    type Err = ParseUrlError;

    fn from_str(text: &str) -> Result<S3Url, ParseUrlError> {
        let refused = || ParseUrlError(text.to_owned());
        let rest = text.strip_prefix("s3://").ok_or_else(refused)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        // The rules for bucket names are S3's to tell; these characters would change the request's URL.
        let odd = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        if bucket.is_empty() || bucket.contains(odd) {
            return Err(refused());
        }
        Ok(S3Url {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        })
    }
}

impl fmt::Display for S3Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> S3Url {
        text.parse().unwrap()
    }

    #[test]
    fn buckets_and_prefixes() {
        for (text, bucket, prefix) in [
            ("s3://archive", "archive", ""),
            ("s3://archive/", "archive", ""),
            ("s3://archive/ledger/2025", "archive", "ledger/2025"),
            ("s3://my.archive-1/a b/", "my.archive-1", "a b/"),
        ] {
            let found = url(text);
            assert_eq!((&*found.bucket, &*found.prefix), (bucket, prefix));
        }
        for text in [
            "archive/ledger",
            "s3://",
            "s3:///ledger",
            "s3://a?b/c",
            "s3://a@b",
        ] {
            let error = text.parse::<S3Url>().unwrap_err();
            assert!(error.to_string().ends_with(text), "{error}");
        }
    }

    #[test]
    fn a_prefix_is_a_folder_or_one_object() {
        let folder = url("s3://archive/boats");
        assert!(folder.holds("boats/2025/x.ion") && folder.holds("boats"));
        assert!(!folder.holds("boats-2/x.ion") && !folder.holds("other"));
        assert!(url("s3://archive/boats/").holds("boats/x.ion"));
        assert!(url("s3://archive").holds("anything"));
    }
}
