//! Failure: Retry, Catch, and what an unhandled error does to the states around it.

use std::sync::Arc;

use asl::program::{Catcher, QueryLanguage, Retrier, State, StateKind};
use value::{Payload, Value};

use super::{exited, limited, raw_input, result_path};
use crate::data::{self, Scope};
use crate::error::{self, StateError, names};
use crate::event::{EventKind, Failure};
use crate::fold::seconds_ms;
use crate::frame::{Doing, FrameId};
use crate::inspection::StateEnd;
use crate::turn::{Turn, state_in};

/// A state could not do its work: says so, then fails it.
pub(crate) fn refuse(turn: &mut Turn<'_>, id: FrameId, error: StateError) {
    let succeeded = error.succeeded;
    let Some((failure, fatal)) = announce(turn, id, error, None) else { return };
    if fatal {
        turn.inspect(|inspection| inspection.failure = Some(failure.clone()));
        match succeeded {
            Some(succeeded) => turn.end(succeeded, EventKind::ExecutionFailed(failure)),
            None => end_with(turn, id, failure),
        };
    } else {
        fail(turn, id, failure, false);
    }
}

/// Records `EvaluationFailed`, if that is what it is. Returns the failure, and whether nothing can
/// handle it.
fn announce(
    turn: &mut Turn<'_>,
    id: FrameId,
    error: StateError,
    after: Option<u64>,
) -> Option<(Failure, bool)> {
    let (program, state_id) = turn.state_of(id)?;
    // Measured: TestState's causes do not name the state that was being executed.
    let names_state = error.names_state && !turn.is_inspected();
    let error = StateError { names_state, ..error };
    let frame = turn.execution.frames.get(id)?;
    let failure = error.failure(state_in(&program, state_id), frame.entered);
    if let Some(evaluation) = &error.evaluation {
        // Recorded: the event stands beside the state's entry, not after it, unless the state had
        // already done something.
        let beside = frame.prev == frame.entered && !evaluation.after_entry;
        let prev = after.unwrap_or(if beside { frame.entered_prev } else { frame.prev });
        let location = evaluation.location.clone();
        let failure = failure.clone();
        turn.emit_after(id, prev, EventKind::EvaluationFailed { failure, location });
    }
    Some((failure, error.is_fatal()))
}

/// Ends the execution at once, from wherever it happened: measured, no enclosing state says a word.
fn end_with(turn: &mut Turn<'_>, id: FrameId, failure: Failure) {
    let prev = turn.execution.frames.get(id).map_or(0, |frame| frame.prev);
    turn.end(prev, EventKind::ExecutionFailed(failure));
}

/// The frame's state has failed, its newest event says how. The innermost state that retries or
/// catches the error goes on; if there is none, the execution fails. `heartbeat`: the error is a
/// timeout for want of a heartbeat.
pub(crate) fn fail(turn: &mut Turn<'_>, id: FrameId, failure: Failure, heartbeat: bool) {
    let (mut id, mut failure) = (id, failure);
    turn.inspect(|inspection| inspection.failure = Some(failure.clone()));
    let Some(mut source) = turn.execution.frames.get(id).map(|frame| frame.prev) else { return };
    loop {
        let Some((program, state)) = turn.state_of(id) else { return };
        let state = state_in(&program, state);
        if retry(turn, id, state, &failure, heartbeat, source) {
            return;
        }
        container_failed(turn, id, state, source);
        match catch(turn, id, state, &failure, heartbeat) {
            Caught::Yes => return,
            Caught::No => {}
            Caught::Faulty(error) => {
                let Some((own, fatal)) = announce(turn, id, error, Some(source)) else { return };
                if fatal {
                    return end_with(turn, id, own);
                }
                if let Some(frame) = turn.execution.frames.get(id) {
                    source = frame.prev;
                }
                container_failed(turn, id, state, source);
                turn.inspect(|inspection| inspection.failure = Some(own.clone()));
                failure = own;
            }
        }
        let Some(frame) = turn.execution.frames.get(id) else { return };
        source = frame.prev;
        let Some((parent, index)) = frame.parent else { return end_with(turn, id, failure) };
        abort_siblings(turn, parent, id, index, source);
        id = parent;
    }
}

fn container_failed(turn: &mut Turn<'_>, id: FrameId, state: &State, source: u64) {
    match &state.kind {
        StateKind::Parallel { .. } => turn.emit_after(id, source, EventKind::ParallelFailed),
        StateKind::Map(_) => turn.emit_after(id, source, EventKind::MapFailed),
        _ => return,
    };
}

