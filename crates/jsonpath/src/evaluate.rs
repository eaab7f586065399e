//! Evaluating a query: the fast walk along names and indices, the search of all others, and the
//! reason when there is nothing.

use std::borrow::Cow;

use value::{Object, Value};

use crate::PathError;
use crate::filter::Filter;
use crate::java;
use crate::step::{Query, Reach, Slice, Step, display};
use crate::work::Work;

/// What every part of one evaluation sees.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'v> {
    /// `$` within filters and functions.
    pub(crate) root: &'v Value,
    pub(crate) work: &'v Work,
}

impl Query {
    /// Follows names and indices.
    pub(crate) fn find<'v>(&self, document: &'v Value) -> Option<&'v Value> {
        follow(&self.steps, document)
    }

    /// The value of a definite query, or the array of what any other finds.
    pub(crate) fn evaluate<'v>(
        &self,
        document: &'v Value,
        scope: &Scope<'v>,
    ) -> Result<Cow<'v, Value>, PathError> {
        scope.work.spend(1 + self.steps.len())?;
        match self.reach {
            Reach::Plain => match self.find(document) {
                Some(found) => Ok(Cow::Borrowed(found)),
                None => Err(why_nothing(&self.steps, document)),
            },
            Reach::One => self.make_one(document, scope).map(Cow::Owned),
            Reach::Many => self.collect(document, scope).map(Cow::Owned),
        }
    }

    /// The value that the last step makes.
    fn make_one(&self, document: &Value, scope: &Scope<'_>) -> Result<Value, PathError> {
        let Some((last, before)) = self.steps.split_last() else { return Ok(document.clone()) };
        if before.iter().any(|step| matches!(step, Step::Scan)) {
            let nodes = select(before, document, scope)?;
            let found = Value::array(nodes.into_iter().cloned().collect());
            return make(last, &found, scope);
        }
        match follow(before, document) {
            Some(target) => match make(last, target, scope) {
                Err(PathError::NotAnObject { property, .. }) => {
                    let path = format!("${}", display(before));
                    Err(PathError::NotAnObject { property, path })
                }
                made => made,
            },
            None => Err(why_nothing(&self.steps, document)),
        }
    }

    fn collect(&self, document: &Value, scope: &Scope<'_>) -> Result<Value, PathError> {
        let Some((last, before)) = self.steps.split_last() else { return Ok(document.clone()) };
        let made = match last {
            Step::Names(names) => {
                let behind_scan = matches!(before.last(), Some(Step::Scan));
                select(before, document, scope)?
                    .into_iter()
                    .filter_map(Value::as_object)
                    .filter(|object| !behind_scan || names.iter().all(|n| object.contains_key(n)))
                    .map(|object| members(names, object))
                    .collect()
            }
            Step::Function(_) => {
                let nodes = select(before, document, scope)?;
                nodes.into_iter().map(|node| make(last, node, scope)).collect::<Result<_, _>>()?
            }
            _ => select(&self.steps, document, scope)?.into_iter().cloned().collect(),
        };
        Ok(Value::array(made))
    }
}

fn follow<'v>(steps: &[Step], document: &'v Value) -> Option<&'v Value> {
    let mut value = document;
    for step in steps {
        value = match step {
            Step::Name(name) => value.get(name)?,
            Step::Index(index) => at(value.as_array()?, *index)?,
            _ => return None,
        };
    }
    Some(value)
}

/// What a last step makes of `target`: its named members, or a function's result.
fn make(step: &Step, target: &Value, scope: &Scope<'_>) -> Result<Value, PathError> {
    match (step, target) {
        (Step::Names(names), Value::Object(object)) => Ok(members(names, object)),
        (Step::Function(function), _) => function.apply(target, scope),
        _ => Err(PathError::NotAnObject { property: step.to_string(), path: String::new() }),
    }
}

fn members(names: &[smol_str::SmolStr], object: &Object) -> Value {
    Value::object(names.iter().filter_map(|name| Some((name.clone(), object.get(name)?.clone()))))
}

/// All nodes that `steps` lead to. Where a step does not apply there is nothing, not an error.
fn select<'v>(
    steps: &[Step],
    document: &'v Value,
    scope: &Scope<'_>,
) -> Result<Vec<&'v Value>, PathError> {
    let mut nodes = vec![document];
    let mut steps = steps.iter();
    while let Some(step) = steps.next() {
        let mut found = Vec::new();
        match step {
            Step::Scan => {
                let wanted = steps.next();
                for node in nodes {
                    scan(node, wanted, scope, &mut found)?;
                }
            }
            step => {
                for node in nodes {
                    expand(node, step, scope, &mut found)?;
                }
            }
        }
        nodes = found;
    }
    Ok(nodes)
}

