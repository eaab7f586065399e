//! What is made of the answer to one attempt.

use super::{request_id, s3, service_error};
use crate::client::Answer;
use crate::error::CallError;
use crate::http::{MAX_RESPONSE_BYTES, Request, Streaming, Transport};
use crate::protocol::{self, Context};

/// A way to take an answer.
pub(super) trait Receive {
    /// What it gives.
    type Out;

    /// Sends a request and takes the answer to it.
    fn receive(
        transport: &Transport,
        context: Context<'_>,
        request: Request,
        attempt: u32,
    ) -> impl Future<Output = Result<Self::Out, CallError>> + Send;
}

/// The whole answer, as the model reads it.
pub(super) struct Whole;

impl Receive for Whole {
    type Out = Answer;

    async fn receive(
        transport: &Transport,
        context: Context<'_>,
        request: Request,
        attempt: u32,
    ) -> Result<Answer, CallError> {
        let response = transport.send(request).await?;
        // S3 may find an error after it has sent the status (CopyObject, CompleteMultipartUpload).
        let late_error = response.status == 200 && s3::is_error(context.service, &response);
        if late_error || !(200..300).contains(&response.status) {
            return Err(service_error(context.service, response, attempt));
        }
        match protocol::parse(context, &response) {
            Ok(output) => Ok(Answer {
                output,
                status: response.status,
                request_id: request_id(&response).unwrap_or_default(),
                headers: response.headers,
            }),
            Err(reason) => Err(CallError::Unreadable { reason, status: response.status }),
        }
    }
}

/// The head of an answer; its body is left to be read, unless it is an error.
pub(super) struct Head;

impl Receive for Head {
    type Out = Streaming;

    async fn receive(
        transport: &Transport,
        context: Context<'_>,
        request: Request,
        attempt: u32,
    ) -> Result<Streaming, CallError> {
        let answer = transport.open(request).await?;
        if (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        let response = answer.whole(MAX_RESPONSE_BYTES).await?;
        Err(service_error(context.service, response, attempt))
    }
}
