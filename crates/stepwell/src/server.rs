//! The wiring: store, connectors, runtime.

use std::path::PathBuf;
use std::sync::Arc;

use connectors::{Config, Connectors};
use runtime::{
    CrashAt, DEFAULT_RETENTION_MS, Dispatcher, Observer, Options, Runtime, SleepTimes, SystemClock,
};
use store::{Memory, Sqlite, Store};

use crate::config::File;
use crate::connections;
use crate::output;

/// Where executions are kept.
pub enum Place {
    /// In memory.
    Memory,
    /// In a directory.
    Directory(PathBuf),
}

impl Place {
    /// Opens the store.
    ///
    /// # Errors
    /// The directory is not ours, damaged, in use, or cannot be used.
    pub fn open(&self) -> Result<Arc<dyn Store>, String> {
        match self {
            Self::Memory => Ok(Arc::new(Memory::new())),
            Self::Directory(path) => {
                let store = Sqlite::open(path).map_err(|error| error.to_string())?;
                Ok(Arc::new(store))
            }
        }
    }
}

/// What a runtime needs besides the configuration file.
pub struct Setup {
    /// The store.
    pub store: Arc<dyn Store>,
    /// Refuse what AWS refuses, even if the configuration file does not say so.
    pub strict: bool,
    /// What runs tasks.
    pub connectors: Connectors,
    /// Those who log and watch.
    pub observers: Vec<Arc<dyn Observer>>,
}

/// What runs tasks. `own_url` is where the server itself answers, if it serves.
///
/// # Errors
/// The configuration is unusable.
pub fn connectors(
    file: &File,
    mock_file: Option<PathBuf>,
    own_url: Option<&str>,
) -> Result<Connectors, String> {
    let connectors = Connectors::new(connectors_config(file, mock_file)?);
    if let Some(url) = own_url {
        connectors.set_own_endpoint(url);
    }
    Ok(connectors)
}

/// Starts what runs executions. Must be called within a tokio runtime.
///
/// # Errors
/// The store is unusable.
pub fn start(file: &File, setup: Setup) -> Result<Runtime, String> {
    let Setup { store, strict, connectors, observers } = setup;
    let dispatcher = Dispatcher::new(connectors.clone(), tokio::runtime::Handle::current());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let retention_ms = file
        .server
        .retention_days
        .map_or(DEFAULT_RETENTION_MS, |days| i64::from(days) * 24 * 3600 * 1000);
    Runtime::start(Options {
        store,
        tasks: Arc::new(dispatcher),
        resources: Arc::new(connectors),
        strict: strict || file.server.strict,
        clock: Arc::new(SystemClock),
        limits: file.limits(),
        sleep: SleepTimes::DEFAULT,
        shards: file.server.shards.unwrap_or(threads),
        retention_ms,
        observers,
        crash_at: crash_at(),
    })
    .map_err(|error| error.to_string())
}

fn connectors_config(file: &File, mock_file: Option<PathBuf>) -> Result<Config, String> {
    let mut aws = aws::Config::from_environment();
    for (service, url) in &file.endpoints {
        aws.endpoints.insert(service.clone(), url.clone());
    }
    Ok(Config {
        aws,
        functions: file.functions()?,
        mock_file,
        connections: connections::connections(&file.connections)?,
        http_private_addresses: file.http.private_addresses,
        cluster_token_files: file.cluster_token_files(),
        file_root: file.file_root(),
        ..Config::default()
    })
}

/// `STEPWELL_CRASH_AT=N` dies right before the N-th commit, `N+` right after it: fault injection
/// for tests of recovery.
fn crash_at() -> Option<CrashAt> {
    let text = std::env::var("STEPWELL_CRASH_AT").ok()?;
    let (number, after) = match text.strip_suffix('+') {
        Some(number) => (number, true),
        None => (text.as_str(), false),
    };
    let commit = number.parse().ok();
    if commit.is_none() {
        output::warning(format_args!(
            "STEPWELL_CRASH_AT={text} is not a number; it is passed over"
        ));
    }
    Some(CrashAt { commit: commit?, after })
}

/// The threads that serve requests and wait for services.
///
/// # Errors
/// The threads cannot be started.
pub fn tokio() -> Result<tokio::runtime::Runtime, String> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(runtime::THREAD_STACK_BYTES)
        .build()
        .map_err(|error| format!("cannot start threads: {error}"))
}
