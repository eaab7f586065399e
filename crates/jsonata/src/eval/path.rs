//! Paths: each step maps every item of the sequence before it.

use std::rc::Rc;

use value::Value;

use crate::ast::{Kind, Node, Shape};
use crate::error::Fault;
use crate::eval::Evaluator;
use crate::eval::frame::Env;
use crate::val::{Flags, Tuple, Val, View};

impl Evaluator<'_> {
    /// The common path `$v.a.b` or `a.b` through objects only: follows references, copies nothing
    /// but the last value. `None` where it takes more than that.
    #[inline]
    pub fn members(
        &mut self,
        shape: Shape,
        steps: &[Node],
        input: View<'_>,
        env: &Env,
    ) -> Result<Option<Val>, Fault> {
        let found = match (shape, steps) {
            (Shape::Names, steps) => follow(steps, input).map(View::to_val),
            (Shape::Variable, [first, names @ ..]) => match first.kind {
                Kind::Variable(symbol) => {
                    let start = self.variable(symbol, env);
                    follow(names, start.view()).map(View::to_val)
                }
                _ => None,
            },
            _ => None,
        };
        if found.is_some() {
            self.check_depth(1)?;
            self.step(steps.len())?;
        }
        Ok(found)
    }

    #[inline(never)]
    pub fn path(
        &mut self,
        node: &Node,
        steps: &[Node],
        keep_singleton: bool,
        input: View<'_>,
        env: &Env,
    ) -> Result<Val, Fault> {
        let absolute =
            matches!(steps.first().map(|step| &step.kind), Some(Kind::Variable(_) | Kind::Context));
        // The sequence the next step maps: the input at first, then what the step before yielded.
        let mut current =
            if input.is_array() && !absolute { input.to_val() } else { Val::Undefined };
        let mut started = !current.is_undefined();
        let mut tuples: Option<Rc<Vec<Tuple>>> = None;
        let mut is_tuples = false;
        for (at, step) in steps.iter().enumerate() {
            is_tuples |= step.tuple;
            let items = if started { current.view().items_or_one() } else { one(input) };
            let next = if at == 0 && step.cons_array {
                let whole = if started { current.view() } else { input };
                self.eval(step, whole, env)?
            } else if is_tuples {
                tuples = Some(self.tuple_step(step, items, tuples.take(), env)?);
                Val::Undefined
            } else {
                self.map_step(step, items, started.then_some(&current), at + 1 == steps.len(), env)?
            };
            if is_tuples && !(at == 0 && step.cons_array) {
                // The tuples carry the sequence from here on.
                started = true;
                current = Val::Undefined;
                continue;
            }
            current = next;
            started = true;
            if !is_tuples && current.view().items_or_one().len() == 0 || current.is_undefined() {
                break;
            }
        }
        self.finish_path(node, keep_singleton, current, if is_tuples { tuples } else { None }, env)
    }

    fn finish_path(
        &mut self,
        node: &Node,
        keep_singleton: bool,
        mut result: Val,
        tuples: Option<Rc<Vec<Tuple>>>,
        env: &Env,
    ) -> Result<Val, Fault> {
        if let Some(tuples) = &tuples {
            result = if node.tuple {
                Val::Tuples(Rc::clone(tuples))
            } else {
                let items = tuples.iter().map(|tuple| tuple.context.clone()).collect();
                self.list(items, Flags::SEQUENCE)?
            };
        }
        if keep_singleton {
            result = match result {
                Val::List(list, flags) if flags.has(Flags::CONS) && !flags.has(Flags::SEQUENCE) => {
                    let inner = Val::List(list, flags);
                    self.list(vec![inner], Flags::SEQUENCE.with(Flags::KEEP))?
                }
                Val::List(list, flags) => Val::List(list, flags.with(Flags::KEEP)),
                other => other,
            };
        }
        match (&node.group, tuples) {
            (Some(group), Some(tuples)) => self.group(group, Val::Tuples(tuples).view(), env),
            (Some(group), None) => self.group(group, result.view(), env),
            (None, _) => Ok(result),
        }
    }

    /// One step over every item.
    fn map_step(
        &mut self,
        step: &Node,
        items: crate::val::Items<'_>,
        current: Option<&Val>,
        last: bool,
        env: &Env,
    ) -> Result<Val, Fault> {
        if let Kind::Sort(terms) = &step.kind {
            let sorted = self.sort_step(terms, step.position, items, current, env)?;
            return self.stages(&step.stages, sorted, env);
        }
        let mut only = Val::Undefined;
        let mut yielded = Vec::new();
        let mut count = 0usize;
        for item in items.iter() {
            let mut result = match &step.kind {
                Kind::Name(name) if step.plain && item.object().is_some() => {
                    self.check_depth(1)?;
                    self.step(1)?;
                    name.of(item).to_val()
                }
                _ => self.eval(step, item, env)?,
            };
            if !step.stages.is_empty() {
                result = self.stages(&step.stages, result, env)?;
            }
            if result.is_undefined() {
                continue;
            }
            count += 1;
            match count {
                1 => only = result,
                2 => {
                    yielded.reserve(items.len());
                    self.flatten_into(&mut yielded, std::mem::take(&mut only))?;
                    self.flatten_into(&mut yielded, result)?;
                }
                _ => self.flatten_into(&mut yielded, result)?,
            }
        }
        if count == 1 {
            match only {
                Val::List(_, flags) if last && !flags.has(Flags::SEQUENCE) => return Ok(only),
                Val::Json(Value::Array(_)) if last => return Ok(only),
                only => self.flatten_into(&mut yielded, only)?,
            }
        }
        self.list(yielded, Flags::SEQUENCE)
    }

    /// Adds what a step yielded for one item: arrays are flattened unless the path constructed them.
    fn flatten_into(&mut self, yielded: &mut Vec<Val>, result: Val) -> Result<(), Fault> {
        match result {
            Val::List(_, flags) if flags.has(Flags::CONS) => yielded.push(result),
            Val::List(..) | Val::Json(Value::Array(_)) => self.append(yielded, result)?,
            other => yielded.push(other),
        }
        if yielded.len().is_multiple_of(1024) {
            self.check_room(yielded.len())?;
        }
        Ok(())
    }

    /// A name looked up in a value; in an array, in each of its items.
    #[inline(never)]
    pub fn name(&mut self, input: View<'_>, name: &str) -> Result<Val, Fault> {
        match input.items() {
            None => Ok(input.member(name).to_val()),
            Some(items) => {
                let mut found = Vec::new();
                self.collect(items, name, &mut found)?;
                self.list(found, Flags::SEQUENCE)
            }
        }
    }

    fn collect(
        &mut self,
        items: crate::val::Items<'_>,
        name: &str,
        found: &mut Vec<Val>,
    ) -> Result<(), Fault> {
        self.step(items.len())?;
        for item in items.iter() {
            match item.items() {
                Some(nested) => self.collect(nested, name, found)?,
                None => match item.member(name) {
                    View::Undefined => {}
                    value => match value.items() {
                        Some(more) => {
                            self.check_room(found.len() + more.len())?;
                            found.extend(more.iter().map(View::to_val));
                        }
                        None => found.push(value.to_val()),
                    },
                },
            }
        }
        Ok(())
    }
}

fn one(input: View<'_>) -> crate::val::Items<'_> {
    crate::val::Items::One(input)
}

/// Follows names through objects; `None` where an array or a sequence asks for more than that.
#[inline]
pub(crate) fn follow<'v>(names: &[Node], start: View<'v>) -> Option<View<'v>> {
    let mut view = start;
    for (at, step) in names.iter().enumerate() {
        let Kind::Name(name) = &step.kind else { return None };
        view.object()?;
        view = name.of(view);
        match view {
            View::Undefined => break,
            // What the last step yields for a single item stays as it is, unless a sequence.
            View::List(_, flags) if flags.has(Flags::SEQUENCE) => return None,
            view if view.is_array() && at + 1 < names.len() => return None,
            _ => {}
        }
    }
    // A variable alone is no path.
    (!names.is_empty()).then_some(view)
}
