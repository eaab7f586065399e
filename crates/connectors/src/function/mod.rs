//! Functions on this machine: processes that speak the Lambda Runtime API, and plain URLs.

mod invocation;
pub mod logs;
pub(crate) mod name;
mod pool;
mod process;
mod runtime_api;
mod url;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use smol_str::SmolStr;

pub(crate) use invocation::Invocation;
pub use logs::{LogLine, LogSink};
pub(crate) use pool::Outcome;

use crate::config::Config;
use logs::Logs;
use pool::Function;
use process::Groups;

/// The functions of the configuration.
pub(crate) struct Functions {
    functions: HashMap<SmolStr, Arc<Function>>,
    groups: Groups,
    logs: Logs,
}

/// What is asked of a function.
pub(crate) struct Ask {
    pub request_id: SmolStr,
    pub payload: Bytes,
    pub function_arn: String,
    pub region: SmolStr,
    pub client_context: Option<String>,
    pub execution_arn: SmolStr,
    pub state_name: SmolStr,
}

impl Functions {
    pub fn new(config: &Config, transport: &aws::http::Transport) -> Self {
        let groups = Groups::default();
        let logs = Logs::new(config.log_sink.clone());
        let functions = config.functions.iter().map(|(name, function)| {
            let name = SmolStr::new(name);
            let (groups, logs) = (Arc::clone(&groups), logs.clone());
            let function =
                Function::new(name.clone(), function.clone(), groups, logs, transport.clone());
            (name, Arc::new(function))
        });
        Self { functions: functions.collect(), groups, logs }
    }

    /// Whether there is a function of that name.
    pub fn has(&self, name: &str) -> bool {
        self.functions.contains_key(name)
    }

    /// Invokes a function; `None` if there is none of that name.
    pub async fn invoke(&self, name: &str, ask: Ask) -> Option<(Outcome, Arc<Invocation>)> {
        let function = self.functions.get(name)?;
        let slot = function.slot().await?;
        let invocation = Arc::new(Invocation {
            request_id: ask.request_id,
            payload: ask.payload,
            function_arn: ask.function_arn,
            region: ask.region,
            client_context: ask.client_context,
            execution_arn: ask.execution_arn,
            state_name: ask.state_name,
            deadline: invocation::after(function.timeout()),
            tail: Mutex::default(),
        });
        let outcome = function.invoke(Arc::clone(&invocation), slot).await;
        Some((outcome, invocation))
    }

    /// The last lines of a function.
    pub fn logs(&self, function: &str) -> Vec<LogLine> {
        self.logs.of(function)
    }

    /// The lines that are kept of an execution, oldest first.
    pub fn execution_logs(&self, execution_arn: &str) -> Vec<LogLine> {
        self.logs.of_execution(execution_arn)
    }

    /// Ends every process, at once.
    pub fn close(&self) {
        for function in self.functions.values() {
            function.close();
        }
        for group in self.groups.lock().unwrap_or_else(PoisonError::into_inner).drain() {
            process::kill_group(group);
        }
    }
}

impl Drop for Functions {
    fn drop(&mut self) {
        self.close();
    }
}
