//! Nested executions: `states:startExecution` with its four patterns, answered by the runtime itself.

use std::time::{Duration, UNIX_EPOCH};

use asl::resource::{Pattern, Resource, ResourceKind};
use engine::{Failure, Outcome, names};
use smol_str::SmolStr;
use store::ExecutionRow;
use value::{Object, Payload, Timestamp, Value, uuid};

use crate::arn::{Arn, Resource as ArnResource};
use crate::executions::{Error, Executions, Start, Started};
use crate::key::shard_key;
use crate::message::Message;
use crate::open::{Open, status_of};
use crate::redrivable::refusal;
use crate::resolve;
use crate::tasks::{TaskCall, TaskCancel, TaskEvent};

/// Whether the resource is a nested execution.
pub(crate) fn is_nested(resource: &Resource) -> bool {
    matches!(&resource.kind, ResourceKind::Service { resource_type, action, .. }
        if resource_type == "states" && action == "startExecution")
}

/// Starts the child, and watches it where the pattern says so.
pub(crate) async fn call(executions: Executions, call: TaskCall) {
    let address = call.address;
    let pattern = call.resource.pattern();
    let answer = match &call.submitted {
        Some(submitted) => Ok(submitted.value().clone()),
        None => start(&executions, &call).await,
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(failure) if pattern == Pattern::RequestResponse => {
            return executions.task_event(address, TaskEvent::Failed(failure));
        }
        Err(failure) => return executions.task_event(address, TaskEvent::SubmitFailed(failure)),
    };
    if pattern == Pattern::RequestResponse {
        return executions.task_event(address, TaskEvent::Succeeded(answer.into()));
    }
    if call.submitted.is_none() {
        executions.task_event(address, TaskEvent::Submitted(answer.clone().into()));
    }
    if let (Pattern::Sync | Pattern::Sync2, Some(arn)) = (pattern, answer.get("ExecutionArn")) {
        let form = Form { parsed: pattern == Pattern::Sync2, redrive: call.role_arn.is_some() };
        watch(&executions, &call, arn.as_str().unwrap_or_default(), form).await;
    }
}

/// How the parent wants its child described.
#[derive(Clone, Copy)]
pub(crate) struct Form {
    /// `.sync:2`: input and output as JSON, not as text.
    parsed: bool,
    /// What DescribeExecution says of redrives. Recorded of a child that is started with
    /// `Credentials` (`test_cross_account_states_start_sync_execution`): its account is asked. Of
    /// one in the parent's account AWS hears by event, without (`test_start_execution_sync2`).
    redrive: bool,
}

pub(crate) async fn start(executions: &Executions, call: &TaskCall) -> Result<Value, Failure> {
    let parameters = call.parameters.value();
    let text = |key: &str| parameters.get(key).and_then(Value::as_str);
    let machine_arn = text("StateMachineArn").unwrap_or_default();
    let input = match parameters.get("Input") {
        // Recorded: no input and a null one are both the empty object.
        None | Some(Value::Null) => Payload::from_value(Value::empty_object()),
        // A string is the JSON text itself.
        Some(Value::String(text)) => Payload::parse(text).map_err(|error| {
            let message = format!("Invalid State Machine Execution Input: '{}'", error.message);
            service_failure("InvalidExecutionInput", &message, call)
        })?,
        Some(value) => Payload::from_value(value.clone()),
    };
    // A child without a name gets the one that follows from the attempt, so that the call can be
    // made again when its answer was lost.
    let given = text("Name").map(SmolStr::new);
    let is_given = given.is_some();
    let name = given.unwrap_or_else(|| uuid::v4(token_bits(&call.token)));
    let draw = (token_bits(&call.token) % 100) as i64;
    let target = resolve::target(executions.catalog(), machine_arn, draw)
        .map_err(|error| service_failure(error.code(), &error.to_string(), call))?;
    let trace_header = text("TraceHeader").map(SmolStr::new);
    let asked = input.clone();
    let start = Start { trace_header, ..Start::new(target, Some(name), input) };
    let started = match executions.start(start).await {
        // The call was made before, and the child has ended since: the name is this attempt's own,
        // or the call is known to be a repeat and the child has the input that it asks for.
        Err(Error::AlreadyExists(arn)) if !is_given || call.is_repeat => {
            earlier(executions, arn, (is_given).then_some(&asked))
        }
        started => started,
    };
    let started = started.map_err(|error| match error {
        Error::AlreadyExists(_) => {
            service_failure("ExecutionAlreadyExists", &error.to_string(), call)
        }
        error => Failure::new("StepFunctions.SdkClientException", error.to_string()),
    })?;
    let mut answer = Object::with_capacity(4);
    answer.insert("ExecutionArn", Value::String(started.execution_arn));
    answer.insert("StartDate", Value::Int(started.start_date.0));
    Ok(with_sdk_metadata(&answer, started.start_date, call))
}

