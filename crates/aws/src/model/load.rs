//! The packed JSON of one service (see `models/build.py`) to a `Service`.

use std::collections::HashMap;

use smol_str::SmolStr;
use value::{Object, Value};

use super::names;
use super::shape::*;

/// Reads one service. `None` where the pack does not hold what `build.py` writes.
pub fn service(name: &str, packed: &Value) -> Option<Service> {
    let about = packed.get("service")?.as_object()?;
    let shapes: Vec<Shape> =
        packed.get("shapes")?.as_array()?.iter().map(shape).collect::<Option<_>>()?;
    let operations: Vec<Operation> =
        packed.get("operations")?.as_array()?.iter().map(operation).collect::<Option<_>>()?;
    let mut errors = HashMap::new();
    for id in operations.iter().flat_map(|operation| operation.errors.iter().copied()) {
        let Kind::Structure(structure) = &shapes.get(id)?.kind else { continue };
        errors.insert(structure.name.clone(), id);
    }
    for (at, row) in packed.get("shapes")?.as_array()?.iter().enumerate() {
        if let Some(code) = text(row.as_object()?, "ec") {
            errors.insert(code, at);
        }
    }
    let endpoints = about.get("endpoints").and_then(Value::as_object).map(|hosts| {
        hosts.iter().filter_map(|(key, host)| Some((key.clone(), smol(host)?))).collect()
    });
    Some(Service {
        name: name.into(),
        prefix: text(about, "prefix")?,
        id: text(about, "id")?,
        protocol: protocol(&text(about, "protocol")?)?,
        endpoint_prefix: text(about, "endpoint")?,
        signing_name: text(about, "signing")?,
        api_version: text(about, "version")?,
        json_version: text(about, "json").unwrap_or_else(|| SmolStr::new_static("1.1")),
        target_prefix: text(about, "target").unwrap_or_default(),
        query_compatible: flag(about, "queryCompatible"),
        namespace: namespace(about.get("ns")),
        endpoints: endpoints.unwrap_or_default(),
        operations,
        shapes,
        errors,
    })
}

fn protocol(name: &str) -> Option<Protocol> {
    Some(match name {
        "json" => Protocol::Json,
        "query" => Protocol::Query,
        "ec2" => Protocol::Ec2,
        "rest-json" => Protocol::RestJson,
        "rest-xml" => Protocol::RestXml,
        "smithy-rpc-v2-cbor" => Protocol::Cbor,
        _ => return None,
    })
}

/// `[name, method, uri, input, output, errors, traits]`.
fn operation(row: &Value) -> Option<Operation> {
    let row = row.as_array()?;
    let traits = row.get(6)?.as_object()?;
    Some(Operation {
        name: smol(row.first()?)?,
        method: smol(row.get(1)?)?,
        uri: smol(row.get(2)?)?,
        input: id(row.get(3)?),
        output: id(row.get(4)?),
        errors: row.get(5)?.as_array()?.iter().filter_map(id).collect(),
        input_element: text(traits, "in"),
        input_namespace: namespace(traits.get("ns")),
        result_wrapper: text(traits, "rw"),
        host_prefix: text(traits, "hp"),
        unauthenticated: flag(traits, "na"),
        unsigned_payload: flag(traits, "up"),
        checksum_member: text(traits, "ca"),
        checksum_required: flag(traits, "cr"),
        offered: !flag(traits, "h"),
    })
}

