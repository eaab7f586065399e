//! Parameters against the model: what is missing, unknown or of the wrong type, in AWS's words.

use value::Value;

use super::shape::{Kind, Location, Member, Operation, Service, ShapeId, Spelling, Structure};

/// What is wrong with a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A required member is not there.
    Missing,
    /// There is no such member.
    Unknown,
    /// The value is of another type.
    Type,
}

/// Something wrong with the parameters of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterFault {
    /// What is wrong.
    pub fault: Fault,
    /// The member.
    pub field: String,
    /// AWS's message.
    pub message: String,
}

/// In which values of a definition stand for values of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Keys ending in `.$`.
    JsonPath,
    /// Strings of the form `{% … %}`.
    Jsonata,
    /// None: the values of a run.
    None,
}

/// How deep parameters are looked into: JSON's own limit, far beyond any model.
const MAX_DEPTH: usize = 200;

/// The faults of a definition's parameters, as AWS finds them when a state machine is created.
pub fn validate(
    service: &Service,
    operation: &Operation,
    parameters: &Value,
    language: Language,
) -> Vec<ParameterFault> {
    Checker { service, language, spelling: Spelling::Sdk, faults: Vec::new() }
        .operation(operation, parameters)
}

/// The faults of a call's parameters.
pub(crate) fn check(
    service: &Service,
    operation: &Operation,
    input: &Value,
    spelling: Spelling,
) -> Vec<ParameterFault> {
    Checker { service, language: Language::None, spelling, faults: Vec::new() }
        .operation(operation, input)
}

struct Checker<'a> {
    service: &'a Service,
    language: Language,
    spelling: Spelling,
    faults: Vec<ParameterFault>,
}

