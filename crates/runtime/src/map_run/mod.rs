//! Map Runs: the runs of distributed Maps, whose iterations are executions of their own.
//!
//! A run is a document of the store and the rows of its children. Its coordinator is a task that
//! starts children while there is room and hears of their ends; after a crash it is built again
//! from the two, for the name of a child tells which items it got.
//!
//! Does not: evaluate a Map's fields (`engine::MapScope`).

mod batches;
mod child;
mod coordinator;
mod counts;
mod document;
mod export;
mod queries;
mod redrive;
mod registry;
mod results;
mod source;
mod taken;
mod tolerance;

pub(crate) use child::{Child, meta_of, rooted};
pub(crate) use coordinator::run;
pub use counts::{Count, Counts};
pub(crate) use document::{get, remove_of};
pub use registry::Settings as MapRunSettings;
pub(crate) use registry::{Begin, Ended, MapRuns};

use asl::program::StateId;
use engine::TaskRef;
use smol_str::SmolStr;

use crate::key::ExecutionKey;

/// Most children of a run that are open at a time (AWS quota).
const CONCURRENCY_MAX: u32 = 10_000;

/// Where a Map Run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum MapRunStatus {
    Running,
    Succeeded,
    Failed,
    Aborted,
}

impl MapRunStatus {
    const ALL: [Self; 4] = [Self::Running, Self::Succeeded, Self::Failed, Self::Aborted];

    /// AWS's word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Aborted => "ABORTED",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// A Map Run.
#[derive(Clone, Debug, PartialEq)]
pub struct MapRun {
    /// Its number: the first 63 bits of the UUID in its ARN.
    pub id: i64,
    /// Its ARN.
    pub arn: SmolStr,
    /// The ARN of the execution that started it.
    pub execution_arn: SmolStr,
    /// That execution.
    pub parent: ExecutionKey,
    /// The Map in that execution.
    pub task: TaskRef,
    /// The Map state.
    pub state: StateId,
    /// The label in the ARNs of its children.
    pub label: SmolStr,
    /// Where it stands.
    pub status: MapRunStatus,
    /// When it started, in milliseconds since 1970.
    pub start: i64,
    /// When it ended.
    pub stop: Option<i64>,
    /// `maxConcurrency`, 0 for as many as may be.
    pub max_concurrency: u32,
    /// `toleratedFailureCount`, if given.
    pub tolerated_failure_count: Option<u64>,
    /// `toleratedFailurePercentage`, if given.
    pub tolerated_failure_percentage: Option<f64>,
    /// How often it was redriven.
    pub redrive_count: u32,
    /// When it was last redriven.
    pub redrive: Option<i64>,
    /// Whether the children that the last redrive runs again are marked as such.
    pub redrive_begun: bool,
    /// How many children are where, once it is over; while it works, its coordinator counts.
    pub counts: Option<Counts>,
    /// The ETag of the file whose items children get: one that replaces it holds other items.
    pub etag: Option<SmolStr>,
    /// Whether children have got every item; `ItemReader` has then nothing more to read.
    pub all_given: bool,
}

impl MapRun {
    /// Whether it is under way.
    pub fn is_running(&self) -> bool {
        self.status == MapRunStatus::Running
    }

    /// The labelled ARN of the machine: what its children run.
    pub fn machine_arn(&self) -> SmolStr {
        let named = self.arn.rsplit_once(':').map_or(&*self.arn, |(named, _)| named);
        named.replacen(":mapRun:", ":stateMachine:", 1).into()
    }

    /// How many children may be open.
    fn concurrency(&self) -> usize {
        match self.max_concurrency {
            0 => CONCURRENCY_MAX as usize,
            wanted => wanted.min(CONCURRENCY_MAX) as usize,
        }
    }
}

/// The number of the Map Run at `arn`.
pub(crate) fn id_of(arn: &str) -> Option<i64> {
    let uuid = arn.rsplit(':').next()?;
    let digits: String = uuid.chars().filter(|digit| *digit != '-').take(16).collect();
    let bits = u64::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 16)?;
    i64::try_from(bits >> 1).ok()
}
