//! DescribeExecution

use runtime::arn::{Arn, Resource};
use smol_str::SmolStr;
use store::ExecutionRow;
use value::Timestamp;

use super::redrive_execution::refusal;
use crate::call::{Call, Reply};
use crate::error::Error;
use crate::json::ObjectWriter;

/// Answers a call.
pub fn answer(call: &Call<'_>) -> Reply {
    let (arn, row) = find(call)?;
    let description = call.app.executions.describe(row.id).map_err(|error| gone(error, arn))?;
    let (row, failure) = (&description.row, &description.failure);
    let machine = call.app.catalog.machine_by_id(row.machine);
    let with_data = call.text("includedData").is_none_or(|data| data != "METADATA_ONLY");
    let output = description.output.as_ref();
    let payloads = description.input.text().len() + output.map_or(0, |it| it.text().len());
    let mut out = ObjectWriter::with_capacity(1024 + payloads);
    out.text("executionArn", arn);
    out.text("stateMachineArn", &description.revision.machine_arn);
    out.text("name", &row.name);
    out.text("status", row.status.name());
    out.time("startDate", Timestamp(row.start));
    out.maybe_time("stopDate", row.stop.map(Timestamp));
    if with_data {
        out.text("input", description.input.text());
        out.maybe_text("output", output.map(|output| output.text()));
    }
    out.object("inputDetails", |out| out.flag("included", with_data));
    // Recorded: a failed Standard execution has none (`test_state_fail_empty`).
    if output.is_some() {
        out.object("outputDetails", |out| out.flag("included", with_data));
    }
    out.maybe_text("error", failure.error.as_deref());
    out.maybe_text("cause", failure.cause.as_deref());
    out.maybe_text("traceHeader", row.trace_header.as_deref());
    show_association(&mut out, &description.revision.machine_arn, row);
    let is_deleted = machine.is_none_or(|machine| machine.deleting);
    let reason = refusal(row, is_deleted, call.now());
    out.text("redriveStatus", if reason.is_none() { "REDRIVABLE" } else { "NOT_REDRIVABLE" });
    out.maybe_text("redriveStatusReason", reason.as_deref());
    Ok(out.finish())
}

/// Writes the version and alias that an execution was started with, and its redrives.
pub(super) fn show_association(out: &mut ObjectWriter, machine_arn: &str, row: &ExecutionRow) {
    if let Some(version) = row.version {
        out.text("stateMachineVersionArn", &format!("{machine_arn}:{version}"));
    }
    if let Some(alias) = &row.alias {
        out.text("stateMachineAliasArn", &format!("{machine_arn}:{alias}"));
    }
    out.int("redriveCount", i64::from(row.redrive_count));
    out.maybe_time("redriveDate", row.redrive.map(Timestamp));
}

/// `executionArn` and the row of the Standard execution that it names.
pub(crate) fn find<'a>(call: &Call<'a>) -> Result<(&'a SmolStr, ExecutionRow), Error> {
    let given = call.required("executionArn");
    let arn = Arn::parse(given)?;
    let Resource::Execution { machine: machine_name, name, .. } = arn.resource else {
        return Err(arn.wrong_type().into());
    };
    let resource = Resource::StateMachine {
        name: machine_name,
        label: None,
        qualifier: None,
        test_case: None,
    };
    let missing = || Error::ExecutionDoesNotExist(given.clone());
    let machine = call.app.catalog.machine(&arn.with(resource).to_string()).ok_or_else(missing)?;
    let row = call.app.executions.find(machine.id, name)?.ok_or_else(missing)?;
    Ok((given, row))
}

/// The error of an execution that was there a moment ago.
pub(super) fn gone(error: runtime::Error, arn: &SmolStr) -> Error {
    match error {
        runtime::Error::DoesNotExist => Error::ExecutionDoesNotExist(arn.clone()),
        other => other.into(),
    }
}
