//! The REST protocols: members in the path, the query, the headers, and a body in JSON or XML.

use smol_str::SmolStr;
use value::{Object, Value};

use super::{Context, Wire, json, scalar, sorted, xml, xml_body};
use crate::escape;
use crate::http::Response;
use crate::model::{Kind, Location, Member, Protocol, ShapeId, Structure, TimestampFormat};

/// Writes a call.
pub fn request(context: Context<'_>, input: &Object) -> Result<Wire, String> {
    let Context { service, operation, .. } = context;
    let (path, fixed) = operation.uri.split_once('?').unwrap_or((&operation.uri, ""));
    let mut wire = Wire { method: operation.method.to_string(), ..Wire::default() };
    wire.query = fixed.split('&').filter(|pair| !pair.is_empty()).map(pair).collect();
    let Some(structure) = service.input(operation) else {
        wire.path = path.to_owned();
        return Ok(wire);
    };
    wire.path = fill(context, structure, input, path)?;
    for (key, value) in input.iter() {
        let Some(member) = structure.member(key, context.spelling) else { continue };
        if value.is_null() {
            continue;
        }
        match member.location {
            Location::Query => query(context, member, value, &mut wire),
            // The length is the body's own, whatever the caller says.
            Location::Header if member.wire.eq_ignore_ascii_case("content-length") => {}
            Location::Header => header(context, member, value, &mut wire),
            Location::Headers => headers(member, value, &mut wire),
            Location::Uri | Location::Body | Location::Status => {}
        }
    }
    body(context, structure, input, &mut wire);
    Ok(wire)
}

fn pair(text: &str) -> (String, String) {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    (key.to_owned(), value.to_owned())
}

/// Fills the labels of a path: `{Bucket}` wholly encoded, `{Key+}` with its slashes kept.
fn fill(
    context: Context<'_>,
    structure: &Structure,
    input: &Object,
    pattern: &str,
) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((label, after)) = after.split_once('}') else { break };
        out.push_str(before);
        let (name, greedy) = match label.strip_suffix('+') {
            Some(name) => (name, true),
            None => (label, false),
        };
        let member = structure
            .members
            .iter()
            .find(|member| member.location == Location::Uri && member.wire == name);
        let text = member
            .and_then(|member| Some((member, input.get(member.shown(context.spelling))?)))
            .and_then(|(member, value)| text(context, member.shape, member, value))
            .unwrap_or_default();
        if text.is_empty() {
            return Err(format!("Parameter '{name}' must not be null"));
        }
        out.push_str(&if greedy { escape::path(&text) } else { escape::component(&text) });
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// A scalar of the path, the query or a header.
fn text(context: Context<'_>, shape: ShapeId, member: &Member, value: &Value) -> Option<String> {
    match &context.service.shapes.get(shape)?.kind {
        Kind::Boolean => scalar::boolean(value).map(|bool| bool.to_string()),
        Kind::Timestamp(own) => {
            let default = match member.location {
                Location::Header => TimestampFormat::Rfc822,
                _ => TimestampFormat::Iso8601,
            };
            let format = member.timestamp.or(*own).unwrap_or(default);
            scalar::moment(value).map(|moment| scalar::write_moment(moment, format))
        }
        Kind::Integer | Kind::Long | Kind::Float | Kind::Double => scalar::number(value),
        Kind::Blob => Some(scalar::blob(value)),
        Kind::String { json, .. } if *json || member.json => {
            let text = scalar::text(value)?;
            let header = member.location == Location::Header;
            Some(if header { crate::digest::base64(text.as_bytes()) } else { text })
        }
        Kind::String { .. } => scalar::text(value),
        Kind::Structure(_) | Kind::List { .. } | Kind::Map { .. } => None,
    }
}

fn query(context: Context<'_>, member: &Member, value: &Value, wire: &mut Wire) {
    let name = member.wire.to_string();
    match context.service.shapes.get(member.shape).map(|shape| &shape.kind) {
        Some(Kind::List { member: item, .. }) => {
            for value in value.as_array().into_iter().flat_map(|items| items.iter()) {
                if let Some(text) = text(context, *item, member, value) {
                    wire.query.push((name.clone(), text));
                }
            }
        }
        Some(Kind::Map { .. }) => {
            for (key, value) in value.as_object().into_iter().flat_map(|object| object.iter()) {
                let values = value.as_array().map_or(std::slice::from_ref(value), |list| list);
                for text in values.iter().filter_map(scalar::text) {
                    wire.query.push((key.to_string(), text));
                }
            }
        }
        _ => {
            if let Some(text) = text(context, member.shape, member, value) {
                wire.query.push((name, text));
            }
        }
    }
}

