//! Configuration: flags over environment over `stepwell.toml` over defaults.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use connectors::{FunctionConfig, FunctionRuntime, FunctionSource};
use serde::Deserialize;

use crate::cli::Common;
use crate::connections::{Entry, Http};
use crate::deliveries::{Events, Logging};

/// The port of Step Functions Local, which others' settings name.
pub const DEFAULT_PORT: u16 = 8083;
/// The account of callers who have none.
pub const DEFAULT_ACCOUNT: &str = "123456789012";
/// The region of requests that name none.
pub const DEFAULT_REGION: &str = "us-east-1";
/// The file that is read where none is named.
const DEFAULT_FILE: &str = "stepwell.toml";

/// `stepwell.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    /// `[server]`
    pub server: Server,
    /// `[limits]`
    pub limits: Limits,
    /// `[functions.<name>]`
    pub functions: BTreeMap<String, Function>,
    /// `[endpoints]`: a URL by the name of a service.
    pub endpoints: BTreeMap<String, String>,
    /// `[mocks]`
    pub mocks: Mocks,
    /// `[connections.<name>]`
    pub connections: BTreeMap<String, Entry>,
    /// `[http]`
    pub http: Http,
    /// `[clusters.<name>]`
    pub clusters: BTreeMap<String, Cluster>,
    /// `[logging]`
    pub logging: Logging,
    /// `[events]`
    pub events: Events,
    /// `[map]`
    pub map: Map,
    /// Where the file lies; paths in it start there.
    #[serde(skip)]
    folder: PathBuf,
}

/// `[server]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address to listen on.
    pub host: Option<String>,
    /// Port to listen on.
    pub port: Option<u16>,
    /// Names, besides `localhost`, at which unsigned requests and the console are answered.
    pub names: Vec<String>,
    /// Data directory.
    pub data: Option<PathBuf>,
    /// Account of callers who have none.
    pub account: Option<String>,
    /// Region of requests that name none.
    pub region: Option<String>,
    /// Threads that own executions.
    pub shards: Option<usize>,
    /// Days that closed executions are kept.
    pub retention_days: Option<u32>,
    /// Whether to refuse resources that AWS refuses and Stepwell runs.
    pub strict: bool,
}

/// `[limits]`: AWS's unless lifted here.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Largest payload, in bytes.
    pub payload_bytes: Option<usize>,
    /// Most events of a Standard execution.
    pub history_events: Option<u64>,
    /// Longest Standard execution, in seconds.
    pub standard_seconds: Option<i64>,
    /// Longest Express execution, in seconds.
    pub express_seconds: Option<i64>,
    /// Largest sum of one `Assign`, in bytes.
    pub assign_bytes: Option<usize>,
    /// Largest sum of an execution's variables, in bytes.
    pub variables_bytes: Option<usize>,
    /// Most inline Map iterations at once.
    pub inline_map_concurrency: Option<u64>,
}

/// `[map]`: distributed Maps.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Map {
    /// The folder that buckets `file://…` are in.
    pub file_root: Option<PathBuf>,
}

/// `[mocks]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mocks {
    /// A mock file of Step Functions Local.
    pub file: Option<PathBuf>,
}

/// `[clusters.<name>]`: a Kubernetes cluster that knows no IAM.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// A file with the token that its API server takes, read at each call.
    token_file: PathBuf,
}

/// `[functions.<name>]`: a function on this machine. One of `handler`, `command` and `url`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    handler: Option<String>,
    folder: Option<PathBuf>,
    runtime: Option<String>,
    command: Option<Vec<String>>,
    url: Option<String>,
    /// Seconds that an invocation may take.
    timeout: Option<f64>,
    memory: Option<u32>,
    concurrency: Option<usize>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
}

impl File {
    /// Reads the file that the command line names, or `stepwell.toml` if there is one.
    ///
    /// # Errors
    /// The file cannot be read, or says what nobody understands: which file, which line, and why.
    pub fn read(common: &Common) -> Result<Self, String> {
        let path = match &common.config {
            Some(path) => path.clone(),
            None if Path::new(DEFAULT_FILE).exists() => DEFAULT_FILE.into(),
            None => return Ok(Self::default()),
        };
        let shown = path.display();
        let text = std::fs::read_to_string(&path)
            .map_err(|error| format!("cannot read the configuration {shown}: {error}"))?;
        let mut file: Self = toml::from_str(&text)
            .map_err(|error| format!("in the configuration {shown}: {error}"))?;
        file.folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        Ok(file)
    }

