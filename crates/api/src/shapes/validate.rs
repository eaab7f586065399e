//! Checks a request against its shape, in the words of AWS's service framework.

use std::fmt::Write;

use value::Value;

use super::{Integer, Member, Shape, Structure, Text};
use crate::error::Error;

/// Most faults that one answer names; ours, so that no request makes an answer much larger than
/// itself.
const MAX_FAULTS: usize = 100;

/// Checks `input` against `shape`.
///
/// # Errors
/// `SerializationException` for the first value of a wrong JSON type, else a `ValidationException`
/// that names every violated constraint.
pub fn validate(input: &Value, shape: &'static Structure) -> Result<(), Error> {
    let Some(object) = input.as_object() else {
        return Err(Error::Serialization("Unexpected field type".into()));
    };
    let mut check = Check::default();
    for member in shape.members {
        check.member(object.get(member.name), member)?;
    }
    check.finish()
}

#[derive(Default)]
struct Check {
    /// Where the value stands: `routingConfiguration.1.member.weight`.
    path: String,
    faults: Vec<String>,
}

impl Check {
    fn finish(self) -> Result<(), Error> {
        let count = self.faults.len();
        if count == 0 {
            return Ok(());
        }
        let noun = if count == 1 { "error" } else { "errors" };
        let faults = self.faults.join("; ");
        Err(Error::Constraint(format!("{count} validation {noun} detected: {faults}")))
    }

    fn member(&mut self, value: Option<&Value>, member: &'static Member) -> Result<(), Error> {
        let value = value.filter(|value| !value.is_null());
        if value.is_none() && !member.required {
            return Ok(());
        }
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        self.path.push_str(member.name);
        match value {
            Some(value) => self.value(value, &member.shape)?,
            None => self.fault(&Shown::Null, "Member must not be null"),
        }
        self.path.truncate(length);
        Ok(())
    }

    fn value(&mut self, value: &Value, shape: &'static Shape) -> Result<(), Error> {
        match shape {
            Shape::Text(limits) => self.text(value, limits),
            Shape::Integer(limits) => self.integer(value, *limits),
            Shape::Float { min, max } => self.float(value, *min, *max),
            Shape::Boolean => match value {
                Value::Bool(_) => Ok(()),
                other => Err(wrong_type(other, "Boolean")),
            },
            Shape::List { item, min, max } => self.list(value, shape, item, *min, *max),
            Shape::Structure(structure) => self.structure(value, structure),
        }
    }

    fn text(&mut self, value: &Value, limits: &'static Text) -> Result<(), Error> {
        let Value::String(text) = value else { return Err(wrong_type(value, "String")) };
        let shown = if limits.sensitive { Shown::Hidden } else { Shown::Text(text) };
        self.length(&shown, utf16_length(text), limits.min, limits.max);
        if let Some((pattern, matches)) = limits.pattern
            && !matches(text)
        {
            let words = format!("Member must satisfy regular expression pattern: {pattern}");
            self.fault(&shown, &words);
        }
        if !limits.values.is_empty() && !limits.values.contains(&text.as_str()) {
            let values = limits.values.join(", ");
            self.fault(&shown, &format!("Member must satisfy enum value set: [{values}]"));
        }
        Ok(())
    }

    fn integer(&mut self, value: &Value, limits: Integer) -> Result<(), Error> {
        let kind = if limits.long { "Long" } else { "Integer" };
        match *value {
            Value::Int(int) => {
                let fits = limits.long || i32::try_from(int).is_ok();
                // A number that does not fit 32 bits is over any limit of 32 bits that there is.
                let max = limits.max.or((!fits).then_some(i64::from(i32::MAX)));
                let shown = Shown::Text(&int.to_string());
                if let Some(max) = max.filter(|max| int > *max) {
                    self.fault(&shown, &at_most("value", max));
                }
                if let Some(min) = limits.min.filter(|min| int < *min) {
                    self.fault(&shown, &at_least("value", min));
                }
                Ok(())
            }
            // Measured: a fraction is a ValidationException; its text is not known.
            Value::Float(float) => {
                let shown = Value::Float(float).to_json();
                self.fault(&Shown::Text(&shown), "Member must be a whole number");
                Ok(())
            }
            _ => Err(wrong_type(value, kind)),
        }
    }

