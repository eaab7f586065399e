//! Whether a Choice rule's condition holds.

use std::cmp::Ordering;

use asl::program::{Comparison, Condition, Operand, Relation};
use smol_str::SmolStr;
use value::{Timestamp, Value};

use crate::data::{self, Scope};
use crate::error::StateError;
use crate::execution::Host;

/// Evaluates a condition; `And` and `Or` stop as soon as the answer is known.
pub(crate) fn holds(
    condition: &Condition,
    scope: &Scope<'_>,
    host: &mut dyn Host,
) -> Result<bool, StateError> {
    match condition {
        Condition::Literal(literal) => Ok(*literal),
        Condition::Expression(expression) => match data::expression(expression, scope, host)? {
            Value::Bool(bool) => Ok(bool),
            value => Err(data::unexpected_type(expression, "boolean", &value)),
        },
        Condition::And(all) => {
            for condition in all {
                if !holds(condition, scope, host)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Condition::Or(any) => {
            for condition in any {
                if holds(condition, scope, host)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Condition::Not(condition) => Ok(!holds(condition, scope, host)?),
        Condition::Compare { variable, comparison } => compare(variable, comparison, scope),
    }
}

fn compare(
    variable: &jsonpath::Path,
    comparison: &Comparison,
    scope: &Scope<'_>,
) -> Result<bool, StateError> {
    if let Comparison::IsPresent(wanted) = comparison {
        return Ok(find(variable, scope).is_some() == *wanted);
    }
    let value = required(variable, scope)?;
    Ok(match comparison {
        Comparison::String(relation, operand) => match (&value, operand_text(operand, scope)?) {
            (Value::String(text), Some(other)) => relates(*relation, utf16_order(text, &other)),
            _ => false,
        },
        Comparison::Numeric(relation, operand) => {
            match (value.as_f64(), operand_value(operand, scope, Value::as_f64)?) {
                (Some(a), Some(b)) => a.partial_cmp(&b).is_some_and(|o| relates(*relation, o)),
                _ => false,
            }
        }
        Comparison::Boolean(operand) => {
            match (value.as_bool(), operand_value(operand, scope, Value::as_bool)?) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            }
        }
        Comparison::Timestamp(relation, operand) => {
            match (timestamp(&value), operand_value(operand, scope, timestamp)?) {
                (Some(a), Some(b)) => relates(*relation, a.cmp(&b)),
                _ => false,
            }
        }
        Comparison::StringMatches(pieces) => {
            value.as_str().is_some_and(|text| matches_pattern(text, pieces))
        }
        Comparison::IsNull(wanted) => value.is_null() == *wanted,
        Comparison::IsNumeric(wanted) => value.as_f64().is_some() == *wanted,
        Comparison::IsString(wanted) => value.as_str().is_some() == *wanted,
        Comparison::IsBoolean(wanted) => value.as_bool().is_some() == *wanted,
        Comparison::IsTimestamp(wanted) => timestamp(&value).is_some() == *wanted,
        Comparison::IsPresent(_) => false,
    })
}

fn find(path: &jsonpath::Path, scope: &Scope<'_>) -> Option<Value> {
    path.evaluate(scope).ok()
}

/// Measured: a missing `Variable` fails the execution, even where there is a Default.
fn required(path: &jsonpath::Path, scope: &Scope<'_>) -> Result<Value, StateError> {
    find(path, scope).ok_or_else(|| {
        StateError::runtime(format!(
            "Invalid path '{}': The choice state's condition path references an invalid value.",
            path.text()
        ))
    })
}

fn operand_value<T: Copy>(
    operand: &Operand<T>,
    scope: &Scope<'_>,
    of: impl Fn(&Value) -> Option<T>,
) -> Result<Option<T>, StateError> {
    match operand {
        Operand::Literal(literal) => Ok(Some(*literal)),
        Operand::Path(path) => Ok(of(&required(path, scope)?)),
    }
}

fn operand_text(
    operand: &Operand<SmolStr>,
    scope: &Scope<'_>,
) -> Result<Option<SmolStr>, StateError> {
    match operand {
        Operand::Literal(literal) => Ok(Some(literal.clone())),
        Operand::Path(path) => Ok(match required(path, scope)? {
            Value::String(text) => Some(text),
            _ => None,
        }),
    }
}

fn timestamp(value: &Value) -> Option<Timestamp> {
    value.as_str().and_then(Timestamp::parse)
}

fn relates(relation: Relation, order: Ordering) -> bool {
    match relation {
        Relation::Equals => order.is_eq(),
        Relation::LessThan => order.is_lt(),
        Relation::GreaterThan => order.is_gt(),
        Relation::LessThanEquals => order.is_le(),
        Relation::GreaterThanEquals => order.is_ge(),
    }
}

/// Java's `String.compareTo`: by UTF-16 code units.
fn utf16_order(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

/// Whether `text` is the pieces in order with anything between two of them. Greedy from the left,
/// so that the work is bounded by the length of the text for every piece.
fn matches_pattern(text: &str, pieces: &[SmolStr]) -> bool {
    let [first, middle @ .., last] = pieces else {
        return pieces.first().is_some_and(|only| only == text);
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        match rest.find(piece.as_str()) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.len() >= last.len() && rest.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_a_whole() {
        let pieces =
            |pattern: &str| -> Vec<SmolStr> { pattern.split('*').map(Into::into).collect() };
        for (text, pattern, expected) in [
            ("foo.log", "foo*.log", true),
            ("foo.log", "*.log", true),
            ("foo.log", "foo.*", true),
            ("foo.log", "f*o*.l*g", true),
            ("foo.log", "foo", false),
            ("aXb", "aX*Xb", false),
            ("ab", "a*ab", false),
            ("", "*", true),
            ("zoo", "zoo", true),
        ] {
            assert_eq!(matches_pattern(text, &pieces(pattern)), expected, "{text} {pattern}");
        }
    }

    #[test]
    fn strings_compare_by_code_units() {
        // U+1F600 starts with a surrogate, which sorts before U+FFFD.
        assert_eq!(utf16_order("\u{1F600}", "\u{FFFD}"), Ordering::Less);
        assert_eq!(utf16_order("a", "b"), Ordering::Less);
    }
}
