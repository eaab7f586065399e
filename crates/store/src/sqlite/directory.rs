//! Takes hold of a data directory: ours or empty, locked, undamaged, of a format we know.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::schema::{APPLICATION_ID, CREATE, FORMAT, PAGE_SIZE};
use crate::Error;

/// The database.
const DATABASE: &str = "stepwell.db";
/// The database while it is being made; a crash leaves it, the next start removes it.
const UNFINISHED: &str = "stepwell.db.new";
/// Locked by the process that uses the directory; its text is that process's id.
const LOCK: &str = "stepwell.lock";
/// What may lie in a directory that is otherwise empty: file systems put it into their root.
const IGNORED: [&str; 1] = ["lost+found"];
/// The first bytes of every SQLite database.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// The length of the header of a SQLite database.
const HEADER_BYTES: usize = 100;
/// Databases up to this size are checked page by page when they are opened (about 0.1 s);
/// in larger ones damage inside is noticed when it is read.
const CHECKED_BYTES: u64 = 64 << 20;

/// A data directory that this process holds until the value is dropped.
pub(super) struct Directory {
    path: PathBuf,
    lock: File,
}

impl Directory {
    /// Takes hold of `path`, and makes an empty database there if it holds nothing yet.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        create(path)?;
        refuse_foreign(path)?;
        let directory = Self { path: path.to_path_buf(), lock: lock(path)? };
        if fs::exists(directory.database()).map_err(io_error("look for", &directory.database()))? {
            check_header(&directory.database())?;
        } else {
            directory.create_database()?;
        }
        Ok(directory)
    }

    /// The path of the database.
    pub(super) fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }

    /// The bytes of every file of the database.
    pub(super) fn size_bytes(&self) -> u64 {
        ["", "-wal"]
            .iter()
            .filter_map(|suffix| fs::metadata(self.path.join(format!("{DATABASE}{suffix}"))).ok())
            .map(|metadata| metadata.len())
            .sum()
    }

    /// Makes the database under another name first, so that `stepwell.db` is complete or absent.
    fn create_database(&self) -> Result<(), Error> {
        let unfinished = self.path.join(UNFINISHED);
        for suffix in ["", "-journal"] {
            let path = self.path.join(format!("{UNFINISHED}{suffix}"));
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(io_error("remove", &path)(error));
                }
                _ => {}
            }
        }
        let create = || -> rusqlite::Result<()> {
            let connection = Connection::open(&unfinished)?;
            connection.execute_batch(&format!(
                "PRAGMA page_size = {PAGE_SIZE}; PRAGMA synchronous = FULL; BEGIN; {CREATE}
                 PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
            ))
        };
        create().map_err(|error| super::write_error(&unfinished, &error))?;
        fs::rename(&unfinished, self.database()).map_err(io_error("rename", &unfinished))?;
        sync_directory(&self.path)
    }
}

impl Drop for Directory {
    /// Lets go of the lock itself: closing the file alone leaves it to a process that another
    /// thread is just starting, until that has given up the files it inherited.
    fn drop(&mut self) {
        let _ = self.lock.unlock();
    }
}

/// Makes the directory if there is none, closed to other users: payloads are confidential.
fn create(path: &Path) -> Result<(), Error> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(io_error("create directory", path))?;
    path.parent().map_or(Ok(()), sync_directory)
}

/// Refuses a directory that holds something but no database of ours.
fn refuse_foreign(path: &Path) -> Result<(), Error> {
    let mut foreign = None;
    for entry in fs::read_dir(path).map_err(io_error("read directory", path))? {
        let name = entry.map_err(io_error("read directory", path))?.file_name();
        let name = name.to_string_lossy();
        if name == DATABASE {
            return Ok(());
        }
        let known = name == LOCK || name.starts_with(UNFINISHED) || IGNORED.contains(&&*name);
        if !known {
            foreign = Some(name.into_owned());
        }
    }
    foreign.map_or(Ok(()), |name| {
        let found = format!("it holds \"{name}\" but no {DATABASE}");
        Err(Error::Foreign { path: path.to_path_buf(), found })
    })
}

/// Locks the directory for this process. The lock goes with the process, however it ends.
fn lock(directory: &Path) -> Result<File, Error> {
    let path = directory.join(LOCK);
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .map_err(io_error("open", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            let holder = match file.read_to_string(&mut text) {
                Ok(_) if !text.trim().is_empty() => format!("process {}", text.trim()),
                _ => "another process".to_owned(),
            };
            return Err(Error::InUse { path: directory.to_path_buf(), holder });
        }
        Err(TryLockError::Error(error)) => return Err(io_error("lock", &path)(error)),
    }
    file.set_len(0)
        .and_then(|()| file.seek(SeekFrom::Start(0)))
        .and_then(|_| writeln!(file, "{}", std::process::id()))
        .map_err(io_error("write", &path))?;
    Ok(file)
}

