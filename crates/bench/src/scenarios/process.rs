//! A server that has nothing to do.

use crate::figure::Figure;
use crate::server::Server;
use crate::{Error, Options};

pub(super) async fn run(options: &Options) -> Result<Vec<Figure>, Error> {
    let mut starts = Vec::new();
    let (mut idle, mut own) = (0.0, 0.0);
    for _ in 0..options.count(1000).min(10) {
        let server = Server::start(options).await?;
        starts.push(server.started_in);
        (idle, own) = server.memory()?;
    }
    let cold = crate::load::percentile(&starts, 0.5).as_secs_f64() * 1e3;
    let mib = 1024.0 * 1024.0;
    Ok(vec![
        Figure::new("cold start, to the first answer", cold, "ms").at_most(50.0),
        Figure::new("memory when idle", idle / mib, "MiB").at_most(15.0),
        Figure::new("  of it not pages of the program", own / mib, "MiB"),
    ])
}
