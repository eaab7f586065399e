//! The coordinator of a Map Run: starts children while there is room, counts their ends, ends the
//! run.

use std::collections::HashMap;
use std::sync::PoisonError;

use asl::program::MapMode;
use engine::{Failure, MapScope, Reader, names};
use smol_str::SmolStr;
use store::Status;
use tokio::sync::{OwnedSemaphorePermit, mpsc::UnboundedReceiver, oneshot};
use value::Payload;

use super::batches::{Portion, Portions};
use super::counts::Counts;
use super::export::Exporter;
use super::redrive::Redrives;
use super::registry::{Begin, Signal};
use super::source::{AtHand, Source, Sourced};
use super::taken::Taken;
use super::{Child, child, results, tolerance};
use crate::executions::{Error, Executions};
use crate::express::with_rng;
use crate::host::Host;
use crate::key::shard_key;
use crate::message::Message;

/// Runs a Map Run to its end, and tells the execution that started it.
pub(crate) async fn run(executions: Executions, begin: Begin) {
    let (map_run, parent) = (begin.run.id, begin.run.parent);
    // The store has failed: the server stops, and the restart takes the run up again.
    let Ok((outcome, all_given)) = outcome(&executions, begin).await else { return };
    let message = Message::MapRunEnded { map_run, outcome, all_given };
    executions.shards().send(parent.shard_key, message);
}

/// How the run ends, and whether children have got every item. What comes of one that was given up
/// does not matter.
async fn outcome(
    executions: &Executions,
    mut begin: Begin,
) -> Result<(Result<Payload, Failure>, bool), Error> {
    let all_given = begin.run.all_given;
    let scope = match std::mem::replace(&mut begin.scope, Err(Failure::default())) {
        Ok(scope) => scope,
        Err(failure) => return Ok((Err(failure), all_given)),
    };
    let mut cancelled = false;
    let _place = place(executions, &mut begin, &mut cancelled).await;
    let mut coordinator = match Coordinator::new(executions, begin, scope)? {
        Ok(coordinator) => coordinator,
        Err(failure) => return Ok((Err(failure), all_given)),
    };
    if cancelled {
        coordinator.cancel();
    }
    coordinator.check_exporter().await;
    coordinator.work().await?;
    let all_given = coordinator.begin.run.all_given;
    Ok((coordinator.end().await?, all_given))
}

/// A place among the runs that work; a run that is given up before it gets one needs none.
async fn place(
    executions: &Executions,
    begin: &mut Begin,
    cancelled: &mut bool,
) -> Option<OwnedSemaphorePermit> {
    let places = executions.shards().shared.map_runs.places.clone();
    let mut place = std::pin::pin!(places.acquire_owned());
    loop {
        tokio::select! {
            biased;
            place = &mut place => return place.ok(),
            signal = next(&mut begin.signals) => match signal {
                Signal::Updated(settings) => settings.apply(&mut begin.run),
                // Children of a run that was under way before a restart are counted from their rows.
                Signal::Ended { .. } => {}
                Signal::Cancel => {
                    *cancelled = true;
                    return None;
                }
            },
        }
    }
}