/// Plans another attempt, if a Retrier has one left for the error. The first Retrier that matches
/// is the one: when it is spent, those after it are not asked.
fn retry(
    turn: &mut Turn<'_>,
    id: FrameId,
    state: &State,
    failure: &Failure,
    heartbeat: bool,
    source: u64,
) -> bool {
    let error = failure.error.as_deref();
    let mut retriers = state.retry.iter().enumerate();
    let found = retriers.find(|(_, r)| error::matches(&r.error_equals, error, heartbeat));
    let Some((at, retrier)) = found else { return false };
    let Some(frame) = turn.execution.frames.get(id) else { return false };
    let done = frame.retries.get(at).copied().unwrap_or(0);
    let done = turn.host.inspection().map_or(done, |inspection| inspection.retries_done);
    if u64::from(done) >= retrier.max_attempts {
        return false;
    }
    let backoff_ms = delay_ms(retrier, done, || turn.host.random());
    turn.inspect(|inspection| {
        inspection.end = Some(StateEnd::Retry { retrier: at, backoff_ms });
    });
    let due = turn.now.plus_ms(backoff_ms);
    turn.emit_after(id, source, EventKind::RetryAt { retrier: at as u32, due });
    true
}

/// The pause before the retry that follows `done` others of the same Retrier.
pub(crate) fn delay_ms(retrier: &Retrier, done: u32, random: impl FnOnce() -> f64) -> i64 {
    let exponent = i32::try_from(done).unwrap_or(i32::MAX);
    let seconds = retrier.interval_seconds as f64 * retrier.backoff_rate.powi(exponent);
    let most = retrier.max_delay_seconds.map_or(f64::MAX, |seconds| seconds as f64);
    let seconds = seconds.min(most);
    let seconds = if retrier.full_jitter { seconds * random() } else { seconds };
    // Longer than any execution lives, and far from overflow.
    let longest = seconds_ms(asl::limits::TIMEOUT_SECONDS_MAX) as f64;
    (seconds * 1000.0).min(longest) as i64
}

enum Caught {
    Yes,
    No,
    /// A Catcher matched, but its own fields could not be evaluated.
    Faulty(StateError),
}

fn catch(
    turn: &mut Turn<'_>,
    id: FrameId,
    state: &State,
    failure: &Failure,
    heartbeat: bool,
) -> Caught {
    let error = failure.error.as_deref();
    let mut catchers = state.catch.iter().enumerate();
    let found = catchers.find(|(_, c)| error::matches(&c.error_equals, error, heartbeat));
    let Some((at, catcher)) = found else { return Caught::No };
    turn.inspect(|inspection| inspection.catcher = Some(at));
    match caught(turn, id, state, catcher, failure) {
        Ok(()) => Caught::Yes,
        Err(error) => Caught::Faulty(error),
    }
}

fn caught(
    turn: &mut Turn<'_>,
    id: FrameId,
    state: &State,
    catcher: &Catcher,
    failure: &Failure,
) -> Result<(), StateError> {
    let raw = raw_input(turn, id);
    let error_output = Payload::from_value(error_output(failure));
    let (output, assigned) = match state.query_language {
        QueryLanguage::JsonPath => {
            let scope = Scope::new(turn.execution, id, &error_output, turn.now);
            let assigned = data::assign(&catcher.assign, state, &scope, turn.host)?;
            (result_path(&catcher.result_path, &raw, error_output.clone())?, assigned)
        }
        QueryLanguage::Jsonata => {
            let mut scope = Scope::new(turn.execution, id, &raw, turn.now);
            scope.error_output = Some(error_output.value());
            let output = match &catcher.output {
                Some(template) => Payload::from_value(data::template(template, &scope, turn.host)?),
                None => error_output.clone(),
            };
            (output, data::assign(&catcher.assign, state, &scope, turn.host)?)
        }
    };
    let output = limited(turn, output, &state.name)?;
    exited(turn, id, output, assigned, Some(catcher.next));
    Ok(())
}

/// What a Catcher hands on. A callback that failed without error or cause has both as null
/// (recorded); a timeout, which has no cause, has an empty one.
pub(crate) fn error_output(failure: &Failure) -> Value {
    let error = failure.error.as_ref().map_or(Value::Null, |error| Value::String(error.clone()));
    let cause = match &failure.cause {
        Some(cause) => Value::string(cause),
        None if failure.error.as_deref() == Some(names::TIMEOUT) => Value::string(""),
        None => Value::Null,
    };
    Value::object([("Error", error), ("Cause", cause)])
}

