//! The functions at the end of a path: `length()`, `min()` and their like, as Jayway has them.

use std::borrow::Cow;

use value::Value;

use crate::cursor::Cursor;
use crate::evaluate::Scope;
use crate::filter::literal;
use crate::limits::MAX_FILTER_NESTING;
use crate::parse::{self, Place};
use crate::step::Query;
use crate::{PathError, SyntaxError};

/// A function with its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    kind: Kind,
    arguments: Box<[Argument]>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Append,
    Avg,
    Concat,
    Keys,
    Length,
    Max,
    Min,
    StdDev,
    Sum,
}

const NAMES: [(&str, Kind); 10] = [
    ("append", Kind::Append),
    ("avg", Kind::Avg),
    ("concat", Kind::Concat),
    ("keys", Kind::Keys),
    ("length", Kind::Length),
    ("size", Kind::Length),
    ("max", Kind::Max),
    ("min", Kind::Min),
    ("stddev", Kind::StdDev),
    ("sum", Kind::Sum),
];

#[derive(Clone, Debug)]
enum Argument {
    Literal(Value),
    /// A path, from the root of the document.
    Query(Query),
}

impl Function {
    /// Parses the arguments of `name`, up to and with the closing parenthesis.
    pub(crate) fn parse(
        name: &str,
        start: &Cursor<'_>,
        cursor: &mut Cursor<'_>,
        nesting: usize,
    ) -> Result<Self, SyntaxError> {
        let Some((_, kind)) = NAMES.into_iter().find(|(known, _)| *known == name) else {
            return Err(start.fail(format!("Function with name: {name} does not exist.")));
        };
        if nesting > MAX_FILTER_NESTING {
            return Err(start.fail("Functions nest too deep"));
        }
        let mut arguments = Vec::new();
        cursor.skip_spaces();
        while !cursor.eat(")") {
            if !arguments.is_empty() {
                cursor.expect(",")?;
                cursor.skip_spaces();
            }
            arguments.push(if cursor.eat("$") {
                Argument::Query(parse::query(cursor, Place::Argument, nesting + 1)?)
            } else {
                Argument::Literal(literal(cursor)?)
            });
            cursor.skip_spaces();
        }
        Ok(Self { kind, arguments: arguments.into() })
    }

    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            Kind::Append => "append",
            Kind::Avg => "avg",
            Kind::Concat => "concat",
            Kind::Keys => "keys",
            Kind::Length => "length",
            Kind::Max => "max",
            Kind::Min => "min",
            Kind::StdDev => "stddev",
            Kind::Sum => "sum",
        }
    }

    /// The function of `target`.
    pub(crate) fn apply(&self, target: &Value, scope: &Scope<'_>) -> Result<Value, PathError> {
        let arguments = self.arguments(scope)?;
        if !matches!(self.kind, Kind::Length) {
            let sizes = arguments.iter().map(|argument| size(argument));
            scope.work.spend(sizes.sum::<usize>() + size(target))?;
        }
        match self.kind {
            Kind::Length => Ok(length(arguments.first().map_or(target, |first| first))),
            Kind::Keys => Ok(match target {
                Value::Object(object) => {
                    Value::array(object.keys().cloned().map(Value::String).collect())
                }
                _ => Value::Null,
            }),
            Kind::Append => Ok(match target {
                Value::Array(items) => {
                    let more = arguments.into_iter().map(Cow::into_owned);
                    Value::array(items.iter().cloned().chain(more).collect())
                }
                other => other.clone(),
            }),
            Kind::Concat => Ok(Value::from(concat(target, &arguments))),
            _ => self.aggregate(&numbers(target, &arguments)),
        }
    }

    fn arguments<'a>(&'a self, scope: &Scope<'a>) -> Result<Vec<Cow<'a, Value>>, PathError> {
        let evaluate = |argument: &'a Argument| match argument {
            Argument::Literal(value) => Ok(Cow::Borrowed(value)),
            Argument::Query(query) => query.evaluate(scope.root, scope),
        };
        self.arguments.iter().map(evaluate).collect()
    }

    fn aggregate(&self, numbers: &[f64]) -> Result<Value, PathError> {
        if numbers.is_empty() {
            return Err(PathError::Function(
                "Aggregation function attempted to calculate value using empty array".to_owned(),
            ));
        }
        let count = numbers.len() as f64;
        let sum: f64 = numbers.iter().sum();
        let average = sum / count;
        Ok(Value::Float(match self.kind {
            Kind::Avg => average,
            Kind::Max => numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Kind::Min => numbers.iter().copied().fold(f64::INFINITY, f64::min),
            Kind::StdDev => {
                let squares: f64 = numbers.iter().map(|number| (number - average).powi(2)).sum();
                (squares / count).sqrt()
            }
            _ => sum,
        }))
    }
}

/// The visits that a function's look at one value costs.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(|i| 1 + i.as_str().map_or(0, str::len)).sum(),
        Value::Object(object) => object.len(),
        Value::String(text) => text.len(),
        _ => 0,
    }
}

fn length(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Int(items.len() as i64),
        Value::Object(object) => Value::Int(object.len() as i64),
        _ => Value::Null,
    }
}

/// The numbers among the items of `target` and the arguments.
fn numbers(target: &Value, arguments: &[Cow<'_, Value>]) -> Vec<f64> {
    let mut numbers = Vec::new();
    if let Value::Array(items) = target {
        numbers.extend(items.iter().filter_map(Value::as_f64));
    }
    for argument in arguments {
        match &**argument {
            Value::Array(items) => numbers.extend(items.iter().filter_map(Value::as_f64)),
            scalar => numbers.extend(scalar.as_f64()),
        }
    }
    numbers
}

/// The strings among the items of `target` and the arguments, one after another.
fn concat(target: &Value, arguments: &[Cow<'_, Value>]) -> String {
    let mut text = String::new();
    if let Value::Array(items) = target {
        items.iter().filter_map(Value::as_str).for_each(|item| text.push_str(item));
    }
    for argument in arguments {
        match &**argument {
            Value::Array(items) => {
                items.iter().filter_map(Value::as_str).for_each(|item| text.push_str(item));
            }
            Value::String(item) => text.push_str(item),
            number @ (Value::Int(_) | Value::Float(_)) => number.render(&mut text),
            _ => {}
        }
    }
    text
}
