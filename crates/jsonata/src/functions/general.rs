//! Truth, existence, types, and errors raised on purpose.

use value::Value;

use crate::error::Fault;
use crate::eval::Evaluator;
use crate::eval::operators::{numeric, truthy};
use crate::functions::{argument, text};
use crate::val::{Val, View};

/// A function given as an argument is false, as JavaScript's closures are.
fn argument_truth(value: View<'_>) -> Result<bool, Fault> {
    match value {
        View::Function(_) => Ok(false),
        value => truthy(value),
    }
}

pub(crate) fn boolean(_: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    match argument(arguments, 0) {
        View::Undefined => Ok(Val::Undefined),
        value => argument_truth(value).map(Val::bool),
    }
}

pub(crate) fn not(_: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    match argument(arguments, 0) {
        View::Undefined => Ok(Val::Undefined),
        value => argument_truth(value).map(|truth| Val::bool(!truth)),
    }
}

pub(crate) fn exists(_: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    Ok(Val::bool(!argument(arguments, 0).is_undefined()))
}

pub(crate) fn type_of(_: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    Ok(Val::from(match argument(arguments, 0) {
        View::Undefined => return Ok(Val::Undefined),
        View::Json(Value::Null) => "null",
        View::Json(Value::Bool(_)) => "boolean",
        View::Json(Value::String(_)) => "string",
        value @ View::Json(Value::Int(_) | Value::Float(_)) => {
            // JavaScript's NaN is no number here, and so falls through to the last case.
            if numeric(value)?.is_some() { "number" } else { "object" }
        }
        View::Json(Value::Array(_)) | View::List(..) | View::Tuples(_) => "array",
        View::Function(_) => "function",
        View::Json(Value::Object(_)) | View::Map(_) => "object",
    }))
}

pub(crate) fn error(_: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let message = text(arguments, 0).filter(|message| !message.is_empty());
    Err(Fault::code("D3137").text("message", message.unwrap_or("$error() function evaluated")))
}

pub(crate) fn assert(_: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    if matches!(argument(arguments, 0), View::Json(Value::Bool(true))) {
        return Ok(Val::Undefined);
    }
    let message = text(arguments, 1).filter(|message| !message.is_empty());
    Err(Fault::code("D3141").text("message", message.unwrap_or("$assert() statement failed")))
}
