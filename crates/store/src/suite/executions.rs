//! Rows of executions, by id, name, openness and end.

use super::sample::{closed, commit, ids, open, record, row};
use crate::{
    Error, ExecutionQuery, ExecutionRow, JournalRecord, Kind, Scope, Status, StatusCounts, Store,
    Write,
};

fn full(id: i64) -> ExecutionRow {
    ExecutionRow {
        id,
        machine: i64::MAX,
        revision: i64::MAX - 1,
        name: "a name longer than what fits into a small string, with é and 😀".into(),
        status: Status::PendingRedrive,
        start: -5,
        stop: Some(i64::MAX),
        last_event: u64::MAX / 2,
        version: Some(7),
        alias: Some("live".into()),
        map_run: Some(9),
        item_count: Some(0),
        redrive_count: u32::MAX,
        redrive: Some(0),
        express: true,
        trace_header: Some("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1".into()),
    }
}

pub(super) fn every_field_comes_back(store: &dyn Store) {
    commit(store, &[Write::PutExecution(full(3)), Write::PutExecution(row(4))]);
    assert_eq!(store.execution(3).unwrap(), Some(full(3)));
    assert_eq!(store.execution(4).unwrap(), Some(row(4)));
    assert_eq!(store.execution(5).unwrap(), None);
    assert_eq!(store.max_execution_id().unwrap(), 4);
    for status in Status::ALL {
        commit(store, &[Write::PutExecution(ExecutionRow { status, ..row(6) })]);
        assert_eq!(store.execution(6).unwrap().unwrap().status, status);
        assert_eq!(Status::from_name(status.name()), Some(status));
        assert_eq!(Status::from_code(status.code().into()), Some(status));
    }
}

/// Also the fields that do not change in the life of an execution.
pub(super) fn a_row_is_replaced_whole(store: &dyn Store) {
    let with_journal = [Write::PutExecution(row(1)), Write::Append(record(1, 0, 1, 5))];
    commit(store, &with_journal);
    let over = ExecutionRow { last_event: 8, ..closed(1, Status::Failed, 1_500) };
    commit(store, &[Write::PutExecution(over.clone())]);
    assert_eq!(store.execution(1).unwrap(), Some(over.clone()));
    for other in [
        ExecutionRow { machine: 2, ..over.clone() },
        ExecutionRow { name: "other".into(), ..over.clone() },
        ExecutionRow { trace_header: Some("x".into()), ..over.clone() },
        ExecutionRow { map_run: Some(4), item_count: Some(1), ..over.clone() },
        ExecutionRow { alias: Some("a".into()), version: Some(1), start: 7, ..over },
        full(1),
        row(1),
    ] {
        commit(store, &[Write::PutExecution(other.clone())]);
        assert_eq!(store.execution(1).unwrap(), Some(other.clone()));
        let query = ExecutionQuery::newest(Scope::of(&other), 10);
        assert_eq!(store.list_executions(&query).unwrap(), std::slice::from_ref(&other));
        let found = store.find_execution(other.machine, &other.name).unwrap();
        assert_eq!(found, (!other.express).then_some(other));
    }
    assert_eq!(store.find_execution(1, "other").unwrap(), None);
    assert_eq!(store.journal(1, 0..=u64::MAX).unwrap(), [record(1, 0, 1, 5)]);
}

pub(super) fn names_find_standard_executions_only(store: &dyn Store) {
    let named = |id, machine, name: &str, express| {
        let name = name.into();
        Write::PutExecution(ExecutionRow { id, machine, name, express, ..row(id) })
    };
    commit(store, &[named(1, 1, "n", false), named(2, 2, "n", false), named(3, 3, "n", true)]);
    commit(store, &[named(4, 3, "n", true), named(5, 2, "N", false), named(6, 1, "twice", false)]);
    commit(store, &[named(7, 1, "twice", false)]);
    let find = |machine, name| store.find_execution(machine, name).unwrap().map(|row| row.id);
    assert_eq!(find(1, "n"), Some(1));
    assert_eq!(find(2, "n"), Some(2));
    assert_eq!(find(3, "n"), None);
    assert_eq!(find(2, "N"), Some(5));
    assert_eq!(find(1, "N"), None);
    assert_eq!(find(1, ""), None);
    assert_eq!(find(1, "twice"), Some(7));
    commit(store, &[Write::DeleteExecution { id: 7 }, Write::DeleteExecution { id: 1 }]);
    assert_eq!(find(1, "twice"), Some(6));
    assert_eq!(find(1, "n"), None);
}

