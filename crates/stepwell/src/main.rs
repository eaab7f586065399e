//! The `stepwell` binary: subcommands, configuration, wiring.

mod cli;
mod commands;
mod config;
mod connections;
mod deliveries;
mod function_logs;
mod integrations;
mod output;
mod progress;
mod server;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::run(cli) {
        Ok(code) => code,
        Err(error) => {
            output::error(&error);
            ExitCode::from(2)
        }
    }
}
