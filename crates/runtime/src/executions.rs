//! What callers ask of executions: start, stop, look, list; activities and task tokens.

use std::sync::Arc;

use engine::{Event, Failure};
use smol_str::SmolStr;
use store::{ExecutionQuery, ExecutionRow, Status};
use value::{Payload, Timestamp};

use crate::catalog::Revision;

/// Everything needed to start an execution. The caller has resolved version, alias and revision and
/// has checked the name and the size of the input.
pub struct Start {
    /// What it runs, for as long as it lives.
    pub revision: Arc<Revision>,
    /// The number of the version that was named, or that the alias chose.
    pub version: Option<i64>,
    /// The alias that was named.
    pub alias: Option<SmolStr>,
    /// The caller's name; a UUID is made if there is none.
    pub name: Option<SmolStr>,
    /// The input.
    pub input: Payload,
    /// `traceHeader`.
    pub trace_header: Option<SmolStr>,
}

/// An execution that has started, durably.
#[derive(Clone, Debug)]
pub struct Started {
    /// Its ARN.
    pub execution_arn: SmolStr,
    /// Its start.
    pub start_date: Timestamp,
}

/// How an Express execution ended.
#[derive(Clone, Debug)]
pub struct SyncResult {
    /// Its ARN.
    pub execution_arn: SmolStr,
    /// Its name.
    pub name: SmolStr,
    /// Its start.
    pub start_date: Timestamp,
    /// Its end.
    pub stop_date: Timestamp,
    /// How it ended.
    pub status: Status,
    /// The output, if it succeeded.
    pub output: Option<Payload>,
    /// The error, if it did not.
    pub failure: Failure,
}

/// What DescribeExecution tells, beyond its row.
#[derive(Clone, Debug)]
pub struct Description {
    /// Its row.
    pub row: ExecutionRow,
    /// Its revision.
    pub revision: Arc<Revision>,
    /// The input.
    pub input: Payload,
    /// The output, if it succeeded.
    pub output: Option<Payload>,
    /// The error, if it failed, timed out or was aborted.
    pub failure: Failure,
}

/// Events of an execution and what shows them.
pub struct History {
    /// The revision, whose program names states and resources.
    pub revision: Arc<Revision>,
    /// Its row.
    pub row: ExecutionRow,
    /// The events asked for, public ones only, in ascending order.
    pub events: Vec<Event>,
}

/// A task handed to an activity worker.
#[derive(Clone, Debug)]
pub struct ActivityTask {
    /// The token.
    pub task_token: String,
    /// The input.
    pub input: Payload,
}

/// Why something about executions could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The name is taken by an execution that is closed or has another input.
    #[error("an execution of that name exists: {0}")]
    AlreadyExists(SmolStr),
    /// There is no such execution.
    #[error("there is no such execution")]
    DoesNotExist,
    /// The token is none of ours.
    #[error("not a task token")]
    InvalidToken,
    /// The task has ended or is late.
    #[error("the task has ended")]
    TaskTimedOut,
    /// The task's execution is gone.
    #[error("there is no such task")]
    TaskDoesNotExist,
    /// The store failed; nothing was acknowledged.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
}

/// How a task's holder ends it.
#[derive(Clone, Debug)]
pub enum TaskReply {
    /// `SendTaskSuccess`.
    Success(Payload),
    /// `SendTaskFailure`.
    Failure(Failure),
    /// `SendTaskHeartbeat`.
    Heartbeat,
}

/// The executions of a server.
#[derive(Clone)]
pub struct Executions {
    inner: Arc<dyn Send + Sync>,
}

impl Executions {
    /// Starts an execution; durable when it returns. Standard: an open execution with the same
    /// name and input is returned as it is.
    ///
    /// # Errors
    /// The name is taken, or the store failed.
    pub async fn start(&self, start: Start) -> Result<Started, Error> {
        let _ = (start, &self.inner);
        Err(Error::Stopping)
    }

    /// Runs an Express execution and waits for its end.
    ///
    /// # Errors
    /// The server is stopping.
    pub async fn start_sync(&self, start: Start) -> Result<SyncResult, Error> {
        let _ = start;
        Err(Error::Stopping)
    }

    /// Stops an execution; returns its stop date, also when it had already ended.
    ///
    /// # Errors
    /// There is no such execution, or the store failed.
    pub async fn stop(&self, id: i64, failure: Failure) -> Result<Timestamp, Error> {
        let _ = (id, failure);
        Err(Error::Stopping)
    }

    /// The row of the Standard execution `name` of machine `machine`.
    ///
    /// # Errors
    /// The store failed.
    pub fn find(&self, machine: i64, name: &str) -> Result<Option<ExecutionRow>, Error> {
        let _ = (machine, name);
        Err(Error::Stopping)
    }

    /// Everything DescribeExecution shows.
    ///
    /// # Errors
    /// There is no such execution, or the store failed.
    pub fn describe(&self, id: i64) -> Result<Description, Error> {
        let _ = id;
        Err(Error::Stopping)
    }

    /// The public events with ids in `from..=to`.
    ///
    /// # Errors
    /// There is no such execution, or the store failed.
    pub fn history(&self, id: i64, from: u64, to: u64) -> Result<History, Error> {
        let _ = (id, from, to);
        Err(Error::Stopping)
    }

    /// A page of executions.
    ///
    /// # Errors
    /// The store failed.
    pub fn list(&self, query: &ExecutionQuery) -> Result<Vec<ExecutionRow>, Error> {
        let _ = query;
        Err(Error::Stopping)
    }

    /// Waits up to 60 s for a task of the activity; dropping the future gives the place up, and no
    /// task is lost by it.
    ///
    /// # Errors
    /// The server is stopping.
    pub async fn activity_task(&self, activity_arn: &str, worker: Option<SmolStr>) -> Result<Option<ActivityTask>, Error> {
        let _ = (activity_arn, worker);
        Err(Error::Stopping)
    }

    /// Ends or keeps alive the task of `token`; durable when it returns.
    ///
    /// # Errors
    /// The token is not ours, or its task is over.
    pub async fn reply(&self, token: &str, reply: TaskReply) -> Result<(), Error> {
        let _ = (token, reply);
        Err(Error::Stopping)
    }
}
