//! `[…]` behind a value: items by position or by condition.

use std::rc::Rc;

use value::Value;

use crate::ast::{Node, Stage};
use crate::error::Fault;
use crate::eval::Evaluator;
use crate::eval::frame::Env;
use crate::eval::operators::{numeric, truthy};
use crate::eval::tuples::tuple_frame;
use crate::val::{Flags, Items, Val, View};

impl Evaluator<'_> {
    /// The items of `input` that the predicate selects, as a sequence.
    #[inline(never)]
    pub fn filter(&mut self, predicate: &Node, input: &Val, env: &Env) -> Result<Val, Fault> {
        if let Val::Tuples(tuples) = input {
            return self.filter_tuples(predicate, tuples, env);
        }
        let items = input.view().items_or_one();
        if let Some(number) = predicate.as_number() {
            let item = at_index(items, number);
            return match item {
                View::Undefined => self.list(Vec::new(), Flags::SEQUENCE),
                item if item.is_array() => Ok(item.to_val()),
                item => self.list(vec![item.to_val()], Flags::SEQUENCE),
            };
        }
        let count = items.len();
        let mut selected = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let result = self.eval(predicate, item, env)?;
            for _ in 0..selections(&result, index, count)? {
                selected.push(item.to_val());
            }
        }
        self.list(selected, Flags::SEQUENCE)
    }

    fn filter_tuples(
        &mut self,
        predicate: &Node,
        tuples: &Rc<Vec<crate::val::Tuple>>,
        env: &Env,
    ) -> Result<Val, Fault> {
        let count = tuples.len();
        let mut selected = Vec::new();
        if let Some(number) = predicate.as_number() {
            let index = wrap_index(number, count);
            selected.extend(index.and_then(|index| tuples.get(index)).cloned());
            return Ok(Val::Tuples(Rc::new(selected)));
        }
        for (index, tuple) in tuples.iter().enumerate() {
            let frame = tuple_frame(env, tuple)?;
            let result = self.eval(predicate, tuple.context.view(), &frame)?;
            for _ in 0..selections(&result, index, count)? {
                selected.push(tuple.clone());
            }
        }
        Ok(Val::Tuples(Rc::new(selected)))
    }

    /// The filters of a step.
    pub fn stages(&mut self, stages: &[Stage], mut result: Val, env: &Env) -> Result<Val, Fault> {
        for stage in stages {
            match stage {
                Stage::Filter(predicate) => result = self.filter(predicate, &result, env)?,
                Stage::Index(symbol) => {
                    if let Val::Tuples(tuples) = &mut result {
                        for (at, tuple) in Rc::make_mut(tuples).iter_mut().enumerate() {
                            tuple.set(*symbol, Val::Json(Value::Int(at as i64)));
                        }
                    }
                }
            }
        }
        Ok(result)
    }
}

/// The item at `number`, rounded down, counted from the end if negative.
fn at_index(items: Items<'_>, number: f64) -> View<'_> {
    wrap_index(number, items.len()).map_or(View::Undefined, |index| items.get(index))
}

fn wrap_index(number: f64, count: usize) -> Option<usize> {
    let index = number.floor();
    let index = if index < 0.0 { index + count as f64 } else { index };
    (index >= 0.0 && index < count as f64).then_some(index as usize)
}

/// How often a predicate's result selects the item at `index`: numbers are positions (each may
/// select it), anything else is a condition.
fn selections(result: &Val, index: usize, count: usize) -> Result<usize, Fault> {
    let view = result.view();
    if let View::Json(Value::Bool(bool)) = view {
        return Ok(usize::from(*bool));
    }
    if let Some(number) = numeric(view)? {
        return Ok(usize::from(wrap_index(number, count) == Some(index)));
    }
    if let Some(items) = view.items() {
        let mut hits = 0;
        let mut all_numbers = true;
        for item in items.iter() {
            match numeric(item)? {
                Some(number) => hits += usize::from(wrap_index(number, count) == Some(index)),
                None => {
                    all_numbers = false;
                    break;
                }
            }
        }
        if all_numbers {
            return Ok(hits);
        }
    }
    truthy(view).map(usize::from)
}
