//! Strings: casting to them, taking them apart, padding them.

use std::fmt::Write;

use value::Value;

use crate::error::Fault;
use crate::eval::{Evaluator, unwrap_outer};
use crate::functions::{argument, number, number_val, text};
use crate::number as numbers;
use crate::val::{Val, View};

pub(crate) fn string(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let value = unwrap_outer(argument(arguments, 0));
    match value {
        View::Undefined => return Ok(Val::Undefined),
        View::Json(Value::String(_)) => return Ok(value.to_val()),
        _ => {}
    }
    let mut out = String::new();
    if matches!(argument(arguments, 1), View::Json(Value::Bool(true))) && !is_scalar(value) {
        write_json(value, &mut out, &mut Style { strict: true, indent: Some(0) })?;
    } else {
        render(value, &mut out)?;
    }
    evaluator.text(out)
}

fn is_scalar(value: View<'_>) -> bool {
    !value.is_array() && value.object().is_none()
}

/// Appends what `$string` makes of a value.
pub(crate) fn render(value: View<'_>, out: &mut String) -> Result<(), Fault> {
    match value {
        View::Undefined | View::Function(_) => Ok(()),
        View::Json(Value::String(text)) => {
            out.push_str(text);
            Ok(())
        }
        View::Json(Value::Float(float)) if !float.is_finite() => Err(Fault::code("D3001")),
        value => write_json(value, out, &mut Style { strict: true, indent: None }),
    }
}

/// Appends the JSON text of a value as JavaScript writes it, every digit of a number included.
pub(crate) fn stringify(value: View<'_>, out: &mut String) {
    // Only the strict style can fail.
    let _ = write_json(value, out, &mut Style { strict: false, indent: None });
}

struct Style {
    /// As `$string`: numbers rounded, infinities refused.
    strict: bool,
    /// The current indentation, if the text is to be pretty.
    indent: Option<usize>,
}

impl Style {
    fn deeper(&mut self, by: isize) {
        self.indent = self.indent.map(|indent| indent.saturating_add_signed(by));
    }

    fn line(&self, out: &mut String) {
        if let Some(indent) = self.indent {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
        }
    }
}

fn write_json(value: View<'_>, out: &mut String, style: &mut Style) -> Result<(), Fault> {
    match value {
        View::Undefined | View::Json(Value::Null) => out.push_str("null"),
        View::Function(_) => out.push_str("\"\""),
        View::Json(Value::Bool(bool)) => out.push_str(if *bool { "true" } else { "false" }),
        View::Json(Value::Int(int)) => {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "{int}");
        }
        View::Json(Value::Float(float)) => write_float(*float, out, style.strict)?,
        View::Json(Value::String(text)) => quote(text, out),
        View::Tuples(tuples) => {
            let contexts = tuples.iter().map(|tuple| tuple.context.view());
            write_items(contexts, tuples.len(), out, style)?;
        }
        View::Json(Value::Array(_)) | View::List(..) => {
            let items = value.items_or_one();
            write_items(items.iter(), items.len(), out, style)?;
        }
        View::Json(Value::Object(_)) | View::Map(_) => write_members(value, out, style)?,
    }
    Ok(())
}

fn write_float(float: f64, out: &mut String, strict: bool) -> Result<(), Fault> {
    if float.is_infinite() && strict {
        return Err(Fault::code("D1001").field("value", "null"));
    }
    if !float.is_finite() {
        out.push_str("null");
    } else if strict {
        out.push_str(&numbers::to_json_text(float));
    } else {
        out.push_str(&numbers::to_text(float));
    }
    Ok(())
}

fn write_items<'a>(
    items: impl Iterator<Item = View<'a>>,
    count: usize,
    out: &mut String,
    style: &mut Style,
) -> Result<(), Fault> {
    out.push('[');
    style.deeper(2);
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push(',');
        }
        style.line(out);
        write_json(item, out, style)?;
    }
    style.deeper(-2);
    if count > 0 {
        style.line(out);
    }
    out.push(']');
    Ok(())
}

fn write_members(value: View<'_>, out: &mut String, style: &mut Style) -> Result<(), Fault> {
    let Some(object) = value.object() else { return Ok(()) };
    out.push('{');
    style.deeper(2);
    let mut first = true;
    object.try_each(|key, member| {
        if member.is_undefined() {
            return Ok(());
        }
        if !first {
            out.push(',');
        }
        first = false;
        style.line(out);
        quote(key, out);
        out.push_str(if style.indent.is_some() { ": " } else { ":" });
        write_json(member, out, style)
    })?;
    style.deeper(-2);
    if !first {
        style.line(out);
    }
    out.push('}');
    Ok(())
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            char if char < ' ' => {
                let _ = write!(out, "\\u{:04x}", char as u32);
            }
            char => out.push(char),
        }
    }
    out.push('"');
}

