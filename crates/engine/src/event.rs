//! What happens in an execution: AWS's history events with the few private fields that replay needs.

use std::sync::Arc;

use asl::program::StateId;
use smol_str::SmolStr;
use value::{Payload, Timestamp, Value};

use crate::error::names;
use crate::frame::FrameId;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// AWS's id, from 1; 0 for events that the API does not show.
    pub id: u64,
    /// AWS's `previousEventId`.
    pub prev: u64,
    /// When.
    pub time: Timestamp,
    /// The frame that it happened in.
    pub frame: FrameId,
    /// The state that the frame was in; the first one for what befalls the whole execution.
    pub state: StateId,
    /// What.
    pub kind: EventKind,
}

/// An error as history shows it; either half may be absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Failure {
    /// `error`.
    pub error: Option<SmolStr>,
    /// `cause`.
    pub cause: Option<Arc<str>>,
}

impl Failure {
    /// An error with a cause.
    pub fn new(error: impl Into<SmolStr>, cause: impl Into<Arc<str>>) -> Self {
        Self { error: Some(error.into()), cause: Some(cause.into()) }
    }

    /// An error without a cause.
    pub fn bare(error: impl Into<SmolStr>) -> Self {
        Self { error: Some(error.into()), cause: None }
    }

    /// More iterations of a Map have failed than it tolerates.
    pub fn tolerance_exceeded() -> Self {
        Self::new(
            names::EXCEED_TOLERATED_FAILURE_THRESHOLD,
            "The specified tolerated failure threshold was exceeded",
        )
    }
}

/// How a task's holder ended it.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// With a result.
    Success(Payload),
    /// With an error.
    Failure(Failure),
}

/// A task as it was scheduled.
#[derive(Clone, Debug, PartialEq)]
pub struct Scheduled {
    /// The effective input: `parameters` of `TaskScheduled`, `input` of the Lambda and activity events.
    pub parameters: Payload,
    /// `timeoutInSeconds`, if the definition gives one.
    pub timeout_seconds: Option<u64>,
    /// `heartbeatInSeconds`, if the definition gives one.
    pub heartbeat_seconds: Option<u64>,
    /// `taskCredentials.roleArn`.
    pub role_arn: Option<SmolStr>,
    /// Private: the secret half of the task token.
    pub nonce: u128,
}

/// A Map state as it was started.
#[derive(Clone, Debug, PartialEq)]
pub struct MapStart {
    /// Private: the items, an array (or an object in distributed mode); `null` with an `ItemReader`.
    pub items: Payload,
    /// `length`.
    pub length: u32,
    /// Private: `MaxConcurrency`, 0 for none.
    pub max_concurrency: u32,
    /// Private: `ToleratedFailureCount`.
    pub tolerated_failure_count: u64,
    /// Private: `ToleratedFailurePercentage`.
    pub tolerated_failure_percentage: f64,
}

/// What happened. Task events serve Lambda functions, activities and services alike: which of
/// AWS's three spellings is shown follows from the state's `Resource`.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum EventKind {
    ExecutionStarted {
        input: Payload,
    },
    ExecutionSucceeded {
        output: Payload,
    },
    ExecutionFailed(Failure),
    ExecutionAborted(Failure),
    ExecutionTimedOut(Failure),
    ExecutionRedriven {
        redrive_count: u32,
    },
    StateEntered {
        input: Payload,
    },
    /// `next` is private: where the state leads, `None` at the end of its block.
    StateExited {
        output: Payload,
        assigned: Vec<(SmolStr, Value)>,
        next: Option<StateId>,
    },
    /// `TaskStateAborted`, `WaitStateAborted`, `ParallelStateAborted`, `MapStateAborted`.
    StateAborted,
    EvaluationFailed {
        failure: Failure,
        location: Option<SmolStr>,
    },
    TaskScheduled(Box<Scheduled>),
    TaskStarted {
        worker: Option<SmolStr>,
    },
    TaskStartFailed(Failure),
    TaskSubmitted {
        output: Payload,
    },
    TaskSubmitFailed(Failure),
    TaskSucceeded {
        output: Payload,
    },
    TaskFailed(Failure),
    TaskTimedOut(Failure),
    /// `input` is private: what every branch gets.
    ParallelStarted {
        input: Payload,
    },
    ParallelSucceeded,
    ParallelFailed,
    MapStarted(Box<MapStart>),
    /// `input` is private: what the iteration's first state gets.
    MapIterationStarted {
        index: u32,
        input: Payload,
    },
    MapIterationSucceeded {
        index: u32,
    },
    MapIterationFailed {
        index: u32,
    },
    MapIterationAborted {
        index: u32,
    },
    MapSucceeded,
    MapFailed,
    MapRunStarted {
        map_run: SmolStr,
    },
    MapRunSucceeded,
    MapRunFailed(Failure),
    MapRunAborted,
    MapRunRedriven {
        map_run: SmolStr,
        redrive_count: u32,
    },
    /// Private: a Wait state's end is known.
    WaitUntil {
        due: Timestamp,
    },
    /// Private: the state's retrier `retrier` runs the work again at `due`.
    RetryAt {
        retrier: u32,
        due: Timestamp,
    },
    /// Private: a heartbeat came for the frame's task.
    Heartbeat,
    /// Private: the task's holder answered before the call that handed out its token was.
    ReplyHeld(Reply),
}

impl EventKind {
    /// Whether the API shows it.
    pub fn is_public(&self) -> bool {
        !matches!(
            self,
            Self::WaitUntil { .. } | Self::RetryAt { .. } | Self::Heartbeat | Self::ReplyHeld(_)
        )
    }

    /// The document that it carries.
    pub fn payload(&self) -> Option<&Payload> {
        match self {
            Self::ExecutionStarted { input }
            | Self::StateEntered { input }
            | Self::ParallelStarted { input }
            | Self::MapIterationStarted { input, .. } => Some(input),
            Self::ExecutionSucceeded { output }
            | Self::StateExited { output, .. }
            | Self::TaskSubmitted { output }
            | Self::TaskSucceeded { output } => Some(output),
            Self::TaskScheduled(scheduled) => Some(&scheduled.parameters),
            Self::MapStarted(start) => Some(&start.items),
            Self::ReplyHeld(Reply::Success(output)) => Some(output),
            _ => None,
        }
    }

    /// Whether it ends the execution.
    pub fn is_terminal(&self) -> bool {
        matches!(
            self,
            Self::ExecutionSucceeded { .. }
                | Self::ExecutionFailed(_)
                | Self::ExecutionAborted(_)
                | Self::ExecutionTimedOut(_)
        )
    }
}
