//! What the server is made of, as the binary puts it together.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use runtime::catalog::Catalog;
use runtime::{Clock, Executions};
use smol_str::SmolStr;
use value::Timestamp;

use crate::redrives::Redrives;
use crate::watch::Watch;

/// Everything that requests are answered from.
pub struct App {
    /// State machines, activities and tags.
    pub catalog: Catalog,
    /// Executions.
    pub executions: Executions,
    /// Who an unsigned request is from, and what the server says of itself.
    pub settings: Settings,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Random bits, for ids and for the weights of aliases.
    pub random: Box<dyn Fn() -> u128 + Send + Sync>,
    /// The web console, if there is one.
    pub console: Option<Console>,
    /// Which log groups exist; without it, all do.
    pub log_groups: Option<Arc<dyn LogGroups>>,
    /// What functions printed; without it, nothing.
    pub function_logs: Option<Arc<dyn FunctionLogs>>,
    /// What a Task's `Resource` can name, by service, for the console.
    pub integrations: Vec<Integration>,
    /// What it can name by `aws-sdk:`, if the server knows.
    pub sdk: Option<Sdk>,
    /// Who follows executions; one of the runtime's observers too.
    pub watch: Watch,
    /// Who is redriving what.
    pub redrives: Redrives,
    /// Hears of errors that callers are not told about.
    pub report: Arc<dyn Fn(&str) + Send + Sync>,
}

/// What configuration decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The account of requests whose access key id is none.
    pub account: String,
    /// The region of requests that are not signed.
    pub region: String,
    /// Names besides `localhost` at which unsigned requests are answered.
    pub names: Vec<SmolStr>,
    /// The version that `/health` tells.
    pub version: &'static str,
}

impl Default for Settings {
    fn default() -> Self {
        let (account, region) = ("123456789012".to_owned(), "us-east-1".to_owned());
        Self { account, region, names: Vec::new(), version: env!("CARGO_PKG_VERSION") }
    }
}

/// The web console's files.
#[derive(Clone, Copy)]
pub struct Console {
    /// The file at a path, in the best encoding that an `Accept-Encoding` header allows.
    pub asset: fn(path: &str, accept_encoding: &str) -> Option<Asset>,
    /// Headers for every answer of the console.
    pub security_headers: fn() -> &'static [(&'static str, &'static str)],
}

/// An action that a Task can call.
#[derive(Clone, Debug)]
pub struct Integration {
    /// The service as resources spell it: `lambda`.
    pub service: String,
    /// What people call it: `AWS Lambda`.
    pub name: String,
    /// The action: `invoke`.
    pub action: String,
    /// The resource without a pattern's suffix.
    pub resource: String,
    /// The suffixes of the patterns that it takes.
    pub patterns: Vec<&'static str>,
    /// Members of its parameters, required ones first.
    pub parameters: Vec<String>,
}

/// The services that `aws-sdk` resources can name. There are hundreds, with thousands of actions:
/// those of a service are unpacked when it is first asked for.
#[derive(Clone, Copy)]
pub struct Sdk {
    /// The names of the services, such as `dynamodb`, in order.
    pub services: fn() -> Vec<&'static str>,
    /// The actions of one of them; of a service that is not known, none.
    pub actions: fn(service: &str) -> Vec<Integration>,
}

/// Knows what functions printed.
pub trait FunctionLogs: Send + Sync {
    /// The lines of an execution, oldest first.
    fn of(&self, execution_arn: &str) -> Vec<FunctionLogLine>;
}

/// A line that a function printed for a task.
#[derive(Clone, Debug)]
pub struct FunctionLogLine {
    /// The function.
    pub function: SmolStr,
    /// The id of the invocation.
    pub request_id: Option<SmolStr>,
    /// The state whose task it was.
    pub state_name: Option<SmolStr>,
    /// When.
    pub time: Timestamp,
    /// What.
    pub text: SmolStr,
}

/// A file of the web console.
pub struct Asset {
    /// `Content-Type`
    pub content_type: &'static str,
    /// `Content-Encoding`
    pub encoding: Option<&'static str>,
    /// `Cache-Control`
    pub cache_control: &'static str,
    /// `ETag`
    pub etag: String,
    /// The bytes.
    pub body: &'static [u8],
}

/// Knows which log groups of CloudWatch Logs exist.
pub trait LogGroups: Send + Sync {
    /// Whether the log group at `arn` (which ends in `:*`) exists.
    fn exists<'a>(&'a self, arn: &'a str) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>>;
}
