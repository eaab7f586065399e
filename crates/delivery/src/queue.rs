//! `Queue`: bounded in bytes, between executions, which never wait, and the worker that delivers.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::limits::{LINGER, QUEUE_BYTES, ROUND_BYTES};

/// What waits for delivery.
pub(crate) struct Queue<T> {
    waiting: Mutex<Waiting<T>>,
    changed: Notify,
}

struct Waiting<T> {
    items: VecDeque<Entry<T>>,
    bytes: usize,
    /// How much of what is delivered the worker took last, and may still be delivering.
    taken: usize,
    closed: bool,
}

struct Entry<T> {
    item: T,
    bytes: usize,
    count: usize,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        let waiting = Waiting { items: VecDeque::new(), bytes: 0, taken: 0, closed: false };
        Self { waiting: Mutex::new(waiting), changed: Notify::new() }
    }
}

impl<T> Queue<T> {
    /// Adds an item of so many bytes, which stands for `count` of what is delivered; `false` if it
    /// does not fit.
    pub fn push(&self, item: T, bytes: usize, count: usize) -> bool {
        let mut waiting = self.lock();
        if waiting.closed || waiting.bytes + bytes > QUEUE_BYTES {
            return false;
        }
        waiting.bytes += bytes;
        waiting.items.push_back(Entry { item, bytes, count });
        let is_first = waiting.items.len() == 1;
        drop(waiting);
        if is_first {
            self.changed.notify_one();
        }
        true
    }

    /// Waits for items, and a moment longer for more of them; oldest first. `None` after the end.
    /// Who asks has delivered what it took before.
    pub async fn take(&self) -> Option<Vec<T>> {
        self.lock().taken = 0;
        loop {
            let changed = self.changed.notified();
            let (is_empty, is_enough) = {
                let waiting = self.lock();
                (waiting.items.is_empty(), waiting.closed || waiting.bytes >= ROUND_BYTES)
            };
            if !is_empty {
                if !is_enough {
                    // Ends early if the queue is closed; either way there is something to take.
                    let _ = tokio::time::timeout(LINGER, self.closing()).await;
                }
                return Some(self.round());
            }
            if self.is_closed() {
                return None;
            }
            changed.await;
        }
    }

    /// No more is added; what is there is still taken.
    pub fn close(&self) {
        self.lock().closed = true;
        // One permit for whoever waits now or next.
        self.changed.notify_one();
    }

    /// How much is not known to be delivered: what waits, and what was taken last.
    pub fn undelivered(&self) -> usize {
        let waiting = self.lock();
        waiting.taken + waiting.items.iter().map(|entry| entry.count).sum::<usize>()
    }

    fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Ready once the queue is closed.
    async fn closing(&self) {
        while !self.is_closed() {
            self.changed.notified().await;
        }
    }

    fn round(&self) -> Vec<T> {
        let mut waiting = self.lock();
        let (mut length, mut bytes, mut taken) = (0, 0, 0);
        for entry in &waiting.items {
            if length > 0 && bytes + entry.bytes > ROUND_BYTES {
                break;
            }
            length += 1;
            bytes += entry.bytes;
            taken += entry.count;
        }
        waiting.bytes -= bytes;
        waiting.taken = taken;
        waiting.items.drain(..length).map(|entry| entry.item).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting<T>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_worker_gets_what_came_together_and_the_rest_at_the_end() {
        let queue = Arc::new(Queue::default());
        let worker = tokio::spawn({
            let queue = queue.clone();
            async move {
                let mut rounds = Vec::new();
                while let Some(round) = queue.take().await {
                    rounds.push(round);
                }
                rounds
            }
        });
        assert!(queue.push(1, 1, 1));
        tokio::time::sleep(LINGER / 2).await;
        assert!(queue.push(2, 1, 1));
        tokio::time::sleep(LINGER).await;
        assert!(queue.push(3, ROUND_BYTES, 1) && queue.push(4, 1, 1));
        assert!(!queue.push(5, QUEUE_BYTES, 1));
        queue.close();
        assert!(!queue.push(6, 1, 1));
        assert_eq!(worker.await.unwrap(), [vec![1, 2], vec![3], vec![4]]);
        assert_eq!(queue.undelivered(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_taken_is_undelivered_until_more_is_asked_for() {
        let queue = Queue::default();
        assert!(queue.push(1, ROUND_BYTES, 3) && queue.push(2, 1, 4));
        assert_eq!(queue.undelivered(), 7);
        assert_eq!(queue.take().await, Some(vec![1]));
        assert_eq!(queue.undelivered(), 7);
        assert_eq!(queue.take().await, Some(vec![2]));
        assert_eq!(queue.undelivered(), 4);
        queue.close();
        assert_eq!(queue.take().await, None);
        assert_eq!(queue.undelivered(), 0);
    }
}
