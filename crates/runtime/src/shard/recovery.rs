//! How a shard takes up executions that were open when the server last ended.

use connectors::function_lost;
use engine::{Dispatch, Failure, Input, names};
use value::Timestamp;

use super::Shard;
use super::tasks::{call, queued};
use crate::dispatch::to_failure;
use crate::effect::Effect;
use crate::message::Recovered;
use crate::open::Open;
use crate::tasks::TaskCall;

impl Shard {
    /// Takes in an execution that was open when the server last ended, and goes on with it.
    pub(super) fn recover(&mut self, recovered: Recovered, now: Timestamp) {
        let Recovered { execution, revision, row, seq } = recovered;
        let id = row.id;
        let (tasks, map_runs) = (execution.tasks(), execution.map_runs());
        let (restart, has_work) = (execution.last_event() == 0, execution.has_work());
        self.insert(Open::new(execution, revision, row, seq));
        if restart {
            // An Express execution runs from its start again.
            return self.turn(id, Input::Start, now);
        }
        for (dispatch, started) in tasks {
            self.recover_task(id, dispatch, started, now);
        }
        for run in map_runs {
            self.run_map(id, &run, now);
        }
        if has_work {
            self.turn(id, Input::Continue, now);
        }
        self.arm(id);
        self.note_wait(id, now);
    }

    /// A task that was out when the server ended. A call whose outcome nobody knows is made again
    /// only if that is safe.
    fn recover_task(&mut self, id: i64, dispatch: Dispatch, started: bool, now: Timestamp) {
        use asl::resource::{Pattern, ResourceKind};
        let Some(open) = self.open.get(&id) else { return };
        let task = dispatch.task;
        let Some(call) = call(open, dispatch) else { return };
        let pattern = call.resource.pattern();
        if call.resource.kind == ResourceKind::Activity {
            if !started {
                self.effects.push(Effect::Queue(Box::new(queued(call, false))));
            }
            return;
        }
        match (pattern, &call.submitted) {
            (Pattern::WaitForTaskToken, Some(_)) => {}
            (Pattern::Sync | Pattern::Sync2, Some(_)) => {
                self.effects.push(Effect::Call(Box::new(call)));
            }
            _ if self.shared.is_repeatable(&call) => {
                let call = TaskCall { is_repeat: true, ..call };
                self.effects.push(Effect::Call(Box::new(call)));
            }
            (Pattern::RequestResponse, _) => {
                self.turn(id, Input::TaskFailed { task, failure: lost(&call) }, now);
            }
            (_, None) => self.turn(id, Input::TaskSubmitFailed { task, failure: lost(&call) }, now),
        }
    }
}

/// What a call whose outcome is not known fails with.
fn lost(call: &TaskCall) -> Failure {
    use asl::resource::ResourceKind;
    match &call.resource.kind {
        ResourceKind::Lambda => to_failure(function_lost()),
        ResourceKind::Service { resource_type, .. } if resource_type == "lambda" => {
            to_failure(function_lost())
        }
        _ => Failure::new(
            names::TASK_FAILED,
            "The service was called, and the server stopped before the answer arrived. It cannot \
             be determined whether the call was carried out.",
        ),
    }
}
