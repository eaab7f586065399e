//! Objects: their keys and members, merging, spreading, copying.

use smol_str::SmolStr;
use value::Value;

use crate::error::Fault;
use crate::eval::Evaluator;
use crate::functions::{argument, text};
use crate::val::{Flags, Members, Val, View};

pub(crate) fn keys(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let mut seen = Members::default();
    collect_keys(evaluator, argument(arguments, 0), &mut seen)?;
    let keys = seen.into_entries().into_iter().map(|(key, _)| Val::Json(Value::String(key)));
    let keys = keys.collect();
    evaluator.list(keys, Flags::SEQUENCE)
}

fn collect_keys(
    evaluator: &mut Evaluator<'_>,
    value: View<'_>,
    seen: &mut Members,
) -> Result<(), Fault> {
    evaluator.step(1)?;
    if let Some(items) = value.items() {
        return items.iter().try_for_each(|item| collect_keys(evaluator, item, seen));
    }
    if let Some(object) = value.object() {
        object.each(|key, _| seen.insert(key.clone(), Val::Undefined));
    }
    Ok(())
}

pub(crate) fn lookup(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    match text(arguments, 1) {
        Some(key) => evaluator.name(argument(arguments, 0), key),
        None => Ok(Val::Undefined),
    }
}

pub(crate) fn spread(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    spread_value(evaluator, argument(arguments, 0))
}

fn spread_value(evaluator: &mut Evaluator<'_>, value: View<'_>) -> Result<Val, Fault> {
    evaluator.step(1)?;
    if let Some(items) = value.items() {
        let mut spread = Vec::new();
        for item in items.iter() {
            let item = spread_value(evaluator, item)?;
            if !item.is_undefined() {
                evaluator.append(&mut spread, item)?;
            }
        }
        // An empty array is an empty sequence still.
        let flags = if items.len() == 0 { Flags::SEQUENCE } else { Flags::ARRAY };
        return evaluator.list(spread, flags);
    }
    let Some(object) = value.object() else { return Ok(value.to_val()) };
    let mut spread = Vec::with_capacity(object.len());
    object.try_each(|key, member| {
        let mut members = Members::with_capacity(1);
        members.insert(key.clone(), member.to_val());
        spread.push(evaluator.map(members)?);
        Ok(())
    })?;
    evaluator.list(spread, Flags::SEQUENCE)
}

pub(crate) fn merge(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let Some(items) = argument(arguments, 0).items() else { return Ok(Val::Undefined) };
    let mut merged = Members::default();
    for item in items.iter() {
        let Some(object) = item.object() else { continue };
        evaluator.step(object.len())?;
        evaluator.check_room(2 * (merged.len() + object.len()))?;
        object.each(|key, value| merged.insert(key.clone(), value.to_val()));
    }
    evaluator.map(merged)
}

pub(crate) fn clone(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    match argument(arguments, 0) {
        View::Undefined => Ok(Val::Undefined),
        value => copy(evaluator, value),
    }
}

/// A copy of a value in which every object and array is its own: functions become empty strings,
/// as they do on the way through JSON text.
pub(crate) fn copy(evaluator: &mut Evaluator<'_>, value: View<'_>) -> Result<Val, Fault> {
    evaluator.step(1)?;
    if let Some(items) = value.items() {
        let mut copied = Vec::with_capacity(items.len());
        for item in items.iter() {
            copied.push(copy(evaluator, item)?);
        }
        return evaluator.plain_list(copied);
    }
    if let Some(object) = value.object() {
        let mut members = Members::with_capacity(object.len());
        object.try_each(|key, member| {
            members.insert(SmolStr::clone(key), copy(evaluator, member)?);
            Ok(())
        })?;
        return evaluator.map(members);
    }
    Ok(match value {
        View::Undefined => Val::NULL,
        View::Function(_) => Val::from(""),
        View::Json(Value::Float(float)) if float.is_infinite() => {
            return Err(Fault::code("D1001").field("value", "null"));
        }
        View::Json(Value::Float(float)) if float.is_nan() => Val::NULL,
        other => other.to_val(),
    })
}
