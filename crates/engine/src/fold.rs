//! `fold`: what an event means for an execution's state. The only place that changes it.

use asl::Program;
use asl::program::{BlockId, MapMode, QueryLanguage, StateKind};
use value::{Payload, Timestamp};

use crate::error::names;
use crate::event::{Event, EventKind, Scheduled};
use crate::execution::{Execution, Outcome};
use crate::frame::{
    DistributedRun, Doing, Frame, FrameId, MapRun, ParallelRun, RunStands, TaskRun,
};

impl Execution {
    /// Takes an event into the state. Events must come in the order in which they were made.
    pub fn fold(&mut self, event: &Event) {
        if event.id > 0 {
            self.last_event = event.id;
        }
        self.fold_kind(event);
        self.advance(event);
    }

    /// Moves the frame's chain of `previousEventId`.
    fn advance(&mut self, event: &Event) {
        let Some(frame) = self.frames.get_mut(event.frame) else { return };
        match &event.kind {
            // What ends well does not take part in the chain: the exit after it has the same
            // predecessor (recorded-habits.md, 2).
            EventKind::ParallelSucceeded => frame.prev = event.prev,
            EventKind::MapSucceeded => {
                if !is_left_from_the_start_of_its_run(&self.program, frame) {
                    frame.prev = event.prev;
                }
            }
            // An attempt that follows a failure points to the failure.
            EventKind::RetryAt { .. } => frame.prev = event.prev,
            EventKind::MapIterationStarted { .. }
            | EventKind::MapIterationSucceeded { .. }
            | EventKind::MapIterationFailed { .. }
            | EventKind::MapIterationAborted { .. }
            | EventKind::StateAborted
            | EventKind::ExecutionStarted { .. }
            | EventKind::ExecutionRedriven { .. }
            | EventKind::WaitUntil { .. }
            | EventKind::ReplyHeld(_)
            | EventKind::MapRunSucceeded
            | EventKind::Heartbeat => {}
            _ => frame.prev = event.id,
        }
    }

    fn fold_kind(&mut self, event: &Event) {
        let at = event.frame;
        match &event.kind {
            EventKind::ExecutionStarted { input } => {
                let block = self.program.block(BlockId::ROOT);
                if self.frames.get(FrameId::ROOT).is_none() {
                    let root = Frame::new(None, BlockId::ROOT, block.start, input.clone(), 0);
                    self.frames.add(root);
                }
                self.set_deadline(event.time);
            }
            EventKind::ExecutionSucceeded { output } => {
                self.outcome = Some(Outcome::Succeeded(output.clone()));
            }
            EventKind::ExecutionFailed(failure) => {
                self.outcome = Some(Outcome::Failed(failure.clone()));
            }
            EventKind::ExecutionAborted(failure) => {
                self.outcome = Some(Outcome::Aborted(failure.clone()));
            }
            EventKind::ExecutionTimedOut(failure) => {
                self.outcome = Some(Outcome::TimedOut(failure.clone()));
            }
            EventKind::ExecutionRedriven { redrive_count } => {
                self.redriven(*redrive_count, event);
            }
            EventKind::StateEntered { input } => {
                let Some(frame) = self.frames.get_mut(at) else { return };
                frame.state = event.state;
                frame.input = input.clone();
                frame.entered = event.id;
                frame.entered_prev = event.prev;
                frame.entered_time = event.time;
                frame.retries = Vec::new();
                frame.doing = Doing::Work;
            }
            EventKind::StateExited { .. } => self.state_exited(event),
            EventKind::WaitUntil { due } => self.set_doing(at, Doing::Wait { due: *due }),
            EventKind::RetryAt { retrier, due } => self.retry_at(at, *retrier, *due),
            EventKind::TaskScheduled(_)
            | EventKind::TaskStarted { .. }
            | EventKind::TaskSubmitted { .. }
            | EventKind::ReplyHeld(_)
            | EventKind::Heartbeat => self.task_event(event),
            EventKind::TaskSucceeded { .. }
            | EventKind::TaskFailed(_)
            | EventKind::TaskTimedOut(_)
            | EventKind::TaskStartFailed(_)
            | EventKind::TaskSubmitFailed(_) => {
                self.set_doing(at, Doing::Work);
            }
            EventKind::ParallelStarted { input } => self.parallel_started(event, input),
            EventKind::MapStarted(_)
            | EventKind::MapIterationStarted { .. }
            | EventKind::MapIterationSucceeded { .. }
            | EventKind::MapIterationFailed { .. } => self.map_event(event),
            EventKind::MapRunStarted { .. }
            | EventKind::MapRunSucceeded
            | EventKind::MapRunFailed(_)
            | EventKind::MapRunAborted
            | EventKind::MapRunRedriven { .. } => self.map_run_event(event),
            EventKind::StateAborted
            | EventKind::EvaluationFailed { .. }
            | EventKind::ParallelSucceeded
            | EventKind::ParallelFailed
            | EventKind::MapIterationAborted { .. }
            | EventKind::MapSucceeded
            | EventKind::MapFailed => {}
        }
    }

