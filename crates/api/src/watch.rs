//! `Watch`: wakes those who follow an execution when it has new events.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use runtime::catalog::Revision;
use runtime::{ExecutionKey, Observed, Observer};
use tokio::sync::watch;

/// Those who follow executions.
#[derive(Clone, Default)]
pub struct Watch {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    /// How many executions are followed: nearly always none, and then nothing is locked.
    followed: AtomicUsize,
    executions: Mutex<HashMap<i64, watch::Sender<()>>>,
}

impl Inner {
    fn executions(&self) -> MutexGuard<'_, HashMap<i64, watch::Sender<()>>> {
        self.executions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    /// Follows an execution.
    pub(crate) fn execution(&self, id: i64) -> Watching {
        let mut executions = self.inner.executions();
        let changes = executions.entry(id).or_default().subscribe();
        self.inner.followed.store(executions.len(), Ordering::Relaxed);
        drop(executions);
        Watching { inner: Arc::clone(&self.inner), id, changes }
    }
}

impl Observer for Watch {
    fn wants(&self, _: &Revision, key: ExecutionKey) -> bool {
        self.inner.followed.load(Ordering::Relaxed) > 0
            && self.inner.executions().contains_key(&key.id)
    }

    fn observe(&self, observed: &Arc<Observed>) {
        if let Some(execution) = self.inner.executions().get(&observed.key.id) {
            execution.send_replace(());
        }
    }
}

/// Follows an execution as long as it lives.
pub(crate) struct Watching {
    inner: Arc<Inner>,
    id: i64,
    changes: watch::Receiver<()>,
}

impl Watching {
    /// Ready when the execution has had new events since the last call.
    pub async fn changed(&mut self) {
        // The sender lives as long as this does.
        let _ = self.changes.changed().await;
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut executions = self.inner.executions();
        if executions.get(&self.id).is_some_and(|it| it.receiver_count() <= 1) {
            executions.remove(&self.id);
        }
        self.inner.followed.store(executions.len(), Ordering::Relaxed);
    }
}
