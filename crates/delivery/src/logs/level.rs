//! Which events a log level takes (developer guide, "Log levels for execution events").

use asl::Program;
use asl::program::StateKind;
use engine::{Event, EventKind};
use runtime::catalog::LogLevel;

/// Whether `level` takes the event of an execution of `program`.
pub fn takes(level: LogLevel, event: &Event, program: &Program) -> bool {
    match level {
        LogLevel::Off => false,
        LogLevel::All => event.kind.is_public(),
        LogLevel::Error => is_fatal(&event.kind) || is_error(event, program),
        LogLevel::Fatal => is_fatal(&event.kind),
    }
}

fn is_fatal(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::ExecutionFailed(_)
            | EventKind::ExecutionAborted(_)
            | EventKind::ExecutionTimedOut(_)
    )
}

fn is_error(event: &Event, program: &Program) -> bool {
    match &event.kind {
        EventKind::StateEntered { .. } => {
            matches!(program.state(event.state).kind, StateKind::Fail { .. })
        }
        EventKind::StateAborted
        // The guide's table is older than this event, which says why a state failed.
        | EventKind::EvaluationFailed { .. }
        | EventKind::TaskStartFailed(_)
        | EventKind::TaskSubmitFailed(_)
        | EventKind::TaskFailed(_)
        | EventKind::TaskTimedOut(_)
        | EventKind::ParallelFailed
        | EventKind::MapFailed
        | EventKind::MapIterationFailed { .. }
        | EventKind::MapIterationAborted { .. }
        | EventKind::MapRunFailed(_)
        | EventKind::MapRunAborted => true,
        _ => false,
    }
}
