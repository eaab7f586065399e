//! DescribeActivity

use std::sync::Arc;

use runtime::arn::{Arn, Resource};
use runtime::catalog::Activity;
use smol_str::SmolStr;

use crate::call::{Call, Reply};
use crate::configuration;
use crate::error::Error;
use crate::json::ObjectWriter;

/// Answers a call.
pub fn answer(call: &Call<'_>) -> Reply {
    let activity = activity(call)?;
    let mut out = ObjectWriter::new();
    out.text("activityArn", &activity.arn);
    out.text("name", &activity.name);
    out.time("creationDate", activity.created);
    configuration::show_encryption(&mut out, &activity.encryption);
    Ok(out.finish())
}

/// The activity that `activityArn` names.
pub(super) fn activity(call: &Call<'_>) -> Result<Arc<Activity>, Error> {
    let arn = activity_arn(call)?;
    call.app.catalog.activity(arn).ok_or_else(|| Error::ActivityDoesNotExist(arn.clone()))
}

/// `activityArn`, if it is the ARN of an activity.
pub(super) fn activity_arn<'a>(call: &Call<'a>) -> Result<&'a SmolStr, Error> {
    let given = call.required("activityArn");
    let arn = Arn::parse(given)?;
    match arn.resource {
        Resource::Activity { .. } => Ok(given),
        _ => Err(arn.wrong_type().into()),
    }
}
