//! UpdateStateMachineAlias

use super::create_state_machine_alias::routing;
use super::describe_state_machine_alias::alias_arn;
use crate::call::{Call, Reply};
use crate::error::Error;
use crate::json::ObjectWriter;

/// Answers a call.
pub async fn answer(call: &Call<'_>) -> Reply {
    let (arn, name) = alias_arn(call)?;
    let description = call.text("description").cloned();
    let routing = match call.value("routingConfiguration") {
        Some(_) => Some(routing(call)?),
        None if description.is_none() => {
            let text = "Either the description or the routingConfiguration must be specified";
            return Err(Error::MissingMember(text));
        }
        None => None,
    };
    if routing.as_ref().is_some_and(|(machine, _)| machine != arn.unqualified) {
        let text = "Routing configuration must contain versions of the alias's state machine";
        return Err(Error::InvalidRouting(text.into()));
    }
    let routing = routing.map(|(_, routing)| routing);
    let catalog = &call.app.catalog;
    let alias =
        catalog.update_alias(arn.unqualified, name, description, routing, call.now()).await?;
    let mut out = ObjectWriter::new();
    out.time("updateDate", alias.updated);
    Ok(out.finish())
}
