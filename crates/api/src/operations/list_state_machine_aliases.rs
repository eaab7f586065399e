//! ListStateMachineAliases

use std::ops::Bound;

use crate::call::{Call, Reply};
use crate::json::ObjectWriter;
use crate::machine_arn::MachineArn;

/// Answers a call: aliases by name (recorded: `test_list_state_machine_aliases_pagination`); of a
/// version, those that lead to it.
pub fn answer(call: &Call<'_>) -> Reply {
    let arn = MachineArn::parse(call.required("stateMachineArn"))?.unlabeled()?;
    let tokens = call.page_tokens("ListStateMachineAliases", &[arn.given]);
    let after = tokens.read(call.text("nextToken").map(|token| token.as_str()))?;
    let machine = arn.machine(call)?;
    let version = match arn.qualifier {
        Some(_) => Some(arn.version().ok_or_else(|| arn.does_not_exist())?),
        None => None,
    };
    let from = after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let mut rest =
        machine.aliases.range::<str, _>((from, Bound::Unbounded)).map(|(_, alias)| alias).filter(
            |it| version.is_none_or(|version| it.routing.iter().any(|to| to.version == version)),
        );
    let page: Vec<_> = rest.by_ref().take(call.page_size()).collect();
    let more = rest.next().is_some();
    let next = page.last().filter(|_| more).map(|alias| tokens.issue(&alias.name));
    let mut out = ObjectWriter::new();
    out.objects("stateMachineAliases", page, |out, alias| {
        out.text("stateMachineAliasArn", &machine.alias_arn(&alias.name));
        out.time("creationDate", alias.created);
    });
    out.maybe_text("nextToken", next.as_deref());
    Ok(out.finish())
}
