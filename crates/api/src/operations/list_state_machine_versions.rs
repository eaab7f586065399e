//! ListStateMachineVersions

use crate::call::{Call, Reply};
use crate::error::Error;
use crate::json::ObjectWriter;
use crate::machine_arn::MachineArn;

/// Answers a call: versions, newest first.
pub fn answer(call: &Call<'_>) -> Reply {
    let arn = MachineArn::parse(call.required("stateMachineArn"))?.machine_only()?;
    let tokens = call.page_tokens("ListStateMachineVersions", &[arn.unqualified]);
    let after = tokens.read(call.text("nextToken").map(|token| token.as_str()))?;
    let below = match after {
        Some(number) => number.parse().map_err(|_| Error::InvalidToken)?,
        None => i64::MAX,
    };
    let machine = arn.machine(call)?;
    let mut older = machine.versions.range(..below).rev().map(|(_, version)| version);
    let page: Vec<_> = older.by_ref().take(call.page_size()).collect();
    let more = older.next().is_some();
    let next = page.last().filter(|_| more).map(|it| tokens.issue(&it.number.to_string()));
    let mut out = ObjectWriter::new();
    out.objects("stateMachineVersions", page, |out, version| {
        out.text("stateMachineVersionArn", &machine.version_arn(version.number));
        out.time("creationDate", version.created);
    });
    out.maybe_text("nextToken", next.as_deref());
    Ok(out.finish())
}
