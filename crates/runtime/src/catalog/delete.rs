//! Deleting a state machine: first it is marked, then, when nothing of it runs, it goes.

use std::collections::BTreeSet;
use std::sync::Arc;

use smol_str::SmolStr;
use store::{Kind, Write};

use super::{Catalog, Error, Machine, State, document};

impl Catalog {
    /// Marks a state machine as `DELETING`, and returns it; `None` if there is none, or it is marked.
    ///
    /// # Errors
    /// The store failed.
    pub async fn delete_machine(&self, arn: &str) -> Result<Option<Arc<Machine>>, Error> {
        let writing = self.write().await;
        let Some(machine) = self.machine(arn).filter(|it| !it.deleting) else { return Ok(None) };
        let machine = Arc::new(Machine { deleting: true, ..Machine::clone(&machine) });
        let write = document::put_machine(&machine);
        let marked = Arc::clone(&machine);
        writing.commit(vec![write], move |state| state.put_machine(marked)).await?;
        Ok(Some(machine))
    }

    /// The state machines that are being deleted.
    pub fn deleting(&self) -> Vec<Arc<Machine>> {
        let state = self.inner.state();
        state.machines.values().filter(|machine| machine.deleting).cloned().collect()
    }

    /// Takes away a state machine that is being deleted and of which nothing runs, with its
    /// versions, aliases and tags. Its revisions stay as long as executions refer to them; see
    /// [`forget_revisions`](Self::forget_revisions).
    ///
    /// # Errors
    /// The store failed.
    pub async fn remove_machine(&self, id: i64) -> Result<(), Error> {
        let writing = self.write().await;
        let Some(machine) = self.machine_by_id(id).filter(|machine| machine.deleting) else {
            return Ok(());
        };
        let mut writes = vec![
            delete(Kind::StateMachine, document::machine_key(id)),
            delete(Kind::Tags, machine.arn.to_string()),
        ];
        let versions = machine.versions.keys();
        writes.extend(versions.map(|it| delete(Kind::Version, document::version_key(id, *it))));
        let aliases = machine.aliases.keys();
        writes.extend(aliases.map(|it| delete(Kind::Alias, document::alias_key(id, it))));
        let arn: SmolStr = machine.arn.clone();
        writing
            .commit(writes, move |state| {
                state.machines.remove(&arn);
                state.arns.remove(&id);
                state.tags.remove(&arn);
            })
            .await
    }

    /// The revisions that nothing refers to: no machine, no version, and no stored execution. It
    /// looks at every execution, so it may take a while.
    ///
    /// # Errors
    /// The store failed.
    pub fn unused_revisions(&self) -> Result<BTreeSet<i64>, Error> {
        let in_use = self.inner.store.revisions()?;
        let documents = self.inner.store.documents(Kind::Revision)?;
        let ids = documents.into_iter().filter_map(|(key, _)| key.parse().ok());
        let state = self.inner.state();
        Ok(ids.filter(|id| !in_use.contains(id) && !is_held(&state, *id)).collect())
    }

    /// Takes away those of `revisions`, which no stored execution may refer to, that nobody holds
    /// in memory either. Returns how many went.
    ///
    /// # Errors
    /// The store failed.
    pub async fn forget_revisions(&self, revisions: &BTreeSet<i64>) -> Result<usize, Error> {
        let writing = self.write().await;
        let ids: Vec<i64> = {
            let state = self.inner.state();
            revisions.iter().copied().filter(|id| !is_held(&state, *id)).collect()
        };
        let count = ids.len();
        if count > 0 {
            let writes =
                ids.iter().map(|id| delete(Kind::Revision, document::machine_key(*id))).collect();
            writing
                .commit(writes, move |state| {
                    for id in ids {
                        state.revisions.remove(&id);
                    }
                })
                .await?;
        }
        Ok(count)
    }
}

/// Whether anyone holds it: a machine, a version, or whoever may be about to start an execution.
fn is_held(state: &State, revision: i64) -> bool {
    state.revisions.get(&revision).is_some_and(|it| it.strong_count() > 0)
}

fn delete(kind: Kind, key: String) -> Write {
    Write::DeleteDocument { kind, key }
}
