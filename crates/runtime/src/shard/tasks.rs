//! What a shard does for tasks: they are called, given up, handed to workers and answered.

use engine::{Cancel, Dispatch, Input};
use smol_str::SmolStr;
use value::Timestamp;

use super::Shard;
use crate::activities::QueuedTask;
use crate::effect::Effect;
use crate::executions::{Error, TaskReply};
use crate::open::Open;
use crate::tasks::{TaskAddress, TaskCall, TaskCancel};

impl Shard {
    pub(super) fn cancel(&mut self, id: i64, cancel: Cancel) {
        let Some(open) = self.open.get(&id) else { return };
        let state = open.execution.program().state(cancel.state);
        let asl::program::StateKind::Task(task) = &state.kind else { return };
        self.effects.push(Effect::Cancel(Box::new(TaskCancel {
            address: TaskAddress { execution: open.key(), task: cancel.task },
            resource: task.resource.clone(),
            parameters: cancel.parameters,
            execution_arn: open.execution.meta().execution_arn.clone(),
            execution_role: open.revision.role_arn.clone(),
            submitted: cancel.submitted,
            role_arn: cancel.role_arn,
            region: open.revision.region.clone(),
            account: open.revision.account.clone(),
        })));
    }

    pub(super) fn dispatch(&mut self, id: i64, dispatch: Dispatch) {
        let Some(open) = self.open.get(&id) else { return };
        let Some(call) = call(open, dispatch) else { return };
        let is_activity = call.resource.kind == asl::resource::ResourceKind::Activity;
        self.effects.push(if is_activity && !self.shared.is_mocked(&call) {
            Effect::Queue(Box::new(queued(call, false)))
        } else {
            Effect::Call(Box::new(call))
        });
    }

    pub(super) fn reply(
        &mut self,
        token: &engine::token::TaskToken,
        reply: TaskReply,
        now: Timestamp,
    ) -> Result<(), Error> {
        let Some(open) = self.open.get(&token.execution) else { return Err(Error::TaskTimedOut) };
        let task = open.execution.task_of(token).ok_or(Error::TaskTimedOut)?;
        let input = match reply {
            TaskReply::Success(output) => Input::TaskSucceeded { task, output },
            TaskReply::Failure(failure) => Input::TaskFailed { task, failure },
            TaskReply::Heartbeat => Input::Heartbeat { task },
        };
        // What the task was about may have to be given up, when a `.sync` job is ended by token.
        self.turn(token.execution, input, now);
        Ok(())
    }

    pub(super) fn take(
        &mut self,
        task: Box<QueuedTask>,
        worker: Option<SmolStr>,
        reply: tokio::sync::oneshot::Sender<Option<crate::ActivityTask>>,
        now: Timestamp,
    ) {
        let TaskAddress { execution, task: task_ref } = task.address;
        let token = engine::token::TaskToken::parse(&task.token);
        let open = self.open.get(&execution.id);
        let is_out = open
            .zip(token)
            .is_some_and(|(open, token)| open.execution.task_of(&token) == Some(task_ref));
        if !is_out {
            // It timed out in the queue, or its execution ended: the worker asks again.
            let _ = reply.send(None);
            return;
        }
        if !task.started {
            self.turn(execution.id, Input::TaskStarted { task: task_ref, worker }, now);
        }
        self.effects.push(Effect::HandOut(reply, task));
    }
}

/// The call of a dispatched task.
pub(super) fn call(open: &Open, dispatch: Dispatch) -> Option<TaskCall> {
    let state = open.execution.program().state(dispatch.state);
    let asl::program::StateKind::Task(task) = &state.kind else { return None };
    let meta = open.execution.meta();
    Some(TaskCall {
        address: TaskAddress { execution: open.key(), task: dispatch.task },
        resource: task.resource.clone(),
        parameters: dispatch.parameters,
        token: dispatch.token,
        state_name: state.name.clone(),
        execution_arn: meta.execution_arn.clone(),
        state_machine_arn: meta.state_machine_arn.clone(),
        execution_role: open.revision.role_arn.clone(),
        role_arn: dispatch.role_arn,
        region: meta.region.clone(),
        account: open.revision.account.clone(),
        test_case: open.test_case.clone(),
        timeout_seconds: dispatch.timeout_seconds,
        submitted: dispatch.submitted,
        is_repeat: false,
    })
}

pub(super) fn queued(call: TaskCall, started: bool) -> QueuedTask {
    QueuedTask {
        activity_arn: call.resource.arn,
        address: call.address,
        token: call.token,
        input: call.parameters,
        started,
    }
}