impl Checker<'_> {
    fn operation(mut self, operation: &Operation, parameters: &Value) -> Vec<ParameterFault> {
        if self.is_expression(parameters) {
            return Vec::new();
        }
        let Some(structure) = self.service.input(operation) else {
            for key in parameters.as_object().into_iter().flat_map(|object| object.keys()) {
                self.unknown(key, None);
            }
            return self.faults;
        };
        self.required(structure, parameters);
        // A missing member hides every other fault.
        if self.faults.is_empty() {
            self.structure(structure, parameters, 0);
        }
        self.faults
    }

    fn required(&mut self, structure: &Structure, parameters: &Value) {
        for (at, member) in structure.members.iter().enumerate() {
            // The body of S3's PutObject must be there, though the model does not say so.
            let body = structure.payload == Some(at) && member.streaming;
            if !(member.required || (body && self.service.name == "s3")) || member.token {
                continue;
            }
            let name = member.shown(self.spelling);
            let object = parameters.as_object();
            let there = object.is_some_and(|object| {
                object.contains_key(name)
                    || (self.language == Language::JsonPath
                        && object.contains_key(&format!("{name}.$")))
            });
            if !there {
                let message = format!("The field '{name}' is required but was missing");
                self.fault(Fault::Missing, name, message);
            }
        }
    }

    fn structure(&mut self, structure: &Structure, parameters: &Value, depth: usize) {
        if structure.document {
            return;
        }
        for (key, value) in parameters.as_object().into_iter().flat_map(|object| object.iter()) {
            let dynamic = self.dynamic_key(key);
            let name = dynamic.unwrap_or(key);
            match structure.member(name, self.spelling) {
                None => self.unknown(key, (depth == 0).then_some(structure)),
                Some(_) if dynamic.is_some() => {}
                Some(member) => self.member(member, value, depth),
            }
        }
    }

    /// The name before `.$`.
    fn dynamic_key<'k>(&self, key: &'k str) -> Option<&'k str> {
        key.strip_suffix(".$").filter(|_| self.language == Language::JsonPath)
    }

    fn is_expression(&self, value: &Value) -> bool {
        self.language == Language::Jsonata
            && value.as_str().is_some_and(|text| text.starts_with("{%") && text.ends_with("%}"))
    }

    fn unknown(&mut self, name: &str, known: Option<&Structure>) {
        let mut message = format!("The field \"{name}\" is not supported by Step Functions.");
        if let Some(close) = known.and_then(|structure| nearest(name, structure, self.spelling)) {
            message.push_str(&format!(" Did you mean '{close}'?"));
        }
        self.fault(Fault::Unknown, name, message);
    }

    fn member(&mut self, member: &Member, value: &Value, depth: usize) {
        if member.location == Location::Headers
            && value.as_object().is_none()
            && !value.is_null()
            && !self.is_expression(value)
        {
            return self.wrong(member.shown(self.spelling), "MAP");
        }
        self.value(member.shown(self.spelling), member.shape, value, depth);
    }

    fn value(&mut self, name: &str, shape: ShapeId, value: &Value, depth: usize) {
        if value.is_null() || self.is_expression(value) || depth > MAX_DEPTH {
            return;
        }
        let Some(shape) = self.service.shapes.get(shape) else { return };
        match (&shape.kind, value) {
            (Kind::Structure(structure), Value::Object(_)) => {
                self.structure(structure, value, depth + 1);
            }
            (Kind::Structure(structure), _) if !structure.document => {
                self.not_a_structure(name, structure, value);
            }
            (Kind::List { member, .. }, Value::Array(items)) => {
                for item in items.iter() {
                    self.value(name, *member, item, depth + 1);
                }
            }
            (Kind::List { .. }, _) => self.wrong(name, "LIST"),
            (Kind::Map { value: shape, .. }, Value::Object(entries)) => {
                for (key, item) in entries.iter() {
                    if self.dynamic_key(key).is_none() {
                        self.value(name, *shape, item, depth + 1);
                    }
                }
            }
            (Kind::Map { .. }, _) => self.wrong(name, "MAP"),
            // Objects and arrays become JSON texts (recorded: startExecution's Input).
            (Kind::String { .. }, Value::Bool(_) | Value::Int(_) | Value::Float(_)) => {
                self.wrong(name, "STRING");
            }
            (Kind::Integer, value) => self.integer(name, value, "INTEGER"),
            (Kind::Long, value) => self.integer(name, value, "LONG"),
            (Kind::Float, value) if value.as_f64().is_none() => self.wrong(name, "FLOAT"),
            (Kind::Double, value) if value.as_f64().is_none() => self.wrong(name, "DOUBLE"),
            (Kind::Boolean, value) => self.boolean(name, value),
            (Kind::Timestamp(_), value) if !is_moment(value) => self.wrong(name, "TIMESTAMP"),
            _ => {}
        }
    }

    fn integer(&mut self, name: &str, value: &Value, kind: &str) {
        let fits = match value {
            Value::Int(int) => kind == "LONG" || i32::try_from(*int).is_ok(),
            _ => false,
        };
        if !fits {
            self.wrong(name, kind);
        }
    }

    /// Jackson takes more than `true` and `false`; what it refuses is told in its words.
    fn boolean(&mut self, name: &str, value: &Value) {
        const TYPE: &str = "Cannot deserialize value of type `java.lang.Boolean` from";
        let message = match value {
            Value::Bool(_) | Value::Int(_) => return,
            Value::String(text) => match text.trim() {
                "" | "null" | "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => return,
                _ => format!("{TYPE} String \"{text}\": only \"true\" or \"false\" recognized"),
            },
            Value::Float(_) => {
                format!("{TYPE} Floating-point value (token `JsonToken.VALUE_NUMBER_FLOAT`)")
            }
            Value::Array(_) => format!("{TYPE} Array value (token `JsonToken.START_ARRAY`)"),
            _ => format!("{TYPE} Object value (token `JsonToken.START_OBJECT`)"),
        };
        self.fault(Fault::Type, name, message);
    }

    fn not_a_structure(&mut self, name: &str, structure: &Structure, value: &Value) {
        let package = self.service.name.as_str();
        let class = format!("software.amazon.awssdk.services.{package}.model.{}", structure.name);
        let (method, from) = match value {
            Value::String(text) => (
                "no String-argument constructor/factory method to deserialize from String value",
                format!(" ('{text}')"),
            ),
            Value::Bool(bool) => (
                "no boolean/Boolean-argument constructor/factory method to deserialize from \
                 boolean value",
                format!(" ({bool})"),
            ),
            Value::Int(int) => (
                "no int/Int-argument constructor/factory method to deserialize from Number value",
                format!(" ({int})"),
            ),
            Value::Float(float) => (
                "no double/Double-argument constructor/factory method to deserialize from Number \
                 value",
                format!(" ({float})"),
            ),
            _ => {
                let message = format!(
                    "Cannot deserialize value of type `{class}$BuilderImpl` from Array value \
                     (token `JsonToken.START_ARRAY`)"
                );
                return self.fault(Fault::Type, name, message);
            }
        };
        let message = format!(
            "Cannot construct instance of `{class}$BuilderImpl` (although at least one Creator \
             exists): {method}{from}"
        );
        self.fault(Fault::Type, name, message);
    }

    fn wrong(&mut self, name: &str, kind: &str) {
        let article = if kind.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
        let message = format!("The value for the field '{name}' must be {article} {kind}");
        self.fault(Fault::Type, name, message);
    }

    fn fault(&mut self, fault: Fault, field: &str, message: String) {
        self.faults.push(ParameterFault { fault, field: field.to_owned(), message });
    }
}

fn is_moment(value: &Value) -> bool {
    match value {
        Value::String(text) => value::Timestamp::parse(text).is_some(),
        other => other.as_f64().is_some(),
    }
}

/// The member whose name is most like `name`. Always one: AWS suggests `Bucket` for `Bogus`.
fn nearest<'a>(name: &str, structure: &'a Structure, spelling: Spelling) -> Option<&'a str> {
    structure
        .members
        .iter()
        .filter(|member| !(member.streaming && member.location == Location::Body))
        .map(|member| member.shown(spelling).as_str())
        .map(|known| (likeness(name, known), known))
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, known)| known)
}

