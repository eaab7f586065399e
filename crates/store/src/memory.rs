//! The store that keeps everything in memory and forgets it with the process.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::{Bound, RangeInclusive};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use smol_str::SmolStr;

use crate::{
    Cursor, Error, ExecutionQuery, ExecutionRow, JournalRecord, Kind, Scope, Status, StatusCounts,
    Store, Write,
};

/// The store of `--ephemeral` and `stepwell run`, and the disk of the simulated store.
#[derive(Debug, Default)]
pub struct Memory {
    tables: RwLock<Tables>,
}

impl Memory {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tables and the indexes over them, as the embedded store has them.
#[derive(Debug, Default)]
struct Tables {
    executions: BTreeMap<i64, ExecutionRow>,
    journals: HashMap<i64, Vec<JournalRecord>>,
    documents: BTreeMap<Kind, BTreeMap<String, Vec<u8>>>,
    lists: HashMap<(Scope, Status), BTreeSet<Cursor>>,
    names: HashMap<(i64, SmolStr), BTreeSet<i64>>,
    open: BTreeSet<i64>,
    closed: BTreeSet<(i64, i64)>,
    /// What the rows, journals and documents take, about.
    bytes: usize,
}

impl Tables {
    fn apply(&mut self, write: &Write) {
        match write {
            Write::PutExecution(row) => {
                self.remove_execution(row.id);
                self.insert_execution(row.clone());
            }
            Write::Append(record) => {
                self.bytes += record_bytes(record);
                self.journals.entry(record.execution).or_default().push(record.clone());
            }
            Write::DeleteExecution { id } => {
                self.remove_execution(*id);
                let records = self.journals.remove(id).unwrap_or_default();
                self.bytes -= records.iter().map(record_bytes).sum::<usize>();
            }
            Write::PutDocument { kind, key, body } => {
                self.bytes += key.len() + body.len();
                let documents = self.documents.entry(*kind).or_default();
                if let Some(old) = documents.insert(key.clone(), body.clone()) {
                    self.bytes -= key.len() + old.len();
                }
            }
            Write::DeleteDocument { kind, key } => {
                let documents = self.documents.entry(*kind).or_default();
                if let Some(old) = documents.remove(key) {
                    self.bytes -= key.len() + old.len();
                }
            }
        }
    }

    fn insert_execution(&mut self, row: ExecutionRow) {
        self.lists.entry((Scope::of(&row), row.status)).or_default().insert(Cursor::at(&row));
        if !row.express {
            self.names.entry((row.machine, row.name.clone())).or_default().insert(row.id);
        }
        if row.status == Status::Running {
            self.open.insert(row.id);
        }
        if let Some(stop) = row.stop {
            self.closed.insert((stop, row.id));
        }
        self.bytes += row_bytes(&row);
        self.executions.insert(row.id, row);
    }

    fn remove_execution(&mut self, id: i64) {
        let Some(row) = self.executions.remove(&id) else { return };
        self.bytes -= row_bytes(&row);
        let list = (Scope::of(&row), row.status);
        if let Some(places) = self.lists.get_mut(&list) {
            places.remove(&Cursor::at(&row));
            if places.is_empty() {
                self.lists.remove(&list);
            }
        }
        let name = (row.machine, row.name);
        if let Some(ids) = self.names.get_mut(&name) {
            ids.remove(&id);
            if ids.is_empty() {
                self.names.remove(&name);
            }
        }
        self.open.remove(&id);
        if let Some(stop) = row.stop {
            self.closed.remove(&(stop, id));
        }
    }

    /// The places of a list that come after that of the query, oldest first.
    fn places(
        &self,
        status: Status,
        query: &ExecutionQuery,
    ) -> impl DoubleEndedIterator<Item = Cursor> + '_ {
        let after = query.after.map_or(Bound::Unbounded, Bound::Excluded);
        let range = match query.oldest_first {
            true => (after, Bound::Unbounded),
            false => (Bound::Unbounded, after),
        };
        let places = self.lists.get(&(query.scope, status));
        places.into_iter().flat_map(move |places| places.range(range)).copied()
    }

    /// The rows a query selects, in its order, from its cursor on.
    fn select<'t>(&'t self, query: &'t ExecutionQuery) -> impl Iterator<Item = &'t ExecutionRow> {
        let statuses = Status::ALL.into_iter();
        let mut lists: Vec<_> = statuses
            .filter(|status| query.status.is_none_or(|wanted| wanted == *status))
            .map(|status| self.places(status, query).peekable())
            .collect();
        let mut newest: Vec<_> = lists.iter_mut().map(|_| None).collect();
        std::iter::from_fn(move || {
            if query.oldest_first {
                let peeked = lists.iter_mut().filter_map(|list| Some((*list.peek()?, list)));
                return peeked.min_by_key(|(place, _)| *place)?.1.next();
            }
            for (next, list) in newest.iter_mut().zip(&mut lists) {
                *next = next.or_else(|| list.next_back());
            }
            newest.iter_mut().max_by_key(|next| **next)?.take()
        })
        .filter_map(|place| self.executions.get(&place.id))
        .filter(|row| query.selects(row))
    }
}

