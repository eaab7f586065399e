//! `[logging]` and `[events]`: where log records and status changes go.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use connectors::Connectors;
use delivery::{LogDelivery, LogDestination, Report, StatusDelivery, StatusSettings};
use runtime::Observer;
use serde::Deserialize;

use crate::config::File;
use crate::output;

/// `[logging]`: where the records go that state machines want by their `loggingConfiguration`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Logging {
    /// `cloudwatch`, `file`, `stdout` or `none`.
    pub destination: Option<Destination>,
    /// The file; `destination` is then `file`.
    pub file: Option<PathBuf>,
}

/// `[logging] destination`
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Destination {
    CloudWatch,
    File,
    Stdout,
    None,
}

/// `[events]`: where changes of executions' statuses go.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Events {
    /// Whether they are sent; by default, where EventBridge's endpoint or a bus is configured.
    pub enabled: Option<bool>,
    /// The name or ARN of the bus.
    pub bus: Option<String>,
    /// `source`, if not `aws.states`.
    pub source: Option<String>,
}

/// What delivers.
pub struct Deliveries {
    logs: Arc<LogDelivery>,
    statuses: Option<Arc<StatusDelivery>>,
}

impl Deliveries {
    /// Starts what the configuration asks for.
    ///
    /// # Errors
    /// `[logging]` contradicts itself.
    pub fn start(file: &File, connectors: &Connectors) -> Result<Self, String> {
        let report: Report = Arc::new(|message| output::warning(message));
        let logs = LogDelivery::start(destination(file)?, connectors.clone(), report.clone());
        let Events { enabled, bus, source } = &file.events;
        let settings =
            StatusSettings { enabled: *enabled, bus: bus.clone(), source: source.clone() };
        let statuses = StatusDelivery::start(settings, connectors.clone(), report);
        Ok(Self { logs: Arc::new(logs), statuses: statuses.map(Arc::new) })
    }

    /// Those who watch executions for it.
    pub fn observers(&self) -> Vec<Arc<dyn Observer>> {
        let mut observers: Vec<Arc<dyn Observer>> = vec![self.logs.clone()];
        if let Some(statuses) = &self.statuses {
            observers.push(statuses.clone());
        }
        observers
    }

    /// Tells which log groups exist.
    pub fn log_groups(&self) -> Arc<dyn api::LogGroups> {
        Arc::new(LogGroups(self.logs.clone()))
    }

    /// Delivers what waits, for a moment.
    pub async fn close(&self) {
        self.logs.close().await;
        if let Some(statuses) = &self.statuses {
            statuses.close().await;
        }
    }
}

fn destination(file: &File) -> Result<LogDestination, String> {
    let Logging { destination, file: path } = &file.logging;
    let path = path.as_deref().map(|path| file.path(path));
    Ok(match (destination, path) {
        (None, None) => LogDestination::Auto,
        (Some(Destination::File) | None, Some(path)) => LogDestination::File(path),
        (Some(Destination::CloudWatch), None) => LogDestination::CloudWatch,
        (Some(Destination::Stdout), None) => LogDestination::Stdout,
        (Some(Destination::None), None) => LogDestination::Nowhere,
        (Some(Destination::File), None) => {
            return Err("`[logging]` of the configuration names no `file`".to_owned());
        }
        (Some(_), Some(_)) => {
            let text = "`[logging]` of the configuration names a `file` and another `destination`";
            return Err(text.to_owned());
        }
    })
}

struct LogGroups(Arc<LogDelivery>);

impl api::LogGroups for LogGroups {
    fn exists<'a>(&'a self, arn: &'a str) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        Box::pin(self.0.group_exists(arn))
    }
}
