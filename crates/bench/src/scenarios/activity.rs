//! Activities: a worker polls, a task is handed to it, it answers.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::LocalSet;
use value::Value;

use super::until_none_runs;
use crate::client::Client;
use crate::figure::Figure;
use crate::load::{Meter, percentile, spread};
use crate::server::Server;
use crate::{Error, Options, machines};

/// Workers at a time.
const WORKERS: usize = 64;

pub(super) async fn run(options: &Options) -> Result<Vec<Figure>, Error> {
    let server = Server::start(options).await?;
    let mut client = server.client().await?;
    let activity = client.text("CreateActivity", r#"{"name":"work"}"#, "activityArn").await?;
    let definition = machines::activity(&activity);
    let machine = machines::create(&server, "work", "STANDARD", &definition).await?;
    let start = machines::start(&machine, machines::ORDER);
    let local = LocalSet::new();
    local
        .run_until(async {
            let poll: Rc<str> = format!(r#"{{"activityArn":"{activity}"}}"#).into();
            let dispatch = dispatch(options, &server, &start, &poll).await?;
            let meter = Meter::start(&server)?;
            let count = options.count(20_000);
            let left = Rc::new(Cell::new(count));
            let mut workers = Vec::new();
            for _ in 0..WORKERS.min(count) {
                let client = server.client().await?;
                let worker = work(client, poll.clone(), left.clone());
                workers.push(tokio::task::spawn_local(worker));
            }
            spread(&server, WORKERS, count, "StartExecution", &start).await?;
            for worker in workers {
                worker.await??;
            }
            until_none_runs(&mut client, &machine).await?;
            let cost = meter.stop(&server, count, Vec::new())?;
            let millis = |part| percentile(&dispatch, part).as_secs_f64() * 1e3;
            Ok(vec![
                Figure::new("activity round trip, start to end", cost.cpu(), "µs CPU")
                    .at_most(250.0),
                Figure::new("  round trips", cost.rate(), "/s"),
                Figure::new("  dispatch to a waiting worker, p50", millis(0.5), "ms").at_most(1.0),
                Figure::new("  dispatch to a waiting worker, p99", millis(0.99), "ms"),
            ])
        })
        .await
}

/// From the acknowledged start of an execution to its task's arrival at a worker that waits.
async fn dispatch(
    options: &Options,
    server: &Server,
    start: &str,
    poll: &Rc<str>,
) -> Result<Vec<Duration>, Error> {
    let mut client = server.client().await?;
    let mut delays = Vec::new();
    for _ in 0..options.count(2_000) {
        let (mut worker, poll) = (server.client().await?, poll.clone());
        let worker = tokio::task::spawn_local(async move {
            let token = worker.text("GetActivityTask", &poll, "taskToken").await;
            let arrived = Instant::now();
            let token = token.map_err(|error| error.to_string())?;
            answer(&mut worker, &token).await.map_err(|error| error.to_string())?;
            Ok::<_, String>(arrived)
        });
        client.call("StartExecution", start).await?;
        let acknowledged = Instant::now();
        delays.push(worker.await??.saturating_duration_since(acknowledged));
    }
    Ok(delays)
}

/// Takes tasks and answers them until none is left.
async fn work(mut client: Client, poll: Rc<str>, left: Rc<Cell<usize>>) -> Result<(), String> {
    while let Some(rest) = left.get().checked_sub(1) {
        left.set(rest);
        let token = client.value("GetActivityTask", &poll).await;
        let token = token.map_err(|error| error.to_string())?;
        match token.get("taskToken").and_then(Value::as_str) {
            Some(token) => {
                answer(&mut client, token).await.map_err(|error| error.to_string())?;
            }
            // Nothing came within the minute of a poll.
            None => left.set(left.get() + 1),
        }
    }
    Ok(())
}

async fn answer(client: &mut Client, token: &str) -> Result<(), Error> {
    let body = format!(r#"{{"taskToken":"{token}","output":"{{\"done\":true}}"}}"#);
    client.call("SendTaskSuccess", &body).await?;
    Ok(())
}
