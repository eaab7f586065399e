//! The owners of executions: shards, group commit, timers, dispatch of tasks, recovery, retention;
//! and the catalogue of state machines and activities.
//!
//! Does not: speak HTTP or AWS's wire protocol; decide what an execution does next (the engine).

mod activities;
pub mod arn;
pub mod catalog;
mod clock;
mod commit;
mod dispatch;
mod effect;
mod executions;
mod express;
mod host;
mod key;
mod map_run;
mod message;
mod nested;
mod open;
mod read;
pub mod redrivable;
mod redrive_tokens;
pub mod resolve;
mod retention;
mod runtime;
mod shard;
mod shards;
#[cfg(test)]
mod sim;
mod tasks;
mod tested;
mod waiting;

pub use clock::{Clock, SystemClock};
pub use commit::{CrashAt, StoreFailure};
pub use connectors::HttpTrace;
pub use dispatch::Dispatcher;
pub use effect::{Observed, Observer};
pub use executions::*;
pub use express::random_bits;
pub use key::{ExecutionKey, shard_key};
pub use map_run::{Count, Counts, MapRun, MapRunSettings, MapRunStatus};
pub use retention::DEFAULT_RETENTION_MS;
pub use runtime::{Options, Runtime, StartError};
pub use shard::SleepTimes;
pub use shards::THREAD_STACK_BYTES;
pub use tasks::{Answer, TaskAddress, TaskCall, TaskCancel, TaskEvent, Tasks};
pub use tested::{StateTest, Tested};
pub use waiting::WaitingTask;
