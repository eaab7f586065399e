//! ListTagsForResource

use runtime::arn::{Arn, Resource};

use super::tag_resource::resource_arn;
use crate::call::{Call, Reply};
use crate::error::Error;
use crate::json::ObjectWriter;

/// Answers a call; a version has no tags (measured).
pub fn answer(call: &Call<'_>) -> Reply {
    let arn = resource_arn(call)?;
    let catalog = &call.app.catalog;
    let is_taggable = catalog.machine(arn).is_some() || catalog.activity(arn).is_some();
    if !is_taggable && !is_qualified(arn) {
        return Err(Error::NothingToTag(arn.clone()));
    }
    let tags = catalog.tags(arn);
    let mut out = ObjectWriter::new();
    out.objects("tags", tags.iter(), |out, (key, value)| {
        out.text("key", key);
        out.text("value", value);
    });
    Ok(out.finish())
}

fn is_qualified(arn: &str) -> bool {
    matches!(
        Arn::parse(arn).map(|arn| arn.resource),
        Ok(Resource::StateMachine { qualifier: Some(_), .. })
    )
}
