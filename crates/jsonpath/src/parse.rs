//! Text to steps: the path grammar of Jayway JsonPath, with Step Functions' three roots.

use smol_str::SmolStr;

use crate::cursor::Cursor;
use crate::filter::Filter;
use crate::function::Function;
use crate::limits::MAX_PATH_STEPS;
use crate::step::{Query, Slice, Step};
use crate::{Root, SyntaxError};

/// Where a path stands, which decides what ends it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// It is the whole text.
    Alone,
    /// Within a filter.
    Filter,
    /// An argument of a function, of a path or intrinsic.
    Argument,
}

impl Place {
    /// Whether `char` ends a bare name, besides what begins the next step.
    fn ends_name(self, char: char) -> bool {
        match self {
            Self::Alone => char.is_whitespace(),
            Self::Filter => char.is_whitespace() || "<>=!~&|),]".contains(char),
            Self::Argument => char.is_whitespace() || ",)".contains(char),
        }
    }
}

/// A whole text that is one path.
pub(crate) fn path(text: &str) -> Result<(Root, Query), SyntaxError> {
    let mut cursor = Cursor::new(text.trim_end());
    cursor.skip_spaces();
    let root = root(&mut cursor)?;
    let query = query(&mut cursor, Place::Alone, 0)?;
    Ok((root, query))
}

/// `$`, `$$` or `$name`.
pub(crate) fn root(cursor: &mut Cursor<'_>) -> Result<Root, SyntaxError> {
    if !cursor.eat("$") {
        return Err(cursor.fail("A path must start with '$'"));
    }
    if cursor.eat("$") {
        return Ok(Root::Context);
    }
    let name = cursor.take_while(|char| char.is_alphanumeric() || char == '_');
    match name.chars().next() {
        None => Ok(Root::Input),
        Some(first) if first.is_alphabetic() || first == '_' => Ok(Root::Variable(name.into())),
        Some(_) => Err(cursor.fail("A variable name must start with a letter")),
    }
}

/// The steps up to the end of the path. `nesting` counts the filters around it.
pub(crate) fn query(
    cursor: &mut Cursor<'_>,
    place: Place,
    nesting: usize,
) -> Result<Query, SyntaxError> {
    let mut steps = Vec::new();
    loop {
        match cursor.peek() {
            Some('[') => steps.push(bracket(cursor, nesting)?),
            Some('.') => {
                cursor.next();
                if cursor.eat(".") {
                    steps.push(Step::Scan);
                }
                steps.push(after_dot(cursor, place, nesting)?);
            }
            Some(_) if place == Place::Alone => return Err(cursor.fail("Expected '.' or '['")),
            _ => break,
        }
        if steps.len() > MAX_PATH_STEPS {
            return Err(cursor.fail(format!("A path has at most {MAX_PATH_STEPS} steps")));
        }
        if matches!(steps.last(), Some(Step::Function(_)))
            && matches!(cursor.peek(), Some('.' | '['))
        {
            return Err(cursor.fail("A function must be the last step"));
        }
    }
    Ok(Query::new(steps))
}

fn after_dot(cursor: &mut Cursor<'_>, place: Place, nesting: usize) -> Result<Step, SyntaxError> {
    match cursor.peek() {
        None => Err(cursor.fail("Path must not end with a '.' or '..'")),
        Some('.') => Err(cursor.fail("Character '.' is not valid here")),
        Some('[') => bracket(cursor, nesting),
        Some('*') => {
            cursor.next();
            Ok(Step::Wildcard)
        }
        Some(_) => {
            let start = cursor.clone();
            let name = cursor.take_while(|c| !".[(".contains(c) && !place.ends_name(c));
            if name.is_empty() {
                return Err(cursor.fail("Expected a property name"));
            }
            if cursor.peek() == Some('(') {
                cursor.next();
                let function = Function::parse(name, &start, cursor, nesting)?;
                return Ok(Step::Function(Box::new(function)));
            }
            Ok(Step::Name(name.into()))
        }
    }
}

