//! What callers ask of executions: start, stop, look, list; activities and task tokens.

use std::sync::Arc;
use std::time::Duration;

use engine::token::TaskToken;
use engine::{Event, Failure, Outcome};
use smol_str::SmolStr;
use store::{ExecutionQuery, ExecutionRow, Status, StatusCounts, Store};
use tokio::sync::oneshot;
use value::{Payload, Timestamp};

use crate::activities::QueuedTask;
use crate::catalog::{Catalog, Revision};
use crate::key::{ExecutionKey, shard_key};
use crate::message::{Message, Recovered};
use crate::resolve::Target;
use crate::shards::Shards;
use crate::tasks::{TaskAddress, TaskEvent};
use crate::waiting::WaitingTask;
use crate::{express, read, redrive_tokens, shard, waiting};

/// Everything needed to start an execution. The caller has resolved version, alias and revision and
/// has checked the name and the size of the input.
pub struct Start {
    /// What it runs, for as long as it lives.
    pub revision: Arc<Revision>,
    /// The number of the version that was named, or that the alias chose.
    pub version: Option<i64>,
    /// The alias that was named.
    pub alias: Option<SmolStr>,
    /// The test case of a mock file that was named.
    pub test_case: Option<SmolStr>,
    /// The caller's name; a UUID is made if there is none.
    pub name: Option<SmolStr>,
    /// The input.
    pub input: Payload,
    /// `traceHeader`.
    pub trace_header: Option<SmolStr>,
}

impl Start {
    /// A start of `target`.
    pub fn new(target: Target, name: Option<SmolStr>, input: Payload) -> Self {
        let Target { revision, version, alias, test_case } = target;
        Self { revision, version, alias, test_case, name, input, trace_header: None }
    }
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
    /// The events of the turns asked for, public ones only, in ascending order.
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

impl Description {
    /// How it ended, if it has.
    pub fn outcome(&self) -> Option<Outcome> {
        let failure = || self.failure.clone();
        match self.row.status {
            Status::Succeeded => self.output.clone().map(Outcome::Succeeded),
            Status::Failed => Some(Outcome::Failed(failure())),
            Status::Aborted => Some(Outcome::Aborted(failure())),
            Status::TimedOut => Some(Outcome::TimedOut(failure())),
            Status::Running | Status::PendingRedrive => None,
        }
    }
}

/// Why something about executions could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The name is taken by an execution that is closed or has another input.
    #[error("Execution Already Exists: '{0}'")]
    AlreadyExists(SmolStr),
    /// The test case that was named cannot be run.
    #[error("{0}")]
    TestCase(String),
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
    /// The execution runs.
    #[error("the execution runs")]
    Running,
    /// A definition that was accepted once is refused by the checks of this build.
    #[error("the definition cannot be compiled by this version")]
    Unrunnable,
    /// A record of the journal cannot be read.
    #[error("the journal of execution {0} cannot be read: {1}")]
    Journal(i64, engine::codec::DecodeError),
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
    shards: Arc<Shards>,
}

impl Executions {
    pub(crate) fn of(shards: Arc<Shards>) -> Self {
        Self { shards }
    }

    pub(crate) fn shards(&self) -> &Arc<Shards> {
        &self.shards
    }

    fn store(&self) -> &dyn Store {
        &*self.shards.shared.store
    }

    /// The catalogue.
    pub fn catalog(&self) -> &Catalog {
        &self.shards.shared.catalog
    }

    /// Sends a message and waits for its answer.
    async fn ask<T>(
        &self,
        key: u64,
        message: impl FnOnce(oneshot::Sender<T>) -> Message,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        self.shards.send(key, message(reply));
        answer.await.map_err(|_| Error::Stopping)
    }

    /// Starts an execution; durable when it returns. Standard: an open execution with the same
    /// name and input is returned as it is.
    ///
    /// # Errors
    /// The name is taken, or the store failed.
    pub async fn start(&self, mut start: Start) -> Result<Started, Error> {
        self.check_test_case(&start)?;
        let name = start.name.take();
        let is_named = name.is_some();
        let name = name.unwrap_or_else(|| express::fresh_name(self.shards.shared.clock.now()));
        let key = shard_key(start.revision.machine, &name);
        start.name = Some(name);
        let start = Box::new(start);
        self.ask(key, |reply| Message::Start { start, is_named, reply }).await?
    }

