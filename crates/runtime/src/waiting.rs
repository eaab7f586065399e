//! `WaitingTask`: a task that waits for somebody who holds its token or works for its activity.

use std::collections::HashMap;

use asl::program::StateKind;
use asl::resource::{Pattern, Resource, ResourceKind};
use engine::Execution;
use smol_str::SmolStr;
use value::{Payload, Timestamp};

use crate::key::ExecutionKey;
use crate::open::Open;

/// A task that waits for somebody.
#[derive(Clone, Debug)]
pub struct WaitingTask {
    /// The execution.
    pub execution: ExecutionKey,
    /// Its ARN.
    pub execution_arn: SmolStr,
    /// The name of the state.
    pub state_name: SmolStr,
    /// The activity, or what handed the token out.
    pub resource: Resource,
    /// The id of its `…Scheduled` event.
    pub attempt: u64,
    /// The task token.
    pub token: String,
    /// The parameters.
    pub input: Payload,
    /// Whether a worker has taken it.
    pub started: bool,
    /// When it is late.
    pub deadline: Option<Timestamp>,
    /// When its next heartbeat is late.
    pub heartbeat_deadline: Option<Timestamp>,
}

/// The tasks of the oldest executions that have any, `most` or somewhat more.
pub(crate) fn tasks(open: &HashMap<i64, Box<Open>>, most: usize) -> Vec<WaitingTask> {
    let mut executions: Vec<_> = open.values().filter(|open| !open.row.express).collect();
    executions.sort_unstable_by_key(|open| open.row.id);
    let mut found = Vec::new();
    for open in executions {
        if found.len() >= most {
            break;
        }
        tasks_of(&open.execution, open.key(), &mut found);
    }
    found
}

/// The tasks of an execution.
pub(crate) fn tasks_of(execution: &Execution, key: ExecutionKey, found: &mut Vec<WaitingTask>) {
    for (dispatch, started) in execution.tasks() {
        let state = execution.program().state(dispatch.state);
        let StateKind::Task(task) = &state.kind else { continue };
        let is_activity = task.resource.kind == ResourceKind::Activity;
        if !is_activity && task.resource.pattern() != Pattern::WaitForTaskToken {
            continue;
        }
        let (deadline, heartbeat_deadline) = execution.deadlines(dispatch.task);
        found.push(WaitingTask {
            execution: key,
            execution_arn: execution.meta().execution_arn.clone(),
            state_name: state.name.clone(),
            resource: task.resource.clone(),
            attempt: dispatch.task.attempt,
            token: dispatch.token,
            input: dispatch.parameters,
            started,
            deadline,
            heartbeat_deadline,
        });
    }
}
