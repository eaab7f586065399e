//! The owners of executions: shards, group commit, timers, dispatch of tasks, recovery, retention;
//! and the catalogue of state machines and activities.
//!
//! Does not: speak HTTP or AWS's wire protocol; decide what an execution does next (the engine).

pub mod arn;
pub mod catalog;
mod executions;

pub use executions::*;
