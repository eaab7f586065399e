//! What each type of state does: one file a type, and what they share.

pub(crate) mod choice;
pub(crate) mod fail;
mod failing;
pub(crate) mod map;
mod map_inspection;
pub(crate) mod parallel;
pub(crate) mod pass;
pub(crate) mod task;
pub(crate) mod wait;

use asl::program::{
    Assignment, Flow, QueryLanguage, ResultPath, State, StateId, StateKind, Template,
};
use smol_str::SmolStr;
use value::{Payload, Value};

use crate::data::{self, Scope};
use crate::error::StateError;
use crate::event::{EventKind, Failure};
use crate::frame::{Doing, FrameId};
use crate::inspection::StateEnd;
use crate::turn::{Turn, state_in};

pub(crate) use failing::{fail, refuse};

/// One step of a frame that has something to do: enter the next state, or do the state's work.
pub(crate) fn step(turn: &mut Turn<'_>, id: FrameId) {
    match turn.execution.frames.get(id).map(|frame| &frame.doing) {
        Some(Doing::Enter) => enter(turn, id),
        Some(Doing::Work) => work(turn, id),
        _ => {}
    }
}

fn enter(turn: &mut Turn<'_>, id: FrameId) {
    let Some(frame) = turn.execution.frames.get(id) else { return };
    let input = frame.input.clone();
    turn.emit(id, EventKind::StateEntered { input });
    work(turn, id);
}

/// Does the work of the frame's state, for the first time or again.
pub(crate) fn work(turn: &mut Turn<'_>, id: FrameId) {
    let Some((program, state)) = turn.state_of(id) else { return };
    let state = state_in(&program, state);
    let done = match &state.kind {
        StateKind::Pass { result } => pass::work(turn, id, state, result.as_ref()),
        StateKind::Succeed => pass::succeed(turn, id, state),
        StateKind::Wait(wait) => wait::work(turn, id, state, wait),
        StateKind::Choice { rules, default } => choice::work(turn, id, state, rules, *default),
        StateKind::Fail { error, cause } => fail::work(turn, id, error.as_ref(), cause.as_ref()),
        StateKind::Task(task) => task::work(turn, id, state, task),
        StateKind::Parallel { .. } => parallel::work(turn, id, state),
        StateKind::Map(map) => map::work(turn, id, state, map),
    };
    if let Err(error) = done {
        refuse(turn, id, error);
    }
}

/// The frame's raw input.
pub(crate) fn raw_input(turn: &Turn<'_>, id: FrameId) -> Payload {
    let frame = turn.execution.frames.get(id);
    frame.map_or_else(|| Payload::from_value(Value::Null), |frame| frame.input.clone())
}

/// The input after `InputPath`.
pub(crate) fn input_path(
    turn: &mut Turn<'_>,
    id: FrameId,
    flow: &Flow,
) -> Result<Payload, StateError> {
    let raw = raw_input(turn, id);
    let scope = Scope::new(turn.execution, id, &raw, turn.now);
    let input = data::in_out_path(&flow.input_path, &raw, &scope)?;
    turn.inspect(|inspection| inspection.after_input_path = Some(input.clone()));
    Ok(input)
}

/// `Parameters` or `Arguments` over `input`: the effective input. Templates of JSONata see the raw
/// input, which is the same, as there is no `InputPath`.
pub(crate) fn parameters(
    turn: &mut Turn<'_>,
    id: FrameId,
    state: &State,
    input: Payload,
    token: Option<&str>,
) -> Result<Payload, StateError> {
    let parameters = match &state.flow.parameters {
        None => input,
        Some(template) => {
            let mut scope = Scope::new(turn.execution, id, &input, turn.now);
            scope.token = token;
            let value = data::template(template, &scope, turn.host)?;
            limited(turn, Payload::from_value(value), &state.name)?
        }
    };
    turn.inspect(|inspection| inspection.after_parameters = Some(parameters.clone()));
    Ok(parameters)
}

/// The payload, unless it is too large or too deep; `of` is what the message blames.
pub(crate) fn limited(turn: &Turn<'_>, payload: Payload, of: &str) -> Result<Payload, StateError> {
    // Most are so small that their text, which an Express execution may never need, need not be
    // made for this.
    if payload.bound().is_some_and(|bound| bound <= turn.execution.meta.limits.payload_bytes) {
        return Ok(payload);
    }
    if payload.text().len() > turn.execution.meta.limits.payload_bytes {
        return Err(StateError::data_limit(of));
    }
    if value::json::is_too_deep(payload.text()) {
        return Err(StateError::too_deep());
    }
    Ok(payload)
}

/// What leaves a state: its result (or, for states that make none, its effective input), where
/// `$` of its `Assign` points, and where the state leads.
pub(crate) struct Exit<'p> {
    pub result: Payload,
    /// Whether `$states.result` exists: in Task, Parallel and Map.
    pub has_result: bool,
    pub assign: &'p [Assignment],
    pub output: Option<&'p Template>,
    pub next: Option<StateId>,
}

