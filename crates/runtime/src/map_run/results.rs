//! The result of a Map Run: the outputs of its children, in the order of their items.

use engine::{Failure, MapScope, Outcome};
use store::{Cursor, ExecutionQuery, ExecutionRow, Scope, Status};
use value::{Payload, Value};

use super::{MapRun, child};
use crate::executions::{Error, Executions};

/// How many rows are read at a time.
const PAGE: usize = 1000;

/// Shows every child of the run, or those of one status, newest first.
pub(super) fn each_child(
    executions: &Executions,
    map_run: i64,
    status: Option<Status>,
    visit: &mut dyn FnMut(ExecutionRow) -> Result<(), Error>,
) -> Result<(), Error> {
    let newest = ExecutionQuery::newest(Scope::MapRun(map_run), PAGE);
    let mut query = ExecutionQuery { status, ..newest };
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

/// The result of a run that has no `ResultWriter`. It is given up as soon as it is known to be too
/// large, so that it never takes much more room than a payload may.
pub(super) fn collected(
    executions: &Executions,
    run: &MapRun,
    scope: &MapScope,
) -> Result<Result<Payload, Failure>, Error> {
    let most = executions.shards().shared.limits.payload_bytes;
    let mut children = Vec::new();
    let mut is_too_large = false;
    each_child(executions, run.id, None, &mut |row| {
        // Every output takes a byte, and a comma.
        is_too_large |= children.len() > most / 2;
        if !is_too_large {
            children.extend(child::first_index(run, &row.name).map(|index| (index, row.id)));
        }
        Ok(())
    })?;
    if is_too_large {
        return Ok(Err(scope.result_too_large()));
    }
    children.sort_unstable();
    let (mut outputs, mut bytes) = (Vec::with_capacity(children.len()), 2);
    for (_, id) in children {
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
