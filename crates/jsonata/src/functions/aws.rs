//! The functions that AWS adds to JSONata.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use value::Value;

use crate::error::Fault;
use crate::eval::Evaluator;
use crate::functions::{argument, number, number_val, text};
use crate::limits::ITEM_BYTES;
use crate::val::{Flags, Val, View};

fn refused(message: &str) -> Fault {
    Fault::code("D3137").text("message", message)
}

/// `$random()`, or the first number of `java.util.Random` with a seed (measured on AWS:
/// `$random(42)` is 0.7275636800328681; fractions of the seed are dropped).
pub(crate) fn random(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    Ok(number_val(match number(arguments, 0) {
        Some(seed) => java_random(seed as i64),
        None => evaluator.host.random(),
    }))
}

/// The generator that `java.util.Random` documents: `nextDouble` of a fresh instance.
fn java_random(seed: i64) -> f64 {
    const MULTIPLIER: u64 = 0x5_DEEC_E66D;
    const MASK: u64 = (1 << 48) - 1;
    let mut state = (seed as u64 ^ MULTIPLIER) & MASK;
    let mut next = |bits: u32| {
        state = state.wrapping_mul(MULTIPLIER).wrapping_add(0xB) & MASK;
        state >> (48 - bits)
    };
    let (high, low) = (next(26), next(27));
    ((high << 27) + low) as f64 / (1u64 << 53) as f64
}

/// `$partition(array, size)`: chunks; the whole array as one if no size is given.
pub(crate) fn partition(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let array = argument(arguments, 0);
    let size = match number(arguments, 1) {
        Some(size) if size.trunc() < 0.0 => {
            return Err(refused("Second argument must be zero or greater"));
        }
        Some(size) => size.trunc(),
        None => f64::INFINITY,
    };
    if matches!(array, View::Json(Value::Null)) {
        return Err(Fault::code("T0412").field("index", "1").text("type", "values"));
    }
    let items = array.items_or_one();
    if array.is_undefined() || items.len() == 0 || size < 1.0 {
        return Ok(Val::Undefined);
    }
    let size = if size >= items.len() as f64 { items.len() } else { size as usize };
    evaluator.check_room(items.len())?;
    evaluator.step(items.len() / 8)?;
    let mut chunks = Vec::with_capacity(items.len().div_ceil(size));
    for start in (0..items.len()).step_by(size) {
        let end = (start + size).min(items.len());
        let chunk = (start..end).map(|at| items.get(at).to_val()).collect();
        chunks.push(evaluator.list(chunk, Flags::ARRAY)?);
    }
    evaluator.list(chunks, Flags::ARRAY)
}

/// `$range(start, end, step)`: nothing without a step in the right direction; one element stands
/// for itself (both measured on AWS).
pub(crate) fn range(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let bound = |at| number(arguments, at).map(f64::trunc);
    let (Some(start), Some(end), Some(step)) = (bound(0), bound(1), bound(2)) else {
        return Ok(Val::Undefined);
    };
    let count = ((end - start) / step).floor() + 1.0;
    if step == 0.0 || !matches!(count.partial_cmp(&1.0), Some(o) if o.is_ge()) {
        return Ok(Val::Undefined);
    }
    if count > evaluator.limits.range as f64 {
        return Err(Fault::memory());
    }
    let count = count as usize;
    evaluator.step(count / 8)?;
    evaluator.check_room(count)?;
    let items = (0..count).map(|at| number_val(start + at as f64 * step)).collect();
    evaluator.list(items, Flags::SEQUENCE)
}

/// `$hash(text, algorithm)`: hexadecimal; nothing without an algorithm.
pub(crate) fn hash(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let (Some(data), Some(algorithm)) = (text(arguments, 0), text(arguments, 1)) else {
        return Ok(Val::Undefined);
    };
    evaluator.step(data.len() / 16)?;
    let digest = match algorithm {
        "MD5" => Md5::digest(data).to_vec(),
        "SHA-1" => Sha1::digest(data).to_vec(),
        "SHA-256" => Sha256::digest(data).to_vec(),
        "SHA-384" => Sha384::digest(data).to_vec(),
        "SHA-512" => Sha512::digest(data).to_vec(),
        _ => return Err(refused(&format!("Unsupported algorithm: {algorithm}"))),
    };
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    evaluator.text(hex)
}

/// `$uuid()`.
pub(crate) fn uuid(evaluator: &mut Evaluator<'_>, _: &[Val]) -> Result<Val, Fault> {
    let uuid = evaluator.host.uuid();
    evaluator.text(uuid)
}

/// `$parse(text)`: the JSON value a text stands for.
pub(crate) fn parse(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let Some(json) = text(arguments, 0) else { return Ok(Val::Undefined) };
    evaluator.step(json.len() / 8)?;
    // A value takes no more items than its text has characters.
    evaluator.meter.check(json.len())?;
    let node = value::json::parse_spanned(json)
        .map_err(|error| refused(&format!("Invalid JSON: {}", error.message)))?;
    if let Some(key) = repeated_key(&node) {
        return Err(refused(&format!("Invalid JSON: Duplicate field '{key}'")));
    }
    let mut items = 0;
    let parsed = node.to_value();
    count_items(&parsed, &mut items);
    evaluator.meter.spend(items * ITEM_BYTES)?;
    Ok(Val::Json(parsed))
}

fn count_items(value: &Value, items: &mut usize) {
    match value {
        Value::Array(array) => {
            *items += array.len();
            array.iter().for_each(|item| count_items(item, items));
        }
        Value::Object(object) => {
            *items += object.len() * 2;
            object.values().for_each(|item| count_items(item, items));
        }
        _ => {}
    }
}

/// A key that an object has twice.
fn repeated_key(node: &value::json::Node) -> Option<&str> {
    use value::json::NodeKind;
    match &node.kind {
        NodeKind::Scalar(_) => None,
        NodeKind::Array(items) => items.iter().find_map(repeated_key),
        NodeKind::Object(members) => {
            let mut seen = std::collections::HashSet::with_capacity(members.len());
            members.iter().find_map(|member| {
                if seen.insert(member.key.as_str()) {
                    repeated_key(&member.value)
                } else {
                    Some(member.key.as_str())
                }
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::java_random;

    #[test]
    fn seeded_numbers_are_javas() {
        assert_eq!(java_random(42), 0.7275636800328681);
        assert_eq!(java_random(0), 0.730967787376657);
        assert_eq!(java_random(7), 0.7306990420600421);
    }
}
