//! Group commit: batches of all shards go down in one transaction; effects follow it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use store::{Store, Write};
use tokio::sync::{Notify, oneshot};

use crate::catalog::{Commit, CommitFuture};
use crate::effect::Effect;
use crate::shards::Shards;

/// Most batches that go down in one transaction.
const MOST_BATCHES: usize = 1024;

/// What a shard, or the catalogue, wants written, and what may happen once it is.
pub(crate) struct Batch {
    pub writes: Vec<Write>,
    pub effects: Vec<Effect>,
    /// Set to the number once the batch is durable.
    pub durable: Option<(Arc<AtomicU64>, u64)>,
}

/// Where a process dies on purpose, for tests of recovery: right before or right after a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrashAt {
    /// The number of the commit, from 1.
    pub commit: u64,
    /// After it rather than before.
    pub after: bool,
}

/// Takes batches to the thread that writes. Cloning shares it.
#[derive(Clone)]
pub(crate) struct Committer {
    sender: Sender<Batch>,
    pub failure: Arc<StoreFailure>,
}

/// Tells that the store has failed. The server must stop: what it holds in memory is ahead of
/// what is durable, and a restart is what brings them together again.
#[derive(Default)]
pub struct StoreFailure {
    error: OnceLock<String>,
    notify: Notify,
    stopped: AtomicBool,
}

impl StoreFailure {
    /// Waits until the store fails; says how.
    pub async fn wait(&self) -> String {
        loop {
            let notified = self.notify.notified();
            if let Some(error) = self.error.get() {
                return error.clone();
            }
            notified.await;
        }
    }

    /// Says that it has failed; the first reason stays.
    pub(crate) fn set(&self, error: String) {
        let _ = self.error.set(error);
        self.stopped.store(true, Ordering::Release);
        self.notify.notify_waiters();
    }

    /// Whether it has failed.
    pub fn is_set(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }
}

impl Committer {
    /// A committer, and the end where a [`Writer`] gets its batches.
    pub fn channel() -> (Self, Receiver<Batch>) {
        let (sender, receiver) = channel();
        (Self { sender, failure: Arc::default() }, receiver)
    }

    /// Starts the thread that writes. It ends when the last `Committer` is gone and all batches
    /// are written.
    pub fn start(
        store: Arc<dyn Store>,
        shards: Arc<OnceLock<Arc<Shards>>>,
        crash_at: Option<CrashAt>,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (committer, receiver) = Self::channel();
        let writer = Writer::new(store, shards, crash_at, &committer);
        let thread = std::thread::Builder::new().name("commit".into());
        let handle = thread.spawn(move || writer.run(&receiver))?;
        Ok((committer, handle))
    }

    /// Waits until everything handed over before is written.
    pub fn flush(&self) {
        let (reply, done) = oneshot::channel();
        self.send(Batch {
            writes: Vec::new(),
            effects: vec![Effect::Committed(reply)],
            durable: None,
        });
        // An error means that the writer has gone: then there is nothing to wait for.
        let _ = done.blocking_recv();
    }

    /// Hands a batch over. If the writer has gone its effects never happen, and whoever waits for
    /// them is told by the drop.
    pub fn send(&self, batch: Batch) {
        let _ = self.sender.send(batch);
    }
}

impl Commit for Committer {
    fn commit(&self, writes: Vec<Write>) -> CommitFuture {
        let (reply, done) = oneshot::channel();
        self.send(Batch { writes, effects: vec![Effect::Committed(reply)], durable: None });
        Box::pin(async move {
            done.await.map_err(|_| store::Error::Invalid("the store has failed before".into()))
        })
    }
}

/// What makes batches durable, and then lets their effects happen.
pub(crate) struct Writer {
    store: Arc<dyn Store>,
    shards: Arc<OnceLock<Arc<Shards>>>,
    crash_at: Option<CrashAt>,
    commits: u64,
    failure: Arc<StoreFailure>,
}

impl Writer {
    /// A writer for what is handed to `committer`.
    pub fn new(
        store: Arc<dyn Store>,
        shards: Arc<OnceLock<Arc<Shards>>>,
        crash_at: Option<CrashAt>,
        committer: &Committer,
    ) -> Self {
        Self { store, shards, crash_at, commits: 0, failure: committer.failure.clone() }
    }

    fn run(mut self, receiver: &Receiver<Batch>) {
        let mut batches = Vec::new();
        while let Ok(first) = receiver.recv() {
            batches.push(first);
            while batches.len() < MOST_BATCHES
                && let Ok(next) = receiver.try_recv()
            {
                batches.push(next);
            }
            self.commit(&mut batches);
        }
    }

    fn commit(&mut self, batches: &mut Vec<Batch>) {
        if !self.write(batches) {
            batches.clear();
            return;
        }
        let Some(shards) = self.shards.get() else { return };
        for effect in take_effects(batches) {
            effect.happen(shards);
        }
    }

    /// Makes the batches durable in one transaction; `false` if the store refused, now or before:
    /// then nothing may be acknowledged any more.
    pub fn write(&mut self, batches: &mut [Batch]) -> bool {
        if self.failure.is_set() {
            return false;
        }
        let count = batches.iter().map(|batch| batch.writes.len()).sum();
        let mut writes = Vec::with_capacity(count);
        for batch in batches.iter_mut() {
            writes.append(&mut batch.writes);
        }
        if !writes.is_empty() {
            self.commits += 1;
            self.crash(false);
            if let Err(error) = self.store.commit(&writes) {
                self.failure.set(error.to_string());
                return false;
            }
            self.crash(true);
        }
        true
    }

    fn crash(&self, after: bool) {
        if self.crash_at == Some(CrashAt { commit: self.commits, after }) {
            std::process::abort();
        }
    }
}

/// What may happen now that the batches are durable, in order. Shards learn on the way which of
/// their batches is.
pub(crate) fn take_effects(batches: &mut Vec<Batch>) -> impl Iterator<Item = Effect> {
    batches.drain(..).flat_map(|batch| {
        if let Some((durable, number)) = batch.durable {
            durable.store(number, Ordering::Release);
        }
        batch.effects
    })
}
