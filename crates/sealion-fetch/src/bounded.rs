//! Answers of bounded size: whoever answers may never stop.

use aws_sdk_qldb::config::interceptors::BeforeDeserializationInterceptorContextMut;
use aws_sdk_qldb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_qldb::error::BoxError;
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;

use crate::ANSWER_BYTES_MAX;

/// Makes a body of more than [`ANSWER_BYTES_MAX`] bytes an error.
#[derive(Debug)]
pub(crate) struct Bounded;

impl Intercept for Bounded {
    fn name(&self) -> &'static str {
        "bounded answers"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        let whole = std::mem::replace(body, SdkBody::taken());
        *body = SdkBody::from_body_1_x(Limited::new(whole, ANSWER_BYTES_MAX));
        Ok(())
    }
}
