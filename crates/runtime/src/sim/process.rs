//! One life of the server under simulation: the real shards, writer, recovery and callers' side, on
//! one thread, moved by hand.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, OnceLock};

use asl::resource::Resource;
use asl::{AnyResource, Resources};
use connectors::{Connectors, HttpTrace};
use engine::{Failure, Limits, names};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use store::{Simulated, Store, Write};
use value::{Timestamp, Value};

use super::ledger::Ledger;
use crate::clock::Clock;
use crate::commit::{Batch, Committer, Writer, take_effects};
use crate::executions::Executions;
use crate::message::Message;
use crate::runtime::{Options, StartError, load, recover};
use crate::shard::{Shard, SleepTimes};
use crate::shards::Shards;
use crate::tasks::{Answer, TaskCall, TaskCancel, Tasks};

/// A clock that stands until it is moved.
#[derive(Default)]
pub(super) struct SimClock(pub AtomicI64);

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

/// What the server asked of the services.
pub(super) enum Asked {
    Call(Box<TaskCall>),
    Cancel(Box<TaskCancel>),
}

/// Services that only write down what they are asked.
#[derive(Default)]
pub(super) struct SimTasks {
    pub asked: Mutex<VecDeque<Asked>>,
    /// Who knows what may be called, and with what; without, anything may.
    connectors: Option<Connectors>,
}

impl SimTasks {
    /// Services that refuse what `connectors` refuse, and stand in for nested executions, too.
    pub fn of(connectors: Connectors) -> Self {
        Self { connectors: Some(connectors), ..Self::default() }
    }

    fn resources(&self) -> Arc<dyn Resources + Send + Sync> {
        match &self.connectors {
            Some(connectors) => Arc::new(connectors.clone()),
            None => Arc::new(AnyResource),
        }
    }
}

impl Tasks for SimTasks {
    fn start(&self, call: TaskCall, _: &Executions) {
        self.asked.lock().unwrap().push_back(Asked::Call(Box::new(call)));
    }

    fn cancel(&self, cancel: TaskCancel, _: &Executions) {
        self.asked.lock().unwrap().push_back(Asked::Cancel(Box::new(cancel)));
    }

    fn refuse_parameters(&self, resource: &Resource, parameters: &Value) -> Option<String> {
        self.connectors.as_ref()?.refuse_parameters(resource, parameters)
    }

    fn is_mocked(&self, _: &TaskCall) -> bool {
        self.connectors.is_some()
    }

    fn is_repeatable(&self, resource: &Resource, _: &Value) -> bool {
        resource.arn.ends_with(":repeatable")
    }

    fn call<'a>(&'a self, _: TaskCall, _: &'a mut HttpTrace) -> Answer<'a> {
        Box::pin(std::future::ready(Err(Failure::bare(names::TASK_FAILED))))
    }

    fn storage(&self, _: &smol_str::SmolStr) -> Arc<dyn items::Storage> {
        Arc::<items::memory::MemoryStorage>::default()
    }

    fn check_mocked_result(&self, _: &Resource, _: &Value, _: bool) -> Option<String> {
        None
    }
}

/// How a commit went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Committed {
    Yes,
    /// The disk refused; nothing is acknowledged any more.
    Refused,
    Crashed,
}

pub(super) struct Process {
    pub store: Arc<Simulated>,
    pub executions: Executions,
    pub tasks: Arc<SimTasks>,
    clock: Arc<SimClock>,
    shards: Vec<Shard>,
    inboxes: Vec<(Receiver<Message>, VecDeque<Message>)>,
    committer: Committer,
    batches: Receiver<Batch>,
    writer: Writer,
    queued: Vec<Batch>,
    writing: Vec<Batch>,
    /// Callers and nested executions live here; they die with the process.
    pub callers: tokio::runtime::Runtime,
}

impl Process {
    pub fn boot(
        store: Arc<Simulated>,
        clock: Arc<SimClock>,
        shards: usize,
        rng: &mut StdRng,
    ) -> Result<Self, StartError> {
        // Some servers have hardly anything in memory.
        let sleep = match rng.random_range(0..3) {
            0 => SleepTimes::DEFAULT,
            1 => SleepTimes { idle: 500, ahead: 3_000, early: 1_000 },
            _ => SleepTimes { idle: 1, ahead: 1, early: 0 },
        };
        Self::boot_with(store, clock, shards, (Arc::default(), sleep), rng)
    }

    pub fn boot_with(
        store: Arc<Simulated>,
        clock: Arc<SimClock>,
        shards: usize,
        (tasks, sleep): (Arc<SimTasks>, SleepTimes),
        rng: &mut StdRng,
    ) -> Result<Self, StartError> {
        let mut callers = tokio::runtime::Builder::new_current_thread();
        let callers = callers.enable_time().start_paused(true).build()?;
        crate::express::seed(rng.random());
        let (committer, batches) = Committer::channel();
        let slot = Arc::new(OnceLock::new());
        let options = Options {
            store: store.clone(),
            tasks: tasks.clone(),
            resources: tasks.resources(),
            strict: false,
            clock: clock.clone(),
            limits: Limits::AWS,
            sleep,
            shards,
            retention_ms: i64::MAX,
            observers: Vec::new(),
            crash_at: None,
        };
        let shared = Arc::new(load(options, &committer, rng.random())?);
        let writer = Writer::new(store.clone(), slot.clone(), None, &committer);
        let (all, inboxes) = Shards::new(shared.clone(), shards, callers.handle().clone());
        let _ = slot.set(all.clone());
        recover(&all)?;
        let owners = (0..shards).map(|_| Shard::new(shared.clone(), StdRng::from_rng(rng)));
        Ok(Self {
            store,
            executions: Executions::of(all),
            tasks,
            clock,
            shards: owners.collect(),
            inboxes: inboxes.into_iter().map(|inbox| (inbox, VecDeque::new())).collect(),
            committer,
            batches,
            writer,
            queued: Vec::new(),
            writing: Vec::new(),
            callers,
        })
    }

