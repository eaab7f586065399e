//! Delivers what executions do to where people look for it: log records to CloudWatch Logs, a file
//! or stdout, status changes to EventBridge.
//!
//! Both are best effort, as AWS's are: an execution never waits for them and never fails for them.
//! Between the two stands a queue of bounded size; what does not fit, or is refused, is dropped,
//! counted and said.
//!
//! Does not: decide which machines are logged (`loggingConfiguration`), or keep anything over a
//! restart.

mod limits;
mod logs;
mod losses;
mod outlet;
mod queue;
mod status;

pub use logs::{LogDelivery, LogDestination};
pub use losses::Report;
pub use status::{StatusDelivery, StatusSettings};
