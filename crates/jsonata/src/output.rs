//! The result of an evaluation as JSON.

use std::rc::Rc;
use std::sync::Arc;

use smol_str::SmolStr;
use value::{Object, Value, json};

use crate::error::Fault;
use crate::number;
use crate::val::{Flags, Members, Val};

/// The JSON of a result; `None` is undefined. A function is refused: JSON has no form for it.
pub(crate) fn to_value(result: Val) -> Result<Option<Value>, Fault> {
    match result {
        Val::Undefined => Ok(None),
        Val::Function(_) => Err(Fault::unsupported_result()),
        Val::List(list, flags) if flags.has(Flags::OUTER) => {
            to_value(list.items.first().cloned().unwrap_or_default())
        }
        result => convert(result, 0).map(Some),
    }
}

fn convert(result: Val, depth: usize) -> Result<Value, Fault> {
    // What is deeper could not be written as JSON text and read again.
    if depth > json::MAX_DEPTH {
        return Err(Fault::stack_overflow());
    }
    Ok(match result {
        Val::Undefined => Value::Null,
        Val::Json(value) => match normalized(&value, depth)? {
            Some(changed) => changed,
            None => value,
        },
        Val::Function(_) => Value::string(""),
        Val::List(list, _) => {
            let items = match Rc::try_unwrap(list) {
                Ok(list) => list.items,
                Err(list) => list.items.clone(),
            };
            let items = items.into_iter().map(|item| match item {
                Val::Json(value @ (Value::Int(_) | Value::String(_) | Value::Bool(_))) => Ok(value),
                Val::Json(Value::Float(float)) if float.is_finite() => {
                    Ok(number::value(float + 0.0))
                }
                item => convert(item, depth + 1),
            });
            Value::array(items.collect::<Result<_, _>>()?)
        }
        Val::Map(map) => {
            let members = match Rc::try_unwrap(map) {
                Ok(map) => map.members,
                Err(map) => map.members.clone(),
            };
            object(members, depth)?
        }
        Val::Tuples(tuples) => {
            let contexts = tuples.iter().map(|tuple| convert(tuple.context.clone(), depth + 1));
            Value::array(contexts.collect::<Result<_, _>>()?)
        }
    })
}

fn object(members: Members, depth: usize) -> Result<Value, Fault> {
    let mut object = Object::with_capacity(members.len());
    for (key, value) in members.into_entries() {
        if !value.is_undefined() {
            object.insert(key, convert(value, depth + 1)?);
        }
    }
    Ok(Value::Object(Arc::new(object)))
}

/// The value with whole doubles as integers (AWS prints `1.0` as `1`) and with strings for what
/// is not finite; `None` if nothing is to be changed, so that nothing is copied.
fn normalized(value: &Value, depth: usize) -> Result<Option<Value>, Fault> {
    if depth > json::MAX_DEPTH {
        return Err(Fault::stack_overflow());
    }
    Ok(match value {
        Value::Float(float) => normalized_float(*float),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let Some(changed) = normalized(item, depth + 1)? else { continue };
                let mut copy = Vec::with_capacity(items.len());
                copy.extend(items.iter().take(at).cloned());
                copy.push(changed);
                for item in items.iter().skip(at + 1) {
                    let changed = normalized(item, depth + 1)?;
                    copy.push(changed.unwrap_or_else(|| item.clone()));
                }
                return Ok(Some(Value::array(copy)));
            }
            None
        }
        Value::Object(object) => {
            for member in object.values() {
                if normalized(member, depth + 1)?.is_none() {
                    continue;
                }
                let mut copy = Object::with_capacity(object.len());
                for (key, member) in object.iter() {
                    let changed = normalized(member, depth + 1)?;
                    copy.insert(SmolStr::clone(key), changed.unwrap_or_else(|| member.clone()));
                }
                return Ok(Some(copy.into()));
            }
            None
        }
        _ => None,
    })
}

fn normalized_float(float: f64) -> Option<Value> {
    if !float.is_finite() {
        return Some(Value::string(number::to_text(float)));
    }
    match number::value(float + 0.0) {
        Value::Float(_) => None,
        int => Some(int),
    }
}
