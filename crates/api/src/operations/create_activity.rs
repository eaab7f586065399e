//! CreateActivity

use smol_str::format_smolstr;

use crate::call::{Call, Reply};
use crate::json::ObjectWriter;
use crate::{configuration, name, tags};

/// Answers a call; one that was made before gets the same answer.
pub async fn answer(call: &Call<'_>) -> Reply {
    let name = call.required("name");
    name::check(name)?;
    let arn = format_smolstr!("{}{name}", call.arn_prefix("activity"));
    let encryption = configuration::encryption(call)?.unwrap_or_default();
    let (tags, now) = (tags::read(call)?, call.now());
    let catalog = &call.app.catalog;
    let activity = catalog.create_activity(arn, name.clone(), encryption, tags, now).await?;
    let mut out = ObjectWriter::new();
    out.text("activityArn", &activity.arn);
    out.time("creationDate", activity.created);
    Ok(out.finish())
}
