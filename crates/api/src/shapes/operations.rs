//! The table of operations: the members of every request (AWS's service model of Step Functions,
//! which a test compares with it).

use super::structures::*;
use super::{Member, Shape, Structure, optional, required};

/// An operation and its input.
#[derive(Debug)]
pub struct Operation {
    /// AWS's name.
    pub name: &'static str,
    /// What a request holds.
    pub input: Structure,
}

/// The operation called `name`.
pub fn operation(name: &str) -> Option<&'static Operation> {
    let at = OPERATIONS.binary_search_by(|operation| operation.name.cmp(name)).ok()?;
    OPERATIONS.get(at)
}

macro_rules! operations {
    ($($name:literal: [$($member:expr),* $(,)?];)*) => {
        /// Every operation, by name.
        pub static OPERATIONS: &[Operation] = &[$(Operation {
            name: $name,
            input: Structure {
                name: concat!($name, "Input"),
                members: { static MEMBERS: &[Member] = &[$($member),*]; MEMBERS },
            },
        }),*];
    };
}

operations! {
    "CreateActivity": [
        required("name", NAME),
        optional("tags", TAGS),
        optional("encryptionConfiguration", ENCRYPTION),
    ];
    "CreateStateMachine": [
        required("name", NAME),
        required("definition", DEFINITION),
        required("roleArn", ARN),
        optional("type", STATE_MACHINE_TYPE),
        optional("loggingConfiguration", LOGGING),
        optional("tags", TAGS),
        optional("tracingConfiguration", TRACING),
        optional("publish", Shape::Boolean),
        optional("versionDescription", DESCRIPTION),
        optional("encryptionConfiguration", ENCRYPTION),
    ];
    "CreateStateMachineAlias": [
        optional("description", DESCRIPTION),
        required("name", CHARACTER_RESTRICTED_NAME),
        required("routingConfiguration", ROUTING),
    ];
    "DeleteActivity": [required("activityArn", ARN)];
    "DeleteStateMachine": [required("stateMachineArn", ARN)];
    "DeleteStateMachineAlias": [required("stateMachineAliasArn", ARN)];
    "DeleteStateMachineVersion": [required("stateMachineVersionArn", LONG_ARN)];
    "DescribeActivity": [required("activityArn", ARN)];
    "DescribeExecution": [
        required("executionArn", ARN),
        optional("includedData", INCLUDED_DATA),
    ];
    "DescribeMapRun": [required("mapRunArn", LONG_ARN)];
    "DescribeStateMachine": [
        required("stateMachineArn", ARN),
        optional("includedData", INCLUDED_DATA),
    ];
    "DescribeStateMachineAlias": [required("stateMachineAliasArn", ARN)];
    "DescribeStateMachineForExecution": [
        required("executionArn", ARN),
        optional("includedData", INCLUDED_DATA),
    ];
    "GetActivityTask": [required("activityArn", ARN), optional("workerName", NAME)];
    "GetExecutionHistory": [
        required("executionArn", ARN),
        optional("maxResults", PAGE_SIZE),
        optional("reverseOrder", Shape::Boolean),
        optional("nextToken", PAGE_TOKEN),
        optional("includeExecutionData", Shape::Boolean),
    ];
    "ListActivities": [optional("maxResults", PAGE_SIZE), optional("nextToken", PAGE_TOKEN)];
    "ListExecutions": [
        optional("stateMachineArn", ARN),
        optional("statusFilter", EXECUTION_STATUS),
        optional("maxResults", PAGE_SIZE),
        optional("nextToken", LIST_EXECUTIONS_PAGE_TOKEN),
        optional("mapRunArn", LONG_ARN),
        optional("redriveFilter", REDRIVE_FILTER),
    ];
    "ListMapRuns": [
        required("executionArn", ARN),
        optional("maxResults", PAGE_SIZE),
        optional("nextToken", PAGE_TOKEN),
    ];
    "ListStateMachineAliases": [
        required("stateMachineArn", ARN),
        optional("nextToken", PAGE_TOKEN),
        optional("maxResults", PAGE_SIZE),
    ];
    "ListStateMachineVersions": [
        required("stateMachineArn", ARN),
        optional("nextToken", PAGE_TOKEN),
        optional("maxResults", PAGE_SIZE),
    ];
    "ListStateMachines": [optional("maxResults", PAGE_SIZE), optional("nextToken", PAGE_TOKEN)];
    "ListTagsForResource": [required("resourceArn", ARN)];
    "PublishStateMachineVersion": [
        required("stateMachineArn", ARN),
        optional("revisionId", REVISION_ID),
        optional("description", DESCRIPTION),
    ];
    "RedriveExecution": [required("executionArn", ARN), optional("clientToken", CLIENT_TOKEN)];
    "SendTaskFailure": [
        required("taskToken", TASK_TOKEN),
        optional("error", SENSITIVE_ERROR),
        optional("cause", SENSITIVE_CAUSE),
    ];
    "SendTaskHeartbeat": [required("taskToken", TASK_TOKEN)];
    "SendTaskSuccess": [required("taskToken", TASK_TOKEN), required("output", SENSITIVE_DATA)];
    "StartExecution": [
        required("stateMachineArn", ARN),
        optional("name", NAME),
        optional("input", SENSITIVE_DATA),
        optional("traceHeader", TRACE_HEADER),
    ];
    "StartSyncExecution": [
        required("stateMachineArn", ARN),
        optional("name", NAME),
        optional("input", SENSITIVE_DATA),
        optional("traceHeader", TRACE_HEADER),
        optional("includedData", INCLUDED_DATA),
    ];
    "StopExecution": [
        required("executionArn", ARN),
        optional("error", SENSITIVE_ERROR),
        optional("cause", SENSITIVE_CAUSE),
    ];
    "TagResource": [required("resourceArn", ARN), required("tags", TAGS)];
    "TestState": [
        required("definition", DEFINITION),
        optional("roleArn", ARN),
        optional("input", SENSITIVE_DATA),
        optional("inspectionLevel", INSPECTION_LEVEL),
        optional("revealSecrets", Shape::Boolean),
        optional("variables", SENSITIVE_DATA),
        optional("stateName", STATE_NAME),
        optional("mock", MOCK),
        optional("context", SENSITIVE_DATA),
        optional("stateConfiguration", TEST_STATE_CONFIGURATION),
    ];
    "UntagResource": [required("resourceArn", ARN), required("tagKeys", TAG_KEYS)];
    "UpdateMapRun": [
        required("mapRunArn", LONG_ARN),
        optional("maxConcurrency", NOT_NEGATIVE),
        optional("toleratedFailurePercentage", PERCENTAGE),
        optional("toleratedFailureCount", LONG_NOT_NEGATIVE),
    ];
    "UpdateStateMachine": [
        required("stateMachineArn", ARN),
        optional("definition", DEFINITION),
        optional("roleArn", ARN),
        optional("loggingConfiguration", LOGGING),
        optional("tracingConfiguration", TRACING),
        optional("publish", Shape::Boolean),
        optional("versionDescription", DESCRIPTION),
        optional("encryptionConfiguration", ENCRYPTION),
    ];
    "UpdateStateMachineAlias": [
        required("stateMachineAliasArn", ARN),
        optional("description", DESCRIPTION),
        optional("routingConfiguration", ROUTING),
    ];
    "ValidateStateMachineDefinition": [
        required("definition", DEFINITION),
        optional("type", STATE_MACHINE_TYPE),
        optional("severity", VALIDATE_SEVERITY),
        optional("maxResults", VALIDATE_MAX_RESULTS),
    ];
}
