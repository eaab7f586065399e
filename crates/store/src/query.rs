//! Which executions a list or a count is about, and where a list goes on.

use smol_str::SmolStr;

use crate::{ExecutionRow, Status};

/// Whose executions are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The executions of a state machine, without the children of Map Runs.
    Machine(i64),
    /// The child executions of a Map Run.
    MapRun(i64),
}

impl Scope {
    /// The scope whose lists show `row`.
    #[must_use]
    pub fn of(row: &ExecutionRow) -> Self {
        row.map_run.map_or(Self::Machine(row.machine), Self::MapRun)
    }
}

/// A place in a list that is ordered by start: newest first, unless a query asks for another order.
///
/// It names a position rather than a row, so it stays good when rows appear, change or go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cursor {
    /// The start of the last row seen, in milliseconds since 1970.
    pub start: i64,
    /// The id of the last row seen.
    pub id: i64,
}

impl Cursor {
    /// The place of `row`.
    #[must_use]
    pub fn at(row: &ExecutionRow) -> Self {
        Self { start: row.start, id: row.id }
    }
}

/// A question for executions, by start and then by id. A filter that is `None` lets everything through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionQuery {
    /// Whose executions.
    pub scope: Scope,
    /// Only those of this status.
    pub status: Option<Status>,
    /// Only those started with this published version.
    pub version: Option<i64>,
    /// Only those started with this alias.
    pub alias: Option<SmolStr>,
    /// Only those that were (or were not) redriven.
    pub redriven: Option<bool>,
    /// Whether the oldest come first rather than the newest. Counts ignore it.
    pub oldest_first: bool,
    /// Only those after this place in that order. Counts ignore it.
    pub after: Option<Cursor>,
    /// At most so many. Counts ignore it.
    pub limit: usize,
}

impl ExecutionQuery {
    /// The newest `limit` executions of `scope`.
    #[must_use]
    pub fn newest(scope: Scope, limit: usize) -> Self {
        Self {
            scope,
            status: None,
            version: None,
            alias: None,
            redriven: None,
            oldest_first: false,
            after: None,
            limit,
        }
    }

    /// The oldest `limit` executions of `scope`.
    #[must_use]
    pub fn oldest(scope: Scope, limit: usize) -> Self {
        Self { oldest_first: true, ..Self::newest(scope, limit) }
    }

    /// Whether `row` passes the scope and every filter; the place in the list is not looked at.
    #[must_use]
    pub fn selects(&self, row: &ExecutionRow) -> bool {
        Scope::of(row) == self.scope
            && self.status.is_none_or(|status| row.status == status)
            && self.version.is_none_or(|version| row.version == Some(version))
            && self.alias.as_ref().is_none_or(|alias| row.alias.as_ref() == Some(alias))
            && self.redriven.is_none_or(|redriven| (row.redrive_count > 0) == redriven)
    }
}

/// How many executions have each status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatusCounts([u64; Status::ALL.len()]);

impl StatusCounts {
    /// How many have `status`.
    #[must_use]
    pub fn get(&self, status: Status) -> u64 {
        self.0.get(usize::from(status.code())).copied().unwrap_or(0)
    }

    /// How many there are in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Counts `more` executions of `status`.
    pub fn add(&mut self, status: Status, more: u64) {
        if let Some(count) = self.0.get_mut(usize::from(status.code())) {
            *count += more;
        }
    }
}
