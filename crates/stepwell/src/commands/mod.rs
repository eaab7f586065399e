//! The subcommands: one file each.

mod completions;
pub mod env;
mod lint;
mod run;
mod serve;

use std::process::ExitCode;

use crate::cli::{Cli, Command};

/// Runs a subcommand; an error is something that kept it from doing its work.
pub fn run(cli: Cli) -> Result<ExitCode, String> {
    match cli.command {
        Command::Serve(args) => serve::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Lint(args) => lint::run(&args),
        Command::Env(args) => Ok(env::run(&args)),
        Command::Completions { shell } => Ok(completions::run(shell)),
    }
}
