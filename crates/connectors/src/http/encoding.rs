//! Queries and forms.

use aws::escape::component;
use value::Value;

/// How deep a form's members are nested at most: enough for any API, and no danger to the stack.
const MAX_DEPTH: usize = 100;

/// How lists are written in forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArrayFormat {
    /// `a[0]=x&a[1]=y`
    Indices,
    /// `a=x&a=y`
    Repeat,
    /// `a=x,y`
    Commas,
    /// `a[]=x&a[]=y`
    Brackets,
}

impl ArrayFormat {
    /// As `RequestEncodingOptions.ArrayFormat` names it.
    pub fn of(name: Option<&str>) -> Self {
        match name {
            Some("REPEAT") => Self::Repeat,
            Some("COMMAS") => Self::Commas,
            Some("BRACKETS") => Self::Brackets,
            _ => Self::Indices,
        }
    }
}

/// A value as text: strings as they stand, others as JSON.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_json(), str::to_owned)
}

/// The values of a header or query parameter; a list gives several.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        value => vec![text(value)],
    }
}

/// The task's query, overridden by that of the connection.
pub(super) fn query(
    own: Option<&Value>,
    connection: &[(String, String)],
) -> Result<String, String> {
    let mut pairs = Vec::new();
    if let Some(own) = own.filter(|own| !own.is_null()) {
        let own = own
            .as_object()
            .ok_or("The value of the field 'QueryParameters' has an invalid format")?;
        for (name, value) in own.iter() {
            pairs.extend(texts(value).into_iter().map(|value| (name.to_string(), value)));
        }
    }
    pairs.retain(|(name, _)| !connection.iter().any(|(other, _)| name == other));
    pairs.extend(connection.iter().cloned());
    Ok(aws::escape::query(&pairs))
}

/// An address with a query more.
pub(crate) fn with_query(url: &str, query: &str) -> String {
    match (query.is_empty(), url.contains('?')) {
        (true, _) => url.to_owned(),
        (false, true) => format!("{url}&{query}"),
        (false, false) => format!("{url}?{query}"),
    }
}

/// A form: `a=1&b[c]=2`, percent-encoded.
pub(super) fn form(body: &Value, format: ArrayFormat) -> String {
    let mut pairs = Vec::new();
    match body {
        Value::Object(members) => {
            for (name, value) in members.iter() {
                add(name, value, format, 0, &mut pairs);
            }
        }
        other => return text(other),
    }
    let pairs = pairs.iter().map(|(name, value)| format!("{}={value}", component(name)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Values are encoded here: the commas between the items of a list are not.
fn add(
    name: &str,
    value: &Value,
    format: ArrayFormat,
    depth: usize,
    pairs: &mut Vec<(String, String)>,
) {
    match value {
        Value::Object(members) if depth < MAX_DEPTH => {
            for (key, value) in members.iter() {
                add(&format!("{name}[{key}]"), value, format, depth + 1, pairs);
            }
        }
        Value::Array(items) if format == ArrayFormat::Commas => {
            let items: Vec<_> = items.iter().map(|item| component(&text(item))).collect();
            pairs.push((name.to_owned(), items.join(",")));
        }
        Value::Array(items) if depth < MAX_DEPTH => {
            for (index, item) in items.iter().enumerate() {
                let name = match format {
                    ArrayFormat::Indices => format!("{name}[{index}]"),
                    ArrayFormat::Brackets => format!("{name}[]"),
                    _ => name.to_owned(),
                };
                add(&name, item, format, depth + 1, pairs);
            }
        }
        value => pairs.push((name.to_owned(), component(&text(value)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_in_every_format() {
        let body = value::json::parse(r#"{"a":["x","y z"],"m":{"o":1}}"#).unwrap();
        let form = |name| form(&body, ArrayFormat::of(Some(name)));
        assert_eq!(form("INDICES"), "a%5B0%5D=x&a%5B1%5D=y%20z&m%5Bo%5D=1");
        assert_eq!(form("REPEAT"), "a=x&a=y%20z&m%5Bo%5D=1");
        assert_eq!(form("COMMAS"), "a=x,y%20z&m%5Bo%5D=1");
        assert_eq!(form("BRACKETS"), "a%5B%5D=x&a%5B%5D=y%20z&m%5Bo%5D=1");
    }
}
