//! Tags of state machines and activities.

use std::sync::Arc;

use smol_str::SmolStr;
use store::{Kind, Write};

use super::{Catalog, Error, document, limits};

/// Keys and values in the order in which they were set.
pub type Tags = Vec<(SmolStr, SmolStr)>;

impl Catalog {
    /// The tags of the resource at `arn`; none if there is no such resource.
    pub fn tags(&self, arn: &str) -> Arc<Tags> {
        self.inner.state().tags.get(arn).cloned().unwrap_or_default()
    }

    /// Sets tags; those with other keys stay.
    ///
    /// # Errors
    /// There is nothing to tag, there would be too many, or the store failed.
    pub async fn tag(&self, arn: &str, added: &Tags) -> Result<(), Error> {
        self.change_tags(arn, |tags| merge(tags, added)).await
    }

    /// Removes the tags with these keys.
    ///
    /// # Errors
    /// There is nothing to tag, or the store failed.
    pub async fn untag(&self, arn: &str, keys: &[SmolStr]) -> Result<(), Error> {
        self.change_tags(arn, |tags| tags.retain(|(key, _)| !keys.contains(key))).await
    }

    async fn change_tags(
        &self,
        arn: &str,
        change: impl FnOnce(&mut Tags) + Send,
    ) -> Result<(), Error> {
        let writing = self.write().await;
        let arn = {
            let state = self.inner.state();
            let machine = state.machines.get_key_value(arn).map(|(arn, _)| arn.clone());
            machine.or_else(|| state.activities.get_key_value(arn).map(|(arn, _)| arn.clone()))
        }
        .ok_or_else(|| Error::NothingToTag(arn.into()))?;
        let old = self.tags(&arn);
        let mut tags = Tags::clone(&old);
        change(&mut tags);
        if tags == *old {
            return Ok(());
        }
        if tags.len() > limits::TAGS {
            return Err(Error::TooManyTags(arn));
        }
        let write = if tags.is_empty() {
            Write::DeleteDocument { kind: Kind::Tags, key: arn.to_string() }
        } else {
            document::put_tags(&arn, &tags)
        };
        writing.commit(vec![write], move |state| state.set_tags(arn, tags)).await
    }
}

/// Sets the tags of `added` in `tags`.
pub(super) fn merge(tags: &mut Tags, added: &Tags) {
    for (key, value) in added {
        match tags.iter_mut().find(|(known, _)| known == key) {
            Some((_, old)) => *old = value.clone(),
            None => tags.push((key.clone(), value.clone())),
        }
    }
}
