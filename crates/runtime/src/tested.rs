//! `StateTest`: one state run by itself on the interpreter that runs executions (`TestState`).
//!
//! Nothing of it is kept, and no shard owns it: the future that runs it does.

use std::sync::Arc;
use std::time::Duration;

use asl::Program;
use asl::program::StateId;
use asl::resource::{Pattern, Resource};
use connectors::HttpTrace;
use engine::{
    Applied, Command, Dispatch, Execution, Failure, Input, Inspection, Meta, Outcome, TaskRef,
};
use rand::Rng;
use smol_str::SmolStr;
use value::{Payload, Value};

use crate::executions::Executions;
use crate::express::with_rng;
use crate::host::uuid;
use crate::key::ExecutionKey;
use crate::nested;
use crate::shards::Shared;
use crate::tasks::{TaskAddress, TaskCall};

/// A state to test.
pub struct StateTest {
    /// The definition that it stands in.
    pub program: Arc<Program>,
    /// The state.
    pub state: StateId,
    /// Its input.
    pub input: Payload,
    /// The context object.
    pub context: Value,
    /// The variables that exist when it is entered.
    pub variables: Vec<(SmolStr, Value)>,
    /// What the interpreter is told of the test.
    pub inspection: Inspection,
    /// The execution that there might be: its ARN.
    pub execution_arn: SmolStr,
    /// Its name.
    pub execution_name: SmolStr,
    /// The ARN of its machine.
    pub state_machine_arn: SmolStr,
    /// The name of its machine.
    pub state_machine_name: SmolStr,
    /// The role that it runs as.
    pub role_arn: Option<SmolStr>,
    /// The region that its task is called in.
    pub region: SmolStr,
    /// The account that its task is called in.
    pub account: SmolStr,
    /// Whether the secrets of an HTTP Task's connection are shown.
    pub reveal_secrets: bool,
}

/// What came of it.
pub struct Tested {
    /// What was seen.
    pub inspection: Inspection,
    /// How the execution ended, if the state ended it by failing.
    pub outcome: Option<Outcome>,
    /// The variables after it.
    pub variables: Vec<(SmolStr, Value)>,
    /// What an HTTP Task sent and got.
    pub trace: HttpTrace,
}

impl Executions {
    /// Runs one state. What it would call or start is asked of `mock`, once it is known with what;
    /// without a mock, a task is called and waited for.
    ///
    /// # Errors
    /// The mock does not fit.
    pub async fn test_state<M, E>(&self, test: StateTest, mut mock: Option<M>) -> Result<Tested, E>
    where
        M: FnOnce(&Inspection) -> Result<Result<Payload, Failure>, E>,
    {
        let shared = &*self.shards().shared;
        let StateTest { inspection, variables, account, state, .. } = &test;
        let (account, role_arn) = (account.clone(), test.role_arn.clone().unwrap_or_default());
        let mut trace = HttpTrace { reveal_secrets: test.reveal_secrets, ..HttpTrace::default() };
        let mut host = Host { inspection: inspection.clone(), mocked: mock.is_some(), shared };
        let (state, variables) = (*state, variables.clone());
        let mut execution = Execution::new(test.program.clone(), Arc::new(self.test_meta(test)));
        execution.start_in(state, variables);
        let mut inputs = vec![Input::Start];
        loop {
            let mut dispatch = None;
            for input in inputs {
                let applied = execution.apply(input, shared.clock.now(), &mut host);
                dispatch = dispatch.or(dispatched(applied));
            }
            if execution.outcome().is_some() || host.inspection.end.is_some() {
                break;
            }
            inputs = match (mock.take(), dispatch) {
                (Some(mock), dispatch) => {
                    mocked(dispatch.as_deref(), &execution, mock(&host.inspection)?)
                }
                (None, Some(dispatch)) => {
                    let task = dispatch.task;
                    let call = task_call(&execution, *dispatch, &account, &role_arn);
                    tokio::select! {
                        result = self.call_task(call, &mut trace) => vec![answered(task, result)],
                        () = self.until_due(&execution) => vec![Input::Tick],
                    }
                }
                (None, None) => {
                    self.until_due(&execution).await;
                    vec![Input::Tick]
                }
            };
        }
        let variables = execution.variables().to_vec();
        let outcome = execution.outcome().cloned();
        Ok(Tested { inspection: host.inspection, outcome, variables, trace })
    }

    /// What is wrong with a mocked result, in AWS's words. `all`: required members must be there.
    pub fn check_mocked_result(
        &self,
        resource: &Resource,
        result: &Value,
        all: bool,
    ) -> Option<String> {
        self.shards().shared.tasks.check_mocked_result(resource, result, all)
    }