/// How alike two names are, from 0 to 1 (Jaro and Winkler's measure).
fn likeness(a: &str, b: &str) -> f64 {
    const MAX_CHARS: usize = 128;
    let a: Vec<char> = a.chars().take(MAX_CHARS).collect();
    let b: Vec<char> = b.chars().take(MAX_CHARS).collect();
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    let mut taken = vec![false; b.len()];
    let mut from_a = Vec::new();
    for (at, char) in a.iter().enumerate() {
        let range = at.saturating_sub(window)..b.len().min(at + window + 1);
        if let Some(found) = range.into_iter().find(|&at| !taken[at] && b[at] == *char) {
            taken[found] = true;
            from_a.push(*char);
        }
    }
    if from_a.is_empty() {
        return 0.0;
    }
    let from_b = b.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(char, _)| char);
    let swapped = from_a.iter().zip(from_b).filter(|(a, b)| a != b).count() as f64 / 2.0;
    let same = from_a.len() as f64;
    let jaro = (same / a.len() as f64 + same / b.len() as f64 + (same - swapped) / same) / 3.0;
    let prefix = a.iter().zip(&b).take(4).take_while(|(a, b)| a == b).count() as f64;
    jaro + prefix * 0.1 * (1.0 - jaro)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;

    fn faults(service: &str, action: &str, parameters: &str) -> Vec<String> {
        let service = model::service(service).unwrap();
        let operation = model::operation(&service, action).unwrap();
        let parameters = value::json::parse(parameters).unwrap();
        let found = validate(&service, operation, &parameters, Language::JsonPath);
        found.into_iter().map(|fault| fault.message).collect()
    }

    #[test]
    fn missing_members_hide_unknown_ones() {
        assert_eq!(
            faults("s3", "putObject", r#"{"Bucket":"b","Bogus":1}"#),
            [
                "The field 'Body' is required but was missing",
                "The field 'Key' is required but was missing"
            ]
        );
        assert!(
            faults("s3", "putObject", r#"{"Bucket.$":"$.b","Key.$":"$","Body.$":"$"}"#).is_empty()
        );
    }

    #[test]
    fn unknown_members() {
        let start = r#"{"Bucket":"b","Key":"k","Body":"","#;
        assert_eq!(
            faults("s3", "putObject", &format!(r#"{start}"Bogus":1}}"#)),
            ["The field \"Bogus\" is not supported by Step Functions. Did you mean 'Bucket'?"]
        );
        assert_eq!(
            faults("s3", "putObject", &format!(r#"{start}"contentType":"x"}}"#)),
            ["The field \"contentType\" is not supported by Step Functions. \
                 Did you mean 'ContentType'?"]
        );
        assert!(
            faults("s3", "putObject", &format!(r#"{start}"Metadata":{{"any":"x"}}}}"#)).is_empty()
        );
    }

    #[test]
    fn wrong_types() {
        let send = |rest: &str| {
            faults("sqs", "sendMessage", &format!(r#"{{"QueueUrl":"q","MessageBody":"m",{rest}}}"#))
        };
        assert_eq!(
            send(r#""DelaySeconds":"2""#),
            ["The value for the field 'DelaySeconds' must be an INTEGER"]
        );
        assert_eq!(
            send(r#""DelaySeconds":2.0"#),
            ["The value for the field 'DelaySeconds' must be an INTEGER"]
        );
        assert_eq!(
            send(r#""MessageGroupId":2"#),
            ["The value for the field 'MessageGroupId' must be a STRING"]
        );
        assert!(
            send(r#""MessageGroupId":null,"MessageAttributes":{"a":{"StringValue":"x"}}"#)
                .is_empty()
        );
        assert_eq!(
            send(r#""MessageAttributes":{"a":"text"}"#),
            ["Cannot construct instance of `software.amazon.awssdk.services.sqs.model.\
                 MessageAttributeValue$BuilderImpl` (although at least one Creator exists): no \
                 String-argument constructor/factory method to deserialize from String value \
                 ('text')"]
        );
        assert_eq!(
            send(r#""MessageAttributes":{"a":{"Bogus":1}}"#),
            ["The field \"Bogus\" is not supported by Step Functions."]
        );
    }

    #[test]
    fn booleans_as_jackson_takes_them() {
        let get = |value: &str| {
            let parameters = format!(r#"{{"TableName":"t","Key":{{}},"ConsistentRead":{value}}}"#);
            faults("dynamodb", "getItem", &parameters)
        };
        for taken in ["true", "\"true\"", "\" TRUE \"", "\"\"", "\"null\"", "0", "-1", "null"] {
            assert!(get(taken).is_empty(), "{taken}");
        }
        assert_eq!(
            get("\"TrUe\""),
            ["Cannot deserialize value of type `java.lang.Boolean` from String \"TrUe\": only \
                 \"true\" or \"false\" recognized"]
        );
        assert_eq!(
            get("1.0"),
            ["Cannot deserialize value of type `java.lang.Boolean` from Floating-point value \
                 (token `JsonToken.VALUE_NUMBER_FLOAT`)"]
        );
    }
}
