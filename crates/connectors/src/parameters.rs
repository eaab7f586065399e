//! The parameters of a run: whether they can be used, and whether the call may be made twice.

use asl::resource::{Resource, ResourceKind};
use aws::Spelling;
use aws::model::{self, Fault, Language, Operation, Service};
use smol_str::SmolStr;
use value::{Object, Value};

use crate::table::{self, Work};

/// Why the parameters of a run cannot be used, in AWS's words.
pub(crate) fn refuse(resource: &Resource, parameters: &Value) -> Option<String> {
    let faults = match target(resource)? {
        Target::Sdk(service, action) => {
            let service = model::service(&service)?;
            let operation = model::operation(&service, &action)?;
            let faults = model::validate(&service, operation, parameters, Language::None);
            faults.into_iter().map(|fault| fault.message).collect()
        }
        Target::Row(row) => of_row(row, parameters),
    };
    (!faults.is_empty()).then(|| faults.join(", "))
}

/// What is missing, or else of the wrong type.
fn of_row(row: &table::Integration, parameters: &Value) -> Vec<String> {
    let absent = row.required.iter().filter(|name| parameters.get(name).is_none());
    let absent: Vec<String> = absent.map(|name| is_missing(name)).collect();
    match &row.work {
        Work::Api(api) if absent.is_empty() => of_wrong_type(api, parameters).unwrap_or_default(),
        _ => absent,
    }
}

fn of_wrong_type(api: &table::Api, parameters: &Value) -> Option<Vec<String>> {
    let service = model::service(api.service)?;
    let operation = model::operation(&service, api.action)?;
    let spelt_out = api.spell_out.and_then(|spell_out| {
        let mut members = (**parameters.as_object()?).clone();
        spell_out(&mut members);
        Some(Value::from(members))
    });
    let parameters = spelt_out.as_ref().unwrap_or(parameters);
    let respelled = model::respell(&service, operation.input?, parameters);
    let faults = model::validate(&service, operation, &respelled, Language::None);
    let wrong = faults.into_iter().filter(|fault| fault.fault == Fault::Type);
    Some(wrong.map(|fault| fault.message).collect())
}

/// AWS's text for a parameter that is not there.
pub(crate) fn is_missing(name: &str) -> String {
    format!("The field '{name}' is required but was missing")
}

/// Reads whose names do not say that they take something away.
const CONSUMING: [(&str, &str); 2] =
    [("sfn", "getActivityTask"), ("appconfigdata", "getLatestConfiguration")];

/// Whether a call may be made again when its outcome is not known.
pub(crate) fn is_repeatable(resource: &Resource, parameters: &Value) -> bool {
    let (service, action, spelling) = match target(resource) {
        Some(Target::Sdk(service, action)) => (service, action, Spelling::Sdk),
        Some(Target::Row(row)) => match &row.work {
            // A child's name follows from the attempt.
            Work::Runtime => return true,
            Work::Function | Work::Model => return false,
            // Methods that are safe by HTTP's own rules.
            Work::Http | Work::ApiGateway | Work::Kubernetes(_) => {
                let method = parameters.get("Method").and_then(Value::as_str);
                return matches!(method, Some("GET" | "HEAD" | "OPTIONS"));
            }
            Work::Api(api) => (api.service.into(), api.action.into(), Spelling::Service),
        },
        None => return false,
    };
    let Some(model) = model::service(&service) else { return false };
    let Some(operation) = model::operation(&model, &action) else { return false };
    reads(&service, &action) || once(&model, operation, spelling, parameters)
}

fn reads(service: &str, action: &str) -> bool {
    ["get", "list", "describe", "batchGet", "head"].iter().any(|verb| {
        action.strip_prefix(verb).is_some_and(|rest| rest.starts_with(char::is_uppercase))
    }) && !CONSUMING.contains(&(service, action))
}

/// Whether the service does a call with these parameters once: it takes an idempotency token
/// (which [`add_tokens`] makes of the attempt's), or a name for the message or execution is given.
fn once(model: &Service, operation: &Operation, spelling: Spelling, parameters: &Value) -> bool {
    let Some(input) = model.input(operation) else { return false };
    let given = |name: &str| parameters.get(name).is_some_and(|value| !value.is_null());
    input.members.iter().any(|member| {
        let shown = member.shown(spelling).as_str();
        member.token
            || shown == "MessageDeduplicationId" && given(shown)
            || (shown == "ClientToken" || shown == "ClientRequestToken") && given(shown)
    }) || model.name == "sfn" && operation.name == "StartExecution" && given("Name")
}

