//! AWS Lambda: functions invoked.

use super::RR_TOKEN;
use crate::table::{Integration, Work};

/// `lambda:invoke`.
pub(crate) const INVOKE: Integration = Integration {
    resource_type: "lambda",
    action: "invoke",
    title: "AWS Lambda: Invoke",
    patterns: RR_TOKEN,
    required: &["FunctionName"],
    error_prefix: "Lambda",
    sdk_name: "AWSLambda",
    iam: &["lambda:InvokeFunction"],
    iam_sync: &[],
    work: Work::Function,
};

pub(super) const ROWS: &[Integration] = &[INVOKE];