struct Coordinator<'e> {
    executions: &'e Executions,
    begin: Begin,
    scope: MapScope,
    source: Source,
    exporter: Option<Exporter>,
    taken: Taken,
    portions: Portions,
    /// Children that a redrive runs again.
    redrives: Redrives,
    /// Children that run: the key of their shard, and how many items each got.
    open: HashMap<i64, (u64, u64)>,
    counts: Counts,
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
        let shared = &executions.shards().shared;
        let storage = || shared.tasks.storage(&begin.revision.region);
        let evaluated = with_host(executions, |host, now| {
            let batching = scope.batching(now, host)?;
            let parameters = scope.writer(now, host)?;
            let exporter = Exporter::new(storage, &scope, parameters.as_ref(), &begin.run)?;
            Ok((batching, scope.reader(now, host)?, exporter))
        });
        let (batching, reader, exporter) = match evaluated {
            Ok(evaluated) => evaluated,
            Err(failure) => return Ok(Err(failure)),
        };
        let mut coordinator = Self {
            executions,
            source: Source::data(&begin.items),
            begin,
            scope,
            exporter,
            taken: Taken::default(),
            portions: Portions::new(batching),
            redrives: Redrives::default(),
            open: HashMap::new(),
            counts: Counts::default(),
            failure: None,
            cancelled: false,
        };
        coordinator.read_children()?;
        coordinator.open_source(reader.as_ref());
        coordinator.publish();
        Ok(Ok(coordinator))
    }

    /// Opens what `ItemReader` reads, where it goes on.
    fn open_source(&mut self, reader: Option<&Reader>) {
        let item_reader = self.scope.map().and_then(|map| map.item_reader.as_ref());
        if let (Some(reader), Some(item_reader)) = (reader, item_reader) {
            if self.begin.run.all_given {
                self.source = Source::nothing();
                return;
            }
            let region = &self.begin.revision.region;
            let storage = self.executions.shards().shared.tasks.storage(region);
            let taken = self.taken.watermark();
            // A file that nobody has got an item of may well have been put right.
            let pinned = self.begin.run.etag.clone().filter(|_| self.taken.count() > 0);
            self.source = Source::read(storage, &item_reader.resource, reader, taken, pinned);
        } else {
            self.counts.items.pending = self.source.known().saturating_sub(self.taken.count());
        }
    }

    /// A destination that takes nothing fails the run before any child starts.
    async fn check_exporter(&mut self) {
        if let Some(exporter) = &self.exporter
            && !self.cancelled
            && let Err(failure) = exporter.check().await
        {
            self.fail(failure);
        }
    }

    /// Takes in what children there are.
    fn read_children(&mut self) -> Result<(), Error> {
        let run = &self.begin.run;
        results::each_child(self.executions, run.id, None, &mut |row| {
            let items = child::items(&row);
            if let Some(first) = child::first_index(run, &row.name) {
                self.taken.add(u64::from(first), items);
            }
            if row.status == Status::Running {
                self.open.insert(row.id, (shard_key(row.machine, &row.name), items));
            }
            self.counts.add(row.status, items);
            if child::is_beyond_redrive(&row) {
                self.counts.add_not_redrivable(items);
            }
            Ok(())
        })
    }

    /// Until every child has ended and none is left to start.
    async fn work(&mut self) -> Result<(), Error> {
        if !self.begin.run.redrive_begun {
            self.mark_redrives().await?;
        }
        self.judge();
        loop {
            let is_reading = self.fill()?;
            self.publish();
            if self.open.is_empty() && !is_reading {
                return Ok(());
            }
            tokio::select! {
                biased;
                signal = next(&mut self.begin.signals) => {
                    self.hear(signal);
                    while let Ok(signal) = self.begin.signals.try_recv() {
                        self.hear(signal);
                    }
                }
                items = self.source.more(), if is_reading => {
                    self.counts.items.pending += items;
                    if let Some(etag) = self.source.take_etag() {
                        self.pin(etag).await?;
                    }
                }
            }
        }
    }

    /// Writes down which file the items come from; durable when it returns, and so before any child
    /// has an item of it.
    async fn pin(&mut self, etag: SmolStr) -> Result<(), Error> {
        let run = &mut self.begin.run;
        if run.etag.as_ref() == Some(&etag) {
            return Ok(());
        }
        run.etag = Some(etag.clone());
        let (reply, done) = oneshot::channel();
        let message = Message::PinMapRun { map_run: run.id, etag, reply };
        self.executions.shards().send(run.parent.shard_key, message);
        done.await.map_err(|_| Error::Stopping)
    }

    fn hear(&mut self, signal: Signal) {
        match signal {
            Signal::Ended { child, status } => {
                let Some((_, items)) = self.open.remove(&child) else { return };
                self.counts.moved(Status::Running, status, items);
                self.judge();
            }
            Signal::Updated(settings) => {
                settings.apply(&mut self.begin.run);
                self.judge();
            }
            Signal::Cancel => self.cancel(),
        }
    }

    /// Marks the children that the redrive of this run runs again; durable when it returns.
    async fn mark_redrives(&mut self) -> Result<(), Error> {
        let counts = &mut self.counts;
        super::redrive::mark(self.executions, &self.begin.run, counts).await?;
        self.begin.run.redrive_begun = true;
        Ok(())
    }

    /// Starts children while there is room; whether more items have to be read for that.
    fn fill(&mut self) -> Result<bool, Error> {
        while self.has_room() {
            if let Some(row) = self.redrives.next(self.executions, self.begin.run.id)? {
                let (key, items) = (shard_key(row.machine, &row.name), child::items(&row));
                self.open.insert(row.id, (key, items));
                self.counts.moved(Status::PendingRedrive, Status::Running, items);
                super::redrive::redrive(self.executions, &self.begin, row)?;
            } else if let Some(portion) = self.portions.take() {
                self.start(portion);
            } else {
                match self.source.at_hand() {
                    AtHand::Item(item) => self.take(item),
                    AtHand::NotYet => return Ok(true),
                    AtHand::Failed(failure) => self.fail(failure),
                    AtHand::Nothing => match self.portions.finish() {
                        Some(portion) => self.start(portion),
                        None => {
                            self.begin.run.all_given = true;
                            // How many items there are may have become known just now.
                            self.judge();
                            return Ok(false);
                        }
                    },
                }
            }
        }
        Ok(false)
    }

    fn has_room(&self) -> bool {
        let is_going_on = !self.cancelled && self.failure.is_none();
        is_going_on && self.open.len() < self.begin.run.concurrency()
    }

    /// Takes an item, unless a child has got it.
    fn take(&mut self, (item, source): Sourced) {
        let index = u64::from(item.index);
        if self.taken.contains(index) {
            if self.scope.map().is_some_and(|map| map.item_reader.is_some()) {
                self.counts.items.pending = self.counts.items.pending.saturating_sub(1);
            }
            return;
        }
        let scope = &self.scope;
        match with_host(self.executions, |host, now| scope.selected(item, &source, now, host)) {
            Ok(item) => self.portions.push(index, item),
            Err(failure) => self.fail(failure),
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
        self.taken.add(first, items);
        self.open.insert(child.row.id, (key, items));
        self.counts.items.pending = self.counts.items.pending.saturating_sub(items);
        self.counts.add(Status::Running, items);
        shards.send(key, Message::StartChild(Box::new(child)));
    }

    /// Fails the run if more items have failed than it tolerates.
    fn judge(&mut self) {
        let total = self.source.is_known().then(|| self.counts.items.total());
        let failed = self.counts.items.failed();
        if self.failure.is_none()
            && !self.cancelled
            && tolerance::is_exceeded(&self.begin.run, failed, total)
        {
            self.fail(Failure::tolerance_exceeded());
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.failure = Some(failure);
        self.abort();
    }

    fn cancel(&mut self) {
        self.cancelled = true;
        self.abort();
    }

    /// Stops what runs. Express children run to their end (AWS: they cannot be stopped).
    fn abort(&mut self) {
        let mode = self.scope.map().map(|map| map.mode);
        if mode == Some(MapMode::Distributed { express: true }) {
            return;
        }
        for (id, (key, _)) in &self.open {
            let (reply, _) = oneshot::channel();
            let failure = Failure::default();
            self.executions.shards().send(*key, Message::Stop { id: *id, failure, reply });
        }
    }

    /// How the run ends, when nothing is open any more.
    async fn end(mut self) -> Result<Result<Payload, Failure>, Error> {
        let failure = self.failure.take();
        let outcome = match self.exporter.take() {
            _ if self.cancelled => return Ok(Err(Failure::default())),
            // It is the destination that has failed.
            Some(_) if failure.as_ref().is_some_and(is_of_writer) => Err(Failure::default()),
            Some(exporter) => self.export(exporter, failure.is_some()).await?,
            None if failure.is_some() => Err(Failure::default()),
            None => {
                let Begin { revision, run, .. } = &self.begin;
                results::collected(self.executions, revision, run, &self.scope)?
            }
        };
        if failure.is_none() && outcome.is_ok() {
            self.counts.all_written();
            self.publish();
        }
        Ok(failure.map_or(outcome, Err))
    }

    /// Writes the results of all children; of a run that `has_failed` also what never started.
    async fn export(
        &mut self,
        exporter: Exporter,
        has_failed: bool,
    ) -> Result<Result<Payload, Failure>, Error> {
        let (pending, exported) = match exporter.begin(self.executions, &self.begin) {
            Ok(begun) => begun,
            Err(failure) => return Ok(Err(failure)),
        };
        while has_failed && let Some(portion) = self.never_started().await {
            // It has failed if it takes no more.
            if pending.send(Payload::from_value(portion.input)).await.is_err() {
                break;
            }
        }
        drop(pending);
        exported.await.map_err(|_| Error::Stopping)?
    }

    /// What the next child would have got.
    async fn never_started(&mut self) -> Option<Portion> {
        loop {
            if let Some(portion) = self.portions.take() {
                return Some(portion);
            }
            match self.source.at_hand() {
                AtHand::Item((item, source)) if !self.taken.contains(u64::from(item.index)) => {
                    let (index, scope) = (u64::from(item.index), &self.scope);
                    let select =
                        |host: &mut Host<'_>, now| scope.selected(item, &source, now, host);
                    self.portions.push(index, with_host(self.executions, select).ok()?);
                }
                AtHand::Item(_) => {}
                AtHand::NotYet => drop(self.source.more().await),
                AtHand::Nothing | AtHand::Failed(_) => return self.portions.finish(),
            }
        }
    }

    /// Shows the counts to those who ask.
    fn publish(&mut self) {
        self.counts.executions.pending = self.portions.children_of(self.counts.items.pending);
        *self.begin.counts.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.counts);
    }
}

/// Whether it is the destination of results that has failed.
fn is_of_writer(failure: &Failure) -> bool {
    failure.error.as_deref() == Some(names::RESULT_WRITER_FAILED)
}

/// The next signal. The registry keeps the sender for as long as the run is known; should it be
/// gone, the server is stopping, and there is nothing to wait for.
async fn next(signals: &mut UnboundedReceiver<Signal>) -> Signal {
    match signals.recv().await {
        Some(signal) => signal,
        None => std::future::pending().await,
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
