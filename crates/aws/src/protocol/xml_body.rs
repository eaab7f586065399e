//! Shapes as XML: the bodies of the REST-XML protocol, and the answers of the query protocols.

use smol_str::SmolStr;
use value::{Object, Value};

use super::xml::{Element, escape};
use super::{Context, scalar, sorted};
use crate::model::{Kind, Location, Member, Namespace, ShapeId, Structure, TimestampFormat};

/// Appends a structure as an element.
pub fn write_structure(
    context: Context<'_>,
    structure: &Structure,
    input: &Object,
    (name, namespace): (&str, Option<&Namespace>),
    out: &mut String,
) {
    out.push('<');
    out.push_str(name);
    write_namespace(namespace.or(structure.namespace.as_ref()), out);
    let body = |member: &&Member| member.location == Location::Body;
    let given = || {
        input.iter().filter(|(_, value)| !value.is_null()).filter_map(|(key, value)| {
            Some((structure.member(key, context.spelling).filter(body)?, value))
        })
    };
    for (member, value) in given().filter(|(member, _)| member.attribute) {
        out.push_str(&format!(" {}=\"", member.wire));
        escape(&scalar::text(value).unwrap_or_default(), out);
        out.push('"');
    }
    out.push('>');
    for (member, value) in given().filter(|(member, _)| !member.attribute) {
        write(context, member.shape, Some(member), value, &member.wire, out);
    }
    out.push_str(&format!("</{name}>"));
}

fn write_namespace(namespace: Option<&Namespace>, out: &mut String) {
    let Some(Namespace { uri, prefix }) = namespace else { return };
    out.push_str(" xmlns");
    if let Some(prefix) = prefix {
        out.push(':');
        out.push_str(prefix);
    }
    out.push_str("=\"");
    escape(uri, out);
    out.push('"');
}

fn write(
    context: Context<'_>,
    shape: ShapeId,
    member: Option<&Member>,
    value: &Value,
    name: &str,
    out: &mut String,
) {
    let Some(shape) = context.service.shapes.get(shape) else { return };
    let namespace = member.and_then(|member| member.namespace.as_ref());
    let flat = member.is_some_and(|member| member.flattened);
    let text = match &shape.kind {
        Kind::Structure(structure) => {
            if let Some(object) = value.as_object() {
                write_structure(context, structure, object, (name, namespace), out);
            }
            return;
        }
        Kind::List { member, element, flattened } => {
            let Some(items) = value.as_array() else { return };
            let flat = flat || *flattened;
            let element = if flat { name } else { element.as_deref().unwrap_or("member") };
            wrapped(!flat, name, namespace, out, |out| {
                for item in items.iter() {
                    write(context, *member, None, item, element, out);
                }
            });
            return;
        }
        Kind::Map { key_element, value_element, value: shape, flattened, .. } => {
            let Some(entries) = value.as_object() else { return };
            let flat = flat || *flattened;
            let key_name = key_element.as_deref().unwrap_or("key");
            let value_name = value_element.as_deref().unwrap_or("value");
            wrapped(!flat, name, namespace, out, |out| {
                for (key, item) in entries.iter() {
                    wrapped(true, if flat { name } else { "entry" }, None, out, |out| {
                        wrapped(true, key_name, None, out, |out| escape(key, out));
                        write(context, *shape, None, item, value_name, out);
                    });
                }
            });
            return;
        }
        kind => scalar_text(kind, member, value),
    };
    if let Some(text) = text {
        wrapped(true, name, namespace, out, |out| escape(&text, out));
    }
}

fn wrapped(
    really: bool,
    name: &str,
    namespace: Option<&Namespace>,
    out: &mut String,
    inner: impl FnOnce(&mut String),
) {
    if really {
        out.push('<');
        out.push_str(name);
        write_namespace(namespace, out);
        out.push('>');
    }
    inner(out);
    if really {
        out.push_str(&format!("</{name}>"));
    }
}

fn scalar_text(kind: &Kind, member: Option<&Member>, value: &Value) -> Option<String> {
    match kind {
        Kind::Blob => Some(scalar::blob(value)),
        Kind::Boolean => scalar::boolean(value).map(|bool| bool.to_string()),
        Kind::Integer | Kind::Long | Kind::Float | Kind::Double => scalar::number(value),
        Kind::Timestamp(own) => {
            let format = member.and_then(|member| member.timestamp).or(*own);
            let format = format.unwrap_or(TimestampFormat::Iso8601);
            scalar::moment(value).map(|moment| scalar::write_moment(moment, format))
        }
        _ => scalar::text(value),
    }
}

/// An element as a structure.
pub fn read_structure(context: Context<'_>, structure: &Structure, element: &Element) -> Value {
    Value::from(sorted(read_members(context, structure, element)))
}

/// The members of a structure that an element holds.
pub fn read_members(
    context: Context<'_>,
    structure: &Structure,
    element: &Element,
) -> Vec<(SmolStr, Value)> {
    let mut out = Vec::new();
    for member in structure.members.iter().filter(|member| member.location == Location::Body) {
        let value = if member.attribute {
            element.attribute(&member.wire).map(Value::string)
        } else {
            read_member(context, member, element)
        };
        if let Some(value) = value {
            out.push((member.shown(context.spelling).clone(), value));
        }
    }
    out
}

fn read_member(context: Context<'_>, member: &Member, parent: &Element) -> Option<Value> {
    let kind = &context.service.shapes.get(member.shape)?.kind;
    match kind {
        Kind::List { member: item, element, flattened } if *flattened || member.flattened => {
            let name = element.as_ref().filter(|_| !member.renamed).unwrap_or(&member.wire);
            let found: Vec<Value> = parent
                .children
                .iter()
                .filter(|child| child.name == *name || child.name == member.wire)
                .map(|child| read(context, *item, child))
                .collect();
            (!found.is_empty()).then(|| Value::array(found))
        }
        Kind::Map { flattened, .. } if *flattened || member.flattened => {
            let entries = parent.children.iter().filter(|child| child.name == member.wire);
            let found = read_entries(context, kind, entries);
            (!found.is_empty()).then(|| Value::from(found))
        }
        _ => parent.child(&member.wire).map(|child| read(context, member.shape, child)),
    }
}

/// An element as a value.
pub fn read(context: Context<'_>, shape: ShapeId, element: &Element) -> Value {
    let Some(shape) = context.service.shapes.get(shape) else { return Value::Null };
    match &shape.kind {
        Kind::Structure(structure) => read_structure(context, structure, element),
        Kind::List { member, .. } => Value::array(
            element.children.iter().map(|child| read(context, *member, child)).collect(),
        ),
        Kind::Map { .. } => {
            Value::from(read_entries(context, &shape.kind, element.children.iter()))
        }
        kind => scalar::of_text(kind, &element.text).unwrap_or_default(),
    }
}

fn read_entries<'a>(
    context: Context<'_>,
    kind: &Kind,
    entries: impl Iterator<Item = &'a Element>,
) -> Object {
    let Kind::Map { value, key_element, value_element, .. } = kind else {
        return Object::default();
    };
    let key_name = key_element.as_deref().unwrap_or("key");
    let value_name = value_element.as_deref().unwrap_or("value");
    entries
        .filter_map(|entry| {
            let key = entry.child(key_name)?;
            let item = entry.child(value_name).map(|child| read(context, *value, child));
            Some((SmolStr::new(&key.text), item.unwrap_or_default()))
        })
        .collect()
}
