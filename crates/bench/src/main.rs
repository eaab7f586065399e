//! The load generator: starts a built Stepwell on an empty directory, drives it over HTTP, and
//! prints what each operation cost it.
//!
//! `bench --binary PATH [--quick] [--only NAME]…`: the costs are the server's own CPU time, read
//! from the system, so that they hold on a machine that does other things too. `--quick` does a
//! few operations of each kind, to see that the benchmark itself works.

mod client;
mod figure;
mod load;
mod machines;
mod scenarios;
mod server;

use std::path::PathBuf;
use std::process::ExitCode;

/// Anything that ends a run.
type Error = Box<dyn std::error::Error>;

/// How to run.
pub(crate) struct Options {
    binary: PathBuf,
    quick: bool,
    only: Vec<String>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, Error> {
        let (mut binary, mut quick, mut only) = (None, false, Vec::new());
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--binary" => binary = arguments.next().map(PathBuf::from),
                "--quick" => quick = true,
                "--only" => only.extend(arguments.next()),
                other => return Err(format!("{other} is not an option of the benchmark").into()),
            }
        }
        let binary = binary.ok_or("--binary names the Stepwell to measure")?;
        Ok(Self { binary, quick, only })
    }

    /// `count`, or a few where only the benchmark itself is tried.
    pub fn count(&self, count: usize) -> usize {
        if self.quick { (count / 200).clamp(5, 100) } else { count }
    }
}

fn main() -> ExitCode {
    // One thread, so that the server has the other cores to itself.
    let result = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::from)
        .and_then(|runtime| runtime.block_on(run()));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            figure::say(format_args!("bench: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Error> {
    let options = Options::parse(std::env::args().skip(1))?;
    figure::heading();
    for scenario in scenarios::ALL {
        if options.only.is_empty() || options.only.iter().any(|name| name == scenario.name) {
            for figure in (scenario.run)(&options).await? {
                figure.print();
            }
        }
    }
    Ok(())
}
