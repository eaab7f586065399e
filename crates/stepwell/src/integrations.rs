//! The connector table as the console shows it.

use api::Integration;
use asl::resource::Pattern;

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