    /// Runs an Express execution and waits for its end. What does not wait for anything outside
    /// runs on the calling thread.
    ///
    /// # Errors
    /// The server is stopping.
    pub async fn start_sync(&self, start: Start) -> Result<SyncResult, Error> {
        self.check_test_case(&start)?;
        let shared = &self.shards.shared;
        match express::run(shared, start)? {
            express::Ran::Ended(result) => Ok(*result),
            express::Ran::Blocked(blocked) => {
                let key = blocked.execution.meta().shard_key;
                self.ask(key, |reply| Message::Adopt(Box::new(blocked.adopted(reply)))).await
            }
        }
    }

    fn check_test_case(&self, start: &Start) -> Result<(), Error> {
        let Some(case) = &start.test_case else { return Ok(()) };
        let refused = self.shards.shared.tasks.refuse_test_case(&start.revision.name, case);
        refused.map_or(Ok(()), |reason| Err(Error::TestCase(reason)))
    }

    /// Stops an execution; returns its stop date, also when it had already ended.
    ///
    /// # Errors
    /// There is no such execution, or the store failed.
    pub async fn stop(&self, id: i64, failure: Failure) -> Result<Timestamp, Error> {
        let row = self.store().execution(id)?.ok_or(Error::DoesNotExist)?;
        let key = shard_key(row.machine, &row.name);
        self.ask(key, |reply| Message::Stop { id, failure, reply }).await?
    }

    /// Redrives a closed execution from where it failed; durable when it returns. The caller has
    /// checked that it may be redriven. `client_token` will find the redrive again. Returns the
    /// redrive's date.
    ///
    /// # Errors
    /// It runs, there is no such execution, or the store failed.
    pub async fn redrive(
        &self,
        id: i64,
        client_token: Option<SmolStr>,
    ) -> Result<Timestamp, Error> {
        let row = self.store().execution(id)?.ok_or(Error::DoesNotExist)?;
        let shared = &self.shards.shared;
        let recovered = read::replayed(shared, row)?;
        let key = shard_key(recovered.row.machine, &recovered.row.name);
        let recovered = Box::new(recovered);
        self.ask(key, |reply| Message::Redrive { recovered, client_token, reply }).await?
    }

    /// The date of the redrive of `id` that `client_token` did, if that still counts.
    ///
    /// # Errors
    /// The store failed.
    pub fn redriven_by(&self, id: i64, client_token: &str) -> Result<Option<Timestamp>, Error> {
        let now = self.shards.shared.clock.now();
        Ok(redrive_tokens::date(self.store(), id, client_token, now)?)
    }

    /// The row of the Standard execution `name` of machine `machine`.
    ///
    /// # Errors
    /// The store failed.
    pub fn find(&self, machine: i64, name: &str) -> Result<Option<ExecutionRow>, Error> {
        Ok(self.store().find_execution(machine, name)?)
    }

    /// Everything DescribeExecution shows.
    ///
    /// # Errors
    /// There is no such execution, or the store failed.
    pub fn describe(&self, id: i64) -> Result<Description, Error> {
        read::describe(&self.shards.shared, id)
    }

    /// The id of the newest event that is durable. The row knows it of closed executions only: it is
    /// not written at every turn.
    ///
    /// # Errors
    /// The store failed.
    pub fn last_event(&self, id: i64) -> Result<u64, Error> {
        Ok(self.store().journal_last(id)?.map_or(0, |record| record.last_event))
    }

    /// The public events with ids in `from..=to`, and the others of the turns that these belong to:
    /// a turn is read as a whole, so whoever goes on to them need not ask again.
    ///
    /// # Errors
    /// There is no such execution, or the store failed.
    pub fn history(&self, id: i64, from: u64, to: u64) -> Result<History, Error> {
        read::history(&self.shards.shared, id, from, to)
    }

    /// A page of executions.
    ///
    /// # Errors
    /// The store failed.
    pub fn list(&self, query: &ExecutionQuery) -> Result<Vec<ExecutionRow>, Error> {
        Ok(self.store().list_executions(query)?)
    }

    /// How many executions of each status a query selects.
    ///
    /// # Errors
    /// The store failed.
    pub fn count(&self, query: &ExecutionQuery) -> Result<StatusCounts, Error> {
        Ok(self.store().count_executions(query)?)
    }

