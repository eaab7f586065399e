//! Dates, times and integers as pictures describe them.

mod calendar;
mod format;
mod integer;
mod parse;
mod picture;
mod words;

use crate::error::Fault;
use crate::eval::Evaluator;
use crate::eval::operators::json_text;
use crate::functions::{argument, number, number_val, text};
use crate::val::Val;

pub(crate) use integer::gcd;

use integer::IntegerPicture;
use picture::Picture;

/// What `$now` and `$fromMillis` write without a picture.
const ISO_8601: &str = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";

pub(crate) fn now(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let now = evaluator.now() as f64;
    let formatted = format_millis(now, text(arguments, 0), text(arguments, 1))?;
    evaluator.text(formatted)
}

pub(crate) fn millis(evaluator: &mut Evaluator<'_>, _: &[Val]) -> Result<Val, Fault> {
    Ok(number_val(evaluator.now() as f64))
}

pub(crate) fn from_millis(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let Some(millis) = number(arguments, 0) else { return Ok(Val::Undefined) };
    let formatted = format_millis(millis, text(arguments, 1), text(arguments, 2))?;
    evaluator.text(formatted)
}

fn format_millis(
    millis: f64,
    picture: Option<&str>,
    timezone: Option<&str>,
) -> Result<String, Fault> {
    let picture = Picture::parse(picture.unwrap_or(ISO_8601))?;
    format::format(millis, &picture, timezone)
}

pub(crate) fn to_millis(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let Some(timestamp) = text(arguments, 0) else { return Ok(Val::Undefined) };
    evaluator.step(timestamp.len())?;
    let millis = match text(arguments, 1) {
        None => {
            let fault = || Fault::code("D3110").field("value", json_text(argument(arguments, 0)));
            calendar::parse_iso(timestamp).ok_or_else(fault)?
        }
        Some(picture) => {
            let picture = Picture::parse(picture)?;
            let now = evaluator.now();
            match parse::parse(timestamp, &picture, now, evaluator.steps_left())? {
                Some(millis) => millis,
                None => return Ok(Val::Undefined),
            }
        }
    };
    Ok(number_val(millis))
}

pub(crate) fn format_integer(
    evaluator: &mut Evaluator<'_>,
    arguments: &[Val],
) -> Result<Val, Fault> {
    let Some(value) = number(arguments, 0) else { return Ok(Val::Undefined) };
    let picture = IntegerPicture::parse(text(arguments, 1).unwrap_or_default())?;
    let formatted = picture.format(value.floor())?;
    evaluator.text(formatted)
}

pub(crate) fn parse_integer(
    evaluator: &mut Evaluator<'_>,
    arguments: &[Val],
) -> Result<Val, Fault> {
    let Some(value) = text(arguments, 0) else { return Ok(Val::Undefined) };
    evaluator.step(value.len())?;
    let picture = IntegerPicture::parse(text(arguments, 1).unwrap_or_default())?;
    Ok(number_val(picture.read(value)?))
}
