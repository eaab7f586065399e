//! Activities: tasks that wait for a worker, and workers that wait for a task.

use std::collections::{BTreeMap, HashMap, VecDeque};
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
    /// Oldest first, by a number that rises.
    tasks: BTreeMap<u64, QueuedTask>,
    numbers: HashMap<TaskAddress, u64>,
    next: u64,
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
        queue.numbers.insert(task.address, queue.next);
        queue.tasks.insert(queue.next, task);
        queue.next += 1;
    }

    /// Takes back a task that was given up, if no worker has taken it.
    pub fn withdraw(&self, activity_arn: &str, address: TaskAddress) {
        if let Some(queue) = self.queues().get_mut(activity_arn)
            && let Some(number) = queue.numbers.remove(&address)
        {
            queue.tasks.remove(&number);
        }
    }

    /// Takes the oldest task, or a place in the line of workers.
    pub fn take(&self, activity_arn: &str) -> Result<QueuedTask, oneshot::Receiver<QueuedTask>> {
        let mut queues = self.queues();
        let queue = queues.entry(activity_arn.into()).or_default();
        if let Some((_, task)) = queue.tasks.pop_first() {
            queue.numbers.remove(&task.address);
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
