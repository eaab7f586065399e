//! Amazon DynamoDB: items read and written.

use value::{Object, Value};

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
        work: Work::Api(Api { spell_out: Some(spell_out), ..Api::new("dynamodb", action) }),
    }
}

/// Where attribute values stand, by their names.
const ATTRIBUTES: [&str; 3] = ["Item", "Key", "ExpressionAttributeValues"];

/// The older SDK makes an attribute value of a string or of a list of strings; published workflows
/// rely on it (`"Item": {"id.$": "$.id", "done": "false"}`, `{"steps": {"L": ["Start"]}}`).
fn spell_out(request: &mut Object) {
    for member in ATTRIBUTES {
        let Some(Value::Object(attributes)) = request.get(member) else { continue };
        let spelt_out = attributes.iter().map(|(name, value)| (name.clone(), attribute(value)));
        let spelt_out = Value::object(spelt_out.collect::<Vec<_>>());
        request.insert(member, spelt_out);
    }
}

fn attribute(value: &Value) -> Value {
    match value {
        Value::String(_) => Value::object([("S", value.clone())]),
        Value::Array(items) if items.iter().all(|item| item.as_str().is_some()) => {
            Value::object([("SS", value.clone())])
        }
        Value::Object(typed) => {
            let nested = typed.iter().map(|(kind, value)| {
                let value = match (kind.as_str(), value) {
                    ("L", Value::Array(items)) => {
                        Value::array(items.iter().map(attribute).collect())
                    }
                    ("M", Value::Object(members)) => Value::object(
                        members.iter().map(|(name, member)| (name.clone(), attribute(member))),
                    ),
                    _ => value.clone(),
                };
                (kind.clone(), value)
            });
            Value::object(nested)
        }
        other => other.clone(),
    }
}

const KEY: &[&str] = &["TableName", "Key"];

pub(super) const ROWS: &[Integration] = &[
    row("getItem", "DynamoDB: GetItem", KEY, &["dynamodb:GetItem"]),
    row("putItem", "DynamoDB: PutItem", &["TableName", "Item"], &["dynamodb:PutItem"]),
    row("updateItem", "DynamoDB: UpdateItem", KEY, &["dynamodb:UpdateItem"]),
    row("deleteItem", "DynamoDB: DeleteItem", KEY, &["dynamodb:DeleteItem"]),
];
