//! Reads beside commits and deletions.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use super::sample::{closed, commit, record};
use crate::{ExecutionQuery, Kind, Scope, Status, Store, Write};

/// Executions that are there at any time: older ones are deleted as newer ones come.
const KEPT: i64 = 20;
const COMMITS: i64 = 300;

/// Every batch puts an execution and a document, and removes an old execution and its document. So
/// one question always sees [`KEPT`] of them in a row, and never fewer than were acknowledged.
pub(super) fn readers_see_whole_batches_while_retention_deletes(store: &dyn Store) {
    for id in 1..=KEPT {
        commit(store, &batch(id));
    }
    let (acknowledged, over) = (AtomicI64::new(KEPT), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut rounds = 0;
                while !over.load(Ordering::Acquire) || rounds == 0 {
                    read(store, &acknowledged);
                    rounds += 1;
                }
            });
        }
        for id in KEPT + 1..=KEPT + COMMITS {
            commit(store, &batch(id));
            acknowledged.store(id, Ordering::Release);
        }
        over.store(true, Ordering::Release);
    });
    read(store, &acknowledged);
}

fn batch(id: i64) -> Vec<Write> {
    let old = id - KEPT;
    vec![
        Write::PutExecution(closed(id, Status::Succeeded, id)),
        Write::DeleteExecution { id: old },
        Write::PutDocument { kind: Kind::Tags, key: key(id), body: vec![1; 3_000] },
        Write::Append(record(id, 0, 1, 5)),
        Write::DeleteDocument { kind: Kind::Tags, key: key(old) },
    ]
}

fn key(id: i64) -> String {
    format!("{id:08}")
}

fn read(store: &dyn Store, acknowledged: &AtomicI64) {
    let known = acknowledged.load(Ordering::Acquire);
    let query = ExecutionQuery::newest(Scope::Machine(1), usize::MAX);
    let rows = store.list_executions(&query).unwrap();
    let newest = rows[0].id;
    assert!(newest >= known, "{newest} is the newest, {known} was acknowledged");
    let expected: Vec<_> = (0..KEPT).map(|age| newest - age).collect();
    assert_eq!(super::sample::ids(&rows), expected);

    let documents = store.documents(Kind::Tags).unwrap();
    let newest: i64 = documents.last().unwrap().0.parse().unwrap();
    assert!(newest >= known);
    assert_eq!(documents.len() as i64, KEPT);
    assert_eq!(documents[0].0, key(newest - KEPT + 1));

    assert_eq!(store.count_executions(&query).unwrap().total(), KEPT as u64);
    assert_eq!(store.closed_before(i64::MAX, usize::MAX).unwrap().len() as i64, KEPT);
    // It may be deleted by now, but only whole.
    let journal = store.journal(known, 0..=u64::MAX).unwrap();
    assert!(journal == [record(known, 0, 1, 5)] || store.execution(known).unwrap().is_none());
}
