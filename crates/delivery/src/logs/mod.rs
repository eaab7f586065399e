//! `LogDelivery`: the records of machines whose `loggingConfiguration` asks for them.

mod cloudwatch;
mod level;
mod lines;
mod record;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use connectors::Connectors;
use runtime::catalog::{LogLevel, Revision};
use runtime::{ExecutionKey, Observed, Observer};

use crate::limits::ITEM_BYTES;
use crate::losses::{Losses, Report};
use crate::outlet::{Outlet, Pipe};
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
    outlet: Outlet<Arc<Observed>>,
    connectors: Connectors,
    destination: LogDestination,
    /// Nothing is delivered: then nothing is queued.
    off: Arc<AtomicBool>,
}

impl LogDelivery {
    /// Starts to deliver. Must be called within a tokio runtime.
    pub fn start(destination: LogDestination, connectors: Connectors, report: Report) -> Self {
        let off = Arc::new(AtomicBool::new(destination == LogDestination::Nowhere));
        let outlet = Outlet::start(Losses::new("log records", report), |pipe| {
            run(pipe, destination.clone(), connectors.clone(), off.clone())
        });
        Self { outlet, connectors, destination, off }
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
        self.outlet.lost()
    }

    /// Delivers what waits, for a moment, and ends.
    pub async fn close(&self) {
        self.outlet.close().await;
    }
}

impl Observer for LogDelivery {
    fn wants(&self, revision: &Revision, _: ExecutionKey) -> bool {
        revision.logging.level != LogLevel::Off && !self.off.load(Ordering::Relaxed)
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
        if count > 0 {
            self.outlet.push(observed.clone(), bytes, count);
        }
    }
}

/// Where records really go.
enum Sink {
    CloudWatch(CloudWatch),
    Lines(Lines),
    Nowhere,
}

async fn run(
    pipe: Arc<Pipe<Arc<Observed>>>,
    destination: LogDestination,
    connectors: Connectors,
    off: Arc<AtomicBool>,
) {
    let Pipe { queue, losses } = &*pipe;
    let mut sink = None;
    while let Some(round) = queue.take().await {
        if sink.is_none() {
            let resolved = resolve(&destination, &connectors, losses).await;
            off.store(matches!(resolved, Sink::Nowhere), Ordering::Relaxed);
            sink = Some(resolved);
        }
        match &mut sink {
            Some(Sink::CloudWatch(cloudwatch)) => cloudwatch.deliver(&round, losses).await,
            Some(Sink::Lines(lines)) => lines.deliver(round, losses).await,
            Some(Sink::Nowhere) | None => {}
        }
    }
}

/// Decides where records go, when the first one is there: looking for credentials may take seconds.
async fn resolve(destination: &LogDestination, connectors: &Connectors, losses: &Losses) -> Sink {
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
            losses.say(
                "a state machine has logging on, but there are neither credentials nor an endpoint \
                 for CloudWatch Logs; `destination` under `[logging]` names another place",
            );
            Sink::Nowhere
        }
    }
}
