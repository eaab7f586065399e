//! Single requests: what the HTTP side and the interpreter cost.

use crate::figure::Figure;
use crate::load::calls;
use crate::server::Server;
use crate::{Error, Options, machines};

/// Callers at a time.
const CALLERS: usize = 64;
/// Items of the measured Map.
const ITEMS: usize = 1000;

pub(super) async fn run(options: &Options) -> Result<Vec<Figure>, Error> {
    let server = Server::start(options).await?;
    let one = machines::create(&server, "one", "EXPRESS", machines::ONE_PASS).await?;
    let five = machines::create(&server, "five", "EXPRESS", machines::FIVE_STATES).await?;
    let map = machines::create(&server, "map", "EXPRESS", machines::MAP).await?;
    let cost = |count, request| calls(options, &server, CALLERS, count, request);

    let bare = cost(100_000, ("/health", "")).await?;
    let describe = format!(r#"{{"stateMachineArn":"{five}"}}"#);
    let describe = cost(100_000, ("DescribeStateMachine", &describe)).await?;
    let pass = machines::start(&one, "{}");
    let pass = cost(50_000, ("StartSyncExecution", &pass)).await?;
    let states = machines::start(&five, machines::ORDER);
    let states = cost(50_000, ("StartSyncExecution", &states)).await?;
    let items = |count| format!(r#"{{"items":[{}]}}"#, vec!["{\"n\":1}"; count].join(","));
    let none = machines::start(&map, &items(0));
    let none = cost(20_000, ("StartSyncExecution", &none)).await?;
    let many = machines::start(&map, &items(ITEMS));
    let many = cost(1_000, ("StartSyncExecution", &many)).await?;
    let item = (many.cpu() - none.cpu()) / ITEMS as f64;
    let times = |what, cpu: f64| Figure::new(what, cpu / bare.cpu(), "times");
    Ok(vec![
        Figure::new("GET /health, the bare answer", bare.cpu(), "µs CPU"),
        Figure::new("DescribeStateMachine", describe.cpu(), "µs CPU").at_most(15.0),
        times("  of the bare answer", describe.cpu()),
        Figure::new("StartSyncExecution of one Pass", pass.cpu(), "µs CPU").at_most(36.0),
        times("  of the bare answer", pass.cpu()),
        Figure::new("  at 64 callers", pass.rate(), "/s"),
        Figure::new("StartSyncExecution of five states", states.cpu(), "µs CPU").at_most(70.0),
        times("  of the bare answer", states.cpu()),
        Figure::new("  at 64 callers", states.rate(), "/s"),
        Figure::new("inline Map, an item of two states", item, "µs CPU").at_most(5.0),
    ])
}
