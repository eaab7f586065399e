//! The infix operators, and the truth and type rules they stand on.

use value::Value;

use crate::ast::{Node, Operator};
use crate::error::Fault;
use crate::eval::Evaluator;
use crate::eval::frame::Env;
use crate::functions::string;
use crate::number;
use crate::val::{Flags, Val, View, equal};

/// The most elements `..` may make, whatever the memory (jsonata-js's own bound).
const MAX_RANGE: f64 = 1e7;

impl Evaluator<'_> {
    #[inline(never)]
    pub fn binary(
        &mut self,
        operator: Operator,
        left: &Node,
        right: &Node,
        position: u32,
        input: View<'_>,
        env: &Env,
    ) -> Result<Val, Fault> {
        let located = |fault: Fault| fault.at(position as usize).token(operator.symbol());
        let lhs = self.eval_ref(left, input, env)?;
        if matches!(operator, Operator::And | Operator::Or) {
            let lhs = truthy(lhs.view()).map_err(located)?;
            if lhs == (operator == Operator::Or) {
                return Ok(Val::bool(lhs));
            }
            let rhs = self.eval_ref(right, input, env).map_err(located)?;
            return truthy(rhs.view()).map(Val::bool).map_err(located);
        }
        let rhs = self.eval_ref(right, input, env)?;
        let result = match operator {
            Operator::Equal | Operator::NotEqual => Ok(equality(operator, lhs.view(), rhs.view())),
            Operator::Less
            | Operator::LessOrEqual
            | Operator::Greater
            | Operator::GreaterOrEqual => compare(operator, lhs.view(), rhs.view()),
            Operator::Concat => self.concat(lhs.view(), rhs.view()),
            Operator::Range => self.range(lhs.view(), rhs.view()),
            Operator::In => Ok(Val::bool(includes(lhs.view(), rhs.view()))),
            _ => arithmetic(operator, lhs.view(), rhs.view()),
        };
        result.map_err(located)
    }

    fn concat(&mut self, lhs: View<'_>, rhs: View<'_>) -> Result<Val, Fault> {
        let mut out = String::new();
        for side in [lhs, rhs] {
            match side.as_str() {
                Some(text) => out.push_str(text),
                None if side.is_undefined() => {}
                None => string::render(side, &mut out)?,
            }
        }
        self.text(out)
    }

    fn range(&mut self, lhs: View<'_>, rhs: View<'_>) -> Result<Val, Fault> {
        let integer = |side: View<'_>, code| match side.as_f64() {
            Some(number) if number.is_finite() && number.trunc() == number => Ok(Some(number)),
            None if side.is_undefined() => Ok(None),
            _ => Err(Fault::code(code).field("value", json_text(side))),
        };
        let (from, to) = (integer(lhs, "T2003")?, integer(rhs, "T2004")?);
        let (Some(from), Some(to)) = (from, to) else { return Ok(Val::Undefined) };
        if from > to {
            return Ok(Val::Undefined);
        }
        let size = to - from + 1.0;
        if size > MAX_RANGE {
            return Err(Fault::code("D2014").field("value", number::to_text(size)));
        }
        let size = size as usize;
        self.check_room(size)?;
        self.step(size / 8)?;
        let items = (0..size).map(|at| Val::Json(number::value(from + at as f64)));
        let items = items.collect();
        self.list(items, Flags::SEQUENCE)
    }
}

fn arithmetic(operator: Operator, lhs: View<'_>, rhs: View<'_>) -> Result<Val, Fault> {
    let operand = |side: View<'_>, code| {
        if side.is_undefined() {
            return Ok(None);
        }
        let number = numeric(side)?;
        let fault = || Fault::code(code).field("value", json_text(side));
        number.map(Some).ok_or_else(fault)
    };
    let (a, b) = (operand(lhs, "T2001")?, operand(rhs, "T2002")?);
    let (Some(a), Some(b)) = (a, b) else { return Ok(Val::Undefined) };
    let result = match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide => a / b,
        _ => a % b,
    };
    Ok(Val::Json(number::value(result)))
}

fn equality(operator: Operator, lhs: View<'_>, rhs: View<'_>) -> Val {
    if lhs.is_undefined() || rhs.is_undefined() {
        return Val::bool(false);
    }
    Val::bool(equal(lhs, rhs) == (operator == Operator::Equal))
}

