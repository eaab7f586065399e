//! The API of Step Functions over HTTP: AWS JSON 1.0, one module per operation.
//!
//! Signatures are read for region and account and not checked; the host of a signed request is not
//! looked at, for clients prepend `sync-` to it.
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
mod labelled;
mod machine_arn;
mod name;
mod operations;
mod page_token;
mod redrives;
mod request_id;
pub mod shapes;
mod tags;
mod watch;

pub use app::{
    App, Asset, Console, FunctionLogLine, FunctionLogs, Integration, LogGroups, Sdk, Settings,
};
pub use error::Error;
pub use http::serve;
pub use redrives::Redrives;
pub use watch::Watch;

#[cfg(test)]
mod tests;
