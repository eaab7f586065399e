//! Task: scheduling, and what its holder answers.

use asl::program::{Field, State, StateKind, Task};
use asl::resource::{Pattern, ResourceKind};
use smol_str::SmolStr;
use value::Payload;

use super::{Exit, exit, fail, input_path, parameters, refuse};
use crate::data::{self, Scope};
use crate::error::{StateError, names};
use crate::event::{EventKind, Failure, Reply, Scheduled};
use crate::execution::TaskRef;
use crate::frame::{Doing, FrameId, TaskRun};
use crate::turn::{Turn, state_in};

pub(crate) fn work(
    turn: &mut Turn<'_>,
    id: FrameId,
    state: &State,
    task: &Task,
) -> Result<(), StateError> {
    let is_activity = task.resource.kind == ResourceKind::Activity;
    if is_activity && !turn.host.activity_exists(&task.resource.arn) {
        let arn = &task.resource.arn;
        return Err(StateError::runtime(format!("The activity {arn} does not exist.")));
    }
    let input = input_path(turn, id, &state.flow)?;
    let nonce = turn.host.nonce();
    // Nothing is recorded between here and `TaskScheduled`, so its id is known.
    let attempt = TaskRef { frame: id, attempt: turn.execution.last_event + 1 };
    let has_token = is_activity || task.resource.pattern() != Pattern::RequestResponse;
    let token = has_token.then(|| turn.execution.token(attempt, nonce));
    let (timeout_seconds, heartbeat_seconds, role_arn) = {
        let mut scope = Scope::new(turn.execution, id, &input, turn.now);
        scope.token = token.as_deref();
        (
            seconds(task.timeout_seconds.as_ref(), &scope, turn.host)?,
            seconds(task.heartbeat_seconds.as_ref(), &scope, turn.host)?,
            task.role_arn.as_ref().map(|field| data::text(field, &scope, turn.host)).transpose()?,
        )
    };
    let parameters = parameters(turn, id, state, input, token.as_deref())?;
    if let Some(reasons) = turn.host.refuse_parameters(&task.resource, parameters.value()) {
        return Err(StateError::runtime(asl::resource::parameters_refused(
            parameters.text(),
            &reasons,
        )));
    }
    turn.schedule(
        id,
        Scheduled { parameters, timeout_seconds, heartbeat_seconds, role_arn, nonce },
    );
    if !is_activity {
        turn.emit(id, EventKind::TaskStarted { worker: None });
    }
    Ok(())
}

fn seconds(
    field: Option<&Field<u64>>,
    scope: &Scope<'_>,
    host: &mut dyn crate::Host,
) -> Result<Option<u64>, StateError> {
    let Some(field) = field else { return Ok(None) };
    let seconds = data::integer(field, scope, host)?;
    match u64::try_from(seconds) {
        Ok(seconds) if seconds > 0 => Ok(Some(seconds)),
        _ => Err(StateError::runtime(match field {
            Field::Literal(_) => "Expected a positive number of seconds.".to_owned(),
            Field::Expression(expression) => format!(
                "The {} parameter does not reference a positive integer value: {seconds}",
                expression.field
            ),
        })),
    }
}

fn run_of<'t>(turn: &'t Turn<'_>, task: TaskRef) -> Option<&'t TaskRun> {
    match &turn.execution.frames.get(task.frame)?.doing {
        Doing::Task(run) if run.attempt == task.attempt => Some(run),
        _ => None,
    }
}

pub(crate) fn started(turn: &mut Turn<'_>, task: TaskRef, worker: Option<SmolStr>) {
    if run_of(turn, task).is_some_and(|run| !run.started) {
        turn.emit(task.frame, EventKind::TaskStarted { worker });
    }
}

pub(crate) fn submitted(turn: &mut Turn<'_>, task: TaskRef, output: Payload) {
    let Some(run) = run_of(turn, task) else { return };
    let held = run.held.clone();
    turn.emit(task.frame, EventKind::TaskSubmitted { output });
    match held {
        Some(Reply::Success(output)) => succeeded(turn, task, output),
        Some(Reply::Failure(failure)) => failed(turn, task, failure),
        None => {}
    }
}

