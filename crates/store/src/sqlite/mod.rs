//! The embedded store: one SQLite database in one data directory, held by one process.
//!
//! One connection writes, a pool of connections reads, and a thread copies the write-ahead log into
//! the database. A commit returns after the log is synced.

mod checkpoint;
mod directory;
mod reader;
mod schema;
#[cfg(test)]
mod tests;
mod writer;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::{Error, ExecutionQuery, ExecutionRow, JournalRecord, Kind, StatusCounts, Store, Write};
use checkpoint::Checkpointer;
use directory::Directory;
use reader::Readers;
use writer::Writer;

/// The page cache of the writing connection.
const WRITER_CACHE_KIB: u32 = 32 << 10;
/// What the log file is cut back to when it begins anew after it grew beyond it.
const LOG_KEPT_BYTES: u64 = 64 << 20;
/// How many open executions are read at once at a restart.
const OPEN_PAGE: usize = 1000;

/// The embedded store. Dropping it closes the database and lets go of the directory.
pub struct Sqlite {
    // Dropped in this order: the log is copied by the last connection that closes, and the
    // directory is let go when no connection is left.
    checkpointer: Checkpointer,
    readers: Readers,
    writer: Arc<Mutex<Writer>>,
    directory: Directory,
}

impl Sqlite {
    /// Opens the data directory `path`, or makes it one if it is empty or absent. Anything that is
    /// not an undamaged data directory of a known format is refused and left as it is.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let directory = Directory::open(path)?;
        let database = directory.database();
        let connect =
            || directory::connect(&database, OpenFlags::SQLITE_OPEN_READ_WRITE, WRITER_CACHE_KIB);
        let refused = |error| read_error(&database, &error);
        let connection = connect().map_err(refused)?;
        connection
            .execute_batch(&format!(
                "PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = {LOG_KEPT_BYTES}"
            ))
            .map_err(refused)?;
        directory::check_database(&connection, &database)?;
        let writer = Writer::new(connection).map_err(refused)?;
        let writer = Arc::new(Mutex::new(writer));
        let checkpointer = Checkpointer::start(connect().map_err(refused)?, Arc::clone(&writer))
            .map_err(|source| Error::Io {
                action: "start the checkpoint thread for",
                path: database.clone(),
                source,
            })?;
        Ok(Self { checkpointer, readers: Readers::new(database), writer, directory })
    }

    /// Reads every page of the database and refuses it if any is damaged. Takes seconds per
    /// gigabyte; commits and reads go on meanwhile.
    pub fn verify(&self) -> Result<(), Error> {
        match self.read(directory::verify)? {
            found if found == "ok" => Ok(()),
            detail => Err(Error::Corrupt { path: self.directory.database(), detail }),
        }
    }

    fn read<T>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        self.readers.ask(question).map_err(|error| read_error(&self.directory.database(), &error))
    }
}

impl Store for Sqlite {
    fn commit(&self, batch: &[Write]) -> Result<(), Error> {
        let committed = self.writer.lock().unwrap_or_else(PoisonError::into_inner).commit(batch);
        match committed {
            Ok(pages) => {
                self.checkpointer.logged(pages);
                Ok(())
            }
            Err(error) => Err(write_error(&self.directory.database(), &error)),
        }
    }

    fn document(&self, kind: Kind, key: &str) -> Result<Option<Vec<u8>>, Error> {
        self.read(|connection| reader::document(connection, kind, key))
    }

    fn documents_from(
        &self,
        kind: Kind,
        after: Option<&str>,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, Error> {
        self.read(|connection| reader::documents_from(connection, kind, after, prefix, limit))
    }

    fn execution(&self, id: i64) -> Result<Option<ExecutionRow>, Error> {
        self.read(|connection| reader::execution(connection, id))
    }

    fn find_execution(&self, machine: i64, name: &str) -> Result<Option<ExecutionRow>, Error> {
        self.read(|connection| reader::find_execution(connection, machine, name))
    }

    fn list_executions(&self, query: &ExecutionQuery) -> Result<Vec<ExecutionRow>, Error> {
        self.read(|connection| reader::list_executions(connection, query))
    }

    fn count_executions(&self, query: &ExecutionQuery) -> Result<StatusCounts, Error> {
        self.read(|connection| reader::count_executions(connection, query))
    }

    /// Reads page by page, so that a slow `visit` holds no snapshot and the log can begin anew.
    fn open_executions(
        &self,
        visit: &mut dyn FnMut(ExecutionRow) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut after = i64::MIN;
        loop {
            let page =
                self.read(|connection| reader::open_executions(connection, after, OPEN_PAGE))?;
            let full = page.len() == OPEN_PAGE;
            for row in page {
                after = row.id;
                visit(row)?;
            }
            if !full {
                return Ok(());
            }
        }
    }

    fn journal(
        &self,
        execution: i64,
        events: RangeInclusive<u64>,
    ) -> Result<Vec<JournalRecord>, Error> {
        self.read(|connection| reader::journal(connection, execution, &events))
    }

    fn journal_last(&self, execution: i64) -> Result<Option<JournalRecord>, Error> {
        self.read(|connection| reader::journal_last(connection, execution))
    }

    fn closed_before(&self, stop_ms: i64, limit: usize) -> Result<Vec<i64>, Error> {
        self.read(|connection| reader::closed_before(connection, stop_ms, limit))
    }

    fn revisions(&self) -> Result<BTreeSet<i64>, Error> {
        self.read(reader::revisions)
    }

    fn max_execution_id(&self) -> Result<i64, Error> {
        self.read(reader::max_execution_id)
    }

    fn size_bytes(&self) -> Result<u64, Error> {
        Ok(self.directory.size_bytes())
    }
}

/// What a failed write means.
fn write_error(path: &Path, error: &rusqlite::Error) -> Error {
    match error {
        rusqlite::Error::ToSqlConversionFailure(detail) => Error::Invalid(detail.to_string()),
        _ if damaged(error) => {
            Error::Corrupt { path: path.to_path_buf(), detail: error.to_string() }
        }
        _ => Error::NotCommitted { path: path.to_path_buf(), detail: error.to_string() },
    }
}

/// What a failed read means.
fn read_error(path: &Path, error: &rusqlite::Error) -> Error {
    let (path, detail) = (path.to_path_buf(), error.to_string());
    if damaged(error) { Error::Corrupt { path, detail } } else { Error::NotRead { path, detail } }
}

/// Whether the file rather than the disk or the caller is at fault.
fn damaged(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{
        FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error,
    };
    match error {
        FromSqlConversionFailure(..)
        | IntegralValueOutOfRange(..)
        | InvalidColumnType(..)
        | Utf8Error(..) => true,
        rusqlite::Error::SqliteFailure(failure, _) => {
            matches!(failure.code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
        }
        _ => false,
    }
}
