//! What the checker asks: which resources exist, and what is wrong with a definition's parameters.

use asl::program::QueryLanguage;
use asl::resource::{Pattern, Resource, ResourceKind};
use asl::{ParameterFault, Recognition, Resources};
use aws::model::{self, Fault, Language};
use value::json::{Node, NodeKind};

use crate::connectors::Connectors;
use crate::parameters::{Target, is_missing, target};
use crate::table;

impl Resources for Connectors {
    fn recognise(&self, resource: &Resource, strict: bool) -> Recognition {
        match recognise(resource) {
            Recognition::KnownNotOnAws(_) if strict => Recognition::Unknown,
            recognition => recognition,
        }
    }

    fn check_parameters(
        &self,
        resource: &Resource,
        parameters: Option<&Node>,
        query_language: QueryLanguage,
    ) -> Vec<ParameterFault> {
        check(resource, parameters, query_language)
    }
}

fn recognise(resource: &Resource) -> Recognition {
    let ResourceKind::Service { resource_type, action, pattern } = &resource.kind else {
        return Recognition::Known;
    };
    if let Some(service) = resource_type.strip_prefix("aws-sdk:") {
        let offered = matches!(pattern, Pattern::RequestResponse | Pattern::WaitForTaskToken)
            && model::find(service, action).is_some();
        return if offered { Recognition::Known } else { Recognition::Unknown };
    }
    if let Some(row) = table::find(resource) {
        let offered = row.patterns.contains(pattern);
        return if offered { Recognition::Known } else { Recognition::Unknown };
    }
    match table::alias(resource_type, action) {
        Some(alias) if *pattern == Pattern::RequestResponse => Recognition::KnownNotOnAws(format!(
            "Write arn:aws:states:::aws-sdk:{}:{action}, which AWS knows, too.",
            alias.service
        )),
        _ => Recognition::Unknown,
    }
}

/// The faults of a definition's parameters (measured.md, 2.5).
fn check(
    resource: &Resource,
    parameters: Option<&Node>,
    language: QueryLanguage,
) -> Vec<ParameterFault> {
    let Some(target) = target(resource) else { return Vec::new() };
    let jsonata = language == QueryLanguage::Jsonata;
    let field = if jsonata { "Arguments" } else { "Parameters" };
    let Some(parameters) = parameters else { return without(resource, &target, field) };
    if jsonata && is_expression(parameters) {
        return Vec::new();
    }
    let found = match target {
        Target::Sdk(service, action) => of_model(&service, &action, parameters, jsonata),
        Target::Row(row) => of_row(row, parameters, jsonata),
    };
    found
        .into_iter()
        .map(|(message, key)| ParameterFault {
            message,
            location_suffix: format!("/{field}"),
            span: Some(span(parameters, key.as_deref())),
        })
        .collect()
}

/// There are no parameters at all.
fn without(resource: &Resource, target: &Target, field: &str) -> Vec<ParameterFault> {
    let needed = match target {
        Target::Row(row) => !row.required.is_empty(),
        Target::Sdk(service, action) => model::service(service).is_some_and(|service| {
            model::operation(&service, action)
                .and_then(|operation| service.input(operation))
                .is_some_and(|input| input.members.iter().any(|member| member.required))
        }),
    };
    if !needed {
        return Vec::new();
    }
    let message = format!("{field} field is required for resource ARN: {}", resource.arn);
    vec![ParameterFault { message, location_suffix: "/Resource".to_owned(), span: None }]
}

/// A message and the key that it is about.
type Found = (String, Option<String>);

fn of_model(service: &str, action: &str, parameters: &Node, jsonata: bool) -> Vec<Found> {
    let Some(service) = model::service(service) else { return Vec::new() };
    let Some(operation) = model::operation(&service, action) else { return Vec::new() };
    let language = if jsonata { Language::Jsonata } else { Language::JsonPath };
    model::validate(&service, operation, &parameters.to_value(), language)
        .into_iter()
        .map(|fault| {
            let key = (fault.fault != Fault::Missing).then_some(fault.field);
            (fault.message, key)
        })
        .collect()
}

fn of_row(row: &table::Integration, parameters: &Node, jsonata: bool) -> Vec<Found> {
    let there = |name: &str| {
        parameters.get(name).is_some() || !jsonata && parameters.get(&format!("{name}.$")).is_some()
    };
    let absent = row.required.iter().filter(|name| !there(name));
    absent.map(|name| (is_missing(name), None)).collect()
}