/// Applies `step` to `top` and every node below it, parents first. Without a step, the nodes.
fn scan<'v>(
    top: &'v Value,
    step: Option<&Step>,
    scope: &Scope<'_>,
    found: &mut Vec<&'v Value>,
) -> Result<(), PathError> {
    let mut open = vec![top];
    while let Some(node) = open.pop() {
        scope.work.spend(1)?;
        match step {
            None => found.push(node),
            // Behind `..` a filter tests the node itself, for its items will have their turn.
            Some(Step::Filter(filter)) => {
                if matches!(node, Value::Object(_)) && filter.accepts(node, scope)? {
                    found.push(node);
                }
            }
            Some(step) => expand(node, step, scope, found)?,
        }
        match node {
            Value::Array(items) => open.extend(items.iter().rev()),
            Value::Object(object) => open.extend(object.values().rev()),
            _ => {}
        }
    }
    Ok(())
}

/// The nodes that one step leads to from `node`.
fn expand<'v>(
    node: &'v Value,
    step: &Step,
    scope: &Scope<'_>,
    found: &mut Vec<&'v Value>,
) -> Result<(), PathError> {
    let before = found.len();
    let tries = match step {
        Step::Names(names) => names.len(),
        Step::Indices(indices) => indices.len(),
        _ => 1,
    };
    scope.work.spend(tries)?;
    match (step, node) {
        (Step::Name(name), Value::Object(object)) => found.extend(object.get(name)),
        (Step::Names(names), Value::Object(object)) => {
            found.extend(names.iter().filter_map(|name| object.get(name)));
        }
        (Step::Index(index), Value::Array(items)) => found.extend(at(items, *index)),
        (Step::Indices(indices), Value::Array(items)) => {
            found.extend(indices.iter().filter_map(|index| at(items, *index)));
        }
        (Step::Slice(slice), Value::Array(items)) => found.extend(slice.of(items)),
        (Step::Wildcard, Value::Array(items)) => found.extend(items.iter()),
        (Step::Wildcard, Value::Object(object)) => found.extend(object.values()),
        (Step::Filter(filter), node) => filtered(node, filter, scope, found)?,
        _ => {}
    }
    scope.work.spend(found.len() - before)
}

/// Jayway filters the items of an array, but an object as a whole.
fn filtered<'v>(
    node: &'v Value,
    filter: &Filter,
    scope: &Scope<'_>,
    found: &mut Vec<&'v Value>,
) -> Result<(), PathError> {
    match node {
        Value::Array(items) => {
            for item in items.iter() {
                if filter.accepts(item, scope)? {
                    found.push(item);
                }
            }
        }
        Value::Object(_) if filter.accepts(node, scope)? => found.push(node),
        _ => {}
    }
    Ok(())
}

fn at(items: &[Value], index: i64) -> Option<&Value> {
    let index = if index < 0 { index + items.len() as i64 } else { index };
    items.get(usize::try_from(index).ok()?)
}

impl Slice {
    fn of(self, items: &[Value]) -> Vec<&Value> {
        let length = items.len() as i64;
        let absolute = |bound: i64| if bound < 0 { bound + length } else { bound };
        let mut picked = Vec::new();
        if self.by > 0 {
            let to = self.to.map_or(length, absolute).min(length);
            let mut index = self.from.map_or(0, absolute).max(0);
            while index < to {
                picked.extend(at(items, index));
                index += self.by;
            }
        } else {
            let to = self.to.map_or(-1, |to| absolute(to).max(-1));
            let mut index = self.from.map_or(length - 1, absolute).min(length - 1);
            while index > to {
                picked.extend(at(items, index));
                index += self.by;
            }
        }
        picked
    }
}

/// Jayway's message for the first step of a definite path that finds nothing.
fn why_nothing(steps: &[Step], document: &Value) -> PathError {
    let mut value = document;
    for (number, step) in steps.iter().enumerate() {
        let is_last = number + 1 == steps.len();
        let here = || format!("${}", display(&steps[..number]));
        let there = || format!("${}", display(&steps[..=number]));
        let all = || format!("${}", display(steps));
        value = match (step, value) {
            (Step::Name(name), Value::Object(object)) => match object.get(name) {
                Some(member) => member,
                None if is_last => return PathError::NoResults(there()),
                None => return PathError::MissingProperty(there()),
            },
            (Step::Index(index), Value::Array(items)) => match at(items, *index) {
                Some(item) => item,
                None if is_last => return PathError::IndexOutOfBounds(all()),
                None => return PathError::NoResults(all()),
            },
            (Step::Index(_), Value::Null) => return PathError::NullPath(here()),
            (Step::Index(_), other) => {
                return PathError::NotAnArray {
                    filter: display(&steps[number..]),
                    current: java::to_text(other),
                };
            }
            (step, _) => {
                return PathError::NotAnObject { property: step.to_string(), path: here() };
            }
        };
    }
    PathError::NoResults(format!("${}", display(steps)))
}
