//! `Work`: how much an evaluation may still do; and equality of values, which counts as work.

use std::cell::Cell;

use value::Value;

use crate::PathError;
use crate::limits::{MAX_VALUE_DEPTH, MAX_VISITS};

/// The visits that an evaluation has left.
pub(crate) struct Work(Cell<usize>);

impl Work {
    pub(crate) fn new() -> Self {
        Self(Cell::new(MAX_VISITS))
    }

    /// Counts `visits`.
    pub(crate) fn spend(&self, visits: usize) -> Result<(), PathError> {
        let left = self.0.get().checked_sub(visits).ok_or(PathError::TooMuchWork)?;
        self.0.set(left);
        Ok(())
    }

    /// Counts a comparison of two texts, a word of each at a time.
    pub(crate) fn spend_text(&self, a: &str, b: &str) -> Result<(), PathError> {
        self.spend(a.len().min(b.len()) / size_of::<usize>())
    }
}

/// Deep equality; numbers by value (`1` equals `1.0`).
pub(crate) fn equal(a: &Value, b: &Value, work: &Work) -> Result<bool, PathError> {
    compare(a, b, 0, work)
}

fn compare(a: &Value, b: &Value, depth: usize, work: &Work) -> Result<bool, PathError> {
    work.spend(1)?;
    if depth > MAX_VALUE_DEPTH {
        return Err(PathError::TooMuchWork);
    }
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            for (a, b) in a.iter().zip(b.iter()) {
                if !compare(a, b, depth + 1, work)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Value::Object(a), Value::Object(b)) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            for (key, a) in a.iter() {
                let Some(b) = b.get(key) else { return Ok(false) };
                if !compare(a, b, depth + 1, work)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Value::String(a), Value::String(b)) => {
            work.spend_text(a, b)?;
            Ok(a == b)
        }
        (a, b) => Ok(a == b),
    }
}
