//! Dates as the older Java SDK gives them: milliseconds since the epoch, as a number.

use aws::Spelling;
use aws::model::{Kind, Service, ShapeId};
use value::{Timestamp, Value};

/// How deep an answer is looked into: JSON's own limit, far beyond any model.
const MAX_DEPTH: usize = 200;

/// Replaces the ISO-8601 texts of an answer's timestamps by numbers.
pub(crate) fn as_numbers(service: &str, action: &str, output: Value) -> Value {
    let Some(service) = aws::model::service(service) else { return output };
    let shape = aws::model::operation(&service, action).and_then(|operation| operation.output);
    match shape {
        Some(shape) if has_date(&service, shape, &mut Vec::new()) => {
            convert(&service, shape, &output, 0)
        }
        _ => output,
    }
}

/// Whether a shape holds a timestamp anywhere.
fn has_date(service: &Service, shape: ShapeId, seen: &mut Vec<ShapeId>) -> bool {
    if seen.contains(&shape) {
        return false;
    }
    seen.push(shape);
    match service.shapes.get(shape).map(|shape| &shape.kind) {
        Some(Kind::Timestamp(_)) => true,
        Some(Kind::Structure(structure)) => {
            structure.members.iter().any(|member| has_date(service, member.shape, seen))
        }
        Some(Kind::List { member, .. }) => has_date(service, *member, seen),
        Some(Kind::Map { value, .. }) => has_date(service, *value, seen),
        _ => false,
    }
}

fn convert(service: &Service, shape: ShapeId, value: &Value, depth: usize) -> Value {
    let kind = service.shapes.get(shape).map(|shape| &shape.kind);
    let (Some(kind), true) = (kind, depth < MAX_DEPTH) else { return value.clone() };
    let inner = |shape, value| convert(service, shape, value, depth + 1);
    match (kind, value) {
        (Kind::Timestamp(_), Value::String(text)) => {
            Timestamp::parse(text).map_or_else(|| value.clone(), |time| Value::Int(time.0))
        }
        (Kind::Structure(structure), Value::Object(members)) => {
            Value::object(members.iter().map(|(key, value)| {
                let member = structure.member(key, Spelling::Service);
                (key.clone(), member.map_or(value.clone(), |member| inner(member.shape, value)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_become_numbers() {
        let output =
            r#"{"JobRun":{"Id":"2015-08-30T12:36:00Z","StartedOn":"2015-08-30T12:36:00.5Z"}}"#;
        let output = value::json::parse(output).unwrap();
        assert_eq!(
            as_numbers("glue", "getJobRun", output).to_json(),
            r#"{"JobRun":{"Id":"2015-08-30T12:36:00Z","StartedOn":1440938160500}}"#
        );
    }
}
