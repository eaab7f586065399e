//! Map: items, inline iterations, and the run of a distributed Map as its state sees it.

use asl::program::{Map, MapMode, QueryLanguage, State, StateKind, Template};
use value::{Payload, Value};

use super::{Exit, exit, fail, input_path, map_inspection, refuse};
use crate::context::map_item;
use crate::data::{self, Scope};
use crate::error::StateError;
use crate::event::{EventKind, Failure, MapStart};
use crate::execution::{Command, StartMapRun, TaskRef};
use crate::frame::{Doing, FrameId, MapRun};
use crate::map_scope::{self, label};
use crate::turn::{Turn, state_in};

pub(crate) fn work(
    turn: &mut Turn<'_>,
    id: FrameId,
    state: &State,
    map: &Map,
) -> Result<(), StateError> {
    let input = input_path(turn, id, &state.flow)?;
    let inline = map.mode == MapMode::Inline;
    if inline
        && (map.item_reader.is_some() || map.item_batcher.is_some() || map.result_writer.is_some())
    {
        // Measured: accepted at creation.
        return Err(StateError::runtime(
            "The ItemReader, ItemBatcher and ResultWriter fields are not supported for INLINE maps",
        ));
    }
    let max_concurrency = {
        let scope = Scope::new(turn.execution, id, &input, turn.now);
        let field = map.max_concurrency.as_ref();
        field.map_or(Ok(0), |field| data::integer(field, &scope, turn.host))?
    };
    let items = match &map.item_reader {
        Some(_) => Payload::from_value(items_read(turn)),
        None => items(turn, id, state, map, &input)?,
    };
    turn.inspect(|inspection| {
        inspection.map.items = Some(items.clone());
        inspection.map.max_concurrency = Some(max_concurrency);
    });
    let length = items.value().as_array().map_or(0, |items| items.len());
    let mut start = MapStart {
        items,
        length: length as u32,
        max_concurrency: u32::try_from(max_concurrency.max(0)).unwrap_or(u32::MAX),
        tolerated_failure_count: 0,
        tolerated_failure_percentage: 0.0,
    };
    if inline {
        let items = start.items.clone();
        turn.emit(id, EventKind::MapStarted(Box::new(start)));
        if turn.is_inspected() {
            return map_inspection::inspect(turn, id, map, &input, &items);
        }
        return start_iterations(turn, id);
    }
    // Recorded: the thresholds are looked at once the state is said to have started.
    let thresholds = thresholds(turn, id, map, &input);
    if let Ok((count, percentage)) = &thresholds {
        start.tolerated_failure_count = *count;
        start.tolerated_failure_percentage = *percentage;
    }
    turn.emit(id, EventKind::MapStarted(Box::new(start.clone())));
    thresholds?;
    let scope = Scope::new(turn.execution, id, &input, turn.now);
    if turn.host.inspection().is_some() {
        map_scope::reader(map, &scope, turn.host)?;
        return map_inspection::inspect(turn, id, map, &input, &start.items);
    }
    map_scope::check(map, &scope, turn.host)?;
    start_run(turn, id, map, start, input);
    Ok(())
}

/// What `ItemReader` reads: the Map Run does it, but for a tested state it is given.
fn items_read(turn: &mut Turn<'_>) -> Value {
    turn.host.inspection().and_then(|inspection| inspection.items_read.clone()).unwrap_or_default()
}

/// The items: `ItemsPath`, `Items`, or the whole input.
fn items(
    turn: &mut Turn<'_>,
    id: FrameId,
    state: &State,
    map: &Map,
    input: &Payload,
) -> Result<Payload, StateError> {
    let scope = Scope::new(turn.execution, id, input, turn.now);
    let items = match &map.items {
        None => input.clone(),
        Some(Template::Expression(expression)) => {
            let value = data::referenced(expression, &scope, turn.host)?;
            if !is_iterable(&value, map) && state.query_language == QueryLanguage::Jsonata {
                return Err(data::unexpected_type(expression, "array", &value));
            }
            Payload::from_value(value)
        }
        Some(template) => Payload::from_value(data::template(template, &scope, turn.host)?),
    };
    if is_iterable(items.value(), map) {
        return Ok(items);
    }
    Err(match state.query_language {
        // Recorded: test_map_state_items_input_types.
        QueryLanguage::Jsonata => StateError::evaluation(
            None,
            format!("Map state input must be an array but was: {}", items.value().to_json()),
        ),
        QueryLanguage::JsonPath => {
            let path = match &map.items {
                Some(Template::Expression(expression)) => {
                    data::path_text(expression).unwrap_or("$")
                }
                _ => "$",
            };
            // Recorded: a path into the context object is shown as one into the input.
            let path = path.strip_prefix('$').filter(|path| path.starts_with('$')).unwrap_or(path);
            StateError::runtime(format!("Reference path \"{path}\" must point to array."))
        }
    })
}