fn bracket(cursor: &mut Cursor<'_>, nesting: usize) -> Result<Step, SyntaxError> {
    cursor.expect("[")?;
    cursor.skip_spaces();
    let step = match cursor.peek() {
        Some('\'' | '"') => names(cursor)?,
        Some('*') => {
            cursor.next();
            Step::Wildcard
        }
        Some('?') => {
            cursor.next();
            cursor.skip_spaces();
            Step::Filter(Box::new(Filter::parse(cursor, nesting)?))
        }
        Some('(') => from_the_end(cursor)?,
        Some('-' | ':' | '0'..='9') => indices(cursor)?,
        _ => return Err(cursor.fail("Expected ?, ', 0-9, * ")),
    };
    cursor.skip_spaces();
    cursor.expect("]")?;
    Ok(step)
}

fn names(cursor: &mut Cursor<'_>) -> Result<Step, SyntaxError> {
    let mut names = vec![quoted_name(cursor)?];
    loop {
        cursor.skip_spaces();
        if !cursor.eat(",") {
            break;
        }
        cursor.skip_spaces();
        names.push(quoted_name(cursor)?);
    }
    Ok(match names.pop() {
        Some(only) if names.is_empty() => Step::Name(only),
        last => Step::Names(names.into_iter().chain(last).collect()),
    })
}

/// A quoted name. Only the quote itself can be escaped; every other backslash is part of the name
/// (recorded: `$['Test\""Name"']` finds the member `Test\""Name"`).
fn quoted_name(cursor: &mut Cursor<'_>) -> Result<SmolStr, SyntaxError> {
    let Some(quote @ ('\'' | '"')) = cursor.next() else {
        return Err(cursor.fail("Expected a quoted property name"));
    };
    let mut name = String::new();
    loop {
        match cursor.next() {
            None => return Err(cursor.fail("Property has not been closed")),
            Some('\\') if cursor.peek() == Some(quote) => {
                cursor.next();
                name.push(quote);
            }
            Some(char) if char == quote => return Ok(name.into()),
            Some(char) => name.push(char),
        }
    }
}

/// `(@.length-1)`: an index from the end.
fn from_the_end(cursor: &mut Cursor<'_>) -> Result<Step, SyntaxError> {
    for word in ["(", "@", ".", "length"] {
        cursor.expect(word)?;
        cursor.skip_spaces();
    }
    if cursor.eat("(") {
        cursor.expect(")")?;
        cursor.skip_spaces();
    }
    cursor.expect("-")?;
    cursor.skip_spaces();
    let Some(back) = integer(cursor)?.filter(|back| *back > 0) else {
        return Err(cursor.fail("Expected a positive number"));
    };
    cursor.skip_spaces();
    cursor.expect(")")?;
    Ok(Step::Index(-back))
}

/// `n`, `a,b`, `from:to` or `from:to:by`.
fn indices(cursor: &mut Cursor<'_>) -> Result<Step, SyntaxError> {
    let first = integer(cursor)?;
    cursor.skip_spaces();
    if cursor.peek() == Some(':') {
        return slice(cursor, first);
    }
    let mut indices: Vec<i64> = first.into_iter().collect();
    while cursor.eat(",") {
        cursor.skip_spaces();
        match integer(cursor)? {
            Some(index) => indices.push(index),
            None => return Err(cursor.fail("Expected an index")),
        }
        cursor.skip_spaces();
    }
    match indices.as_slice() {
        [] => Err(cursor.fail("Expected an index")),
        [index] => Ok(Step::Index(*index)),
        _ => Ok(Step::Indices(indices.into())),
    }
}

fn slice(cursor: &mut Cursor<'_>, from: Option<i64>) -> Result<Step, SyntaxError> {
    cursor.expect(":")?;
    cursor.skip_spaces();
    let to = integer(cursor)?;
    cursor.skip_spaces();
    let mut by = 1;
    if cursor.eat(":") {
        cursor.skip_spaces();
        by = integer(cursor)?.unwrap_or(1);
        cursor.skip_spaces();
    }
    if by == 0 {
        return Err(cursor.fail("The step of a slice must not be 0"));
    }
    Ok(Step::Slice(Slice { from, to, by }))
}

/// A number that fits Java's `int`, or none if something else is next.
fn integer(cursor: &mut Cursor<'_>) -> Result<Option<i64>, SyntaxError> {
    let start = cursor.offset();
    cursor.eat("-");
    cursor.take_while(|char| char.is_ascii_digit());
    match cursor.since(start) {
        "" => Ok(None),
        digits => match digits.parse::<i32>() {
            Ok(number) => Ok(Some(number.into())),
            Err(_) => Err(cursor.fail("Expected an integer")),
        },
    }
}
