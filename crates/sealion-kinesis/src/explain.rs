//! What Kinesis answered, and what a user can do about it.

use std::error::Error;

use aws_sdk_kinesis::error::{ProvideErrorMetadata, SdkError};
use sealion_aws::{among, said, shortened, Unfit, ATTEMPTS_MAX};

/// An error of the SDK in our words: what came, and what to do.
pub(crate) fn explain<E>(error: &SdkError<E>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if let Some(unfit) = among::<Unfit>(error) {
        return unfit.to_string();
    }
    let Some(code) = error.code() else {
        return without_code(error);
    };
    let advice = match code {
        "ResourceNotFoundException" => {
            "check the stream's name, the region (--region), the account (--profile) and the endpoint; \
             a stream that was deleted cannot be read any more"
        }
        "AccessDeniedException" => {
            "have kinesis:ListShards, kinesis:GetShardIterator and kinesis:GetRecords granted on the \
             stream, or choose another --profile"
        }
        "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "IncompleteSignatureException"
        | "MissingAuthenticationTokenException"
        | "InvalidClientTokenId" => {
            "check the credentials: AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        }
        "ExpiredTokenException" | "ExpiredToken" => "log in again, for example by `aws sso login`",
        "KMSThrottlingException" => "run again later",
        code if code.starts_with("KMS") => {
            "the stream is encrypted with a KMS key: have kms:Decrypt granted on that key"
        }
        code if is_throttling(code) => "others are reading this stream: run again later",
        _ => "see Kinesis's list of error codes",
    };
    let code = shortened(code);
    let message = shortened(error.message().unwrap_or("no message"));
    format!("{code}: {}; {advice}", message.trim_end_matches('.'))
}

/// Whether the answer is that it should be asked again later.
pub(crate) fn is_throttled<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    error.code().is_some_and(is_throttling)
}

fn is_throttling(code: &str) -> bool {
    matches!(
        code,
        "ProvisionedThroughputExceededException"
            | "KMSThrottlingException"
            | "LimitExceededException"
            | "ThrottlingException"
            | "Throttling"
            | "RequestLimitExceeded"
    )
}

/// What stands where no Kinesis answered, or not as Kinesis does.
fn without_code<E: Error + 'static>(error: &SdkError<E>) -> String {
    let text = shortened(&said(error));
    match error.raw_response().map(|answer| answer.status().as_u16()) {
        Some(status @ (401 | 403)) => format!(
            "the request was refused (status {status}): check the credentials and the endpoint"
        ),
        Some(status) if status >= 400 => {
            format!("the answer is none of Kinesis (status {status}): check the endpoint")
        }
        // It is whole, so asking again is of no use.
        Some(_)
            if error
                .raw_response()
                .is_some_and(|answer| answer.body().bytes().is_some()) =>
        {
            format!("the answer is none of Kinesis: {text}; check the endpoint")
        }
        _ => format!(
            "no answer in {ATTEMPTS_MAX} attempts: {text}; check the endpoint and the network"
        ),
    }
}
