//! ListExecutions

use std::sync::Arc;

use runtime::catalog::{MachineType, Revision};
use smol_str::SmolStr;
use store::{Cursor, ExecutionQuery, ExecutionRow, Scope, Status};
use value::Timestamp;

use super::describe_execution::show_association;
use super::describe_map_run;
use crate::call::{Call, Reply};
use crate::error::Error;
use crate::json::ObjectWriter;
use crate::machine_arn::MachineArn;

/// Answers a call: executions, newest first, of a machine, of one of its versions or of an alias, or
/// the children of a Map Run.
pub fn answer(call: &Call<'_>) -> Reply {
    let Some(arn) = machine_arn(call)? else { return children(call) };
    let machine = arn.machine(call)?;
    if machine.current.machine_type == MachineType::Express {
        return Err(Error::StateMachineTypeNotSupported);
    }
    let query = ExecutionQuery {
        version: arn.version(),
        alias: arn.qualifier.filter(|_| arn.version().is_none()).map(SmolStr::new),
        ..ExecutionQuery::newest(Scope::Machine(machine.id), 0)
    };
    page(call, arn.given, query, |out, row| {
        out.text("executionArn", &machine.current.execution_arn(&row.name));
        out.text("stateMachineArn", &machine.arn);
        show(out, &machine.arn, row);
    })
}

/// The children of the Map Run that `mapRunArn` names.
fn children(call: &Call<'_>) -> Reply {
    let run = describe_map_run::find(call)?;
    let redriven = call.text("redriveFilter").map(|filter| filter == "REDRIVEN");
    let query = ExecutionQuery { redriven, ..ExecutionQuery::newest(Scope::MapRun(run.id), 0) };
    let mut revisions = Revisions::default();
    let machine_arn = run.machine_arn();
    page(call, &run.arn, query, |out, row| {
        if let Some(revision) = revisions.get(call, row.revision) {
            let arn = call.app.executions.map_child_arn(&revision, &run, row);
            out.text("executionArn", &arn);
        }
        out.text("stateMachineArn", &machine_arn);
        out.text("mapRunArn", &run.arn);
        out.int("itemCount", row.item_count.unwrap_or(1));
        let unlabelled = machine_arn.split_once('/').map_or(&*machine_arn, |(arn, _)| arn);
        show(out, unlabelled, row);
    })
}

/// The revision of the last row: all children of a run have the same.
#[derive(Default)]
struct Revisions(Option<(i64, Arc<Revision>)>);

impl Revisions {
    fn get(&mut self, call: &Call<'_>, id: i64) -> Option<Arc<Revision>> {
        if let Some((known, revision)) = &self.0
            && *known == id
        {
            return Some(revision.clone());
        }
        let revision = call.app.catalog.revision(id).ok().flatten()?;
        self.0 = Some((id, revision.clone()));
        Some(revision)
    }
}

/// A page of what `query` selects, as the request filters it.
fn page(
    call: &Call<'_>,
    arn: &str,
    query: ExecutionQuery,
    mut members: impl FnMut(&mut ObjectWriter, &ExecutionRow),
) -> Reply {
    let filter = |name| call.text(name).map_or("", |filter| filter.as_str());
    let (status, redrive) = (filter("statusFilter"), filter("redriveFilter"));
    let tokens = call.page_tokens("ListExecutions", &[arn, status, redrive]);
    let after = tokens.read(call.text("nextToken").map(|token| token.as_str()))?;
    let after = after.map(|place| cursor(&place).ok_or(Error::InvalidToken)).transpose()?;
    let size = call.page_size();
    let query =
        ExecutionQuery { status: Status::from_name(status), after, limit: size + 1, ..query };
    let mut rows = call.app.executions.list(&query)?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|row| tokens.issue(&place(Cursor::at(row))));
    let mut out = ObjectWriter::with_capacity(128 + 512 * rows.len());
    out.objects("executions", &rows, |out, row| members(out, row));
    out.maybe_text("nextToken", next.as_deref());
    Ok(out.finish())
}

/// What every execution has.
fn show(out: &mut ObjectWriter, machine_arn: &str, row: &ExecutionRow) {
    out.text("name", &row.name);
    out.text("status", row.status.name());
    out.time("startDate", Timestamp(row.start));
    out.maybe_time("stopDate", row.stop.map(Timestamp));
    show_association(out, machine_arn, row);
}

/// `stateMachineArn`, where the request has what goes with it; `None` if it has `mapRunArn`.
fn machine_arn<'a>(call: &Call<'a>) -> Result<Option<MachineArn<'a>>, Error> {
    match (call.text("stateMachineArn"), call.text("mapRunArn")) {
        (None, None) => Err(Error::MissingMember("Must provide a StateMachine ARN or MapRun ARN")),
        (Some(_), Some(_)) => {
            Err(Error::Validation("Must provide only one of StateMachine ARN and MapRun ARN"))
        }
        (None, Some(_)) => Ok(None),
        // Measured: both filters belong to Map Runs; the texts are ours.
        (Some(_), None) if call.text("redriveFilter").is_some() => {
            Err(Error::Validation("redriveFilter is only supported with a MapRun ARN"))
        }
        (Some(_), None) if call.text("statusFilter").is_some_and(|it| it == "PENDING_REDRIVE") => {
            Err(Error::Validation("PENDING_REDRIVE is only supported with a MapRun ARN"))
        }
        (Some(arn), None) => MachineArn::parse(arn)?.unlabeled().map(Some),
    }
}

fn place(cursor: Cursor) -> String {
    format!("{}:{}", cursor.start, cursor.id)
}

fn cursor(place: &str) -> Option<Cursor> {
    let (start, id) = place.split_once(':')?;
    Some(Cursor { start: start.parse().ok()?, id: id.parse().ok()? })
}
