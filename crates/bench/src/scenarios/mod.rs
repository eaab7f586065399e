//! What is measured, each on a server of its own.

mod activity;
mod process;
mod requests;
mod standard;
mod waits;

use std::pin::Pin;

use crate::figure::Figure;
use crate::{Error, Options};

type Run = fn(&Options) -> Pin<Box<dyn Future<Output = Result<Vec<Figure>, Error>> + '_>>;

/// A named measurement.
pub(crate) struct Scenario {
    /// What `--only` calls it.
    pub name: &'static str,
    /// Measures.
    pub run: Run,
}

/// All of them, in the order in which they are shown.
pub(crate) const ALL: [Scenario; 5] = [
    Scenario { name: "process", run: |options| Box::pin(process::run(options)) },
    Scenario { name: "requests", run: |options| Box::pin(requests::run(options)) },
    Scenario { name: "standard", run: |options| Box::pin(standard::run(options)) },
    Scenario { name: "activity", run: |options| Box::pin(activity::run(options)) },
    Scenario { name: "waits", run: |options| Box::pin(waits::run(options)) },
];

/// Waits until no execution of the machine at `arn` runs.
pub(crate) async fn until_none_runs(
    client: &mut crate::client::Client,
    arn: &str,
) -> Result<(), Error> {
    let body = format!(r#"{{"stateMachineArn":"{arn}","statusFilter":"RUNNING","maxResults":1}}"#);
    while client.call("ListExecutions", &body).await?.contains("executionArn") {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    Ok(())
}
