//! Many callers at a time.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::LocalSet;

use crate::client::Client;
use crate::server::Server;
use crate::{Error, Options};

/// What a load cost.
pub(crate) struct Cost {
    count: usize,
    cpu: f64,
    elapsed: Duration,
    latencies: Vec<Duration>,
}

impl Cost {
    /// The server's CPU time for each operation, in microseconds.
    pub fn cpu(&self) -> f64 {
        self.cpu * 1e6 / self.count as f64
    }

    /// Operations per second.
    pub fn rate(&self) -> f64 {
        self.count as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency that `part` of the operations kept within, in milliseconds.
    pub fn latency(&self, part: f64) -> f64 {
        percentile(&self.latencies, part).as_secs_f64() * 1e3
    }
}

/// The value that `part` of the values do not exceed.
pub(crate) fn percentile(values: &[Duration], part: f64) -> Duration {
    let mut values = values.to_vec();
    values.sort_unstable();
    let index = ((values.len() as f64 * part).ceil() as usize).saturating_sub(1);
    values.get(index).copied().unwrap_or_default()
}

/// A meter that was started before the load.
pub(crate) struct Meter {
    cpu: f64,
    start: Instant,
}

impl Meter {
    /// Starts to measure.
    pub fn start(server: &Server) -> Result<Self, Error> {
        Ok(Self { cpu: server.cpu()?, start: Instant::now() })
    }

    /// What was used since, for so many operations.
    pub fn stop(
        &self,
        server: &Server,
        count: usize,
        latencies: Vec<Duration>,
    ) -> Result<Cost, Error> {
        let elapsed = self.start.elapsed();
        Ok(Cost { count, cpu: server.cpu()? - self.cpu, elapsed, latencies })
    }
}

/// Calls `operation` with `body` over and over, `callers` at a time, and once before that.
pub(crate) async fn calls(
    options: &Options,
    server: &Server,
    callers: usize,
    count: usize,
    (operation, body): (&'static str, &str),
) -> Result<Cost, Error> {
    let count = options.count(count);
    // The first call of anything builds what later ones find.
    spread(server, callers.min(8), 8, operation, body).await?;
    let meter = Meter::start(server)?;
    let latencies = spread(server, callers, count, operation, body).await?;
    meter.stop(server, count, latencies)
}

/// Spreads `count` calls over `callers` connections; how long each took.
pub(crate) async fn spread(
    server: &Server,
    callers: usize,
    count: usize,
    operation: &'static str,
    body: &str,
) -> Result<Vec<Duration>, Error> {
    let left = Rc::new(Cell::new(count));
    let body: Rc<str> = body.into();
    let local = LocalSet::new();
    let mut tasks = Vec::with_capacity(callers);
    for _ in 0..callers.min(count) {
        let (left, body, mut client) = (left.clone(), body.clone(), server.client().await?);
        tasks.push(local.spawn_local(async move {
            let mut latencies = Vec::new();
            while let Some(rest) = left.get().checked_sub(1) {
                left.set(rest);
                let start = Instant::now();
                request(&mut client, operation, &body).await.map_err(|error| error.to_string())?;
                latencies.push(start.elapsed());
            }
            Ok::<_, String>(latencies)
        }));
    }
    local
        .run_until(async {
            let mut latencies = Vec::with_capacity(count);
            for task in tasks {
                latencies.extend(task.await??);
            }
            Ok(latencies)
        })
        .await
}

async fn request(client: &mut Client, operation: &str, body: &str) -> Result<(), Error> {
    if operation.starts_with('/') {
        client.get(operation).await?;
        return Ok(());
    }
    let answer = client.call(operation, body).await?;
    if operation == "StartSyncExecution" && !answer.contains("\"status\":\"SUCCEEDED\"") {
        return Err(format!("the execution did not succeed: {answer}").into());
    }
    Ok(())
}
