//! `Effect`: what happens once its cause is durable.

use std::sync::Arc;

use engine::{Event, Meta};
use smol_str::SmolStr;
use store::{ExecutionRow, Status};
use tokio::sync::oneshot;
use value::Timestamp;

use crate::activities::QueuedTask;
use crate::catalog::Revision;
use crate::executions::{ActivityTask, Error, Started, SyncResult};
use crate::key::ExecutionKey;
use crate::map_run::Begin;
use crate::message::Message;
use crate::shards::Shards;
use crate::tasks::{TaskCall, TaskCancel};

/// Something to do after a commit.
pub(crate) enum Effect {
    /// Tell the catalogue.
    Committed(oneshot::Sender<()>),
    /// Answer StartExecution.
    Started(oneshot::Sender<Result<Started, Error>>, Result<Started, Error>),
    /// Answer StartSyncExecution.
    Ended(oneshot::Sender<SyncResult>, Box<SyncResult>),
    /// Answer StopExecution or RedriveExecution.
    At(oneshot::Sender<Result<Timestamp, Error>>, Result<Timestamp, Error>),
    /// Answer SendTaskSuccess, SendTaskFailure or SendTaskHeartbeat.
    Replied(oneshot::Sender<Result<(), Error>>, Result<(), Error>),
    /// Answer a parent that wants to watch an execution: it has ended.
    NotOpen(oneshot::Sender<bool>),
    /// Answer UpdateMapRun.
    Updated(oneshot::Sender<bool>, bool),
    /// Call a task.
    Call(Box<TaskCall>),
    /// Give a task up.
    Cancel(Box<TaskCancel>),
    /// Offer a task to an activity's workers.
    Queue(Box<QueuedTask>),
    /// Hand a task to the worker that took it.
    HandOut(oneshot::Sender<Option<ActivityTask>>, Box<QueuedTask>),
    /// Run a Map Run.
    RunMap(Box<Begin>),
    /// Tell the coordinator of a Map Run that a child has ended.
    ChildEnded { map_run: i64, child: i64, status: Status },
    /// Tell another execution something.
    Tell(ExecutionKey, Box<Message>),
    /// Show what happened to those who log or watch.
    Observe(Arc<Observed>),
}

/// Events of an execution, for those who log or watch.
pub struct Observed {
    /// The execution.
    pub key: ExecutionKey,
    /// What it is.
    pub meta: Arc<Meta>,
    /// How it stands after the events.
    pub row: ExecutionRow,
    /// The ARN of the Map Run whose child it is.
    pub map_run_arn: Option<SmolStr>,
    /// What it runs.
    pub revision: Arc<Revision>,
    /// The events of one turn.
    pub events: Vec<Event>,
}

/// Somebody who logs or watches executions.
pub trait Observer: Send + Sync {
    /// Whether it wants the events of this execution.
    fn wants(&self, revision: &Revision, key: ExecutionKey) -> bool;
    /// Takes events; must not block.
    fn observe(&self, observed: &Arc<Observed>);
}

impl Effect {
    /// Does it. A caller who has gone away does not mind.
    pub fn happen(self, shards: &Arc<Shards>) {
        match self {
            Self::Committed(reply) => drop(reply.send(())),
            Self::Started(reply, started) => drop(reply.send(started)),
            Self::Ended(reply, result) => drop(reply.send(*result)),
            Self::At(reply, time) => drop(reply.send(time)),
            Self::Replied(reply, done) => drop(reply.send(done)),
            Self::NotOpen(reply) => drop(reply.send(false)),
            Self::Updated(reply, updated) => drop(reply.send(updated)),
            Self::Call(call) => shards.call(*call),
            Self::Cancel(cancel) => shards.cancel(*cancel),
            Self::Queue(task) => shards.activities.offer(*task),
            Self::HandOut(reply, task) => {
                let given =
                    ActivityTask { task_token: task.token.clone(), input: task.input.clone() };
                if reply.send(Some(given)).is_err() {
                    // The worker went away while its task was being recorded as started: the next
                    // one gets it.
                    shards.activities.offer(QueuedTask { started: true, ..*task });
                }
            }
            Self::RunMap(begin) => shards.run_map(begin),
            Self::ChildEnded { map_run, child, status } => {
                shards.shared.map_runs.child_ended(map_run, child, status);
            }
            Self::Tell(key, message) => shards.send(key.shard_key, *message),
            Self::Observe(observed) => {
                for observer in &shards.observers {
                    observer.observe(&observed);
                }
            }
        }
    }
}
