//! From the name of an operation to the module that answers it.

use value::json;

use crate::call::{Call, Reply};
use crate::error::Error;
use crate::operations::*;
use crate::shapes;

/// What the `X-Amz-Target` header says before the operation's name.
const TARGET: &str = "AWSStepFunctions.";

/// The operation that an `X-Amz-Target` header names.
///
/// # Errors
/// `UnknownOperationException`
pub fn operation(target: &str) -> Result<&'static shapes::Operation, Error> {
    let name = target.strip_prefix(TARGET);
    let operation = name.and_then(shapes::operation);
    operation.ok_or_else(|| Error::UnknownOperation(format!("There is no operation {target}")))
}

/// The members of a request. An empty body is an empty request.
///
/// # Errors
/// `SerializationException`, `ValidationException`
pub fn input(operation: &'static shapes::Operation, body: &[u8]) -> Result<value::Value, Error> {
    let text = std::str::from_utf8(body).map_err(|_| not_json())?;
    let text = if text.is_empty() { "{}" } else { text };
    let input = json::parse(text).map_err(|_| not_json())?;
    shapes::validate(&input, &operation.input)?;
    Ok(input)
}

fn not_json() -> Error {
    Error::Serialization("Unable to parse the request as JSON".into())
}

/// Answers a call of `operation`. What need not wait is answered without a future of its own; what
/// is called rarely has its future in a box, to keep that of the others small.
pub async fn answer(operation: &str, call: &Call<'_>) -> Reply {
    match operation {
        "CreateActivity" => Box::pin(create_activity::answer(call)).await,
        "CreateStateMachine" => Box::pin(create_state_machine::answer(call)).await,
        "CreateStateMachineAlias" => Box::pin(create_state_machine_alias::answer(call)).await,
        "DeleteActivity" => Box::pin(delete_activity::answer(call)).await,
        "DeleteStateMachine" => Box::pin(delete_state_machine::answer(call)).await,
        "DeleteStateMachineAlias" => Box::pin(delete_state_machine_alias::answer(call)).await,
        "DeleteStateMachineVersion" => Box::pin(delete_state_machine_version::answer(call)).await,
        "DescribeActivity" => describe_activity::answer(call),
        "DescribeExecution" => describe_execution::answer(call),
        "DescribeMapRun" => describe_map_run::answer(call),
        "DescribeStateMachine" => describe_state_machine::answer(call),
        "DescribeStateMachineAlias" => describe_state_machine_alias::answer(call),
        "DescribeStateMachineForExecution" => describe_state_machine_for_execution::answer(call),
        "GetActivityTask" => Box::pin(get_activity_task::answer(call)).await,
        "GetExecutionHistory" => get_execution_history::answer(call),
        "ListActivities" => list_activities::answer(call),
        "ListExecutions" => list_executions::answer(call),
        "ListMapRuns" => list_map_runs::answer(call),
        "ListStateMachineAliases" => list_state_machine_aliases::answer(call),
        "ListStateMachineVersions" => list_state_machine_versions::answer(call),
        "ListStateMachines" => list_state_machines::answer(call),
        "ListTagsForResource" => list_tags_for_resource::answer(call),
        "PublishStateMachineVersion" => Box::pin(publish_state_machine_version::answer(call)).await,
        "RedriveExecution" => Box::pin(redrive_execution::answer(call)).await,
        "SendTaskFailure" => Box::pin(send_task_failure::answer(call)).await,
        "SendTaskHeartbeat" => Box::pin(send_task_heartbeat::answer(call)).await,
        "SendTaskSuccess" => Box::pin(send_task_success::answer(call)).await,
        "StartExecution" => start_execution::answer(call).await,
        "StartSyncExecution" => start_sync_execution::answer(call).await,
        "StopExecution" => Box::pin(stop_execution::answer(call)).await,
        "TagResource" => Box::pin(tag_resource::answer(call)).await,
        "TestState" => Box::pin(test_state::answer(call)).await,
        "UntagResource" => Box::pin(untag_resource::answer(call)).await,
        "UpdateMapRun" => Box::pin(update_map_run::answer(call)).await,
        "UpdateStateMachine" => Box::pin(update_state_machine::answer(call)).await,
        "UpdateStateMachineAlias" => Box::pin(update_state_machine_alias::answer(call)).await,
        "ValidateStateMachineDefinition" => validate_state_machine_definition::answer(call),
        other => Err(Error::UnknownOperation(format!("{other} is not supported yet"))),
    }
}
