//! Functions on this machine: processes that speak the Lambda Runtime API, and plain URLs.

pub mod logs;

pub use logs::{LogLine, LogSink};
