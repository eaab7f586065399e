//! `States.String…` and `States.Json…`.

use value::{Object, Value};

use super::function::Arguments;
use crate::size;

/// `States.StringSplit(text, delimiters)` as Java's `StringTokenizer`: every character of the
/// second argument is a delimiter, and there are no empty tokens (recorded).
pub(super) fn string_split(given: Arguments<'_>) -> Result<Value, String> {
    let delimiters = given.text(1)?;
    let tokens = given.text(0)?.split(|char| delimiters.contains(char));
    Ok(Value::array(tokens.filter(|token| !token.is_empty()).map(Value::string).collect()))
}

/// `States.StringToJson(text)`; text of spaces alone is `null` (recorded).
pub(super) fn string_to_json(given: Arguments<'_>) -> Result<Value, String> {
    match given.text(0)?.trim() {
        "" => Ok(Value::Null),
        json => value::json::parse(json).map_err(|error| error.message),
    }
}

/// `States.JsonToString(value)`.
pub(super) fn json_to_string(given: Arguments<'_>) -> Result<Value, String> {
    size::check(given.any(0))?;
    Ok(Value::from(given.any(0).to_json()))
}

/// `States.JsonMerge(a, b, false)`: the members of both, those of `b` win.
pub(super) fn json_merge(given: Arguments<'_>) -> Result<Value, String> {
    let (first, second) = (given.object(0)?, given.object(1)?);
    if *given.any(2) != Value::Bool(false) {
        return Err("The third argument must be false: deep merging is not supported".to_owned());
    }
    let mut merged = Object::clone(first);
    for (key, value) in second.iter() {
        merged.insert(key.clone(), value.clone());
    }
    Ok(Value::from(merged))
}