/// The child that the same call has started before; it must have the input `asked`, if given.
fn earlier(
    executions: &Executions,
    execution_arn: SmolStr,
    asked: Option<&Payload>,
) -> Result<Started, Error> {
    let row = executions.find_arn(&execution_arn)?.ok_or(Error::DoesNotExist)?;
    if let Some(asked) = asked
        && executions.describe(row.id)?.input != *asked
    {
        return Err(Error::AlreadyExists(execution_arn));
    }
    Ok(Started { execution_arn, start_date: Timestamp(row.start) })
}

/// The secret bits of a token, which no two attempts share.
fn token_bits(token: &str) -> u128 {
    engine::token::TaskToken::parse(token).map_or(0, |token| token.nonce)
}

/// The old SDK's error (recorded: test_start_execution_no_such_arn).
fn service_failure(code: &str, message: &str, call: &TaskCall) -> Failure {
    let request_id = uuid::v4(token_bits(&call.token).rotate_left(17));
    Failure::new(
        format!("StepFunctions.{code}Exception"),
        format!(
            "{message} (Service: AWSStepFunctions; Status Code: 400; Error Code: {code}; Request \
             ID: {request_id}; Proxy: null)"
        ),
    )
}

/// Adds what the old SDK says of the HTTP exchange: there was none, but definitions may read it.
fn with_sdk_metadata(answer: &Object, now: Timestamp, call: &TaskCall) -> Value {
    let request_id = uuid::v4(token_bits(&call.token).rotate_left(17));
    // On the wire the date is in seconds, as Java writes a double (`1.700000000123E9`): three
    // characters more.
    let length = Value::from(answer.clone()).to_json().len() + 3;
    let date = UNIX_EPOCH + Duration::from_millis(now.0.unsigned_abs());
    let headers = [
        ("x-amzn-RequestId", request_id.to_string()),
        ("connection", "keep-alive".to_owned()),
        ("Content-Length", length.to_string()),
        ("Date", httpdate::fmt_http_date(date)),
        ("Content-Type", "application/x-amz-json-1.0".to_owned()),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value));
    connectors::sdk_envelope("states", answer, 200, &headers, &request_id).into()
}

/// Has the child tell its end, or tells it now if it has ended.
async fn watch(executions: &Executions, call: &TaskCall, child_arn: &str, form: Form) {
    let child = match executions.find_arn(child_arn) {
        Ok(Some(row)) => row,
        Ok(None) => {
            let cause = format!("The execution {child_arn} does not exist any more.");
            let failure = Failure::new(names::TASK_FAILED, cause);
            return executions.task_event(call.address, TaskEvent::Failed(failure));
        }
        // The store has failed: the server stops, and the restart watches again.
        Err(_) => return,
    };
    if executions.watch(&child, call.address, form).await {
        return;
    }
    // It was not open any more: what the store has is its end.
    if let Ok(described) = executions.describe(child.id)
        && let Some(outcome) = described.outcome()
    {
        let arn: SmolStr = child_arn.into();
        let (row, revision) = (&described.row, &described.revision);
        let text = Description {
            row,
            execution_arn: &arn,
            machine_arn: &revision.machine_arn,
            input: &described.input,
            outcome: &outcome,
        };
        let stop = Timestamp(row.stop.unwrap_or_default());
        executions.task_event(call.address, text.event(stop, form));
    }
}

/// What the parent of an execution that has just ended is told.
pub(crate) fn ended(open: &Open, outcome: &Outcome, now: Timestamp, form: Form) -> TaskEvent {
    let meta = open.execution.meta();
    let text = Description {
        row: &open.row,
        execution_arn: &meta.execution_arn,
        machine_arn: &meta.state_machine_arn,
        input: &meta.input,
        outcome,
    };
    text.event(now, form)
}

struct Description<'d> {
    row: &'d ExecutionRow,
    execution_arn: &'d SmolStr,
    machine_arn: &'d SmolStr,
    input: &'d Payload,
    outcome: &'d Outcome,
}

