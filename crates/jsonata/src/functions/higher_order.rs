//! Functions that call functions.

use std::rc::Rc;

use value::Value;

use crate::error::Fault;
use crate::eval::Evaluator;
use crate::eval::function::Function;
use crate::eval::operators::truthy;
use crate::functions::{argument, callback};
use crate::val::{Flags, Items, Members, Val, View};

/// Calls back with the item, its place and the whole, as far as the callback takes them.
fn call_back(
    evaluator: &mut Evaluator<'_>,
    callback: &Rc<Function>,
    item: Val,
    place: Val,
    whole: View<'_>,
) -> Result<Val, Fault> {
    let count = callback.arity().clamp(1, 3);
    let whole = if count == 3 { whole.to_val() } else { Val::Undefined };
    evaluator.invoke(callback, [item, place, whole], count)
}

fn index(at: usize) -> Val {
    Val::Json(Value::Int(at as i64))
}

/// Calls the callback for the item at `at`.
fn visit(
    evaluator: &mut Evaluator<'_>,
    callback: &Rc<Function>,
    items: Items<'_>,
    at: usize,
    whole: View<'_>,
) -> Result<Val, Fault> {
    call_back(evaluator, callback, items.get(at).to_val(), index(at), whole)
}

pub(crate) fn map(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let whole = argument(arguments, 0);
    let (Some(items), Some(callback)) = (whole.items(), callback(arguments, 1)) else {
        return Ok(Val::Undefined);
    };
    evaluator.check_room(items.len())?;
    let mut results = Vec::with_capacity(items.len());
    for at in 0..items.len() {
        match visit(evaluator, callback, items, at, whole)? {
            Val::Undefined => {}
            result => results.push(result),
        }
    }
    evaluator.list(results, Flags::SEQUENCE)
}

pub(crate) fn filter(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let whole = argument(arguments, 0);
    let (Some(items), Some(callback)) = (whole.items(), callback(arguments, 1)) else {
        return Ok(Val::Undefined);
    };
    let mut kept = Vec::new();
    for at in 0..items.len() {
        let result = visit(evaluator, callback, items, at, whole)?;
        if truthy(result.view())? {
            kept.push(items.get(at).to_val());
        }
    }
    evaluator.list(kept, Flags::SEQUENCE)
}

pub(crate) fn single(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let whole = argument(arguments, 0);
    let Some(items) = whole.items() else { return Ok(Val::Undefined) };
    let mut found = None;
    for at in 0..items.len() {
        let hit = match callback(arguments, 1) {
            Some(callback) => {
                let result = visit(evaluator, callback, items, at, whole)?;
                truthy(result.view())?
            }
            None => true,
        };
        if hit && found.replace(items.get(at)).is_some() {
            return Err(Fault::code("D3138"));
        }
    }
    found.map(View::to_val).ok_or_else(|| Fault::code("D3139"))
}

pub(crate) fn reduce(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let whole = argument(arguments, 0);
    let (Some(items), Some(callback)) = (whole.items(), callback(arguments, 1)) else {
        return Ok(Val::Undefined);
    };
    let arity = callback.arity();
    if arity < 2 {
        return Err(Fault::code("D3050"));
    }
    let init = argument(arguments, 2);
    let (mut result, start) = if init.is_undefined() && items.len() > 0 {
        (items.get(0).to_val(), 1)
    } else {
        (init.to_val(), 0)
    };
    for at in start..items.len() {
        let all = if arity >= 4 { whole.to_val() } else { Val::Undefined };
        let given = [result, items.get(at).to_val(), index(at), all];
        result = evaluator.invoke(callback, given, arity.min(4))?;
    }
    Ok(result)
}

/// The members of an object, handles taken, for callbacks that may take their time.
fn entries(object: View<'_>) -> Vec<(smol_str::SmolStr, Val)> {
    let mut entries = Vec::new();
    if let Some(object) = object.object() {
        object.each(|key, value| entries.push((key.clone(), value.to_val())));
    }
    entries
}

pub(crate) fn each(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let whole = argument(arguments, 0);
    let Some(callback) = callback(arguments, 1) else { return Ok(Val::Undefined) };
    let mut results = Vec::new();
    for (key, value) in entries(whole) {
        let place = Val::Json(Value::String(key));
        match call_back(evaluator, callback, value, place, whole)? {
            Val::Undefined => {}
            result => results.push(result),
        }
    }
    evaluator.list(results, Flags::SEQUENCE)
}

pub(crate) fn sift(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let whole = argument(arguments, 0);
    let Some(callback) = callback(arguments, 1) else { return Ok(Val::Undefined) };
    let mut kept = Members::default();
    for (key, value) in entries(whole) {
        let place = Val::Json(Value::String(key.clone()));
        let result = call_back(evaluator, callback, value.clone(), place, whole)?;
        if truthy(result.view())? {
            kept.insert(key, value);
        }
    }
    if kept.len() == 0 { Ok(Val::Undefined) } else { evaluator.map(kept) }
}