fn is_iterable(value: &Value, map: &Map) -> bool {
    match value {
        Value::Array(_) => true,
        Value::Object(_) => map.mode != MapMode::Inline,
        _ => false,
    }
}

/// `ToleratedFailureCount` and `ToleratedFailurePercentage`; texts recorded.
fn thresholds(
    turn: &mut Turn<'_>,
    id: FrameId,
    map: &Map,
    input: &Payload,
) -> Result<(u64, f64), StateError> {
    let scope = Scope::new(turn.execution, id, input, turn.now);
    let count = match &map.tolerated_failure_count {
        Some(field) => data::integer(field, &scope, turn.host)?,
        None => 0,
    };
    let percentage = match &map.tolerated_failure_percentage {
        Some(field) => data::float(field, &scope, turn.host)?,
        None => 0.0,
    };
    let Ok(count) = u64::try_from(count) else {
        return Err(StateError::runtime("ToleratedFailureCount cannot be negative."));
    };
    if !(0.0..=100.0).contains(&percentage) {
        return Err(StateError::runtime("ToleratedFailurePercentage must be between 0 and 100."));
    }
    turn.inspect(|inspection| {
        let seen = &mut inspection.map;
        seen.tolerated_failure_count = map.tolerated_failure_count.as_ref().map(|_| count);
        let with_percentage = map.tolerated_failure_percentage.as_ref();
        seen.tolerated_failure_percentage = with_percentage.map(|_| percentage);
    });
    Ok((count, percentage))
}

fn run_of<'t>(turn: &'t Turn<'_>, id: FrameId) -> Option<&'t MapRun> {
    match &turn.execution.frames.get(id)?.doing {
        Doing::Map(run) => Some(run),
        _ => None,
    }
}

/// Starts iterations while there is a free slot; ends the state when all have ended.
fn start_iterations(turn: &mut Turn<'_>, id: FrameId) -> Result<(), StateError> {
    let Some((program, state)) = turn.state_of(id) else { return Ok(()) };
    let state = state_in(&program, state);
    let StateKind::Map(map) = &state.kind else { return Ok(()) };
    let input = input_path(turn, id, &state.flow)?;
    loop {
        let Some(run) = run_of(turn, id) else { return Ok(()) };
        let most = turn.execution.meta.limits.inline_map_concurrency as usize;
        let slots = match run.start.max_concurrency as usize {
            0 => most,
            wanted => wanted.min(most),
        };
        if run.next >= run.start.length || run.children.len() >= slots {
            break;
        }
        let (index, prev, before) = (run.next, run.freed_by, turn.execution.last_event);
        let input = item_input(turn, id, map, &input, index)?;
        turn.emit_after(id, prev, EventKind::MapIterationStarted { index, input });
        if turn.execution.last_event == before {
            return Ok(());
        }
        if let Some(child) = run_of(turn, id).and_then(|run| run.children.last().copied()) {
            turn.ready(child);
        }
    }
    if run_of(turn, id).is_some_and(|run| run.succeeded == run.start.length) {
        complete(turn, id, state)?;
    }
    Ok(())
}

/// What the iteration `index` gets.
fn item_input(
    turn: &mut Turn<'_>,
    id: FrameId,
    map: &Map,
    input: &Payload,
    index: u32,
) -> Result<Payload, StateError> {
    let items = run_of(turn, id).and_then(|run| run.start.items.value().as_array().cloned());
    let item = items.and_then(|items| items.get(index as usize).cloned()).unwrap_or_default();
    selected(turn, id, map, input, index, item)
}

/// The item, or what `ItemSelector` makes of it.
pub(super) fn selected(
    turn: &mut Turn<'_>,
    id: FrameId,
    map: &Map,
    input: &Payload,
    index: u32,
    item: Value,
) -> Result<Payload, StateError> {
    let Some(selector) = &map.item_selector else { return Ok(Payload::from_value(item)) };
    let mut scope = Scope::new(turn.execution, id, input, turn.now);
    scope.item = Some(map_item(index, item));
    let input = Payload::from_value(data::template(selector, &scope, turn.host)?);
    if value::json::is_too_deep(input.text()) { Err(StateError::too_deep()) } else { Ok(input) }
}