/// Takes the result through `ResultSelector`, `ResultPath` and `OutputPath` (or `Output`), assigns,
/// exits and moves on.
pub(crate) fn exit(
    turn: &mut Turn<'_>,
    id: FrameId,
    state: &State,
    exit: &Exit<'_>,
) -> Result<(), StateError> {
    let raw = raw_input(turn, id);
    turn.inspect(|inspection| inspection.result = Some(exit.result.clone()));
    let (output, assigned) = match state.query_language {
        QueryLanguage::JsonPath => json_path_exit(turn, id, state, &raw, exit)?,
        QueryLanguage::Jsonata => jsonata_exit(turn, id, state, &raw, exit)?,
    };
    let output = limited(turn, output, &state.name)?;
    exited(turn, id, output, assigned, exit.next);
    Ok(())
}

fn json_path_exit(
    turn: &mut Turn<'_>,
    id: FrameId,
    state: &State,
    raw: &Payload,
    exit: &Exit<'_>,
) -> Result<(Payload, Vec<(SmolStr, Value)>), StateError> {
    let flow = &state.flow;
    let scope = Scope::new(turn.execution, id, &exit.result, turn.now);
    let selected = match &flow.result_selector {
        Some(template) => Payload::from_value(data::template(template, &scope, turn.host)?),
        None => exit.result.clone(),
    };
    if let Some(inspection) = turn.host.inspection() {
        inspection.after_result_selector = Some(selected.clone());
    }
    let assigned = data::assign(exit.assign, state, &scope, turn.host)?;
    let combined = result_path(&flow.result_path, raw, selected)?;
    if let Some(inspection) = turn.host.inspection() {
        inspection.after_result_path = Some(combined.clone());
    }
    let scope = scope.with_input(&combined);
    let output = data::in_out_path(&flow.output_path, &combined, &scope)?;
    Ok((output, assigned))
}

fn jsonata_exit(
    turn: &mut Turn<'_>,
    id: FrameId,
    state: &State,
    raw: &Payload,
    exit: &Exit<'_>,
) -> Result<(Payload, Vec<(SmolStr, Value)>), StateError> {
    let mut scope = Scope::new(turn.execution, id, raw, turn.now);
    scope.result = exit.has_result.then_some(&exit.result);
    let output = match exit.output {
        Some(template) => Payload::from_value(data::template(template, &scope, turn.host)?),
        None => exit.result.clone(),
    };
    let assigned = data::assign(exit.assign, state, &scope, turn.host)?;
    Ok((output, assigned))
}

/// `ResultPath`: puts the result into the raw input.
pub(crate) fn result_path(
    path: &ResultPath,
    raw: &Payload,
    result: Payload,
) -> Result<Payload, StateError> {
    match path {
        ResultPath::Replace => Ok(result),
        ResultPath::Discard => Ok(raw.clone()),
        ResultPath::Path(path) => path
            .write(raw.value().clone(), result.value().clone())
            .map(Payload::from_value)
            .map_err(|error| StateError::named(error.error, error.cause)),
    }
}

/// Records the exit and does what follows from it.
pub(crate) fn exited(
    turn: &mut Turn<'_>,
    id: FrameId,
    output: Payload,
    assigned: Vec<(SmolStr, Value)>,
    next: Option<StateId>,
) {
    let Some(frame) = turn.execution.frames.get(id) else { return };
    let parent = frame.parent;
    let kind = EventKind::StateExited { output: output.clone(), assigned, next };
    turn.emit(id, kind);
    if let Some(inspection) = turn.host.inspection() {
        let catcher = inspection.catcher.take();
        inspection.end = Some(StateEnd::Exited { output, next, catcher });
        return;
    }
    match (next, parent) {
        (Some(_), _) => turn.ready(id),
        (None, None) => {
            let prev = turn.execution.frames.get(id).map_or(0, |frame| frame.prev);
            turn.end(prev, EventKind::ExecutionSucceeded { output });
        }
        (None, Some((parent, index))) => child_ended(turn, parent, index, id),
    }
}

fn child_ended(turn: &mut Turn<'_>, parent: FrameId, index: u32, child: FrameId) {
    match turn.execution.frames.get(parent).map(|frame| &frame.doing) {
        Some(Doing::Parallel(_)) => parallel::branch_ended(turn, parent),
        Some(Doing::Map(_)) => map::iteration_ended(turn, parent, index, child),
        _ => {}
    }
}

/// TestState: the Parallel or Map that is inspected ends as a whole.
pub(crate) fn mocked(turn: &mut Turn<'_>, outcome: Result<Payload, Failure>) {
    let id = FrameId::ROOT;
    let Some((program, state)) = turn.state_of(id) else { return };
    match outcome {
        Ok(result) => {
            if let Err(error) = map::leave(turn, id, state_in(&program, state), result, 0) {
                refuse(turn, id, error);
            }
        }
        Err(failure) => fail(turn, id, failure, false),
    }
}

/// After a redrive: Map states whose iterations have not all started go on, and so do Map Runs.
pub(crate) fn resume_containers(turn: &mut Turn<'_>) {
    let frames: Vec<_> = turn.execution.frames.iter().map(|(id, _)| id).collect();
    for id in frames {
        match turn.execution.frames.get(id).map(|frame| &frame.doing) {
            Some(Doing::Map(run)) if run.map_run.is_some() => map::redrive_run(turn, id),
            Some(Doing::Map(_)) => map::resume(turn, id),
            _ => {}
        }
    }
}
