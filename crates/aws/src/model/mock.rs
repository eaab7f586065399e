//! Mocked results against the model, as `TestState` checks them, in AWS's words.

use value::Value;

use super::shape::{Kind, Operation, Service, Shape, ShapeId, Spelling, Structure};

/// How strictly a mocked result is checked (`fieldValidationMode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MockMode {
    /// Required members must be there, and every known member must fit.
    Strict,
    /// Every known member that is there must fit.
    Present,
}

/// How deep a result is looked into.
const MAX_DEPTH: usize = 200;

/// The first thing wrong with a mocked result, without the prefix `Mock result schema validation
/// error: `. Members that the model does not know are let through (recorded).
pub fn validate_mock(
    service: &Service,
    operation: &Operation,
    result: &Value,
    mode: MockMode,
    spelling: Spelling,
) -> Option<String> {
    let structure = service.output(operation)?;
    let checker = Checker { service, mode, spelling };
    checker.structure(structure, result, 0)
}

struct Checker<'a> {
    service: &'a Service,
    mode: MockMode,
    spelling: Spelling,
}

impl Checker<'_> {
    fn structure(&self, structure: &Structure, value: &Value, depth: usize) -> Option<String> {
        let object = value.as_object()?;
        if structure.document {
            return None;
        }
        for member in &structure.members {
            let name = member.shown(self.spelling);
            match object.get(name) {
                None if member.required && self.mode == MockMode::Strict => {
                    return Some(format!("Required field '{name}' is missing"));
                }
                None | Some(Value::Null) => {}
                Some(value) => {
                    let fault = self.value(name, member.shape, value, depth);
                    if fault.is_some() {
                        return fault;
                    }
                }
            }
        }
        None
    }

    fn value(&self, name: &str, shape: ShapeId, value: &Value, depth: usize) -> Option<String> {
        if depth > MAX_DEPTH || value.is_null() {
            return None;
        }
        let shape = self.service.shapes.get(shape)?;
        let must = |kind: &str| Some(format!("Field '{name}' must be {kind}"));
        match (&shape.kind, value) {
            (Kind::Structure(structure), Value::Object(_)) => {
                self.structure(structure, value, depth + 1)
            }
            (Kind::Structure(structure), _) if structure.document => None,
            (Kind::Structure(_) | Kind::Map { .. }, value) if value.as_object().is_none() => {
                must("an object")
            }
            (Kind::List { member, .. }, Value::Array(items)) => items
                .iter()
                .find_map(|item| self.value(name, *member, item, depth + 1))
                .or_else(|| length(name, shape, items.len())),
            (Kind::List { .. }, _) => must("an array"),
            (Kind::Map { value: item, .. }, Value::Object(entries)) => {
                entries.values().find_map(|value| self.value(name, *item, value, depth + 1))
            }
            (Kind::String { values, .. }, Value::String(text)) => {
                if !values.is_empty() && !values.contains(text) {
                    return Some(format!("Field '{name}' is not an expected value"));
                }
                length(name, shape, text.chars().count())
            }
            (Kind::Blob, Value::String(text)) => length(name, shape, text.len()),
            // The older SDK's times are numbers.
            (Kind::Timestamp(_), value)
                if self.spelling == Spelling::Service && value.as_i64().is_some() =>
            {
                None
            }
            // Otherwise the times of a mock are texts (boto3#4683).
            (Kind::String { .. } | Kind::Blob | Kind::Timestamp(_), value)
                if value.as_str().is_none() =>
            {
                must("a string")
            }
            (Kind::Boolean, value) if value.as_bool().is_none() => must("a boolean"),
            (Kind::Integer | Kind::Long | Kind::Float | Kind::Double, value) => {
                match value.as_f64() {
                    Some(number) => range(name, shape, number),
                    None => must("a number"),
                }
            }
            _ => None,
        }
    }
}

fn length(name: &str, shape: &Shape, length: usize) -> Option<String> {
    let length = length as f64;
    if shape.min.is_some_and(|min| length < min) {
        return Some(format!("Field '{name}' is smaller than the minimum length"));
    }
    let above = shape.max.is_some_and(|max| length > max);
    above.then(|| format!("Field '{name}' exceeds the maximum length"))
}

fn range(name: &str, shape: &Shape, number: f64) -> Option<String> {
    if shape.min.is_some_and(|min| number < min) {
        return Some(format!("Field '{name}' is less than the minimum value"));
    }
    let above = shape.max.is_some_and(|max| number > max);
    above.then(|| format!("Field '{name}' exceeds the maximum value"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;

    /// The recordings of `TestState` with mocks.
    #[test]
    fn recorded_faults() {
        use MockMode::{Present, Strict};
        for (service, action, result, mode, fault) in [
            (
                "kms",
                "encrypt",
                r#"{"CiphertextBlob": ""}"#,
                Strict,
                "Field 'CiphertextBlob' is smaller than the minimum length",
            ),
            (
                "lambda",
                "getFunction",
                r#"{"Configuration": {"MemorySize": 127}}"#,
                Present,
                "Field 'MemorySize' is less than the minimum value",
            ),
            (
                "lambda",
                "getFunction",
                r#"{"Configuration": {"MemorySize": 999999}}"#,
                Strict,
                "Field 'MemorySize' exceeds the maximum value",
            ),
            (
                "s3",
                "getObject",
                r#"{"StorageClass": "Papyrus"}"#,
                Strict,
                "Field 'StorageClass' is not an expected value",
            ),
            (
                "s3",
                "getObject",
                r#"{"ContentLength": "9000"}"#,
                Strict,
                "Field 'ContentLength' must be a number",
            ),
            (
                "eventbridge",
                "putEvents",
                r#"{"Entries": [{"EventId": "x"}, {"EventId": ["x"]}]}"#,
                Present,
                "Field 'EventId' must be a string",
            ),
            (
                "lambda",
                "invoke",
                r#"{"StatusCode": "200"}"#,
                Strict,
                "Field 'StatusCode' must be a number",
            ),
            ("eventbridge", "putEvents", "{}", Strict, ""),
            ("eventbridge", "putEvents", r#"{"random": "json"}"#, Present, ""),
            (
                "sfn",
                "startExecution",
                r#"{"executionArn": "a", "startDate": "b"}"#,
                Strict,
                "Required field 'ExecutionArn' is missing",
            ),
            ("sfn", "startExecution", r#"{"executionArn": "a"}"#, Present, ""),
            (
                "sfn",
                "startExecution",
                r#"{"ExecutionArn": 1764103483}"#,
                Present,
                "Field 'ExecutionArn' must be a string",
            ),
            (
                "dynamodb",
                "putItem",
                r#"{"ConsumedCapacity": {"CapacityUnits": "123.45"}}"#,
                Present,
                "Field 'CapacityUnits' must be a number",
            ),
            ("lambda", "invoke", r#"{"Payload": {}}"#, Strict, "Field 'Payload' must be a string"),
        ] {
            let service = model::service(service).unwrap();
            let operation = model::operation(&service, action).unwrap();
            let result = value::json::parse(result).unwrap();
            let found = validate_mock(&service, operation, &result, mode, Spelling::Service);
            assert_eq!(found.unwrap_or_default(), fault, "{action} {}", result.to_json());
        }
    }
}
