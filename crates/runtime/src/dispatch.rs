//! `Dispatcher`: runs tasks on the connectors, each in a task of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use asl::resource::{Resource, ResourceKind};
use connectors::{Call, Connectors, HttpTrace, MockMode, Progress, RunError, TestCase};
use engine::{Failure, names};
use smol_str::SmolStr;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use value::{Payload, Value};

use crate::executions::Executions;
use crate::tasks::{Answer, TaskAddress, TaskCall, TaskCancel, TaskEvent, Tasks};

/// Runs tasks on the connectors.
pub struct Dispatcher {
    connectors: Connectors,
    runtime: Handle,
    /// What can be dropped when its task is given up.
    running: Arc<Mutex<HashMap<TaskAddress, AbortHandle>>>,
}

impl Dispatcher {
    /// A dispatcher whose tasks run on `runtime`.
    pub fn new(connectors: Connectors, runtime: Handle) -> Self {
        Self { connectors, runtime, running: Arc::default() }
    }
}

impl Tasks for Dispatcher {
    fn start(&self, call: TaskCall, executions: &Executions) {
        let address = call.address;
        let (connectors, executions) = (self.connectors.clone(), executions.clone());
        let running = self.running.clone();
        // The entry is made under the lock that its removal needs, so it never outlives the task.
        let mut entries = lock(&self.running);
        let task = self.runtime.spawn(async move {
            // Real ones wait in a queue, not here.
            if call.resource.kind == ResourceKind::Activity {
                executions.task_event(address, TaskEvent::Started);
            }
            let mut told = Told { executions: &executions, address };
            let result = connectors.run(to_call(call), &mut told).await;
            lock(&running).remove(&address);
            if let Some(event) = event(result) {
                executions.task_event(address, event);
            }
        });
        entries.insert(address, task.abort_handle());
    }

    fn cancel(&self, cancel: TaskCancel, _: &Executions) {
        let running = lock(&self.running).remove(&cancel.address);
        if let Some(running) = running {
            running.abort();
        }
        let TaskCancel { resource, parameters, submitted, region, account, role_arn, .. } = cancel;
        let Some(submitted) = submitted else { return };
        let cancel = connectors::Cancel {
            resource,
            parameters: Some(parameters.value().clone()),
            submitted: submitted.value().clone(),
            region,
            account,
            execution_role: cancel.execution_role,
            role_arn,
            execution_arn: cancel.execution_arn,
        };
        let connectors = self.connectors.clone();
        drop(self.runtime.spawn(async move { connectors.cancel(cancel).await }));
    }

    fn refuse_parameters(&self, resource: &Resource, parameters: &Value) -> Option<String> {
        self.connectors.refuse_parameters(resource, parameters)
    }

    fn is_repeatable(&self, resource: &Resource, parameters: &Value) -> bool {
        self.connectors.is_repeatable(resource, parameters)
    }

    fn is_mocked(&self, call: &TaskCall) -> bool {
        call.test_case.is_some() && self.connectors.is_mocked(&to_call(call.clone()))
    }

    fn refuse_test_case(&self, machine: &str, case: &str) -> Option<String> {
        let case = TestCase { machine: machine.into(), case: case.into() };
        self.connectors.refuse_test_case(&case)
    }

    fn forget_test_case(&self, execution_arn: &str) {
        self.connectors.forget_test_case(execution_arn);
    }

    fn call<'a>(&'a self, call: TaskCall, trace: &'a mut HttpTrace) -> Answer<'a> {
        let unanswered = || Failure::new(names::TASK_FAILED, "The task gives no answer.");
        Box::pin(async move {
            match self.connectors.run(to_call(call), &mut Traced(trace)).await {
                Ok(result) => result.map(Payload::from_value).ok_or_else(unanswered),
                Err(error) => Err(to_failure(error.failure().clone())),
            }
        })
    }

    fn storage(&self, region: &SmolStr) -> Arc<dyn items::Storage> {
        self.connectors.storage(region, self.runtime.clone())
    }

    fn check_mocked_result(
        &self,
        resource: &Resource,
        result: &Value,
        all: bool,
    ) -> Option<String> {
        let mode = if all { MockMode::Strict } else { MockMode::Present };
        connectors::check_mocked_result(resource, result, mode)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Told<'e> {
    executions: &'e Executions,
    address: TaskAddress,
}

impl Progress for Told<'_> {
    fn submitted(&mut self, output: Value) {
        self.executions.task_event(self.address, TaskEvent::Submitted(Payload::from_value(output)));
    }
}

/// Does not wait for submissions, and wants to see HTTP.
struct Traced<'t>(&'t mut HttpTrace);

impl Progress for Traced<'_> {
    fn submitted(&mut self, _: Value) {}

    fn trace(&mut self) -> Option<&mut HttpTrace> {
        Some(self.0)
    }
}

fn event(result: Result<Option<Value>, RunError>) -> Option<TaskEvent> {
    Some(match result {
        Ok(Some(output)) => TaskEvent::Succeeded(Payload::from_value(output)),
        // The result of a `.waitForTaskToken` task comes by its token.
        Ok(None) => return None,
        Err(RunError::Submit(failure)) => TaskEvent::SubmitFailed(to_failure(failure)),
        Err(RunError::Task(failure)) => TaskEvent::Failed(to_failure(failure)),
    })
}

pub(crate) fn to_failure(failure: connectors::Failure) -> Failure {
    Failure { error: failure.error, cause: failure.cause }
}

fn to_call(call: TaskCall) -> Call {
    let machine = call.state_machine_arn.rsplit(':').next().map(SmolStr::new).unwrap_or_default();
    Call {
        resource: call.resource,
        parameters: call.parameters.value().clone(),
        token: call.token.into(),
        execution_arn: call.execution_arn,
        state_machine_arn: call.state_machine_arn,
        state_name: call.state_name,
        execution_role: call.execution_role,
        role_arn: call.role_arn,
        region: call.region,
        account: call.account,
        test_case: call.test_case.map(|case| TestCase { machine, case }),
        timeout_seconds: call.timeout_seconds,
        submitted: call.submitted.map(|submitted| submitted.value().clone()),
    }
}
