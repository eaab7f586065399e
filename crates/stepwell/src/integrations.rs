//! The connector table, and the services of `aws-sdk`, as the console shows them.

use api::{Integration, Sdk};
use asl::resource::Pattern;
use aws::model::{self, Operation, Service};

/// Every optimised integration, by service and action.
pub fn all() -> Vec<Integration> {
    connectors::integrations().iter().map(|row| shown(row)).collect()
}

fn shown(row: &connectors::Integration) -> Integration {
    let name = row.title.split_once(':').map_or(row.resource_type, |(name, _)| name);
    Integration {
        service: row.resource_type.to_owned(),
        name: name.to_owned(),
        action: row.action.to_owned(),
        resource: format!("arn:aws:states:::{}:{}", row.resource_type, row.action),
        patterns: row.patterns.iter().map(|pattern| suffix(*pattern)).collect(),
        parameters: row.required.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// How a resource says its pattern.
fn suffix(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::RequestResponse => "",
        Pattern::Sync => ".sync",
        Pattern::Sync2 => ".sync:2",
        Pattern::WaitForTaskToken => ".waitForTaskToken",
    }
}

/// The services of `aws-sdk`.
pub fn sdk() -> Sdk {
    Sdk { services: || model::all().map(|(name, _)| name.as_str()).collect(), actions: sdk_actions }
}

fn sdk_actions(name: &str) -> Vec<Integration> {
    let Some(service) = model::service(name) else { return Vec::new() };
    let offered = service.operations.iter().filter(|operation| operation.offered);
    offered.map(|operation| sdk_action(&service, operation)).collect()
}

fn sdk_action(service: &Service, operation: &Operation) -> Integration {
    let action = operation.action();
    let resource = format!("arn:aws:states:::aws-sdk:{}:{action}", service.name);
    let input = operation.input.and_then(|id| service.structure(id));
    let mut members: Vec<_> = input.map_or(Vec::new(), |input| input.members.iter().collect());
    members.sort_by_key(|member| !member.required);
    Integration {
        service: format!("aws-sdk:{}", service.name),
        name: format!("{} (SDK)", service.id),
        action: action.to_string(),
        resource,
        patterns: [Pattern::RequestResponse, Pattern::WaitForTaskToken].map(suffix).into(),
        parameters: members.iter().map(|member| member.exposed.to_string()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_of_the_sdk_have_actions_with_required_members_first() {
        let sdk = sdk();
        assert!((sdk.services)().contains(&"dynamodb"));
        let actions = (sdk.actions)("dynamodb");
        let put = actions.iter().find(|action| action.action == "putItem").unwrap();
        assert_eq!(put.resource, "arn:aws:states:::aws-sdk:dynamodb:putItem");
        assert!(put.parameters[..2].iter().all(|name| name == "TableName" || name == "Item"));
        assert!((sdk.actions)("nothing").is_empty());
    }
}
