//! What can be wrong with the text of a path, and what can go wrong when it is evaluated.

use std::fmt;

/// A text that is not a path or not an intrinsic call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong.
    pub message: String,
    /// Where, in bytes from the start of the text.
    pub offset: usize,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at position {}", self.message, self.offset)
    }
}

impl std::error::Error for SyntaxError {}

/// Why a path has no value. Its display is the message of Jayway JsonPath, which AWS shows behind
/// `Invalid path '…' : `.
#[derive(Clone, Debug, PartialEq)]
pub enum PathError {
    /// A property before the last step is not there.
    MissingProperty(String),
    /// The last property is not there.
    NoResults(String),
    /// The last step is an index behind the end of its array. A payload template reads this as
    /// `null` (measured on AWS); everywhere else it is as [`PathError::NoResults`].
    IndexOutOfBounds(String),
    /// A property of something that is not an object.
    NotAnObject {
        /// The step, as `['name']`.
        property: String,
        /// The path of what is not an object.
        path: String,
    },
    /// An index of something that is not an array.
    NotAnArray {
        /// The step and those behind it, as `[0]['name']`.
        filter: String,
        /// What is there, as Java prints it.
        current: String,
    },
    /// An index of `null`.
    NullPath(String),
    /// The path starts at a variable that has no value.
    UndefinedVariable(String),
    /// A function cannot be applied.
    Function(String),
    /// The evaluation would visit more than [`crate::limits::MAX_VISITS`] nodes, or nests too deep.
    TooMuchWork,
}

impl PathError {
    /// Whether there is simply nothing at the path. AWS then says that the path `could not be found
    /// in the input`; of every other error it shows the message itself (measured:
    /// `Filter: [0] can only be applied to arrays…`).
    pub fn is_not_found(&self) -> bool {
        match self {
            Self::MissingProperty(_)
            | Self::NoResults(_)
            | Self::IndexOutOfBounds(_)
            | Self::NotAnObject { .. }
            | Self::NullPath(_) => true,
            Self::NotAnArray { .. }
            | Self::UndefinedVariable(_)
            | Self::Function(_)
            | Self::TooMuchWork => false,
        }
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingProperty(path) => write!(f, "Missing property in path {path}"),
            Self::NoResults(path) | Self::IndexOutOfBounds(path) => {
                write!(f, "No results for path: {path}")
            }
            // AWS answered so to `$.list.length()` in 2018, before it knew functions
            // (awsdocs/aws-step-functions-developer-guide#5).
            Self::NotAnObject { property, path } => {
                write!(f, "Property {property} not found in path {path}")
            }
            Self::NotAnArray { filter, current } => {
                write!(
                    f,
                    "Filter: {filter} can only be applied to arrays. Current context is: {current}"
                )
            }
            Self::NullPath(path) => write!(f, "The path {path} is null"),
            Self::UndefinedVariable(name) => write!(f, "The variable '${name}' is not defined"),
            Self::Function(message) => f.write_str(message),
            Self::TooMuchWork => f.write_str("The path visits too many nodes"),
        }
    }
}

impl std::error::Error for PathError {}
