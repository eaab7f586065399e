//! `Dynamic`: the value of a `.$` key in a payload template.

use std::fmt;

use value::Value;

use crate::{Environment, Host, Intrinsic, IntrinsicError, Path, PathError, SyntaxError};

/// A path or an intrinsic call.
#[derive(Clone, Debug, PartialEq)]
pub enum Dynamic {
    /// `$…`.
    Path(Path),
    /// `States.…(…)`.
    Intrinsic(Intrinsic),
}

/// Why a [`Dynamic`] has no value.
#[derive(Clone, Debug, PartialEq)]
pub enum DynamicError {
    /// The path finds nothing. The field's name, the path and the input make AWS's text: `The
    /// JSONPath '…' specified for the field '…' could not be found in the input '…'`.
    Path(PathError),
    /// The intrinsic call failed, with its own error name and cause.
    Intrinsic(IntrinsicError),
}

impl fmt::Display for DynamicError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(error) => error.fmt(f),
            Self::Intrinsic(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for DynamicError {}

impl Dynamic {
    /// Compiles a text that starts with `$` as a path and any other as an intrinsic call.
    ///
    /// # Errors
    /// It is neither. AWS says only that it `must be a valid JSONPath or a valid intrinsic
    /// function call`.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        if text.trim_start().starts_with('$') {
            Path::parse(text).map(Self::Path)
        } else {
            Intrinsic::parse(text).map(Self::Intrinsic)
        }
    }

    /// The text as it was written.
    pub fn text(&self) -> &str {
        match self {
            Self::Path(path) => path.text(),
            Self::Intrinsic(intrinsic) => intrinsic.text(),
        }
    }

    /// Its value. An index behind the end of an array reads as `null` here, and only here
    /// (measured on AWS: the same path fails as the argument of an intrinsic function).
    ///
    /// # Errors
    /// A definite path finds nothing, or an intrinsic function fails.
    pub fn evaluate(
        &self,
        env: &dyn Environment,
        host: &mut dyn Host,
    ) -> Result<Value, DynamicError> {
        match self {
            Self::Path(path) => match path.evaluate(env) {
                Err(PathError::IndexOutOfBounds(_)) => Ok(Value::Null),
                other => other.map_err(DynamicError::Path),
            },
            Self::Intrinsic(intrinsic) => {
                intrinsic.evaluate(env, host).map_err(DynamicError::Intrinsic)
            }
        }
    }

    /// Every path in it.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        match self {
            Self::Path(path) => vec![path],
            Self::Intrinsic(intrinsic) => intrinsic.paths().collect(),
        }
        .into_iter()
    }

    /// The names of the variables that it reads, once per place.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.paths().filter_map(Path::variable)
    }
}
