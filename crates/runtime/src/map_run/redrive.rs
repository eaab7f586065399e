//! The redrive of a Map Run: children that did not succeed run again, the others keep their results.

use std::collections::VecDeque;

use engine::Execution;
use store::{Cursor, ExecutionQuery, ExecutionRow, Scope, Status};
use tokio::sync::oneshot;

use super::counts::Counts;
use super::registry::Begin;
use super::{Child, MapRun, child};
use crate::executions::{Error, Executions};
use crate::message::{Message, Recovered};
use crate::read;

/// How many rows are read, and written, at a time.
const PAGE: usize = 1000;

/// Marks the children that are to run again as `PENDING_REDRIVE`; durable when it returns.
pub(super) async fn mark(
    executions: &Executions,
    run: &MapRun,
    counts: &mut Counts,
) -> Result<(), Error> {
    for status in [Status::Failed, Status::TimedOut, Status::Aborted] {
        let mut after = None;
        loop {
            let query = ExecutionQuery {
                status: Some(status),
                after,
                ..ExecutionQuery::oldest(Scope::MapRun(run.id), PAGE)
            };
            let rows = executions.list(&query)?;
            let Some(last) = rows.last() else { break };
            after = Some(Cursor::at(last));
            let mut marked = rows;
            marked.retain(|row| !child::is_beyond_redrive(row));
            for row in &mut marked {
                counts.moved(status, Status::PendingRedrive, child::items(row));
                row.status = Status::PendingRedrive;
            }
            put(executions, run, marked, false).await?;
        }
    }
    put(executions, run, Vec::new(), true).await
}

/// Writes rows of children that are closed.
async fn put(
    executions: &Executions,
    run: &MapRun,
    rows: Vec<ExecutionRow>,
    is_last: bool,
) -> Result<(), Error> {
    let (reply, done) = oneshot::channel();
    let message = Message::MarkRedrives { map_run: run.id, rows, is_last, reply };
    executions.shards().send(run.parent.shard_key, message);
    done.await.map_err(|_| Error::Stopping)
}

/// The children that are marked, read a page at a time.
#[derive(Default)]
pub(super) struct Redrives {
    rows: VecDeque<ExecutionRow>,
    after: Option<Cursor>,
    is_read: bool,
}

impl Redrives {
    /// The next one that is to run again.
    pub fn next(
        &mut self,
        executions: &Executions,
        map_run: i64,
    ) -> Result<Option<ExecutionRow>, Error> {
        if self.rows.is_empty() && !self.is_read {
            let query = ExecutionQuery {
                status: Some(Status::PendingRedrive),
                after: self.after,
                ..ExecutionQuery::oldest(Scope::MapRun(map_run), PAGE)
            };
            self.rows = executions.list(&query)?.into();
            self.is_read = self.rows.len() < PAGE;
            self.after = self.rows.back().map(Cursor::at);
        }
        Ok(self.rows.pop_front())
    }
}

/// Runs a child again: a Standard one from where it failed, an Express one from its start (AWS).
pub(super) fn redrive(
    executions: &Executions,
    begin: &Begin,
    row: ExecutionRow,
) -> Result<(), Error> {
    let shared = &executions.shards().shared;
    let key = crate::key::shard_key(row.machine, &row.name);
    let message = if row.express {
        Message::RestartChild(Box::new(restarted(executions, begin, row)?))
    } else {
        let Recovered { execution, revision, row, seq } = read::replayed(shared, row)?;
        Message::RedriveChild(Box::new(Recovered { execution, revision, row, seq }))
    };
    executions.shards().send(key, message);
    Ok(())
}

/// An Express child that starts once more, under its own name and ARN.
fn restarted(executions: &Executions, begin: &Begin, row: ExecutionRow) -> Result<Child, Error> {
    let shared = &executions.shards().shared;
    let input = executions.describe(row.id)?.input;
    let program = begin.revision.program().ok_or(Error::Unrunnable)?;
    let row = ExecutionRow {
        status: Status::Running,
        stop: None,
        redrive: Some(shared.clock.now().0),
        redrive_count: row.redrive_count + 1,
        ..row
    };
    let meta = child::meta_of(shared, &begin.revision, &begin.run, &row, input);
    let execution: Execution = child::rooted(program, meta, &begin.run);
    let (revision, test_case) = (begin.revision.clone(), begin.test_case.clone());
    Ok(Child { execution, revision, row, test_case })
}
