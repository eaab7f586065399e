//! What the store knows of executions: descriptions, histories, and replays.

use std::sync::Arc;

use engine::{Event, EventKind, Execution, Failure};
use smol_str::SmolStr;
use store::{ExecutionRow, JournalRecord};
use value::{Payload, Value};

use crate::catalog::Revision;
use crate::executions::{Description, Error, History};
use crate::map_run::{self, MapRun};
use crate::message::Recovered;
use crate::shards::{Shared, meta_of};

/// Everything DescribeExecution shows: the row, and the two ends of the journal.
pub(crate) fn describe(shared: &Shared, id: i64) -> Result<Description, Error> {
    let row = shared.store.execution(id)?.ok_or(Error::DoesNotExist)?;
    let revision = revision(shared, &row)?;
    let first = shared.store.journal(id, 1..=1)?;
    let last = match row.stop {
        Some(_) => shared.store.journal_last(id)?,
        None => None,
    };
    let mut input = None;
    for event in decode_all(id, &first)? {
        if let EventKind::ExecutionStarted { input: payload } = event.kind {
            input = Some(payload);
        }
    }
    let (mut output, mut failure) = (None, Failure::default());
    if let Some(last) = last
        && let Some(event) = decode(id, &last)?.pop()
    {
        match event.kind {
            EventKind::ExecutionSucceeded { output: payload } => output = Some(payload),
            EventKind::ExecutionFailed(own)
            | EventKind::ExecutionAborted(own)
            | EventKind::ExecutionTimedOut(own) => failure = own,
            _ => {}
        }
    }
    let input = input.unwrap_or_else(|| Payload::from_value(Value::Null));
    Ok(Description { row, revision, input, output, failure })
}

/// The public events of the turns that hold any with ids in `from..=to`.
pub(crate) fn history(shared: &Shared, id: i64, from: u64, to: u64) -> Result<History, Error> {
    let row = shared.store.execution(id)?.ok_or(Error::DoesNotExist)?;
    let revision = revision(shared, &row)?;
    let records = shared.store.journal(id, from..=to)?;
    let mut events = decode_all(id, &records)?;
    events.retain(|event| event.kind.is_public());
    Ok(History { revision, row, events })
}

/// The execution as its journal left it.
pub(crate) fn replayed(shared: &Shared, row: ExecutionRow) -> Result<Recovered, Error> {
    let records = shared.store.journal(row.id, 0..=u64::MAX)?;
    let seq = records.last().map_or(0, |record| record.seq + 1);
    let events = decode_all(row.id, &records)?;
    let revision = revision(shared, &row)?;
    let program = revision.program().ok_or(Error::Unrunnable)?;
    let input = events.iter().find_map(|event| match &event.kind {
        EventKind::ExecutionStarted { input } => Some(input.clone()),
        _ => None,
    });
    let input = input.unwrap_or_else(|| Payload::from_value(Value::Null));
    // An Express execution runs from its start again.
    let events = if row.express { Vec::new() } else { events };
    let seq = if row.express { 2 } else { seq };
    let mut execution = match map_run_of(shared, &row)? {
        Some(run) => {
            let meta = map_run::meta_of(shared, &revision, &run, &row, input);
            map_run::rooted(program, meta, &run)
        }
        None => {
            let meta = meta_of(shared, &revision, &row, arn(&revision, &row), input);
            Execution::new(program, Arc::new(meta))
        }
    };
    for event in &events {
        execution.fold(event);
    }
    Ok(Recovered { execution, revision, row, seq })
}

/// The Map Run whose child an execution is.
pub(crate) fn map_run_of(shared: &Shared, row: &ExecutionRow) -> Result<Option<MapRun>, Error> {
    match row.map_run {
        Some(id) => Ok(map_run::get(&*shared.store, id)?),
        None => Ok(None),
    }
}

/// The ARN of an execution. That of an Express execution holds an id that is its own; it follows
/// from the row's number when it is run again.
fn arn(revision: &Revision, row: &ExecutionRow) -> SmolStr {
    if row.express {
        let id = value::uuid::v4(u128::from(row.id.unsigned_abs()) << 64);
        revision.express_arn(&row.name, &id)
    } else {
        revision.execution_arn(&row.name)
    }
}

fn revision(shared: &Shared, row: &ExecutionRow) -> Result<Arc<Revision>, Error> {
    shared.catalog.revision(row.revision)?.ok_or(Error::DoesNotExist)
}

fn decode(id: i64, record: &JournalRecord) -> Result<Vec<Event>, Error> {
    engine::codec::decode(&record.body).map_err(|error| Error::Journal(id, error))
}

fn decode_all(id: i64, records: &[JournalRecord]) -> Result<Vec<Event>, Error> {
    let mut events = Vec::new();
    for record in records {
        events.append(&mut decode(id, record)?);
    }
    Ok(events)
}
