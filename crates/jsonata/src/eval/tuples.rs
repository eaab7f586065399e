//! Steps of paths that carry bindings (`@`, `#`, `%`) from item to item.

use std::rc::Rc;

use value::Value;

use crate::ast::{Kind, Node};
use crate::error::Fault;
use crate::eval::Evaluator;
use crate::eval::frame::{Env, Frame};
use crate::limits::ITEM_BYTES;
use crate::val::{Items, Tuple, Val, View};

impl Evaluator<'_> {
    /// One step: for each tuple, a tuple for each item the step yields.
    pub fn tuple_step(
        &mut self,
        step: &Node,
        items: Items<'_>,
        tuples: Option<Rc<Vec<Tuple>>>,
        env: &Env,
    ) -> Result<Rc<Vec<Tuple>>, Fault> {
        if let Kind::Sort(terms) = &step.kind {
            let sorted = match tuples {
                Some(tuples) => self.sort_tuples(terms, step.position, &tuples, env)?,
                None => {
                    let sorted = self.sort_step(terms, step.position, items, None, env)?;
                    Rc::new(numbered(sorted.view().items_or_one(), step))
                }
            };
            return self.tuple_stages(step, sorted, env);
        }
        let tuples = tuples.unwrap_or_else(|| {
            let start = |item: View<'_>| Tuple { context: item.to_val(), bindings: Vec::new() };
            Rc::new(items.iter().map(start).collect())
        });
        let mut yielded = Vec::new();
        for tuple in tuples.iter() {
            let frame = tuple_frame(env, tuple)?;
            let result = self.eval(step, tuple.context.view(), &frame)?;
            self.extend(step, tuple, &result, &mut yielded)?;
        }
        self.tuple_stages(step, Rc::new(yielded), env)
    }

    fn tuple_stages(
        &mut self,
        step: &Node,
        tuples: Rc<Vec<Tuple>>,
        env: &Env,
    ) -> Result<Rc<Vec<Tuple>>, Fault> {
        if step.stages.is_empty() {
            return Ok(tuples);
        }
        match self.stages(&step.stages, Val::Tuples(tuples), env)? {
            Val::Tuples(tuples) => Ok(tuples),
            _ => Ok(Rc::default()),
        }
    }

    /// Adds the tuples that come of one tuple and what the step yielded for it.
    fn extend(
        &mut self,
        step: &Node,
        tuple: &Tuple,
        result: &Val,
        yielded: &mut Vec<Tuple>,
    ) -> Result<(), Fault> {
        if let Val::Tuples(inner) = result {
            self.room_for_tuples(yielded.len() + inner.len(), tuple)?;
            for one in inner.iter() {
                let mut merged = tuple.clone();
                merged.context = one.context.clone();
                for (symbol, value) in &one.bindings {
                    merged.set(*symbol, value.clone());
                }
                yielded.push(merged);
            }
            return Ok(());
        }
        if result.is_undefined() {
            return Ok(());
        }
        let items = result.view().items_or_one();
        self.room_for_tuples(yielded.len() + items.len(), tuple)?;
        for (at, item) in items.iter().enumerate() {
            let mut next = tuple.clone();
            match step.focus {
                Some(focus) => next.set(focus, item.to_val()),
                None => next.context = item.to_val(),
            }
            if let Some(index) = step.index {
                next.set(index, Val::Json(Value::Int(at as i64)));
            }
            if let Some(slot) = step.ancestor {
                next.set(self.label(slot), tuple.context.clone());
            }
            yielded.push(next);
        }
        Ok(())
    }

    fn room_for_tuples(&mut self, count: usize, like: &Tuple) -> Result<(), Fault> {
        self.step(1)?;
        self.meter.check(count.saturating_mul((like.bindings.len() + 1) * ITEM_BYTES))
    }

    fn label(&self, slot: u32) -> u32 {
        self.program.labels.get(slot as usize).copied().unwrap_or_default()
    }
}

/// A frame in which the bindings of a tuple are variables.
pub(crate) fn tuple_frame(env: &Env, tuple: &Tuple) -> Result<Env, Fault> {
    Frame::new(Some(Rc::clone(env)), tuple.bindings.clone())
}

/// Sorted items as tuples that know their place, if the step binds it.
fn numbered(items: Items<'_>, step: &Node) -> Vec<Tuple> {
    let tuple = |(at, item): (usize, View<'_>)| Tuple {
        context: item.to_val(),
        bindings: step.index.iter().map(|s| (*s, Val::Json(Value::Int(at as i64)))).collect(),
    };
    items.iter().enumerate().map(tuple).collect()
}
