//! The HTTP Task: any API behind an EventBridge connection.

use super::RR;
use crate::table::{Integration, Work};

pub(super) const ROWS: &[Integration] = &[Integration {
    resource_type: "http",
    action: "invoke",
    title: "HTTP Task: Invoke",
    patterns: RR,
    required: &["ApiEndpoint", "Method"],
    error_prefix: "States.Http",
    sdk_name: "",
    iam: &[
        "states:InvokeHTTPEndpoint",
        "events:RetrieveConnectionCredentials",
        "secretsmanager:GetSecretValue",
        "secretsmanager:DescribeSecret",
    ],
    iam_sync: &[],
    work: Work::Http,
}];
