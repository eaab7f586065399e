//! `Outlet`: a queue, the worker that empties it, and what was lost on the way.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinHandle;

use crate::limits::CLOSE_TIMEOUT;
use crate::losses::Losses;
use crate::queue::Queue;

/// Where executions leave what is to be delivered.
pub(crate) struct Outlet<T> {
    pipe: Arc<Pipe<T>>,
    worker: Mutex<Option<JoinHandle<()>>>,
}

/// What an outlet shares with its worker.
pub(crate) struct Pipe<T> {
    pub queue: Queue<T>,
    pub losses: Losses,
}

impl<T> Outlet<T> {
    /// Starts the worker. Must be called within a tokio runtime.
    pub fn start<W>(losses: Losses, worker: impl FnOnce(Arc<Pipe<T>>) -> W) -> Self
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let pipe = Arc::new(Pipe { queue: Queue::default(), losses });
        let worker = tokio::spawn(worker(pipe.clone()));
        Self { pipe, worker: Mutex::new(Some(worker)) }
    }

    /// Leaves an item of so many bytes, which stands for `count` of what is delivered.
    pub fn push(&self, item: T, bytes: usize, count: usize) {
        if !self.pipe.queue.push(item, bytes, count) {
            self.pipe.losses.add(count, "they came faster than they could be delivered");
        }
    }

    /// How much was lost since the start.
    pub fn lost(&self) -> u64 {
        self.pipe.losses.total()
    }

    /// Delivers what waits, for a moment, and ends.
    pub async fn close(&self) {
        let Pipe { queue, losses } = &*self.pipe;
        queue.close();
        let worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(worker) = worker
            && tokio::time::timeout(CLOSE_TIMEOUT, worker).await.is_err()
        {
            losses.add(queue.undelivered(), "the server ended");
        }
        losses.tell();
    }
}
