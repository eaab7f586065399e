//! Executions that wait: what they hold, how punctual they are, and how they come back.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use value::{Timestamp, Value};

use super::until_none_runs;
use crate::client::Client;
use crate::figure::Figure;
use crate::load::{percentile, spread};
use crate::server::Server;
use crate::{Error, Options, machines};

pub(super) async fn run(options: &Options) -> Result<Vec<Figure>, Error> {
    let server = Server::start(options).await?;
    let arn = machines::create(&server, "wait", "STANDARD", machines::WAIT).await?;
    let count = options.count(10_000);
    let mut client = server.client().await?;

    // What the first executions leave behind is the server's, not that of those that wait.
    wait_for(&server, &arn, count, 0).await?;
    until_none_runs(&mut client, &arn).await?;
    let before = (server.memory()?.1, server.threads()?);
    let due = wait_for(&server, &arn, count, if options.quick { 2 } else { 20 }).await?;
    let after = (server.memory()?.1, server.threads()?);
    until_none_runs(&mut client, &arn).await?;
    let late = lateness(&mut client, &arn, due).await?;
    let millis = |part| percentile(&late, part).as_secs_f64() * 1e3;

    let (asleep, recovery) = wait_for_long(options, count).await?;
    Ok(vec![
        Figure::new("memory of a waiting execution", (after.0 - before.0) / count as f64, "bytes")
            .at_most(1536.0),
        Figure::new("the same once it has waited for 15 s", asleep, "bytes"),
        Figure::new("threads for all of them", after.1 as f64 - before.1 as f64, ""),
        Figure::new("lateness of 10,000 at one instant, p50", millis(0.5), "ms"),
        Figure::new("lateness of 10,000 at one instant, p99", millis(0.99), "ms").at_most(10.0),
        Figure::new(
            "recovery of 10,000 after a kill, to the first answer",
            recovery.as_secs_f64() * 1e3,
            "ms",
        ),
    ])
}

/// How many bytes an execution holds that waits for an hour, after some seconds; and how long a
/// server takes that is killed with all of them open.
async fn wait_for_long(options: &Options, count: usize) -> Result<(f64, Duration), Error> {
    let mut server = Server::start(options).await?;
    let arn = machines::create(&server, "wait", "STANDARD", machines::WAIT).await?;
    wait_for(&server, &arn, count, 0).await?;
    until_none_runs(&mut server.client().await?, &arn).await?;
    let before = server.memory()?.1;
    wait_for(&server, &arn, count, 3600).await?;
    if !options.quick {
        // They leave memory when nothing has happened to them for 10 s.
        tokio::time::sleep(Duration::from_secs(15)).await;
        // The allocator gives back what is free when it is next asked for something.
        wait_for(&server, &arn, 1_000, 0).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        wait_for(&server, &arn, 1_000, 0).await?;
    }
    let asleep = (server.memory()?.1 - before) / count as f64;
    server.crash().await?;
    Ok((asleep, server.started_in))
}

/// Starts `count` executions that wait for the same instant, so many seconds ahead.
async fn wait_for(
    server: &Server,
    arn: &str,
    count: usize,
    seconds: i64,
) -> Result<Timestamp, Error> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let due = Timestamp(i64::try_from(now)? + seconds * 1000);
    let body = machines::start(arn, &format!(r#"{{"until":"{due}"}}"#));
    spread(server, 64, count, "StartExecution", &body).await?;
    Ok(due)
}

/// How long after `due` those executions ended that waited for it.
async fn lateness(client: &mut Client, arn: &str, due: Timestamp) -> Result<Vec<Duration>, Error> {
    let (mut late, mut token) = (Vec::new(), String::new());
    loop {
        let body = format!(r#"{{"stateMachineArn":"{arn}","maxResults":1000{token}}}"#);
        let page = client.value("ListExecutions", &body).await?;
        let executions = page.get("executions").and_then(Value::as_array);
        for execution in executions.into_iter().flat_map(|executions| executions.iter()) {
            let stop = execution.get("stopDate").and_then(Value::as_f64).unwrap_or_default();
            let start = execution.get("startDate").and_then(Value::as_f64).unwrap_or_default();
            let after = (stop * 1000.0) as i64 - due.0;
            // The others ended before.
            if after >= 0 && start * 1000.0 < due.0 as f64 {
                late.push(Duration::from_millis(after.unsigned_abs()));
            }
        }
        match page.get("nextToken").and_then(Value::as_str) {
            Some(next) => token = format!(r#","nextToken":"{next}""#),
            None => return Ok(late),
        }
    }
}
