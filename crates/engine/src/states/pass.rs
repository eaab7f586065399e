//! Pass and Succeed.

use asl::program::State;
use value::{Payload, Value};

use super::{Exit, exit, input_path, parameters};
use crate::error::StateError;
use crate::frame::FrameId;
use crate::turn::Turn;

pub(crate) fn work(
    turn: &mut Turn<'_>,
    id: FrameId,
    state: &State,
    result: Option<&Value>,
) -> Result<(), StateError> {
    let input = input_path(turn, id, &state.flow)?;
    let input = parameters(turn, id, state, input, None)?;
    let result = match result {
        // Measured: `"Result": null` hands the input on.
        Some(value) if !value.is_null() => Payload::from_value(value.clone()),
        _ => input,
    };
    exit(
        turn,
        id,
        state,
        &Exit {
            result,
            has_result: false,
            assign: &state.assign,
            output: state.flow.output.as_ref(),
            next: state.next,
        },
    )
}

pub(crate) fn succeed(turn: &mut Turn<'_>, id: FrameId, state: &State) -> Result<(), StateError> {
    let result = input_path(turn, id, &state.flow)?;
    let output = state.flow.output.as_ref();
    exit(turn, id, state, &Exit { result, has_result: false, assign: &[], output, next: None })
}