fn header(context: Context<'_>, member: &Member, value: &Value, wire: &mut Wire) {
    let kind = context.service.shapes.get(member.shape).map(|shape| &shape.kind);
    let text = match kind {
        Some(Kind::List { member: item, .. }) => {
            let items = value.as_array().into_iter().flat_map(|items| items.iter());
            let texts: Vec<String> = items
                .filter_map(|value| text(context, *item, member, value))
                .map(|text| quote(context, *item, text))
                .collect();
            (!texts.is_empty()).then(|| texts.join(","))
        }
        _ => text(context, member.shape, member, value),
    };
    if let Some(text) = text {
        wire.header(&member.wire.to_ascii_lowercase(), text);
    }
}

/// Strings of a header's list are quoted where they hold a comma or a quote.
fn quote(context: Context<'_>, shape: ShapeId, text: String) -> String {
    let kind = context.service.shapes.get(shape).map(|shape| &shape.kind);
    if matches!(kind, Some(Kind::String { .. })) && text.contains(['"', ',']) {
        return format!("\"{}\"", text.replace('"', "\\\""));
    }
    text
}

fn headers(member: &Member, value: &Value, wire: &mut Wire) {
    for (key, value) in value.as_object().into_iter().flat_map(|object| object.iter()) {
        if let Some(text) = scalar::text(value) {
            wire.header(&format!("{}{key}", member.wire).to_ascii_lowercase(), text);
        }
    }
}

fn body(context: Context<'_>, structure: &Structure, input: &Object, wire: &mut Wire) {
    let payload = structure.payload.and_then(|at| structure.members.get(at));
    if let Some(member) = payload {
        let value = input.get(member.shown(context.spelling)).filter(|value| !value.is_null());
        payload_body(context, member, value, wire);
        return;
    }
    let in_body = |member: &&Member| member.location == Location::Body;
    if !structure.members.iter().any(|member| in_body(&member)) {
        return;
    }
    if context.service.protocol == Protocol::RestJson {
        let object = json::members(context, structure, input, |member| in_body(&member));
        json_body(&Value::from(object), wire);
        return;
    }
    let given = |member: &Member| {
        input.get(member.shown(context.spelling)).is_some_and(|value| !value.is_null())
    };
    if structure.members.iter().filter(in_body).any(given) {
        let operation = context.operation;
        let name = operation.input_element.as_ref().or(structure.element.as_ref());
        let name = name.unwrap_or(&structure.name);
        let root = (name.as_str(), operation.input_namespace.as_ref());
        wire.body = xml_text(context, structure, input, root);
    }
}

/// A body that is one member: bytes as they are, a structure in the protocol's format.
fn payload_body(context: Context<'_>, member: &Member, value: Option<&Value>, wire: &mut Wire) {
    let json = context.service.protocol == Protocol::RestJson;
    match context.service.shapes.get(member.shape).map(|shape| &shape.kind) {
        Some(Kind::Blob) => {
            wire.body = value.map(scalar::body).unwrap_or_default();
            let is_typed = wire.headers.iter().any(|(name, _)| name == "content-type");
            // Recorded: what Step Functions puts into S3 is text (`test_s3_put_object`).
            if !json && value.is_some() && !is_typed {
                wire.header("content-type", "text/plain; charset=UTF-8".to_owned());
            }
        }
        Some(Kind::String { .. }) => {
            wire.body = value.and_then(scalar::text).unwrap_or_default().into_bytes();
        }
        Some(Kind::Structure(structure)) if !json => {
            if let Some(object) = value.and_then(Value::as_object) {
                let root = (member.wire.as_str(), member.namespace.as_ref());
                wire.body = xml_text(context, structure, object, root);
            }
        }
        _ => {
            let written =
                value.and_then(|value| json::write(context, member.shape, member.timestamp, value));
            json_body(&written.unwrap_or_else(Value::empty_object), wire);
        }
    }
}

fn json_body(value: &Value, wire: &mut Wire) {
    wire.body = value.to_json().into_bytes();
    if crate::http::header(&wire.headers, "content-type").is_none() {
        wire.header("content-type", "application/json");
    }
}

