//! Text to conditions: operators, literals and the paths between them.

use regex::RegexBuilder;
use value::Value;

use super::compare::Operator;
use super::{Comparison, Expression, Filter, Operand, Source};
use crate::SyntaxError;
use crate::cursor::Cursor;
use crate::limits::{MAX_FILTER_NESTING, MAX_REGEX_BYTES};
use crate::parse::{self, Place};

impl Filter {
    /// Parses what follows `[?`, up to the closing bracket.
    pub(crate) fn parse(cursor: &mut Cursor<'_>, nesting: usize) -> Result<Self, SyntaxError> {
        if cursor.peek() != Some('(') {
            return Err(cursor.fail("Filter must start with '[?(' and end with ')]'."));
        }
        any(cursor, nesting).map(Self)
    }
}

fn any(cursor: &mut Cursor<'_>, nesting: usize) -> Result<Expression, SyntaxError> {
    if nesting >= MAX_FILTER_NESTING {
        return Err(cursor.fail("Filters nest too deep"));
    }
    let mut alternatives = vec![all(cursor, nesting)?];
    while next_is(cursor, "||") {
        alternatives.push(all(cursor, nesting)?);
    }
    Ok(single_or(alternatives, Expression::Any))
}

fn all(cursor: &mut Cursor<'_>, nesting: usize) -> Result<Expression, SyntaxError> {
    let mut conditions = vec![unary(cursor, nesting)?];
    while next_is(cursor, "&&") {
        conditions.push(unary(cursor, nesting)?);
    }
    Ok(single_or(conditions, Expression::All))
}

fn next_is(cursor: &mut Cursor<'_>, word: &str) -> bool {
    cursor.skip_spaces();
    cursor.eat(word)
}

fn single_or(
    mut expressions: Vec<Expression>,
    join: fn(Vec<Expression>) -> Expression,
) -> Expression {
    match expressions.pop() {
        Some(only) if expressions.is_empty() => only,
        last => {
            expressions.extend(last);
            join(expressions)
        }
    }
}

fn unary(cursor: &mut Cursor<'_>, nesting: usize) -> Result<Expression, SyntaxError> {
    cursor.skip_spaces();
    let mut negated = false;
    while cursor.eat("!") {
        negated = !negated;
        cursor.skip_spaces();
    }
    let expression = if cursor.eat("(") {
        let inner = any(cursor, nesting + 1)?;
        cursor.skip_spaces();
        cursor.expect(")")?;
        inner
    } else {
        comparison(cursor, nesting)?
    };
    Ok(if negated { Expression::Not(Box::new(expression)) } else { expression })
}

fn comparison(cursor: &mut Cursor<'_>, nesting: usize) -> Result<Expression, SyntaxError> {
    let left = operand(cursor, nesting)?;
    cursor.skip_spaces();
    if matches!(cursor.peek(), None | Some(')' | ']' | '&' | '|')) {
        return match left {
            Operand::Query(source, query) => Ok(Expression::Exists(source, query)),
            _ => Err(cursor.fail("Expected an operator")),
        };
    }
    let operator = Operator::parse(cursor)?;
    let right = operand(cursor, nesting)?;
    if operator == Operator::Matches
        && matches!((&left, &right), (Operand::Pattern(_), Operand::Pattern(_)))
    {
        return Err(cursor.fail("A pattern cannot match a pattern"));
    }
    Ok(Expression::Compare(Box::new(Comparison { left, operator, right })))
}

fn operand(cursor: &mut Cursor<'_>, nesting: usize) -> Result<Operand, SyntaxError> {
    cursor.skip_spaces();
    match cursor.peek() {
        Some('@') => {
            cursor.next();
            Ok(Operand::Query(Source::Node, parse::query(cursor, Place::Filter, nesting + 1)?))
        }
        Some('$') => {
            cursor.next();
            Ok(Operand::Query(Source::Root, parse::query(cursor, Place::Filter, nesting + 1)?))
        }
        Some('/') => pattern(cursor),
        _ => literal(cursor).map(Operand::Literal),
    }
}

