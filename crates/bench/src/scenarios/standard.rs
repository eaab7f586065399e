//! Standard executions: durable before they are acknowledged.

use value::Value;

use super::until_none_runs;
use crate::figure::Figure;
use crate::load::{Meter, spread};
use crate::server::Server;
use crate::{Error, Options, machines};

/// Steps of the counting loop: 4 events each, under the 25,000 of AWS.
const STEPS: usize = 6_000;

pub(super) async fn run(options: &Options) -> Result<Vec<Figure>, Error> {
    let mut figures = executions(options).await?;
    figures.extend(counting(options).await?);
    Ok(figures)
}

async fn executions(options: &Options) -> Result<Vec<Figure>, Error> {
    let server = Server::start(options).await?;
    let arn = machines::create(&server, "five", "STANDARD", machines::FIVE_STATES).await?;
    let body = machines::start(&arn, machines::ORDER);
    let alone = {
        let count = options.count(2_000);
        spread(&server, 1, 8, "StartExecution", &body).await?;
        let meter = Meter::start(&server)?;
        let latencies = spread(&server, 1, count, "StartExecution", &body).await?;
        meter.stop(&server, count, latencies)?
    };
    let count = options.count(50_000);
    let mut client = server.client().await?;
    until_none_runs(&mut client, &arn).await?;
    let (before, meter) = (server.disk()?, Meter::start(&server)?);
    let latencies = spread(&server, 256, count, "StartExecution", &body).await?;
    until_none_runs(&mut client, &arn).await?;
    let cost = meter.stop(&server, count, latencies)?;
    let disk = (server.disk()? - before) / count as f64 * 100_000.0 / 1e6;
    Ok(vec![
        Figure::new("Standard, five states, 256 callers", cost.cpu(), "µs CPU").at_most(140.0),
        Figure::new("  started and finished", cost.rate(), "/s"),
        Figure::new("  start latency p50", cost.latency(0.5), "ms"),
        Figure::new("  start latency p99", cost.latency(0.99), "ms"),
        Figure::new("  start latency p50, one caller", alone.latency(0.5), "ms"),
        Figure::new("  start latency p99, one caller", alone.latency(0.99), "ms"),
        Figure::new("  disk for 100,000", disk, "MB").at_most(250.0),
    ])
}

/// One execution that counts to just under the limit of events.
async fn counting(options: &Options) -> Result<Vec<Figure>, Error> {
    let server = Server::start(options).await?;
    let steps = if options.quick { 100 } else { STEPS };
    let arn = machines::create(&server, "loop", "STANDARD", machines::LOOP).await?;
    let body = machines::start(&arn, &format!(r#"{{"end":{steps}}}"#));
    let mut client = server.client().await?;
    let mut seconds = Vec::new();
    for _ in 0..if options.quick { 1 } else { 5 } {
        let execution = client.text("StartExecution", &body, "executionArn").await?;
        until_none_runs(&mut client, &arn).await?;
        let describe = format!(r#"{{"executionArn":"{execution}"}}"#);
        let described = client.value("DescribeExecution", &describe).await?;
        let at = |member| described.get(member).and_then(Value::as_f64).ok_or(member);
        seconds.push(at("stopDate")? - at("startDate")?);
    }
    let shortest = seconds.into_iter().fold(f64::MAX, f64::min).max(0.001);
    let states = (2 * steps + 3) as f64 / shortest;
    Ok(vec![Figure::new("loop of 24,000 events, states", states, "/s").at_least(100_000.0)])
}