fn compare(operator: Operator, lhs: View<'_>, rhs: View<'_>) -> Result<Val, Fault> {
    use std::cmp::Ordering;
    let ordering = match (lhs, rhs) {
        (View::Json(Value::Int(a)), View::Json(Value::Int(b))) => Some(a.cmp(b)),
        _ => {
            let comparable = |side: View<'_>| side.as_f64().is_some() || side.as_str().is_some();
            for side in [lhs, rhs] {
                if !side.is_undefined() && !comparable(side) {
                    return Err(Fault::code("T2010").field("value", json_text(side)));
                }
            }
            if lhs.is_undefined() || rhs.is_undefined() {
                return Ok(Val::Undefined);
            }
            match (lhs.as_f64(), rhs.as_f64(), lhs.as_str(), rhs.as_str()) {
                (Some(a), Some(b), ..) => a.partial_cmp(&b),
                (.., Some(a), Some(b)) => Some(compare_text(a, b)),
                _ => {
                    let fault = Fault::code("T2009").field("value", json_text(lhs));
                    return Err(fault.field("value2", json_text(rhs)));
                }
            }
        }
    };
    Ok(Val::bool(match (operator, ordering) {
        (_, None) => false,
        (Operator::Less, Some(ordering)) => ordering == Ordering::Less,
        (Operator::LessOrEqual, Some(ordering)) => ordering != Ordering::Greater,
        (Operator::Greater, Some(ordering)) => ordering == Ordering::Greater,
        (_, Some(ordering)) => ordering != Ordering::Less,
    }))
}

/// Strings in the order of their UTF-16 units, as JavaScript and Java compare them.
pub(crate) fn compare_text(a: &str, b: &str) -> std::cmp::Ordering {
    if a.is_ascii() || b.is_ascii() {
        return a.cmp(b);
    }
    a.encode_utf16().cmp(b.encode_utf16())
}

/// `in`: scalars by value, everything else by identity.
fn includes(lhs: View<'_>, rhs: View<'_>) -> bool {
    if lhs.is_undefined() || rhs.is_undefined() {
        return false;
    }
    rhs.items_or_one().iter().any(|item| identical(lhs, item))
}

fn identical(a: View<'_>, b: View<'_>) -> bool {
    use std::rc::Rc;
    use std::sync::Arc;
    match (a, b) {
        (View::Json(Value::Array(a)), View::Json(Value::Array(b))) => Arc::ptr_eq(a, b),
        (View::Json(Value::Object(a)), View::Json(Value::Object(b))) => Arc::ptr_eq(a, b),
        (View::Json(a), View::Json(b)) => a == b,
        (View::List(a, _), View::List(b, _)) => Rc::ptr_eq(a, b),
        (View::Map(a), View::Map(b)) => Rc::ptr_eq(a, b),
        (View::Function(a), View::Function(b)) => Rc::ptr_eq(a, b),
        _ => false,
    }
}

/// The number, if this is one that JSON can hold; NaN is none, infinity is refused.
#[inline]
pub(crate) fn numeric(value: View<'_>) -> Result<Option<f64>, Fault> {
    match value {
        View::Json(Value::Int(int)) => Ok(Some(*int as f64)),
        View::Json(Value::Float(float)) if float.is_infinite() => {
            // JavaScript renders an infinity in JSON as null.
            Err(Fault::code("D1001").field("value", "null"))
        }
        View::Json(Value::Float(float)) if !float.is_nan() => Ok(Some(*float)),
        _ => Ok(None),
    }
}

/// The effective boolean value; nothing is false.
pub(crate) fn truthy(value: View<'_>) -> Result<bool, Fault> {
    Ok(match value {
        View::Undefined | View::Json(Value::Null) => false,
        View::Json(Value::Bool(bool)) => *bool,
        View::Json(Value::String(text)) => !text.is_empty(),
        View::Json(Value::Int(int)) => *int != 0,
        View::Json(Value::Float(_)) => numeric(value)?.is_some_and(|number| number != 0.0),
        View::Json(Value::Object(object)) => !object.is_empty(),
        View::Map(map) => map.members.len() > 0,
        View::Function(function) => function.is_object(),
        View::Tuples(tuples) => !tuples.is_empty(),
        View::Json(Value::Array(_)) | View::List(..) => {
            for item in value.items_or_one().iter() {
                if truthy(item)? {
                    return Ok(true);
                }
            }
            false
        }
    })
}

/// The value as an error shows it: JSON in which infinities are null.
pub(crate) fn json_text(value: View<'_>) -> String {
    match value {
        View::Undefined | View::Function(_) => "undefined".to_owned(),
        View::Json(Value::Float(float)) if !float.is_finite() => "null".to_owned(),
        other => {
            let mut out = String::new();
            string::stringify(other, &mut out);
            out
        }
    }
}
