//! `Runtime`: everything that owns executions, put together, started and stopped.

use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use engine::Limits;
use rand::SeedableRng;
use rand::rngs::StdRng;
use store::Store;

use crate::catalog::{Catalog, LoadError};
use crate::clock::Clock;
use crate::commit::{Committer, CrashAt, StoreFailure};
use crate::effect::Observer;
use crate::executions::{Error, Executions};
use crate::key::shard_key;
use crate::map_run::MapRuns;
use crate::message::{Message, Recovered};
use crate::read;
use crate::retention;
use crate::shard::{Asleep, SleepTimes};
use crate::shards::{Shards, Shared};
use crate::tasks::Tasks;

/// How a runtime is set up.
pub struct Options {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// What calls tasks.
    pub tasks: Arc<dyn Tasks>,
    /// What the checker knows of resources.
    pub resources: Arc<dyn asl::Resources + Send + Sync>,
    /// New definitions are refused where AWS refuses them, even if they could run.
    pub strict: bool,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The limits of executions.
    pub limits: Limits,
    /// When executions that only wait leave memory.
    pub sleep: SleepTimes,
    /// How many threads own executions.
    pub shards: usize,
    /// How long closed executions are kept, in milliseconds.
    pub retention_ms: i64,
    /// Those who log and watch.
    pub observers: Vec<Arc<dyn Observer>>,
    /// Where to die on purpose, for tests of recovery.
    pub crash_at: Option<CrashAt>,
}

/// Why a runtime could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The catalogue could not be read.
    #[error(transparent)]
    Catalog(#[from] LoadError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A thread could not be started.
    #[error("cannot start a thread: {0}")]
    Thread(#[from] std::io::Error),
    /// An open execution could not be taken up.
    #[error("an open execution cannot be taken up: {0}")]
    Execution(#[from] Error),
}

/// A running runtime.
pub struct Runtime {
    executions: Executions,
    committer: Mutex<Option<(Committer, JoinHandle<()>)>>,
    failure: Arc<StoreFailure>,
}

impl Runtime {
    /// Reads the catalogue, takes up every open execution, and goes on. Must be called within a
    /// tokio runtime, whose threads then run what waits for services.
    ///
    /// # Errors
    /// The store failed or holds what cannot be read.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let handle = tokio::runtime::Handle::current();
        let (clock, retention_ms) = (options.clock.clone(), options.retention_ms);
        let slot = Arc::new(OnceLock::new());
        let (committer, thread) =
            Committer::start(options.store.clone(), slot.clone(), options.crash_at)?;
        let failure = committer.failure.clone();
        let count = options.shards.max(1);
        let secret = rand::Rng::random(&mut StdRng::from_os_rng());
        let shared = Arc::new(load(options, &committer, secret)?);
        let (shards, receivers) = Shards::new(shared, count, handle.clone());
        // Set once, here; effects need it.
        let _ = slot.set(shards.clone());
        // Before any shard works: a parent that is taken up must find its child open.
        recover(&shards)?;
        shards.start(receivers, &committer)?;
        let executions = Executions::of(shards);
        let keeping = retention::run(executions.clone(), committer.clone(), clock, retention_ms);
        drop(handle.spawn(keeping));
        let committer = Mutex::new(Some((committer, thread)));
        Ok(Self { executions, committer, failure })
    }

    /// The executions.
    pub fn executions(&self) -> &Executions {
        &self.executions
    }

    /// Tells when the store has failed.
    pub fn failure(&self) -> &Arc<StoreFailure> {
        &self.failure
    }

    /// Ends: everything that has been taken in is durable when it returns.
    pub fn stop(&self) {
        self.executions.shards().end();
        let committer = self.committer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((committer, thread)) = committer {
            committer.flush();
            drop((committer, thread));
        }
    }

    /// As [`Runtime::stop`], without holding up the thread.
    pub async fn close(self) {
        // A panic of the blocking thread has been reported by its own message.
        let _ = tokio::task::spawn_blocking(move || self.stop()).await;
    }
}

/// What every shard needs, with the catalogue read from the store.
pub(crate) fn load(
    options: Options,
    committer: &Committer,
    secret: [u8; 16],
) -> Result<Shared, StartError> {
    let catalog = Catalog::load(
        options.store.clone(),
        Arc::new(committer.clone()),
        (options.resources, options.strict),
        secret,
    )?;
    Ok(Shared {
        next_id: AtomicI64::new(options.store.max_execution_id()? + 1),
        store: options.store,
        catalog,
        tasks: options.tasks,
        clock: options.clock,
        limits: Arc::new(options.limits),
        sleep: options.sleep,
        failure: committer.failure.clone(),
        observers: options.observers,
        map_runs: MapRuns::default(),
    })
}

/// Takes up every execution that was open when the last server ended.
pub(crate) fn recover(shards: &Arc<Shards>) -> Result<(), StartError> {
    let shared = &shards.shared;
    let mut rows = Vec::new();
    shared.store.open_executions(&mut |row| {
        rows.push(row);
        Ok(())
    })?;
    for row in rows {
        let key = shard_key(row.machine, &row.name);
        let run = read::map_run_of(shared, &row)?;
        // An Express child runs to its end nevertheless.
        let is_given_up = !row.express && run.is_some_and(|run| !run.is_running());
        let id = row.id;
        let recovered = read::replayed(shared, row)?;
        shards.send(key, taken_up(shared, recovered));
        if is_given_up {
            // Its Map Run was given up, and the server ended before it could be told.
            let (reply, _) = tokio::sync::oneshot::channel();
            shards.send(key, Message::Stop { id, failure: engine::Failure::default(), reply });
        }
    }
    Ok(())
}

/// How a shard takes up an execution. One that only waits for a while need not be in memory, unless
/// workers are to be offered its tasks.
fn taken_up(shared: &Shared, recovered: Recovered) -> Message {
    let Recovered { execution, row, .. } = &recovered;
    match Asleep::of(execution, row, shared.sleep, shared.clock.now()) {
        Some(asleep) if !execution.offers_tasks() => Message::Asleep { id: row.id, asleep },
        _ => Message::Recover(Box::new(recovered)),
    }
}
