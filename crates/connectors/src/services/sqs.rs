//! Amazon SQS: messages sent.

use aws::CallError;
use aws::http::TransportError;
use value::{Object, Value};

use super::RR_TOKEN;
use crate::call::{Call, Failure};
use crate::table::{Api, Integration, Work};
use crate::text;

pub(super) const ROWS: &[Integration] = &[Integration {
    resource_type: "sqs",
    action: "sendMessage",
    title: "Amazon SQS: SendMessage",
    patterns: RR_TOKEN,
    required: &["QueueUrl", "MessageBody"],
    error_prefix: "SQS",
    sdk_name: "AmazonSQS",
    iam: &["sqs:SendMessage"],
    iam_sync: &[],
    work: Work::Api(Api {
        prepare: Some(prepare),
        refused: Some(refused),
        ..Api::new("sqs", "sendMessage")
    }),
}];

/// A body that is no string is sent as its JSON text.
fn prepare(_: &Call, request: &mut Object) -> Result<(), Failure> {
    text::stringify(request, "MessageBody");
    Ok(())
}

/// The older SDK calls the host in the URL of the queue, which is none where the URL is a mere
/// name (recorded: `test_send_message_no_such_queue`). We ask the endpoint, and it refuses.
fn refused(call: &Call, error: CallError) -> CallError {
    let url = call.parameters.get("QueueUrl").and_then(Value::as_str).unwrap_or_default();
    let host = url.split_once("://").map_or("", |(_, rest)| rest.trim_end_matches('/'));
    match error {
        CallError::Service(_) if !host.is_empty() && !host.contains('/') => {
            CallError::Transport(TransportError::Dns { host: host.to_owned() })
        }
        error => error,
    }
}
