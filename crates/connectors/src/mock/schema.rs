//! Mocked results against the service's model, as `TestState` checks them (recorded:
//! test_state/test_field_validation_mode).

use asl::resource::{Pattern, Resource};
use aws::Spelling;
pub use aws::model::MockMode;
use aws::model::{self, validate_mock};
use value::Value;

use crate::parameters::{Target, target};
use crate::table::{Job, JobResult, Work};

/// What is wrong with a mocked result, in AWS's words. Only what services answer has a model: what
/// is sent with a task token, and what functions and activities give is free.
pub fn check_mocked_result(resource: &Resource, result: &Value, mode: MockMode) -> Option<String> {
    match resource.pattern() {
        Pattern::RequestResponse => of_call(resource, result, mode),
        Pattern::Sync | Pattern::Sync2 => of_job(resource, result, mode),
        Pattern::WaitForTaskToken => None,
    }
}

/// A call's result is the service's answer.
fn of_call(resource: &Resource, result: &Value, mode: MockMode) -> Option<String> {
    let (service, action, spelling) = match target(resource)? {
        Target::Sdk(service, action) => (service, action, Spelling::Sdk),
        Target::Row(row) => {
            let (service, action) = match &row.work {
                Work::Runtime => ("sfn", "startExecution"),
                Work::Function => ("lambda", "invoke"),
                Work::Model => ("bedrockruntime", "invokeModel"),
                Work::Http | Work::ApiGateway | Work::Kubernetes(_) => return None,
                Work::Api(api) => (api.service, api.action),
            };
            (service.into(), action.into(), Spelling::Service)
        }
    };
    let service = model::service(&service)?;
    let operation = model::operation(&service, &action)?;
    let fault = match result.as_object() {
        // Given parsed: any JSON.
        Some(members) if matches!(service.name.as_str(), "lambda" | "bedrockruntime") => {
            let mut members = (**members).clone();
            members.remove(if service.name == "lambda" { "Payload" } else { "Body" });
            validate_mock(&service, operation, &members.into(), mode, spelling)
        }
        _ => validate_mock(&service, operation, result, mode, spelling),
    };
    fault.map(|fault| message(&fault))
}

fn message(fault: &str) -> String {
    format!("Mock result schema validation error: {fault}")
}

/// A job's result is the answer of the call that asks how it stands, or a part of it.
fn of_job(resource: &Resource, result: &Value, mode: MockMode) -> Option<String> {
    let Target::Row(row) = target(resource)? else { return None };
    let (service, action, answer) = match &row.work {
        Work::Runtime => ("sfn", "describeExecution", of_execution(result)),
        Work::Api(api) => {
            let job = api.job.as_ref().filter(|job| job.gone.is_none())?;
            (api.service, job.describe.action, answer_with(job, result)?)
        }
        _ => return None,
    };
    let service = model::service(service)?;
    let operation = model::operation(&service, action)?;
    validate_mock(&service, operation, &answer, mode, Spelling::Service)
        .map(|fault| message(&fault))
}

/// A nested execution's input and output are texts or, with `.sync:2`, any JSON.
fn of_execution(result: &Value) -> Value {
    let members = result.as_object().map(|members| {
        let typed = members.iter().filter(|(name, _)| !matches!(name.as_str(), "Input" | "Output"));
        Value::object(typed.map(|(name, value)| (name.clone(), value.clone())))
    });
    members.unwrap_or_else(|| result.clone())
}

/// The answer whose part the result would be; `None` if the result is made up of it.
fn answer_with(job: &Job, result: &Value) -> Option<Value> {
    let part = match job.result {
        JobResult::Answer => return Some(result.clone()),
        JobResult::Made(_) => return None,
        // The job stands in a list.
        JobResult::Job if job.named.is_some() => Value::array(vec![result.clone()]),
        JobResult::Job => result.clone(),
    };
    let steps = job.element.split('.').filter(|step| !step.is_empty()).rev();
    Some(steps.fold(part, |inner, step| match step.parse::<usize>() {
        Ok(_) => Value::array(vec![inner]),
        Err(_) => Value::object([(step, inner)]),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_results_are_checked() {
        let check = |resource: &str, result: &str| {
            let resource = Resource::parse(&format!("arn:aws:states:::{resource}")).unwrap();
            let result = value::json::parse(result).unwrap();
            check_mocked_result(&resource, &result, MockMode::Present)
        };
        let fault = |text: &str| Some(format!("Mock result schema validation error: {text}"));
        assert_eq!(
            check("lambda:invoke", r#"{"StatusCode":"200"}"#),
            fault("Field 'StatusCode' must be a number")
        );
        assert_eq!(check("lambda:invoke", r#"{"StatusCode":200,"Payload":{"a":1}}"#), None);
        assert_eq!(
            check("states:startExecution", r#"{"ExecutionArn":1764103483}"#),
            fault("Field 'ExecutionArn' must be a string")
        );
        assert_eq!(
            check("events:putEvents", r#"{"Entries":[{"EventId":"a"},{"EventId":["b"]}]}"#),
            fault("Field 'EventId' must be a string")
        );
        // A job's end is checked against the call that asks for it.
        let wrong_arn = fault("Field 'ExecutionArn' must be a string");
        assert_eq!(check("states:startExecution.sync", r#"{"ExecutionArn":1}"#), wrong_arn);
        assert_eq!(check("states:startExecution.sync:2", r#"{"Output":{"a":1}}"#), None);
        let wrong_state = fault("Field 'JobRunState' must be a string");
        assert_eq!(
            check("glue:startJobRun.sync", r#"{"JobRunState":1,"StartedOn":5}"#),
            wrong_state
        );
        assert_eq!(check("glue:startJobRun.sync", r#"{"Id":"jr","StartedOn":1500}"#), None);
        let wrong_task = fault("Field 'LastStatus' must be a string");
        assert_eq!(check("ecs:runTask.sync", r#"{"LastStatus":{}}"#), wrong_task);
        assert_eq!(check("athena:startQueryExecution.sync", r#"{"QueryExecution":{}}"#), None);
        assert_eq!(check("codebuild:startBuild.sync", r#"{"Build":1}"#), None);
        assert_eq!(check("sqs:sendMessage.waitForTaskToken", r#"{"MessageId":1}"#), None);
        assert_eq!(
            check("dynamodb:putItem", r#"{"SdkHttpMetadata":{"HttpStatusCode":200}}"#),
            None
        );
    }
}
