//! DescribeStateMachine

use std::sync::Arc;

use asl::program::StateId;
use runtime::catalog::Revision;

use crate::call::{Call, Reply};
use crate::configuration;
use crate::json::ObjectWriter;
use crate::labelled;
use crate::machine_arn::MachineArn;

/// Room for an answer besides the definition.
const BESIDES_DEFINITION: usize = 768;

/// Answers a call. A version is described under its own ARN, and so is the processor of a
/// distributed Map, which its label names; an alias is not described here.
pub fn answer(call: &Call<'_>) -> Reply {
    let arn = MachineArn::parse(call.required("stateMachineArn"))?;
    let machine = arn.machine(call)?;
    let (revision, created, description) = match (arn.label, arn.qualifier, arn.version()) {
        (None, None, _) => (&machine.current, machine.created, None),
        (None, Some(_), Some(number)) => {
            let version = machine.versions.get(&number).ok_or_else(|| arn.does_not_exist())?;
            (&version.revision, version.created, version.description.as_deref())
        }
        (Some(_), None, _) => (&machine.current, machine.created, None),
        _ => return Err(arn.does_not_exist()),
    };
    let with_data = call.text("includedData").is_none_or(|data| data != "METADATA_ONLY");
    let status = if machine.deleting { "DELETING" } else { "ACTIVE" };
    let room = BESIDES_DEFINITION + revision.definition.len() / 8 * 9;
    let mut out = ObjectWriter::with_capacity(room);
    out.text("stateMachineArn", arn.given);
    out.text("name", &machine.name);
    out.text("status", status);
    out.text("type", revision.machine_type.name());
    let map = match arn.label {
        None => None,
        Some(label) => {
            let state = labelled::state(revision, label).ok_or_else(|| arn.does_not_exist())?;
            Some((label, state))
        }
    };
    show(&mut out, revision, map, with_data);
    out.time("creationDate", created);
    out.maybe_text("description", description);
    Ok(out.finish())
}

/// Writes what a revision is made of, or of the distributed Map in it with this label.
pub(super) fn show(
    out: &mut ObjectWriter,
    revision: &Arc<Revision>,
    map: Option<(&str, StateId)>,
    with_data: bool,
) {
    let part = map.and_then(|(_, state)| labelled::processor(revision, state));
    let definition = part.unwrap_or(&revision.definition);
    out.text("definition", if with_data { definition } else { "{}" });
    out.text("roleArn", &revision.role_arn);
    configuration::show(out, revision);
    out.maybe_text("label", map.map(|(label, _)| label).or(revision.label.as_deref()));
    out.maybe_text("revisionId", revision.revision_id.as_deref());
    if let Some(references) = revision.variable_references.as_ref().filter(|_| with_data) {
        out.raw("variableReferences", references);
    }
}
