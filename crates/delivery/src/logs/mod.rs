//! `LogDelivery`: the records of machines whose `loggingConfiguration` asks for them.

mod cloudwatch;
mod level;
mod lines;
mod record;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use connectors::Connectors;
use runtime::catalog::{LogLevel, Revision};
use runtime::{ExecutionKey, Observed, Observer};
use tokio::task::JoinHandle;

use crate::limits::{CLOSE_TIMEOUT, ITEM_BYTES};
use crate::losses::{Losses, Report};
use crate::queue::Queue;
use cloudwatch::CloudWatch;
use lines::Lines;

/// CloudWatch Logs by its Step Functions name.
const SERVICE: &str = "cloudwatchlogs";

/// Where records go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LogDestination {
    /// To CloudWatch Logs if its endpoint is configured or there are credentials; else nowhere.
    #[default]
    Auto,
    /// To the log groups that the machines name.
    CloudWatch,
    /// To the end of a file, a line each.
    File(PathBuf),
    /// To stdout, a line each.
    Stdout,
    /// Nowhere.
    Nowhere,
}

/// Delivers log records.
pub struct LogDelivery {
    shared: Arc<Shared>,
    connectors: Connectors,
    destination: LogDestination,
    worker: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    queue: Queue<Arc<Observed>>,
    losses: Losses,
    /// Nothing is delivered: then nothing is queued.
    off: AtomicBool,
}

impl LogDelivery {
    /// Starts to deliver. Must be called within a tokio runtime.
    pub fn start(destination: LogDestination, connectors: Connectors, report: Report) -> Self {
        let shared = Arc::new(Shared {
            queue: Queue::default(),
            losses: Losses::new("log records", report),
            off: AtomicBool::new(destination == LogDestination::Nowhere),
        });
        let worker = run(shared.clone(), destination.clone(), connectors.clone());
        let worker = Mutex::new(Some(tokio::spawn(worker)));
        Self { shared, connectors, destination, worker }
    }

    /// Whether the log group at `arn` exists. Where records do not go to CloudWatch Logs, or it
    /// does not say, every group does.
    pub async fn group_exists(&self, arn: &str) -> bool {
        let asked = match self.destination {
            LogDestination::CloudWatch => true,
            LogDestination::Auto => self.connectors.is_redirected(SERVICE),
            _ => false,
        };
        !asked || cloudwatch::group_exists(&self.connectors, arn).await
    }

    /// How many records were lost since the start.
    pub fn lost(&self) -> u64 {
        self.shared.losses.total()
    }

    /// Delivers what waits, for a moment, and ends.
    pub async fn close(&self) {
        self.shared.queue.close();
        let worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(worker) = worker
            && tokio::time::timeout(CLOSE_TIMEOUT, worker).await.is_err()
        {
            self.shared.losses.add(self.shared.queue.len(), "the server ended");
        }
        self.shared.losses.tell();
    }
}

impl Observer for LogDelivery {
    fn wants(&self, revision: &Revision, _: ExecutionKey) -> bool {
        revision.logging.level != LogLevel::Off && !self.shared.off.load(Ordering::Relaxed)
    }

    fn observe(&self, observed: &Arc<Observed>) {
        let revision = &observed.revision;
        if !self.wants(revision, observed.key) {
            return;
        }
        let Some(program) = revision.program() else { return };
        let taken = |event: &&engine::Event| level::takes(revision.logging.level, event, &program);
        let count = observed.events.iter().filter(taken).count();
        let data = observed.events.iter().filter_map(|event| event.kind.payload());
        let bytes: usize = data.map(|payload| payload.text().len()).sum();
        let bytes = bytes + ITEM_BYTES * observed.events.len();
        if count > 0 && !self.shared.queue.push(observed.clone(), bytes) {
            self.shared.losses.add(count, "they came faster than they could be delivered");
        }
    }
}

/// Where records really go.
enum Sink {
    CloudWatch(CloudWatch),
    Lines(Lines),
    Nowhere,
}

async fn run(shared: Arc<Shared>, destination: LogDestination, connectors: Connectors) {
    let mut sink = None;
    while let Some(round) = shared.queue.take().await {
        if sink.is_none() {
            sink = Some(resolve(&shared, &destination, &connectors).await);
        }
        match &mut sink {
            Some(Sink::CloudWatch(cloudwatch)) => cloudwatch.deliver(&round, &shared.losses).await,
            Some(Sink::Lines(lines)) => lines.deliver(round, &shared.losses).await,
            Some(Sink::Nowhere) | None => {}
        }
    }
}

/// Decides where records go, when the first one is there: looking for credentials may take seconds.
async fn resolve(shared: &Shared, destination: &LogDestination, connectors: &Connectors) -> Sink {
    let cloudwatch = || Sink::CloudWatch(CloudWatch::new(connectors.clone()));
    match destination {
        LogDestination::CloudWatch => cloudwatch(),
        LogDestination::File(path) => Sink::Lines(Lines::File(path.clone())),
        LogDestination::Stdout => Sink::Lines(Lines::Stdout),
        LogDestination::Nowhere => Sink::Nowhere,
        LogDestination::Auto => {
            if connectors.is_redirected(SERVICE) || connectors.has_credentials().await {
                return cloudwatch();
            }
            shared.off.store(true, Ordering::Relaxed);
            shared.losses.say(
                "a state machine has logging on, but there are neither credentials nor an endpoint \
                 for CloudWatch Logs; `destination` under `[logging]` names another place",
            );
            Sink::Nowhere
        }
    }
}
