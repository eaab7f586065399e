//! The coordinator of a Map Run: starts children while there is room, counts their ends, ends the
//! run.

use std::collections::{BTreeMap, HashMap};

use asl::program::MapMode;
use engine::{Failure, MapItem, MapScope, names};
use smol_str::SmolStr;
use store::Status;
use tokio::sync::{mpsc::UnboundedReceiver, oneshot};
use value::{Payload, Value};

use super::batches::{Portion, Portions};
use super::registry::{Begin, Signal};
use super::{CONCURRENCY_MAX, Child, child, results, tolerance};
use crate::executions::{Error, Executions};
use crate::express::with_rng;
use crate::host::Host;
use crate::key::shard_key;
use crate::message::Message;

/// `Map.Item.Source` of items that come from the state's input.
const STATE_DATA: &str = "STATE_DATA";

/// Runs a Map Run to its end, and tells the execution that started it.
pub(crate) async fn run(executions: Executions, begin: Begin) {
    let (id, parent) = (begin.run.id, begin.run.parent);
    // The store has failed: the server stops, and the restart takes the run up again.
    let Ok(outcome) = outcome(&executions, begin).await else { return };
    match outcome {
        Some(outcome) => {
            let message = Message::MapRunEnded { map_run: id, outcome };
            executions.shards().send(parent.shard_key, message);
        }
        None => executions.shards().shared.map_runs.forget(id),
    }
}

/// How the run ends; `None` if it was given up.
async fn outcome(
    executions: &Executions,
    mut begin: Begin,
) -> Result<Option<Result<Payload, Failure>>, Error> {
    let scope = match std::mem::replace(&mut begin.scope, Err(Failure::default())) {
        Ok(scope) => scope,
        Err(failure) => return Ok(Some(Err(failure))),
    };
    if let Some(failure) = unsupported(&scope) {
        return Ok(Some(Err(failure)));
    }
    let mut coordinator = match Coordinator::new(executions, begin, scope)? {
        Ok(coordinator) => coordinator,
        Err(failure) => return Ok(Some(Err(failure))),
    };
    coordinator.work().await;
    let Coordinator { begin, scope, failure, cancelled, .. } = coordinator;
    if cancelled {
        return Ok(None);
    }
    match failure {
        Some(failure) => Ok(Some(Err(failure))),
        None => results::collected(executions, &begin.run, &scope).map(Some),
    }
}

/// The parts of a distributed Map that are not there yet: say so rather than do half of it.
fn unsupported(scope: &MapScope) -> Option<Failure> {
    let map = scope.map()?;
    let field = match (&map.item_reader, &map.result_writer) {
        (Some(_), _) => "ItemReader",
        (None, Some(_)) => "ResultWriter",
        (None, None) => return None,
    };
    let cause = format!("{field} is not supported by this version of Stepwell.");
    Some(Failure::new(names::RUNTIME, cause))
}

struct Coordinator<'e> {
    executions: &'e Executions,
    begin: Begin,
    scope: MapScope,
    portions: Portions,
    /// Children that run: the key of their shard, and how many items each got.
    open: HashMap<i64, (u64, u64)>,
    failed_items: u64,
    /// Why the run fails; nothing more is started then.
    failure: Option<Failure>,
    cancelled: bool,
}

impl<'e> Coordinator<'e> {
    /// The coordinator of a run, with what children of it there are already.
    fn new(
        executions: &'e Executions,
        begin: Begin,
        scope: MapScope,
    ) -> Result<Result<Self, Failure>, Error> {
        let batching = with_host(executions, |host, now| scope.batching(now, host));
        let batching = match batching {
            Ok(batching) => batching,
            Err(failure) => return Ok(Err(failure)),
        };
        let (mut taken, mut open, mut failed_items) = (BTreeMap::new(), HashMap::new(), 0);
        results::each_child(executions, &begin.run, &mut |row| {
            let items = row.item_count.unwrap_or(1).unsigned_abs();
            if let Some(first) = child::first_index(&begin.run, &row.name) {
                taken.insert(first, u32::try_from(items).unwrap_or(u32::MAX));
            }
            match row.status {
                Status::Running => {
                    open.insert(row.id, (shard_key(row.machine, &row.name), items));
                }
                Status::Failed | Status::TimedOut | Status::Aborted => failed_items += items,
                Status::Succeeded | Status::PendingRedrive => {}
            }
        })?;
        let portions = Portions::new(items(&begin.items), taken, batching);
        Ok(Ok(Self {
            executions,
            begin,
            scope,
            portions,
            open,
            failed_items,
            failure: None,
            cancelled: false,
        }))
    }

