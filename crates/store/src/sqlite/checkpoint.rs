//! Keeps the write-ahead log short from a thread of its own, so that no commit waits for it.
//!
//! SQLite begins the log anew only when all of it is in the database and nobody reads from it.
//! Under steady load a passive checkpoint never gets that far, for the writer is always a few pages
//! ahead. So the bulk is copied while commits go on, and only the few pages that came meanwhile are
//! copied with the writer held back, which takes about as long as one commit.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, Result};

use super::writer::Writer;

/// The log is copied into the database when it has this many pages (32 MiB).
const DUE_PAGES: u32 = 4096;
/// At most so many pages are copied while the writer is held back.
const LAST_PAGES: i64 = 256;
/// How often the bulk is copied before the writer is held back all the same.
const PASSES: u32 = 4;
/// How long, with the writer held back, those are waited for who still read from the log. Point
/// reads are gone after a fraction of it, and newer ones read from the database.
const READERS_WAIT: Duration = Duration::from_millis(10);
/// After a long read kept the log from beginning anew, the next try comes so many pages later.
const RETRY_PAGES: u32 = DUE_PAGES / 4;

/// The thread that copies the log, and the way to wake it.
pub(super) struct Checkpointer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    wake: Condvar,
    /// How many pages the log must have for the next checkpoint.
    due_pages: AtomicU32,
}

#[derive(Default)]
struct State {
    due: bool,
    stop: bool,
}

impl Checkpointer {
    /// Starts the thread; `connection` is its own.
    pub(super) fn start(
        connection: Connection,
        writer: Arc<Mutex<Writer>>,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            wake: Condvar::new(),
            due_pages: AtomicU32::new(DUE_PAGES),
        });
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || theirs.run(&connection, &writer))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Tells how many pages the log has; wakes the thread if they are too many.
    pub(super) fn logged(&self, pages: u32) {
        if pages >= self.shared.due_pages.load(Ordering::Relaxed) {
            self.shared.change(|state| state.due = true);
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.shared.change(|state| state.stop = true);
        if let Some(thread) = self.thread.take() {
            // It has nothing to say: a checkpoint that failed is made up for when the file is closed.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.wake.notify_one();
    }

    fn run(&self, connection: &Connection, writer: &Mutex<Writer>) {
        loop {
            let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let idle = |state: &mut State| !state.due && !state.stop;
            let mut state =
                self.wake.wait_while(state, idle).unwrap_or_else(PoisonError::into_inner);
            if state.stop {
                return;
            }
            state.due = false;
            drop(state);
            // On an error (a full disk, say) commits go on into the log and wake us again; if the
            // disk stays broken, it is they who report it.
            let kept = checkpoint(connection, writer).unwrap_or(Some(0));
            let due = kept.map_or(DUE_PAGES, |pages| pages.max(DUE_PAGES) + RETRY_PAGES);
            self.due_pages.store(due, Ordering::Relaxed);
        }
    }
}

/// Copies the log into the database and lets the next commit begin it anew. If a long read prevents
/// that, returns how many pages the log keeps.
fn checkpoint(connection: &Connection, writer: &Mutex<Writer>) -> Result<Option<u32>> {
    connection.busy_timeout(READERS_WAIT)?;
    for _ in 0..PASSES {
        let passed = copy(connection, "PASSIVE")?;
        if passed.logged - passed.copied <= LAST_PAGES {
            break;
        }
    }
    let _held_back = writer.lock().unwrap_or_else(PoisonError::into_inner);
    let last = copy(connection, "RESTART")?;
    Ok(last.busy.then(|| u32::try_from(last.logged).unwrap_or(0)))
}

/// What SQLite tells of a checkpoint.
struct Copied {
    /// Someone reads from the log, so that it cannot begin anew.
    busy: bool,
    /// Pages in the log.
    logged: i64,
    /// Those of them that are in the database now.
    copied: i64,
}

/// Runs one checkpoint.
fn copy(connection: &Connection, mode: &str) -> Result<Copied> {
    let sql = format!("PRAGMA wal_checkpoint({mode})");
    connection.prepare_cached(&sql)?.query_row([], |row| {
        Ok(Copied { busy: row.get(0)?, logged: row.get(1)?, copied: row.get(2)? })
    })
}
