//! Amazon SQS: messages sent.

use value::Object;

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
    work: Work::Api(Api { prepare: Some(prepare), ..Api::new("sqs", "sendMessage") }),
}];

/// A body that is no string is sent as its JSON text.
fn prepare(_: &Call, request: &mut Object) -> Result<(), Failure> {
    text::stringify(request, "MessageBody");
    Ok(())
}
