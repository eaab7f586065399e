//! `States.Array…`.

use std::collections::BTreeSet;

use value::Value;

use super::function::Arguments;
use crate::limits::{MAX_ARRAY_RANGE, MAX_VALUE_DEPTH};
use crate::size;

/// `States.ArrayContains(array, value)`.
pub(super) fn contains(given: Arguments<'_>) -> Result<Value, String> {
    let items = given.array(0)?;
    let wanted = given.any(1);
    size::check(given.any(0))?;
    size::check(wanted)?;
    // Only a value of the same written form can be equal, and that is cheap to refuse by kind.
    let key = identity(wanted);
    let same_kind = |item: &&Value| item.type_name() == wanted.type_name();
    Ok(Value::Bool(items.iter().filter(same_kind).any(|item| identity(item) == key)))
}

/// `States.ArrayUnique(array)`: the first of each.
pub(super) fn unique(given: Arguments<'_>) -> Result<Value, String> {
    let items = given.array(0)?;
    size::check(given.any(0))?;
    let mut seen = BTreeSet::new();
    let items = items.iter().filter(|item| seen.insert(identity(item)));
    Ok(Value::array(items.cloned().collect()))
}

/// A text that two values share if Java's `equals` holds between them: objects without regard to
/// order, and `1` is not `1.0`.
fn identity(value: &Value) -> String {
    let mut out = String::new();
    write_identity(value, 0, &mut out);
    out
}

fn write_identity(value: &Value, depth: usize, out: &mut String) {
    match value {
        _ if depth > MAX_VALUE_DEPTH => {}
        Value::Array(items) => {
            out.push('[');
            for item in items.iter() {
                write_identity(item, depth + 1, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            for (key, item) in members {
                Value::String(key.clone()).render(out);
                out.push(':');
                write_identity(item, depth + 1, out);
                out.push(',');
            }
            out.push('}');
        }
        scalar => scalar.render(out),
    }
}

/// `States.ArrayPartition(array, size)`.
pub(super) fn partition(given: Arguments<'_>) -> Result<Value, String> {
    let items = given.array(0)?;
    let size = usize::try_from(given.integer(1)?).ok().filter(|size| *size > 0);
    let size = size.ok_or("The second argument must be a positive integer")?;
    Ok(Value::array(items.chunks(size).map(|chunk| Value::array(chunk.to_vec())).collect()))
}

/// `States.ArrayRange(first, last, step)`, `last` included if it is met.
pub(super) fn range(given: Arguments<'_>) -> Result<Value, String> {
    let (first, last, step) = (given.integer(0)?, given.integer(1)?, given.integer(2)?);
    if step == 0 {
        return Err("The third argument must not be 0".to_owned());
    }
    let mut range = Vec::new();
    let mut next = Some(first);
    while let Some(number) = next.filter(|n| if step > 0 { *n <= last } else { *n >= last }) {
        if range.len() == MAX_ARRAY_RANGE {
            return Err(format!("The array would have more than {MAX_ARRAY_RANGE} elements"));
        }
        range.push(Value::Int(number));
        next = number.checked_add(step);
    }
    Ok(Value::array(range))
}

/// `States.ArrayGetItem(array, index)`.
pub(super) fn get_item(given: Arguments<'_>) -> Result<Value, String> {
    let items = given.array(0)?;
    let index = given.integer(1)?;
    let item = usize::try_from(index).ok().and_then(|index| items.get(index));
    item.cloned().ok_or_else(|| {
        format!("Index {index} is out of bounds for an array of length {}", items.len())
    })
}
