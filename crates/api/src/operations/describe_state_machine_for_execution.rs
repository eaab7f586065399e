//! DescribeStateMachineForExecution

use runtime::MapRun;

use super::describe_execution::{find, gone, run_of};
use super::describe_state_machine::show;
use crate::call::{Call, Reply};
use crate::json::ObjectWriter;

/// Answers a call: the revision that the execution runs, whatever came after it; for the child of a
/// Map Run the processor of its Map.
pub fn answer(call: &Call<'_>) -> Reply {
    let (arn, row) = find(call)?;
    let revision = call.app.catalog.revision(row.revision)?;
    let revision = revision.ok_or_else(|| gone(runtime::Error::DoesNotExist, arn))?;
    let with_data = call.text("includedData").is_none_or(|data| data != "METADATA_ONLY");
    let mut out = ObjectWriter::with_capacity(768 + revision.definition.len());
    let run = run_of(call, &row)?;
    let machine_arn =
        run.as_ref().map_or_else(|| revision.machine_arn.clone(), MapRun::machine_arn);
    out.text("stateMachineArn", &machine_arn);
    out.text("name", &revision.name);
    let map = run.as_ref().map(|run| (run.label.as_str(), run.state));
    show(&mut out, &revision, map, with_data);
    out.maybe_text("mapRunArn", run.as_ref().map(|run| run.arn.as_str()));
    out.time("updateDate", revision.created);
    Ok(out.finish())
}
