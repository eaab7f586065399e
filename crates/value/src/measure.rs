//! How long a document is, without rendering it.

use crate::Value;
use crate::json::MAX_DEPTH;

/// Most bytes that one byte of a string becomes: `\u001F`.
const ESCAPED: usize = 6;
/// Most bytes of a number: `-1.2345678901234567E-308`, and one to spare.
const NUMBER: usize = 25;

/// Most bytes that the compact text can have; none if it nests deeper than texts may.
pub(crate) fn bound(value: &Value) -> Option<usize> {
    at_depth(value, 0)
}

fn at_depth(value: &Value, depth: usize) -> Option<usize> {
    let inner = |value| at_depth(value, depth + 1);
    let string = |text: &str| ESCAPED * text.len() + 2;
    match value {
        Value::Null | Value::Bool(_) => Some(5),
        Value::Int(_) | Value::Float(_) => Some(NUMBER),
        Value::String(text) => Some(string(text)),
        Value::Array(_) | Value::Object(_) if depth == MAX_DEPTH => None,
        Value::Array(items) => items.iter().try_fold(2, |sum, item| Some(sum + 1 + inner(item)?)),
        Value::Object(object) => {
            object.iter().try_fold(2, |sum, (key, item)| Some(sum + 2 + string(key) + inner(item)?))
        }
    }
}

/// About how many bytes the compact text has: exact where nothing is escaped and numbers are short.
pub(crate) fn hint(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 5,
        Value::Int(_) | Value::Float(_) => 8,
        Value::String(text) => text.len() + 2,
        Value::Array(items) => items.iter().map(|item| hint(item) + 1).sum::<usize>() + 2,
        Value::Object(object) => {
            object.iter().map(|(key, item)| key.len() + 4 + hint(item)).sum::<usize>() + 2
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn the_bound_is_never_short() {
        for text in [
            "null",
            "-1.2345678901234567E-308",
            "-9223372036854775808",
            r#""\u0001\u0002""#,
            r#"{"\u0001":[1,2,{"a":null}],"b":{}}"#,
            "[]",
            "{}",
        ] {
            let value = json::parse(text).unwrap();
            assert!(bound(&value).unwrap() >= value.to_json().len(), "{text}");
        }
    }

    #[test]
    fn depth_is_told_as_of_the_text() {
        for depth in [MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1] {
            let mut value = Value::Int(1);
            for _ in 0..depth {
                value = Value::array(vec![value]);
            }
            assert_eq!(bound(&value).is_none(), json::is_too_deep(&value.to_json()), "{depth}");
        }
    }
}