/// `/…/flags`, with Java's flags. It must match the whole text, as `Matcher.matches` does.
fn pattern(cursor: &mut Cursor<'_>) -> Result<Operand, SyntaxError> {
    let start = cursor.clone();
    cursor.expect("/")?;
    let mut pattern = String::from("^(?:");
    loop {
        match cursor.next() {
            None => return Err(start.fail("Pattern not closed. Expected /")),
            Some('/') => break,
            Some('\\') => match cursor.next() {
                Some('/') => pattern.push('/'),
                Some(escaped) => pattern.extend(['\\', escaped]),
                None => return Err(start.fail("Pattern not closed. Expected /")),
            },
            Some(char) => pattern.push(char),
        }
    }
    pattern.push_str(")$");
    let flags = cursor.take_while(|char| char.is_ascii_alphabetic());
    let regex = RegexBuilder::new(&pattern)
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .dot_matches_new_line(flags.contains('s'))
        .ignore_whitespace(flags.contains('x'))
        .size_limit(MAX_REGEX_BYTES)
        .build()
        .map_err(|_| start.fail("The regular expression is not supported"))?;
    Ok(Operand::Pattern(regex))
}

/// A literal: quoted text, a number, `true`, `false`, `null`, an array, an object, or a bare word,
/// which is text (`[?(@.Type.Text==VENDOR_NAME)]` in definitions that are deployed on AWS).
pub(crate) fn literal(cursor: &mut Cursor<'_>) -> Result<Value, SyntaxError> {
    nested_literal(cursor, 0)
}

fn nested_literal(cursor: &mut Cursor<'_>, nesting: usize) -> Result<Value, SyntaxError> {
    cursor.skip_spaces();
    match cursor.peek() {
        Some(quote @ ('\'' | '"')) => quoted(cursor, quote).map(Value::from),
        Some('[') => array(cursor, nesting),
        Some('{') => object(cursor),
        Some('-' | '0'..='9') => number(cursor),
        Some(char) if char.is_alphabetic() || char == '_' => {
            let word = cursor.take_while(|c| !c.is_whitespace() && !"()[]{},&|=<>!~".contains(c));
            Ok(match word {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                word => Value::string(word),
            })
        }
        _ => Err(cursor.fail("Expected a value")),
    }
}

fn quoted(cursor: &mut Cursor<'_>, quote: char) -> Result<String, SyntaxError> {
    let start = cursor.clone();
    cursor.next();
    let mut text = String::new();
    loop {
        match cursor.next() {
            None => return Err(start.fail(format!("String not closed. Expected {quote}"))),
            Some('\\') => match cursor.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('r') => text.push('\r'),
                Some('b') => text.push('\u{8}'),
                Some('f') => text.push('\u{c}'),
                Some('u') => text.push(unicode_escape(cursor)?),
                Some(char) => text.push(char),
                None => return Err(start.fail(format!("String not closed. Expected {quote}"))),
            },
            Some(char) if char == quote => return Ok(text),
            Some(char) => text.push(char),
        }
    }
}

fn unicode_escape(cursor: &mut Cursor<'_>) -> Result<char, SyntaxError> {
    let digits = cursor.rest().get(..4).unwrap_or_default();
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'));
    let char = code.and_then(char::from_u32);
    cursor.eat(digits);
    char.ok_or_else(|| cursor.fail("Expected four hexadecimal digits"))
}

fn number(cursor: &mut Cursor<'_>) -> Result<Value, SyntaxError> {
    let start = cursor.clone();
    let digits = cursor.take_while(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    value::json::parse(digits).map_err(|_| start.fail("Expected a number"))
}

fn array(cursor: &mut Cursor<'_>, nesting: usize) -> Result<Value, SyntaxError> {
    if nesting >= MAX_FILTER_NESTING {
        return Err(cursor.fail("Arrays nest too deep"));
    }
    cursor.expect("[")?;
    let mut items = Vec::new();
    loop {
        cursor.skip_spaces();
        if cursor.eat("]") {
            return Ok(Value::array(items));
        }
        if !items.is_empty() {
            cursor.expect(",")?;
        }
        items.push(nested_literal(cursor, nesting + 1)?);
    }
}

/// A JSON object, up to the brace that closes it.
fn object(cursor: &mut Cursor<'_>) -> Result<Value, SyntaxError> {
    let start = cursor.clone();
    let mut open = 0_usize;
    let mut in_string = false;
    while let Some(char) = cursor.next() {
        match char {
            '\\' if in_string => {
                cursor.next();
            }
            '"' => in_string = !in_string,
            '{' if !in_string => open += 1,
            '}' if !in_string => open -= 1,
            _ => {}
        }
        if open == 0 {
            let text = cursor.since(start.offset());
            return value::json::parse(text).map_err(|error| start.fail(error.message));
        }
    }
    Err(start.fail("Object not closed. Expected }"))
}
