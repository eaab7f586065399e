//! DescribeStateMachineAlias

use runtime::arn::ArnError;

use crate::call::{Call, Reply};
use crate::error::Error;
use crate::json::ObjectWriter;
use crate::machine_arn::MachineArn;

/// Answers a call.
pub fn answer(call: &Call<'_>) -> Reply {
    let (arn, name) = alias_arn(call)?;
    let machine = call.app.catalog.machine(arn.unqualified).ok_or(Error::ResourceNotFound)?;
    let alias = machine.aliases.get(name).ok_or(Error::ResourceNotFound)?;
    let mut out = ObjectWriter::new();
    out.text("stateMachineAliasArn", arn.given);
    out.text("name", &alias.name);
    out.maybe_text("description", alias.description.as_deref());
    out.objects("routingConfiguration", &alias.routing, |out, route| {
        out.text("stateMachineVersionArn", &machine.version_arn(route.version));
        out.int("weight", route.weight);
    });
    out.time("creationDate", alias.created);
    out.time("updateDate", alias.updated);
    Ok(out.finish())
}

/// `stateMachineAliasArn` and the alias's name in it.
pub(super) fn alias_arn<'a>(call: &Call<'a>) -> Result<(MachineArn<'a>, &'a str), Error> {
    let arn = MachineArn::parse(call.required("stateMachineAliasArn"))?.unlabeled()?;
    let name = arn.qualifier.filter(|_| arn.version().is_none());
    Ok((arn, name.ok_or_else(|| ArnError::Form(arn.given.to_string()))?))
}