/// The child `failed` brings down its siblings. Recorded order: for each iteration its own event
/// first, then its open states, the failed one before the others; all point to the failure.
fn abort_siblings(turn: &mut Turn<'_>, parent: FrameId, failed: FrameId, index: u32, source: u64) {
    let Some(frame) = turn.execution.frames.get(parent) else { return };
    let (children, is_map) = match &frame.doing {
        Doing::Parallel(run) => (run.children.clone(), false),
        Doing::Map(run) => (run.children.clone(), true),
        _ => return,
    };
    if is_map {
        turn.emit_after(parent, source, EventKind::MapIterationFailed { index });
    }
    abort_own_task(turn, failed, source);
    for child in children.into_iter().filter(|child| *child != failed) {
        let Some((_, index)) = turn.execution.frames.get(child).and_then(|f| f.parent) else {
            continue;
        };
        if is_map {
            turn.emit_after(parent, source, EventKind::MapIterationAborted { index });
        }
        abort(turn, child, source);
    }
}

/// A Task that failed inside a Parallel or Map is also said to be aborted: it never exits (recorded).
fn abort_own_task(turn: &mut Turn<'_>, id: FrameId, source: u64) {
    let Some((program, state)) = turn.state_of(id) else { return };
    if matches!(state_in(&program, state).kind, StateKind::Task(_)) {
        turn.emit_after(id, source, EventKind::StateAborted);
    }
}

/// Gives up what a frame and those below it are doing.
fn abort(turn: &mut Turn<'_>, id: FrameId, source: u64) {
    turn.cancel_task(id);
    let Some((program, state)) = turn.state_of(id) else { return };
    let program: Arc<_> = program;
    let children = match turn.execution.frames.get(id).map(|frame| &frame.doing) {
        Some(Doing::Parallel(run)) => run.children.clone(),
        Some(Doing::Map(run)) => run.children.clone(),
        Some(Doing::Enter | Doing::Done { .. }) | None => return,
        Some(_) => Vec::new(),
    };
    let is_map = matches!(state_in(&program, state).kind, StateKind::Map(_));
    for child in children {
        let parent = turn.execution.frames.get(child).and_then(|frame| frame.parent);
        if let (true, Some((_, index))) = (is_map, parent) {
            turn.emit_after(id, source, EventKind::MapIterationAborted { index });
        }
        abort(turn, child, source);
    }
    let kind = &state_in(&program, state).kind;
    if matches!(
        kind,
        StateKind::Task(_) | StateKind::Wait(_) | StateKind::Parallel { .. } | StateKind::Map(_)
    ) {
        turn.emit_after(id, source, EventKind::StateAborted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retrier(interval: u64, rate: f64, most: Option<u64>, full_jitter: bool) -> Retrier {
        Retrier {
            error_equals: vec![names::ALL.into()],
            interval_seconds: interval,
            max_attempts: 99_999_999,
            backoff_rate: rate,
            max_delay_seconds: most,
            full_jitter,
        }
    }

    #[test]
    fn pauses_grow_up_to_the_longest() {
        let never = || panic!("without jitter nothing is drawn");
        let plain = retrier(3, 2.0, None, false);
        let pauses: Vec<_> = (0..4).map(|done| delay_ms(&plain, done, never)).collect();
        assert_eq!(pauses, [3_000, 6_000, 12_000, 24_000]);
        let half = retrier(1, 1.5, Some(2), false);
        let pauses: Vec<_> = (0..3).map(|done| delay_ms(&half, done, never)).collect();
        assert_eq!(pauses, [1_000, 1_500, 2_000]);
    }

    #[test]
    fn no_pause_overflows() {
        let longest = seconds_ms(asl::limits::TIMEOUT_SECONDS_MAX);
        for interval in [0, 1, 99_999_999, u64::MAX] {
            for rate in [1.0, 2.0, 1e9, f64::MAX] {
                for done in [0, 1, 63, 1_000_000, u32::MAX] {
                    for most in [None, Some(1), Some(31_622_400), Some(u64::MAX)] {
                        for draw in [0.0, 0.5, 1.0 - f64::EPSILON] {
                            let it = retrier(interval, rate, most, true);
                            let ms = delay_ms(&it, done, || draw);
                            assert!((0..=longest).contains(&ms), "{it:?} after {done}: {ms}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn full_jitter_draws_from_the_whole_pause() {
        let it = retrier(10, 2.0, None, true);
        assert_eq!(delay_ms(&it, 1, || 0.0), 0);
        assert_eq!(delay_ms(&it, 1, || 0.25), 5_000);
    }
}
