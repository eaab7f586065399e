//! The results of a Map Run's children, from their rows and the ends of their journals.

use std::sync::Arc;

use engine::{Failure, MapScope, Outcome};
use items::Child as Record;
use items::write::{ChildStatus, Format, InlineResult, Redrive};
use store::{Cursor, ExecutionQuery, ExecutionRow, Scope, Status};
use value::{Payload, Timestamp, Value};

use super::{MapRun, child};
use crate::catalog::Revision;
use crate::executions::{Description, Error, Executions};

/// How many rows are read at a time.
const PAGE: usize = 1000;

/// Shows every child of the run, or those of one status, those that started first come first.
pub(super) fn each_child(
    executions: &Executions,
    map_run: i64,
    status: Option<Status>,
    visit: &mut dyn FnMut(ExecutionRow) -> Result<(), Error>,
) -> Result<(), Error> {
    let oldest = ExecutionQuery::oldest(Scope::MapRun(map_run), PAGE);
    let mut query = ExecutionQuery { status, ..oldest };
    loop {
        let rows = executions.list(&query)?;
        let Some(last) = rows.last() else { return Ok(()) };
        query.after = Some(Cursor::at(last));
        let was_last = rows.len() < PAGE;
        for row in rows {
            visit(row)?;
        }
        if was_last {
            return Ok(());
        }
    }
}

/// Shows every child of the run as result files show it, until `visit` fails.
pub(super) fn each_record<E>(
    executions: &Executions,
    revision: &Revision,
    run: &MapRun,
    visit: &mut dyn FnMut(&Record<'_>) -> Result<(), E>,
) -> Result<Result<(), E>, Error> {
    let mut visited = Ok(());
    let machine_arn = run.machine_arn();
    each_child(executions, run.id, None, &mut |row| {
        if visited.is_ok() {
            let described = executions.describe(row.id)?;
            let arn = child::arn_of(revision, run, &described.row);
            visited = visit(&record(&described, &arn, &machine_arn));
        }
        Ok(())
    })?;
    Ok(visited)
}

fn record<'d>(described: &'d Description, arn: &'d str, machine_arn: &'d str) -> Record<'d> {
    let Description { row, input, output, failure, .. } = described;
    let status = match row.status {
        Status::Succeeded => ChildStatus::Succeeded,
        Status::TimedOut => ChildStatus::TimedOut,
        Status::Aborted => ChildStatus::Aborted,
        // One that was to be redriven had failed before.
        Status::Failed | Status::Running | Status::PendingRedrive => ChildStatus::Failed,
    };
    let (redrive_status, reason) = match status {
        ChildStatus::Succeeded => {
            ("NOT_REDRIVABLE", Some("Execution is SUCCEEDED and cannot be redriven"))
        }
        _ if child::is_beyond_redrive(row) => {
            ("NOT_REDRIVABLE", Some("Execution has exceeded the maximum history event limit"))
        }
        _ => ("REDRIVABLE_BY_MAP_RUN", None),
    };
    let count = i64::from(row.redrive_count);
    let redrive = Redrive { count, status: redrive_status, reason };
    Record {
        status,
        execution_arn: arn,
        name: &row.name,
        state_machine_arn: machine_arn,
        input: input.text(),
        output: output.as_ref().map(Payload::text),
        error: failure.error.as_deref(),
        cause: failure.cause.as_deref(),
        start: Timestamp(row.start),
        stop: row.stop.map(Timestamp),
        redrive: (!row.express).then_some(redrive),
    }
}

/// The children of a run in the order of their items; `None` if their results would be too large
/// for a payload of `most` bytes, so that there are never many.
fn in_order(executions: &Executions, run: &MapRun, most: usize) -> Result<Option<Vec<i64>>, Error> {
    let mut children = Vec::new();
    let mut is_too_large = false;
    each_child(executions, run.id, None, &mut |row| {
        // Every result takes a byte, and a comma.
        is_too_large |= children.len() > most / 2;
        if !is_too_large {
            children.extend(child::first_index(run, &row.name).map(|index| (index, row.id)));
        }
        Ok(())
    })?;
    children.sort_unstable();
    Ok((!is_too_large).then(|| children.into_iter().map(|(_, id)| id).collect()))
}

/// The result of a run that writes no files. It is given up as soon as it is known to be too large,
/// so that it never takes much more room than a payload may.
pub(super) fn collected(
    executions: &Executions,
    revision: &Arc<Revision>,
    run: &MapRun,
    scope: &MapScope,
) -> Result<Result<Payload, Failure>, Error> {
    let most = executions.shards().shared.limits.payload_bytes;
    let Some(children) = in_order(executions, run, most)? else {
        return Ok(Err(scope.result_too_large()));
    };
    let writer = scope.map().and_then(|map| map.result_writer.as_ref());
    let Some(writer) = writer.filter(|writer| writer.has_config) else {
        return outputs(executions, children, most, scope);
    };
    let (kind, output) = (writer.transformation.as_deref(), writer.output_type.as_deref());
    let mut result = InlineResult::new(Format::new(kind, output, false), most);
    let machine_arn = run.machine_arn();
    for id in children {
        let described = executions.describe(id)?;
        let arn = child::arn_of(revision, run, &described.row);
        if result.push(&record(&described, &arn, &machine_arn)).is_err() {
            return Ok(Err(scope.result_too_large()));
        }
    }
    Ok(Ok(result.finish()))
}

/// The outputs of the children.
fn outputs(
    executions: &Executions,
    children: Vec<i64>,
    most: usize,
    scope: &MapScope,
) -> Result<Result<Payload, Failure>, Error> {
    let (mut outputs, mut bytes) = (Vec::with_capacity(children.len()), 2);
    for id in children {
        let output = match executions.describe(id)?.outcome() {
            Some(Outcome::Succeeded(output)) => output,
            Some(Outcome::Failed(it) | Outcome::Aborted(it) | Outcome::TimedOut(it)) => error(&it),
            None => continue,
        };
        bytes += output.text().len() + 1;
        if bytes > most + 1 {
            return Ok(Err(scope.result_too_large()));
        }
        outputs.push(output);
    }
    Ok(Ok(Payload::array_of(&outputs)))
}

/// What stands for a tolerated failure. That AWS puts the error there is known, its form is not.
fn error(failure: &Failure) -> Payload {
    let error = failure.error.as_ref().map_or(Value::Null, |it| Value::String(it.clone()));
    let cause = failure.cause.as_ref().map_or(Value::Null, Value::string);
    Payload::from_value(Value::object([("Error", error), ("Cause", cause)]))
}