fn xml_text(
    context: Context<'_>,
    structure: &Structure,
    input: &Object,
    root: (&str, Option<&crate::model::Namespace>),
) -> Vec<u8> {
    let mut out = String::new();
    xml_body::write_structure(context, structure, input, root, &mut out);
    out.into_bytes()
}

/// Reads an answer.
pub fn response(context: Context<'_>, response: &Response) -> Result<Value, String> {
    let Some(structure) = context.service.output(context.operation) else {
        return Ok(Value::empty_object());
    };
    let mut out: Vec<(SmolStr, Value)> = Vec::new();
    for member in &structure.members {
        if let Some(value) = bound(context, member, response) {
            out.push((member.shown(context.spelling).clone(), value));
        }
    }
    let payload = structure.payload.and_then(|at| structure.members.get(at));
    let Some(member) = payload else {
        if structure.members.iter().any(|member| member.location == Location::Body) {
            out.extend(read_body(context, structure, response)?);
        }
        return Ok(Value::from(sorted(out)));
    };
    let kind = context.service.shapes.get(member.shape).map(|shape| &shape.kind);
    let name = member.shown(context.spelling).clone();
    let mut object = sorted(out);
    match kind {
        Some(Kind::Blob) => {
            object.insert(name, scalar::of_bytes(&response.body));
            return Ok(Value::from(object));
        }
        Some(Kind::String { .. }) => object.insert(name, Value::from(response.text())),
        _ if response.body.is_empty() => {}
        _ => object.insert(name, read_payload(context, member, response)?),
    }
    let members = object.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    Ok(Value::from(sorted(members)))
}

fn read_payload(
    context: Context<'_>,
    member: &Member,
    response: &Response,
) -> Result<Value, String> {
    if context.service.protocol == Protocol::RestJson {
        let document = json::document(&response.body)?;
        return Ok(json::read(context, member.shape, &document));
    }
    let root = xml::parse(&response.body)?;
    Ok(xml_body::read(context, member.shape, &root))
}

/// The members of the output that are in the body.
fn read_body(
    context: Context<'_>,
    structure: &Structure,
    response: &Response,
) -> Result<Vec<(SmolStr, Value)>, String> {
    if context.service.protocol == Protocol::RestJson {
        let document = json::document(&response.body)?;
        let read = json::read_structure(context, structure, &document);
        let read = read
            .as_object()
            .map(|object| object.iter().map(|(key, value)| (key.clone(), value.clone())).collect());
        return Ok(read.unwrap_or_default());
    }
    if response.body.is_empty() {
        return Ok(Vec::new());
    }
    let root = xml::parse(&response.body)?;
    // S3's GetBucketLocation answers with the bare element of its only member.
    let lone = structure.members.iter().find(|member| member.wire == root.name);
    if let Some(member) = lone.filter(|_| root.children.is_empty()) {
        let value = xml_body::read(context, member.shape, &root);
        return Ok(vec![(member.shown(context.spelling).clone(), value)]);
    }
    Ok(xml_body::read_members(context, structure, &root))
}

/// A member of the output that is in the status or the headers.
fn bound(context: Context<'_>, member: &Member, response: &Response) -> Option<Value> {
    let kind = &context.service.shapes.get(member.shape)?.kind;
    match member.location {
        Location::Status => Some(Value::Int(i64::from(response.status))),
        Location::Header => read_header(context, member, kind, response.header(&member.wire)?),
        Location::Headers => {
            let prefix = member.wire.to_ascii_lowercase();
            let found = response.headers.iter().filter_map(|(name, value)| {
                let name = name.to_ascii_lowercase();
                let key = name.strip_prefix(&prefix)?;
                (!key.is_empty()).then(|| (SmolStr::new(key), Value::string(value)))
            });
            Some(Value::object(found))
        }
        Location::Body | Location::Uri | Location::Query => None,
    }
}

fn read_header(context: Context<'_>, member: &Member, kind: &Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::List { member: item, .. } => {
            let kind = &context.service.shapes.get(*item)?.kind;
            let items = text.split(',').filter_map(|part| scalar::of_text(kind, part.trim()));
            Some(Value::array(items.collect()))
        }
        Kind::String { json, .. } if *json || member.json => Some(scalar::of_blob(text)),
        kind => scalar::of_text(kind, text),
    }
}
