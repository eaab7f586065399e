//! Arrays: joining, ordering, thinning out.

use std::collections::HashSet;

use smol_str::SmolStr;
use value::Value;

use crate::error::Fault;
use crate::eval::Evaluator;
use crate::eval::operators::{compare_text, numeric};
use crate::functions::{argument, callback, number_val};
use crate::val::{Flags, Val, View, equal};

pub(crate) fn count(_: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    Ok(number_val(argument(arguments, 0).items().map_or(0, |items| items.len()) as f64))
}

pub(crate) fn append(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let (first, second) = (argument(arguments, 0), argument(arguments, 1));
    if first.is_undefined() {
        return Ok(second.to_val());
    }
    if second.is_undefined() {
        return Ok(first.to_val());
    }
    let mut items = Vec::with_capacity(first.items_or_one().len() + second.items_or_one().len());
    evaluator.append(&mut items, first.to_val())?;
    evaluator.append(&mut items, second.to_val())?;
    evaluator.list(items, Flags::ARRAY)
}

pub(crate) fn reverse(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let array = argument(arguments, 0);
    let Some(items) = array.items() else { return Ok(Val::Undefined) };
    if items.len() <= 1 {
        return Ok(array.to_val());
    }
    evaluator.step(items.len() / 8)?;
    evaluator.check_room(items.len())?;
    let reversed = (0..items.len()).rev().map(|at| items.get(at).to_val()).collect();
    evaluator.list(reversed, Flags::ARRAY)
}

pub(crate) fn zip(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let lengths = arguments.iter().map(|array| array.view().items().map_or(0, |i| i.len()));
    let shortest = lengths.min().unwrap_or(0);
    let mut tuples = Vec::with_capacity(shortest);
    for at in 0..shortest {
        evaluator.step(1)?;
        let tuple = arguments.iter().map(|array| array.view().items_or_one().get(at).to_val());
        tuples.push(evaluator.list(tuple.collect(), Flags::ARRAY)?);
    }
    evaluator.list(tuples, Flags::ARRAY)
}

pub(crate) fn shuffle(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let array = argument(arguments, 0);
    let Some(items) = array.items() else { return Ok(Val::Undefined) };
    if items.len() <= 1 {
        return Ok(array.to_val());
    }
    evaluator.step(items.len())?;
    evaluator.check_room(items.len())?;
    // Fisher and Yates, from the inside out.
    let mut shuffled: Vec<Val> = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        let other = (evaluator.host.random() * (at + 1) as f64) as usize;
        shuffled.push(item.to_val());
        shuffled.swap(at, other.min(at));
    }
    evaluator.list(shuffled, Flags::ARRAY)
}

pub(crate) fn sort(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let array = argument(arguments, 0);
    let Some(items) = array.items() else { return Ok(Val::Undefined) };
    if items.len() <= 1 {
        return Ok(array.to_val());
    }
    evaluator.check_room(items.len())?;
    let owned: Vec<Val> = items.iter().map(View::to_val).collect();
    let sorted = match callback(arguments, 1) {
        Some(comparator) => evaluator.merge_sort(owned, &mut |evaluator, a, b| {
            let swap = evaluator.invoke(comparator, [a.clone(), b.clone()], 2)?;
            Ok(javascript_truth(swap.view()))
        })?,
        None => sort_plain(evaluator, owned)?,
    };
    evaluator.list(sorted, Flags::ARRAY)
}

/// Numbers or strings, in their natural order.
fn sort_plain(evaluator: &mut Evaluator<'_>, items: Vec<Val>) -> Result<Vec<Val>, Fault> {
    let mut numbers = true;
    for item in &items {
        numbers = numbers && numeric(item.view())?.is_some();
    }
    if !numbers && !items.iter().all(|item| item.as_str().is_some()) {
        return Err(Fault::code("D3070"));
    }
    evaluator.merge_sort(items, &mut |_, a, b| {
        Ok(match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a > b,
            _ => {
                compare_text(a.as_str().unwrap_or_default(), b.as_str().unwrap_or_default()).is_gt()
            }
        })
    })
}

/// What JavaScript's `if` makes of a comparator's answer.
fn javascript_truth(value: View<'_>) -> bool {
    match value {
        View::Undefined | View::Json(Value::Null) => false,
        View::Json(Value::Bool(bool)) => *bool,
        View::Json(Value::Int(int)) => *int != 0,
        View::Json(Value::Float(float)) => *float != 0.0 && !float.is_nan(),
        View::Json(Value::String(text)) => !text.is_empty(),
        _ => true,
    }
}

pub(crate) fn distinct(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let array = argument(arguments, 0);
    let Some(items) = array.items().filter(|items| items.len() > 1) else {
        return Ok(array.to_val());
    };
    evaluator.check_room(items.len())?;
    let mut texts: HashSet<SmolStr> = HashSet::new();
    let mut numbers: HashSet<u64> = HashSet::new();
    let mut others: Vec<View<'_>> = Vec::new();
    let mut kept = Vec::new();
    for item in items.iter() {
        evaluator.step(1)?;
        let new = match item {
            View::Json(Value::String(text)) => texts.insert(text.clone()),
            View::Json(Value::Int(_)) => numbers.insert(number_key(item)),
            View::Json(Value::Float(float)) if !float.is_nan() => numbers.insert(number_key(item)),
            other => {
                // Every comparison may go as deep as the values.
                evaluator.step(others.len() * 4)?;
                let known = others.iter().any(|known| equal(*known, other));
                if !known {
                    others.push(other);
                }
                !known
            }
        };
        if new {
            kept.push(item.to_val());
        }
    }
    let sequence = matches!(array, View::List(_, flags) if flags.has(Flags::SEQUENCE));
    evaluator.list(kept, if sequence { Flags::SEQUENCE } else { Flags::ARRAY })
}

/// Equal numbers have equal keys, `0` and `-0` included.
fn number_key(item: View<'_>) -> u64 {
    (item.as_f64().unwrap_or_default() + 0.0).to_bits()
}
