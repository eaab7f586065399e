//! Answers questions: a pool of connections that only read, and the SQL of every question.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Connection, Error, OpenFlags, OptionalExtension as _, Result, Row, params};
use rusqlite::{params_from_iter, types::Value};
use smol_str::SmolStr;

use super::directory::connect;
use crate::{ExecutionQuery, ExecutionRow, JournalRecord, Kind, Scope, Status, StatusCounts};

/// Connections kept open while nobody reads; more are opened when more threads read at once.
const KEPT_CONNECTIONS: usize = 16;
/// The page cache of a reading connection. SQLite drops it whenever something was committed since.
const CACHE_KIB: u32 = 2048;

/// The columns of [`execution_row`], in its order.
const COLUMNS: &str = "id, machine, revision, name, status, start, stop, last_event, version, \
    alias, map_run, item_count, redrive_count, redrive, express, trace_header";

/// Connections that read, lent out one by one.
pub(super) struct Readers {
    database: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(database: PathBuf) -> Self {
        Self { database, idle: Mutex::default() }
    }

    /// Lends a connection to `question`. Nobody waits for another's question.
    pub(super) fn ask<T>(&self, question: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect(&self.database, OpenFlags::SQLITE_OPEN_READ_ONLY, CACHE_KIB)?,
        };
        let answer = question(&connection);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT_CONNECTIONS {
            idle.push(connection);
        }
        answer
    }
}

pub(super) fn document(connection: &Connection, kind: Kind, key: &str) -> Result<Option<Vec<u8>>> {
    connection
        .prepare_cached("SELECT body FROM documents WHERE kind = ?1 AND key = ?2")?
        .query_row(params![kind.code(), key], |row| row.get(0))
        .optional()
}

pub(super) fn documents_from(
    connection: &Connection,
    kind: Kind,
    after: Option<&str>,
    prefix: &str,
    limit: usize,
) -> Result<Vec<(String, Vec<u8>)>> {
    let (from, key) = match after {
        Some(after) if after >= prefix => (">", after),
        _ => (">=", prefix),
    };
    let sql = format!(
        "SELECT key, body FROM documents WHERE kind = ?1 AND key {from} ?2 ORDER BY key LIMIT ?3"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![kind.code(), key, limit_value(limit)])?;
    let mut documents = Vec::new();
    while let Some(row) = rows.next()? {
        let key: String = row.get(0)?;
        if !key.starts_with(prefix) {
            break;
        }
        documents.push((key, row.get(1)?));
    }
    Ok(documents)
}

pub(super) fn execution(connection: &Connection, id: i64) -> Result<Option<ExecutionRow>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM executions WHERE id = ?1"))?
        .query_row([id], execution_row)
        .optional()
}

pub(super) fn find_execution(
    connection: &Connection,
    machine: i64,
    name: &str,
) -> Result<Option<ExecutionRow>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM executions INDEXED BY executions_named
             WHERE machine = ?1 AND name = ?2 AND express = 0 ORDER BY id DESC LIMIT 1"
        ))?
        .query_row(params![machine, name], execution_row)
        .optional()
}

pub(super) fn list_executions(
    connection: &Connection,
    query: &ExecutionQuery,
) -> Result<Vec<ExecutionRow>> {
    let (sql, parameters) = list_sql(query);
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map(params_from_iter(parameters), execution_row)?.collect()
}

/// The SQL of a list, and its parameters.
pub(super) fn list_sql(query: &ExecutionQuery) -> (String, Vec<Value>) {
    let mut parameters = Vec::with_capacity(6);
    let mut selection = Selection::of(query, &mut parameters);
    if let Some(after) = query.after {
        let start = bind(&mut parameters, after.start.into());
        let id = bind(&mut parameters, after.id.into());
        let beyond = if query.oldest_first { ">" } else { "<" };
        selection.filters += &format!(
            " AND start {beyond}= ?{start} AND (start {beyond} ?{start} OR id {beyond} ?{id})"
        );
    }
    let limit = bind(&mut parameters, limit_value(query.limit).into());
    let Selection { index, filters } = selection;
    let arm = |status: &str| {
        format!("SELECT {COLUMNS} FROM executions INDEXED BY {index} WHERE {filters}{status}")
    };
    // One range per status, merged by SQLite: see the indexes of lists in the schema.
    let arms = match query.status {
        Some(status) => arm(&format!(" AND status = {}", status.code())),
        None if MERGED.contains(&index) => Status::ALL
            .map(|status| arm(&format!(" AND status = {}", status.code())))
            .join(" UNION ALL "),
        None => arm(""),
    };
    let order = if query.oldest_first { "ASC" } else { "DESC" };
    (format!("{arms} ORDER BY start {order}, id {order} LIMIT ?{limit}"), parameters)
}

pub(super) fn count_executions(
    connection: &Connection,
    query: &ExecutionQuery,
) -> Result<StatusCounts> {
    let mut parameters = Vec::with_capacity(4);
    let Selection { index, mut filters } = Selection::of(query, &mut parameters);
    if let Some(status) = query.status {
        filters += &format!(" AND status = {}", status.code());
    }
    let sql = format!(
        "SELECT status, count(*) FROM executions INDEXED BY {index} WHERE {filters} GROUP BY status"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(parameters))?;
    let mut counts = StatusCounts::default();
    while let Some(row) = rows.next()? {
        counts.add(status(row, 0)?, row.get(1)?);
    }
    Ok(counts)
}

