//! Amazon API Gateway: APIs invoked.

use super::RR_TOKEN;
use crate::table::{Integration, Work};

pub(super) const ROWS: &[Integration] = &[Integration {
    resource_type: "apigateway",
    action: "invoke",
    title: "Amazon API Gateway: Invoke",
    patterns: RR_TOKEN,
    required: &["ApiEndpoint", "Method"],
    error_prefix: "ApiGateway",
    sdk_name: "AmazonApiGateway",
    iam: &["execute-api:Invoke"],
    iam_sync: &[],
    work: Work::ApiGateway,
}];
