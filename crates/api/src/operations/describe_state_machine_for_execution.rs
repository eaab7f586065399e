//! DescribeStateMachineForExecution

use super::describe_execution::{find, gone};
use super::describe_state_machine::show;
use crate::call::{Call, Reply};
use crate::json::ObjectWriter;

/// Answers a call: the revision that the execution runs, whatever came after it.
pub fn answer(call: &Call<'_>) -> Reply {
    let (arn, row) = find(call)?;
    let revision = call.app.catalog.revision(row.revision)?;
    let revision = revision.ok_or_else(|| gone(runtime::Error::DoesNotExist, arn))?;
    let with_data = call.text("includedData").is_none_or(|data| data != "METADATA_ONLY");
    let mut out = ObjectWriter::with_capacity(768 + revision.definition.len());
    out.text("stateMachineArn", &revision.machine_arn);
    out.text("name", &revision.name);
    show(&mut out, &revision, with_data);
    out.time("updateDate", revision.created);
    Ok(out.finish())
}
