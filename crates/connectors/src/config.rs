//! What the binary tells the connectors: services, functions, mocks.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::function::LogSink;

/// The settings of the connectors.
#[derive(Clone, Default)]
pub struct Config {
    /// How AWS's services are reached.
    pub aws: aws::Config,
    /// The functions on this machine, by name. They win over those behind the Lambda endpoint.
    pub functions: BTreeMap<String, FunctionConfig>,
    /// The mock file of Step Functions Local (`SFN_MOCK_CONFIG`), read again when it changes.
    pub mock_file: Option<PathBuf>,
    /// The connections of HTTP Tasks, by name. They win over those of EventBridge.
    pub connections: BTreeMap<String, Connection>,
    /// The folder of this machine that distributed Maps may read and write, if any: their buckets
    /// `file://…` are folders in it.
    pub file_root: Option<PathBuf>,
    /// HTTP Tasks may call this machine and its network, and plain `http://`; tasks of EKS may call
    /// clusters there.
    pub http_private_addresses: bool,
    /// How long an HTTP Task may take, if not AWS's 60 seconds.
    pub http_timeout: Option<Duration>,
    /// Files with the tokens of Kubernetes clusters that know no IAM, by cluster name. EKS's own
    /// tokens are made for the others.
    pub cluster_token_files: BTreeMap<String, PathBuf>,
    /// Hears every line that functions print.
    pub log_sink: Option<Arc<dyn LogSink>>,
}

/// A connection of HTTP Tasks, as EventBridge has them. Its parameters win over a task's.
#[derive(Clone)]
pub struct Connection {
    /// How it shows who calls.
    pub authorization: Authorization,
    /// Headers that it adds.
    pub headers: Vec<(String, String)>,
    /// Query parameters that it adds.
    pub query: Vec<(String, String)>,
    /// Members of the body that it adds.
    pub body: Vec<(String, value::Value)>,
}

/// How a connection shows who calls.
#[derive(Clone)]
pub enum Authorization {
    /// `BASIC`
    Basic {
        /// The user.
        username: String,
        /// The password.
        password: String,
    },
    /// `API_KEY`: a header.
    ApiKey {
        /// The header's name.
        name: String,
        /// Its value.
        value: String,
    },
    /// `OAUTH_CLIENT_CREDENTIALS`
    OAuth(OAuth),
}

/// Where a connection gets its tokens.
#[derive(Clone)]
pub struct OAuth {
    /// The address that gives them.
    pub endpoint: String,
    /// How it is asked: GET, POST or PUT.
    pub method: String,
    /// The client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// Further query parameters.
    pub query: Vec<(String, String)>,
    /// Further fields of the form.
    pub body: Vec<(String, String)>,
}

/// A function on this machine.
#[derive(Clone, Debug)]
pub struct FunctionConfig {
    /// What runs.
    pub source: FunctionSource,
    /// How long one invocation may take, the start of its process included.
    pub timeout: Duration,
    /// `AWS_LAMBDA_FUNCTION_MEMORY_SIZE` in MB. Told to the function, not enforced.
    pub memory: u32,
    /// Environment variables besides those of Lambda.
    pub environment: Vec<(String, String)>,
    /// How many invocations may run at once; more wait for their turn.
    pub concurrency: usize,
}

/// What a function runs.
#[derive(Clone, Debug)]
pub enum FunctionSource {
    /// A handler, started by Stepwell's own bootstrap.
    Handler {
        /// `module.function`, as Lambda's `Handler`: `app.lambda_handler`, `src/app.handler`.
        handler: String,
        /// Where the module lies.
        folder: PathBuf,
        /// What runs it.
        runtime: FunctionRuntime,
    },
    /// Any program that speaks the Lambda Runtime API.
    Command {
        /// The program and its arguments.
        command: Vec<String>,
        /// Where it runs, if not where Stepwell does.
        folder: Option<PathBuf>,
    },
    /// An address that takes the payload by POST and answers with the result; see
    /// `function::url`.
    Url(String),
}

/// What runs a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionRuntime {
    /// `python3`.
    Python3,
    /// `node`.
    Nodejs,
}

/// How long an invocation may take unless the configuration says otherwise. Lambda's own default
/// of 3 s is a frequent trap, and its processes start warm; ours start on the user's laptop.
pub const DEFAULT_FUNCTION_TIMEOUT: Duration = Duration::from_secs(30);
/// Lambda's default memory.
pub const DEFAULT_FUNCTION_MEMORY: u32 = 128;
/// How many invocations of a function may run at once unless the configuration says otherwise:
/// each has a process of its own, and a laptop holds fewer than Lambda's 1,000.
pub const DEFAULT_FUNCTION_CONCURRENCY: usize = 8;

impl FunctionConfig {
    /// A function with the default limits.
    pub fn new(source: FunctionSource) -> Self {
        Self {
            source,
            timeout: DEFAULT_FUNCTION_TIMEOUT,
            memory: DEFAULT_FUNCTION_MEMORY,
            environment: Vec::new(),
            concurrency: DEFAULT_FUNCTION_CONCURRENCY,
        }
    }

    /// A handler in a folder, with the default limits.
    pub fn handler(
        runtime: FunctionRuntime,
        handler: impl Into<String>,
        folder: impl Into<PathBuf>,
    ) -> Self {
        let (handler, folder) = (handler.into(), folder.into());
        Self::new(FunctionSource::Handler { handler, folder, runtime })
    }
}
