//! `StateError`: why a state could not do its work, and what may handle it.

use asl::program::State;
use smol_str::SmolStr;

use crate::event::Failure;

/// AWS's names of the errors that the interpreter itself raises (ASL, appendix A).
pub mod names {
    #![allow(missing_docs)]
    pub const ALL: &str = "States.ALL";
    pub const RUNTIME: &str = "States.Runtime";
    pub const TIMEOUT: &str = "States.Timeout";
    pub const HEARTBEAT_TIMEOUT: &str = "States.HeartbeatTimeout";
    pub const TASK_FAILED: &str = "States.TaskFailed";
    pub const DATA_LIMIT_EXCEEDED: &str = "States.DataLimitExceeded";
    pub const QUERY_EVALUATION_ERROR: &str = "States.QueryEvaluationError";
    pub const EXCEED_TOLERATED_FAILURE_THRESHOLD: &str = "States.ExceedToleratedFailureThreshold";
    pub const ITEM_READER_FAILED: &str = "States.ItemReaderFailed";
    pub const RESULT_WRITER_FAILED: &str = "States.ResultWriterFailed";
}

/// Why a state could not do its work.
#[derive(Clone, Debug, PartialEq)]
pub struct StateError {
    /// The error name.
    pub error: SmolStr,
    /// What happened, without the words that name the state.
    pub message: String,
    /// Where in the state, if it is a JSONata evaluation.
    pub evaluation: Option<Evaluation>,
    /// Whether the cause names the state that was being executed.
    pub names_state: bool,
    /// The `…StateSucceeded` of a Parallel or Map that could not hand on what it has: measured, the
    /// end of the execution points to it (everything else that follows passes it over).
    pub succeeded: Option<u64>,
}

/// A JSONata field that could not be evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The field, if one is to blame.
    pub location: Option<SmolStr>,
    /// Recorded: `EvaluationFailed` of a Wait's `Timestamp` points to the state's own entry, all
    /// others to the event before it (test_wait_timestamp_jsonata_INVALID_DATE).
    pub after_entry: bool,
}

impl StateError {
    /// `States.Runtime`: neither Retry nor Catch sees it.
    pub fn runtime(message: impl Into<String>) -> Self {
        Self::named(names::RUNTIME, message)
    }

    /// An error of the interpreter with AWS's name for it.
    pub fn named(error: &str, message: impl Into<String>) -> Self {
        Self {
            error: error.into(),
            message: message.into(),
            evaluation: None,
            names_state: true,
            succeeded: None,
        }
    }

    /// `States.QueryEvaluationError` in `location`.
    pub fn evaluation(location: Option<SmolStr>, message: impl Into<String>) -> Self {
        Self {
            error: names::QUERY_EVALUATION_ERROR.into(),
            message: message.into(),
            evaluation: Some(Evaluation { location, after_entry: false }),
            names_state: true,
            succeeded: None,
        }
    }

    /// A state's output, or a task's result, that is too large. `of` is the state's name, the
    /// function's ARN or the resource type (recorded).
    pub fn data_limit(of: &str) -> Self {
        Self {
            error: names::DATA_LIMIT_EXCEEDED.into(),
            message: format!(
                "The state/task '{of}' returned a result with a size exceeding the maximum number \
                 of bytes service limit."
            ),
            evaluation: None,
            names_state: false,
            succeeded: None,
        }
    }

    /// Data that a state nested deeper than may come in: no other state, and no restart, could be
    /// sure to read it. The text is Jackson's for writing; AWS's own is not known.
    pub fn too_deep() -> Self {
        let most = value::json::MAX_DEPTH;
        Self::runtime(format!(
            "Document nesting depth ({}) exceeds the maximum allowed ({most}, from \
             `StreamWriteConstraints.getMaxNestingDepth()`)",
            most + 1
        ))
    }

    /// The error of a state whose `…StateSucceeded` is `event`; 0 if the history had no place for it.
    pub fn after(self, event: u64) -> Self {
        Self { succeeded: Some(event).filter(|event| *event > 0), ..self }
    }

    /// Whether it ends the execution whatever the definition says: `States.Runtime`, and a state's
    /// own output over the limit (test_start_large_input).
    pub fn is_fatal(&self) -> bool {
        self.error == names::RUNTIME || self.error == names::DATA_LIMIT_EXCEEDED
    }

    /// As history shows it. `entered` is the id of the state's `…StateEntered`.
    pub fn failure(&self, state: &State, entered: u64) -> Failure {
        let cause = if self.names_state {
            format!(
                "An error occurred while executing the state '{}' (entered at the event id \
                 #{entered}). {}",
                state.name, self.message
            )
        } else {
            self.message.clone()
        };
        Failure { error: Some(self.error.clone()), cause: Some(cause.into()) }
    }
}

/// Whether an `ErrorEquals` matches an error. `heartbeat`: the error is a timeout that a missing
/// heartbeat caused; AWS names it `States.Timeout` and lets both names match (measured.md, 5).
pub(crate) fn matches(error_equals: &[SmolStr], error: Option<&str>, heartbeat: bool) -> bool {
    // SendTaskFailure may give no error: it is then caught by the two wildcards only (recorded).
    error_equals.iter().any(|wanted| match wanted.as_str() {
        names::ALL => true,
        names::TASK_FAILED => error != Some(names::TIMEOUT),
        names::HEARTBEAT_TIMEOUT if heartbeat => true,
        wanted => error == Some(wanted),
    })
}