/// The next `limit` executions that are open and whose id is greater than `after`.
pub(super) fn open_executions(
    connection: &Connection,
    after: i64,
    limit: usize,
) -> Result<Vec<ExecutionRow>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM executions INDEXED BY executions_open
             WHERE status = 0 AND id > ?1 ORDER BY id LIMIT ?2"
        ))?
        .query_map(params![after, limit_value(limit)], execution_row)?
        .collect()
}

/// Walks back from the end of `events`, which needs one search in the index however long the
/// journal is.
pub(super) fn journal(
    connection: &Connection,
    execution: i64,
    events: &RangeInclusive<u64>,
) -> Result<Vec<JournalRecord>> {
    let last = i64::try_from(*events.end()).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(
        "SELECT seq, first_event, last_event, body
         FROM journal INDEXED BY journal_of_execution
         WHERE execution = ?1 AND first_event <= ?2 ORDER BY first_event DESC, place DESC",
    )?;
    let mut rows = statement.query(params![execution, last])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        let record = journal_record(row, execution)?;
        if record.last_event < *events.start() {
            break;
        }
        records.push(record);
    }
    records.reverse();
    Ok(records)
}

pub(super) fn journal_last(
    connection: &Connection,
    execution: i64,
) -> Result<Option<JournalRecord>> {
    connection
        .prepare_cached(
            "SELECT seq, first_event, last_event, body
             FROM journal INDEXED BY journal_of_execution
             WHERE execution = ?1 ORDER BY first_event DESC, place DESC LIMIT 1",
        )?
        .query_row([execution], |row| journal_record(row, execution))
        .optional()
}

pub(super) fn closed_before(connection: &Connection, stop: i64, limit: usize) -> Result<Vec<i64>> {
    connection
        .prepare_cached(
            "SELECT id FROM executions INDEXED BY executions_closed
             WHERE stop < ?1 ORDER BY stop, id LIMIT ?2",
        )?
        .query_map(params![stop, limit_value(limit)], |row| row.get(0))?
        .collect()
}

pub(super) fn revisions(connection: &Connection) -> Result<BTreeSet<i64>> {
    connection
        .prepare_cached("SELECT DISTINCT revision FROM executions")?
        .query_map([], |row| row.get(0))?
        .collect()
}

pub(super) fn max_execution_id(connection: &Connection) -> Result<i64> {
    connection
        .prepare_cached("SELECT coalesce(max(id), 0) FROM executions")?
        .query_row([], |row| row.get(0))
}

/// The indexes over which a list of every status is a merge of one range per status.
const MERGED: [&str; 2] = ["executions_of_machine", "executions_of_map_run"];

/// The index that answers a query, and its `WHERE` but for the status and the place in the list.
struct Selection {
    index: &'static str,
    filters: String,
}

impl Selection {
    fn of(query: &ExecutionQuery, parameters: &mut Vec<Value>) -> Self {
        let (mut index, mut filters) = match query.scope {
            Scope::Machine(machine) => {
                let machine = bind(parameters, machine.into());
                (MERGED[0], format!("machine = ?{machine} AND map_run IS NULL"))
            }
            Scope::MapRun(map_run) => {
                let map_run = bind(parameters, map_run.into());
                (MERGED[1], format!("map_run = ?{map_run}"))
            }
        };
        let of_machine = matches!(query.scope, Scope::Machine(_));
        if let Some(redriven) = query.redriven {
            filters += if redriven { " AND redrive_count > 0" } else { " AND redrive_count = 0" };
            if redriven && of_machine {
                index = "executions_redriven";
            }
        }
        if let Some(version) = query.version {
            filters += &format!(" AND version = ?{}", bind(parameters, version.into()));
            if of_machine {
                index = "executions_of_version";
            }
        }
        if let Some(alias) = &query.alias {
            filters += &format!(" AND alias = ?{}", bind(parameters, alias.to_string().into()));
            if of_machine {
                index = "executions_of_alias";
            }
        }
        Self { index, filters }
    }
}

/// Adds a parameter and returns its number.
fn bind(parameters: &mut Vec<Value>, value: Value) -> usize {
    parameters.push(value);
    parameters.len()
}

fn limit_value(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn execution_row(row: &Row<'_>) -> Result<ExecutionRow> {
    Ok(ExecutionRow {
        id: row.get(0)?,
        machine: row.get(1)?,
        revision: row.get(2)?,
        name: text(row, 3)?.unwrap_or_default(),
        status: status(row, 4)?,
        start: row.get(5)?,
        stop: row.get(6)?,
        last_event: row.get(7)?,
        version: row.get(8)?,
        alias: text(row, 9)?,
        map_run: row.get(10)?,
        item_count: row.get(11)?,
        redrive_count: row.get(12)?,
        redrive: row.get(13)?,
        express: row.get(14)?,
        trace_header: text(row, 15)?,
    })
}

fn journal_record(row: &Row<'_>, execution: i64) -> Result<JournalRecord> {
    Ok(JournalRecord {
        execution,
        seq: row.get(0)?,
        first_event: row.get(1)?,
        last_event: row.get(2)?,
        body: row.get(3)?,
    })
}

fn text(row: &Row<'_>, column: usize) -> Result<Option<SmolStr>> {
    let text = row.get_ref(column)?.as_str_or_null();
    Ok(text.map_err(|error| unreadable(column, error))?.map(SmolStr::new))
}

fn status(row: &Row<'_>, column: usize) -> Result<Status> {
    let code = row.get(column)?;
    Status::from_code(code).ok_or_else(|| unreadable(column, FromSqlError::OutOfRange(code)))
}

fn unreadable(column: usize, error: FromSqlError) -> Error {
    Error::FromSqlConversionFailure(column, Type::Null, Box::new(error))
}
