//! What a shard does for Map Runs: their beginning and end in the execution that started them, and
//! their children.

use engine::{Failure, Input, StartMapRun};
use store::{ExecutionRow, Write};
use value::{Payload, Timestamp};

use super::Shard;
use crate::effect::Effect;
use crate::map_run::{Child, Ended, MapRunSettings, MapRunStatus};
use crate::message::Recovered;
use crate::open::Open;

impl Shard {
    /// Starts or redrives a Map Run, or takes one up that was under way when the server last ended.
    pub(super) fn run_map(&mut self, id: i64, run: &StartMapRun, now: Timestamp) {
        let Some(open) = self.open.get(&id) else { return };
        let (writes, begin) = self.shared.map_runs.begin(&*self.shared.store, open, run, now);
        self.writes.extend(writes);
        self.effects.push(Effect::RunMap(Box::new(begin)));
    }

    pub(super) fn map_run_ended(
        &mut self,
        id: i64,
        outcome: Result<Payload, Failure>,
        all_given: bool,
        now: Timestamp,
    ) {
        let status = match outcome {
            Ok(_) => MapRunStatus::Succeeded,
            Err(_) => MapRunStatus::Failed,
        };
        let Some(ended) = self.shared.map_runs.end(id, status, all_given, now) else { return };
        let Ended { write, run, next } = ended;
        self.writes.extend(write);
        self.effects.extend(next.map(Effect::RunMap));
        if let Some(run) = run {
            self.turn(run.parent.id, Input::MapRunEnded { task: run.task, outcome }, now);
        }
    }

    pub(super) fn mark_redrives(&mut self, map_run: i64, rows: Vec<ExecutionRow>, is_last: bool) {
        self.writes.extend(rows.into_iter().map(Write::PutExecution));
        if is_last {
            self.writes.extend(self.shared.map_runs.redrive_begun(map_run));
        }
    }

    /// `false` if the run has ended.
    pub(super) fn update_map_run(&mut self, map_run: i64, settings: MapRunSettings) -> bool {
        let write = self.shared.map_runs.update(map_run, settings);
        let is_open = write.is_some();
        self.writes.extend(write);
        is_open
    }

    pub(super) fn start_child(&mut self, child: Child, now: Timestamp) {
        let Child { execution, revision, row, test_case } = child;
        let id = row.id;
        self.insert(Open { test_case, ..Open::new(execution, revision, row, 0) });
        self.turn(id, Input::Start, now);
    }

    /// Starts an Express child once more: what is recorded of the first time goes.
    pub(super) fn restart_child(&mut self, child: Child, now: Timestamp) {
        self.writes.push(Write::DeleteExecution { id: child.row.id });
        self.start_child(child, now);
    }

    /// Redrives a Standard child. Should it not be possible, its run hears that it has failed again.
    pub(super) fn redrive_child(&mut self, recovered: Recovered, now: Timestamp) {
        let (child, map_run) = (recovered.row.id, recovered.row.map_run);
        if let (Err(_), Some(map_run)) = (self.redrive(recovered, None, now), map_run) {
            let status = store::Status::Failed;
            self.effects.push(Effect::ChildEnded { map_run, child, status });
        }
    }
}
