//! Numbers: sums, rounding, bases.

use value::Value;

use crate::error::Fault;
use crate::eval::Evaluator;
use crate::eval::operators::json_text;
use crate::functions::{argument, number as number_at, number_val};
use crate::number as numbers;
use crate::val::{Val, View};

/// Folds the numbers of the first argument; nothing if there is no array.
fn fold(
    evaluator: &mut Evaluator<'_>,
    arguments: &[Val],
    start: f64,
    combine: impl Fn(f64, f64) -> f64,
) -> Result<Option<(f64, usize)>, Fault> {
    let Some(items) = argument(arguments, 0).items() else { return Ok(None) };
    evaluator.step(items.len() / 16)?;
    let numbers = items.iter().filter_map(View::as_f64);
    Ok(Some((numbers.fold(start, combine), items.len())))
}

pub(crate) fn sum(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let total = fold(evaluator, arguments, 0.0, |a, b| a + b)?;
    Ok(total.map_or(Val::Undefined, |(total, _)| number_val(total)))
}

pub(crate) fn average(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    match fold(evaluator, arguments, 0.0, |a, b| a + b)? {
        None | Some((_, 0)) => Ok(Val::Undefined),
        Some((total, count)) => Ok(number_val(total / count as f64)),
    }
}

pub(crate) fn max(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    match fold(evaluator, arguments, f64::NEG_INFINITY, f64::max)? {
        None | Some((_, 0)) => Ok(Val::Undefined),
        Some((most, _)) => Ok(number_val(most)),
    }
}

pub(crate) fn min(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    match fold(evaluator, arguments, f64::INFINITY, f64::min)? {
        None | Some((_, 0)) => Ok(Val::Undefined),
        Some((least, _)) => Ok(number_val(least)),
    }
}

fn map(arguments: &[Val], change: impl Fn(f64) -> f64) -> Val {
    number_at(arguments, 0).map_or(Val::Undefined, |number| number_val(change(number)))
}

pub(crate) fn floor(_: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    Ok(map(arguments, f64::floor))
}

pub(crate) fn ceil(_: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    Ok(map(arguments, f64::ceil))
}

pub(crate) fn abs(_: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    Ok(map(arguments, f64::abs))
}

pub(crate) fn round(_: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let precision = number_at(arguments, 1).unwrap_or(0.0);
    Ok(map(arguments, |number| round_half_even(number, precision)))
}

/// Rounds to `precision` decimal places, halves to the even neighbour. The point is moved in the
/// decimal text, because multiplying by a power of ten would not be exact.
pub(crate) fn round_half_even(number: f64, precision: f64) -> f64 {
    let shifted = shift(number, precision);
    let floor = shifted.floor();
    let mut result = if shifted - floor >= 0.5 { floor + 1.0 } else { floor };
    if (result - shifted).abs() == 0.5 && (result % 2.0).abs() == 1.0 {
        result -= 1.0;
    }
    let result = shift(result, -precision);
    if result == 0.0 { 0.0 } else { result }
}

/// `number` times ten to the `places`.
fn shift(number: f64, places: f64) -> f64 {
    if places == 0.0 || !number.is_finite() {
        return number;
    }
    if places.trunc() != places {
        return f64::NAN;
    }
    let text = numbers::to_text(number);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent = exponent.parse::<f64>().unwrap_or(0.0) + places;
    format!("{mantissa}e{exponent}").parse().unwrap_or(f64::NAN)
}

pub(crate) fn sqrt(_: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    match number_at(arguments, 0) {
        Some(number) if number < 0.0 => {
            Err(Fault::code("D3060").field("value", json_text(argument(arguments, 0))))
        }
        _ => Ok(map(arguments, f64::sqrt)),
    }
}

pub(crate) fn power(_: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let Some(base) = number_at(arguments, 0) else { return Ok(Val::Undefined) };
    let result = base.powf(number_at(arguments, 1).unwrap_or(f64::NAN));
    if result.is_finite() {
        return Ok(number_val(result));
    }
    let fault = Fault::code("D3061").field("value", json_text(argument(arguments, 0)));
    Err(fault.field("exp", json_text(argument(arguments, 1))))
}

pub(crate) fn number(_: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let value = argument(arguments, 0);
    let parsed = match value {
        View::Undefined => return Ok(Val::Undefined),
        View::Json(Value::Int(_) | Value::Float(_)) => return Ok(value.to_val()),
        View::Json(Value::Bool(bool)) => Some(f64::from(u8::from(*bool))),
        View::Json(Value::String(text)) => decimal(text).or_else(|| with_radix(text)),
        _ => None,
    };
    match parsed {
        Some(number) => Ok(number_val(number)),
        None => Err(Fault::code("D3030").field("value", json_text(value))),
    }
}

/// A number in decimal notation; unlike a literal, it may begin with zeros.
fn decimal(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let significant = digits.trim_start_matches('0');
    let zeros = digits.len() - significant.len();
    // At least the last of leading zeros is the whole part, unless other digits follow.
    let has_whole = significant.as_bytes().first().is_some_and(u8::is_ascii_digit);
    let literal = if has_whole { significant } else { &digits[zeros.saturating_sub(1)..] };
    if literal.is_empty() || crate::number::literal_length(literal.as_bytes()) != literal.len() {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A number with a prefix for its radix.
fn with_radix(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let radix = match (bytes.first(), bytes.get(1)) {
        (Some(b'0'), Some(b'x' | b'X')) => 16,
        (Some(b'0'), Some(b'o' | b'O')) => 8,
        (Some(b'0'), Some(b'b' | b'B')) => 2,
        _ => return None,
    };
    let digits = text.get(2..)?;
    if digits.is_empty() {
        return None;
    }
    let digit = |number: f64, char: char| {
        char.to_digit(radix).map(|digit| number * f64::from(radix) + f64::from(digit))
    };
    digits.chars().try_fold(0.0, digit)
}

pub(crate) fn format_base(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let Some(number) = number_at(arguments, 0) else { return Ok(Val::Undefined) };
    let number = round_half_even(number, 0.0);
    let radix = number_at(arguments, 1).map_or(10.0, |radix| round_half_even(radix, 0.0));
    if !(2.0..=36.0).contains(&radix) {
        return Err(Fault::code("D3100").field("value", numbers::to_text(radix)));
    }
    if radix == 10.0 || !number.is_finite() {
        return evaluator.text(numbers::to_text(number));
    }
    let mut digits = Vec::new();
    let mut rest = number.abs();
    while rest >= 1.0 {
        let digit = rest % radix;
        digits.push(char::from_digit(digit as u32, radix as u32).unwrap_or('0'));
        rest = (rest - digit) / radix;
    }
    if digits.is_empty() {
        digits.push('0');
    }
    if number < 0.0 {
        digits.push('-');
    }
    evaluator.text(digits.into_iter().rev().collect::<String>())
}