pub(super) fn open_executions_are_shown_by_id(store: &dyn Store) {
    // More than a page of them, put in an order that is not theirs.
    let count = 2_500;
    let put = |id| {
        Write::PutExecution(match id % 3 {
            0 => closed(id, Status::Aborted, 5),
            1 => ExecutionRow { status: Status::PendingRedrive, ..row(id) },
            _ => row(id),
        })
    };
    let writes: Vec<_> = (1..=count).rev().map(put).collect();
    commit(store, &writes);
    assert_eq!(ids(&open(store)), (1..=count).filter(|id| id % 3 == 2).collect::<Vec<_>>());
}

pub(super) fn visiting_may_commit_and_may_stop(store: &dyn Store) {
    commit(store, &[1, 2, 3].map(|id| Write::PutExecution(row(id))));
    let mut seen = 0;
    let stopped = store.open_executions(&mut |row| {
        seen += 1;
        store.commit(&[Write::PutExecution(closed(row.id, Status::Failed, 9))])?;
        if row.id == 2 { Err(Error::Invalid("enough".to_owned())) } else { Ok(()) }
    });
    assert!(matches!(stopped, Err(Error::Invalid(_))));
    assert_eq!(seen, 2);
    assert_eq!(ids(&open(store)), [3]);
}

pub(super) fn closed_executions_are_found_by_stop(store: &dyn Store) {
    let stops = [(1, 30), (2, 10), (3, 20), (4, 10)];
    commit(store, &stops.map(|(id, at)| Write::PutExecution(closed(id, Status::Succeeded, at))));
    commit(store, &[Write::PutExecution(row(5))]);
    assert_eq!(store.closed_before(30, 10).unwrap(), [2, 4, 3]);
    assert_eq!(store.closed_before(31, 10).unwrap(), [2, 4, 3, 1]);
    assert_eq!(store.closed_before(31, 2).unwrap(), [2, 4]);
    assert_eq!(store.closed_before(10, 10).unwrap(), [0; 0]);
    // Redriven: it is open again.
    commit(store, &[Write::PutExecution(row(2)), Write::DeleteExecution { id: 3 }]);
    assert_eq!(store.closed_before(i64::MAX, 10).unwrap(), [4, 1]);
}

pub(super) fn revisions_are_those_of_stored_executions(store: &dyn Store) {
    let of = |id, revision| Write::PutExecution(ExecutionRow { revision, ..row(id) });
    commit(store, &[of(1, 7), of(2, 5), of(3, 7), of(4, 9)]);
    commit(store, &[Write::DeleteExecution { id: 4 }]);
    assert_eq!(store.revisions().unwrap().into_iter().collect::<Vec<_>>(), [5, 7]);
}

pub(super) fn a_batch_is_applied_in_order(store: &dyn Store) {
    let document = |body: &str| {
        let body = body.as_bytes().to_vec();
        Write::PutDocument { kind: Kind::Meta, key: "k".to_owned(), body }
    };
    commit(
        store,
        &[
            Write::PutExecution(row(1)),
            Write::Append(record(1, 0, 1, 2)),
            Write::DeleteExecution { id: 1 },
            Write::Append(record(1, 0, 1, 3)),
            Write::PutExecution(closed(1, Status::Failed, 4)),
            document("a"),
            Write::DeleteDocument { kind: Kind::Meta, key: "k".to_owned() },
            document("b"),
            document("c"),
        ],
    );
    assert_eq!(store.execution(1).unwrap(), Some(closed(1, Status::Failed, 4)));
    assert_eq!(store.journal(1, 0..=u64::MAX).unwrap(), [record(1, 0, 1, 3)]);
    assert_eq!(store.document(Kind::Meta, "k").unwrap(), Some(b"c".to_vec()));
    commit(store, &[]);
}

pub(super) fn a_refused_batch_leaves_nothing(store: &dyn Store) {
    let bad = JournalRecord { last_event: u64::MAX, ..record(1, 0, 1, 5) };
    let refused = store.commit(&[Write::PutExecution(row(1)), Write::Append(bad)]);
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    assert_eq!(store.execution(1).unwrap(), None);
    commit(store, &[Write::PutExecution(row(2))]);
    assert_eq!(store.execution(2).unwrap(), Some(row(2)));
    assert_eq!(store.execution(1).unwrap(), None);
}

pub(super) fn an_empty_store_answers_everything(store: &dyn Store) {
    let query = ExecutionQuery::newest(Scope::Machine(1), 10);
    assert_eq!(store.max_execution_id().unwrap(), 0);
    assert_eq!(store.list_executions(&query).unwrap(), []);
    assert_eq!(store.count_executions(&query).unwrap(), StatusCounts::default());
    assert_eq!(store.closed_before(i64::MAX, 1).unwrap(), [0; 0]);
    assert!(store.revisions().unwrap().is_empty());
    assert_eq!(store.journal_last(1).unwrap(), None);
    assert_eq!(store.documents(Kind::Meta).unwrap(), []);
    commit(store, &[Write::DeleteExecution { id: 1 }]);
}
