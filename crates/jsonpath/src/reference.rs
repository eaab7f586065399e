//! `ReferencePath`: where `ResultPath` puts a result.

use std::fmt;
use std::sync::Arc;

use smol_str::SmolStr;
use value::{Object, Value};

use crate::step::Step;
use crate::{Path, Root};

/// A path that something is written to: `$.a.b[0]`. Cloning is a reference count.
#[derive(Clone, Debug, PartialEq)]
pub struct ReferencePath {
    text: SmolStr,
    segments: Arc<[Segment]>,
}

#[derive(Debug, PartialEq)]
enum Segment {
    Key(SmolStr),
    Index(usize),
}

/// Why a result cannot be put where it should go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteError {
    /// AWS's error name.
    pub error: &'static str,
    /// AWS's cause.
    pub cause: String,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

impl std::error::Error for WriteError {}

impl ReferencePath {
    /// Compiles a path to write to. It starts at the input: neither the context object nor a
    /// variable can be written to.
    ///
    /// # Errors
    /// It is no such path; the text is AWS's.
    pub fn parse(text: &str) -> Result<Self, String> {
        let path = Path::parse_reference(text)?;
        if *path.root() != Root::Input {
            return Err("Value is not a Reference Path".to_owned());
        }
        let segment = |step: &Step| match step {
            Step::Name(name) => Some(Segment::Key(name.clone())),
            Step::Index(index) => usize::try_from(*index).ok().map(Segment::Index),
            _ => None,
        };
        let segments = path.steps().iter().map(segment).collect::<Option<_>>();
        let segments = segments.ok_or_else(|| "Value is not a Reference Path".to_owned())?;
        Ok(Self { text: text.into(), segments })
    }

    /// The text as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is `$` alone: what is written replaces everything.
    pub fn is_root_only(&self) -> bool {
        self.segments.is_empty()
    }

    /// Puts `what` into `into` and makes the objects that are missing on the way. Only what is
    /// shared with others is copied.
    ///
    /// # Errors
    /// Something on the way is not an object, or not an array that long. AWS calls it
    /// `States.ReferencePathConflict` (reported from executions), although its documentation says
    /// `States.ResultPathMatchFailure`.
    pub fn write(&self, into: Value, what: Value) -> Result<Value, WriteError> {
        if self.segments.is_empty() {
            return Ok(what);
        }
        if !fits(&into, &self.segments) {
            let input = into.to_json();
            return Err(WriteError {
                error: "States.ReferencePathConflict",
                cause: format!("Unable to apply ReferencePath {} to input {input}", self.text),
            });
        }
        Ok(put(into, &self.segments, what))
    }
}

/// Whether all that is on the way is of the kind that the path expects.
fn fits(into: &Value, segments: &[Segment]) -> bool {
    let mut value = into;
    for (number, segment) in segments.iter().enumerate() {
        value = match (segment, value) {
            (Segment::Key(key), Value::Object(object)) => match object.get(key) {
                Some(child) => child,
                // Objects will be made from here on, but no arrays.
                None => return segments[number..].iter().all(|s| matches!(s, Segment::Key(_))),
            },
            (Segment::Index(index), Value::Array(items)) => match items.get(*index) {
                Some(item) => item,
                None => return false,
            },
            _ => return false,
        };
    }
    true
}

/// Writes where [`fits`] said so. Recursion is as deep as the path has segments, at most
/// [`crate::limits::MAX_PATH_STEPS`].
fn put(into: Value, segments: &[Segment], what: Value) -> Value {
    let Some((segment, rest)) = segments.split_first() else { return what };
    match (segment, into) {
        (Segment::Key(key), Value::Object(mut object)) => {
            let members = Arc::make_mut(&mut object);
            let child = take_member(members, key);
            members.insert(key.clone(), put(child, rest, what));
            Value::Object(object)
        }
        (Segment::Index(index), Value::Array(mut items)) => {
            if let Some(slot) = Arc::make_mut(&mut items).get_mut(*index) {
                *slot = put(std::mem::take(slot), rest, what);
            }
            Value::Array(items)
        }
        (_, other) => other,
    }
}

/// Takes a member out but keeps its place, so that it is not shared when it is written to.
fn take_member(members: &mut Object, key: &SmolStr) -> Value {
    match members.get(key).cloned() {
        Some(child) => {
            members.insert(key.clone(), Value::Null);
            child
        }
        None => Value::empty_object(),
    }
}
