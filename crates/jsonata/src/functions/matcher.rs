//! Matching: regular expressions, and functions that stand in for them.

use std::rc::Rc;
use std::sync::Arc;

use smol_str::SmolStr;
use value::Value;

use crate::error::Fault;
use crate::eval::function::Function;
use crate::eval::{Evaluator, function};
use crate::functions::{argument, callback, number, number_val, text};
use crate::regex::Regex;
use crate::val::{Flags, Members, Val, View};

/// A match within a text.
pub(crate) struct Match {
    /// Where it starts and ends, in bytes.
    pub start: usize,
    pub end: usize,
    pub text: SmolStr,
    pub groups: Vec<Val>,
    next: Next,
}

/// What finds the match behind a match.
enum Next {
    Regex(Arc<Regex>),
    /// A function of a matcher of the user's own.
    Function(Val),
}

/// The first match of a pattern in a text.
pub(crate) fn first(
    evaluator: &mut Evaluator<'_>,
    pattern: &Rc<Function>,
    text: &SmolStr,
) -> Result<Option<Match>, Fault> {
    match &**pattern {
        Function::Regex(regex) => exec(evaluator, regex, text, 0),
        _ => {
            let given = [Val::Json(Value::String(text.clone()))];
            let result = evaluator.invoke(pattern, given, 1)?;
            custom_match(&result, text)
        }
    }
}

impl Match {
    /// The match behind this one.
    pub fn following(
        &self,
        evaluator: &mut Evaluator<'_>,
        text: &SmolStr,
    ) -> Result<Option<Self>, Fault> {
        match &self.next {
            Next::Regex(regex) => exec_next(evaluator, regex, text, self.end),
            Next::Function(next) => {
                let result = evaluator.apply(next, Vec::new(), View::Undefined)?;
                custom_match(&result, text)
            }
        }
    }

    /// The match as expressions see it.
    pub fn to_val(&self, evaluator: &mut Evaluator<'_>, text: &SmolStr) -> Result<Val, Fault> {
        let next = match &self.next {
            Next::Regex(regex) => {
                let regex = Arc::clone(regex);
                function(Function::NextMatch { regex, text: text.clone(), from: self.end })
            }
            Next::Function(next) => next.clone(),
        };
        let groups = evaluator.list(self.groups.clone(), Flags::ARRAY)?;
        let mut members = Members::with_capacity(5);
        members.insert("match".into(), Val::Json(Value::String(self.text.clone())));
        members.insert("start".into(), utf16_index(text, self.start));
        members.insert("end".into(), utf16_index(text, self.end));
        members.insert("groups".into(), groups);
        members.insert("next".into(), next);
        evaluator.map(members)
    }
}

/// Runs a regular expression from a byte offset on.
fn exec(
    evaluator: &mut Evaluator<'_>,
    regex: &Arc<Regex>,
    text: &SmolStr,
    from: usize,
) -> Result<Option<Match>, Fault> {
    let captures = regex.find(text, from, evaluator.steps_left()).map_err(|_| Fault::timeout())?;
    let Some(captures) = captures else { return Ok(None) };
    let span = |(from, to): (usize, usize)| text.get(from..to).unwrap_or_default();
    let mut spans = captures.groups.into_iter();
    let (start, end) = spans.next().flatten().unwrap_or((from, from));
    let groups = spans.map(|group| group.map_or(Val::Undefined, |group| Val::from(span(group))));
    let groups = groups.collect();
    let matched = SmolStr::new(span((start, end)));
    Ok(Some(Match { start, end, text: matched, groups, next: Next::Regex(Arc::clone(regex)) }))
}

/// The next match; one that matches nothing would never progress.
fn exec_next(
    evaluator: &mut Evaluator<'_>,
    regex: &Arc<Regex>,
    text: &SmolStr,
    from: usize,
) -> Result<Option<Match>, Fault> {
    if from >= text.len() {
        return Ok(None);
    }
    match exec(evaluator, regex, text, from)? {
        Some(found) if found.text.is_empty() => Err(Fault::code("D1004")),
        found => Ok(found),
    }
}

/// Calls a regular expression as a function: the text, and from where on.
pub(crate) fn call_regex(
    evaluator: &mut Evaluator<'_>,
    regex: &Arc<Regex>,
    arguments: &[Val],
) -> Result<Val, Fault> {
    let View::Json(Value::String(text)) = argument(arguments, 0) else {
        return Ok(Val::Undefined);
    };
    let from = byte_index(text, number(arguments, 1).unwrap_or(0.0));
    match exec(evaluator, regex, text, from)? {
        Some(found) => found.to_val(evaluator, text),
        None => Ok(Val::Undefined),
    }
}

/// Calls `next` of a match.
pub(crate) fn next_match(
    evaluator: &mut Evaluator<'_>,
    regex: &Arc<Regex>,
    text: &SmolStr,
    from: usize,
) -> Result<Val, Fault> {
    match exec_next(evaluator, regex, text, from)? {
        Some(found) => found.to_val(evaluator, text),
        None => Ok(Val::Undefined),
    }
}

