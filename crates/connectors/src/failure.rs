//! Errors of AWS calls as Step Functions shows them: in the older SDK's words for the optimised
//! integrations, in the newer's for `aws-sdk`.

use aws::{CallError, ServiceError};
use smol_str::{SmolStr, format_smolstr};
use value::Value;

use crate::call::Failure;
use crate::table::Integration;

/// The error of parameters that no service was asked about.
pub(crate) const RUNTIME: &str = "States.Runtime";
/// The error of a job that ended badly, and of a role that cannot be assumed.
pub(crate) const TASK_FAILED: &str = "States.TaskFailed";

/// The failure of a call made by an optimised integration.
pub(crate) fn optimised(row: &Integration, error: &CallError) -> Failure {
    match error {
        CallError::Service(error) => {
            Failure::new(legacy_name(row, error), error.legacy_cause(row.sdk_name))
        }
        other => unanswered(row.error_prefix, other),
    }
}

/// The failure of a call made by an `aws-sdk` integration; `prefix` is the service's.
pub(crate) fn sdk(prefix: &str, error: &CallError) -> Failure {
    match error {
        CallError::Service(error) => Failure::new(error.name.clone(), error.to_string()),
        other => unanswered(prefix, other),
    }
}

/// No service has refused the call: it was not made, or not answered.
fn unanswered(prefix: &str, error: &CallError) -> Failure {
    match error {
        CallError::Unknown(what) => {
            Failure::new(RUNTIME, format!("There is no service integration {what}"))
        }
        error => Failure::new(sdk_client(prefix), error.to_string()),
    }
}

/// The error of a call that got no answer: `SQS.SdkClientException` (recorded).
pub(crate) fn sdk_client(prefix: &str) -> SmolStr {
    format_smolstr!("{prefix}.SdkClientException")
}

/// `SNS.NotFoundException`; an error that the model does not know has the name of the client's
/// own: `DynamoDB.AmazonDynamoDBException` (recorded).
fn legacy_name(row: &Integration, error: &ServiceError) -> SmolStr {
    let Integration { error_prefix, sdk_name, .. } = row;
    if error.modelled {
        let name = error.name.rsplit('.').next().unwrap_or_default();
        return format_smolstr!("{error_prefix}.{name}");
    }
    let client = sdk_name.strip_suffix("v2").unwrap_or(sdk_name);
    format_smolstr!("{error_prefix}.{client}Exception")
}

/// The service's model does not take the parameters.
pub(crate) fn parameters(parameters: &Value, reasons: &str) -> Failure {
    let cause = asl::resource::parameters_refused(&parameters.to_json(), reasons);
    Failure::new(RUNTIME, cause)
}

/// The task's role is not to be had.
pub(crate) fn role(execution_role: &str, role: &str, error: &CallError) -> Failure {
    match error {
        // Recorded: credentials/test_credentials_base.
        CallError::Service(_) => Failure::new(
            TASK_FAILED,
            format!(
                "The role {execution_role} is not authorized to assume the task state's role, \
                 {role}."
            ),
        ),
        other => Failure::new(TASK_FAILED, format!("The role {role} was not assumed: {other}")),
    }
}