    /// Lets everything happen that waits for neither time nor disk, in an order that `rng` draws.
    pub fn work(&mut self, rng: &mut StdRng, ledger: &mut Ledger) {
        loop {
            self.run_callers();
            let mut idle = true;
            for _ in 0..self.shards.len() * 2 {
                let at = rng.random_range(0..self.shards.len());
                idle &= !self.turn(at, rng, ledger);
            }
            for at in 0..self.shards.len() {
                idle &= !self.turn(at, rng, ledger);
            }
            self.queued.extend(self.batches.try_iter());
            if idle {
                return;
            }
        }
    }

    fn run_callers(&self) {
        self.callers.block_on(async {
            for _ in 0..4 {
                tokio::task::yield_now().await;
            }
        });
    }

    /// One round of a shard's thread; `false` if there was nothing to do.
    fn turn(&mut self, at: usize, rng: &mut StdRng, ledger: &mut Ledger) -> bool {
        let (shard, (inbox, waiting)) = (&mut self.shards[at], &mut self.inboxes[at]);
        waiting.extend(inbox.try_iter());
        let now = self.clock.now();
        let due = shard.due().is_some_and(|due| due <= now);
        if waiting.is_empty() && !due && !shard.has_work() {
            return false;
        }
        let count = if waiting.is_empty() { 0 } else { rng.random_range(1..=waiting.len()) };
        for message in waiting.drain(..count) {
            shard.handle(message, now);
        }
        shard.tick(now);
        assert!(shard.due().is_none_or(|due| due > now), "a timer that is due did not fire");
        if let Some(batch) = shard.take_batch() {
            ledger.ahead(&batch.writes, shard);
            self.committer.send(batch);
        }
        true
    }

    /// Whether batches wait while none is being written.
    pub fn wants_commit(&self) -> bool {
        self.writing.is_empty() && !self.queued.is_empty()
    }

    pub fn begin_commit(&mut self) {
        std::mem::swap(&mut self.queued, &mut self.writing);
    }

    /// The disk has answered. With `torn`, the process dies after so many effects.
    pub fn end_commit(&mut self, torn: Option<usize>, ledger: &mut Ledger) -> Committed {
        let mut batches = std::mem::take(&mut self.writing);
        let writes: Vec<Write> =
            batches.iter().flat_map(|batch| batch.writes.iter().cloned()).collect();
        if !self.writer.write(&mut batches) {
            return if self.store.crashed() { Committed::Crashed } else { Committed::Refused };
        }
        ledger.committed(&writes, &*self.store);
        let shards = self.executions.shards().clone();
        let effects = take_effects(&mut batches);
        match torn {
            Some(count) => {
                effects.take(count).for_each(|effect| effect.happen(&shards));
                Committed::Crashed
            }
            None => {
                effects.for_each(|effect| effect.happen(&shards));
                Committed::Yes
            }
        }
    }

    /// When a shard wants to be woken, on the process's clock.
    pub fn due(&self) -> Option<Timestamp> {
        self.shards.iter().filter_map(Shard::due).min()
    }

    pub fn pass_time(&self, ms: i64) {
        if let Ok(ms) = u64::try_from(ms)
            && ms > 0
        {
            self.callers.block_on(tokio::time::advance(std::time::Duration::from_millis(ms)));
        }
    }

    pub fn is_quiet(&self) -> bool {
        self.queued.is_empty() && self.writing.is_empty()
    }

    /// How many executions were read back.
    pub fn woken(&self) -> u64 {
        self.shards.iter().map(Shard::woken).sum()
    }

    /// How many executions are in memory.
    pub fn in_memory(&self) -> usize {
        self.shards.iter().map(Shard::in_memory).sum()
    }

    /// What shards still hold, when all executions have ended.
    pub fn leftovers(&mut self) -> Vec<String> {
        let now = self.clock.now();
        self.shards.iter_mut().for_each(|shard| shard.tick(now));
        let mut left: Vec<_> = self.shards.iter().filter_map(Shard::leftovers).collect();
        let waiting = self.executions.waiting_activity_tasks();
        left.extend(waiting.into_iter().filter(|(_, n)| *n > 0).map(|it| format!("{it:?}")));
        left
    }
}

/// The disk's view for the ledger.
pub(super) fn documents(store: &dyn Store) -> Vec<store::ExecutionRow> {
    let mut rows = Vec::new();
    let max = store.max_execution_id().unwrap();
    for id in 1..=max {
        rows.extend(store.execution(id).unwrap());
    }
    rows
}
