//! `Message`: what a shard is told.

use std::sync::Arc;

use engine::token::TaskToken;
use engine::{Applied, Execution, Failure};
use smol_str::SmolStr;
use store::ExecutionRow;
use tokio::sync::oneshot;
use value::{Payload, Timestamp};

use crate::activities::QueuedTask;
use crate::catalog::Revision;
use crate::executions::{ActivityTask, Error, Start, Started, SyncResult, TaskReply};
use crate::map_run::{Child, MapRunSettings};
use crate::nested::Form;
use crate::shard::Asleep;
use crate::tasks::{TaskAddress, TaskEvent};
use crate::waiting::WaitingTask;

/// What a shard is told.
pub(crate) enum Message {
    /// Start an execution.
    Start { start: Box<Start>, is_named: bool, reply: oneshot::Sender<Result<Started, Error>> },
    /// Take over an Express execution that cannot end on the thread that started it.
    Adopt(Box<Adopted>),
    /// Take in an execution that was open when the server last ended.
    Recover(Box<Recovered>),
    /// Take note of an execution that was open when the server last ended, and only waits.
    Asleep { id: i64, asleep: Asleep },
    /// Stop an execution.
    Stop { id: i64, failure: Failure, reply: oneshot::Sender<Result<Timestamp, Error>> },
    /// Redrive an execution that is closed.
    Redrive {
        recovered: Box<Recovered>,
        client_token: Option<SmolStr>,
        reply: oneshot::Sender<Result<Timestamp, Error>>,
    },
    /// A connector tells of its task.
    Task { address: TaskAddress, event: TaskEvent },
    /// The holder of a token answers.
    Reply { token: TaskToken, reply: TaskReply, done: oneshot::Sender<Result<(), Error>> },
    /// A worker wants to take a task.
    Take {
        task: Box<QueuedTask>,
        worker: Option<SmolStr>,
        reply: oneshot::Sender<Option<ActivityTask>>,
    },
    /// Tell `parent` how the execution ends.
    Watch { id: i64, parent: TaskAddress, form: Form, reply: oneshot::Sender<bool> },
    /// Start a child of a Map Run.
    StartChild(Box<Child>),
    /// Start an Express child of a Map Run once more.
    RestartChild(Box<Child>),
    /// Redrive a Standard child of a Map Run.
    RedriveChild(Box<Recovered>),
    /// Write the rows of children that a Map Run's redrive runs again; after the last, that it has
    /// begun.
    MarkRedrives {
        map_run: i64,
        rows: Vec<ExecutionRow>,
        is_last: bool,
        reply: oneshot::Sender<()>,
    },
    /// Change the settings of a Map Run; answers whether it is under way.
    UpdateMapRun { map_run: i64, settings: MapRunSettings, reply: oneshot::Sender<bool> },
    /// Write that the items of a Map Run come from the file with this ETag.
    PinMapRun { map_run: i64, etag: SmolStr, reply: oneshot::Sender<()> },
    /// The coordinator of a Map Run is done; whether its children have got every item.
    MapRunEnded { map_run: i64, outcome: Result<Payload, Failure>, all_given: bool },
    /// The state machine is being deleted: its executions end with their next step; say when none
    /// is left open.
    MachineDeleted { machine: i64, name: SmolStr, reply: oneshot::Sender<()> },
    /// Tell which tasks wait for somebody, at least `most` if there are as many, and which
    /// executions with tasks are not in memory.
    Waiting { most: usize, reply: oneshot::Sender<(Vec<WaitingTask>, Vec<i64>)> },
    /// Make everything durable and end.
    End,
}

/// An Express execution after its first turn.
pub(crate) struct Adopted {
    pub execution: Execution,
    pub revision: Arc<Revision>,
    pub row: ExecutionRow,
    pub applied: Applied,
    pub test_case: Option<SmolStr>,
    pub reply: oneshot::Sender<SyncResult>,
}

/// An open execution as the store has it.
pub(crate) struct Recovered {
    pub execution: Execution,
    pub revision: Arc<Revision>,
    pub row: ExecutionRow,
    pub seq: u32,
}