    fn test_meta(&self, test: StateTest) -> Meta {
        let shared = &self.shards().shared;
        Meta {
            id: 0,
            shard_key: 0,
            execution_arn: test.execution_arn,
            name: test.execution_name,
            state_machine_arn: test.state_machine_arn,
            state_machine_name: test.state_machine_name,
            role_arn: test.role_arn,
            version_arn: None,
            alias_arn: None,
            region: test.region,
            start: shared.clock.now(),
            input: test.input,
            // A test has five minutes, as an Express execution has.
            express: true,
            limits: shared.limits.clone(),
            map_item: None,
            context: Some(test.context),
        }
    }

    async fn call_task(&self, call: TaskCall, trace: &mut HttpTrace) -> Result<Payload, Failure> {
        if nested::is_nested(&call.resource) {
            return nested::start(self, &call).await.map(Payload::from_value);
        }
        self.shards().shared.tasks.call(call, trace).await
    }

    async fn until_due(&self, execution: &Execution) {
        let now = self.shards().shared.clock.now();
        let ms = execution.due().map_or(0, |due| due.0.saturating_sub(now.0));
        // At least a moment, so that two clocks that differ do not make it spin.
        let ms = u64::try_from(ms).unwrap_or(0).max(1);
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}

fn dispatched(applied: Applied) -> Option<Box<Dispatch>> {
    applied.commands.into_iter().find_map(|command| match command {
        Command::Dispatch(dispatch) => Some(dispatch),
        _ => None,
    })
}

/// A mock's answer: to a task, which is submitted first where its pattern says so, or to the whole
/// of a Parallel or Map.
fn mocked(
    dispatch: Option<&Dispatch>,
    execution: &Execution,
    outcome: Result<Payload, Failure>,
) -> Vec<Input> {
    let Some(dispatch) = dispatch else { return vec![Input::Mocked { outcome }] };
    let task = dispatch.task;
    let submits = resource_of(execution, dispatch)
        .is_some_and(|resource| resource.pattern() != Pattern::RequestResponse);
    let submitted = Input::TaskSubmitted { task, output: Payload::from_value(Value::Null) };
    let submitted = submits.then_some(submitted);
    submitted.into_iter().chain([answered(task, outcome)]).collect()
}

fn answered(task: TaskRef, outcome: Result<Payload, Failure>) -> Input {
    match outcome {
        Ok(output) => Input::TaskSucceeded { task, output },
        Err(failure) => Input::TaskFailed { task, failure },
    }
}

fn resource_of<'e>(execution: &'e Execution, dispatch: &Dispatch) -> Option<&'e Resource> {
    match &execution.program().state(dispatch.state).kind {
        asl::program::StateKind::Task(task) => Some(&task.resource),
        _ => None,
    }
}

fn task_call(
    execution: &Execution,
    dispatch: Dispatch,
    account: &SmolStr,
    execution_role: &SmolStr,
) -> TaskCall {
    let resource = resource_of(execution, &dispatch).cloned().unwrap_or_else(|| Resource {
        arn: SmolStr::default(),
        kind: asl::resource::ResourceKind::Placeholder,
    });
    let meta = execution.meta();
    let key = ExecutionKey { id: meta.id, shard_key: meta.shard_key };
    TaskCall {
        address: TaskAddress { execution: key, task: dispatch.task },
        resource,
        parameters: dispatch.parameters,
        token: dispatch.token,
        state_name: execution.program().state(dispatch.state).name.clone(),
        execution_arn: meta.execution_arn.clone(),
        state_machine_arn: meta.state_machine_arn.clone(),
        execution_role: execution_role.clone(),
        role_arn: dispatch.role_arn,
        region: meta.region.clone(),
        account: account.clone(),
        test_case: None,
        timeout_seconds: dispatch.timeout_seconds,
        submitted: None,
        is_repeat: false,
    }
}

/// The world as a tested state sees it.
struct Host<'s> {
    inspection: Inspection,
    mocked: bool,
    shared: &'s Shared,
}

impl engine::Host for Host<'_> {
    fn random(&mut self) -> f64 {
        with_rng(Rng::random)
    }

    fn uuid(&mut self) -> SmolStr {
        with_rng(uuid)
    }

    fn nonce(&mut self) -> u128 {
        with_rng(Rng::random)
    }

    fn activity_exists(&mut self, arn: &str) -> bool {
        self.mocked || self.shared.catalog.activity(arn).is_some()
    }

    fn refuse_parameters(&mut self, resource: &Resource, parameters: &Value) -> Option<String> {
        self.shared.tasks.refuse_parameters(resource, parameters)
    }

    fn inspection(&mut self) -> Option<&mut Inspection> {
        Some(&mut self.inspection)
    }
}
