//! The operators of filters, with Jayway's rules for sides of different types.

use std::borrow::Cow;
use std::cmp::Ordering;

use value::Value;

use super::Side;
use crate::cursor::Cursor;
use crate::work::{Work, equal};
use crate::{PathError, SyntaxError};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    SameTypeEqual,
    SameTypeNotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    In,
    NotIn,
    All,
    SubsetOf,
    AnyOf,
    NoneOf,
    Size,
    Empty,
    Contains,
}

/// Longer symbols before those they begin with.
const SYMBOLS: [(&str, Operator); 9] = [
    ("===", Operator::SameTypeEqual),
    ("!==", Operator::SameTypeNotEqual),
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("=~", Operator::Matches),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

const WORDS: [(&str, Operator); 9] = [
    ("in", Operator::In),
    ("nin", Operator::NotIn),
    ("all", Operator::All),
    ("subsetof", Operator::SubsetOf),
    ("anyof", Operator::AnyOf),
    ("noneof", Operator::NoneOf),
    ("size", Operator::Size),
    ("empty", Operator::Empty),
    ("contains", Operator::Contains),
];

impl Operator {
    pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Self, SyntaxError> {
        cursor.skip_spaces();
        if let Some((_, operator)) = SYMBOLS.iter().find(|(symbol, _)| cursor.eat(symbol)) {
            return Ok(*operator);
        }
        let start = cursor.clone();
        let word = cursor.take_while(|char| char.is_ascii_alphabetic());
        match WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)) {
            Some((_, operator)) => Ok(*operator),
            None => Err(start.fail("Filter operator is not supported!")),
        }
    }
}

/// Whether `left operator right` is true.
pub(super) fn holds(
    left: &Side<'_>,
    operator: Operator,
    right: &Side<'_>,
    work: &Work,
) -> Result<bool, PathError> {
    work.spend(1)?;
    match operator {
        Operator::Matches => matches(left, right, work),
        Operator::Equal => same(left, right, work),
        Operator::NotEqual => Ok(!same(left, right, work)?),
        Operator::SameTypeEqual => Ok(same_type(left, right) && same(left, right, work)?),
        Operator::SameTypeNotEqual => Ok(!(same_type(left, right) && same(left, right, work)?)),
        Operator::NotIn => Ok(!holds(left, Operator::In, right, work)?),
        _ => match (left, right) {
            (Side::Value(left), Side::Value(right)) => between(left, operator, right, work),
            _ => Ok(false),
        },
    }
}

fn between(
    left: &Value,
    operator: Operator,
    right: &Value,
    work: &Work,
) -> Result<bool, PathError> {
    if let (Value::String(left), Value::String(right)) = (left, right) {
        work.spend_text(left, right)?;
    }
    let ordered = |wanted: fn(Ordering) -> bool| Ok(order(left, right).is_some_and(wanted));
    match operator {
        Operator::Less => ordered(Ordering::is_lt),
        Operator::LessOrEqual => ordered(Ordering::is_le),
        Operator::Greater => ordered(Ordering::is_gt),
        Operator::GreaterOrEqual => ordered(Ordering::is_ge),
        Operator::In => contains(right, left, work),
        Operator::All => all_in(right, left, work),
        Operator::SubsetOf => all_in(left, right, work),
        Operator::AnyOf => any_in(left, right, work),
        Operator::NoneOf => match (left, right) {
            (Value::Array(_), Value::Array(_)) => Ok(!any_in(left, right, work)?),
            _ => Ok(false),
        },
        Operator::Size => Ok(size(left).is_some_and(|size| right.as_f64() == Some(size as f64))),
        Operator::Empty => Ok(size(left).is_some_and(|size| right.as_bool() == Some(size == 0))),
        Operator::Contains => match (left, right) {
            (Value::String(text), Value::String(part)) => {
                work.spend_text(text, text)?;
                Ok(text.contains(part.as_str()))
            }
            _ => contains(left, right, work),
        },
        _ => Ok(false),
    }
}

fn same(left: &Side<'_>, right: &Side<'_>, work: &Work) -> Result<bool, PathError> {
    match (left, right) {
        (Side::Value(left), Side::Value(right)) => loosely_equal(left, right, work),
        _ => Ok(false),
    }
}

fn same_type(left: &Side<'_>, right: &Side<'_>) -> bool {
    match (left, right) {
        (Side::Value(left), Side::Value(right)) => left.type_name() == right.type_name(),
        _ => false,
    }
}

/// Equality where text that is a number equals the number.
fn loosely_equal(left: &Value, right: &Value, work: &Work) -> Result<bool, PathError> {
    match (left, right) {
        (Value::Int(_) | Value::Float(_), Value::String(text)) => {
            Ok(text.trim().parse::<f64>().ok() == left.as_f64())
        }
        (Value::String(text), Value::Int(_) | Value::Float(_)) => Ok(*text == right.to_json()),
        _ => equal(left, right, work),
    }
}

/// The order of two numbers or of two texts. Text and number have none, as in the older releases of
/// Jayway, of which AWS's answers are.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::String(left), Value::String(right)) => Some(compare_java(left, right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// `String.compareTo`: by UTF-16 code units.
fn compare_java(left: &str, right: &str) -> Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}

fn as_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Int(_) | Value::Float(_) => Some(Cow::Owned(value.to_json())),
        _ => None,
    }
}

fn contains(list: &Value, wanted: &Value, work: &Work) -> Result<bool, PathError> {
    let Value::Array(items) = list else { return Ok(false) };
    for item in items.iter() {
        work.spend(1)?;
        if loosely_equal(item, wanted, work)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether every item of `some` is in `list`; both must be arrays.
fn all_in(some: &Value, list: &Value, work: &Work) -> Result<bool, PathError> {
    let (Value::Array(some), Value::Array(_)) = (some, list) else { return Ok(false) };
    for item in some.iter() {
        if !contains(list, item, work)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether some item of `some` is in `list`; both must be arrays.
fn any_in(some: &Value, list: &Value, work: &Work) -> Result<bool, PathError> {
    let (Value::Array(some), Value::Array(_)) = (some, list) else { return Ok(false) };
    for item in some.iter() {
        if contains(list, item, work)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Java's length: of text in UTF-16 code units.
fn size(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => Some(text.encode_utf16().count()),
        Value::Array(items) => Some(items.len()),
        Value::Object(object) => Some(object.len()),
        _ => None,
    }
}

/// `=~` with the pattern on either side; of an array any item may match.
fn matches(left: &Side<'_>, right: &Side<'_>, work: &Work) -> Result<bool, PathError> {
    let ((Side::Pattern(pattern), Side::Value(input))
    | (Side::Value(input), Side::Pattern(pattern))) = (left, right)
    else {
        return Ok(false);
    };
    let is_match = |value: &Value| {
        let text = match value {
            Value::Bool(_) => Cow::Owned(value.to_json()),
            _ => as_text(value).unwrap_or_default(),
        };
        work.spend(1 + text.len())?;
        Ok(pattern.is_match(&text))
    };
    match &**input {
        Value::Array(items) => {
            for item in items.iter() {
                if is_match(item)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        value => is_match(value),
    }
}