fn shape(row: &Value) -> Option<Shape> {
    let row = row.as_object()?;
    let kind = match text(row, "t")?.as_str() {
        "structure" => Kind::Structure(structure(row)?),
        "list" => Kind::List {
            member: id(row.get("m")?)?,
            element: text(row, "ln"),
            flattened: flag(row, "fl"),
        },
        "map" => Kind::Map {
            key: id(row.get("k")?)?,
            value: id(row.get("v")?)?,
            key_element: text(row, "kn"),
            value_element: text(row, "vn"),
            flattened: flag(row, "fl"),
        },
        "string" | "character" => Kind::String {
            values: row
                .get("e")
                .and_then(Value::as_array)
                .map(|values| values.iter().filter_map(smol).collect())
                .unwrap_or_default(),
            pattern: text(row, "p"),
            json: flag(row, "j"),
        },
        "blob" => Kind::Blob,
        "boolean" => Kind::Boolean,
        "integer" => Kind::Integer,
        "long" => Kind::Long,
        "float" => Kind::Float,
        "double" => Kind::Double,
        "timestamp" => Kind::Timestamp(text(row, "f").and_then(|name| timestamp_format(&name))),
        _ => return None,
    };
    Some(Shape { kind, min: number(row, "i"), max: number(row, "a") })
}

fn structure(row: &Object) -> Option<Structure> {
    let mut members: Vec<Member> =
        row.get("m")?.as_array()?.iter().map(member).collect::<Option<_>>()?;
    if let Some(required) = row.get("r").and_then(Value::as_array) {
        for at in required.iter().filter_map(id) {
            members.get_mut(at)?.required = true;
        }
    }
    let payload = text(row, "pl");
    Some(Structure {
        name: text(row, "n")?,
        payload: payload.and_then(|name| members.iter().position(|member| member.name == name)),
        members,
        union: flag(row, "u"),
        document: flag(row, "d"),
        namespace: namespace(row.get("ns")),
        element: text(row, "ln"),
    })
}

/// `[name, shape]` or `[name, shape, traits]`.
fn member(row: &Value) -> Option<Member> {
    let row = row.as_array()?;
    let name = smol(row.first()?)?;
    let none = Object::default();
    let traits = row.get(2).and_then(Value::as_object).map_or(&none, |traits| traits);
    let wire = text(traits, "ln");
    Some(Member {
        exposed: names::exposed(&name),
        capital: names::capitalize(&name).into(),
        renamed: wire.is_some(),
        wire: wire.unwrap_or_else(|| name.clone()),
        name,
        shape: id(row.get(1)?)?,
        required: false,
        location: location(text(traits, "l").as_deref()),
        query_name: text(traits, "qn"),
        timestamp: text(traits, "f").and_then(|name| timestamp_format(&name)),
        flattened: flag(traits, "fl"),
        attribute: flag(traits, "at"),
        token: flag(traits, "it"),
        json: flag(traits, "j"),
        streaming: flag(traits, "st"),
        namespace: namespace(traits.get("ns")),
    })
}

fn location(name: Option<&str>) -> Location {
    match name {
        Some("uri") => Location::Uri,
        Some("querystring") => Location::Query,
        Some("header") => Location::Header,
        Some("headers") => Location::Headers,
        Some("statusCode") => Location::Status,
        _ => Location::Body,
    }
}

fn timestamp_format(name: &str) -> Option<TimestampFormat> {
    match name {
        "iso8601" => Some(TimestampFormat::Iso8601),
        "unixTimestamp" => Some(TimestampFormat::Unix),
        "rfc822" => Some(TimestampFormat::Rfc822),
        _ => None,
    }
}

fn namespace(value: Option<&Value>) -> Option<Namespace> {
    let parts = value?.as_array()?;
    Some(Namespace { uri: smol(parts.first()?)?, prefix: parts.get(1).and_then(smol) })
}

fn smol(value: &Value) -> Option<SmolStr> {
    match value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn text(row: &Object, key: &str) -> Option<SmolStr> {
    row.get(key).and_then(smol)
}

fn flag(row: &Object, key: &str) -> bool {
    row.contains_key(key)
}

fn number(row: &Object, key: &str) -> Option<f64> {
    row.get(key).and_then(Value::as_f64)
}

fn id(value: &Value) -> Option<usize> {
    value.as_i64().and_then(|id| usize::try_from(id).ok())
}