    fn set_doing(&mut self, frame: FrameId, doing: Doing) {
        if let Some(frame) = self.frames.get_mut(frame) {
            frame.doing = doing;
        }
    }

    fn set_deadline(&mut self, start: Timestamp) {
        let limits = &self.meta.limits;
        let most = if self.meta.express { limits.express_ms } else { limits.standard_ms };
        // `TimeoutSeconds` is the machine's: the child of a Map Run, whose root is another block,
        // has none.
        let is_machine = self.frames.get(FrameId::ROOT).is_none_or(|it| it.block == BlockId::ROOT);
        let own = self.program.timeout_seconds.filter(|_| is_machine);
        let own = own.map(|seconds| seconds_ms(seconds).min(most));
        self.deadline = start.plus_ms(own.unwrap_or(most));
    }

    /// Everything that had not exited works again; what had ended well keeps its result. Retry
    /// budgets and the machine's timeout start afresh (measured.md, 7.1).
    fn redriven(&mut self, redrive_count: u32, event: &Event) {
        let time = event.time;
        self.redrive_count = redrive_count;
        self.redrive_time = Some(time);
        self.outcome = None;
        self.set_deadline(time);
        let program = self.program.clone();
        let ids: Vec<_> = self.frames.iter().map(|(id, _)| id).collect();
        for id in ids {
            let Some(frame) = self.frames.get_mut(id) else { continue };
            frame.retries = Vec::new();
            match &mut frame.doing {
                Doing::Wait { .. } | Doing::Retry { .. } | Doing::Task(_) | Doing::Work => {
                    frame.doing = Doing::Work;
                    // Measured: a Fail state fails anew after the redrive, all others go on from
                    // their entry.
                    let fails = matches!(program.state(frame.state).kind, StateKind::Fail { .. });
                    frame.prev = if fails { event.id } else { frame.entered };
                }
                Doing::Map(run) if is_distributed(&program.state(frame.state).kind) => {
                    frame.prev = frame.entered;
                    // Its run is redriven, or else the state starts another one.
                    let stands = run.map_run.as_ref().map(|run| run.stands);
                    if matches!(stands, None | Some(RunStands::Over)) {
                        frame.doing = Doing::Work;
                    }
                }
                Doing::Map(run) => run.failed = 0,
                Doing::Enter | Doing::Parallel(_) | Doing::Done { .. } => {}
            }
        }
    }

    fn state_exited(&mut self, event: &Event) {
        let EventKind::StateExited { output, assigned, next, .. } = &event.kind else { return };
        self.drop_children(event.frame);
        let Some(frame) = self.frames.get_mut(event.frame) else { return };
        for (name, value) in assigned {
            frame.variables.set(name, value);
        }
        if let Some(next) = next {
            frame.state = *next;
            frame.input = output.clone();
            frame.doing = Doing::Enter;
            return;
        }
        frame.doing = Doing::Done { output: output.clone() };
        let Some((parent, index)) = frame.parent else { return };
        if let Some(Frame { doing: Doing::Parallel(run), .. }) = self.frames.get_mut(parent) {
            run.results[index as usize] = Some(output.clone());
            run.children.retain(|child| *child != event.frame);
            run.freed_by = event.id;
            self.frames.remove(event.frame);
        }
    }

