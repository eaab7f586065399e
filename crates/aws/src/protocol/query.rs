//! The query protocol and EC2's variant: a form goes out, XML comes back.

use value::{Object, Value};

use super::{Context, Wire, scalar, xml, xml_body};
use crate::escape;
use crate::http::Response;
use crate::model::capitalize;
use crate::model::{Kind, Member, Protocol, ShapeId, Structure, TimestampFormat};

type Form = Vec<(String, String)>;

/// Writes a call.
pub fn request(context: Context<'_>, input: &Object) -> Wire {
    let Context { service, operation, .. } = context;
    let mut form = vec![
        ("Action".to_owned(), operation.name.to_string()),
        ("Version".to_owned(), service.api_version.to_string()),
    ];
    if let Some(structure) = service.input(operation) {
        write_structure(context, structure, input, "", &mut form);
    }
    let mut wire =
        Wire { method: operation.method.to_string(), path: "/".to_owned(), ..Wire::default() };
    wire.header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    wire.body = escape::query(&form).into_bytes();
    wire
}

/// Reads an answer.
pub fn response(context: Context<'_>, response: &Response) -> Result<Value, String> {
    let Some(structure) = context.service.output(context.operation) else {
        return Ok(Value::empty_object());
    };
    let root = xml::parse(&response.body)?;
    let result = match &context.operation.result_wrapper {
        Some(name) => root.child(name),
        None => Some(&root),
    };
    Ok(match result {
        Some(element) => xml_body::read_structure(context, structure, element),
        None => Value::empty_object(),
    })
}

fn is_ec2(context: Context<'_>) -> bool {
    context.service.protocol == Protocol::Ec2
}

/// EC2 capitalises the name that answers have, unless the model gives one for requests.
fn name_of(context: Context<'_>, member: &Member) -> String {
    if !is_ec2(context) {
        return member.wire.to_string();
    }
    match &member.query_name {
        Some(name) => name.to_string(),
        None if member.renamed => capitalize(&member.wire),
        None => member.name.to_string(),
    }
}

fn write_structure(
    context: Context<'_>,
    structure: &Structure,
    input: &Object,
    prefix: &str,
    form: &mut Form,
) {
    for (key, value) in input.iter() {
        let Some(member) = structure.member(key, context.spelling) else { continue };
        let name = name_of(context, member);
        let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        write(context, member.shape, Some(member), value, &key, form);
    }
}

fn write(
    context: Context<'_>,
    shape: ShapeId,
    member: Option<&Member>,
    value: &Value,
    key: &str,
    form: &mut Form,
) {
    if value.is_null() {
        return;
    }
    let Some(shape) = context.service.shapes.get(shape) else { return };
    let flat = member.is_some_and(|member| member.flattened);
    let text = match &shape.kind {
        Kind::Structure(structure) => {
            if let Some(object) = value.as_object() {
                write_structure(context, structure, object, key, form);
            }
            return;
        }
        Kind::List { member, element, flattened } => {
            let element = element.as_deref();
            let flat = flat || *flattened;
            write_list(context, (*member, element, flat), value, key, form);
            return;
        }
        Kind::Map { .. } => {
            write_map(context, &shape.kind, flat, value, key, form);
            return;
        }
        Kind::String { .. } => scalar::text(value),
        Kind::Blob => Some(scalar::blob(value)),
        Kind::Boolean => scalar::boolean(value).map(|bool| bool.to_string()),
        Kind::Integer | Kind::Long | Kind::Float | Kind::Double => scalar::number(value),
        Kind::Timestamp(own) => {
            let format = member.and_then(|member| member.timestamp).or(*own);
            scalar::moment(value).map(|moment| {
                scalar::write_moment(moment, format.unwrap_or(TimestampFormat::Iso8601))
            })
        }
    };
    if let Some(text) = text {
        form.push((key.to_owned(), text));
    }
}

fn write_list(
    context: Context<'_>,
    (shape, element, flattened): (ShapeId, Option<&str>, bool),
    value: &Value,
    key: &str,
    form: &mut Form,
) {
    let Some(items) = value.as_array() else { return };
    if is_ec2(context) {
        for (at, item) in items.iter().enumerate() {
            write(context, shape, None, item, &format!("{key}.{}", at + 1), form);
        }
        return;
    }
    if items.is_empty() {
        form.push((key.to_owned(), String::new()));
        return;
    }
    let prefix = match (flattened, element) {
        (true, None) => key.to_owned(),
        // A flattened list takes its elements' name in place of its own.
        (true, Some(name)) => match key.rsplit_once('.') {
            Some((parent, _)) => format!("{parent}.{name}"),
            None => name.to_owned(),
        },
        (false, name) => format!("{key}.{}", name.unwrap_or("member")),
    };
    for (at, item) in items.iter().enumerate() {
        write(context, shape, None, item, &format!("{prefix}.{}", at + 1), form);
    }
}

fn write_map(
    context: Context<'_>,
    kind: &Kind,
    flat: bool,
    value: &Value,
    key: &str,
    form: &mut Form,
) {
    let Kind::Map { value: shape, key_element, value_element, flattened, .. } = kind else {
        return;
    };
    let Some(entries) = value.as_object() else { return };
    let prefix = if flat || *flattened { key.to_owned() } else { format!("{key}.entry") };
    let key_name = key_element.as_deref().unwrap_or("key");
    let value_name = value_element.as_deref().unwrap_or("value");
    for (at, (name, item)) in entries.iter().enumerate() {
        let number = at + 1;
        form.push((format!("{prefix}.{number}.{key_name}"), name.to_string()));
        write(context, *shape, None, item, &format!("{prefix}.{number}.{value_name}"), form);
    }
}