fn is_expression(node: &Node) -> bool {
    let text = node.as_str().map(str::trim);
    text.is_some_and(|text| text.starts_with("{%") && text.ends_with("%}"))
}

/// Where the key stands, at any depth; else the parameters.
fn span(parameters: &Node, key: Option<&str>) -> std::ops::Range<usize> {
    key.and_then(|key| find(parameters, key)).unwrap_or_else(|| parameters.span.clone())
}

fn find(node: &Node, key: &str) -> Option<std::ops::Range<usize>> {
    match &node.kind {
        NodeKind::Object(members) => {
            let own = members.iter().find(|member| member.key == key);
            own.map(|member| member.key_span.clone())
                .or_else(|| members.iter().find_map(|member| find(&member.value, key)))
        }
        NodeKind::Array(items) => items.iter().find_map(|item| find(item, key)),
        NodeKind::Scalar(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(text: &str) -> Resource {
        Resource::parse(&format!("arn:aws:states:::{text}")).unwrap()
    }

    #[test]
    fn what_is_known() {
        for text in [
            "lambda:invoke.waitForTaskToken",
            "sqs:sendMessage",
            "glue:startJobRun.sync",
            "states:startExecution.sync:2",
            "aws-sdk:s3:getObject",
            "aws-sdk:sfn:startExecution.waitForTaskToken",
        ] {
            assert_eq!(recognise(&resource(text)), Recognition::Known, "{text}");
        }
        for text in [
            "lambda:invoke.sync",
            "dynamodb:query",
            "dynamodb:putItem.waitForTaskToken",
            "glue:startJobRun.waitForTaskToken",
            "glue:startJobRun.sync:2",
            "aws-sdk:s3:getObject.sync",
            "aws-sdk:s3:noSuchThing",
            "aws-sdk:nosuchservice:get",
            "aws-sdk:sts:assumeRole",
        ] {
            assert_eq!(recognise(&resource(text)), Recognition::Unknown, "{text}");
        }
        let textbook = recognise(&resource("s3:putObject"));
        assert!(matches!(textbook, Recognition::KnownNotOnAws(_)), "{textbook:?}");
    }

    fn faults(text: &str, parameters: Option<&str>, language: QueryLanguage) -> Vec<String> {
        let parsed = parameters.map(|text| value::json::parse_spanned(text).unwrap());
        let found = check(&resource(text), parsed.as_ref(), language);
        found.iter().map(|fault| format!("{} {}", fault.location_suffix, fault.message)).collect()
    }

    #[test]
    fn parameters_of_definitions() {
        use QueryLanguage::{JsonPath, Jsonata};
        let sqs = "sqs:sendMessage";
        let arn = "arn:aws:states:::sqs:sendMessage";
        assert_eq!(
            faults(sqs, None, JsonPath),
            [format!("/Resource Parameters field is required for resource ARN: {arn}")]
        );
        assert_eq!(
            faults(sqs, None, Jsonata),
            [format!("/Resource Arguments field is required for resource ARN: {arn}")]
        );
        assert_eq!(
            faults(sqs, Some(r#"{"QueueUrl.$":"$.q"}"#), JsonPath),
            ["/Parameters The field 'MessageBody' is required but was missing"]
        );
        assert!(faults(sqs, Some(r#""{% $states.input %}""#), Jsonata).is_empty());
        assert!(faults("aws-sdk:secretsmanager:listSecrets", None, JsonPath).is_empty());
        assert_eq!(
            faults("aws-sdk:s3:getObject", Some(r#"{"Bucket":"b","Kay":"k"}"#), Jsonata),
            ["/Arguments The field 'Key' is required but was missing"]
        );
    }

    #[test]
    fn faults_say_where() {
        let text = r#"{"QueueUrl":"q","MessageBody":"m","DelaySeconds":"2"}"#;
        let parsed = value::json::parse_spanned(text).unwrap();
        let found =
            check(&resource("aws-sdk:sqs:sendMessage"), Some(&parsed), QueryLanguage::JsonPath);
        assert_eq!(&text[found[0].span.clone().unwrap()], "\"DelaySeconds\"");
    }
}
