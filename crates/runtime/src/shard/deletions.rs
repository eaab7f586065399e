//! State machines that are being deleted: their executions end with their next step.

use std::collections::HashMap;

use engine::{Failure, Input, names};
use smol_str::SmolStr;
use tokio::sync::oneshot;

use super::Shard;
use crate::effect::Effect;

/// The machines that are being deleted, by number.
#[derive(Default)]
pub(super) struct Deletions(HashMap<i64, Deletion>);

struct Deletion {
    name: SmolStr,
    /// How many executions of it the shard has open.
    open: usize,
    /// Who wants to know when that is none.
    replies: Vec<oneshot::Sender<()>>,
}

impl Shard {
    /// DeleteStateMachine: "On the next state transition, the state machine's executions are
    /// terminated", and the machine goes when all have ended (API reference).
    pub(super) fn machine_deleted(
        &mut self,
        machine: i64,
        name: SmolStr,
        reply: oneshot::Sender<()>,
    ) {
        let awake = self.open.values().filter(|open| open.row.machine == machine).count();
        let open = awake + self.sleepers.of_machine(machine);
        if open == 0 {
            return self.effects.push(Effect::Committed(reply));
        }
        let deletion = Deletion { name, open, replies: Vec::new() };
        self.deletions.0.entry(machine).or_insert(deletion).replies.push(reply);
    }
}

impl Deletions {
    /// What an execution of `machine` is given in the place of `input`; the text is AWS's
    /// (measured.md, 3).
    pub fn input(&self, machine: i64, input: Input) -> Input {
        if self.0.is_empty() || !is_step(&input) {
            return input;
        }
        let Some(deletion) = self.0.get(&machine) else { return input };
        let cause = format!("State machine {} has been deleted", deletion.name);
        Input::Fail { failure: Failure::new(names::RUNTIME, cause) }
    }

    /// An execution of `machine` has been opened.
    pub fn opened(&mut self, machine: i64) {
        if let Some(deletion) = self.0.get_mut(&machine) {
            deletion.open += 1;
        }
    }

    /// An execution of `machine` has ended; who wants to know if it was the last.
    pub fn closed(&mut self, machine: i64) -> Vec<oneshot::Sender<()>> {
        let Some(deletion) = self.0.get_mut(&machine) else { return Vec::new() };
        deletion.open = deletion.open.saturating_sub(1);
        if deletion.open > 0 {
            return Vec::new();
        }
        self.0.remove(&machine).map_or_else(Vec::new, |deletion| deletion.replies)
    }
}

/// Whether an execution goes on by this.
fn is_step(input: &Input) -> bool {
    matches!(
        input,
        Input::Tick
            | Input::Continue
            | Input::TaskSubmitFailed { .. }
            | Input::TaskSucceeded { .. }
            | Input::TaskFailed { .. }
            | Input::MapRunEnded { .. }
    )
}
