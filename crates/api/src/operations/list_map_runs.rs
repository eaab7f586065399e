//! ListMapRuns

use value::Timestamp;

use super::describe_execution::find;
use crate::call::{Call, Reply};
use crate::json::ObjectWriter;

/// Answers a call: the Map Runs that an execution has started, newest first.
pub fn answer(call: &Call<'_>) -> Reply {
    let (arn, row) = find(call)?;
    let tokens = call.page_tokens("ListMapRuns", &[arn]);
    let after = tokens.read(call.text("nextToken").map(|token| token.as_str()))?;
    let size = call.page_size();
    let mut runs = call.app.executions.map_runs(row.id, after.as_deref(), size + 1)?;
    let more = runs.len() > size;
    runs.truncate(size);
    let next = runs.last().filter(|_| more).map(|(place, _)| tokens.issue(place));
    let mut out = ObjectWriter::with_capacity(128 + 512 * runs.len());
    out.objects("mapRuns", &runs, |out, (_, run)| {
        out.text("executionArn", &run.execution_arn);
        out.text("mapRunArn", &run.arn);
        out.text("stateMachineArn", &run.machine_arn());
        out.time("startDate", Timestamp(run.start));
        out.maybe_time("stopDate", run.stop.map(Timestamp));
    });
    out.maybe_text("nextToken", next.as_deref());
    Ok(out.finish())
}
