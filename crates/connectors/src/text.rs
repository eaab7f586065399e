//! Values as the text that services take.

use value::{Object, Value};

/// Replaces a member that is neither a string nor `null` by its compact JSON text.
pub(crate) fn stringify(object: &mut Object, key: &str) {
    if let Some(value) = object.get(key)
        && !matches!(value, Value::String(_) | Value::Null)
    {
        let text = value.to_json();
        object.insert(key, Value::from(text));
    }
}