    fn retry_at(&mut self, at: FrameId, retrier: u32, due: Timestamp) {
        self.drop_children(at);
        let retriers = self.frames.get(at).map_or(0, |f| self.program.state(f.state).retry.len());
        let Some(frame) = self.frames.get_mut(at) else { return };
        frame.retries.resize(retriers, 0);
        if let Some(count) = frame.retries.get_mut(retrier as usize) {
            *count += 1;
        }
        frame.doing = Doing::Retry { due };
    }

    /// Removes the frames below a Parallel or Map state that is over.
    fn drop_children(&mut self, at: FrameId) {
        let children = match self.frames.get_mut(at).map(|frame| &mut frame.doing) {
            Some(Doing::Parallel(run)) => std::mem::take(&mut run.children),
            Some(Doing::Map(run)) => std::mem::take(&mut run.children),
            _ => return,
        };
        for child in children {
            self.drop_children(child);
            self.frames.remove(child);
        }
    }

    fn task_event(&mut self, event: &Event) {
        let Some(frame) = self.frames.get_mut(event.frame) else { return };
        if let EventKind::TaskScheduled(scheduled) = &event.kind {
            frame.doing = Doing::Task(Box::new(task_run(event, scheduled)));
            return;
        }
        let Doing::Task(run) = &mut frame.doing else { return };
        let heartbeat_from_now = run.heartbeat_ms.map(|ms| event.time.plus_ms(ms));
        match &event.kind {
            EventKind::TaskStarted { .. } => {
                run.started = true;
                run.deadline = run.timeout_seconds.map(|s| event.time.plus_ms(seconds_ms(s)));
                // The holder of a `.waitForTaskToken` task gets its token with the call, and can
                // send heartbeats once that was answered; an activity's worker at once.
                if matches!(&self.program.state(frame.state).kind, StateKind::Task(task)
                    if task.resource.kind == asl::resource::ResourceKind::Activity)
                {
                    run.heartbeat_deadline = heartbeat_from_now;
                }
            }
            EventKind::TaskSubmitted { output } => {
                run.submitted = Some(output.clone());
                run.heartbeat_deadline = heartbeat_from_now;
            }
            EventKind::Heartbeat => run.heartbeat_deadline = heartbeat_from_now,
            EventKind::ReplyHeld(reply) => run.held = Some(reply.clone()),
            _ => {}
        }
    }

    fn parallel_started(&mut self, event: &Event, input: &Payload) {
        let Some(frame) = self.frames.get(event.frame) else { return };
        let StateKind::Parallel { branches } = &self.program.state(frame.state).kind else {
            return;
        };
        let branches = branches.clone();
        let mut children = Vec::with_capacity(branches.len());
        for (index, block) in branches.iter().enumerate() {
            let start = self.program.block(*block).start;
            let parent = Some((event.frame, index as u32));
            children.push(self.frames.add(Frame::new(
                parent,
                *block,
                start,
                input.clone(),
                event.id,
            )));
        }
        let results = vec![None; branches.len()];
        let run = ParallelRun { children, results, freed_by: event.id };
        self.set_doing(event.frame, Doing::Parallel(Box::new(run)));
    }

    fn map_event(&mut self, event: &Event) {
        let at = event.frame;
        match &event.kind {
            EventKind::MapStarted(start) => {
                let run = MapRun {
                    start: (**start).clone(),
                    next: 0,
                    children: Vec::new(),
                    results: vec![None; start.length as usize],
                    succeeded: 0,
                    failed: 0,
                    freed_by: event.id,
                    last_success: event.id,
                    map_run: None,
                };
                self.set_doing(at, Doing::Map(Box::new(run)));
            }
            EventKind::MapIterationStarted { index, input } => {
                self.iteration_started(event, *index, input);
            }
            EventKind::MapIterationSucceeded { index } => self.iteration_succeeded(event, *index),
            EventKind::MapIterationFailed { .. } => {
                if let Some(run) = self.map_run_mut(at) {
                    run.failed += 1;
                }
            }
            _ => {}
        }
    }