    /// Waits up to 60 s for a task of the activity; dropping the future gives the place up, and no
    /// task is lost by it.
    ///
    /// # Errors
    /// The server is stopping.
    pub async fn activity_task(
        &self,
        activity_arn: &str,
        worker: Option<SmolStr>,
    ) -> Result<Option<ActivityTask>, Error> {
        let end = tokio::time::Instant::now() + POLL;
        loop {
            let task = match self.shards.activities.take(activity_arn) {
                Ok(task) => task,
                Err(waiting) => {
                    let mut place = Place { executions: self, waiting: Some(waiting) };
                    let Some(waiting) = &mut place.waiting else { return Ok(None) };
                    match tokio::time::timeout_at(end, waiting).await {
                        Ok(Ok(task)) => {
                            place.waiting = None;
                            task
                        }
                        Ok(Err(_)) => return Err(Error::Stopping),
                        Err(_) => return Ok(None),
                    }
                }
            };
            let (key, worker) = (task.address.execution.shard_key, worker.clone());
            let task = Box::new(task);
            let taken = self.ask(key, |reply| Message::Take { task, worker, reply }).await?;
            if taken.is_some() {
                return Ok(taken);
            }
        }
    }

    /// How many tasks wait for a worker, by activity ARN.
    pub fn waiting_activity_tasks(&self) -> Vec<(SmolStr, usize)> {
        self.shards.activities.waiting()
    }

    /// Ends or keeps alive the task of `token`; durable when it returns.
    ///
    /// # Errors
    /// The token is not ours, or its task is over.
    pub async fn reply(&self, token: &str, reply: TaskReply) -> Result<(), Error> {
        let token = TaskToken::parse(token).ok_or(Error::InvalidToken)?;
        self.ask(token.shard_key, |done| Message::Reply { token, reply, done }).await?
    }

    /// A connector tells of its task. What is not out any more is passed over.
    pub fn task_event(&self, address: TaskAddress, event: TaskEvent) {
        self.shards.send(address.execution.shard_key, Message::Task { address, event });
    }

    /// Has the executions of a machine that is being deleted end with their next step; they are
    /// closed when it returns.
    ///
    /// # Errors
    /// The server is stopping.
    pub async fn machine_deleted(&self, machine: i64, name: &str) -> Result<(), Error> {
        let mut answers = Vec::new();
        self.shards.send_all(|| {
            let (reply, answer) = oneshot::channel();
            answers.push(answer);
            Message::MachineDeleted { machine, name: name.into(), reply }
        });
        for answer in answers {
            answer.await.map_err(|_| Error::Stopping)?;
        }
        Ok(())
    }

    /// Tasks that wait for somebody, those of older executions rather than of newer ones: `most`
    /// of each shard, or somewhat more; twice as many if executions are not in memory.
    ///
    /// # Errors
    /// The server is stopping, or the store failed.
    pub async fn waiting_tasks(&self, most: usize) -> Result<Vec<WaitingTask>, Error> {
        let mut answers = Vec::new();
        self.shards.send_all(|| {
            let (reply, answer) = oneshot::channel();
            answers.push(answer);
            Message::Waiting { most, reply }
        });
        let mut tasks = Vec::new();
        for answer in answers {
            let (mut awake, mut asleep) = answer.await.map_err(|_| Error::Stopping)?;
            tasks.append(&mut awake);
            asleep.sort_unstable();
            for id in asleep.into_iter().take(most) {
                if let Some(Recovered { execution, row, .. }) =
                    shard::asleep(&self.shards.shared, id)?
                {
                    let key = ExecutionKey { id, shard_key: shard_key(row.machine, &row.name) };
                    waiting::tasks_of(&execution, key, &mut tasks);
                }
            }
        }
        Ok(tasks)
    }
}

/// How long GetActivityTask waits (API reference).
const POLL: Duration = Duration::from_secs(60);

/// A worker's place in the line. When the worker goes away, a task that had just been handed to
/// the place goes back into the queue.
struct Place<'e> {
    executions: &'e Executions,
    waiting: Option<oneshot::Receiver<QueuedTask>>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(mut waiting) = self.waiting.take() {
            waiting.close();
            if let Ok(task) = waiting.try_recv() {
                self.executions.shards.activities.offer(task);
            }
        }
    }
}
