//! Rows, records and batches for the cases, and everything a store says in one value.

use crate::{
    ExecutionQuery, ExecutionRow, JournalRecord, Kind, Scope, Status, StatusCounts, Store, Write,
};

/// A running Standard execution of machine 1.
#[must_use]
pub fn row(id: i64) -> ExecutionRow {
    ExecutionRow {
        id,
        machine: 1,
        revision: 1,
        name: format!("execution-{id}").into(),
        status: Status::Running,
        start: 1_000 + id,
        stop: None,
        last_event: 5,
        version: None,
        alias: None,
        map_run: None,
        item_count: None,
        redrive_count: 0,
        redrive: None,
        express: false,
        trace_header: None,
    }
}

/// A closed execution.
#[must_use]
pub fn closed(id: i64, status: Status, stop: i64) -> ExecutionRow {
    ExecutionRow { status, stop: Some(stop), ..row(id) }
}

/// A journal record whose body tells where it belongs.
#[must_use]
pub fn record(execution: i64, seq: u32, first_event: u64, last_event: u64) -> JournalRecord {
    let body = format!("{execution}/{seq}").into_bytes();
    JournalRecord { execution, seq, first_event, last_event, body }
}

/// Commits, and fails the case if that fails.
pub fn commit(store: &dyn Store, batch: &[Write]) {
    store.commit(batch).unwrap();
}

/// The ids of rows, for short comparisons.
#[must_use]
pub fn ids(rows: &[ExecutionRow]) -> Vec<i64> {
    rows.iter().map(|row| row.id).collect()
}

/// Every open execution.
#[must_use]
pub fn open(store: &dyn Store) -> Vec<ExecutionRow> {
    let mut open = Vec::new();
    let visited = store.open_executions(&mut |row| {
        open.push(row);
        Ok(())
    });
    visited.unwrap();
    open
}

/// A life of executions in batches: started, moved on, closed, redriven, deleted.
#[must_use]
pub fn batches() -> Vec<Vec<Write>> {
    let counter = |batch: i64| Write::PutDocument {
        kind: Kind::Meta,
        key: "counter".to_owned(),
        body: batch.to_string().into_bytes(),
    };
    let mut batches = Vec::new();
    for batch in 1..=12 {
        let mut writes = vec![counter(batch), Write::PutExecution(row(batch))];
        writes.push(Write::Append(record(batch, 0, 1, 5)));
        if batch > 2 {
            let over = closed(batch - 2, Status::Succeeded, 2_000 + batch);
            writes.push(Write::PutExecution(ExecutionRow { last_event: 9, ..over }));
            writes.push(Write::Append(record(batch - 2, 1, 6, 9)));
        }
        if batch > 6 {
            writes.push(Write::DeleteExecution { id: batch - 6 });
        }
        if batch % 4 == 0 {
            writes.push(Write::DeleteDocument { kind: Kind::Meta, key: "counter".to_owned() });
        }
        batches.push(writes);
    }
    batches
}

/// Everything a store says about what [`batches`] put into it.
#[derive(Debug, PartialEq, Eq)]
pub struct Dump {
    documents: Vec<Vec<(String, Vec<u8>)>>,
    executions: Vec<Option<ExecutionRow>>,
    journals: Vec<Vec<JournalRecord>>,
    list: Vec<ExecutionRow>,
    counts: StatusCounts,
    open: Vec<i64>,
    closed: Vec<i64>,
    max: i64,
}

/// Asks a store for everything.
#[must_use]
pub fn dump(store: &dyn Store) -> Dump {
    let query = ExecutionQuery::newest(Scope::Machine(1), usize::MAX);
    let known = 1..=20;
    Dump {
        documents: Kind::ALL.map(|kind| store.documents(kind).unwrap()).into(),
        executions: known.clone().map(|id| store.execution(id).unwrap()).collect(),
        journals: known.map(|id| store.journal(id, 0..=u64::MAX).unwrap()).collect(),
        list: store.list_executions(&query).unwrap(),
        counts: store.count_executions(&query).unwrap(),
        open: ids(&open(store)),
        closed: store.closed_before(i64::MAX, usize::MAX).unwrap(),
        max: store.max_execution_id().unwrap(),
    }
}