    fn float(&mut self, value: &Value, min: f64, max: f64) -> Result<(), Error> {
        let Some(number) = value.as_f64() else { return Err(wrong_type(value, "Float")) };
        let shown = value.to_json();
        if number > max {
            self.fault(&Shown::Text(&shown), &at_most("value", max));
        }
        if number < min {
            self.fault(&Shown::Text(&shown), &at_least("value", min));
        }
        Ok(())
    }

    fn list(
        &mut self,
        value: &Value,
        shape: &'static Shape,
        item: &'static Shape,
        min: Option<usize>,
        max: Option<usize>,
    ) -> Result<(), Error> {
        let Value::Array(items) = value else {
            return Err(Error::Serialization("Expected list or null".into()));
        };
        let count = items.len();
        if min.is_some_and(|min| count < min) || max.is_some_and(|max| count > max) {
            let mut shown = String::new();
            java_text(value, shape, &mut shown);
            self.length(&Shown::Text(&shown), count, min, max);
        }
        let length = self.path.len();
        for (at, value) in items.iter().enumerate() {
            // Writing to a `String` cannot fail.
            let _ = write!(self.path, ".{}.member", at + 1);
            if value.is_null() {
                self.fault(&Shown::Null, "Member must not be null");
            } else {
                self.value(value, item)?;
            }
            self.path.truncate(length);
        }
        Ok(())
    }

    fn structure(&mut self, value: &Value, structure: &'static Structure) -> Result<(), Error> {
        let Value::Object(object) = value else {
            return Err(Error::Serialization("Expected null".into()));
        };
        for member in structure.members {
            self.member(object.get(member.name), member)?;
        }
        Ok(())
    }

    fn length(&mut self, shown: &Shown<'_>, length: usize, min: Option<usize>, max: Option<usize>) {
        if let Some(max) = max.filter(|max| length > *max) {
            self.fault(shown, &at_most("length", max));
        }
        if let Some(min) = min.filter(|min| length < *min) {
            self.fault(shown, &at_least("length", min));
        }
    }

    fn fault(&mut self, shown: &Shown<'_>, constraint: &str) {
        if self.faults.len() >= MAX_FAULTS {
            return;
        }
        let value = match shown {
            Shown::Null => " null".to_owned(),
            Shown::Hidden => String::new(),
            Shown::Text(text) => format!(" '{text}'"),
        };
        let path = &self.path;
        self.faults
            .push(format!("Value{value} at '{path}' failed to satisfy constraint: {constraint}"));
    }
}

/// A value as a message shows it.
enum Shown<'a> {
    Null,
    Hidden,
    Text(&'a str),
}

fn at_most(what: &str, limit: impl std::fmt::Display) -> String {
    format!("Member must have {what} less than or equal to {limit}")
}

fn at_least(what: &str, limit: impl std::fmt::Display) -> String {
    format!("Member must have {what} greater than or equal to {limit}")
}

/// The length of a Java string.
fn utf16_length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// The framework's texts, measured with another service of it (floci-io/floci#2686).
fn wrong_type(value: &Value, wanted: &str) -> Error {
    let token = match value {
        Value::Array(_) => {
            return Error::Serialization("Start of list found where not expected".into());
        }
        Value::Object(_) => {
            let text = "Start of structure or map found where not expected.";
            return Error::Serialization(text.into());
        }
        Value::Null => "NULL_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Int(_) => "NUMBER_VALUE",
        Value::Float(_) => "DECIMAL_VALUE",
        Value::String(_) => "STRING_VALUE",
    };
    let article = if wanted.starts_with('I') { "an" } else { "a" };
    Error::Serialization(format!("{token} can not be converted to {article} {wanted}"))
}

/// What Java prints of a list or structure: `[Item(weight=50)]`.
fn java_text(value: &Value, shape: &Shape, out: &mut String) {
    match (value, shape) {
        (Value::String(text), _) => out.push_str(text),
        (Value::Array(items), Shape::List { item, .. }) => {
            out.push('[');
            for (at, value) in items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                java_text(value, item, out);
            }
            out.push(']');
        }
        (Value::Object(object), Shape::Structure(structure)) => {
            out.push_str(structure.name);
            out.push('(');
            for (at, member) in structure.members.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                out.push_str(member.name);
                out.push('=');
                let value = object.get(member.name).unwrap_or(&Value::Null);
                java_text(value, &member.shape, out);
            }
            out.push(')');
        }
        (other, _) => other.render(out),
    }
}
