//! Journals.

use super::sample::{commit, record, row};
use crate::{JournalRecord, Store, Write};

fn append(records: &[JournalRecord]) -> Vec<Write> {
    records.iter().cloned().map(Write::Append).collect()
}

fn seqs(records: &[JournalRecord]) -> Vec<u32> {
    records.iter().map(|record| record.seq).collect()
}

pub(super) fn a_range_finds_the_records_that_overlap_it(store: &dyn Store) {
    let mine = [record(1, 0, 1, 5), record(1, 1, 6, 6), record(1, 2, 7, 20), record(1, 3, 21, 24)];
    let other = [record(2, 0, 1, 9), record(2, 1, 10, 30)];
    // In turn, as two executions that live at the same time.
    for (mine, other) in mine.iter().zip(other.iter().map(Some).chain(std::iter::repeat(None))) {
        commit(store, &append(std::slice::from_ref(mine)));
        commit(store, &append(other.map_or(&[], std::slice::from_ref)));
    }
    assert_eq!(store.journal(1, 0..=u64::MAX).unwrap(), mine);
    assert_eq!(store.journal(2, 0..=u64::MAX).unwrap(), other);
    let range = |from, to| seqs(&store.journal(1, from..=to).unwrap());
    assert_eq!(range(1, 1), [0]);
    assert_eq!(range(5, 6), [0, 1]);
    assert_eq!(range(6, 6), [1]);
    assert_eq!(range(8, 9), [2]);
    assert_eq!(range(20, 21), [2, 3]);
    assert_eq!(range(24, u64::MAX), [3]);
    assert_eq!(range(25, u64::MAX), [0; 0]);
    assert_eq!(range(0, 0), [0; 0]);
    assert_eq!(store.journal_last(1).unwrap().as_ref(), mine.last());
    assert_eq!(store.journal_last(2).unwrap().as_ref(), other.last());
    assert_eq!(store.journal(3, 0..=u64::MAX).unwrap(), []);
}

/// A record may hold private changes only: a heartbeat, the id of a submitted job.
pub(super) fn records_without_events_are_kept_in_their_place(store: &dyn Store) {
    let records = [
        record(1, 0, 1, 4),
        record(1, 1, 5, 4),
        record(1, 2, 5, 4),
        record(1, 3, 5, 8),
        record(1, 4, 9, 8),
    ];
    commit(store, &append(&records[..2]));
    assert_eq!(seqs(&store.journal_last(1).unwrap().into_iter().collect::<Vec<_>>()), [1]);
    commit(store, &append(&records[2..]));
    assert_eq!(store.journal(1, 0..=u64::MAX).unwrap(), records);
    assert_eq!(store.journal_last(1).unwrap().as_ref(), records.last());
    assert_eq!(seqs(&store.journal(1, 1..=4).unwrap()), [0]);
    assert!(seqs(&store.journal(1, 5..=8).unwrap()).contains(&3));
    assert!(!seqs(&store.journal(1, 5..=8).unwrap()).contains(&0));
}

pub(super) fn deleting_an_execution_takes_its_journal(store: &dyn Store) {
    for id in [1, 2] {
        commit(store, &[Write::PutExecution(row(id))]);
        for seq in 0..50 {
            let event = u64::from(seq) + 1;
            commit(store, &append(&[record(id, seq, event, event)]));
        }
    }
    commit(store, &[Write::DeleteExecution { id: 1 }]);
    assert_eq!(store.execution(1).unwrap(), None);
    assert_eq!(store.journal(1, 0..=u64::MAX).unwrap(), []);
    assert_eq!(store.journal_last(1).unwrap(), None);
    assert_eq!(store.journal(2, 0..=u64::MAX).unwrap().len(), 50);
    assert_eq!(store.max_execution_id().unwrap(), 2);
}
