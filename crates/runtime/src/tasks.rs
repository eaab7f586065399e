//! The boundary to the services that tasks call; the connectors stand behind it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use asl::resource::Resource;
use connectors::HttpTrace;
use engine::{Failure, TaskRef};
use smol_str::SmolStr;
use value::{Payload, Value};

use crate::executions::Executions;
use crate::key::ExecutionKey;

/// One attempt of one task of one execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaskAddress {
    /// The execution.
    pub execution: ExecutionKey,
    /// The task in it.
    pub task: TaskRef,
}

/// A task to call.
#[derive(Clone, Debug)]
pub struct TaskCall {
    /// Who waits for it.
    pub address: TaskAddress,
    /// What to call.
    pub resource: Resource,
    /// With what.
    pub parameters: Payload,
    /// The task token.
    pub token: String,
    /// The name of the state.
    pub state_name: SmolStr,
    /// The ARN of the execution.
    pub execution_arn: SmolStr,
    /// The ARN of the machine.
    pub state_machine_arn: SmolStr,
    /// The role that the execution runs as.
    pub execution_role: SmolStr,
    /// `Credentials.RoleArn`.
    pub role_arn: Option<SmolStr>,
    /// The region of the execution.
    pub region: SmolStr,
    /// The account of the execution.
    pub account: SmolStr,
    /// The machine's name and the test case of a mock file, if the execution runs one.
    pub test_case: Option<SmolStr>,
    /// `TimeoutSeconds`, if given.
    pub timeout_seconds: Option<u64>,
    /// For a `.sync` task that was submitted before a restart: the answer of its submission.
    /// The job must be watched, not submitted again.
    pub submitted: Option<Payload>,
    /// The call may have been made before: the server ended while its answer was awaited.
    pub is_repeat: bool,
}

/// A task that is given up: its execution stopped, or the state timed out.
#[derive(Clone, Debug)]
pub struct TaskCancel {
    /// Which.
    pub address: TaskAddress,
    /// What was called.
    pub resource: Resource,
    /// With what.
    pub parameters: Payload,
    /// The ARN of the execution, for the message that a nested execution is stopped with.
    pub execution_arn: SmolStr,
    /// The role that the execution runs as.
    pub execution_role: SmolStr,
    /// The answer of the submission, if there was one: it names the job.
    pub submitted: Option<Payload>,
    /// `Credentials.RoleArn`.
    pub role_arn: Option<SmolStr>,
    /// The region of the execution.
    pub region: SmolStr,
    /// The account of the execution.
    pub account: SmolStr,
}

/// What happened to a task; told to [`Executions::task_event`].
#[derive(Clone, Debug)]
pub enum TaskEvent {
    /// A mocked activity's worker has taken the task.
    Started,
    /// The call that starts a `.sync` or `.waitForTaskToken` task was answered.
    Submitted(Payload),
    /// That call failed.
    SubmitFailed(Failure),
    /// The task is done.
    Succeeded(Payload),
    /// The task failed.
    Failed(Failure),
}

/// The answer to a task, when it comes.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Payload, Failure>> + Send + 'a>>;

/// Calls tasks. `start` and `cancel` return at once; the work is done elsewhere.
pub trait Tasks: Send + Sync {
    /// Calls a task and tells `executions` what became of it.
    fn start(&self, call: TaskCall, executions: &Executions);
    /// Gives a task up: whatever is under way is dropped, a job is cancelled as well as it goes.
    fn cancel(&self, cancel: TaskCancel, executions: &Executions);
    /// Why the parameters cannot be used, in AWS's words, if so.
    fn refuse_parameters(&self, resource: &Resource, parameters: &Value) -> Option<String>;
    /// Whether a call whose outcome is not known may be made again: it carries something that
    /// makes the service do it once.
    fn is_repeatable(&self, resource: &Resource, parameters: &Value) -> bool;
    /// Whether a mock file answers the call: asked before an activity or a nested execution is run.
    fn is_mocked(&self, _call: &TaskCall) -> bool {
        false
    }
    /// Why an execution of `machine` cannot run a test case, if so.
    fn refuse_test_case(&self, _machine: &str, _case: &str) -> Option<String> {
        None
    }
    /// An execution of a test case has ended.
    fn forget_test_case(&self, _execution_arn: &str) {}
    /// Calls a task that no execution waits for (TestState): a request that is answered, not one
    /// for a job or with a token. Dropping the future gives it up. What an HTTP Task sends and gets
    /// is left in `trace`.
    fn call<'a>(&'a self, call: TaskCall, trace: &'a mut HttpTrace) -> Answer<'a>;
    /// Where distributed Maps of executions in `region` read their items and write their results.
    fn storage(&self, region: &SmolStr) -> Arc<dyn items::Storage>;
    /// What is wrong with the mocked result of a task, in AWS's words, if something is. `all`:
    /// required members must be there.
    fn check_mocked_result(&self, resource: &Resource, result: &Value, all: bool)
    -> Option<String>;
}
