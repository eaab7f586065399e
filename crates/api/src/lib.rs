//! The API of Step Functions over HTTP: AWS JSON 1.0, one module per operation.
//!
//! Signatures are read for region and account and not checked; the host is never looked at, for
//! clients prepend `sync-` to it.
//!
//! Does not: decide what executions do (the runtime and the engine) or keep anything (the store).

mod app;
mod call;
mod caller;
mod configuration;
mod console_api;
mod dispatch;
mod error;
mod http;
mod identity;
mod json;
mod machine_arn;
mod name;
mod operations;
mod page_token;
mod redrives;
pub mod shapes;
mod tags;
mod uuid;

pub use app::{App, Asset, Console, LogGroups, Settings};
pub use error::Error;
pub use http::serve;
pub use redrives::Redrives;

#[cfg(test)]
mod tests;
