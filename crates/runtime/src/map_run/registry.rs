//! `MapRuns`: the Map Runs that are under way, and the way to their coordinators.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::{Failure, MapScope, StartMapRun};
use smol_str::SmolStr;
use store::{Status, Store, Write};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use value::{Payload, Timestamp};

use super::counts::Counts;
use super::{MapRun, MapRunStatus, document, id_of};
use crate::catalog::Revision;
use crate::open::Open;

/// Most Map Runs that work at a time; more of them wait (AWS quota).
const OPEN_MAX: usize = 1_000;

/// What a coordinator is told.
#[derive(Clone, Copy, Debug)]
pub(super) enum Signal {
    /// A child has ended, durably.
    Ended { child: i64, status: Status },
    /// UpdateMapRun.
    Updated(Settings),
    /// The Map was given up.
    Cancel,
}

/// What UpdateMapRun changes; `None` leaves as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Settings {
    /// `maxConcurrency`
    pub max_concurrency: Option<u32>,
    /// `toleratedFailureCount`
    pub tolerated_failure_count: Option<u64>,
    /// `toleratedFailurePercentage`
    pub tolerated_failure_percentage: Option<f64>,
}

impl Settings {
    pub(super) fn apply(self, run: &mut MapRun) {
        run.max_concurrency = self.max_concurrency.unwrap_or(run.max_concurrency);
        run.tolerated_failure_count = self.tolerated_failure_count.or(run.tolerated_failure_count);
        run.tolerated_failure_percentage =
            self.tolerated_failure_percentage.or(run.tolerated_failure_percentage);
    }
}

/// The counts of a run whose coordinator has read what there is.
pub(super) type SharedCounts = Arc<Mutex<Option<Counts>>>;

/// What a coordinator begins with.
pub(crate) struct Begin {
    pub run: MapRun,
    pub revision: Arc<Revision>,
    pub version: Option<i64>,
    pub alias: Option<SmolStr>,
    pub test_case: Option<SmolStr>,
    pub(super) scope: Result<MapScope, Failure>,
    pub(super) items: Payload,
    pub(super) signals: UnboundedReceiver<Signal>,
    pub(super) counts: SharedCounts,
}

/// How a run ended.
pub(crate) struct Ended {
    /// What is to be written.
    pub write: Option<Write>,
    /// The run, unless it was given up before.
    pub run: Option<MapRun>,
    /// Its redrive, which waited for this end.
    pub next: Option<Box<Begin>>,
}

/// A run that is under way.
struct Entry {
    run: MapRun,
    counts: SharedCounts,
    /// To the coordinator at work.
    sender: UnboundedSender<Signal>,
    /// A redrive that came while children of the run were still ending: to its coordinator, and
    /// what that begins with once the redrive is durable.
    successor: Option<(UnboundedSender<Signal>, Option<Box<Begin>>)>,
}

/// The Map Runs that are under way.
pub(crate) struct MapRuns {
    runs: Mutex<HashMap<i64, Entry>>,
    /// Places for runs that work.
    pub(super) places: Arc<Semaphore>,
}

impl Default for MapRuns {
    fn default() -> Self {
        Self { runs: Mutex::default(), places: Arc::new(Semaphore::new(OPEN_MAX)) }
    }
}

impl MapRuns {
    /// Takes up a run that `open` has started or redriven, or that was under way before a restart.
    /// Returns what is to be written, and what its coordinator begins with once that is durable.
    pub fn begin(
        &self,
        store: &dyn Store,
        open: &Open,
        start: &StartMapRun,
        now: Timestamp,
    ) -> (Vec<Write>, Begin) {
        let id = id_of(&start.map_run).unwrap_or_default();
        let scope = open.execution.map_scope(start, now);
        let (writes, run) = match document::get(store, id).ok().flatten() {
            None => {
                let run = new_run(id, open, start, scope.as_ref().ok(), now);
                (document::put_new(&run), run)
            }
            Some(run) if run.redrive_count < start.redrive_count => {
                let run = redriven(run, start, now);
                (vec![document::put(&run)], run)
            }
            Some(run) => (Vec::new(), run),
        };
        let (sender, signals) = unbounded_channel();
        let counts = SharedCounts::default();
        let mut runs = self.lock();
        match runs.get_mut(&id) {
            Some(entry) => {
                (entry.run, entry.counts) = (run.clone(), counts.clone());
                entry.successor = Some((sender, None));
            }
            None => {
                let (run, counts) = (run.clone(), counts.clone());
                runs.insert(id, Entry { run, counts, sender, successor: None });
            }
        }
        let begin = Begin {
            run,
            revision: open.revision.clone(),
            version: open.row.version,
            alias: open.row.alias.clone(),
            test_case: open.test_case.clone(),
            scope,
            items: start.start.items.clone(),
            signals,
            counts,
        };
        (writes, begin)
    }

    /// Gives a run that may work back to its caller; one whose earlier coordinator is still at work
    /// waits for that one's end.
    pub fn take_up(&self, begin: Box<Begin>) -> Option<Box<Begin>> {
        match self.lock().get_mut(&begin.run.id).and_then(|entry| entry.successor.as_mut()) {
            Some((_, waiting)) => {
                *waiting = Some(begin);
                None
            }
            None => Some(begin),
        }
    }

