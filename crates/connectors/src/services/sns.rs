//! Amazon SNS: messages published.

use value::Object;

use super::RR_TOKEN;
use crate::call::{Call, Failure};
use crate::table::{Api, Integration, Work};
use crate::text;

pub(super) const ROWS: &[Integration] = &[Integration {
    resource_type: "sns",
    action: "publish",
    title: "Amazon SNS: Publish",
    patterns: RR_TOKEN,
    required: &["Message"],
    error_prefix: "SNS",
    sdk_name: "AmazonSNS",
    iam: &["sns:Publish"],
    iam_sync: &[],
    work: Work::Api(Api { prepare: Some(prepare), ..Api::new("sns", "publish") }),
}];

/// A message that is no string is sent as its JSON text.
fn prepare(_: &Call, request: &mut Object) -> Result<(), Failure> {
    text::stringify(request, "Message");
    Ok(())
}
