//! Choice.

use asl::program::{Rule, State, StateId};

use super::{Exit, exit, input_path};
use crate::choice;
use crate::data::Scope;
use crate::error::StateError;
use crate::frame::FrameId;
use crate::turn::Turn;

pub(crate) fn work(
    turn: &mut Turn<'_>,
    id: FrameId,
    state: &State,
    rules: &[Rule],
    default: Option<StateId>,
) -> Result<(), StateError> {
    let input = input_path(turn, id, &state.flow)?;
    let taken = {
        let scope = Scope::new(turn.execution, id, &input, turn.now);
        first_match(rules, &scope, turn.host)?
    };
    let (assign, output, next) = match (taken, default) {
        // A rule without an `Output` of its own hands the input on: state-level `Assign` and
        // `Output` belong to the Default.
        (Some(rule), _) => (&rule.assign, rule.output.as_ref(), rule.next),
        (None, Some(default)) => (&state.assign, state.flow.output.as_ref(), default),
        (None, None) => return Err(no_match()),
    };
    let exiting = Exit { result: input, has_result: false, assign, output, next: Some(next) };
    exit(turn, id, state, &exiting)
}

fn first_match<'p>(
    rules: &'p [Rule],
    scope: &Scope<'_>,
    host: &mut dyn crate::Host,
) -> Result<Option<&'p Rule>, StateError> {
    for rule in rules {
        if choice::holds(&rule.condition, scope, host)? {
            return Ok(Some(rule));
        }
    }
    Ok(None)
}

/// Measured: not `States.NoChoiceMatched`, whatever the specification says.
fn no_match() -> StateError {
    StateError::runtime(
        "Failed to transition out of the state. The state does not point to a next state.",
    )
}
