//! `Open`: an execution that runs, as its shard holds it.

use std::sync::Arc;

use asl::Program;
use engine::{Execution, Limits, Meta, Outcome};
use smol_str::SmolStr;
use store::{ExecutionRow, Status};
use tokio::sync::oneshot;
use value::{Payload, Timestamp};

use crate::catalog::{MachineType, Revision};
use crate::executions::SyncResult;
use crate::key::{ExecutionKey, shard_key};
use crate::nested::Form;
use crate::tasks::TaskAddress;

/// An execution that runs.
pub(crate) struct Open {
    pub execution: Execution,
    pub revision: Arc<Revision>,
    pub row: ExecutionRow,
    /// The next record of its journal.
    pub seq: u32,
    /// The batch that has what last happened to it; 0 if that was durable before.
    pub batch: u64,
    /// When the shard looks at it again.
    pub due: Option<Timestamp>,
    /// Parents that wait for its end, and which form of its description they want.
    pub watchers: Vec<(TaskAddress, Form)>,
    /// The caller of StartSyncExecution.
    pub caller: Option<oneshot::Sender<SyncResult>>,
    /// The test case of a mock file that it runs. Not kept over a restart: mocks are for tests.
    pub test_case: Option<SmolStr>,
}

impl Open {
    /// An execution that its shard takes in. `seq`: the next record of its journal.
    pub fn new(execution: Execution, revision: Arc<Revision>, row: ExecutionRow, seq: u32) -> Self {
        Self {
            execution,
            revision,
            row,
            seq,
            batch: 0,
            due: None,
            watchers: Vec::new(),
            caller: None,
            test_case: None,
        }
    }

    pub fn key(&self) -> ExecutionKey {
        ExecutionKey { id: self.row.id, shard_key: self.execution.meta().shard_key }
    }

    /// How the execution ended, for the caller of StartSyncExecution.
    pub fn sync_result(&self, outcome: &Outcome, now: Timestamp) -> SyncResult {
        sync_result(self.execution.meta(), outcome, now)
    }
}

/// How an Express execution ended.
pub(crate) fn sync_result(meta: &Meta, outcome: &Outcome, now: Timestamp) -> SyncResult {
    let (output, failure) = match outcome {
        Outcome::Succeeded(output) => (Some(output.clone()), engine::Failure::default()),
        Outcome::Failed(failure) | Outcome::Aborted(failure) | Outcome::TimedOut(failure) => {
            (None, failure.clone())
        }
    };
    SyncResult {
        execution_arn: meta.execution_arn.clone(),
        name: meta.name.clone(),
        start_date: meta.start,
        stop_date: now,
        status: status_of(outcome),
        output,
        failure,
    }
}

/// The status of an execution that ended so.
pub(crate) fn status_of(outcome: &Outcome) -> Status {
    match outcome {
        Outcome::Succeeded(_) => Status::Succeeded,
        Outcome::Failed(_) => Status::Failed,
        Outcome::Aborted(_) => Status::Aborted,
        Outcome::TimedOut(_) => Status::TimedOut,
    }
}

/// What an execution of `revision` is, given its row, its ARN and its input.
pub(crate) fn meta(
    revision: &Revision,
    row: &ExecutionRow,
    execution_arn: SmolStr,
    input: Payload,
    limits: Arc<Limits>,
) -> Meta {
    let version_arn = row.version.map(|number| qualified(revision, &number.to_string()));
    Meta {
        id: row.id,
        shard_key: shard_key(row.machine, &row.name),
        execution_arn,
        name: row.name.clone(),
        state_machine_arn: revision.machine_arn.clone(),
        state_machine_name: revision.name.clone(),
        role_arn: Some(revision.role_arn.clone()),
        version_arn,
        alias_arn: row.alias.as_deref().map(|alias| qualified(revision, alias)),
        region: revision.region.clone(),
        start: Timestamp(row.start),
        input,
        express: revision.machine_type == MachineType::Express,
        limits,
        map_item: None,
        context: None,
    }
}

fn qualified(revision: &Revision, qualifier: &str) -> SmolStr {
    smol_str::format_smolstr!("{}:{qualifier}", revision.machine_arn)
}

/// A new execution of `program`.
pub(crate) fn execution(program: Arc<Program>, meta: Meta) -> Execution {
    Execution::new(program, Arc::new(meta))
}
