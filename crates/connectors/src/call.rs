//! What `runtime` asks of the connectors, and what it hears back.

use std::sync::Arc;

use asl::resource::Resource;
use smol_str::SmolStr;
use value::Value;

use crate::http::HttpTrace;

/// A task to run.
#[derive(Clone, Debug)]
pub struct Call {
    /// What to call.
    pub resource: Resource,
    /// The evaluated `Parameters` or `Arguments`.
    pub parameters: Value,
    /// The task token of this attempt; no other attempt has the same.
    pub token: SmolStr,
    /// The ARN of the execution.
    pub execution_arn: SmolStr,
    /// The ARN of the state machine.
    pub state_machine_arn: SmolStr,
    /// The name of the state.
    pub state_name: SmolStr,
    /// The role that the execution runs as.
    pub execution_role: SmolStr,
    /// `Credentials.RoleArn`.
    pub role_arn: Option<SmolStr>,
    /// The region of the execution.
    pub region: SmolStr,
    /// The account of the execution.
    pub account: SmolStr,
    /// The test case of the mock file that the execution runs, if it runs one.
    pub test_case: Option<TestCase>,
    /// `TimeoutSeconds`, if the state has one. The caller enforces it; the connectors hand it on
    /// to services that want to know.
    pub timeout_seconds: Option<u64>,
    /// The answer of a submission made before a restart: watch the job, do not submit again.
    pub submitted: Option<Value>,
}

/// Which case of a mock file an execution runs (`stateMachineArn#TestCase`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCase {
    /// The name of the state machine.
    pub machine: SmolStr,
    /// The name of the case.
    pub case: SmolStr,
}

/// A submitted job that nobody waits for any more.
#[derive(Clone, Debug)]
pub struct Cancel {
    /// What was called.
    pub resource: Resource,
    /// With what, if still known: some services need it to find the job (a step's cluster).
    pub parameters: Option<Value>,
    /// The answer of the submission.
    pub submitted: Value,
    /// The region of the execution.
    pub region: SmolStr,
    /// The account of the execution.
    pub account: SmolStr,
    /// The role that the execution runs as.
    pub execution_role: SmolStr,
    /// `Credentials.RoleArn`.
    pub role_arn: Option<SmolStr>,
    /// The ARN of the execution.
    pub execution_arn: SmolStr,
}

/// Why a task failed, as its events show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `error`.
    pub error: Option<SmolStr>,
    /// `cause`.
    pub cause: Option<Arc<str>>,
}

impl Failure {
    /// An error with a cause.
    pub fn new(error: impl Into<SmolStr>, cause: impl Into<Arc<str>>) -> Self {
        Self { error: Some(error.into()), cause: Some(cause.into()) }
    }
}

/// Where a task failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunError {
    /// The submission of a `.sync` or `.waitForTaskToken` task failed: `TaskSubmitFailed`.
    Submit(Failure),
    /// The task failed: `TaskFailed`, `LambdaFunctionFailed`.
    Task(Failure),
}

impl RunError {
    /// The failure, wherever it was.
    pub fn failure(&self) -> &Failure {
        match self {
            Self::Submit(failure) | Self::Task(failure) => failure,
        }
    }
}

/// Told while a task runs.
pub trait Progress: Send {
    /// A `.sync` or `.waitForTaskToken` task was submitted; `output` is the service's answer.
    /// Called at most once, before the result.
    fn submitted(&mut self, output: Value);

    /// Where an HTTP Task leaves what it sends and gets, if somebody wants to see it.
    fn trace(&mut self) -> Option<&mut HttpTrace> {
        None
    }
}
