//! Activities: tasks that wait for a worker, and workers that wait for a task.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use smol_str::SmolStr;
use tokio::sync::oneshot;
use value::Payload;

use crate::tasks::TaskAddress;

/// A task that an activity's worker may take.
#[derive(Clone, Debug)]
pub(crate) struct QueuedTask {
    pub activity_arn: SmolStr,
    pub address: TaskAddress,
    pub token: String,
    pub input: Payload,
    /// It is already recorded as started; its worker never got it.
    pub started: bool,
}

/// The queues of all activities. What is in them follows from the open executions, so they are
/// filled anew when a server starts.
#[derive(Default)]
pub(crate) struct Activities {
    queues: Mutex<HashMap<SmolStr, Queue>>,
}

#[derive(Default)]
struct Queue {
    tasks: VecDeque<QueuedTask>,
    workers: VecDeque<oneshot::Sender<QueuedTask>>,
}

impl Activities {
    /// Offers a task: to the worker that has waited longest, or to the next one that comes.
    pub fn offer(&self, mut task: QueuedTask) {
        let mut queues = self.queues();
        let queue = queues.entry(task.activity_arn.clone()).or_default();
        while let Some(worker) = queue.workers.pop_front() {
            match worker.send(task) {
                Ok(()) => return,
                Err(back) => task = back,
            }
        }
        queue.tasks.push_back(task);
    }

    /// Takes the oldest task, or a place in the line of workers.
    pub fn take(&self, activity_arn: &str) -> Result<QueuedTask, oneshot::Receiver<QueuedTask>> {
        let mut queues = self.queues();
        let queue = queues.entry(activity_arn.into()).or_default();
        if let Some(task) = queue.tasks.pop_front() {
            return Ok(task);
        }
        queue.workers.retain(|worker| !worker.is_closed());
        let (sender, receiver) = oneshot::channel();
        queue.workers.push_back(sender);
        Err(receiver)
    }

    /// How many tasks wait for a worker, by activity.
    pub fn waiting(&self) -> Vec<(SmolStr, usize)> {
        let queues = self.queues();
        queues.iter().map(|(arn, queue)| (arn.clone(), queue.tasks.len())).collect()
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<SmolStr, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
