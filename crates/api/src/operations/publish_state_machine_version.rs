//! PublishStateMachineVersion

use crate::call::{Call, Reply};
use crate::json::ObjectWriter;
use crate::machine_arn::MachineArn;

/// Answers a call.
pub async fn answer(call: &Call<'_>) -> Reply {
    let arn = MachineArn::parse(call.required("stateMachineArn"))?.machine_only()?;
    let revision = call.text("revisionId").map(|id| id.as_str());
    let description = call.text("description").cloned();
    let catalog = &call.app.catalog;
    let (machine, version) =
        catalog.publish(arn.unqualified, revision, description, call.now()).await?;
    let mut out = ObjectWriter::new();
    out.time("creationDate", version.created);
    out.text("stateMachineVersionArn", &machine.version_arn(version.number));
    Ok(out.finish())
}
