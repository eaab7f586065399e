//! TagResource

use runtime::arn::Arn;
use smol_str::SmolStr;

use crate::call::{Call, Reply, empty};
use crate::error::Error;
use crate::tags;

/// Answers a call.
pub async fn answer(call: &Call<'_>) -> Reply {
    let arn = resource_arn(call)?;
    call.app.catalog.tag(arn, &tags::read(call)?).await?;
    empty()
}

/// `resourceArn`, if it is an ARN of Step Functions.
pub(super) fn resource_arn<'a>(call: &Call<'a>) -> Result<&'a SmolStr, Error> {
    let arn = call.required("resourceArn");
    Arn::parse(arn)?;
    Ok(arn)
}
