//! `Turn`: one input's worth of work on an execution. It decides, and says what it decided in events.

use std::collections::VecDeque;
use std::sync::Arc;

use asl::Program;
use asl::program::{State, StateId};

use crate::error::names;
use crate::event::{Event, EventKind, Failure, Scheduled};
use crate::execution::{Applied, Cancel, Command, Execution, Host, Input, TaskRef, frame_due};
use crate::frame::{Doing, FrameId};
use crate::inspection::Inspection;
use crate::limits::EVENTS_PER_APPLY;
use crate::states;
use value::Timestamp;

/// One input's worth of work. Decides, and says what it decided in events.
pub(crate) struct Turn<'a> {
    pub execution: &'a mut Execution,
    pub now: Timestamp,
    pub host: &'a mut dyn Host,
    pub applied: Applied,
    /// Frames that have something to do now, oldest first.
    ready: VecDeque<FrameId>,
    /// The history is full: nothing more is recorded but the failure.
    full: bool,
}

impl<'a> Turn<'a> {
    pub(crate) fn new(
        execution: &'a mut Execution,
        now: Timestamp,
        host: &'a mut dyn Host,
    ) -> Self {
        Self {
            execution,
            now,
            host,
            applied: Applied::default(),
            ready: VecDeque::new(),
            full: false,
        }
    }

    pub(crate) fn input(&mut self, input: Input) {
        if self.execution.outcome.is_some() && !matches!(input, Input::Redrive) {
            return;
        }
        match input {
            Input::Start => {
                let input = self.execution.meta.input.clone();
                self.emit_after(FrameId::ROOT, 0, EventKind::ExecutionStarted { input });
                self.ready(FrameId::ROOT);
            }
            Input::Tick => self.tick(),
            Input::Continue => self.all_ready(),
            Input::TaskStarted { task, worker } => states::task::started(self, task, worker),
            Input::TaskSubmitted { task, output } => states::task::submitted(self, task, output),
            Input::TaskSubmitFailed { task, failure } => {
                states::task::submit_failed(self, task, failure);
            }
            Input::TaskSucceeded { task, output } => states::task::succeeded(self, task, output),
            Input::TaskFailed { task, failure } => states::task::failed(self, task, failure),
            Input::Heartbeat { task } => states::task::heartbeat(self, task),
            Input::MapRunEnded { task, outcome } => states::map::run_ended(self, task, outcome),
            Input::Mocked { outcome } => states::mocked(self, outcome),
            // Recorded: ExecutionAborted has no predecessor.
            Input::Stop { failure } => self.end(0, EventKind::ExecutionAborted(failure)),
            Input::Fail { failure } => {
                let prev = self.execution.last_event;
                self.end(prev, EventKind::ExecutionFailed(failure));
            }
            Input::Redrive => self.redrive(),
        }
    }

    fn tick(&mut self) {
        if self.now >= self.execution.deadline {
            // Measured: no predecessor, the error alone.
            return self.end(0, EventKind::ExecutionTimedOut(Failure::bare(names::TIMEOUT)));
        }
        let mut due: Vec<_> = self
            .execution
            .frames
            .iter()
            .filter_map(|(id, frame)| Some((frame_due(frame)?, id)))
            .filter(|(due, _)| *due <= self.now)
            .collect();
        due.sort_unstable();
        for (_, frame) in due {
            self.frame_is_due(frame);
            self.run();
        }
    }

    fn frame_is_due(&mut self, id: FrameId) {
        let Some(frame) = self.execution.frames.get(id) else { return };
        // What an earlier frame did may have moved or removed this one.
        if self.execution.outcome.is_some() || frame_due(frame).is_none_or(|due| due > self.now) {
            return;
        }
        match &frame.doing {
            Doing::Wait { .. } => states::wait::over(self, id),
            Doing::Retry { .. } => states::work(self, id),
            Doing::Task(_) => states::task::timed_out(self, id),
            _ => {}
        }
    }

    fn all_ready(&mut self) {
        let frames = self.execution.frames.iter();
        let ready = frames.filter(|(_, frame)| matches!(frame.doing, Doing::Enter | Doing::Work));
        let ready: Vec<_> = ready.map(|(id, _)| id).collect();
        self.ready.extend(ready);
    }

    fn redrive(&mut self) {
        if self.execution.outcome.is_none() {
            return;
        }
        let redrive_count = self.execution.redrive_count + 1;
        let prev = self.execution.last_event;
        self.emit_after(FrameId::ROOT, prev, EventKind::ExecutionRedriven { redrive_count });
        self.all_ready();
        states::resume_containers(self);
    }

    /// Works off the frames that are ready, until all wait or enough was done for one turn.
    pub(crate) fn run(&mut self) {
        while let Some(frame) = self.ready.pop_front() {
            if self.full {
                self.history_is_full();
            }
            if self.execution.outcome.is_some() {
                self.ready.clear();
                return;
            }
            if self.applied.events.len() >= EVENTS_PER_APPLY {
                self.applied.more = true;
                self.ready.clear();
                return;
            }
            states::step(self, frame);
        }
        if self.full && self.execution.outcome.is_none() {
            self.history_is_full();
        }
    }

