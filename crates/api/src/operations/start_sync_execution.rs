//! StartSyncExecution

use std::sync::Arc;

use runtime::catalog::MachineType;
use value::Timestamp;

use super::start_execution::start;
use crate::call::{Call, Reply};
use crate::error::Error;
use crate::json::ObjectWriter;
use crate::machine_arn::target;

/// What is billed is rounded up to this (pricing of Express workflows).
const BILLED_STEP_MS: i64 = 100;
/// The least memory that is billed (pricing of Express workflows).
const BILLED_MEMORY_MB: i64 = 64;

/// Answers a call when the execution has ended, however it did.
pub async fn answer(call: &Call<'_>) -> Reply {
    let target = target(call, call.required("stateMachineArn"))?;
    if target.revision.machine_type != MachineType::Express {
        return Err(Error::StateMachineTypeNotSupported);
    }
    let revision = Arc::clone(&target.revision);
    let start = start(call, target)?;
    let (input, trace_header) = (start.input.clone(), start.trace_header.clone());
    let result = call.app.executions.start_sync(start).await?;
    let with_data = call.text("includedData").is_none_or(|data| data != "METADATA_ONLY");
    let output = result.output.as_ref().map_or("", |output| output.text());
    let mut out = ObjectWriter::with_capacity(1024 + input.text().len() + output.len());
    out.text("executionArn", &result.execution_arn);
    out.text("stateMachineArn", &revision.machine_arn);
    out.text("name", &result.name);
    out.time("startDate", result.start_date);
    out.time("stopDate", result.stop_date);
    out.text("status", result.status.name());
    out.maybe_text("error", result.failure.error.as_deref());
    out.maybe_text("cause", result.failure.cause.as_deref());
    if with_data {
        out.text("input", input.text());
        out.maybe_text("output", result.output.as_ref().map(|output| output.text()));
    }
    // A failed execution has `outputDetails` all the same (recorded: `test_express_sync`).
    out.object("inputDetails", |out| out.flag("included", with_data));
    out.object("outputDetails", |out| out.flag("included", with_data));
    out.maybe_text("traceHeader", trace_header.as_deref());
    out.object("billingDetails", |out| {
        out.int("billedMemoryUsedInMB", BILLED_MEMORY_MB);
        out.int("billedDurationInMilliseconds", billed_ms(result.start_date, result.stop_date));
    });
    Ok(out.finish())
}

fn billed_ms(start: Timestamp, stop: Timestamp) -> i64 {
    let ms = stop.0.saturating_sub(start.0).max(1);
    ms.saturating_add(BILLED_STEP_MS - 1) / BILLED_STEP_MS * BILLED_STEP_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_billed_is_rounded_up() {
        let billed = |ms: i64| billed_ms(Timestamp(1000), Timestamp(1000 + ms));
        assert_eq!((billed(0), billed(100), billed(101)), (100, 100, 200));
    }
}