/// Fills in the idempotency tokens that are absent with one that follows from the task's token, so
/// that a call repeated after a crash is the same call.
pub(crate) fn add_tokens(
    service: &str,
    action: &str,
    spelling: Spelling,
    task_token: &str,
    request: &mut Object,
) {
    let Some(model) = model::service(service) else { return };
    let operation = model::operation(&model, action);
    let Some(input) = operation.and_then(|operation| model.input(operation)) else { return };
    for member in input.members.iter().filter(|member| member.token) {
        let name = member.shown(spelling);
        if request.get(name).is_none_or(Value::is_null) {
            request.insert(name.clone(), Value::from(uuid_of(task_token)));
        }
    }
}

/// A UUID (version 4 in form) that follows from `seed`.
pub(crate) fn uuid_of(seed: &str) -> SmolStr {
    let digest = ring::digest::digest(&ring::digest::SHA256, seed.as_bytes());
    let bits = digest.as_ref().iter().take(16);
    value::uuid::v4(bits.fold(0, |bits: u128, byte| bits << 8 | u128::from(*byte)))
}

/// What a resource calls.
pub(crate) enum Target {
    /// The service and action of the AWS SDK.
    Sdk(SmolStr, SmolStr),
    /// A row of the table.
    Row(&'static table::Integration),
}

/// What a service integration calls, if anything knows it.
pub(crate) fn target(resource: &Resource) -> Option<Target> {
    let ResourceKind::Service { resource_type, action, .. } = &resource.kind else { return None };
    if let Some(service) = resource_type.strip_prefix("aws-sdk:") {
        return Some(Target::Sdk(service.into(), action.clone()));
    }
    if let Some(alias) = table::alias(resource_type, action) {
        return Some(Target::Sdk(alias.service.into(), action.clone()));
    }
    table::find(resource).map(Target::Row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(text: &str) -> Resource {
        Resource::parse(&format!("arn:aws:states:::{text}")).unwrap()
    }

    fn parse(text: &str) -> Value {
        value::json::parse(text).unwrap()
    }

    #[test]
    fn parameters_that_cannot_be_used() {
        let refuse = |name: &str, text: &str| refuse(&resource(name), &parse(text));
        assert_eq!(
            refuse("sqs:sendMessage", r#"{"QueueUrl":"q"}"#).as_deref(),
            Some("The field 'MessageBody' is required but was missing")
        );
        assert_eq!(refuse("sqs:sendMessage", r#"{"QueueUrl":"q","MessageBody":{}}"#), None);
        let item = |attribute: &str| {
            let text = format!(r#"{{"TableName":"t","Item":{{"a":{attribute}}}}}"#);
            refuse("dynamodb:putItem", &text)
        };
        assert_eq!(item(r#"{"BOOL":true}"#), None);
        assert_eq!(item(r#""text""#), None);
        assert_eq!(
            item(r#"{"N":5}"#).as_deref(),
            Some("The value for the field 'N' must be a STRING")
        );
        assert_eq!(
            refuse("aws-sdk:s3:getObject", r#"{"Bucket":1,"Key":"k"}"#).as_deref(),
            Some("The value for the field 'Bucket' must be a STRING")
        );
        assert_eq!(
            refuse("s3:getObject", r#"{"Bucket":"b"}"#).as_deref(),
            Some("The field 'Key' is required but was missing")
        );
    }

    #[test]
    fn calls_that_may_be_repeated() {
        let repeatable = |name, text| is_repeatable(&resource(name), &parse(text));
        assert!(repeatable("aws-sdk:dynamodb:getItem", "{}"));
        assert!(repeatable("dynamodb:getItem", "{}"));
        assert!(!repeatable("dynamodb:putItem", "{}"));
        assert!(!repeatable("aws-sdk:sfn:getActivityTask", "{}"));
        assert!(!repeatable("aws-sdk:sfn:startExecution", "{}"));
        assert!(repeatable("aws-sdk:sfn:startExecution", r#"{"Name":"n"}"#));
        assert!(!repeatable("sqs:sendMessage", "{}"));
        assert!(repeatable("sqs:sendMessage", r#"{"MessageDeduplicationId":"n"}"#));
        assert!(!repeatable("lambda:invoke", "{}"));
        assert!(repeatable("states:startExecution.sync", "{}"));
        assert!(repeatable("aws-sdk:secretsmanager:createSecret", "{}"));
    }

    #[test]
    fn tokens_follow_from_the_attempt() {
        let mut a = Object::default();
        add_tokens("secretsmanager", "createSecret", Spelling::Sdk, "t", &mut a);
        let mut b = Object::default();
        add_tokens("secretsmanager", "createSecret", Spelling::Sdk, "t", &mut b);
        assert!(a == b && a.get("ClientRequestToken").is_some());
    }
}
