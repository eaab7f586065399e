//! UntagResource

use smol_str::SmolStr;
use value::Value;

use super::tag_resource::resource_arn;
use crate::call::{Call, Reply, empty};

/// Answers a call; keys that are not there are passed over.
pub async fn answer(call: &Call<'_>) -> Reply {
    let arn = resource_arn(call)?;
    let keys = call.value("tagKeys").and_then(Value::as_array);
    let keys: Vec<SmolStr> = keys
        .into_iter()
        .flat_map(|keys| keys.iter())
        .filter_map(Value::as_str)
        .map(SmolStr::new)
        .collect();
    call.app.catalog.untag(arn, &keys).await?;
    empty()
}
