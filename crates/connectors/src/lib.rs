//! Everything that a Task's `Resource` can name: Lambda and functions on this machine, AWS SDK
//! calls, the optimised integrations as rows of a table, and mocks of all of them.
//!
//! Does not: know executions, events or tokens' meaning; `runtime` does. Nested executions and
//! activities are `runtime`'s own, though the table knows the former.

mod api;
mod api_gateway;
mod bedrock;
mod call;
mod config;
mod connectors;
mod dates;
mod envelope;
mod failure;
pub mod function;
mod http;
mod kubernetes;
mod lambda;
mod mock;
mod parameters;
mod poll;
mod resources;
mod sdk;
mod services;
mod storage;
pub mod table;
mod text;

pub use call::{Call, Cancel, Failure, Progress, RunError, TestCase};
pub use config::{
    Authorization, Config, Connection, DEFAULT_FUNCTION_CONCURRENCY, DEFAULT_FUNCTION_MEMORY,
    DEFAULT_FUNCTION_TIMEOUT, FunctionConfig, FunctionRuntime, FunctionSource, OAuth,
};
pub use connectors::Connectors;
pub use envelope::wrap as sdk_envelope;
pub use http::{HttpRequest, HttpResponse, HttpTrace};
pub use lambda::function_lost;
pub use mock::{MockMode, check_mocked_result};
pub use table::{Integration, integrations};
