//! What a check found: AWS's code, text and location, and where in the text it stands.

use std::fmt;
use std::ops::Range;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The definition is refused.
    Error,
    /// The definition is accepted; something is likely not meant.
    Warning,
}

/// AWS's diagnostic codes (API reference of ValidateStateMachineDefinition).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Code {
    InvalidJsonDescription,
    MissingDescription,
    SchemaValidationFailed,
    InvalidResource,
    MissingEndState,
    DuplicateStateName,
    InvalidStateName,
    MissingTransitionTarget,
    DuplicateLabelName,
    InvalidLabelName,
    TooDeeplyNested,
    ReservedVariableName,
    InvalidVariableName,
    UnsupportedJsonataExpression,
    InvalidJsonataExpression,
    PossiblyUndefinedVariable,
    NoDollar,
    NoPath,
    PassResultIsStatic,
    /// Ours: a resource that AWS refuses and Stepwell runs.
    NotOnAws,
}

impl Code {
    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidJsonDescription => "INVALID_JSON_DESCRIPTION",
            Self::MissingDescription => "MISSING_DESCRIPTION",
            Self::SchemaValidationFailed => "SCHEMA_VALIDATION_FAILED",
            Self::InvalidResource => "INVALID_RESOURCE",
            Self::MissingEndState => "MISSING_END_STATE",
            Self::DuplicateStateName => "DUPLICATE_STATE_NAME",
            Self::InvalidStateName => "INVALID_STATE_NAME",
            Self::MissingTransitionTarget => "MISSING_TRANSITION_TARGET",
            Self::DuplicateLabelName => "DUPLICATE_LABEL_NAME",
            Self::InvalidLabelName => "INVALID_LABEL_NAME",
            Self::TooDeeplyNested => "TOO_DEEPLY_NESTED",
            Self::ReservedVariableName => "RESERVED_VARIABLE_NAME",
            Self::InvalidVariableName => "INVALID_VARIABLE_NAME",
            Self::UnsupportedJsonataExpression => "UNSUPPORTED_JSONATA_EXPRESSION",
            Self::InvalidJsonataExpression => "INVALID_JSONATA_EXPRESSION",
            Self::PossiblyUndefinedVariable => "POSSIBLY_UNDEFINED_VARIABLE",
            Self::NoDollar => "NO_DOLLAR",
            Self::NoPath => "NO_PATH",
            Self::PassResultIsStatic => "PASS_RESULT_IS_STATIC",
            Self::NotOnAws => "NOT_ON_AWS",
        }
    }
}

/// One fault of a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// AWS's code.
    pub code: Code,
    /// AWS's text.
    pub message: String,
    /// AWS's location (`/States/A/Next`, `/States/C/Choices[0]/Next`), if it gives one.
    pub location: Option<String>,
    /// The bytes of the definition that it is about.
    pub span: Range<usize>,
    /// What to do about it, for people; AWS has no such thing.
    pub help: Option<String>,
}

/// As AWS joins it into `InvalidDefinition`: `CODE: message at location`.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let location = self.location.as_deref().unwrap_or("null");
        write!(f, "{}: {} at {location}", self.code.as_str(), self.message)
    }
}
