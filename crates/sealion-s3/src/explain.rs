//! What S3 answered, and what a user can do about it.

use object_store::client::HttpError;
use sealion_aws::{among, said, shortened, Unfit, ATTEMPTS_MAX, NO_CREDENTIALS};

use crate::page::BadPage;

/// An error of `object_store` in our words: what was asked for, what came, what to do. Of S3's XML only
/// `Code` and `Message` are told; the rest repeats the request, and with it the key's id.
pub(crate) fn explain(error: &object_store::Error) -> String {
    if let Some(unfit) = among::<Unfit>(error) {
        return unfit.to_string();
    }
    if let Some(bad) = among::<BadPage>(error) {
        return bad.to_string();
    }
    let text = said(error);
    if let Some(start) = text.find(NO_CREDENTIALS) {
        return text[start..].to_owned();
    }
    let message = element(&text, "Message").unwrap_or_default();
    let Some(code) = element(&text, "Code") else {
        return without_code(error, &text);
    };
    let elsewhere = match element(&text, "Region") {
        Some(region) => format!(
            "the bucket lies in another region: say --region {}",
            shortened(region)
        ),
        None => "the bucket lies in another region: say --region".to_owned(),
    };
    let advice = match code {
        "NoSuchBucket" => "check the bucket's name, the endpoint and the profile",
        "NoSuchKey" => "the object was listed and is gone: get another copy of it, or list again",
        "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidToken" | "AuthFailure" => {
            "check the credentials: AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        }
        "ExpiredToken" | "ExpiredTokenException" => "log in again, for example by `aws sso login`",
        "RequestTimeTooSkewed" => "set the clock of this machine",
        _ if code.starts_with("KMS.") || message.contains("kms:") || message.contains("KMS") => {
            "the object is encrypted with a KMS key: have kms:Decrypt granted on that key, or copy the \
             objects with an account that may use it"
        }
        "AccessDenied" | "AllAccessDisabled" => {
            "have s3:ListBucket on the bucket and s3:GetObject on its objects granted, or choose \
             another --profile"
        }
        "AuthorizationHeaderMalformed" => &elsewhere,
        "SlowDown" | "InternalError" | "ServiceUnavailable" | "RequestTimeout" => {
            "run again later, with smaller --threads"
        }
        "InvalidObjectState" => "the object is archived (Glacier): restore it first",
        _ => "see S3's list of error codes",
    };
    let (code, message) = (shortened(code), shortened(message));
    format!("{code}: {}; {advice}", message.trim_end_matches('.'))
}

/// What stands where no S3 answered, or not as S3 does.
fn without_code(error: &object_store::Error, text: &str) -> String {
    if let Some(status) = status(text) {
        let advice = match status.get(..3) {
            Some("401" | "403") => {
                "the request was refused: check the credentials and the endpoint"
            }
            Some("404") => "there is nothing there: check the name and the endpoint",
            _ => "check the endpoint, or run again later",
        };
        return format!("the answer is none of S3 (status {status}); {advice}");
    }
    let cause = shortened(cause(text));
    match among::<HttpError>(error) {
        Some(_) => format!("no answer in {ATTEMPTS_MAX} attempts: {cause}"),
        None => format!("the answer is none of S3: {cause}; check the endpoint"),
    }
}

/// The status of an answer, `403 Forbidden`, as `object_store` words it.
fn status(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("status code: ")?;
    rest.split(':').next()
}

/// The last of the causes: those before it tell of our own request.
fn cause(text: &str) -> &str {
    text.rsplit(": ")
        .find(|part| !part.trim().is_empty())
        .unwrap_or(text)
}

pub(crate) fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::client::HttpErrorKind;

    fn answer(code: &str, message: &str) -> String {
        let body = format!(
            "Server returned non-2xx status code: 403 Forbidden: <Error><Code>{code}</Code>\
             <Message>{message}</Message><AWSAccessKeyId>AKIDEXAMPLE</AWSAccessKeyId></Error>"
        );
        explain(&object_store::Error::Generic {
            store: "S3",
            source: body.into(),
        })
    }

    #[test]
    fn a_key_that_may_not_be_used_is_told_from_an_object_that_may_not_be_read() {
        let denied = answer("AccessDenied", "Access Denied");
        assert!(
            denied.starts_with("AccessDenied: Access Denied; have s3:"),
            "{denied}"
        );
        let kms = "User: u is not authorized to perform: kms:Decrypt on resource: arn";
        let key = answer("AccessDenied", kms);
        assert!(key.contains("kms:Decrypt granted"), "{key}");
        assert!(answer("KMS.DisabledException", "key is disabled").contains("KMS key"));
    }

    #[test]
    fn nothing_of_the_request_is_repeated() {
        let text = answer("SignatureDoesNotMatch", "The signature does not match.");
        assert!(text.contains("check the credentials"), "{text}");
        assert!(!text.contains("AKIDEXAMPLE"), "{text}");
    }

    #[test]
    fn a_lost_connection_says_how_often_it_was_tried() {
        let refused = std::io::Error::other("error sending request: connection refused");
        let text = explain(&object_store::Error::Generic {
            store: "S3",
            source: HttpError::new(HttpErrorKind::Connect, refused).into(),
        });
        assert_eq!(text, "no answer in 5 attempts: connection refused");
    }
}
