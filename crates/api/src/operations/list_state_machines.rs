//! ListStateMachines

use smol_str::format_smolstr;

use crate::call::{Call, Reply};
use crate::json::ObjectWriter;

/// Answers a call: the caller's state machines by name.
pub fn answer(call: &Call<'_>) -> Reply {
    let prefix = call.arn_prefix("stateMachine");
    let tokens = call.page_tokens("ListStateMachines", &[&prefix]);
    let after = tokens.read(call.text("nextToken").map(|token| token.as_str()))?;
    let after = after.map(|name| format_smolstr!("{prefix}{name}"));
    let (machines, more) = call.app.catalog.machines(&prefix, after.as_deref(), call.page_size());
    let next = machines.last().filter(|_| more).map(|machine| tokens.issue(&machine.name));
    let mut out = ObjectWriter::new();
    out.objects("stateMachines", &machines, |out, machine| {
        out.text("stateMachineArn", &machine.arn);
        out.text("name", &machine.name);
        out.text("type", machine.current.machine_type.name());
        out.time("creationDate", machine.created);
    });
    out.maybe_text("nextToken", next.as_deref());
    Ok(out.finish())
}
