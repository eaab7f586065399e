//! DescribeExecution

use runtime::MapRun;
use runtime::arn::{Arn, Resource};
use runtime::redrivable::refusal;
use smol_str::SmolStr;
use store::{ExecutionRow, Status};
use value::Timestamp;

use crate::call::{Call, Reply};
use crate::error::Error;
use crate::json::ObjectWriter;

/// Answers a call.
pub fn answer(call: &Call<'_>) -> Reply {
    let (arn, row) = find_any(call)?;
    let description = call.app.executions.describe(row.id).map_err(|error| gone(error, arn))?;
    let (row, failure) = (&description.row, &description.failure);
    let machine = call.app.catalog.machine_by_id(row.machine);
    let with_data = call.text("includedData").is_none_or(|data| data != "METADATA_ONLY");
    let output = description.output.as_ref();
    let payloads = description.input.text().len() + output.map_or(0, |it| it.text().len());
    let mut out = ObjectWriter::with_capacity(1024 + payloads);
    let run = run_of(call, row)?;
    let unlabelled = &description.revision.machine_arn;
    let machine_arn = run.as_ref().map_or_else(|| unlabelled.clone(), MapRun::machine_arn);
    out.text("executionArn", arn);
    out.text("stateMachineArn", &machine_arn);
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
    // Measured: that it was States.Timeout is told by the history alone.
    if row.status != Status::TimedOut {
        out.maybe_text("error", failure.error.as_deref());
        out.maybe_text("cause", failure.cause.as_deref());
    }
    out.maybe_text("traceHeader", row.trace_header.as_deref());
    out.maybe_text("mapRunArn", run.as_ref().map(|run| run.arn.as_str()));
    show_association(&mut out, unlabelled, row);
    let is_deleted = machine.is_none_or(|machine| machine.deleting);
    let reason = refusal(row, is_deleted, call.now());
    let status = match (&reason, &run) {
        (Some(_), _) => "NOT_REDRIVABLE",
        (None, Some(_)) => "REDRIVABLE_BY_MAP_RUN",
        (None, None) => "REDRIVABLE",
    };
    out.text("redriveStatus", status);
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
    let Resource::Execution { machine: machine_name, label, name } = arn.resource else {
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
    if run_of(call, &row)?.as_ref().map(|run| run.label.as_str()) != label {
        return Err(missing());
    }
    Ok((given, row))
}

/// As [`find`], or the row of an Express execution, if a Map Run has started it.
fn find_any<'a>(call: &Call<'a>) -> Result<(&'a SmolStr, ExecutionRow), Error> {
    let given = call.required("executionArn");
    let Resource::Express { label: Some(_), id, .. } = Arn::parse(given)?.resource else {
        return find(call);
    };
    let row = call.app.executions.express_child(given, id)?;
    Ok((given, row.ok_or_else(|| Error::ExecutionDoesNotExist(given.clone()))?))
}

/// The Map Run that has started an execution.
pub(super) fn run_of(call: &Call<'_>, row: &ExecutionRow) -> Result<Option<MapRun>, Error> {
    Ok(row.map_run.map(|run| call.app.executions.map_run_by_id(run)).transpose()?.flatten())
}

/// The error of an execution that was there a moment ago.
pub(super) fn gone(error: runtime::Error, arn: &SmolStr) -> Error {
    match error {
        runtime::Error::DoesNotExist => Error::ExecutionDoesNotExist(arn.clone()),
        other => other.into(),
    }
}
