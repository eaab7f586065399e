//! `MapRuns`: the Map Runs that are under way, and the way to their coordinators.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::{Failure, MapScope, StartMapRun};
use smol_str::SmolStr;
use store::{Status, Store, Write};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use value::{Payload, Timestamp, Value};

use super::{MapRun, MapRunStatus, document, id_of};
use crate::catalog::Revision;
use crate::open::Open;

/// What a coordinator is told.
pub(super) enum Signal {
    /// A child has ended, durably.
    Ended { child: i64, status: Status },
    /// The Map was given up.
    Cancel,
}

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
}

/// The Map Runs that are under way.
#[derive(Default)]
pub(crate) struct MapRuns(Mutex<HashMap<i64, (MapRun, UnboundedSender<Signal>)>>);

impl MapRuns {
    /// Takes up a run, new or from before a restart, that `open` has started. Returns what is to be
    /// written, and what its coordinator begins with once that is durable.
    pub fn begin(
        &self,
        store: &dyn Store,
        open: &Open,
        start: &StartMapRun,
        now: Timestamp,
    ) -> (Vec<Write>, Begin) {
        let id = id_of(&start.map_run).unwrap_or_default();
        let scope = open.execution.map_scope(start, now);
        let known = document::get(store, id).ok().flatten();
        let writes = if known.is_some() { Vec::new() } else { Vec::with_capacity(2) };
        let is_new = known.is_none();
        let run = known.unwrap_or_else(|| new_run(id, open, start, scope.as_ref().ok(), now));
        let writes = if is_new { document::put_new(&run) } else { writes };
        let (sender, signals) = unbounded_channel();
        self.lock().insert(id, (run.clone(), sender));
        let begin = Begin {
            run,
            revision: open.revision.clone(),
            version: open.row.version,
            alias: open.row.alias.clone(),
            test_case: open.test_case.clone(),
            scope,
            items: start.start.items.clone(),
            signals,
        };
        (writes, begin)
    }

    /// A child has ended.
    pub fn child_ended(&self, map_run: i64, child: i64, status: Status) {
        if let Some((_, sender)) = self.lock().get(&map_run) {
            let _ = sender.send(Signal::Ended { child, status });
        }
    }

    /// Gives up the run at `arn`; what is to be written if it was under way.
    pub fn cancel(&self, arn: &str, now: Timestamp) -> Option<Write> {
        let mut runs = self.lock();
        let (run, sender) = runs.get_mut(&id_of(arn)?)?;
        if run.status != MapRunStatus::Running {
            return None;
        }
        (run.status, run.stop) = (MapRunStatus::Aborted, Some(now.0));
        let _ = sender.send(Signal::Cancel);
        Some(document::put(run))
    }

    /// Ends a run that was not given up; returns it, and what is to be written.
    pub fn end(&self, id: i64, status: MapRunStatus, now: Timestamp) -> Option<(MapRun, Write)> {
        let (mut run, _) = self.lock().remove(&id)?;
        if run.status != MapRunStatus::Running {
            return None;
        }
        (run.status, run.stop) = (status, Some(now.0));
        let write = document::put(&run);
        Some((run, write))
    }

    /// Forgets a run that was given up.
    pub fn forget(&self, id: i64) {
        self.lock().remove(&id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, (MapRun, UnboundedSender<Signal>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
    let items = match settings.items.value() {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    };
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
        items: items as u64,
    }
}

/// The label in a Map Run's ARN; that of a Map in a child of another run follows that run's.
fn label_of(arn: &str) -> SmolStr {
    let rest = arn.splitn(7, ':').nth(6).unwrap_or_default();
    let named = rest.rsplit_once(':').map_or(rest, |(named, _)| named);
    named.split_once('/').map_or(named, |(_, label)| label).into()
}
