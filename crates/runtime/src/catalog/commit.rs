//! How the catalogue writes: one change at a time, durable before it is seen.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use store::Write;
use tokio::sync::OwnedMutexGuard;

use super::{Error, Inner, State};

/// What [`Commit::commit`] returns.
pub type CommitFuture = Pin<Box<dyn Future<Output = Result<(), store::Error>> + Send>>;

/// Makes writes durable; the runtime's group committer does.
pub trait Commit: Send + Sync {
    /// Applies `writes` as one transaction; they are durable when the future is ready.
    fn commit(&self, writes: Vec<Write>) -> CommitFuture;
}

/// The next numbers to give out.
#[derive(Debug, Default)]
pub(super) struct Ids {
    pub machine: i64,
    pub revision: i64,
}

impl Ids {
    pub(super) fn machine(&mut self) -> i64 {
        let id = self.machine;
        self.machine += 1;
        id
    }

    pub(super) fn revision(&mut self) -> i64 {
        let id = self.revision;
        self.revision += 1;
        id
    }
}

/// The right to change the catalogue; there is one.
pub(super) struct Writing {
    pub(super) inner: Arc<Inner>,
    pub(super) ids: OwnedMutexGuard<Ids>,
}

impl Writing {
    /// Makes `writes` durable, then shows them by `change`.
    ///
    /// It runs in a task of its own: a caller who goes away meanwhile cannot leave memory and
    /// store in disagreement.
    pub(super) async fn commit<F>(self, writes: Vec<Write>, change: F) -> Result<(), Error>
    where
        F: FnOnce(&mut State) + Send + 'static,
    {
        let task = tokio::spawn(async move {
            self.inner.commit.commit(writes).await?;
            change(&mut self.inner.state_mut());
            Ok(())
        });
        task.await.unwrap_or(Err(Error::Stopping))
    }
}
