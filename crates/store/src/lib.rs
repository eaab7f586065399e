//! Keeps executions, their journals and the small catalogues durable, and finds them again.
//!
//! [`Store`] is the contract; every implementation passes the same suite (`store::suite`):
//!
//! | implementation | for |
//! | --- | --- |
//! | [`Sqlite`] | one process with one data directory (the default) |
//! | [`Memory`] | `--ephemeral`, `stepwell run`, tests |
//! | [`Simulated`] | deterministic simulation: seeded crashes, failing and slow disks |
//!
//! Does not: know what a journal body or a document means, decide when to commit, or read a clock.

mod error;
mod memory;
mod query;
mod row;
pub mod simulated;
mod sqlite;
mod store;
#[cfg(any(test, feature = "suite"))]
pub mod suite;

pub use error::Error;
pub use memory::Memory;
pub use query::{Cursor, ExecutionQuery, Scope, StatusCounts};
pub use row::{ExecutionRow, JournalRecord, Kind, Status};
pub use simulated::Simulated;
pub use sqlite::Sqlite;
pub use store::{Store, Write};
