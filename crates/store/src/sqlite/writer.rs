//! Applies batches: one connection, one transaction per batch, every statement prepared once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::{CachedStatement, Connection, Result, params};

use crate::{ExecutionRow, JournalRecord, Write};

const PUT_EXECUTION: &str = "
INSERT INTO executions (id, machine, revision, name, status, start, stop, last_event, version,
    alias, map_run, item_count, redrive_count, redrive, express, trace_header)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
ON CONFLICT (id) DO UPDATE SET status = ?5, stop = ?7, last_event = ?8, redrive_count = ?13,
    redrive = ?14
WHERE machine = ?2 AND revision = ?3 AND name = ?4 AND start = ?6 AND version IS ?9
    AND alias IS ?10 AND map_run IS ?11 AND item_count IS ?12 AND express = ?15
    AND trace_header IS ?16";
const REPLACE_EXECUTION: &str = "
INSERT OR REPLACE INTO executions (id, machine, revision, name, status, start, stop, last_event,
    version, alias, map_run, item_count, redrive_count, redrive, express, trace_header)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
const APPEND: &str = "
INSERT INTO journal (execution, seq, first_event, last_event, body) VALUES (?1, ?2, ?3, ?4, ?5)";
const DELETE_EXECUTION: &str = "DELETE FROM executions WHERE id = ?1";
const DELETE_JOURNAL: &str = "DELETE FROM journal WHERE execution = ?1";
const PUT_DOCUMENT: &str = "
INSERT INTO documents (kind, key, body) VALUES (?1, ?2, ?3)
ON CONFLICT (kind, key) DO UPDATE SET body = ?3";
const DELETE_DOCUMENT: &str = "DELETE FROM documents WHERE kind = ?1 AND key = ?2";

/// The one connection that writes.
pub(super) struct Writer {
    connection: Connection,
    /// The pages in the write-ahead log after the last commit; set by SQLite's hook.
    logged_pages: Arc<AtomicU32>,
}

impl Writer {
    /// Takes over `connection`. Its hook replaces SQLite's own checkpoints, which would run within
    /// a commit.
    pub(super) fn new(mut connection: Connection) -> Result<Self> {
        connection.execute_batch("PRAGMA synchronous = FULL")?;
        let logged_pages = Arc::new(AtomicU32::new(0));
        let pages = Arc::clone(&logged_pages);
        connection.wal_hook(Some(move |_: &mut _, logged| {
            pages.store(u32::try_from(logged).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(Self { connection, logged_pages })
    }

    /// The connection, for tests that hinder it.
    #[cfg(test)]
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Makes `batch` durable and returns how many pages the write-ahead log has now.
    pub(super) fn commit(&mut self, batch: &[Write]) -> Result<u32> {
        let connection = &self.connection;
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let applied = apply(connection, batch)
            .and_then(|()| connection.prepare_cached("COMMIT")?.execute([]).map(drop));
        if let Err(error) = applied {
            // Some errors have rolled the transaction back already.
            if !connection.is_autocommit() {
                connection.execute_batch("ROLLBACK")?;
            }
            return Err(error);
        }
        Ok(self.logged_pages.load(Ordering::Relaxed))
    }
}

fn apply(connection: &Connection, batch: &[Write]) -> Result<()> {
    let mut put = connection.prepare_cached(PUT_EXECUTION)?;
    let mut append = connection.prepare_cached(APPEND)?;
    for write in batch {
        match write {
            Write::PutExecution(row) => {
                if put_execution(&mut put, row)? == 0 {
                    put_execution(&mut connection.prepare_cached(REPLACE_EXECUTION)?, row)?;
                }
            }
            Write::Append(record) => append_journal(&mut append, record)?,
            Write::DeleteExecution { id } => {
                connection.prepare_cached(DELETE_EXECUTION)?.execute([id])?;
                connection.prepare_cached(DELETE_JOURNAL)?.execute([id])?;
            }
            Write::PutDocument { kind, key, body } => {
                let mut statement = connection.prepare_cached(PUT_DOCUMENT)?;
                statement.execute(params![kind.code(), key, body])?;
            }
            Write::DeleteDocument { kind, key } => {
                let mut statement = connection.prepare_cached(DELETE_DOCUMENT)?;
                statement.execute(params![kind.code(), key])?;
            }
        }
    }
    Ok(())
}

/// Returns 0 if there is a row with this id whose lasting columns are others: they are left out of
/// the update so that the indexes over them are not touched each time an execution moves on.
fn put_execution(statement: &mut CachedStatement<'_>, row: &ExecutionRow) -> Result<usize> {
    statement.execute(params![
        row.id,
        row.machine,
        row.revision,
        row.name.as_str(),
        row.status.code(),
        row.start,
        row.stop,
        row.last_event,
        row.version,
        row.alias.as_deref(),
        row.map_run,
        row.item_count,
        row.redrive_count,
        row.redrive,
        row.express,
        row.trace_header.as_deref(),
    ])
}

fn append_journal(statement: &mut CachedStatement<'_>, record: &JournalRecord) -> Result<()> {
    let JournalRecord { execution, seq, first_event, last_event, body } = record;
    statement.execute(params![execution, seq, first_event, last_event, body])?;
    Ok(())
}
