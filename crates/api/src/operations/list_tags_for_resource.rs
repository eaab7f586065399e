//! ListTagsForResource

use super::tag_resource::resource_arn;
use crate::call::{Call, Reply};
use crate::json::ObjectWriter;

/// Answers a call; a version has no tags (measured), nor has what is not there.
pub fn answer(call: &Call<'_>) -> Reply {
    let tags = call.app.catalog.tags(resource_arn(call)?);
    let mut out = ObjectWriter::new();
    out.objects("tags", tags.iter(), |out, (key, value)| {
        out.text("key", key);
        out.text("value", value);
    });
    Ok(out.finish())
}
