//! What is stored: the row of an execution, a record of its journal, and the kinds of documents.

use smol_str::SmolStr;

/// Where an execution stands, in the words of `DescribeExecution`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// `RUNNING`
    Running,
    /// `SUCCEEDED`
    Succeeded,
    /// `FAILED`
    Failed,
    /// `TIMED_OUT`
    TimedOut,
    /// `ABORTED`
    Aborted,
    /// `PENDING_REDRIVE`: a child of a Map Run that waits for its turn in a redrive.
    PendingRedrive,
}

impl Status {
    /// Every status, in the order of their codes.
    pub const ALL: [Self; 6] = [
        Self::Running,
        Self::Succeeded,
        Self::Failed,
        Self::TimedOut,
        Self::Aborted,
        Self::PendingRedrive,
    ];

    /// The number that stands for the status on disk; never changes its meaning.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Running => 0,
            Self::Succeeded => 1,
            Self::Failed => 2,
            Self::TimedOut => 3,
            Self::Aborted => 4,
            Self::PendingRedrive => 5,
        }
    }

    /// The status a number on disk stands for.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        usize::try_from(code).ok().and_then(|code| Self::ALL.get(code)).copied()
    }

    /// AWS's word for the status.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
            Self::PendingRedrive => "PENDING_REDRIVE",
        }
    }

    /// The status AWS's word names.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// One execution as lists and `DescribeExecution` need it; everything else is in its journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionRow {
    /// The execution's number; greater than zero, given out by the caller in rising order.
    pub id: i64,
    /// The number of the state machine it belongs to.
    pub machine: i64,
    /// The number of the revision it runs.
    pub revision: i64,
    /// Its name, unique among the Standard executions of a state machine.
    pub name: SmolStr,
    /// Where it stands.
    pub status: Status,
    /// When it started, in milliseconds since 1970.
    pub start: i64,
    /// When it ended, in milliseconds since 1970; none while it is open.
    pub stop: Option<i64>,
    /// The id of its newest history event.
    pub last_event: u64,
    /// The published version it was started with.
    pub version: Option<i64>,
    /// The alias it was started with.
    pub alias: Option<SmolStr>,
    /// The Map Run whose child it is.
    pub map_run: Option<i64>,
    /// How many items a child of a Map Run was given.
    pub item_count: Option<i64>,
    /// How often it was redriven.
    pub redrive_count: u32,
    /// When it was last redriven, in milliseconds since 1970.
    pub redrive: Option<i64>,
    /// Whether its state machine is of type `EXPRESS`: then its name is not indexed and may repeat.
    pub express: bool,
    /// The X-Ray trace header it was started with.
    pub trace_header: Option<SmolStr>,
}

/// What one execution did in one run until it blocked: a piece of its journal, opaque to the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRecord {
    /// The execution it belongs to.
    pub execution: i64,
    /// Its place in that execution's journal, from 0 without gaps.
    pub seq: u32,
    /// The first history event in it. A record without events has `first_event == last_event + 1`.
    pub first_event: u64,
    /// The last history event in it.
    pub last_event: u64,
    /// The events and private fields, encoded by the caller.
    pub body: Vec<u8>,
}

/// The catalogues of documents. Within one, keys are ordered by their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// State machines.
    StateMachine,
    /// Revisions: a definition, role and configuration that executions pin.
    Revision,
    /// Published versions.
    Version,
    /// Aliases.
    Alias,
    /// Activities.
    Activity,
    /// Map Runs.
    MapRun,
    /// Tags of a resource.
    Tags,
    /// Facts about the store's owner: counters, keys, settings.
    Meta,
}

impl Kind {
    /// Every kind, in the order of their codes.
    pub const ALL: [Self; 8] = [
        Self::StateMachine,
        Self::Revision,
        Self::Version,
        Self::Alias,
        Self::Activity,
        Self::MapRun,
        Self::Tags,
        Self::Meta,
    ];

    /// The number that stands for the kind on disk; never changes its meaning.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::StateMachine => 0,
            Self::Revision => 1,
            Self::Version => 2,
            Self::Alias => 3,
            Self::Activity => 4,
            Self::MapRun => 5,
            Self::Tags => 6,
            Self::Meta => 7,
        }
    }
}
