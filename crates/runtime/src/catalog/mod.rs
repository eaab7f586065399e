//! The catalogue: state machines with their revisions, versions and aliases; activities; tags.
//!
//! It lives in memory and is read without waiting; a change is durable before it is seen.
//!
//! Does not: check names, ARNs or configurations (the API does), or run anything.

mod activity;
mod alias;
mod commit;
mod config;
mod create;
mod delete;
mod document;
mod error;
pub mod limits;
mod load;
mod machine;
mod program;
mod publish;
mod tags;
mod update;

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};

use asl::Checked;
use smol_str::SmolStr;
use store::Store;
use tokio::sync::Mutex;

pub use activity::{Activity, Poller};
pub use commit::{Commit, CommitFuture};
pub use config::{Encryption, LogLevel, Logging, MachineType};
pub use create::{Created, NewMachine};
pub use error::Error;
pub use load::LoadError;
pub use machine::{Alias, Machine, Revision, Route, Version};
pub use tags::Tags;
pub use update::{Changes, Updated};

use commit::{Ids, Writing};
use program::Programs;

/// The catalogue; cloning shares it.
#[derive(Clone)]
pub struct Catalog {
    inner: Arc<Inner>,
}

struct Inner {
    state: RwLock<State>,
    ids: Arc<Mutex<Ids>>,
    store: Arc<dyn Store>,
    commit: Arc<dyn Commit>,
    programs: Arc<Programs>,
    secret: [u8; 16],
}

/// What is known, by ARN.
#[derive(Default)]
struct State {
    machines: BTreeMap<SmolStr, Arc<Machine>>,
    /// The ARN of a machine by its number.
    arns: HashMap<i64, SmolStr>,
    /// Revisions that someone holds, by number. Those that only old executions refer to are read
    /// from the store when they are asked for.
    revisions: HashMap<i64, Weak<Revision>>,
    activities: BTreeMap<SmolStr, Arc<Activity>>,
    tags: HashMap<SmolStr, Arc<Tags>>,
}

impl State {
    fn put_machine(&mut self, machine: Arc<Machine>) {
        self.arns.insert(machine.id, machine.arn.clone());
        self.revisions.insert(machine.current.id, Arc::downgrade(&machine.current));
        self.machines.insert(machine.arn.clone(), machine);
    }

    fn set_tags(&mut self, arn: SmolStr, tags: Tags) {
        if tags.is_empty() {
            self.tags.remove(&arn);
        } else {
            self.tags.insert(arn, Arc::new(tags));
        }
    }
}

impl Inner {
    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Catalog {
    /// The state machine at `arn`, which is unqualified.
    pub fn machine(&self, arn: &str) -> Option<Arc<Machine>> {
        self.inner.state().machines.get(arn).cloned()
    }

    /// The state machine numbered `id`.
    pub fn machine_by_id(&self, id: i64) -> Option<Arc<Machine>> {
        let state = self.inner.state();
        state.machines.get(state.arns.get(&id)?).cloned()
    }

    /// At most `limit` state machines whose ARN begins with `prefix` and comes after `after`, by
    /// ARN; and whether there are more.
    pub fn machines(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> (Vec<Arc<Machine>>, bool) {
        page(&self.inner.state().machines, prefix, after, limit)
    }

    /// The revision numbered `id`.
    ///
    /// # Errors
    /// The store failed.
    pub fn revision(&self, id: i64) -> Result<Option<Arc<Revision>>, store::Error> {
        if let Some(revision) = self.inner.state().revisions.get(&id).and_then(Weak::upgrade) {
            return Ok(Some(revision));
        }
        let revision = load::revision(&*self.inner.store, &self.inner.programs, id)?;
        if let Some(revision) = &revision {
            self.inner.state_mut().revisions.insert(id, Arc::downgrade(revision));
        }
        Ok(revision)
    }

    /// Checks a definition as creating a state machine of that type does.
    pub fn check(&self, definition: &str, kind: MachineType) -> Checked {
        self.inner.programs.check(definition, kind)
    }

    /// Checks the definition of one state (TestState).
    pub fn check_state(&self, definition: &str) -> Checked {
        self.inner.programs.check_state(definition)
    }

    /// A secret of this data directory, for pagination tokens that nobody can make up.
    pub fn secret(&self) -> [u8; 16] {
        self.inner.secret
    }

    /// Waits for the right to change the catalogue.
    async fn write(&self) -> Writing {
        let ids = Arc::clone(&self.inner.ids).lock_owned().await;
        Writing { inner: Arc::clone(&self.inner), ids }
    }
}

/// At most `limit` values of `all` whose key begins with `prefix` and comes after `after`, and
/// whether there are more.
fn page<T: Clone>(
    all: &BTreeMap<SmolStr, T>,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> (Vec<T>, bool) {
    let from =
        after.filter(|after| *after >= prefix).map_or(Bound::Included(prefix), Bound::Excluded);
    let range = all.range::<str, _>((from, Bound::Unbounded));
    let mut found = range.take_while(|(key, _)| key.starts_with(prefix)).map(|(_, value)| value);
    let values = found.by_ref().take(limit).cloned().collect();
    (values, found.next().is_some())
}

#[cfg(test)]
mod tests;
