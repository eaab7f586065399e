//! ValidateStateMachineDefinition

use asl::Severity;
use runtime::catalog::MachineType;

use crate::call::{Call, Reply};
use crate::json::ObjectWriter;

/// Answers a call: the faults of a definition, warnings only if they are asked for.
pub fn answer(call: &Call<'_>) -> Reply {
    let machine_type = call.text("type").and_then(|kind| MachineType::from_name(kind));
    let machine_type = machine_type.unwrap_or(MachineType::Standard);
    let with_warnings = call.text("severity").is_some_and(|severity| severity == "WARNING");
    let checked = call.app.catalog.check(call.required("definition"), machine_type);
    let failed = checked.diagnostics.iter().any(|it| it.severity == Severity::Error);
    let wanted = |severity| severity == Severity::Error || with_warnings;
    let shown: Vec<_> = checked.diagnostics.iter().filter(|it| wanted(it.severity)).collect();
    // 0 means the default, 100, which is also the most (`call.page_size`).
    let most = call.page_size();
    let mut out = ObjectWriter::new();
    out.text("result", if failed { "FAIL" } else { "OK" });
    out.objects("diagnostics", shown.iter().take(most), |out, diagnostic| {
        let error = diagnostic.severity == Severity::Error;
        out.text("severity", if error { "ERROR" } else { "WARNING" });
        out.text("code", diagnostic.code.as_str());
        out.text("message", &diagnostic.message);
        out.maybe_text("location", diagnostic.location.as_deref());
    });
    out.flag("truncated", shown.len() > most);
    Ok(out.finish())
}
