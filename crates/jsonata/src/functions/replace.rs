//! `$replace`.

use crate::error::Fault;
use crate::eval::Evaluator;
use crate::functions::matcher::{Match, first, limit, shared_text, wants_more};
use crate::functions::{argument, callback, text};
use crate::limits::CHAR_BYTES;
use crate::val::Val;

pub(crate) fn replace(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let Some(whole) = shared_text(arguments, 0) else { return Ok(Val::Undefined) };
    if text(arguments, 1) == Some("") {
        return Err(Fault::code("D3010"));
    }
    let limit = limit(arguments, 3, "D3011")?;
    if !wants_more(limit, 0) {
        return Ok(argument(arguments, 0).to_val());
    }
    if let Some(part) = text(arguments, 1) {
        return replace_text(evaluator, &whole, part, arguments, limit);
    }
    let Some(pattern) = callback(arguments, 1) else { return Ok(Val::Undefined) };
    let mut out = String::new();
    let (mut from, mut count) = (0, 0);
    let mut found = first(evaluator, pattern, &whole)?;
    while let Some(current) = found.filter(|_| wants_more(limit, count)) {
        out.push_str(whole.get(from..current.start).unwrap_or_default());
        match callback(arguments, 2) {
            Some(replacer) => {
                let given = current.to_val(evaluator, &whole)?;
                let replaced = evaluator.invoke(replacer, [given], 1)?;
                let fault = || Fault::code("D3012");
                out.push_str(replaced.as_str().ok_or_else(fault)?);
            }
            None => substitute(&current, text(arguments, 2).unwrap_or_default(), &mut out),
        }
        evaluator.meter.check(out.len() * CHAR_BYTES)?;
        from = current.start + current.text.len();
        count += 1;
        found = current.following(evaluator, &whole)?;
    }
    out.push_str(whole.get(from..).unwrap_or_default());
    evaluator.text(out)
}

fn replace_text(
    evaluator: &mut Evaluator<'_>,
    whole: &str,
    part: &str,
    arguments: &[Val],
    limit: Option<f64>,
) -> Result<Val, Fault> {
    let hits = whole.matches(part).count();
    let hits = limit.map_or(hits, |limit| hits.min(limit.ceil() as usize));
    // A function replaces matches of regular expressions only.
    let replacement = match text(arguments, 2) {
        Some(replacement) => replacement,
        None if hits == 0 => "",
        None => return Err(Fault::code("D3012")),
    };
    evaluator.step(whole.len() / 32 + hits)?;
    evaluator.meter.check(hits.saturating_mul(replacement.len()))?;
    evaluator.text(whole.replacen(part, replacement, hits))
}

/// Appends the replacement with `$1` and the like filled in.
fn substitute(found: &Match, replacement: &str, out: &mut String) {
    let mut rest = replacement;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        rest = match after.as_bytes().first() {
            Some(b'$') => {
                out.push('$');
                &after[1..]
            }
            Some(b'0') => {
                out.push_str(&found.text);
                &after[1..]
            }
            Some(digit) if digit.is_ascii_digit() => {
                let (group, length) = group_number(after, found.groups.len());
                let group = group.checked_sub(1).and_then(|group| found.groups.get(group));
                out.push_str(group.and_then(Val::as_str).unwrap_or_default());
                &after[length..]
            }
            _ => {
                out.push('$');
                after
            }
        };
    }
    out.push_str(rest);
}

/// The number of a group and its digits: no more than the count of groups has, and one less if
/// that many would name a group that is not there.
fn group_number(text: &str, groups: usize) -> (usize, usize) {
    let most = if groups == 0 { 1 } else { groups.to_string().len() };
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let number = |length: usize| text.get(..length).and_then(|text| text.parse().ok()).unwrap_or(0);
    let whole: usize = number(digits);
    if digits > 1 && whole > groups {
        return (number(digits - 1), digits - 1);
    }
    (whole, digits)
}
