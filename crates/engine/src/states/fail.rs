//! Fail.

use asl::program::Field;
use smol_str::SmolStr;

use super::{fail as raise, raw_input};
use crate::data::{self, Scope};
use crate::error::StateError;
use crate::event::Failure;
use crate::frame::FrameId;
use crate::turn::Turn;

pub(crate) fn work(
    turn: &mut Turn<'_>,
    id: FrameId,
    error: Option<&Field<SmolStr>>,
    cause: Option<&Field<SmolStr>>,
) -> Result<(), StateError> {
    let input = raw_input(turn, id);
    turn.inspect(|inspection| inspection.after_input_path = Some(input.clone()));
    let scope = Scope::new(turn.execution, id, &input, turn.now);
    let error = error.map(|field| data::text(field, &scope, turn.host)).transpose()?;
    let cause = cause.map(|field| data::text(field, &scope, turn.host)).transpose()?;
    let failure = Failure { error, cause: cause.map(|text| text.as_str().into()) };
    raise(turn, id, failure, false);
    Ok(())
}
