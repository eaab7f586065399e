//! Activities.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use smol_str::SmolStr;
use store::{Kind, Write};
use tokio::sync::Notify;
use value::Timestamp;

use super::{Catalog, Encryption, Error, Tags, document, limits, page};

/// An activity.
#[derive(Debug)]
pub struct Activity {
    /// Its ARN.
    pub arn: SmolStr,
    /// Its name.
    pub name: SmolStr,
    /// `creationDate`
    pub created: Timestamp,
    /// `encryptionConfiguration`; fixed on creation.
    pub encryption: Encryption,
    /// Wakes its pollers when it is deleted.
    pub deleted: Notify,
    pollers: AtomicUsize,
}

impl Activity {
    pub(super) fn new(
        arn: SmolStr,
        name: SmolStr,
        created: Timestamp,
        encryption: Encryption,
    ) -> Self {
        let (deleted, pollers) = (Notify::new(), AtomicUsize::new(0));
        Self { arn, name, created, encryption, deleted, pollers }
    }

    /// Takes one of `most` places of pollers, until what is returned is dropped.
    pub fn poll(self: &Arc<Self>, most: usize) -> Option<Poller> {
        let poller = Poller(Arc::clone(self));
        (self.pollers.fetch_add(1, Ordering::Relaxed) < most).then_some(poller)
    }
}

/// A worker that waits for a task of an activity.
#[derive(Debug)]
pub struct Poller(Arc<Activity>);

impl Drop for Poller {
    fn drop(&mut self) {
        self.0.pollers.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Catalog {
    /// The activity at `arn`.
    pub fn activity(&self, arn: &str) -> Option<Arc<Activity>> {
        self.inner.state().activities.get(arn).cloned()
    }

    /// At most `limit` activities whose ARN begins with `prefix` and comes after `after`, by ARN;
    /// and whether there are more.
    pub fn activities(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> (Vec<Arc<Activity>>, bool) {
        page(&self.inner.state().activities, prefix, after, limit)
    }

    /// Creates an activity, or returns the one that is there already.
    ///
    /// # Errors
    /// One with another encryption is there, there are too many, or the store failed.
    pub async fn create_activity(
        &self,
        arn: SmolStr,
        name: SmolStr,
        encryption: Encryption,
        tags: Tags,
        now: Timestamp,
    ) -> Result<Arc<Activity>, Error> {
        let writing = self.write().await;
        if let Some(existing) = self.activity(&arn) {
            let same = existing.encryption.is_same_key(&encryption);
            return if same { Ok(existing) } else { Err(Error::ActivityAlreadyExists(arn)) };
        }
        if is_full(&self.inner.state().activities, &arn, limits::ACTIVITIES) {
            return Err(Error::ActivityLimitExceeded);
        }
        let activity = Arc::new(Activity::new(arn.clone(), name, now, encryption));
        let mut writes = vec![document::put_activity(&activity)];
        writes.extend((!tags.is_empty()).then(|| document::put_tags(&arn, &tags)));
        let created = Arc::clone(&activity);
        writing
            .commit(writes, move |state| {
                state.set_tags(arn.clone(), tags);
                state.activities.insert(arn, activity);
            })
            .await?;
        Ok(created)
    }

    /// Deletes an activity; nothing happens if there is none.
    ///
    /// # Errors
    /// The store failed.
    pub async fn delete_activity(&self, arn: &str) -> Result<(), Error> {
        let writing = self.write().await;
        let Some(activity) = self.activity(arn) else { return Ok(()) };
        let writes = [Kind::Activity, Kind::Tags]
            .map(|kind| Write::DeleteDocument { kind, key: arn.to_owned() });
        let arn = activity.arn.clone();
        writing
            .commit(writes.into(), move |state| {
                state.activities.remove(&arn);
                state.tags.remove(&arn);
                activity.deleted.notify_waiters();
            })
            .await
    }
}

/// Whether the account and region of `arn` have `most` resources.
pub(super) fn is_full<T>(all: &BTreeMap<SmolStr, T>, arn: &str, most: usize) -> bool {
    // Only a catalogue that is large as a whole is worth counting.
    if all.len() < most {
        return false;
    }
    let prefix = arn.rfind(':').map_or(arn, |at| &arn[..=at]);
    let from = all.range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
    from.take_while(|(key, _)| key.starts_with(prefix)).count() >= most
}
