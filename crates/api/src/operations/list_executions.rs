//! ListExecutions

use runtime::catalog::MachineType;
use smol_str::SmolStr;
use store::{Cursor, ExecutionQuery, Scope, Status};
use value::Timestamp;

use super::describe_execution::show_association;
use crate::call::{Call, Reply};
use crate::error::Error;
use crate::json::ObjectWriter;
use crate::machine_arn::MachineArn;

/// Answers a call: executions, newest first, of a machine, of one of its versions or of an alias.
pub fn answer(call: &Call<'_>) -> Reply {
    let arn = machine_arn(call)?;
    let machine = arn.machine(call)?;
    if machine.current.machine_type == MachineType::Express {
        return Err(Error::StateMachineTypeNotSupported);
    }
    let status = call.text("statusFilter").map(|status| status.as_str());
    let tokens = call.page_tokens("ListExecutions", &[arn.given, status.unwrap_or("")]);
    let after = tokens.read(call.text("nextToken").map(|token| token.as_str()))?;
    let after = after.map(|place| cursor(&place).ok_or(Error::InvalidToken)).transpose()?;
    let size = call.page_size();
    let query = ExecutionQuery {
        status: status.and_then(Status::from_name),
        version: arn.version(),
        alias: arn.qualifier.filter(|_| arn.version().is_none()).map(SmolStr::new),
        after,
        ..ExecutionQuery::newest(Scope::Machine(machine.id), size + 1)
    };
    let mut rows = call.app.executions.list(&query)?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|row| tokens.issue(&place(Cursor::at(row))));
    let mut out = ObjectWriter::with_capacity(128 + 512 * rows.len());
    out.objects("executions", &rows, |out, row| {
        out.text("executionArn", &machine.current.execution_arn(&row.name));
        out.text("stateMachineArn", &machine.arn);
        out.text("name", &row.name);
        out.text("status", row.status.name());
        out.time("startDate", Timestamp(row.start));
        out.maybe_time("stopDate", row.stop.map(Timestamp));
        show_association(out, &machine.arn, row);
    });
    out.maybe_text("nextToken", next.as_deref());
    Ok(out.finish())
}

/// `stateMachineArn`, where the request has what goes with it. There are no Map Runs to list the
/// children of.
fn machine_arn<'a>(call: &Call<'a>) -> Result<MachineArn<'a>, Error> {
    match (call.text("stateMachineArn"), call.text("mapRunArn")) {
        (None, None) => Err(Error::MissingMember("Must provide a StateMachine ARN or MapRun ARN")),
        (Some(_), Some(_)) => {
            Err(Error::Validation("Must provide only one of StateMachine ARN and MapRun ARN"))
        }
        (None, Some(_)) => Err(Error::ResourceNotFound),
        // Measured: both filters belong to Map Runs; the texts are ours.
        (Some(_), None) if call.text("redriveFilter").is_some() => {
            Err(Error::Validation("redriveFilter is only supported with a MapRun ARN"))
        }
        (Some(_), None) if call.text("statusFilter").is_some_and(|it| it == "PENDING_REDRIVE") => {
            Err(Error::Validation("PENDING_REDRIVE is only supported with a MapRun ARN"))
        }
        (Some(arn), None) => MachineArn::parse(arn)?.unlabeled(),
    }
}

fn place(cursor: Cursor) -> String {
    format!("{}:{}", cursor.start, cursor.id)
}

fn cursor(place: &str) -> Option<Cursor> {
    let (start, id) = place.split_once(':')?;
    Some(Cursor { start: start.parse().ok()?, id: id.parse().ok()? })
}
