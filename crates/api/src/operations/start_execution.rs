//! StartExecution

use runtime::Start;
use runtime::resolve::Target;
use smol_str::SmolStr;
use value::Payload;

use crate::call::{Call, Reply};
use crate::error::Error;
use crate::json::ObjectWriter;
use crate::machine_arn::target;
use crate::name;

/// The input of an execution that is given none.
const NO_INPUT: &str = "{}";
/// Largest input in bytes of UTF-8 (AWS quota); the shape counts characters.
const MAX_INPUT_BYTES: usize = 262_144;

/// Answers a call.
pub async fn answer(call: &Call<'_>) -> Reply {
    let target = target(call, call.required("stateMachineArn"))?;
    let started = call.app.executions.start(start(call, target)?).await?;
    let mut out = ObjectWriter::new();
    out.text("executionArn", &started.execution_arn);
    out.time("startDate", started.start_date);
    Ok(out.finish())
}

/// What is to be started at `target`.
pub(super) fn start(call: &Call<'_>, target: Target) -> Result<Start, Error> {
    let name = call.text("name");
    name.map_or(Ok(()), name::check)?;
    let mut start = Start::new(target, name.cloned(), input(call)?);
    start.trace_header = trace_header(call);
    Ok(start)
}

/// `input` (recorded: `test_invalid_start_execution_input`).
pub(super) fn input(call: &Call<'_>) -> Result<Payload, Error> {
    let Some(text) = call.text("input") else { return Ok(Payload::from_valid_text(NO_INPUT)) };
    if text.is_empty() {
        return Err(Error::InvalidExecutionInput("Invalid execution input.".into()));
    }
    if text.len() > MAX_INPUT_BYTES {
        return Err(Error::Constraint(format!(
            "1 validation error detected: Value at 'input' failed to satisfy constraint: \
             Member must have length less than or equal to {MAX_INPUT_BYTES}"
        )));
    }
    Payload::parse(text).map_err(|fault| Error::InvalidExecutionInput(fault.message))
}

/// The `X-Amzn-Trace-Id` header, which wins (API reference), or `traceHeader`.
fn trace_header(call: &Call<'_>) -> Option<SmolStr> {
    call.trace_id.map(SmolStr::new).or_else(|| call.text("traceHeader").cloned())
}
