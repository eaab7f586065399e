//! UpdateStateMachine

use std::sync::Arc;

use runtime::catalog::Changes;

use super::create_state_machine::{check_role, compile, version_description};
use crate::call::{Call, Reply};
use crate::configuration;
use crate::error::Error;
use crate::json::ObjectWriter;
use crate::machine_arn::MachineArn;

/// Answers a call.
pub async fn answer(call: &Call<'_>) -> Reply {
    let arn = MachineArn::parse(call.required("stateMachineArn"))?.machine_only()?;
    let publish = call.flag("publish").unwrap_or(false);
    let version_description = version_description(call, publish)?;
    const CHANGEABLE: [&str; 5] = [
        "definition",
        "roleArn",
        "loggingConfiguration",
        "tracingConfiguration",
        "encryptionConfiguration",
    ];
    if CHANGEABLE.iter().all(|member| call.value(member).is_none()) {
        return Err(Error::MissingRequiredParameter);
    }
    let machine = arn.machine(call)?;
    let role_arn = call.text("roleArn");
    role_arn.map_or(Ok(()), check_role)?;
    let definition = match call.text("definition") {
        Some(text) if **text == *machine.current.definition => None,
        Some(text) => {
            let program = compile(call, text, machine.current.machine_type)?;
            Some((Arc::from(text.as_str()), program))
        }
        None => None,
    };
    let changes = Changes {
        definition,
        role_arn: role_arn.cloned(),
        logging: configuration::logging(call).await?,
        tracing: configuration::tracing(call),
        encryption: configuration::encryption(call)?,
        publish,
        version_description,
    };
    let catalog = &call.app.catalog;
    let updated = catalog.update_machine(&machine.arn, changes, call.uuid(), call.now()).await?;
    let mut out = ObjectWriter::new();
    out.time("updateDate", updated.revision.created);
    out.maybe_text("revisionId", updated.revision.revision_id.as_deref());
    out.maybe_text("stateMachineVersionArn", updated.version_arn.as_deref());
    Ok(out.finish())
}