/// Refuses a database file that is not SQLite's, not ours, newer than us, or shorter than it says,
/// before SQLite touches it.
fn check_header(path: &Path) -> Result<(), Error> {
    let mut header = [0; HEADER_BYTES];
    let mut file = File::open(path).map_err(io_error("open", path))?;
    let length = file.metadata().map_err(io_error("look at", path))?.len();
    let corrupt = |detail: String| Error::Corrupt { path: path.to_path_buf(), detail };
    if let Err(error) = file.read_exact(&mut header) {
        return Err(if error.kind() == io::ErrorKind::UnexpectedEof {
            corrupt(format!("it has {length} bytes, less than a header"))
        } else {
            io_error("read", path)(error)
        });
    }
    if !header.starts_with(MAGIC) {
        return Err(corrupt("it does not begin as a SQLite database does".to_owned()));
    }
    let application = big_endian(&header, 68);
    if application != APPLICATION_ID {
        let found = format!("{DATABASE} belongs to another application ({application:#010x})");
        let path = path.parent().unwrap_or(path).to_path_buf();
        return Err(Error::Foreign { path, found });
    }
    let found = big_endian(&header, 60);
    if found > FORMAT {
        return Err(Error::NewerFormat { path: path.to_path_buf(), found, supported: FORMAT });
    }
    if found < 1 {
        return Err(corrupt(format!("its format number is {found}")));
    }
    // While there is a write-ahead log, pages may be in it that the file does not have yet.
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let logged = fs::metadata(&log).map_or(0, |metadata| metadata.len());
    let pages = u64::try_from(big_endian(&header, 28)).unwrap_or(0);
    if logged == 0 && length < pages.saturating_mul(PAGE_SIZE) {
        let expected = pages * PAGE_SIZE;
        return Err(corrupt(format!("it has {length} bytes where {expected} were written")));
    }
    Ok(())
}

/// Refuses a database whose structure is damaged. `connection` has just been opened on it.
pub(super) fn check_database(connection: &Connection, path: &Path) -> Result<(), Error> {
    let run = || -> rusqlite::Result<String> {
        let count: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let bytes = u64::try_from(count).unwrap_or(0).saturating_mul(PAGE_SIZE);
        if bytes <= CHECKED_BYTES {
            return verify(connection);
        }
        probe(connection).map(|()| "ok".to_owned())
    };
    match run() {
        Ok(found) if found == "ok" => Ok(()),
        Ok(detail) => Err(Error::Corrupt { path: path.to_path_buf(), detail }),
        Err(error) => Err(super::read_error(path, &error)),
    }
}

/// Reads every page of the database: "ok", or the first thing that does not fit.
pub(super) fn verify(connection: &Connection) -> rusqlite::Result<String> {
    connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
}

/// Reads the way from the root to the last entry of every table and index.
fn probe(connection: &Connection) -> rusqlite::Result<()> {
    for column in [
        "max(id) FROM executions",
        "max(name) FROM executions INDEXED BY executions_named WHERE express = 0 AND machine = 1",
        "max(stop) FROM executions INDEXED BY executions_closed WHERE stop IS NOT NULL",
        "max(place) FROM journal",
        "max(execution) FROM journal INDEXED BY journal_of_execution",
        "max(kind) FROM documents",
    ] {
        connection.query_row(&format!("SELECT {column}"), [], |_| Ok(()))?;
    }
    Ok(())
}

/// Opens a connection to the database; `flags` say whether it may write.
pub(super) fn connect(
    path: &Path,
    flags: OpenFlags,
    cache_kib: u32,
) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // Without this a statement is prepared anew whenever a value is bound that a partial index might
    // depend on: 10 to 20 µs each time.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.execute_batch(&format!("PRAGMA cache_size = -{cache_kib};"))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// The 32-bit number at `offset` of a header.
fn big_endian(header: &[u8; HEADER_BYTES], offset: usize) -> i64 {
    header
        .get(offset..offset + 4)
        .map_or(0, |bytes| bytes.iter().fold(0, |number, &byte| (number << 8) | i64::from(byte)))
}

/// Makes names in a directory durable.
fn sync_directory(path: &Path) -> Result<(), Error> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    #[cfg(unix)]
    File::open(path).and_then(|file| file.sync_all()).map_err(io_error("sync", path))?;
    Ok(())
}

fn io_error<'p>(action: &'static str, path: &'p Path) -> impl FnOnce(io::Error) -> Error + 'p {
    move |source| Error::Io { action, path: path.to_path_buf(), source }
}