/// The match that a function of the user's own returned.
fn custom_match(result: &Val, text: &SmolStr) -> Result<Option<Match>, Fault> {
    let view = result.view();
    if view.is_undefined() {
        return Ok(None);
    }
    let (start, groups, next) = (view.member("start"), view.member("groups"), view.member("next"));
    let is_match =
        start.as_f64().is_some() || groups.is_array() || matches!(next, View::Function(_));
    if !is_match {
        return Err(Fault::code("T1010"));
    }
    let start = byte_index(text, start.as_f64().unwrap_or(0.0));
    let matched = SmolStr::new(view.member("match").as_str().unwrap_or_default());
    let end = view.member("end").as_f64().map(|end| byte_index(text, end));
    let groups = groups.items().map(|items| items.iter().map(View::to_val).collect());
    Ok(Some(Match {
        start,
        end: end.unwrap_or(start + matched.len()).max(start),
        text: matched,
        groups: groups.unwrap_or_default(),
        next: Next::Function(next.to_val()),
    }))
}

/// A byte offset as a number of UTF-16 units.
fn utf16_index(text: &str, byte: usize) -> Val {
    let before = text.get(..byte).unwrap_or(text);
    number_val(if before.is_ascii() { before.len() } else { before.encode_utf16().count() } as f64)
}

/// A number of UTF-16 units as a byte offset.
fn byte_index(text: &str, units: f64) -> usize {
    let units = units.max(0.0) as usize;
    let mut seen = 0;
    for (byte, char) in text.char_indices() {
        if seen >= units {
            return byte;
        }
        seen += char.len_utf16();
    }
    text.len()
}

/// How many matches are wanted; refuses a negative limit.
pub(crate) fn limit(
    arguments: &[Val],
    at: usize,
    code: &'static str,
) -> Result<Option<f64>, Fault> {
    match number(arguments, at) {
        Some(limit) if limit < 0.0 => Err(Fault::code(code)),
        limit => Ok(limit),
    }
}

/// Whether `count` matches are not enough yet.
pub(crate) fn wants_more(limit: Option<f64>, count: usize) -> bool {
    limit.is_none_or(|limit| (count as f64) < limit)
}

/// The text at `at`, as it is shared.
pub(crate) fn shared_text(arguments: &[Val], at: usize) -> Option<SmolStr> {
    match argument(arguments, at) {
        View::Json(Value::String(text)) => Some(text.clone()),
        _ => None,
    }
}

/// `$match`.
pub(crate) fn find(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let Some(text) = shared_text(arguments, 0) else { return Ok(Val::Undefined) };
    let limit = limit(arguments, 2, "D3040")?;
    let mut matches = Vec::new();
    if let Some(pattern) = callback(arguments, 1)
        && wants_more(limit, 0)
    {
        let mut found = first(evaluator, pattern, &text)?;
        while let Some(current) = found.filter(|_| wants_more(limit, matches.len())) {
            let groups = evaluator.list(current.groups.clone(), Flags::ARRAY)?;
            let mut members = Members::with_capacity(3);
            members.insert("match".into(), Val::Json(Value::String(current.text.clone())));
            members.insert("index".into(), utf16_index(&text, current.start));
            members.insert("groups".into(), groups);
            matches.push(evaluator.map(members)?);
            found = current.following(evaluator, &text)?;
        }
    }
    evaluator.list(matches, Flags::SEQUENCE)
}

/// `$contains`.
pub(crate) fn contains(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let Some(whole) = shared_text(arguments, 0) else { return Ok(Val::Undefined) };
    if let Some(pattern) = callback(arguments, 1) {
        return Ok(Val::bool(first(evaluator, pattern, &whole)?.is_some()));
    }
    evaluator.step(whole.len() / 64)?;
    Ok(Val::bool(text(arguments, 1).is_some_and(|part| whole.contains(part))))
}

/// `$split`.
pub(crate) fn split(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let Some(whole) = shared_text(arguments, 0) else { return Ok(Val::Undefined) };
    let limit = limit(arguments, 2, "D3020")?;
    let mut parts = Vec::new();
    if wants_more(limit, 0) {
        match callback(arguments, 1) {
            Some(pattern) => split_by_matches(evaluator, pattern, &whole, limit, &mut parts)?,
            None => split_by_text(evaluator, &whole, text(arguments, 1), limit, &mut parts)?,
        }
    }
    evaluator.list(parts, Flags::ARRAY)
}

fn split_by_text(
    evaluator: &mut Evaluator<'_>,
    whole: &SmolStr,
    separator: Option<&str>,
    limit: Option<f64>,
    parts: &mut Vec<Val>,
) -> Result<(), Fault> {
    let most = limit.map_or(usize::MAX, |limit| limit as usize);
    let mut add = |part: &str| {
        parts.push(evaluator.text(part)?);
        evaluator.step(1)?;
        evaluator.check_room(parts.len())
    };
    match separator {
        None => add(whole),
        Some("") => {
            let mut buffer = [0; 4];
            whole.chars().take(most).try_for_each(|char| add(char.encode_utf8(&mut buffer)))
        }
        Some(separator) => whole.split(separator).take(most).try_for_each(add),
    }
}

fn split_by_matches(
    evaluator: &mut Evaluator<'_>,
    pattern: &Rc<Function>,
    whole: &SmolStr,
    limit: Option<f64>,
    parts: &mut Vec<Val>,
) -> Result<(), Fault> {
    let mut found = first(evaluator, pattern, whole)?;
    let mut from = 0;
    while let Some(current) = found.filter(|_| wants_more(limit, parts.len())) {
        parts.push(evaluator.text(whole.get(from..current.start).unwrap_or_default())?);
        evaluator.check_room(parts.len())?;
        from = current.end;
        found = current.following(evaluator, whole)?;
    }
    if wants_more(limit, parts.len()) {
        parts.push(evaluator.text(whole.get(from..).unwrap_or_default())?);
    }
    Ok(())
}
