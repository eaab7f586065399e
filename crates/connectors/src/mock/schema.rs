//! Mocked results against the service's model, as `TestState` checks them (recorded:
//! test_state/test_field_validation_mode).

use asl::resource::{Pattern, Resource};
use aws::Spelling;
pub use aws::model::MockMode;
use aws::model::{self, validate_mock};
use value::Value;

use crate::parameters::{Target, target};
use crate::table::Work;

/// What is wrong with a mocked result, in AWS's words. Only the answers of API calls have a model:
/// a job's end, what is sent with a task token, and what functions and activities give are free.
pub fn check_mocked_result(resource: &Resource, result: &Value, mode: MockMode) -> Option<String> {
    if resource.pattern() != Pattern::RequestResponse {
        return None;
    }
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
    fault.map(|fault| format!("Mock result schema validation error: {fault}"))
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
        assert_eq!(check("states:startExecution.sync", r#"{"ExecutionArn":1}"#), None);
        assert_eq!(
            check("dynamodb:putItem", r#"{"SdkHttpMetadata":{"HttpStatusCode":200}}"#),
            None
        );
    }
}