impl Description<'_> {
    /// Success hands the description on; any other end fails the task with it as the cause
    /// (recorded: test_start_execution_sync_delegate_failure).
    fn event(&self, stop: Timestamp, form: Form) -> TaskEvent {
        let description = self.describe(stop, form);
        match self.outcome {
            Outcome::Succeeded(_) => TaskEvent::Succeeded(description.into()),
            _ => TaskEvent::Failed(Failure::new(names::TASK_FAILED, description.to_json())),
        }
    }

    /// DescribeExecution in the old SDK's form: keys sorted, dates in milliseconds; `.sync:2` has
    /// input and output parsed.
    fn describe(&self, stop: Timestamp, form: Form) -> Value {
        let data = |payload: &Payload| match form.parsed {
            true => payload.value().clone(),
            false => Value::string(payload.text()),
        };
        let included = || Value::object([("Included", Value::Bool(true))]);
        let (output, failure) = match self.outcome {
            Outcome::Succeeded(output) => (Some(output), None),
            Outcome::Failed(failure) | Outcome::Aborted(failure) => (None, Some(failure)),
            // Measured: DescribeExecution says no error of an execution that timed out.
            Outcome::TimedOut(_) => (None, None),
        };
        let mut it = Object::with_capacity(18);
        let failure = failure.cloned().unwrap_or_default();
        if let Some(cause) = failure.cause {
            it.insert("Cause", Value::string(cause));
        }
        if let Some(error) = failure.error {
            it.insert("Error", Value::String(error));
        }
        it.insert("ExecutionArn", Value::String(self.execution_arn.clone()));
        it.insert("Input", data(self.input));
        it.insert("InputDetails", included());
        it.insert("Name", Value::String(self.row.name.clone()));
        if let Some(output) = output {
            it.insert("Output", data(output));
            it.insert("OutputDetails", included());
        }
        if form.redrive {
            self.describe_redrive(&mut it, stop);
        }
        it.insert("StartDate", Value::Int(self.row.start));
        if let Some(alias) = &self.row.alias {
            it.insert("StateMachineAliasArn", Value::from(format!("{}:{alias}", self.machine_arn)));
        }
        it.insert("StateMachineArn", Value::String(self.machine_arn.clone()));
        if let Some(version) = self.row.version {
            let arn = format!("{}:{version}", self.machine_arn);
            it.insert("StateMachineVersionArn", Value::from(arn));
        }
        it.insert("Status", status_of(self.outcome).name().into());
        it.insert("StopDate", Value::Int(stop.0));
        it.into()
    }

    fn describe_redrive(&self, it: &mut Object, now: Timestamp) {
        it.insert("RedriveCount", Value::Int(self.row.redrive_count.into()));
        if let Some(date) = self.row.redrive {
            it.insert("RedriveDate", Value::Int(date));
        }
        let reason = refusal(self.row, false, now);
        let status = if reason.is_some() { "NOT_REDRIVABLE" } else { "REDRIVABLE" };
        it.insert("RedriveStatus", status.into());
        if let Some(reason) = reason {
            it.insert("RedriveStatusReason", Value::from(reason));
        }
    }
}

/// Stops the child of a `.sync` task that is given up (text recorded).
pub(crate) async fn cancel(executions: Executions, cancel: TaskCancel) {
    if !matches!(cancel.resource.pattern(), Pattern::Sync | Pattern::Sync2) {
        return;
    }
    let Some(submitted) = &cancel.submitted else { return };
    let Some(arn) = submitted.value().get("ExecutionArn").and_then(Value::as_str) else { return };
    if let Ok(Some(row)) = executions.find_arn(arn) {
        let cause = format!(
            "The Task state in AWS Step Functions execution [{}] which was managing this resource \
             was aborted",
            cancel.execution_arn
        );
        let failure = Failure { error: None, cause: Some(cause.into()) };
        let _ = executions.stop(row.id, failure).await;
    }
}

impl Executions {
    /// The row of the Standard execution at `arn`.
    pub(crate) fn find_arn(&self, arn: &str) -> Result<Option<ExecutionRow>, Error> {
        let Ok(parsed) = Arn::parse(arn) else { return Ok(None) };
        let ArnResource::Execution { machine, name, .. } = parsed.resource else { return Ok(None) };
        let machine = parsed.with(ArnResource::StateMachine {
            name: machine,
            label: None,
            qualifier: None,
            test_case: None,
        });
        match self.catalog().machine(&machine.to_string()) {
            Some(machine) => self.find(machine.id, name),
            None => Ok(None),
        }
    }

    /// Has the execution `row` tell `parent` of its end; `false` if it is not open.
    async fn watch(&self, row: &ExecutionRow, parent: crate::TaskAddress, form: Form) -> bool {
        let (reply, answer) = tokio::sync::oneshot::channel();
        let message = Message::Watch { id: row.id, parent, form, reply };
        self.shards().send(shard_key(row.machine, &row.name), message);
        answer.await.unwrap_or(false)
    }
}
