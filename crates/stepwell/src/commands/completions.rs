//! `stepwell completions`

use std::process::ExitCode;

use clap::CommandFactory;

use crate::cli::Cli;

/// Prints the completion script.
pub fn run(shell: clap_complete::Shell) -> ExitCode {
    clap_complete::generate(shell, &mut Cli::command(), "stepwell", &mut std::io::stdout());
    ExitCode::SUCCESS
}
