//! Wait.

use asl::program::{Field, State, Wait};
use value::{Timestamp, Value};

use super::{Exit, exit, input_path, refuse};
use crate::data::{self, Scope, display, path_text, unexpected_type};
use crate::error::{Evaluation, StateError};
use crate::event::EventKind;
use crate::frame::FrameId;
use crate::limits::WAIT_SECONDS_MAX;
use crate::turn::{Turn, state_in};

pub(crate) fn work(
    turn: &mut Turn<'_>,
    id: FrameId,
    state: &State,
    wait: &Wait,
) -> Result<(), StateError> {
    let input = input_path(turn, id, &state.flow)?;
    let scope = Scope::new(turn.execution, id, &input, turn.now);
    let due = match wait {
        Wait::Seconds(field) => {
            let seconds = seconds(field, &scope, turn.host)?;
            if seconds > WAIT_SECONDS_MAX {
                return Err(StateError::runtime("Wait state delay is too long."));
            }
            turn.now.plus_ms(seconds * 1000)
        }
        Wait::Timestamp(field) => timestamp(field, &scope, turn.host)?,
    };
    if (due.0 - turn.now.0) / 1000 > WAIT_SECONDS_MAX {
        return Err(StateError::runtime("Wait state delay is too long."));
    }
    if due <= turn.now {
        return leave(turn, id, state);
    }
    turn.emit(id, EventKind::WaitUntil { due });
    Ok(())
}

/// The time has come.
pub(crate) fn over(turn: &mut Turn<'_>, id: FrameId) {
    let Some((program, state)) = turn.state_of(id) else { return };
    if let Err(error) = leave(turn, id, state_in(&program, state)) {
        refuse(turn, id, error);
    }
}

fn leave(turn: &mut Turn<'_>, id: FrameId, state: &State) -> Result<(), StateError> {
    let result = input_path(turn, id, &state.flow)?;
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

/// Texts recorded: test_wait_seconds_path, test_base_wait_seconds_path_1.5.
fn seconds(
    field: &Field<u64>,
    scope: &Scope<'_>,
    host: &mut dyn crate::Host,
) -> Result<i64, StateError> {
    let expression = match field {
        Field::Literal(seconds) => return Ok(i64::try_from(*seconds).unwrap_or(i64::MAX)),
        Field::Expression(expression) => expression,
    };
    let Some(path) = path_text(expression) else {
        return match data::expression(expression, scope, host)? {
            Value::Int(seconds) if seconds >= 0 => Ok(seconds),
            value => Err(unexpected_type(expression, "integer", &value)),
        };
    };
    let found = data::expression(expression, scope, host);
    let parameter = format!("The {} parameter", expression.field);
    let value = found.unwrap_or(Value::Null);
    // Measured: the string "1" waits one second.
    let seconds = match &value {
        Value::Null => {
            return Err(StateError::runtime(format!(
                "{parameter} does not reference an input value: {path}"
            )));
        }
        Value::Int(seconds) => Some(*seconds),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    match seconds {
        Some(seconds) if seconds >= 0 => Ok(seconds),
        Some(seconds) => Err(StateError::runtime(format!(
            "{parameter} references a negative value: {path} == {seconds}"
        ))),
        None => Err(StateError::runtime(format!(
            "{parameter} cannot be parsed as a long value: {path} == {}",
            display(&value)
        ))),
    }
}

/// Texts recorded: test_wait_timestamp_path, test_wait_timestamp_jsonata.
fn timestamp(
    field: &Field<Timestamp>,
    scope: &Scope<'_>,
    host: &mut dyn crate::Host,
) -> Result<Timestamp, StateError> {
    let expression = match field {
        Field::Literal(time) => return Ok(*time),
        Field::Expression(expression) => expression,
    };
    let Some(path) = path_text(expression) else {
        let value = data::expression(expression, scope, host)?;
        let Some(text) = value.as_str() else {
            return Err(unexpected_type(expression, "string", &value));
        };
        return Timestamp::parse(text).ok_or_else(|| {
            let mut error = StateError::evaluation(
                Some(expression.field.clone()),
                format!(
                    "The Timestamp field cannot be parsed as an ISO-8601 extended offset \
                     date-time format string: {text}"
                ),
            );
            error.evaluation =
                Some(Evaluation { location: Some(expression.field.clone()), after_entry: true });
            error
        });
    };
    let value = data::expression(expression, scope, host).unwrap_or(Value::Null);
    if value.is_null() {
        return Err(StateError::runtime(format!(
            "The {} parameter does not reference an input value: {path}",
            expression.field
        )));
    }
    value.as_str().and_then(Timestamp::parse).ok_or_else(|| {
        StateError::runtime(format!(
            "The {} parameter does not reference a valid ISO-8601 extended offset date-time format \
             string: {path} == {}",
            expression.field,
            display(&value)
        ))
    })
}
