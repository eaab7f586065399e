//! Text to calls: `States.Name(argument, …)`.

use value::Value;

use super::function::Function;
use super::template::{self, Template};
use super::{Argument, Call};
use crate::cursor::Cursor;
use crate::limits::MAX_INTRINSIC_NESTING;
use crate::parse::{self, Place};
use crate::{Path, SyntaxError};

/// A whole text that is one call.
pub(super) fn intrinsic(text: &str) -> Result<Call, SyntaxError> {
    let mut cursor = Cursor::new(text.trim_end());
    cursor.skip_spaces();
    let call = call(&mut cursor, 0)?;
    if cursor.at_end() { Ok(call) } else { Err(cursor.fail("Expected the end")) }
}

fn call(cursor: &mut Cursor<'_>, nesting: usize) -> Result<Call, SyntaxError> {
    let start = cursor.clone();
    if nesting > MAX_INTRINSIC_NESTING {
        let most = MAX_INTRINSIC_NESTING;
        return Err(start.fail(format!("Intrinsic functions nest deeper than {most}")));
    }
    let name = cursor.take_while(|char| char.is_ascii_alphanumeric() || char == '.');
    let Some(function) = Function::of_name(name) else {
        return Err(start.fail(format!("'{name}' is not an intrinsic function")));
    };
    cursor.skip_spaces();
    cursor.expect("(")?;
    let mut arguments = Vec::new();
    let mut template = None;
    cursor.skip_spaces();
    while !cursor.eat(")") {
        if !arguments.is_empty() {
            cursor.expect(",")?;
            cursor.skip_spaces();
        }
        let (argument, raw) = argument(cursor, nesting)?;
        if function == Function::Format && arguments.is_empty() {
            template = raw.map(Template::parse);
        }
        arguments.push(argument);
        cursor.skip_spaces();
    }
    if !function.takes(arguments.len()) {
        let (name, count) = (function.name(), arguments.len());
        return Err(start.fail(format!("{name} does not take {count} arguments")));
    }
    let text = cursor.since(start.offset()).into();
    Ok(Call { text, function, arguments: arguments.into(), template })
}

/// An argument, and the text between the quotes if it is a quoted one.
fn argument<'t>(
    cursor: &mut Cursor<'t>,
    nesting: usize,
) -> Result<(Argument, Option<&'t str>), SyntaxError> {
    match cursor.peek() {
        Some('\'') => {
            let raw = quoted(cursor)?;
            let literal = Value::from(template::unescape(raw));
            Ok((Argument::Literal(literal), Some(raw)))
        }
        Some('$') => {
            let start = cursor.offset();
            let root = parse::root(cursor)?;
            let query = parse::query(cursor, Place::Argument, 0)?;
            let path = Path::new(cursor.since(start), root, query);
            Ok((Argument::Path(path), None))
        }
        Some('S') => Ok((Argument::Call(call(cursor, nesting + 1)?), None)),
        _ => Ok((Argument::Literal(bare(cursor)?), None)),
    }
}

/// Quoted text as written, without its quotes. Only `'`, `{`, `}` and `\` can be escaped (recorded:
/// a definition with `\"` in such text is refused).
fn quoted<'t>(cursor: &mut Cursor<'t>) -> Result<&'t str, SyntaxError> {
    let opening = cursor.clone();
    cursor.expect("'")?;
    let start = cursor.offset();
    loop {
        match cursor.peek() {
            None => return Err(opening.fail("Text not closed. Expected '")),
            Some('\'') => {
                let raw = cursor.since(start);
                cursor.next();
                return Ok(raw);
            }
            Some('\\') => {
                cursor.next();
                match cursor.next() {
                    Some(char) if template::can_be_escaped(char) => {}
                    _ => return Err(cursor.fail("Only ', {, } and \\ can be escaped")),
                }
            }
            Some(_) => {
                cursor.next();
            }
        }
    }
}

/// A number, `true`, `false` or `null`.
fn bare(cursor: &mut Cursor<'_>) -> Result<Value, SyntaxError> {
    let start = cursor.clone();
    let word = cursor.take_while(|char| char.is_ascii_alphanumeric() || "+-.".contains(char));
    match word {
        "true" => Ok(Value::Bool(true)),
        "false" => Ok(Value::Bool(false)),
        "null" => Ok(Value::Null),
        number => value::json::parse(number).map_err(|_| start.fail("Expected an argument")),
    }
}
