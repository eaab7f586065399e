//! Random batches, compared with a model that is too simple to be wrong.

use std::collections::BTreeMap;

use super::sample::{commit, open, record, row};
use crate::{Cursor, ExecutionQuery, ExecutionRow, JournalRecord, Scope, Status, Store, Write};

const SEEDS: u64 = 4;
const BATCHES: u64 = 60;
const IDS: u64 = 40;

#[derive(Default)]
struct Model {
    rows: BTreeMap<i64, ExecutionRow>,
    journals: BTreeMap<i64, Vec<JournalRecord>>,
}

/// A linear congruential generator; its upper bits are good enough here.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) % bound
    }

    fn one_in(&mut self, bound: u64) -> bool {
        self.below(bound) == 0
    }
}

pub(super) fn random_batches_match_the_model(store: &dyn Store) {
    for seed in 0..SEEDS {
        let (mut random, mut model) = (Random(seed), Model::default());
        for _ in 0..BATCHES {
            let count = random.below(20);
            let batch: Vec<_> = (0..count).map(|_| write(&mut random, &mut model)).collect();
            commit(store, &batch);
        }
        compare(store, &mut random, &model);
        let rest: Vec<_> = (0..=IDS as i64).map(|id| Write::DeleteExecution { id }).collect();
        commit(store, &rest);
        assert_eq!(store.max_execution_id().unwrap(), 0);
    }
}

fn write(random: &mut Random, model: &mut Model) -> Write {
    let id = random.below(IDS) as i64 + 1;
    match random.below(10) {
        0 => {
            model.rows.remove(&id);
            model.journals.remove(&id);
            Write::DeleteExecution { id }
        }
        1..=5 => {
            let old = model.rows.get(&id).filter(|_| !random.one_in(4)).cloned();
            let row = moved_on(random, old.unwrap_or_else(|| fresh(id)));
            model.rows.insert(id, row.clone());
            Write::PutExecution(row)
        }
        _ => {
            let journal = model.journals.entry(id).or_default();
            let first = journal.last().map_or(1, |record| record.last_event + 1);
            let record = record(id, journal.len() as u32, first, first + random.below(4) - 1);
            journal.push(record.clone());
            Write::Append(record)
        }
    }
}

/// The lasting columns of a row, few values of each so that they meet.
fn fresh(id: i64) -> ExecutionRow {
    let mut random = Random(id as u64 * 977);
    ExecutionRow {
        machine: random.below(2) as i64,
        start: random.below(8) as i64,
        name: format!("n{}", random.below(10)).into(),
        version: random.one_in(2).then(|| random.below(2) as i64),
        alias: random.one_in(3).then(|| "live".into()),
        map_run: random.one_in(3).then(|| random.below(2) as i64),
        express: random.one_in(5),
        ..row(id)
    }
}

fn moved_on(random: &mut Random, row: ExecutionRow) -> ExecutionRow {
    let status = Status::ALL[random.below(6) as usize];
    let stop = (status != Status::Running).then(|| random.below(50) as i64);
    let redrive_count = random.below(2) as u32;
    ExecutionRow { status, stop, redrive_count, last_event: random.below(100), ..row }
}

fn compare(store: &dyn Store, random: &mut Random, model: &Model) {
    let rows: Vec<_> = model.rows.values().cloned().collect();
    for id in 1..=IDS as i64 {
        assert_eq!(store.execution(id).unwrap().as_ref(), model.rows.get(&id));
        let journal = model.journals.get(&id).cloned().unwrap_or_default();
        assert_eq!(store.journal(id, 0..=u64::MAX).unwrap(), journal);
        assert_eq!(store.journal_last(id).unwrap().as_ref(), journal.last());
    }
    assert_eq!(store.max_execution_id().unwrap(), rows.last().map_or(0, |row| row.id));
    let running = rows.iter().filter(|row| row.status == Status::Running);
    assert_eq!(open(store), running.cloned().collect::<Vec<_>>());
    let mut closed: Vec<_> = rows.iter().filter_map(|row| Some((row.stop?, row.id))).collect();
    closed.sort_unstable();
    let before: Vec<_> = closed.iter().filter(|(at, _)| *at < 25).map(|(_, id)| *id).collect();
    assert_eq!(store.closed_before(25, usize::MAX).unwrap(), before);
    for machine in 0..2 {
        for name in (0..10).map(|number| format!("n{number}")) {
            let named =
                |row: &&ExecutionRow| row.machine == machine && row.name == name && !row.express;
            let found = store.find_execution(machine, &name).unwrap();
            assert_eq!(found.as_ref(), rows.iter().rfind(named));
        }
    }
    for _ in 0..200 {
        let query = any_query(random);
        let mut expected: Vec<_> = rows.iter().filter(|row| query.selects(row)).cloned().collect();
        assert_eq!(store.count_executions(&query).unwrap().total(), expected.len() as u64);
        expected.sort_by_key(Cursor::at);
        if query.oldest_first {
            expected.retain(|row| query.after.is_none_or(|after| Cursor::at(row) > after));
        } else {
            expected.retain(|row| query.after.is_none_or(|after| Cursor::at(row) < after));
            expected.reverse();
        }
        expected.truncate(query.limit);
        assert_eq!(store.list_executions(&query).unwrap(), expected, "{query:?}");
    }
}

fn any_query(random: &mut Random) -> ExecutionQuery {
    let number = random.below(2) as i64;
    let scope = if random.one_in(2) { Scope::Machine(number) } else { Scope::MapRun(number) };
    ExecutionQuery {
        scope,
        status: random.one_in(2).then(|| Status::ALL[random.below(6) as usize]),
        version: random.one_in(3).then(|| random.below(2) as i64),
        alias: random.one_in(4).then(|| "live".into()),
        redriven: random.one_in(3).then(|| random.one_in(2)),
        oldest_first: random.one_in(3),
        after: random
            .one_in(2)
            .then(|| Cursor { start: random.below(9) as i64, id: random.below(IDS) as i64 }),
        limit: random.below(12) as usize,
    }
}
