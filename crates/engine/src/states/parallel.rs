//! Parallel.

use asl::program::State;
use value::Payload;

use super::{Exit, exit, input_path, parameters, refuse};
use crate::error::StateError;
use crate::event::EventKind;
use crate::frame::{Doing, FrameId};
use crate::turn::{Turn, state_in};

pub(crate) fn work(turn: &mut Turn<'_>, id: FrameId, state: &State) -> Result<(), StateError> {
    let input = input_path(turn, id, &state.flow)?;
    let input = parameters(turn, id, state, input, None)?;
    turn.emit(id, EventKind::ParallelStarted { input });
    if turn.is_inspected() {
        return Ok(());
    }
    let Some(Doing::Parallel(run)) = turn.execution.frames.get(id).map(|frame| &frame.doing) else {
        return Ok(());
    };
    for child in run.children.clone() {
        turn.ready(child);
    }
    Ok(())
}

/// A branch has ended and its output is kept. When all have, so has the state; its end follows the
/// last event of the branch that ended last (recorded).
pub(crate) fn branch_ended(turn: &mut Turn<'_>, id: FrameId) {
    let Some((program, state)) = turn.state_of(id) else { return };
    let Some(Doing::Parallel(run)) = turn.execution.frames.get(id).map(|frame| &frame.doing) else {
        return;
    };
    let freed_by = run.freed_by;
    let Some(outputs) = run.results.iter().cloned().collect::<Option<Vec<_>>>() else { return };
    let succeeded = turn.emit_after(id, freed_by, EventKind::ParallelSucceeded);
    let state = state_in(&program, state);
    let exiting = Exit {
        result: Payload::array_of(&outputs),
        has_result: true,
        assign: &state.assign,
        output: state.flow.output.as_ref(),
        next: state.next,
    };
    if let Err(error) = exit(turn, id, state, &exiting) {
        refuse(turn, id, error.after(succeeded));
    }
}
