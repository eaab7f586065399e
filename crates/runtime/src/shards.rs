//! The threads of the shards, and what they share.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use asl::resource::ResourceKind;
use engine::{Execution, Limits, Meta};
use rand::SeedableRng;
use rand::rngs::StdRng;
use smol_str::SmolStr;
use store::{ExecutionRow, Status, Store};
use value::Timestamp;

use crate::activities::Activities;
use crate::catalog::{Catalog, MachineType, Revision};
use crate::clock::Clock;
use crate::commit::{Committer, StoreFailure};
use crate::effect::Observer;
use crate::executions::{Error, Executions, Start};
use crate::host::uuid;
use crate::map_run::{self, Begin, MapRuns};
use crate::message::Message;
use crate::nested;
use crate::open::{self, Open};
use crate::shard::{Shard, SleepTimes};
use crate::tasks::{TaskCall, TaskCancel, Tasks};

/// Deep documents are rendered and dropped by recursion; a thread's stack is only virtual memory
/// until it is used. 256 KiB of payload nests at most some 50,000 deep.
pub const THREAD_STACK_BYTES: usize = 64 << 20;

/// Most messages that a shard takes before it hands over what they brought.
const MOST_MESSAGES: usize = 512;

/// What every shard needs.
pub(crate) struct Shared {
    pub store: Arc<dyn Store>,
    pub catalog: Catalog,
    pub tasks: Arc<dyn Tasks>,
    pub clock: Arc<dyn Clock>,
    pub limits: Arc<Limits>,
    pub sleep: SleepTimes,
    /// Told when the store fails.
    pub failure: Arc<StoreFailure>,
    pub next_id: AtomicI64,
    pub observers: Vec<Arc<dyn Observer>>,
    pub map_runs: MapRuns,
}

impl Shared {
    /// The execution that `start` asks for, and its row.
    pub fn new_execution(
        &self,
        start: &Start,
        name: SmolStr,
        now: Timestamp,
        rng: &mut StdRng,
    ) -> Result<(Execution, ExecutionRow), Error> {
        let revision = &start.revision;
        let express = revision.machine_type == MachineType::Express;
        let execution_arn = if express {
            revision.express_arn(&name, &uuid(rng))
        } else {
            revision.execution_arn(&name)
        };
        let row = ExecutionRow {
            id: self.next_id.fetch_add(1, Ordering::Relaxed),
            machine: revision.machine,
            revision: revision.id,
            name,
            status: Status::Running,
            start: now.0,
            stop: None,
            last_event: 0,
            version: start.version,
            alias: start.alias.clone(),
            map_run: None,
            item_count: None,
            redrive_count: 0,
            redrive: None,
            express,
            trace_header: start.trace_header.clone(),
        };
        let program = revision.program().ok_or(Error::Unrunnable)?;
        let meta =
            open::meta(revision, &row, execution_arn, start.input.clone(), self.limits.clone());
        Ok((open::execution(program, meta), row))
    }

    /// When a closed execution ended.
    pub fn stop_date(&self, id: i64) -> Result<Option<Timestamp>, Error> {
        let row = self.store.execution(id)?.ok_or(Error::DoesNotExist)?;
        Ok(row.stop.map(Timestamp))
    }

    /// Whether somebody logs or watches the execution.
    pub fn wants(&self, open: &Open) -> bool {
        self.observers.iter().any(|observer| observer.wants(&open.revision, open.key()))
    }

    /// Whether a mock file answers the call.
    pub fn is_mocked(&self, call: &TaskCall) -> bool {
        call.test_case.is_some() && self.tasks.is_mocked(call)
    }

    /// Whether a call whose outcome is not known may be made again.
    pub fn is_repeatable(&self, call: &TaskCall) -> bool {
        nested::is_nested(&call.resource)
            || self.tasks.is_repeatable(&call.resource, call.parameters.value())
    }
}

/// All shards. Messages go in by shard key.
pub(crate) struct Shards {
    pub shared: Arc<Shared>,
    pub activities: Activities,
    pub observers: Vec<Arc<dyn Observer>>,
    senders: Vec<Sender<Message>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    runtime: tokio::runtime::Handle,
}

impl Shards {
    /// `count` shards, and where each gets its messages.
    pub fn new(
        shared: Arc<Shared>,
        count: usize,
        runtime: tokio::runtime::Handle,
    ) -> (Arc<Self>, Vec<Receiver<Message>>) {
        let (senders, receivers) = (0..count).map(|_| channel()).unzip();
        let shards = Arc::new(Self {
            observers: shared.observers.clone(),
            shared,
            activities: Activities::default(),
            senders,
            threads: Mutex::default(),
            runtime,
        });
        (shards, receivers)
    }

