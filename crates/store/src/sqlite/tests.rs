//! What only the embedded store can get wrong: files, locks, crashes, plans.

use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::*;
use crate::suite::{batches, dump, record, row};
use crate::{Cursor, Memory, Scope, Status};

/// A directory of one test, gone with it.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("stepwell-store-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn open(&self) -> Sqlite {
        Sqlite::open(&self.0).unwrap()
    }

    fn refused(&self) -> Error {
        Sqlite::open(&self.0).err().expect("the directory was opened")
    }

    fn database(&self) -> PathBuf {
        self.0.join("stepwell.db")
    }

    /// Every file with its bytes, but for the lock.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let entries = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = entries
            .filter(|path| path.file_name().unwrap() != "stepwell.lock")
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect();
        files.sort();
        files
    }

    /// A database with the sample batches in it, closed.
    fn filled() -> Self {
        let scratch = Self::new();
        let store = scratch.open();
        for batch in batches() {
            store.commit(&batch).unwrap();
        }
        drop(store);
        scratch
    }

    /// Opening is refused with a message that has all of `parts`, and changes nothing.
    fn assert_refused(&self, parts: &[&str]) {
        let before = self.files();
        let message = self.refused().to_string();
        for part in parts.iter().chain([&self.0.to_str().unwrap()]) {
            assert!(message.contains(part), "no \"{part}\" in: {message}");
        }
        assert!(self.files() == before, "a refused directory was changed: {message}");
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn overwrite(path: &Path, offset: usize, bytes: &[u8]) {
    let mut file = fs::read(path).unwrap();
    file[offset..offset + bytes.len()].copy_from_slice(bytes);
    fs::write(path, file).unwrap();
}

#[test]
fn passes_the_store_suite() {
    let mut kept = Vec::new();
    crate::suite::run(|| {
        let scratch = Scratch::new();
        let store = scratch.open();
        kept.push(scratch);
        Box::new(store)
    });
}

#[test]
fn everything_is_there_after_reopening() {
    let scratch = Scratch::filled();
    let expected = Memory::new();
    for batch in batches() {
        expected.commit(&batch).unwrap();
    }
    let store = scratch.open();
    assert_eq!(dump(&store), dump(&expected));
    store.verify().unwrap();
    // A clean end leaves one file, ready to be copied.
    drop(store);
    assert_eq!(scratch.files().len(), 1);
}

#[test]
fn a_second_server_on_the_directory_is_refused() {
    let scratch = Scratch::new();
    let store = scratch.open();
    let message = scratch.refused().to_string();
    let holder = format!("process {}", std::process::id());
    assert!(message.contains(&holder) && message.contains("in use"), "{message}");
    store.commit(&[Write::PutExecution(row(1))]).unwrap();
    drop(store);
    assert_eq!(scratch.open().execution(1).unwrap(), Some(row(1)));
}

#[test]
fn a_directory_with_other_things_in_it_is_refused() {
    let scratch = Scratch::new();
    fs::create_dir(&scratch.0).unwrap();
    fs::write(scratch.0.join("thesis.txt"), "do not lose").unwrap();
    scratch.assert_refused(&["not a Stepwell data directory", "thesis.txt"]);
    assert!(!scratch.0.join("stepwell.lock").exists());
}

#[test]
fn a_log_without_its_database_is_refused() {
    let scratch = Scratch::filled();
    fs::rename(scratch.database(), scratch.0.join("stepwell.db-wal")).unwrap();
    scratch.assert_refused(&["stepwell.db-wal"]);
}

#[test]
fn a_path_that_is_no_directory_is_refused() {
    let scratch = Scratch::new();
    fs::write(&scratch.0, "a file").unwrap();
    let message = scratch.refused().to_string();
    assert!(message.contains(scratch.0.to_str().unwrap()), "{message}");
    assert_eq!(fs::read(&scratch.0).unwrap(), b"a file");
    fs::remove_file(&scratch.0).unwrap();
}

#[test]
fn a_database_of_another_application_is_refused() {
    let scratch = Scratch::new();
    fs::create_dir(&scratch.0).unwrap();
    let other = Connection::open(scratch.database()).unwrap();
    other.execute_batch("CREATE TABLE executions (id INTEGER PRIMARY KEY)").unwrap();
    drop(other);
    scratch.assert_refused(&["not a Stepwell data directory", "another application"]);
}

#[test]
fn a_newer_format_is_refused() {
    let scratch = Scratch::filled();
    overwrite(&scratch.database(), 60, &(schema::FORMAT as u32 + 1).to_be_bytes());
    scratch.assert_refused(&["data format 2", "up to 1", "newer Stepwell"]);
    overwrite(&scratch.database(), 60, &0_u32.to_be_bytes());
    scratch.assert_refused(&["damaged", "format number is 0"]);
}

#[test]
fn damaged_files_are_refused() {
    for (what, damage) in [
        ("less than a header", (|file| file.clear()) as fn(&mut Vec<u8>)),
        ("less than a header", |file| file.truncate(50)),
        ("does not begin", |file| file[..16].fill(0)),
        ("does not begin", |file| file.fill(b'x')),
        ("were written", |file| file.truncate(file.len() - 8192)),
        ("were written", |file| file.truncate(file.len() / 2 + 17)),
        ("damaged", |file| file[100..4000].fill(0x5a)),
    ] {
        let scratch = Scratch::filled();
        let mut file = fs::read(scratch.database()).unwrap();
        damage(&mut file);
        fs::write(scratch.database(), file).unwrap();
        scratch.assert_refused(&["damaged", what]);
    }
}

/// Garbage in any one page is refused at the start, or at least never answered with a panic.
#[test]
fn garbage_in_any_page_is_noticed() {
    let scratch = Scratch::filled();
    let good = fs::read(scratch.database()).unwrap();
    let pages = good.len() / 8192;
    for page in 1..pages {
        let mut file = good.clone();
        file[page * 8192..(page + 1) * 8192].fill(0x5a);
        fs::write(scratch.database(), &file).unwrap();
        assert!(matches!(scratch.refused(), Error::Corrupt { .. }), "page {page}");
        assert!(fs::read(scratch.database()).unwrap() == file);
    }
    fs::write(scratch.database(), good).unwrap();
    scratch.open();
}

#[test]
fn a_creation_that_was_cut_off_is_begun_again() {
    let scratch = Scratch::new();
    fs::create_dir(&scratch.0).unwrap();
    fs::write(scratch.0.join("stepwell.db.new"), "half a da").unwrap();
    fs::write(scratch.0.join("stepwell.db.new-journal"), "half a jour").unwrap();
    fs::write(scratch.0.join("stepwell.lock"), "4711\n").unwrap();
    scratch.open().commit(&[Write::PutExecution(row(1))]).unwrap();
    assert_eq!(scratch.files().len(), 1);
}

#[test]
fn a_full_disk_refuses_the_batch_and_nothing_else() {
    let scratch = Scratch::new();
    let store = scratch.open();
    let limit = |pages: u32| {
        let writer = store.writer.lock().unwrap();
        let sql = format!("PRAGMA max_page_count = {pages}");
        writer.connection().query_row(&sql, [], |_| Ok(())).unwrap();
    };
    store.commit(&[Write::PutExecution(row(1))]).unwrap();
    limit(1);
    let large = JournalRecord { body: vec![1; 1 << 20], ..record(2, 0, 1, 5) };
    let batch = [Write::PutExecution(row(2)), Write::Append(large)];
    let refused = store.commit(&batch).unwrap_err();
    assert!(matches!(refused, Error::NotCommitted { .. }), "{refused:?}");
    assert!(refused.to_string().contains("full"), "{refused}");
    assert_eq!(store.execution(2).unwrap(), None);
    assert_eq!(store.execution(1).unwrap(), Some(row(1)));
    limit(u32::MAX >> 1);
    store.commit(&batch).unwrap();
    assert_eq!(store.execution(2).unwrap(), Some(row(2)));
}

/// The log begins anew while commits and reads go on without a pause.
#[test]
fn the_log_stays_short_under_load() {
    const COMMITS: i64 = 400;
    const BODY: usize = 512 << 10;
    let scratch = Scratch::new();
    let store = scratch.open();
    let over = AtomicBool::new(false);
    let mut longest = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Acquire) {
                store.journal(1, 0..=u64::MAX).unwrap();
            }
        });
        for id in 1..=COMMITS {
            let body = vec![id as u8; BODY];
            store.commit(&[Write::Append(JournalRecord { body, ..record(id, 0, 1, 5) })]).unwrap();
            let log = fs::metadata(scratch.0.join("stepwell.db-wal")).unwrap().len();
            longest = longest.max(log);
        }
        over.store(true, Ordering::Release);
    });
    let written = COMMITS as u64 * BODY as u64;
    assert!(longest < written / 2, "{longest} bytes of log for {written} written");
}

