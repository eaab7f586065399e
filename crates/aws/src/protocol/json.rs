//! The JSON protocol, and the JSON bodies of the REST protocol.

use smol_str::SmolStr;
use value::{Object, Value, json};

use super::{Context, Wire, scalar, sorted};
use crate::http::Response;
use crate::model::{Kind, Member, ShapeId, Structure, TimestampFormat};

/// Writes a call: everything in the body, the operation in a header.
pub fn request(context: Context<'_>, input: &Object) -> Wire {
    let Context { service, operation, .. } = context;
    let mut wire =
        Wire { method: operation.method.to_string(), path: "/".to_owned(), ..Wire::default() };
    wire.header("x-amz-target", format!("{}.{}", service.target_prefix, operation.name));
    wire.header("content-type", format!("application/x-amz-json-{}", service.json_version));
    if service.query_compatible {
        wire.header("x-amzn-query-mode", "true");
    }
    let body = match service.input(operation) {
        Some(structure) => members(context, structure, input, |_| true),
        None => Object::default(),
    };
    wire.body = Value::from(body).to_json().into_bytes();
    wire
}

/// Reads an answer.
pub fn response(context: Context<'_>, response: &Response) -> Result<Value, String> {
    let Some(structure) = context.service.output(context.operation) else {
        return Ok(Value::empty_object());
    };
    let document = document(&response.body)?;
    Ok(read_structure(context, structure, &document))
}

/// The JSON of a body; an empty one is an empty object.
pub fn document(body: &[u8]) -> Result<Value, String> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::empty_object());
    }
    let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
    json::parse(text).map_err(|error| error.to_string())
}

/// The members of a structure that `wanted` takes, under their wire names.
pub fn members(
    context: Context<'_>,
    structure: &Structure,
    input: &Object,
    wanted: impl Fn(&Member) -> bool,
) -> Object {
    let mut out = Object::with_capacity(input.len());
    for (key, value) in input.iter() {
        let Some(member) = structure.member(key, context.spelling) else { continue };
        if value.is_null() || !wanted(member) {
            continue;
        }
        if let Some(value) = write(context, member.shape, member.timestamp, value) {
            out.insert(member.wire.clone(), value);
        }
    }
    out
}

/// A value as the wire has it.
pub fn write(
    context: Context<'_>,
    shape: ShapeId,
    timestamp: Option<TimestampFormat>,
    value: &Value,
) -> Option<Value> {
    if value.is_null() {
        return Some(Value::Null);
    }
    Some(match &context.service.shapes.get(shape)?.kind {
        Kind::Structure(structure) if structure.document => value.clone(),
        Kind::Structure(structure) => {
            Value::from(members(context, structure, value.as_object()?, |_| true))
        }
        Kind::List { member, .. } => Value::array(
            value
                .as_array()?
                .iter()
                .filter_map(|item| write(context, *member, None, item))
                .collect(),
        ),
        Kind::Map { value: shape, .. } => Value::object(
            value
                .as_object()?
                .iter()
                .filter_map(|(key, item)| Some((key.clone(), write(context, *shape, None, item)?))),
        ),
        Kind::String { .. } => Value::from(scalar::text(value)?),
        Kind::Blob => Value::from(scalar::blob(value)),
        Kind::Boolean => Value::Bool(scalar::boolean(value)?),
        Kind::Integer | Kind::Long | Kind::Float | Kind::Double => number(value)?,
        Kind::Timestamp(own) => {
            let format = timestamp.or(*own).unwrap_or(TimestampFormat::Unix);
            let moment = scalar::moment(value)?;
            match format {
                TimestampFormat::Unix if moment.0 % 1000 == 0 => Value::Int(moment.0 / 1000),
                TimestampFormat::Unix => Value::Float(moment.0 as f64 / 1000.0),
                other => Value::from(scalar::write_moment(moment, other)),
            }
        }
    })
}

/// A number, also one that is written as a string.
fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Int(_) | Value::Float(_) => Some(value.clone()),
        Value::String(text) => match json::parse(text) {
            Ok(number @ (Value::Int(_) | Value::Float(_))) => Some(number),
            _ => Some(value.clone()),
        },
        _ => None,
    }
}

/// A structure of an answer: known members under the names users see, sorted.
pub fn read_structure(context: Context<'_>, structure: &Structure, document: &Value) -> Value {
    if structure.document {
        return document.clone();
    }
    let Some(object) = document.as_object() else { return Value::empty_object() };
    let mut out: Vec<(SmolStr, Value)> = Vec::with_capacity(object.len());
    for member in &structure.members {
        if let Some(value) = object.get(&member.wire).filter(|value| !value.is_null()) {
            let value = read(context, member.shape, value);
            out.push((member.shown(context.spelling).clone(), value));
        }
    }
    Value::from(sorted(out))
}

/// A value of an answer.
pub fn read(context: Context<'_>, shape: ShapeId, document: &Value) -> Value {
    let Some(shape) = context.service.shapes.get(shape) else { return document.clone() };
    match (&shape.kind, document) {
        (_, Value::Null) => Value::Null,
        (Kind::Structure(structure), _) => read_structure(context, structure, document),
        (Kind::List { member, .. }, Value::Array(items)) => {
            Value::array(items.iter().map(|item| read(context, *member, item)).collect())
        }
        (Kind::Map { value, .. }, Value::Object(entries)) => Value::object(
            entries.iter().map(|(key, item)| (key.clone(), read(context, *value, item))),
        ),
        (Kind::Timestamp(_), _) => scalar::of_moment(document),
        (Kind::Blob, Value::String(text)) => scalar::of_blob(text),
        _ => document.clone(),
    }
}
