//! The tables and indexes of the database, and the format number that stands for them.
//!
//! The shape follows measurement: journals lie in commit order and are found through a small index,
//! which is about twice as fast as clustering them by execution when thousands of executions are
//! live; pages are 8 KiB; every index that is not needed by most rows is partial, so that an
//! execution which is inserted already closed pays for three of them.

/// Marks the file as ours, in the header field that SQLite keeps for this: "STPW".
pub(super) const APPLICATION_ID: i64 = 0x5354_5057;

/// The format this build writes, and the newest it reads; kept as SQLite's `user_version`.
pub(super) const FORMAT: i64 = 1;

/// Bytes per page; measured against 4 KiB.
pub(super) const PAGE_SIZE: u64 = 8192;

/// Makes an empty database ours, in one transaction.
pub(super) const CREATE: &str = "
CREATE TABLE executions (
    id INTEGER PRIMARY KEY,
    machine INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    name TEXT NOT NULL,
    status INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER,
    last_event INTEGER NOT NULL,
    version INTEGER,
    alias TEXT,
    map_run INTEGER,
    item_count INTEGER,
    redrive_count INTEGER NOT NULL,
    redrive INTEGER,
    express INTEGER NOT NULL,
    trace_header TEXT
) STRICT;

-- Lists, newest first. A list over every status merges one range per status, so that neither a rare
-- status nor all of them together ever means reading rows that are not shown.
CREATE INDEX executions_of_machine ON executions (machine, status, start) WHERE map_run IS NULL;
CREATE INDEX executions_of_map_run ON executions (map_run, status, start) WHERE map_run IS NOT NULL;
CREATE INDEX executions_of_version ON executions (machine, version, start) WHERE version IS NOT NULL;
CREATE INDEX executions_of_alias ON executions (machine, alias, start) WHERE alias IS NOT NULL;
CREATE INDEX executions_redriven ON executions (machine, start) WHERE redrive_count > 0;

-- What a restart takes up again, what retention removes, what a name means.
CREATE INDEX executions_open ON executions (status) WHERE status = 0;
CREATE INDEX executions_closed ON executions (stop) WHERE stop IS NOT NULL;
CREATE INDEX executions_named ON executions (machine, name) WHERE express = 0;

-- Journals in commit order.
CREATE TABLE journal (
    place INTEGER PRIMARY KEY,
    execution INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    first_event INTEGER NOT NULL,
    last_event INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX journal_of_execution ON journal (execution, first_event);

CREATE TABLE documents (
    place INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    key TEXT NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (kind, key)
) STRICT;
";
