//! `POST /console/api/definition`: checks a definition while it is being typed, and completes it.

use asl::complete::{Completion, complete};
use asl::{Severity, report};
use runtime::catalog::MachineType;
use value::{Value, json};

use crate::app::{App, Sdk};
use crate::call::text;
use crate::error::Error;
use crate::json::ObjectWriter;

/// Longest definition (AWS quota).
const MAX_TEXT_BYTES: usize = 1_048_576;
/// Most diagnostics that are shown; ours.
const MOST_DIAGNOSTICS: usize = 200;
/// Most completions that are offered; ours.
const MOST_COMPLETIONS: usize = 100;

/// What resources of `aws-sdk` begin with.
const SDK_PREFIX: &str = "arn:aws:states:::aws-sdk:";

/// The answer to the request `body`.
pub fn answer(app: &App, body: &[u8]) -> Result<String, Error> {
    let not_json = || Error::Serialization("The request is not JSON.".into());
    let request = std::str::from_utf8(body).map_err(|_| not_json())?;
    let request = json::parse(request).map_err(|_| not_json())?;
    let definition = text(&request, "text").ok_or(Error::Validation("text is missing"))?;
    if definition.len() > MAX_TEXT_BYTES {
        return Err(Error::RequestTooLarge);
    }
    let machine_type = text(&request, "type").and_then(|name| MachineType::from_name(name));
    let machine_type = machine_type.unwrap_or(MachineType::Standard);
    let checked = app.catalog.check(definition, machine_type);
    let mut out = ObjectWriter::with_capacity(1024);
    let shown = checked.diagnostics.iter().take(MOST_DIAGNOSTICS);
    out.objects("diagnostics", shown, |out, diagnostic| {
        let error = diagnostic.severity == Severity::Error;
        out.text("severity", if error { "ERROR" } else { "WARNING" });
        out.text("code", diagnostic.code.as_str());
        out.text("message", &diagnostic.message);
        out.maybe_text("location", diagnostic.location.as_deref());
        let (line, column) = report::position(definition, diagnostic.span.start);
        out.int("start", diagnostic.span.start as i64);
        out.int("end", diagnostic.span.end as i64);
        out.int("line", line as i64);
        out.int("column", column as i64);
        out.maybe_text("help", diagnostic.help.as_deref());
    });
    if let Some(offset) = request.get("offset").and_then(Value::as_i64) {
        let offset = usize::try_from(offset).unwrap_or(0);
        let before = definition.get(..offset).unwrap_or_default();
        let found = complete(definition, offset, &resources(app, before));
        out.objects("completions", found.iter().take(MOST_COMPLETIONS), show);
    }
    Ok(out.finish())
}

fn show(out: &mut ObjectWriter, completion: &Completion) {
    out.text("label", &completion.label);
    out.text("kind", completion.kind);
    out.maybe_text("detail", completion.detail.as_deref());
    out.text("insert", &completion.insert);
    out.int("start", completion.span.start as i64);
    out.int("end", completion.span.end as i64);
}

/// What a `Resource` may name after `before`: the integrations, and the activities there are.
fn resources(app: &App, before: &str) -> Vec<String> {
    let actions = app.integrations.iter();
    let mut all: Vec<String> = actions
        .flat_map(|it| it.patterns.iter().map(|pattern| format!("{}{pattern}", it.resource)))
        .collect();
    let (activities, _) = app.catalog.activities("", None, MOST_COMPLETIONS);
    all.extend(activities.iter().map(|activity| activity.arn.to_string()));
    let typed = before.rsplit('"').next().unwrap_or_default();
    all.extend(app.sdk.iter().flat_map(|sdk| sdk_resources(*sdk, typed)));
    all
}

/// What `aws-sdk:` offers after `typed`: services, and the actions once the service is named.
fn sdk_resources(sdk: Sdk, typed: &str) -> Vec<String> {
    let named = typed.strip_prefix(SDK_PREFIX).and_then(|rest| rest.split_once(':'));
    match named {
        Some((service, _)) => {
            (sdk.actions)(service).into_iter().map(|action| action.resource).collect()
        }
        None => {
            let services = (sdk.services)();
            services.iter().map(|service| format!("{SDK_PREFIX}{service}:")).collect()
        }
    }
}