/// No question reads a table from end to end or sorts what it read.
#[test]
fn every_list_is_answered_by_an_index() {
    let scratch = Scratch::new();
    let store = scratch.open();
    for scope in [Scope::Machine(1), Scope::MapRun(1)] {
        for status in [None, Some(Status::Failed)] {
            for version in [None, Some(1)] {
                for alias in [None, Some("live".into())] {
                    for redriven in [None, Some(true), Some(false)] {
                        let after = Some(Cursor { start: 1, id: 1 });
                        let (alias, limit) = (alias.clone(), 10);
                        let query = ExecutionQuery {
                            scope,
                            status,
                            version,
                            alias,
                            redriven,
                            oldest_first: false,
                            after,
                            limit,
                        };
                        check_plan(&store, &ExecutionQuery { oldest_first: true, ..query.clone() });
                        check_plan(&store, &query);
                    }
                }
            }
        }
    }
}

fn check_plan(store: &Sqlite, query: &ExecutionQuery) {
    let (sql, parameters) = reader::list_sql(query);
    let plan: Vec<String> = store
        .read(|connection| {
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let parameters = rusqlite::params_from_iter(parameters);
            statement.query_map(parameters, |row| row.get(3))?.collect()
        })
        .unwrap();
    let plan = plan.join("; ");
    assert!(plan.contains("SEARCH") && !plan.contains("SCAN"), "{query:?}: {plan}");
    assert!(!plan.contains("TEMP B-TREE"), "{query:?}: {plan}");
}