pub(crate) fn length(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let Some(text) = text(arguments, 0) else { return Ok(Val::Undefined) };
    evaluator.step(text.len() / 32)?;
    Ok(number_val(text.chars().count() as f64))
}

pub(crate) fn substring(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let Some(text) = text(arguments, 0) else { return Ok(Val::Undefined) };
    evaluator.step(text.len() / 32)?;
    let count = text.chars().count() as f64;
    let mut start = number(arguments, 1).unwrap_or(0.0);
    if count + start < 0.0 {
        start = 0.0;
    }
    let end = match number(arguments, 2) {
        Some(length) if length <= 0.0 => return evaluator.text(""),
        Some(length) if start >= 0.0 => start + length,
        Some(length) => count + start + length,
        None => count,
    };
    let from = slice_index(start, count);
    let to = slice_index(end, count);
    let part: &str = slice(text, from, to);
    evaluator.text(part)
}

/// A position as JavaScript's `slice` takes it: truncated, from the end if negative.
fn slice_index(position: f64, count: f64) -> usize {
    let position = position.trunc();
    let position = if position < 0.0 { position + count } else { position };
    position.clamp(0.0, count) as usize
}

/// The characters `from..to`.
pub(crate) fn slice(text: &str, from: usize, to: usize) -> &str {
    let byte = |at: usize| text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte);
    if from >= to { "" } else { text.get(byte(from)..byte(to)).unwrap_or_default() }
}

pub(crate) fn substring_before(
    evaluator: &mut Evaluator<'_>,
    arguments: &[Val],
) -> Result<Val, Fault> {
    let Some(whole) = text(arguments, 0) else { return Ok(Val::Undefined) };
    match whole.split_once(separator(arguments)) {
        Some((before, _)) => evaluator.text(before),
        None => Ok(argument(arguments, 0).to_val()),
    }
}

pub(crate) fn substring_after(
    evaluator: &mut Evaluator<'_>,
    arguments: &[Val],
) -> Result<Val, Fault> {
    let Some(whole) = text(arguments, 0) else { return Ok(Val::Undefined) };
    match whole.split_once(separator(arguments)) {
        Some((_, after)) => evaluator.text(after),
        None => Ok(argument(arguments, 0).to_val()),
    }
}

/// The second argument; JavaScript searches for `undefined` where there is none.
fn separator(arguments: &[Val]) -> &str {
    text(arguments, 1).unwrap_or("undefined")
}

pub(crate) fn lowercase(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    match text(arguments, 0) {
        Some(text) => evaluator.text(text.to_lowercase()),
        None => Ok(Val::Undefined),
    }
}

pub(crate) fn uppercase(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    match text(arguments, 0) {
        Some(text) => evaluator.text(text.to_uppercase()),
        None => Ok(Val::Undefined),
    }
}

pub(crate) fn trim(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let Some(text) = text(arguments, 0) else { return Ok(Val::Undefined) };
    let blank = |char| matches!(char, ' ' | '\t' | '\n' | '\r');
    let words = text.split(blank).filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    evaluator.text(words.join(" "))
}

pub(crate) fn pad(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let Some(text) = text(arguments, 0) else { return Ok(Val::Undefined) };
    let width = number(arguments, 1).unwrap_or(0.0);
    let filler = crate::functions::text(arguments, 2).filter(|filler| !filler.is_empty());
    let filler = filler.unwrap_or(" ");
    evaluator.step(text.len() / 32)?;
    let missing = width.abs() - text.chars().count() as f64;
    if !matches!(missing.partial_cmp(&0.0), Some(std::cmp::Ordering::Greater)) {
        return Ok(argument(arguments, 0).to_val());
    }
    if missing > evaluator.limits.pad as f64 {
        return Err(Fault::memory());
    }
    let padding: String = filler.chars().cycle().take(missing as usize).collect();
    let padded = if width > 0.0 { [text, &padding] } else { [&padding, text] };
    evaluator.text(padded.concat())
}

pub(crate) fn join(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let Some(items) = argument(arguments, 0).items() else { return Ok(Val::Undefined) };
    let separator = text(arguments, 1).unwrap_or_default();
    evaluator.step(items.len() / 8)?;
    let lengths = items.iter().map(|item| item.as_str().map_or(0, str::len) + separator.len());
    let total: usize = lengths.sum();
    evaluator.meter.check(total.saturating_sub(separator.len()))?;
    let mut out = String::with_capacity(total);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(separator);
        }
        out.push_str(item.as_str().unwrap_or_default());
    }
    evaluator.text(out)
}