/// An iteration has reached its end. The events that follow point to its last inner event.
pub(crate) fn iteration_ended(turn: &mut Turn<'_>, id: FrameId, index: u32, child: FrameId) {
    let Some(prev) = turn.execution.frames.get(child).map(|frame| frame.prev) else { return };
    turn.emit_after(id, prev, EventKind::MapIterationSucceeded { index });
    resume(turn, id);
}

/// Goes on with the iterations that have not started.
pub(crate) fn resume(turn: &mut Turn<'_>, id: FrameId) {
    if run_of(turn, id).is_none_or(|run| run.map_run.is_some()) {
        return;
    }
    if let Err(error) = start_iterations(turn, id) {
        refuse(turn, id, error);
    }
}

fn complete(turn: &mut Turn<'_>, id: FrameId, state: &State) -> Result<(), StateError> {
    let Some(run) = run_of(turn, id) else { return Ok(()) };
    let outputs: Vec<_> = run.results.iter().flatten().cloned().collect();
    let prev = run.last_success;
    let succeeded = turn.emit_after(id, prev, EventKind::MapSucceeded);
    leave(turn, id, state, Payload::array_of(&outputs), succeeded)
}

pub(super) fn leave(
    turn: &mut Turn<'_>,
    id: FrameId,
    state: &State,
    result: Payload,
    succeeded: u64,
) -> Result<(), StateError> {
    let left = exit(
        turn,
        id,
        state,
        &Exit {
            result,
            has_result: true,
            assign: &state.assign,
            output: state.flow.output.as_ref(),
            next: state.next,
        },
    );
    left.map_err(|error| error.after(succeeded))
}

/// Names the run of a distributed Map and hands it to the world.
fn start_run(turn: &mut Turn<'_>, id: FrameId, map: &Map, start: MapStart, input: Payload) {
    let Some((_, state)) = turn.state_of(id) else { return };
    let label = label(map, state, &turn.execution.meta.state_machine_arn);
    let machine = turn.execution.meta.state_machine_arn.replacen(":stateMachine:", ":mapRun:", 1);
    let map_run: smol_str::SmolStr = format!("{machine}/{label}:{}", turn.host.uuid()).into();
    let attempt = turn.emit(id, EventKind::MapRunStarted { map_run: map_run.clone() });
    if attempt > 0 {
        let task = TaskRef { frame: id, attempt };
        let run = StartMapRun { task, state, map_run, start, input, redrive_count: 0 };
        turn.applied.commands.push(Command::StartMapRun(Box::new(run)));
    }
}

/// Most redrives of a Map Run (AWS quota).
const RUN_REDRIVES_MAX: u32 = 1000;

/// The execution is redriven: so is the run of the frame's distributed Map, if it was not over.
pub(crate) fn redrive_run(turn: &mut Turn<'_>, id: FrameId) {
    let Some(map) = run_of(turn, id) else { return };
    let (Some(run), start) = (map.map_run.clone(), map.start.clone()) else { return };
    if run.redrives >= RUN_REDRIVES_MAX {
        let text = "The Map Run has reached the maximum number of redrives.";
        return refuse(turn, id, StateError::runtime(text));
    }
    let redrive_count = run.redrives + 1;
    let map_run = run.arn;
    let redriven = EventKind::MapRunRedriven { map_run: map_run.clone(), redrive_count };
    let attempt = turn.emit(id, redriven);
    let (Some((_, state)), true) = (turn.state_of(id), attempt > 0) else { return };
    let input = super::raw_input(turn, id);
    let task = TaskRef { frame: id, attempt };
    let run = StartMapRun { task, state, map_run, start, input, redrive_count };
    turn.applied.commands.push(Command::StartMapRun(Box::new(run)));
}

/// The run of a distributed Map has ended.
pub(crate) fn run_ended(turn: &mut Turn<'_>, task: TaskRef, outcome: Result<Payload, Failure>) {
    let id = task.frame;
    if run_of(turn, id).is_none_or(|run| run.open_run().is_none()) {
        return;
    }
    let Some((program, state)) = turn.state_of(id) else { return };
    match outcome {
        Ok(result) => {
            let prev = turn.emit(id, EventKind::MapRunSucceeded);
            let succeeded = turn.emit_after(id, prev, EventKind::MapSucceeded);
            if let Err(error) = leave(turn, id, state_in(&program, state), result, succeeded) {
                refuse(turn, id, error);
            }
        }
        Err(failure) => {
            turn.emit(id, EventKind::MapRunFailed(failure.clone()));
            fail(turn, id, failure, false);
        }
    }
}
