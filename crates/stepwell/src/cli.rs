//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// AWS Step Functions as software that anyone can run.
#[derive(Debug, Parser)]
#[command(name = "stepwell", version, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the Step Functions API and the console.
    #[command(after_help = "\
Examples:
  stepwell serve                       http://127.0.0.1:8083, data in ./data
  stepwell serve --port 0 --ephemeral  any free port, nothing kept
  stepwell serve --data /var/lib/stepwell --config stepwell.toml

Then, in another shell:
  eval \"$(stepwell env)\"
  aws stepfunctions list-state-machines")]
    Serve(Serve),
    /// Run one execution of a definition, without a server.
    #[command(after_help = "\
Examples:
  stepwell run workflow.asl.json --input '{\"n\": 3}'
  stepwell run workflow.asl.json --input @input.json --config stepwell.toml
  stepwell run workflow.asl.json --mock MockConfigFile.json --case HappyPath

The output goes to stdout, progress to stderr. Exit status: 0 succeeded, 1 failed, timed out or
aborted, 2 could not be run.")]
    Run(Run),
    /// Check definitions, as CreateStateMachine does.
    #[command(after_help = "\
Examples:
  stepwell lint workflow.asl.json
  stepwell lint --express --strict workflows/*.json

Exit status: 0 no errors, 1 errors found, 2 a file could not be read.")]
    Lint(Lint),
    /// Print the exports that point the AWS CLI and SDKs at the server.
    #[command(after_help = "\
Examples:
  eval \"$(stepwell env)\"
  eval \"$(stepwell env --port 9000)\"")]
    Env(Env),
    /// Print a completion script for a shell.
    #[command(after_help = "\
Example:
  stepwell completions bash > /etc/bash_completion.d/stepwell")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// `stepwell serve`
#[derive(Args, Debug)]
pub struct Serve {
    /// Address to listen on; anything but loopback lets other machines in [default: 127.0.0.1].
    #[arg(long, env = "STEPWELL_HOST")]
    pub host: Option<String>,
    /// Port to listen on; 0 takes a free one [default: 8083].
    #[arg(long, env = "STEPWELL_PORT")]
    pub port: Option<u16>,
    /// Directory to keep everything in [default: data].
    #[arg(long, env = "STEPWELL_DATA", conflicts_with = "ephemeral")]
    pub data: Option<PathBuf>,
    /// Keep everything in memory; it is gone when the server ends.
    #[arg(long)]
    pub ephemeral: bool,
    /// Refuse resources that AWS refuses and Stepwell runs.
    #[arg(long)]
    pub strict: bool,
    /// What holds for every command.
    #[command(flatten)]
    pub common: Common,
}

/// What holds for every command that runs executions.
#[derive(Args, Debug)]
pub struct Common {
    /// Configuration file [default: stepwell.toml, if there is one].
    #[arg(long, env = "STEPWELL_CONFIG")]
    pub config: Option<PathBuf>,
    /// Account of callers whose access key is not an account's number [default: 123456789012].
    #[arg(long, env = "AWS_ACCOUNT_ID")]
    pub account: Option<String>,
    /// Region of requests that name none [default: us-east-1].
    #[arg(long, env = "AWS_DEFAULT_REGION")]
    pub region: Option<String>,
}

/// `stepwell run`
#[derive(Args, Debug)]
pub struct Run {
    /// The definition.
    pub file: PathBuf,
    /// The input: JSON, or `@` and a file's name, or `-` for stdin.
    #[arg(long, short, default_value = "{}")]
    pub input: String,
    /// Run it as an Express execution.
    #[arg(long)]
    pub express: bool,
    /// A mock file of Step Functions Local.
    #[arg(long, env = "SFN_MOCK_CONFIG")]
    pub mock: Option<PathBuf>,
    /// The test case of the mock file.
    #[arg(long, requires = "mock")]
    pub case: Option<String>,
    /// The state machine's name; the mock file knows it by that [default: the file's name].
    #[arg(long)]
    pub name: Option<String>,
    /// Do not show progress.
    #[arg(long, short)]
    pub quiet: bool,
    /// Refuse resources that AWS refuses and Stepwell runs.
    #[arg(long)]
    pub strict: bool,
    /// What holds for every command.
    #[command(flatten)]
    pub common: Common,
}

/// `stepwell lint`
#[derive(Args, Debug)]
pub struct Lint {
    /// The definitions.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Check them as definitions of Express state machines.
    #[arg(long)]
    pub express: bool,
    /// Refuse what AWS refuses and Stepwell runs.
    #[arg(long)]
    pub strict: bool,
    /// Print a line of JSON for every fault.
    #[arg(long)]
    pub json: bool,
}

/// `stepwell env`
#[derive(Args, Debug)]
pub struct Env {
    /// The server's address.
    #[arg(long, env = "STEPWELL_HOST", default_value = "127.0.0.1")]
    pub host: String,
    /// The server's port.
    #[arg(long, env = "STEPWELL_PORT", default_value_t = crate::config::DEFAULT_PORT)]
    pub port: u16,
    /// The region.
    #[arg(long, env = "AWS_DEFAULT_REGION", default_value = "us-east-1")]
    pub region: String,
}
