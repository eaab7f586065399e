//! The spelling of the optimised integrations turned into that of the `aws-sdk` ones.

use value::Value;

use super::{Kind, Service, ShapeId, Spelling};

/// How deep parameters are looked into: JSON's own limit, far beyond any model.
const MAX_DEPTH: usize = 200;

/// A value of `shape` that is spelled as the service spells it, as the newer SDK does.
pub fn respell(service: &Service, shape: ShapeId, value: &Value) -> Value {
    at_depth(service, shape, value, 0)
}

fn at_depth(service: &Service, shape: ShapeId, value: &Value, depth: usize) -> Value {
    let kind = service.shapes.get(shape).map(|shape| &shape.kind);
    let (Some(kind), true) = (kind, depth < MAX_DEPTH) else { return value.clone() };
    let inner = |shape, value| at_depth(service, shape, value, depth + 1);
    match (kind, value) {
        (Kind::Structure(structure), Value::Object(members)) => {
            Value::object(members.iter().map(|(key, value)| {
                match structure.member(key, Spelling::Service) {
                    Some(member) => {
                        (member.shown(Spelling::Sdk).clone(), inner(member.shape, value))
                    }
                    None => (key.clone(), value.clone()),
                }
            }))
        }
        (Kind::List { member, .. }, Value::Array(items)) => {
            Value::array(items.iter().map(|item| inner(*member, item)).collect())
        }
        (Kind::Map { value: shape, .. }, Value::Object(entries)) => {
            Value::object(entries.iter().map(|(key, item)| (key.clone(), inner(*shape, item))))
        }
        _ => value.clone(),
    }
}