/// The directory that [`child`] commits to, if this process is one.
const CHILD: &str = "STEPWELL_STORE_TEST_CHILD";
/// Large enough that a few hundred commits make the log go round.
const CHILD_BODY: usize = 96 << 10;

fn child_batch(id: i64) -> Vec<Write> {
    let counter = id.to_string().into_bytes();
    let body = vec![id as u8; CHILD_BODY];
    vec![
        Write::PutDocument { kind: Kind::Meta, key: "first".to_owned(), body: counter.clone() },
        Write::PutExecution(row(id)),
        Write::Append(JournalRecord { body, ..record(id, 0, 1, 5) }),
        Write::PutDocument { kind: Kind::Meta, key: "last".to_owned(), body: counter },
    ]
}

/// Not a test of its own: what the process does that the next test kills.
#[test]
fn child() {
    let Ok(directory) = std::env::var(CHILD) else { return };
    let store = Sqlite::open(Path::new(&directory)).unwrap();
    let mut out = std::io::stdout();
    for id in store.max_execution_id().unwrap() + 1.. {
        store.commit(&child_batch(id)).unwrap();
        writeln!(out, "\nacknowledged {id}").and_then(|()| out.flush()).unwrap();
    }
}

#[test]
fn nothing_acknowledged_is_lost_by_kill_9() {
    let scratch = Scratch::new();
    let mut known = 0;
    for commits in [1, 7, 40, 330, 150] {
        let acknowledged = run_and_kill(&scratch.0, known + commits);
        let store = scratch.open();
        let found = store.max_execution_id().unwrap();
        // One more may have become durable without anybody knowing.
        assert!((acknowledged..=acknowledged + 1).contains(&found), "{acknowledged} but {found}");
        for key in ["first", "last"] {
            let counter = store.document(Kind::Meta, key).unwrap().unwrap();
            assert_eq!(counter, found.to_string().into_bytes());
        }
        for id in 1..=found {
            assert_eq!(store.execution(id).unwrap(), Some(row(id)));
            let body = vec![id as u8; CHILD_BODY];
            let journal = [JournalRecord { body, ..record(id, 0, 1, 5) }];
            assert!(store.journal(id, 0..=u64::MAX).unwrap() == journal, "journal of {id}");
        }
        store.verify().unwrap();
        known = found;
    }
}

/// Lets a child commit until it has acknowledged `until`, kills it, and returns what it
/// acknowledged last.
fn run_and_kill(directory: &Path, until: i64) -> i64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "sqlite::tests::child"])
        .env(CHILD, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let Some(id) = line.strip_prefix("acknowledged ") else { continue };
        acknowledged = id.parse().unwrap();
        if acknowledged == until {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged >= until, "the child ended by itself");
    acknowledged
}