    /// Until every child has ended and none is left to start.
    async fn work(&mut self) {
        self.judge();
        loop {
            self.fill();
            if self.open.is_empty() {
                return;
            }
            match next(&mut self.begin.signals).await {
                Signal::Ended { child, status } => {
                    let Some((_, items)) = self.open.remove(&child) else { continue };
                    if status != Status::Succeeded {
                        self.failed_items += items;
                    }
                    self.judge();
                }
                Signal::Cancel => {
                    self.cancelled = true;
                    self.abort();
                }
            }
        }
    }

    /// Starts children while there is room.
    fn fill(&mut self) {
        let most = match self.begin.run.max_concurrency {
            0 => CONCURRENCY_MAX,
            wanted => wanted.min(CONCURRENCY_MAX),
        };
        while !self.cancelled && self.failure.is_none() && self.open.len() < most as usize {
            let (portions, scope) = (&mut self.portions, &self.scope);
            let portion = with_host(self.executions, |host, now| {
                portions.next(&mut |item| scope.selected(item, STATE_DATA, now, host))
            });
            match portion {
                Ok(Some(portion)) => self.start(portion),
                Ok(None) => return,
                Err(failure) => self.fail(failure),
            }
        }
    }

    fn start(&mut self, portion: Portion) {
        let Portion { first, items, input } = portion;
        let shards = self.executions.shards();
        let (shared, now) = (&shards.shared, shards.shared.clock.now());
        let input = Payload::from_value(input);
        if input.text().len() > shared.limits.payload_bytes {
            let cause = "The input of a child execution exceeds the maximum number of bytes \
                         service limit.";
            return self.fail(Failure::new(names::DATA_LIMIT_EXCEEDED, cause));
        }
        let Some(child) = Child::new(shared, &self.begin, first, items, input, now) else {
            let cause = "The definition cannot be compiled by this version of Stepwell.";
            return self.fail(Failure::new(names::RUNTIME, cause));
        };
        let key = child.execution.meta().shard_key;
        self.open.insert(child.row.id, (key, u64::from(items)));
        shards.send(key, Message::StartChild(Box::new(child)));
    }

    /// Fails the run if more items have failed than it tolerates.
    fn judge(&mut self) {
        let run = &self.begin.run;
        if self.failure.is_none() && tolerance::is_exceeded(run, self.failed_items, run.items) {
            self.fail(Failure::new(
                names::EXCEED_TOLERATED_FAILURE_THRESHOLD,
                "The specified tolerated failure threshold was exceeded",
            ));
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.failure = Some(failure);
        let mode = self.scope.map().map(|map| map.mode);
        // Express children run to their end (AWS: they cannot be stopped).
        if mode != Some(MapMode::Distributed { express: true }) {
            self.abort();
        }
    }

    /// Stops what runs.
    fn abort(&mut self) {
        for (id, (key, _)) in &self.open {
            let (reply, _) = oneshot::channel();
            let failure = Failure::default();
            self.executions.shards().send(*key, Message::Stop { id: *id, failure, reply });
        }
    }
}

/// The next signal. The registry keeps the sender for as long as the run is known; should it be
/// gone, the server is stopping, and there is nothing to wait for.
async fn next(signals: &mut UnboundedReceiver<Signal>) -> Signal {
    match signals.recv().await {
        Some(signal) => signal,
        None => std::future::pending().await,
    }
}

/// The items of a state's data.
fn items(items: &Payload) -> std::collections::VecDeque<MapItem> {
    let item = |(index, (key, value)): (usize, (Option<SmolStr>, &Value))| MapItem {
        index: u32::try_from(index).unwrap_or(u32::MAX),
        key,
        value: value.clone(),
    };
    match items.value() {
        Value::Array(items) => items.iter().map(|it| (None, it)).enumerate().map(item).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, it)| (Some(key.clone()), it)).enumerate().map(item).collect()
        }
        _ => Default::default(),
    }
}

fn with_host<T>(
    executions: &Executions,
    evaluate: impl FnOnce(&mut Host<'_>, value::Timestamp) -> T,
) -> T {
    let shared = &executions.shards().shared;
    with_rng(|rng| {
        let mut host = Host { rng, catalog: &shared.catalog, tasks: &*shared.tasks };
        evaluate(&mut host, shared.clock.now())
    })
}
