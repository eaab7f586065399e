//! The contract of a store: what a batch can do, and what can be asked.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::{Error, ExecutionQuery, ExecutionRow, JournalRecord, Kind, StatusCounts};

/// One thing a batch does. A batch is one atomic durable transaction, applied in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Inserts the row of an execution, or replaces the row that has its id.
    PutExecution(ExecutionRow),
    /// Appends to the journal of an execution. An execution's records come in the order of their
    /// `seq`, and neither `first_event` nor `last_event` ever falls from one to the next.
    Append(JournalRecord),
    /// Removes an execution and its journal; nothing happens if there is none.
    DeleteExecution {
        /// The execution.
        id: i64,
    },
    /// Inserts a document, or replaces the one that has its key.
    PutDocument {
        /// The catalogue.
        kind: Kind,
        /// The key in it.
        key: String,
        /// The document, opaque to the store.
        body: Vec<u8>,
    },
    /// Removes a document; nothing happens if there is none.
    DeleteDocument {
        /// The catalogue.
        kind: Kind,
        /// The key in it.
        key: String,
    },
}

/// Where executions, journals and documents are kept.
///
/// Reads may come from any thread, at the same time as each other and as a commit; each sees every
/// commit that has returned, and never a part of a batch.
pub trait Store: Send + Sync {
    /// Applies `batch` as one transaction and returns once it is durable.
    ///
    /// Blocks; called from one thread at a time. On an error nothing of the batch was applied, and
    /// the store can be used on. That names are unique and that journals have no gaps is the
    /// caller's affair: it knows both from memory, and a check here would cost every commit.
    fn commit(&self, batch: &[Write]) -> Result<(), Error>;

    /// One document.
    fn document(&self, kind: Kind, key: &str) -> Result<Option<Vec<u8>>, Error>;

    /// Every document of a kind, by key.
    fn documents(&self, kind: Kind) -> Result<Vec<(String, Vec<u8>)>, Error> {
        self.documents_from(kind, None, "", usize::MAX)
    }

    /// The first `limit` documents whose key begins with `prefix` and comes after `after`, by key.
    fn documents_from(
        &self,
        kind: Kind,
        after: Option<&str>,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, Error>;

    /// The execution with this id.
    fn execution(&self, id: i64) -> Result<Option<ExecutionRow>, Error>;

    /// The Standard execution of a state machine that has this name; if several do, the one with
    /// the greatest id. Express executions are not found by name, for their names may repeat.
    fn find_execution(&self, machine: i64, name: &str) -> Result<Option<ExecutionRow>, Error>;

    /// The executions a query selects: by start, then by id, both falling, or rising if it asks for
    /// the oldest first.
    fn list_executions(&self, query: &ExecutionQuery) -> Result<Vec<ExecutionRow>, Error>;

    /// How many executions a query selects, by status.
    fn count_executions(&self, query: &ExecutionQuery) -> Result<StatusCounts, Error>;

    /// Shows every execution that is `Running`, by id, and stops at the first error of `visit`.
    /// Costs nothing for executions that are closed.
    fn open_executions(
        &self,
        visit: &mut dyn FnMut(ExecutionRow) -> Result<(), Error>,
    ) -> Result<(), Error>;

    /// The records of an execution's journal that hold an event of `events`, by `seq`. Records
    /// without events that lie among them are included; `0..=u64::MAX` is the whole journal.
    fn journal(
        &self,
        execution: i64,
        events: RangeInclusive<u64>,
    ) -> Result<Vec<JournalRecord>, Error>;

    /// The newest record of an execution's journal.
    fn journal_last(&self, execution: i64) -> Result<Option<JournalRecord>, Error>;

    /// At most `limit` executions that ended before `stop_ms`, those that ended first come first.
    fn closed_before(&self, stop_ms: i64, limit: usize) -> Result<Vec<i64>, Error>;

    /// The revisions that stored executions refer to. It looks at every execution.
    fn revisions(&self) -> Result<BTreeSet<i64>, Error>;

    /// The greatest id any stored execution has; 0 if there is none.
    fn max_execution_id(&self) -> Result<i64, Error>;

    /// The room the store takes on disk (or in memory), in bytes.
    fn size_bytes(&self) -> Result<u64, Error>;
}
