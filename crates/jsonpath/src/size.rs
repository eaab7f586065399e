//! How large the text of a value will be, without making it.

use value::Value;

use crate::limits::{MAX_TEXT_BYTES, MAX_VALUE_DEPTH};

/// Refuses a value whose JSON text, or Java text, would be longer than [`MAX_TEXT_BYTES`]. Values
/// share their parts, so one that takes little memory can have a very long text.
pub(crate) fn check(value: &Value) -> Result<usize, String> {
    let mut left = MAX_TEXT_BYTES;
    match take(value, 0, &mut left) {
        Some(()) => Ok(MAX_TEXT_BYTES - left),
        None => Err(too_large()),
    }
}

pub(crate) fn too_large() -> String {
    format!("The value is larger than {MAX_TEXT_BYTES} bytes")
}

/// Every node takes at least one byte, so no more than the limit are visited.
fn take(value: &Value, depth: usize, left: &mut usize) -> Option<()> {
    let own = match value {
        Value::String(text) => text.len() + 2,
        Value::Object(object) => 2 + object.keys().map(|key| key.len() + 4).sum::<usize>(),
        Value::Array(items) => 2 + items.len(),
        _ => 1,
    };
    *left = left.checked_sub(own)?;
    if depth > MAX_VALUE_DEPTH {
        return None;
    }
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| take(item, depth + 1, left)),
        Value::Object(object) => object.values().try_for_each(|item| take(item, depth + 1, left)),
        _ => Some(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_parts_count_each_time() {
        let mut value = Value::array(vec![Value::from("some text"); 10]);
        assert!(check(&value).is_ok());
        for _ in 0..40 {
            value = Value::array(vec![value.clone(), value]);
        }
        assert!(check(&value).is_err());
    }
}
