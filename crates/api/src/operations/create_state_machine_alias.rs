//! CreateStateMachineAlias

use std::collections::HashSet;

use runtime::catalog::Route;
use smol_str::SmolStr;
use value::Value;

use crate::call::{Call, Reply, text};
use crate::error::Error;
use crate::json::ObjectWriter;
use crate::machine_arn::MachineArn;

/// Answers a call; the machine is the one that the routes name.
pub async fn answer(call: &Call<'_>) -> Reply {
    let (machine_arn, routing) = routing(call)?;
    let (name, description) = (call.required("name").clone(), call.text("description").cloned());
    let catalog = &call.app.catalog;
    let (machine, alias) =
        catalog.create_alias(&machine_arn, name, description, routing, call.now()).await?;
    let mut out = ObjectWriter::new();
    out.text("stateMachineAliasArn", &machine.alias_arn(&alias.name));
    out.time("creationDate", alias.created);
    Ok(out.finish())
}

/// `routingConfiguration`, and the ARN of the one machine whose versions it names (recorded:
/// `test_error_create_alias_invalid_router_configs`).
pub(super) fn routing(call: &Call<'_>) -> Result<(SmolStr, Vec<Route>), Error> {
    let given = call.value("routingConfiguration").and_then(Value::as_array);
    let given = given.map_or(&[][..], |routes| routes.as_slice());
    let arns: Vec<&SmolStr> =
        given.iter().filter_map(|route| text(route, "stateMachineVersionArn")).collect();
    let weights = given.iter().filter_map(|route| route.get("weight").and_then(Value::as_i64));
    let weights: Vec<i64> = weights.collect();
    let mut machines = HashSet::new();
    let mut routing = Vec::with_capacity(given.len());
    for (arn, weight) in arns.iter().zip(&weights) {
        let parsed = MachineArn::parse(arn)?.unlabeled()?;
        let received = || refused("must contain state machine version ARNs", &list(&arns));
        let version = parsed.version().ok_or_else(received)?;
        machines.insert(parsed.unqualified);
        routing.push(Route { version, weight: *weight });
    }
    if arns.iter().collect::<HashSet<_>>().len() < arns.len() {
        return Err(refused("must contain distinct state machine version ARNs", &list(&arns)));
    }
    if machines.len() > 1 {
        return Err(refused("must contain versions of one state machine", &list(&arns)));
    }
    if weights.iter().sum::<i64>() != 100 {
        let received = list(&weights);
        let text =
            format!("Sum of routing configuration weights must equal 100. Received: {received}");
        return Err(Error::InvalidRouting(text));
    }
    Ok((machines.into_iter().next().unwrap_or_default().into(), routing))
}

fn refused(rule: &str, received: &str) -> Error {
    Error::InvalidRouting(format!("Routing configuration {rule}. Received: {received}"))
}

fn list<T: ToString>(items: &[T]) -> String {
    format!("[{}]", items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
}