    /// Starts a thread for each shard, on what it has been told already.
    pub fn start(
        &self,
        receivers: Vec<Receiver<Message>>,
        committer: &Committer,
    ) -> std::io::Result<()> {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for (number, receiver) in receivers.into_iter().enumerate() {
            let shard = Shard::new(self.shared.clone(), StdRng::from_os_rng());
            let (committer, clock) = (committer.clone(), self.shared.clock.clone());
            let thread = std::thread::Builder::new();
            let thread = thread.name(format!("shard-{number}")).stack_size(THREAD_STACK_BYTES);
            threads.push(thread.spawn(move || run(shard, &receiver, &committer, &*clock))?);
        }
        Ok(())
    }

    /// Tells the shard that owns `shard_key`. After the end nobody listens any more.
    pub fn send(&self, shard_key: u64, message: Message) {
        let shard = (shard_key % self.senders.len() as u64) as usize;
        let _ = self.senders[shard].send(message);
    }

    /// Tells every shard.
    pub fn send_all(&self, mut message: impl FnMut() -> Message) {
        for sender in &self.senders {
            let _ = sender.send(message());
        }
    }

    /// Calls a task.
    pub fn call(self: &Arc<Self>, call: TaskCall) {
        let executions = Executions::of(self.clone());
        if nested::is_nested(&call.resource) && !self.shared.is_mocked(&call) {
            drop(self.runtime.spawn(nested::call(executions, call)));
        } else {
            self.shared.tasks.start(call, &executions);
        }
    }

    /// Runs a Map Run.
    pub fn run_map(self: &Arc<Self>, begin: Box<Begin>) {
        if let Some(begin) = self.shared.map_runs.take_up(begin) {
            drop(self.runtime.spawn(map_run::run(Executions::of(self.clone()), *begin)));
        }
    }

    /// Gives a task up.
    pub fn cancel(self: &Arc<Self>, cancel: TaskCancel) {
        if cancel.resource.kind == ResourceKind::Activity {
            return self.activities.withdraw(&cancel.resource.arn, cancel.address);
        }
        let executions = Executions::of(self.clone());
        if nested::is_nested(&cancel.resource) {
            drop(self.runtime.spawn(nested::cancel(executions, cancel)));
        } else {
            self.shared.tasks.cancel(cancel, &executions);
        }
    }

    /// Ends all shards; what they were told before is done first.
    pub fn end(&self) {
        self.send_all(|| Message::End);
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            let _ = thread.join();
        }
    }
}

/// The life of a shard's thread: take what has come, let what is due happen, hand it over.
fn run(mut shard: Shard, receiver: &Receiver<Message>, committer: &Committer, clock: &dyn Clock) {
    loop {
        let first = match next(&shard, receiver, clock) {
            Ok(message) => Some(message),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let now = clock.now();
        let mut message = first;
        let mut ended = false;
        for _ in 0..MOST_MESSAGES {
            match message {
                Some(Message::End) => ended = true,
                Some(message) => shard.handle(message, now),
                None => break,
            }
            message = receiver.try_recv().ok();
        }
        if let Some(Message::End) = message {
            ended = true;
        } else if let Some(message) = message {
            shard.handle(message, now);
        }
        shard.tick(now);
        if let Some(batch) = shard.take_batch() {
            committer.send(batch);
        }
        if ended {
            return;
        }
    }
}

fn next(
    shard: &Shard,
    receiver: &Receiver<Message>,
    clock: &dyn Clock,
) -> Result<Message, RecvTimeoutError> {
    if shard.has_work() {
        return receiver.try_recv().map_err(|_| RecvTimeoutError::Timeout);
    }
    match shard.due() {
        Some(due) => {
            let wait = (due.0 - clock.now().0).max(0);
            receiver.recv_timeout(Duration::from_millis(wait.unsigned_abs()))
        }
        None => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
    }
}

/// What an execution is, rebuilt from its row.
pub(crate) fn meta_of(
    shared: &Shared,
    revision: &Revision,
    row: &ExecutionRow,
    execution_arn: SmolStr,
    input: value::Payload,
) -> Meta {
    open::meta(revision, row, execution_arn, input, shared.limits.clone())
}
