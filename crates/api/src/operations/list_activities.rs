//! ListActivities

use smol_str::format_smolstr;

use crate::call::{Call, Reply};
use crate::json::ObjectWriter;

/// Answers a call: the caller's activities by name.
pub fn answer(call: &Call<'_>) -> Reply {
    let prefix = call.arn_prefix("activity");
    let tokens = call.page_tokens("ListActivities", &[&prefix]);
    let after = tokens.read(call.text("nextToken").map(|token| token.as_str()))?;
    let after = after.map(|name| format_smolstr!("{prefix}{name}"));
    let (activities, more) =
        call.app.catalog.activities(&prefix, after.as_deref(), call.page_size());
    let next = activities.last().filter(|_| more).map(|activity| tokens.issue(&activity.name));
    let mut out = ObjectWriter::new();
    out.objects("activities", &activities, |out, activity| {
        out.text("activityArn", &activity.arn);
        out.text("name", &activity.name);
        out.time("creationDate", activity.created);
    });
    out.maybe_text("nextToken", next.as_deref());
    Ok(out.finish())
}