    fn map_run_event(&mut self, event: &Event) {
        let Some(map) = self.map_run_mut(event.frame) else { return };
        if let EventKind::MapRunStarted { map_run } = &event.kind {
            let (arn, stands) = (map_run.clone(), RunStands::Open);
            map.map_run = Some(DistributedRun { arn, redrives: 0, stands });
        }
        let Some(run) = &mut map.map_run else { return };
        match &event.kind {
            EventKind::MapRunRedriven { redrive_count, .. } => {
                (run.redrives, run.stands) = (*redrive_count, RunStands::Open);
            }
            EventKind::MapRunSucceeded => run.stands = RunStands::Over,
            EventKind::MapRunAborted => run.stands = RunStands::Redrivable,
            EventKind::MapRunFailed(failure) => {
                // After these AWS starts a new run (API reference, RedriveExecution).
                let anew = [names::DATA_LIMIT_EXCEEDED, names::RUNTIME];
                let is_over = failure.error.as_deref().is_some_and(|it| anew.contains(&it));
                run.stands = if is_over { RunStands::Over } else { RunStands::Redrivable };
            }
            _ => {}
        }
    }

    fn map_run_mut(&mut self, frame: FrameId) -> Option<&mut MapRun> {
        match &mut self.frames.get_mut(frame)?.doing {
            Doing::Map(run) => Some(run),
            _ => None,
        }
    }

    fn iteration_started(&mut self, event: &Event, index: u32, input: &Payload) {
        let Some(frame) = self.frames.get(event.frame) else { return };
        let StateKind::Map(map) = &self.program.state(frame.state).kind else { return };
        let (block, start) = (map.processor, self.program.block(map.processor).start);
        let parent = Some((event.frame, index));
        let child = self.frames.add(Frame::new(parent, block, start, input.clone(), event.id));
        if let Some(run) = self.map_run_mut(event.frame) {
            run.children.push(child);
            run.next = run.next.max(index + 1);
        }
    }

    fn iteration_succeeded(&mut self, event: &Event, index: u32) {
        let Some(run) = self.map_run_mut(event.frame) else { return };
        run.succeeded += 1;
        run.freed_by = event.prev;
        run.last_success = event.id;
        let children = run.children.clone();
        let ended = children.into_iter().find(|child| {
            self.frames.get(*child).is_some_and(|f| f.parent == Some((event.frame, index)))
        });
        let Some(ended) = ended else { return };
        let output = self.frames.remove(ended).and_then(|frame| match frame.doing {
            Doing::Done { output } => Some(output),
            _ => None,
        });
        if let Some(run) = self.map_run_mut(event.frame) {
            run.children.retain(|child| *child != ended);
            run.results[index as usize] = output;
        }
    }
}

/// Recorded: what follows the run of a distributed Map points to the run's start, not to its end.
/// The older recordings know another way, and all of them are of one kind of Map: the first state,
/// in JSONPath, without batches and without a distributed Map inside. It keeps its way.
fn is_left_from_the_start_of_its_run(program: &Program, frame: &Frame) -> bool {
    let state = program.state(frame.state);
    let StateKind::Map(map) = &state.kind else { return false };
    let is_older_kind = frame.entered_prev == 0
        && state.query_language == QueryLanguage::JsonPath
        && map.item_batcher.is_none()
        && !program.states.iter().any(|it| it.block == map.processor && is_distributed(&it.kind));
    is_distributed(&state.kind) && !is_older_kind
}

fn is_distributed(kind: &StateKind) -> bool {
    matches!(kind, StateKind::Map(map) if map.mode != MapMode::Inline)
}

fn task_run(event: &Event, scheduled: &Scheduled) -> TaskRun {
    TaskRun {
        attempt: event.id,
        nonce: scheduled.nonce,
        parameters: scheduled.parameters.clone(),
        role_arn: scheduled.role_arn.clone(),
        timeout_seconds: scheduled.timeout_seconds,
        heartbeat_ms: scheduled.heartbeat_seconds.map(seconds_ms),
        deadline: scheduled.timeout_seconds.map(|s| event.time.plus_ms(seconds_ms(s))),
        heartbeat_deadline: None,
        started: false,
        submitted: None,
        held: None,
    }
}

pub(crate) fn seconds_ms(seconds: u64) -> i64 {
    i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX)
}