    pub(crate) fn finish(self) -> Applied {
        self.applied
    }

    /// Measured: the last event that fits is ExecutionFailed itself, after its predecessor by id.
    fn history_is_full(&mut self) {
        self.full = false;
        let limit = self.execution.meta.limits.history_events;
        let message =
            format!("The execution reached the maximum number of history events ({limit}).");
        let prev = self.execution.last_event;
        self.end(prev, EventKind::ExecutionFailed(Failure::new(names::RUNTIME, message)));
    }

    /// Notes what an inspected state looks at.
    pub(crate) fn inspect(&mut self, note: impl FnOnce(&mut Inspection)) {
        if let Some(inspection) = self.host.inspection() {
            note(inspection);
        }
    }

    /// Whether one state is inspected, and nothing but it is run.
    pub(crate) fn is_inspected(&mut self) -> bool {
        self.host.inspection().is_some()
    }

    /// Queues a frame that has something to do.
    pub(crate) fn ready(&mut self, frame: FrameId) {
        self.ready.push_back(frame);
    }

    /// Records an event after the frame's newest one; returns its id.
    pub(crate) fn emit(&mut self, frame: FrameId, kind: EventKind) -> u64 {
        let prev = self.execution.frames.get(frame).map_or(0, |frame| frame.prev);
        self.emit_after(frame, prev, kind)
    }

    /// Records an event after the event `prev`; returns its id.
    pub(crate) fn emit_after(&mut self, frame: FrameId, prev: u64, kind: EventKind) -> u64 {
        if self.full && !kind.is_terminal() {
            return 0;
        }
        let mut id = 0;
        if kind.is_public() {
            id = self.execution.last_event + 1;
            if self.is_over_limit(id, &kind) {
                self.full = true;
                return 0;
            }
        }
        let state = self.execution.frames.get(frame).map_or(StateId(0), |frame| frame.state);
        let event = Event { id, prev, time: self.now, frame, state, kind };
        self.execution.fold(&event);
        self.applied.events.push(event);
        id
    }

    fn is_over_limit(&self, id: u64, kind: &EventKind) -> bool {
        let limit = self.execution.meta.limits.history_events;
        !self.execution.meta.express && id >= limit && !kind.is_terminal()
    }

    /// Ends the execution: whatever is out is given up.
    pub(crate) fn end(&mut self, prev: u64, kind: EventKind) {
        self.cancel_tasks();
        self.emit_after(FrameId::ROOT, prev, kind);
        if let Some(outcome) = self.execution.outcome.clone() {
            self.applied.commands.push(Command::Close(outcome));
        }
    }

    /// Gives up every task that is out.
    fn cancel_tasks(&mut self) {
        let frames: Vec<_> = self.execution.frames.iter().map(|(id, _)| id).collect();
        for frame in frames {
            self.cancel_task(frame);
        }
    }

    /// Gives up the frame's task or Map Run, if one is out.
    pub(crate) fn cancel_task(&mut self, id: FrameId) {
        let Some(frame) = self.execution.frames.get(id) else { return };
        let (state, prev) = (frame.state, frame.prev);
        let cancel = match &frame.doing {
            Doing::Task(run) => Cancel {
                task: TaskRef { frame: id, attempt: run.attempt },
                state,
                parameters: run.parameters.clone(),
                submitted: run.submitted.clone(),
                role_arn: run.role_arn.clone(),
                map_run: None,
            },
            Doing::Map(run) => {
                let Some(open) = run.open_run() else { return };
                Cancel {
                    task: TaskRef { frame: id, attempt: frame.entered },
                    state,
                    parameters: frame.input.clone(),
                    submitted: None,
                    role_arn: None,
                    map_run: Some(open.arn.clone()),
                }
            }
            _ => return,
        };
        if cancel.map_run.is_some() {
            self.emit_after(id, prev, EventKind::MapRunAborted);
        }
        self.applied.commands.push(Command::Cancel(Box::new(cancel)));
    }

    /// The state that the frame is in.
    pub(crate) fn state_of(&self, frame: FrameId) -> Option<(Arc<Program>, StateId)> {
        let frame = self.execution.frames.get(frame)?;
        Some((self.execution.program.clone(), frame.state))
    }

    /// Records a task that is about to be dispatched, and dispatches it.
    pub(crate) fn schedule(&mut self, frame: FrameId, scheduled: Scheduled) {
        let attempt = self.emit(frame, EventKind::TaskScheduled(Box::new(scheduled)));
        if attempt == 0 {
            return;
        }
        let execution = &*self.execution;
        if let Some(at) = execution.frames.get(frame)
            && let Doing::Task(run) = &at.doing
        {
            let dispatch = execution.dispatch(frame, at, run);
            self.applied.commands.push(Command::Dispatch(Box::new(dispatch)));
        }
    }
}

/// The state of an id, borrowed from a program that outlives the turn's borrow.
pub(crate) fn state_in(program: &Program, id: StateId) -> &State {
    program.state(id)
}