    /// A path of the file, as seen from the working directory.
    pub fn path(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    /// The data directory that it names.
    pub fn data(&self) -> Option<PathBuf> {
        self.server.data.as_deref().map(|path| self.path(path))
    }

    /// The limits.
    pub fn limits(&self) -> engine::Limits {
        let aws = engine::Limits::AWS;
        let own = &self.limits;
        engine::Limits {
            payload_bytes: own.payload_bytes.unwrap_or(aws.payload_bytes),
            history_events: own.history_events.unwrap_or(aws.history_events),
            assign_bytes: own.assign_bytes.unwrap_or(aws.assign_bytes),
            variables_bytes: own.variables_bytes.unwrap_or(aws.variables_bytes),
            standard_ms: own.standard_seconds.map_or(aws.standard_ms, milliseconds),
            express_ms: own.express_seconds.map_or(aws.express_ms, milliseconds),
            inline_map_concurrency: own
                .inline_map_concurrency
                .unwrap_or(aws.inline_map_concurrency)
                .max(1),
            ..aws
        }
    }

    /// The mock file: of the environment (`SFN_MOCK_CONFIG`), or of the configuration.
    pub fn mock_file(&self) -> Option<PathBuf> {
        let named = std::env::var_os("SFN_MOCK_CONFIG").filter(|name| !name.is_empty());
        named.map(PathBuf::from).or_else(|| self.mocks.file.as_deref().map(|path| self.path(path)))
    }

    /// The files with the tokens of Kubernetes clusters.
    pub fn cluster_token_files(&self) -> BTreeMap<String, PathBuf> {
        let clusters = self.clusters.iter();
        clusters.map(|(name, cluster)| (name.clone(), self.path(&cluster.token_file))).collect()
    }

    /// The folder of this machine that distributed Maps may read and write.
    pub fn file_root(&self) -> Option<PathBuf> {
        self.map.file_root.as_deref().map(|path| self.path(path))
    }

    /// The functions on this machine.
    ///
    /// # Errors
    /// A function says too much or too little.
    pub fn functions(&self) -> Result<BTreeMap<String, FunctionConfig>, String> {
        let functions = self.functions.iter();
        functions
            .map(|(name, function)| Ok((name.clone(), self.function(name, function)?)))
            .collect()
    }

    fn function(&self, name: &str, function: &Function) -> Result<FunctionConfig, String> {
        let folder = function.folder.as_deref().map(|path| self.path(path));
        let source = match (&function.handler, &function.command, &function.url) {
            (Some(handler), None, None) => FunctionSource::Handler {
                handler: handler.clone(),
                folder: folder.unwrap_or_else(|| self.path(Path::new("."))),
                runtime: runtime(name, function.runtime.as_deref())?,
            },
            (None, Some(command), None) => {
                FunctionSource::Command { command: command.clone(), folder }
            }
            (None, None, Some(url)) => FunctionSource::Url(url.clone()),
            _ => {
                return Err(format!(
                    "the function {name:?} of the configuration needs exactly one of `handler`, \
                     `command` and `url`"
                ));
            }
        };
        let mut config = FunctionConfig::new(source);
        if let Some(seconds) = function.timeout {
            config.timeout = Duration::try_from_secs_f64(seconds).map_err(|_| {
                format!("the `timeout` of the function {name:?} must be a number of seconds")
            })?;
        }
        config.memory = function.memory.unwrap_or(config.memory);
        config.concurrency = function.concurrency.unwrap_or(config.concurrency).max(1);
        config.environment = function.environment.clone().into_iter().collect();
        Ok(config)
    }
}

fn milliseconds(seconds: i64) -> i64 {
    seconds.saturating_mul(1000)
}

fn runtime(name: &str, runtime: Option<&str>) -> Result<FunctionRuntime, String> {
    match runtime {
        None => Ok(FunctionRuntime::Python3),
        Some(runtime) if runtime.starts_with("python3") => Ok(FunctionRuntime::Python3),
        Some(runtime) if runtime.starts_with("nodejs") => Ok(FunctionRuntime::Nodejs),
        Some(other) => Err(format!(
            "the function {name:?} has the runtime {other:?}; known are `python3` and `nodejs`, and \
             `command` runs any other"
        )),
    }
}

/// The account: of the command line or environment, the file, or the default.
///
/// # Errors
/// It has not 12 digits.
pub fn account(common: &Common, file: &File) -> Result<String, String> {
    let account = common.account.clone().or_else(|| file.server.account.clone());
    let account = account.unwrap_or_else(|| DEFAULT_ACCOUNT.to_owned());
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("an account has 12 digits, but {account:?} was given"));
    }
    Ok(account)
}

/// The region: of the command line or environment, the file, or the default.
pub fn region(common: &Common, file: &File) -> String {
    let region = common.region.clone().or_else(|| file.server.region.clone());
    region.unwrap_or_else(|| DEFAULT_REGION.to_owned())
}
