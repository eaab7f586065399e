//! CreateStateMachine

use std::sync::Arc;

use asl::{Checked, Program, Severity};
use runtime::arn::partition;
use runtime::catalog::{MachineType, NewMachine};
use smol_str::{SmolStr, format_smolstr};

use crate::call::{Call, Reply};
use crate::error::Error;
use crate::json::ObjectWriter;
use crate::{configuration, name, tags};

/// Answers a call; the checks come in AWS's order: name, role, definition, configurations.
pub async fn answer(call: &Call<'_>) -> Reply {
    let (name, role_arn) = (call.required("name"), call.required("roleArn"));
    name::check(name)?;
    check_role(role_arn)?;
    let machine_type = call.text("type").and_then(|kind| MachineType::from_name(kind));
    let machine_type = machine_type.unwrap_or(MachineType::Standard);
    let definition = call.required("definition");
    let program = compile(call, definition, machine_type)?;
    let logging = configuration::logging(call).await?.unwrap_or_default();
    let encryption = configuration::encryption(call)?.unwrap_or_default();
    let publish = call.flag("publish").unwrap_or(false);
    let version_description = version_description(call, publish)?;
    let new = NewMachine {
        arn: format_smolstr!("{}{name}", call.arn_prefix("stateMachine")),
        name: name.clone(),
        partition: SmolStr::new_static(partition(call.caller.region)),
        account: call.caller.account.into(),
        region: call.caller.region.into(),
        definition: Arc::from(definition.as_str()),
        program,
        role_arn: role_arn.clone(),
        machine_type,
        logging,
        tracing: configuration::tracing(call).unwrap_or(false),
        encryption,
        publish,
        version_description,
        tags: tags::read(call)?,
    };
    let created = call.app.catalog.create_machine(new, call.now()).await?;
    let mut out = ObjectWriter::new();
    out.text("stateMachineArn", &created.machine.arn);
    out.time("creationDate", created.machine.created);
    let version = created.version.map(|version| created.machine.version_arn(version));
    out.maybe_text("stateMachineVersionArn", version.as_deref());
    Ok(out.finish())
}

/// The program of a definition that is to be accepted.
pub(super) fn compile(
    call: &Call<'_>,
    definition: &str,
    machine_type: MachineType,
) -> Result<Arc<Program>, Error> {
    let Checked { program, diagnostics } = call.app.catalog.check(definition, machine_type);
    let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error);
    let errors: Vec<String> = errors.map(ToString::to_string).collect();
    match program {
        Some(program) if errors.is_empty() => Ok(Arc::new(program)),
        _ => Err(Error::InvalidDefinition(errors.join(", "))),
    }
}

/// `versionDescription`, which goes with `publish` only.
pub(super) fn version_description(
    call: &Call<'_>,
    publish: bool,
) -> Result<Option<SmolStr>, Error> {
    let description = call.text("versionDescription").cloned();
    if description.is_some() && !publish {
        return Err(Error::Validation("Version description can only be set when publish is true"));
    }
    Ok(description)
}

/// Refuses what is not the ARN of a role. Whether the role exists is not asked (measured: nor does
/// AWS).
pub(super) fn check_role(arn: &SmolStr) -> Result<(), Error> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let is_role = match parts.as_slice() {
        ["arn", partition, "iam", "", account, role] => {
            let digits = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
            let named = role.strip_prefix("role/").is_some_and(|name| !name.is_empty());
            partition.starts_with("aws") && digits && named
        }
        _ => false,
    };
    if is_role { Ok(()) } else { Err(Error::InvalidRoleArn(arn.clone())) }
}
