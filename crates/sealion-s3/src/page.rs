//! One page of a listing, as S3 writes it.
//!
//! `object_store` takes any XML for a page, an `<Error>` and an empty document too, does not look at
//! `IsTruncated`, refuses a page for one key that it cannot ask for, and takes slashes from keys. What is not
//! listed is not verified, so pages are read here and must say all of what they are.
//!
//! Source: Amazon S3 API Reference, "ListObjectsV2".

use quick_xml::de::Deserializer;
use sealion_aws::shortened;
use serde::de::IgnoredAny;
use serde::Deserialize;

/// What an answer may be.
#[derive(Deserialize)]
enum Answer {
    ListBucketResult(Page),
    Error(Refusal),
}

/// An error of S3 under a status of success.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct Refusal {
    code: String,
    message: String,
}

/// A page.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Page {
    is_truncated: bool,
    next_continuation_token: Option<String>,
    key_count: Option<usize>,
    #[serde(default)]
    pub(crate) contents: Vec<Listed>,
    #[serde(default)]
    common_prefixes: Vec<IgnoredAny>,
}

/// An object.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Listed {
    pub(crate) key: String,
    pub(crate) size: u64,
    pub(crate) last_modified: Option<String>,
    #[serde(rename = "ETag")]
    pub(crate) e_tag: Option<String>,
}

/// An answer that is no page, or contradicts itself or others.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the listing cannot be relied on: expected {expected}, found {found}; check the endpoint")]
pub(crate) struct BadPage {
    expected: &'static str,
    found: String,
}

impl BadPage {
    pub(crate) fn new(expected: &'static str, found: impl Into<String>) -> BadPage {
        BadPage {
            expected,
            found: shortened(&found.into()),
        }
    }
}

impl Page {
    /// Reads the whole of an answer.
    pub(crate) fn parse(answer: &[u8]) -> Result<Page, BadPage> {
        let expected = "a whole ListBucketResult in XML";
        if answer.iter().all(u8::is_ascii_whitespace) {
            return Err(BadPage::new(expected, "nothing"));
        }
        let text = std::str::from_utf8(answer)
            .map_err(|error| BadPage::new(expected, error.to_string()))?;
        // Nothing but white space may be left behind the page.
        let mut xml = Deserializer::from_str(text.trim_ascii_end());
        let page = match Answer::deserialize(&mut xml) {
            Ok(Answer::ListBucketResult(page)) => page,
            Ok(Answer::Error(Refusal { code, message })) => {
                return Err(BadPage::new(expected, format!("{code}: {message}")));
            }
            Err(error) => return Err(BadPage::new(expected, error.to_string())),
        };
        if !xml.is_empty() {
            return Err(BadPage::new(expected, "more behind it"));
        }
        page.check()?;
        Ok(page)
    }

    fn check(&self) -> Result<(), BadPage> {
        let keys = self.contents.len();
        if !self.common_prefixes.is_empty() {
            let expected = "all keys";
            return Err(BadPage::new(expected, "CommonPrefixes in place of some"));
        }
        if let Some(count) = self.key_count.filter(|count| *count != keys) {
            let found = format!("a KeyCount of {count} and {keys} keys");
            return Err(BadPage::new("as many keys as KeyCount says", found));
        }
        let expected = "a NextContinuationToken if IsTruncated is true, and none otherwise";
        match (self.is_truncated, self.token()) {
            (true, None) => Err(BadPage::new(expected, "true and no token")),
            (false, Some(_)) => Err(BadPage::new(expected, "false and a token")),
            _ => Ok(()),
        }
    }

    /// What the next page is asked for with, if there is one.
    pub(crate) fn token(&self) -> Option<&str> {
        let token = self.next_continuation_token.as_deref();
        token.filter(|token| !token.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(inner: &str) -> String {
        format!("<?xml version=\"1.0\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>{inner}</ListBucketResult>\n")
    }

    fn object(key: &str) -> String {
        format!("<Contents><Key>{key}</Key><LastModified>2025-07-30T23:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>")
    }

    #[test]
    fn keys_come_as_they_are() {
        for (written, key) in [
            ("a//b", "a//b"),
            ("/a/", "/a/"),
            ("../../etc/passwd", "../../etc/passwd"),
            (" a  b ", " a  b "),
            ("a&#10;&#x1b;[2J&amp;&lt;", "a\n\u{1b}[2J&<"),
            ("&#10;a&#9;", "\na\t"),
            ("<![CDATA[a]]>&#x20;b", "a b"),
            ("&amp;quot;", "&quot;"),
        ] {
            let text = page(&format!(
                "{}<IsTruncated>false</IsTruncated>",
                object(written)
            ));
            let page = Page::parse(text.as_bytes()).unwrap();
            assert_eq!(page.contents[0].key, key);
            assert_eq!(page.contents[0].e_tag.as_deref(), Some("\"e\""));
        }
    }

    #[test]
    fn a_page_is_whole_or_an_error() {
        let good = page(&format!(
            "<IsTruncated>true</IsTruncated><KeyCount>1</KeyCount>{}\
             <NextContinuationToken>t</NextContinuationToken>",
            object("a")
        ));
        assert_eq!(Page::parse(good.as_bytes()).unwrap().token(), Some("t"));
        let end = good.trim_end().len();
        for cut in 0..end {
            assert!(Page::parse(&good.as_bytes()[..cut]).is_err(), "{cut}");
        }
        let last = "<IsTruncated>false</IsTruncated>";
        for bad in [
            String::new(),
            " \n".to_owned(),
            "It works!".to_owned(),
            "{}".to_owned(),
            "<html><body/></html>".to_owned(),
            "<ListBucketResult/>".to_owned(),
            "<Error><Code>InternalError</Code><Message>m</Message></Error>".to_owned(),
            "<Error/>".to_owned(),
            page(""),
            page("<IsTruncated/>"),
            page("<IsTruncated>maybe</IsTruncated>"),
            page("<IsTruncated>true</IsTruncated>"),
            page("<IsTruncated>true</IsTruncated><NextContinuationToken/>"),
            page(&format!(
                "{last}<NextContinuationToken>t</NextContinuationToken>"
            )),
            page(&format!("{last}{last}")),
            page(&format!("{last}<KeyCount>1</KeyCount>")),
            page(&format!("{last}<KeyCount>0</KeyCount>{}", object("a"))),
            page(&format!(
                "{last}<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>"
            )),
            page(&format!("{last}<Contents><Size>1</Size></Contents>")),
            page(&format!("{last}<Contents><Key>a</Key></Contents>")),
            page(&format!(
                "{last}<Contents><Key>a</Key><Key>b</Key><Size>1</Size></Contents>"
            )),
            page(&format!(
                "{last}<Contents><Key>a</Key><Size>-1</Size></Contents>"
            )),
            page(&format!(
                "{last}<Contents><Key>&own;</Key><Size>1</Size></Contents>"
            )),
            page(last) + "<more/>",
            page(last) + &page(last),
            page(last) + "more",
        ] {
            let error = Page::parse(bad.as_bytes()).expect_err(&bad).to_string();
            assert!(error.starts_with("the listing cannot be relied on: expected "));
        }
    }
}
