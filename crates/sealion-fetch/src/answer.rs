//! An answer, in the AWS CLI's own form.

use sealion::source::Memory;
use sealion::{prove::aws_json, Report, Request, Verifier};
use serde_json::Value;

/// What the endpoint answered to GetDigest, GetBlock or GetRevision: a claim, until [`verify`] agrees.
#[derive(Clone, Debug)]
pub struct Answer {
    pub(crate) name: String,
    pub(crate) value: Value,
    pub(crate) request: Option<Request>,
}

impl Answer {
    /// The members of the response, and nothing else; Ion text as it came.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// What `aws qldb get-digest`, `get-block` or `get-revision` printed of it.
    pub fn to_aws_json(&self) -> String {
        aws_json(&self.value)
    }
}

/// Verifies answers together: that all their hashes recompute, that their proofs lead to the digests
/// that `verifier` trusts, and that they are what was asked for. A digest among them is a claim.
///
/// # Errors
/// As [`Verifier::verify`]; whatever is wrong with the answers is in the report.
pub fn verify<'a>(
    mut verifier: Verifier,
    answers: impl IntoIterator<Item = &'a Answer>,
) -> Result<Report, sealion::Error> {
    let mut files = Memory::new();
    for answer in answers {
        if let Some(request) = &answer.request {
            verifier = verifier.expecting(answer.name.as_str(), request.clone());
        }
        files = files.with(answer.name.as_str(), answer.to_aws_json().into_bytes());
    }
    verifier.verify(&files)
}