pub(crate) fn submit_failed(turn: &mut Turn<'_>, task: TaskRef, failure: Failure) {
    let Some(run) = run_of(turn, task) else { return };
    match run.held.clone() {
        // The call did arrive: its holder has answered. Only the answer to the call was lost.
        Some(Reply::Success(output)) => end_well(turn, task, output),
        Some(Reply::Failure(held)) => end_badly(turn, task, EventKind::TaskFailed, held),
        None => end_badly(turn, task, EventKind::TaskSubmitFailed, failure),
    }
}

pub(crate) fn succeeded(turn: &mut Turn<'_>, task: TaskRef, output: Payload) {
    match hold(turn, task) {
        Some(true) => {
            turn.emit(task.frame, EventKind::ReplyHeld(Reply::Success(output)));
        }
        Some(false) => end_well(turn, task, output),
        None => {}
    }
}

pub(crate) fn failed(turn: &mut Turn<'_>, task: TaskRef, failure: Failure) {
    match hold(turn, task) {
        Some(true) => {
            turn.emit(task.frame, EventKind::ReplyHeld(Reply::Failure(failure)));
        }
        Some(false) => end_badly(turn, task, EventKind::TaskFailed, failure),
        None => {}
    }
}

/// Whether an answer must wait until the submission was answered; `None` if the task is not out,
/// or has an answer that waits already: the first one counts.
fn hold(turn: &Turn<'_>, task: TaskRef) -> Option<bool> {
    let run = run_of(turn, task)?;
    let (program, state) = turn.state_of(task.frame)?;
    let StateKind::Task(kind) = &state_in(&program, state).kind else { return None };
    let waits = kind.resource.pattern() != Pattern::RequestResponse && run.submitted.is_none();
    if waits && run.held.is_some() { None } else { Some(waits) }
}

fn end_well(turn: &mut Turn<'_>, task: TaskRef, output: Payload) {
    let Some((program, state)) = turn.state_of(task.frame) else { return };
    let state = state_in(&program, state);
    let StateKind::Task(kind) = &state.kind else { return };
    if output.text().len() > turn.execution.meta.limits.payload_bytes {
        // Recorded: named after the function's ARN, or the service; States.ALL catches it.
        let of = match &kind.resource.kind {
            ResourceKind::Service { resource_type, .. } => resource_type,
            _ => &kind.resource.arn,
        };
        let failure = StateError::data_limit(of).failure(state, 0);
        return end_badly(turn, task, EventKind::TaskFailed, failure);
    }
    turn.emit(task.frame, EventKind::TaskSucceeded { output: output.clone() });
    let left = exit(
        turn,
        task.frame,
        state,
        &Exit {
            result: output,
            has_result: true,
            assign: &state.assign,
            output: state.flow.output.as_ref(),
            next: state.next,
        },
    );
    if let Err(error) = left {
        refuse(turn, task.frame, error);
    }
}

fn end_badly(turn: &mut Turn<'_>, task: TaskRef, kind: fn(Failure) -> EventKind, failure: Failure) {
    turn.emit(task.frame, kind(failure.clone()));
    fail(turn, task.frame, failure, false);
}

pub(crate) fn heartbeat(turn: &mut Turn<'_>, task: TaskRef) {
    if run_of(turn, task).is_some_and(|run| run.heartbeat_ms.is_some()) {
        turn.emit(task.frame, EventKind::Heartbeat);
    }
}

/// `TimeoutSeconds` or `HeartbeatSeconds` are over: either is told as `States.Timeout` without a
/// cause (recorded).
pub(crate) fn timed_out(turn: &mut Turn<'_>, id: FrameId) {
    let Some(frame) = turn.execution.frames.get(id) else { return };
    let Doing::Task(run) = &frame.doing else { return };
    let late = run.deadline.is_some_and(|deadline| deadline <= turn.now);
    turn.cancel_task(id);
    let failure = Failure::bare(names::TIMEOUT);
    turn.emit(id, EventKind::TaskTimedOut(failure.clone()));
    fail(turn, id, failure, !late);
}
