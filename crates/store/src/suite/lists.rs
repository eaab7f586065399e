//! Lists and counts of executions.

use super::sample::{closed, commit, ids, row};
use crate::{Cursor, ExecutionQuery, ExecutionRow, Scope, Status, Store, Write};

fn put(store: &dyn Store, rows: impl IntoIterator<Item = ExecutionRow>) {
    commit(store, &rows.into_iter().map(Write::PutExecution).collect::<Vec<_>>());
}

fn list(store: &dyn Store, query: &ExecutionQuery) -> Vec<i64> {
    ids(&store.list_executions(query).unwrap())
}

fn machine(limit: usize) -> ExecutionQuery {
    ExecutionQuery::newest(Scope::Machine(1), limit)
}

pub(super) fn newest_first_with_ties_by_id(store: &dyn Store) {
    let starts = [(1, 50), (2, 70), (3, 50), (4, 60), (5, 50)];
    put(store, starts.map(|(id, start)| ExecutionRow { start, ..row(id) }));
    put(store, [ExecutionRow { start: 50, ..closed(6, Status::Failed, 90) }]);
    put(store, [ExecutionRow { machine: 2, ..row(7) }]);
    assert_eq!(list(store, &machine(10)), [2, 4, 6, 5, 3, 1]);
    assert_eq!(list(store, &machine(2)), [2, 4]);
    assert_eq!(list(store, &machine(0)), [0; 0]);
    // Every cursor, also within the ties.
    let all = store.list_executions(&machine(usize::MAX)).unwrap();
    for (at, row) in all.iter().enumerate() {
        let query = ExecutionQuery { after: Some(Cursor::at(row)), ..machine(3) };
        let rest = &all[at + 1..];
        assert_eq!(store.list_executions(&query).unwrap(), rest[..rest.len().min(3)]);
    }
    // The same the other way round.
    let oldest = ExecutionQuery::oldest(Scope::Machine(1), 4);
    assert_eq!(list(store, &oldest), [1, 3, 5, 6]);
    for (at, row) in all.iter().enumerate() {
        let query = ExecutionQuery { after: Some(Cursor::at(row)), ..oldest.clone() };
        let rest: Vec<_> = all[..at].iter().rev().take(4).cloned().collect();
        assert_eq!(store.list_executions(&query).unwrap(), rest);
    }
}

pub(super) fn every_filter_alone_and_together(store: &dyn Store) {
    for id in 1..=60 {
        put(
            store,
            [ExecutionRow {
                status: Status::ALL[id as usize % 5],
                stop: (id % 5 != 0).then_some(id),
                version: (id % 2 == 0).then_some(id % 4),
                alias: (id % 4 == 0)
                    .then(|| if id % 8 == 0 { "live".into() } else { "test".into() }),
                redrive_count: u32::from(id % 3 == 0),
                ..row(id)
            }],
        );
    }
    for status in Status::ALL.map(Some).into_iter().chain([None]) {
        for version in [None, Some(0), Some(2), Some(99)] {
            for alias in [None, Some("live".into()), Some("none".into())] {
                for redriven in [None, Some(true), Some(false)] {
                    let alias = alias.clone();
                    let query = ExecutionQuery { status, version, alias, redriven, ..machine(7) };
                    check(store, &query);
                }
            }
        }
    }
}

fn check(store: &dyn Store, query: &ExecutionQuery) {
    let rows = (1..=60).rev().filter_map(|id| store.execution(id).unwrap());
    let expected: Vec<_> = rows.filter(|row| query.selects(row)).collect();
    let mut paged = Vec::new();
    let mut query = query.clone();
    loop {
        let page = store.list_executions(&query).unwrap();
        assert!(page.len() <= query.limit);
        let Some(last) = page.last() else { break };
        query.after = Some(Cursor::at(last));
        paged.extend(page);
    }
    assert_eq!(paged, expected, "{query:?}");
    let counts = store.count_executions(&query).unwrap();
    assert_eq!(counts.total(), expected.len() as u64, "{query:?}");
    for status in Status::ALL {
        let count = expected.iter().filter(|row| row.status == status).count();
        assert_eq!(counts.get(status), count as u64, "{status:?} of {query:?}");
    }
}

pub(super) fn children_are_listed_with_their_map_run_only(store: &dyn Store) {
    let child = |id, map_run, status| ExecutionRow {
        map_run: Some(map_run),
        item_count: Some(1),
        status,
        redrive_count: u32::from(id == 4),
        version: (id == 3).then_some(8),
        alias: (id == 3).then(|| "live".into()),
        ..row(id)
    };
    put(store, [row(1), child(2, 5, Status::Running), child(3, 5, Status::PendingRedrive)]);
    put(store, [child(4, 5, Status::Failed), child(5, 6, Status::Failed)]);
    assert_eq!(list(store, &machine(10)), [1]);
    let run = ExecutionQuery::newest(Scope::MapRun(5), 10);
    assert_eq!(list(store, &run), [4, 3, 2]);
    let pending = ExecutionQuery { status: Some(Status::PendingRedrive), ..run.clone() };
    assert_eq!(list(store, &pending), [3]);
    assert_eq!(list(store, &ExecutionQuery { redriven: Some(true), ..run.clone() }), [4]);
    assert_eq!(list(store, &ExecutionQuery { version: Some(8), ..run.clone() }), [3]);
    assert_eq!(store.count_executions(&run).unwrap().total(), 3);
    assert_eq!(list(store, &ExecutionQuery { alias: Some("live".into()), ..run }), [3]);
    assert_eq!(store.count_executions(&machine(1)).unwrap().total(), 1);
    // The machine's own lists by version, alias and redrive do not show children either.
    assert_eq!(list(store, &ExecutionQuery { redriven: Some(true), ..machine(9) }), [0; 0]);
    assert_eq!(list(store, &ExecutionQuery { version: Some(8), ..machine(9) }), [0; 0]);
    assert_eq!(list(store, &ExecutionQuery { alias: Some("live".into()), ..machine(9) }), [0; 0]);
    assert_eq!(ids(&[store.find_execution(1, "execution-4").unwrap().unwrap()]), [4]);
}

pub(super) fn a_cursor_survives_changes(store: &dyn Store) {
    put(store, (1..=10).map(row));
    let first = store.list_executions(&machine(4)).unwrap();
    assert_eq!(ids(&first), [10, 9, 8, 7]);
    let after = first.last().map(Cursor::at);
    // The row of the cursor goes, newer rows come, an older row changes its status.
    commit(store, &[Write::DeleteExecution { id: 7 }]);
    put(store, [row(11), row(12), closed(5, Status::TimedOut, 9)]);
    assert_eq!(list(store, &ExecutionQuery { after, ..machine(4) }), [6, 5, 4, 3]);
}