fn row_bytes(row: &ExecutionRow) -> usize {
    let texts = [Some(&row.name), row.alias.as_ref(), row.trace_header.as_ref()];
    size_of_val(row) + texts.iter().flatten().map(|text| text.len()).sum::<usize>()
}

fn record_bytes(record: &JournalRecord) -> usize {
    size_of_val(record) + record.body.len()
}

/// Refuses what the embedded store cannot keep either, so that both know the same batches.
fn check(batch: &[Write]) -> Result<(), Error> {
    let fits = |event: u64| i64::try_from(event).is_ok();
    for write in batch {
        let good = match write {
            Write::PutExecution(row) => fits(row.last_event),
            Write::Append(record) => fits(record.first_event) && fits(record.last_event),
            _ => true,
        };
        if !good {
            return Err(Error::Invalid("an event id is greater than 2^63".to_owned()));
        }
    }
    Ok(())
}

impl Store for Memory {
    fn commit(&self, batch: &[Write]) -> Result<(), Error> {
        check(batch)?;
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        for write in batch {
            tables.apply(write);
        }
        Ok(())
    }

    fn document(&self, kind: Kind, key: &str) -> Result<Option<Vec<u8>>, Error> {
        let tables = self.read();
        Ok(tables.documents.get(&kind).and_then(|documents| documents.get(key)).cloned())
    }

    fn documents_from(
        &self,
        kind: Kind,
        after: Option<&str>,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let tables = self.read();
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let documents = tables.documents.get(&kind).into_iter();
        Ok(documents
            .flat_map(|documents| documents.range::<str, _>((from, Bound::Unbounded)))
            .take_while(|(key, _)| key.starts_with(prefix))
            .take(limit)
            .map(|(key, body)| (key.clone(), body.clone()))
            .collect())
    }

    fn execution(&self, id: i64) -> Result<Option<ExecutionRow>, Error> {
        Ok(self.read().executions.get(&id).cloned())
    }

    fn find_execution(&self, machine: i64, name: &str) -> Result<Option<ExecutionRow>, Error> {
        let tables = self.read();
        let ids = tables.names.get(&(machine, SmolStr::new(name)));
        let id = ids.and_then(BTreeSet::last);
        Ok(id.and_then(|id| tables.executions.get(id)).cloned())
    }

    fn list_executions(&self, query: &ExecutionQuery) -> Result<Vec<ExecutionRow>, Error> {
        Ok(self.read().select(query).take(query.limit).cloned().collect())
    }

    fn count_executions(&self, query: &ExecutionQuery) -> Result<StatusCounts, Error> {
        let query = ExecutionQuery { after: None, ..query.clone() };
        let mut counts = StatusCounts::default();
        self.read().select(&query).for_each(|row| counts.add(row.status, 1));
        Ok(counts)
    }

    /// Takes the rows out first, so that `visit` may commit.
    fn open_executions(
        &self,
        visit: &mut dyn FnMut(ExecutionRow) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let rows: Vec<_> = {
            let tables = self.read();
            tables.open.iter().filter_map(|id| tables.executions.get(id)).cloned().collect()
        };
        rows.into_iter().try_for_each(visit)
    }

    fn journal(
        &self,
        execution: i64,
        events: RangeInclusive<u64>,
    ) -> Result<Vec<JournalRecord>, Error> {
        let tables = self.read();
        let Some(journal) = tables.journals.get(&execution) else { return Ok(Vec::new()) };
        let first = journal.partition_point(|record| record.last_event < *events.start());
        let records = journal.iter().skip(first);
        Ok(records.take_while(|record| record.first_event <= *events.end()).cloned().collect())
    }

    fn journal_last(&self, execution: i64) -> Result<Option<JournalRecord>, Error> {
        Ok(self.read().journals.get(&execution).and_then(|journal| journal.last()).cloned())
    }

    fn closed_before(&self, stop_ms: i64, limit: usize) -> Result<Vec<i64>, Error> {
        let tables = self.read();
        let closed = tables.closed.range(..(stop_ms, i64::MIN));
        Ok(closed.take(limit).map(|(_, id)| *id).collect())
    }

    fn revisions(&self) -> Result<BTreeSet<i64>, Error> {
        Ok(self.read().executions.values().map(|row| row.revision).collect())
    }

    fn max_execution_id(&self) -> Result<i64, Error> {
        Ok(self.read().executions.keys().next_back().copied().unwrap_or(0))
    }

    fn size_bytes(&self) -> Result<u64, Error> {
        Ok(u64::try_from(self.read().bytes).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_the_store_suite() {
        crate::suite::run(|| Box::new(Memory::new()));
    }

    #[test]
    fn what_is_deleted_takes_no_room() {
        let store = Memory::new();
        for batch in crate::suite::batches() {
            store.commit(&batch).unwrap();
        }
        assert!(store.size_bytes().unwrap() > 0);
        let all: Vec<_> = (1..=20).map(|id| Write::DeleteExecution { id }).collect();
        store.commit(&all).unwrap();
        assert_eq!(store.size_bytes().unwrap(), 0);
        let tables = store.read();
        assert!(tables.lists.is_empty() && tables.names.is_empty() && tables.journals.is_empty());
    }
}