    /// The ARN of a run that is under way.
    pub fn arn(&self, id: i64) -> Option<SmolStr> {
        self.lock().get(&id).map(|entry| entry.run.arn.clone())
    }

    /// A child has ended.
    pub fn child_ended(&self, map_run: i64, child: i64, status: Status) {
        if let Some(entry) = self.lock().get(&map_run) {
            let _ = entry.sender.send(Signal::Ended { child, status });
        }
    }

    /// Changes the settings of a run that is under way; what is to be written.
    pub fn update(&self, id: i64, settings: Settings) -> Option<Write> {
        let mut runs = self.lock();
        let entry = runs.get_mut(&id).filter(|entry| entry.run.is_running())?;
        settings.apply(&mut entry.run);
        entry.tell(Signal::Updated(settings));
        Some(document::put(&entry.run))
    }

    /// The children that a redrive runs again are marked; what is to be written.
    pub fn redrive_begun(&self, id: i64) -> Option<Write> {
        let mut runs = self.lock();
        let entry = runs.get_mut(&id)?;
        entry.run.redrive_begun = true;
        Some(document::put(&entry.run))
    }

    /// Children get their items from the file with this ETag; what is to be written.
    pub fn pin(&self, id: i64, etag: SmolStr) -> Option<Write> {
        let mut runs = self.lock();
        let entry = runs.get_mut(&id)?;
        entry.run.etag = Some(etag);
        Some(document::put(&entry.run))
    }

    /// Gives up the run at `arn`; what is to be written if it was under way.
    pub fn cancel(&self, arn: &str, now: Timestamp) -> Option<Write> {
        let mut runs = self.lock();
        let entry = runs.get_mut(&id_of(arn)?).filter(|entry| entry.run.is_running())?;
        (entry.run.status, entry.run.stop) = (MapRunStatus::Aborted, Some(now.0));
        entry.tell(Signal::Cancel);
        Some(document::put(&entry.run))
    }

    /// A coordinator is done: ends its run with `status`, unless it was given up. `all_given`:
    /// children have got every item.
    pub fn end(
        &self,
        id: i64,
        status: MapRunStatus,
        all_given: bool,
        now: Timestamp,
    ) -> Option<Ended> {
        let mut runs = self.lock();
        let entry = runs.get_mut(&id)?;
        if let Some((sender, next)) = entry.successor.take() {
            entry.sender = sender;
            return Some(Ended { write: None, run: None, next });
        }
        let Entry { mut run, counts, .. } = runs.remove(&id)?;
        let was_running = run.is_running();
        run.all_given = all_given;
        if was_running {
            (run.status, run.stop) = (status, Some(now.0));
        }
        run.counts = *counts.lock().unwrap_or_else(PoisonError::into_inner);
        let write = Some(document::put(&run));
        Some(Ended { write, run: was_running.then_some(run), next: None })
    }

    /// The counts of a run that is under way.
    pub fn counts(&self, id: i64) -> Option<Counts> {
        *self.lock().get(&id)?.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the run is under way.
    pub fn is_open(&self, id: i64) -> bool {
        self.lock().contains_key(&id)
    }

    /// When the oldest run that is under way started.
    pub fn oldest_start(&self) -> Option<i64> {
        self.lock().values().map(|entry| entry.run.start).min()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, Entry>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// Tells the coordinator of the newest redrive.
    fn tell(&self, signal: Signal) {
        let sender = self.successor.as_ref().map_or(&self.sender, |(sender, _)| sender);
        // Nobody listens any more when its end is on the way to the execution.
        let _ = sender.send(signal);
    }
}

fn new_run(
    id: i64,
    open: &Open,
    start: &StartMapRun,
    scope: Option<&MapScope>,
    now: Timestamp,
) -> MapRun {
    let settings = &start.start;
    let map = scope.and_then(MapScope::map);
    let has_count = map.is_some_and(|map| map.tolerated_failure_count.is_some());
    let has_percentage = map.is_some_and(|map| map.tolerated_failure_percentage.is_some());
    MapRun {
        id,
        arn: start.map_run.clone(),
        execution_arn: open.execution.meta().execution_arn.clone(),
        parent: open.key(),
        task: start.task,
        state: start.state,
        label: label_of(&start.map_run),
        status: MapRunStatus::Running,
        start: now.0,
        stop: None,
        max_concurrency: settings.max_concurrency,
        tolerated_failure_count: has_count.then_some(settings.tolerated_failure_count),
        tolerated_failure_percentage: has_percentage
            .then_some(settings.tolerated_failure_percentage),
        redrive_count: 0,
        redrive: None,
        redrive_begun: true,
        counts: None,
        etag: None,
        all_given: false,
    }
}

/// A run that goes on after its end. What UpdateMapRun changed stays changed.
fn redriven(run: MapRun, start: &StartMapRun, now: Timestamp) -> MapRun {
    MapRun {
        task: start.task,
        status: MapRunStatus::Running,
        stop: None,
        redrive_count: start.redrive_count,
        redrive: Some(now.0),
        redrive_begun: false,
        counts: None,
        ..run
    }
}

/// The label in a Map Run's ARN; that of a Map in a child of another run follows that run's.
fn label_of(arn: &str) -> SmolStr {
    let rest = arn.splitn(7, ':').nth(6).unwrap_or_default();
    let named = rest.rsplit_once(':').map_or(rest, |(named, _)| named);
    named.split_once('/').map_or(named, |(_, label)| label).into()
}
