//! Calls any AWS API from its service model: serialises, signs, sends and parses.
//!
//! Names are those Step Functions shows: a service is its exception prefix in lower case
//! (`cloudwatchlogs`), an action is in lower camel case, members are in Pascal case.
//!
//! Does not: know which integration patterns a service has, or how the optimised integrations
//! reshape a call; that is `connectors`.

mod caller;
mod client;
pub mod config;
pub mod credentials;
mod digest;
pub mod endpoint;
mod error;
pub mod escape;
pub mod http;
pub mod model;
mod protocol;
pub mod raw;
mod retry;
mod sign;

pub use client::{Answer, Call, Client};
pub use config::Config;
pub use credentials::Credentials;
pub use error::{CallError, ServiceError};
pub use model::{ParameterFault, Spelling};
