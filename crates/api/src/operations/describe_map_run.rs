//! DescribeMapRun

use runtime::arn::{Arn, Resource};
use runtime::{Count, MapRun};
use store::Status;
use value::Timestamp;

use crate::call::{Call, Reply};
use crate::error::Error;
use crate::json::ObjectWriter;

/// Answers a call.
pub fn answer(call: &Call<'_>) -> Reply {
    let run = find(call)?;
    let counts = call.app.executions.map_run_counts(&run)?;
    let mut out = ObjectWriter::with_capacity(1024);
    out.text("mapRunArn", &run.arn);
    out.text("executionArn", &run.execution_arn);
    out.text("status", run.status.name());
    out.time("startDate", Timestamp(run.start));
    out.maybe_time("stopDate", run.stop.map(Timestamp));
    out.int("maxConcurrency", i64::from(run.max_concurrency));
    out.float("toleratedFailurePercentage", run.tolerated_failure_percentage.unwrap_or(0.0));
    out.int("toleratedFailureCount", run.tolerated_failure_count.unwrap_or(0) as i64);
    out.object("itemCounts", |out| show(out, &counts.items));
    out.object("executionCounts", |out| show(out, &counts.executions));
    out.int("redriveCount", i64::from(run.redrive_count));
    out.maybe_time("redriveDate", run.redrive.map(Timestamp));
    Ok(out.finish())
}

fn show(out: &mut ObjectWriter, count: &Count) {
    let mut int = |name, count: u64| out.int(name, count as i64);
    int("pending", count.pending);
    int("running", count.get(Status::Running));
    int("succeeded", count.get(Status::Succeeded));
    int("failed", count.get(Status::Failed));
    int("timedOut", count.get(Status::TimedOut));
    int("aborted", count.get(Status::Aborted));
    int("total", count.total());
    int("resultsWritten", count.results_written);
    int("failuresNotRedrivable", count.not_redrivable);
    int("pendingRedrive", count.get(Status::PendingRedrive));
}

/// The Map Run that `mapRunArn` names.
pub(super) fn find(call: &Call<'_>) -> Result<MapRun, Error> {
    let given = call.required("mapRunArn");
    let arn = Arn::parse(given)?;
    if !matches!(arn.resource, Resource::MapRun { .. }) {
        return Err(arn.wrong_type().into());
    }
    call.app.executions.map_run(given)?.ok_or(Error::ResourceNotFound)
}
