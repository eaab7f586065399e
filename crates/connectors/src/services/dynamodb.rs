//! Amazon DynamoDB: items read and written.

use super::RR;
use crate::table::{Api, Integration, Work};

const fn row(
    action: &'static str,
    title: &'static str,
    required: &'static [&'static str],
    iam: &'static [&'static str],
) -> Integration {
    Integration {
        resource_type: "dynamodb",
        action,
        title,
        patterns: RR,
        required,
        error_prefix: "DynamoDB",
        sdk_name: "AmazonDynamoDBv2",
        iam,
        iam_sync: &[],
        work: Work::Api(Api::new("dynamodb", action)),
    }
}

const KEY: &[&str] = &["TableName", "Key"];

pub(super) const ROWS: &[Integration] = &[
    row("getItem", "DynamoDB: GetItem", KEY, &["dynamodb:GetItem"]),
    row("putItem", "DynamoDB: PutItem", &["TableName", "Item"], &["dynamodb:PutItem"]),
    row("updateItem", "DynamoDB: UpdateItem", KEY, &["dynamodb:UpdateItem"]),
    row("deleteItem", "DynamoDB: DeleteItem", KEY, &["dynamodb:DeleteItem"]),
];
