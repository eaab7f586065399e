//! `Execution`: a running state machine, and the turn that an input gives it.

use std::collections::VecDeque;
use std::sync::Arc;

use asl::Program;
use asl::program::{BlockId, State, StateId};
use smol_str::SmolStr;
use value::{Payload, Timestamp, Value};

use crate::error::names;
use crate::event::{Event, EventKind, Failure, MapStart, Scheduled};
use crate::frame::{Doing, Frame, FrameId, Frames};
use crate::limits::{EVENTS_PER_APPLY, Limits};
use crate::states;
use crate::token::TaskToken;

/// What an execution is, from its start to its end.
#[derive(Clone, Debug)]
pub struct Meta {
    /// Its number, and the key that says which shard owns it; both stand in its task tokens.
    pub id: i64,
    /// See `id`.
    pub shard_key: u64,
    /// Its ARN.
    pub execution_arn: SmolStr,
    /// Its name.
    pub name: SmolStr,
    /// The unqualified ARN of its machine.
    pub state_machine_arn: SmolStr,
    /// The machine's name.
    pub state_machine_name: SmolStr,
    /// The role that it runs as.
    pub role_arn: Option<SmolStr>,
    /// `stateMachineVersionArn`.
    pub version_arn: Option<SmolStr>,
    /// `stateMachineAliasArn`.
    pub alias_arn: Option<SmolStr>,
    /// The region that its tasks are called in.
    pub region: SmolStr,
    /// When it started.
    pub start: Timestamp,
    /// Its input.
    pub input: Payload,
    /// Whether it is an Express execution.
    pub express: bool,
    /// The limits that hold for it.
    pub limits: Limits,
    /// `$$.Map` of a child of a distributed Map.
    pub map_item: Option<Value>,
    /// A context object given from outside (TestState); stands for the whole generated one.
    pub context: Option<Value>,
}

/// What the interpreter draws from outside; recorded in events, never drawn again on replay.
pub trait Host {
    /// A number in `0.0..1.0`.
    fn random(&mut self) -> f64;
    /// A version 4 UUID.
    fn uuid(&mut self) -> SmolStr;
    /// 128 bits that nobody can guess, for a task token.
    fn nonce(&mut self) -> u128;
    /// Whether the activity exists.
    fn activity_exists(&mut self, arn: &str) -> bool;
    /// Why a task cannot be started with these parameters, if so: what stands in brackets in
    /// `The Parameters '…' could not be used to start the Task: […]`.
    fn refuse_parameters(
        &mut self,
        resource: &asl::resource::Resource,
        parameters: &Value,
    ) -> Option<String>;
}

/// Names one attempt of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaskRef {
    /// The frame that waits for it.
    pub frame: FrameId,
    /// The id of its `…Scheduled` event.
    pub attempt: u64,
}

/// Something that happened outside.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Input {
    /// The execution starts.
    Start,
    /// Time has passed; whatever is due happens.
    Tick,
    /// There was more to do when the last turn ended.
    Continue,
    /// An activity worker took the task.
    TaskStarted { task: TaskRef, worker: Option<SmolStr> },
    /// The call that starts a `.sync` or `.waitForTaskToken` task was answered.
    TaskSubmitted { task: TaskRef, output: Payload },
    /// That call failed.
    TaskSubmitFailed { task: TaskRef, failure: Failure },
    /// The task succeeded.
    TaskSucceeded { task: TaskRef, output: Payload },
    /// The task failed.
    TaskFailed { task: TaskRef, failure: Failure },
    /// The task's holder is alive.
    Heartbeat { task: TaskRef },
    /// A distributed Map's run ended.
    MapRunEnded { task: TaskRef, outcome: Result<Payload, Failure> },
    /// StopExecution.
    Stop { failure: Failure },
    /// The execution is ended from within the service, as when its machine is deleted.
    Fail { failure: Failure },
    /// RedriveExecution.
    Redrive,
}

/// What the world must do, once the events that came with it are durable.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Command {
    /// Call a task.
    Dispatch(Box<Dispatch>),
    /// Start a distributed Map's run.
    StartMapRun(Box<StartMapRun>),
    /// Give up a task that is out: cancel its job, forget its token.
    Cancel(Box<Cancel>),
    /// The execution has ended.
    Close(Outcome),
}

/// A task that is given up.
#[derive(Clone, Debug)]
pub struct Cancel {
    /// Which.
    pub task: TaskRef,
    /// The state.
    pub state: StateId,
    /// The effective input.
    pub parameters: Payload,
    /// The answer of its submission, if there was one.
    pub submitted: Option<Payload>,
    /// The role that was assumed for it.
    pub role_arn: Option<SmolStr>,
}

/// A distributed Map's run to start.
#[derive(Clone, Debug)]
pub struct StartMapRun {
    /// The frame, and the id of its `MapRunStarted` event.
    pub task: TaskRef,
    /// The Map state.
    pub state: StateId,
    /// The run's ARN.
    pub map_run: SmolStr,
    /// The items and the settings.
    pub start: MapStart,
    /// The state's effective input: what `$` means in `ItemSelector` and `ItemReader`.
    pub input: Payload,
}

/// A task to call.
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// Which.
    pub task: TaskRef,
    /// The state, whose `Resource` says what to call.
    pub state: StateId,
    /// The effective input.
    pub parameters: Payload,
    /// The task token.
    pub token: String,
    /// The role to assume for this task.
    pub role_arn: Option<SmolStr>,
    /// `TimeoutSeconds`, if given.
    pub timeout_seconds: Option<u64>,
    /// For a `.sync` task that was submitted before a restart: the answer of its submission.
    pub submitted: Option<Payload>,
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Outcome {
    Succeeded(Payload),
    Failed(Failure),
    Aborted(Failure),
    TimedOut(Failure),
}

/// What a turn brought.
#[derive(Debug, Default)]
pub struct Applied {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// What to do once that is durable.
    pub commands: Vec<Command>,
    /// There is more to do: apply `Input::Continue`.
    pub more: bool,
}

/// A running state machine. Its state changes by [`Execution::fold`] alone.
#[derive(Clone, Debug)]
pub struct Execution {
    pub(crate) program: Arc<Program>,
    pub(crate) meta: Arc<Meta>,
    pub(crate) frames: Frames,
    /// The id of the newest public event.
    pub(crate) last_event: u64,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) redrive_count: u32,
    pub(crate) redrive_time: Option<Timestamp>,
    /// When the machine's `TimeoutSeconds`, or the limit of its type, is over.
    pub(crate) deadline: Timestamp,
}

impl Execution {
    /// An execution that has not started.
    pub fn new(program: Arc<Program>, meta: Arc<Meta>) -> Self {
        Self {
            program,
            meta,
            frames: Frames::default(),
            last_event: 0,
            outcome: None,
            redrive_count: 0,
            redrive_time: None,
            deadline: Timestamp(i64::MAX),
        }
    }

    /// The execution that wrote `events`.
    pub fn replay(
        program: Arc<Program>,
        meta: Arc<Meta>,
        events: impl IntoIterator<Item = Event>,
    ) -> Self {
        let mut execution = Self::new(program, meta);
        for event in events {
            execution.fold(&event);
        }
        execution
    }

    /// Lets `input` happen at `now`.
    pub fn apply(&mut self, input: Input, now: Timestamp, host: &mut dyn Host) -> Applied {
        let mut turn = Turn::new(self, now, host);
        turn.input(input);
        turn.run();
        turn.finish()
    }

    /// When something is due that no one outside will tell of.
    pub fn due(&self) -> Option<Timestamp> {
        if self.outcome.is_some() {
            return None;
        }
        let frames = self.frames.iter().filter_map(|(_, frame)| frame_due(frame)).min();
        Some(frames.map_or(self.deadline, |due| due.min(self.deadline)))
    }

    /// How it ended, if it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// The id of its newest public event.
    pub fn last_event(&self) -> u64 {
        self.last_event
    }

    /// How often it was redriven.
    pub fn redrive_count(&self) -> u32 {
        self.redrive_count
    }

    /// What it is.
    pub fn meta(&self) -> &Arc<Meta> {
        &self.meta
    }

    /// What it runs.
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// The task that is out under `token`'s frame, attempt and secret.
    pub fn task_of(&self, token: &TaskToken) -> Option<TaskRef> {
        let Doing::Task(run) = &self.frames.get(token.frame)?.doing else { return None };
        let same = run.attempt == token.attempt && run.nonce == token.nonce;
        (same && self.outcome.is_none())
            .then_some(TaskRef { frame: token.frame, attempt: token.attempt })
    }

    /// The tasks that are out, as they would be dispatched, and whether each was started. For
    /// recovery after a crash.
    pub fn tasks(&self) -> Vec<(Dispatch, bool)> {
        if self.outcome.is_some() {
            return Vec::new();
        }
        let frames = self.frames.iter();
        frames
            .filter_map(|(id, frame)| match &frame.doing {
                Doing::Task(run) => Some((self.dispatch(id, frame, run), run.started)),
                _ => None,
            })
            .collect()
    }

    fn dispatch(&self, id: FrameId, frame: &Frame, run: &crate::frame::TaskRun) -> Dispatch {
        let task = TaskRef { frame: id, attempt: run.attempt };
        Dispatch {
            task,
            state: frame.state,
            parameters: run.parameters.clone(),
            token: self.token(task, run.nonce),
            role_arn: run.role_arn.clone(),
            timeout_seconds: run.timeout_seconds,
            submitted: run.submitted.clone(),
        }
    }

    /// Whether a turn ended with work left, as after a replay.
    pub fn has_work(&self) -> bool {
        self.outcome.is_none()
            && self
                .frames
                .iter()
                .any(|(_, frame)| matches!(frame.doing, Doing::Enter | Doing::Work))
    }

    pub(crate) fn token(&self, task: TaskRef, nonce: u128) -> String {
        TaskToken {
            execution: self.meta.id,
            shard_key: self.meta.shard_key,
            frame: task.frame,
            attempt: task.attempt,
            nonce,
        }
        .render()
    }

    /// The variable `name` as the frame sees it: its own scope, then those around it.
    pub(crate) fn variable(&self, frame: FrameId, name: &str) -> Option<Value> {
        let mut at = Some(frame);
        while let Some(frame) = at.and_then(|id| self.frames.get(id)) {
            if let Some((_, value)) = frame.variables.iter().find(|(known, _)| known == name) {
                return Some(value.clone());
            }
            at = frame.parent.map(|(parent, _)| parent);
        }
        None
    }

    pub(crate) fn own_variable(&self, frame: FrameId, name: &str) -> Option<&Value> {
        let variables = &self.frames.get(frame)?.variables;
        variables.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub(crate) fn variables_bytes(&self) -> usize {
        let frames = self.frames.iter().flat_map(|(_, frame)| frame.variables.iter());
        frames.map(|(_, value)| value.to_json().len()).sum()
    }

    /// The variables that the root frame holds, for `stepwell run` and TestState.
    pub fn variables(&self) -> &[(SmolStr, Value)] {
        self.frames.get(FrameId::ROOT).map_or(&[], |frame| &frame.variables)
    }

    /// Gives the root frame variables before the start (TestState).
    pub fn preset_variables(&mut self, variables: Vec<(SmolStr, Value)>) {
        if let Some(frame) = self.frames.get_mut(FrameId::ROOT) {
            frame.variables = variables;
        }
    }
}

fn frame_due(frame: &Frame) -> Option<Timestamp> {
    match &frame.doing {
        Doing::Wait { due } | Doing::Retry { due } => Some(*due),
        Doing::Task(run) => match (run.deadline, run.heartbeat_deadline) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        },
        _ => None,
    }
}

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
    fn new(execution: &'a mut Execution, now: Timestamp, host: &'a mut dyn Host) -> Self {
        Self {
            execution,
            now,
            host,
            applied: Applied::default(),
            ready: VecDeque::new(),
            full: false,
        }
    }

    fn input(&mut self, input: Input) {
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
                states::task::submit_failed(self, task, failure)
            }
            Input::TaskSucceeded { task, output } => states::task::succeeded(self, task, output),
            Input::TaskFailed { task, failure } => states::task::failed(self, task, failure),
            Input::Heartbeat { task } => states::task::heartbeat(self, task),
            Input::MapRunEnded { task, outcome } => states::map::run_ended(self, task, outcome),
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
    fn run(&mut self) {
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

    fn finish(self) -> Applied {
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

    /// Gives up the frame's task, if one is out.
    pub(crate) fn cancel_task(&mut self, id: FrameId) {
        let Some(frame) = self.execution.frames.get(id) else { return };
        let state = frame.state;
        let cancel = match &frame.doing {
            Doing::Task(run) => Cancel {
                task: TaskRef { frame: id, attempt: run.attempt },
                state,
                parameters: run.parameters.clone(),
                submitted: run.submitted.clone(),
                role_arn: run.role_arn.clone(),
            },
            Doing::Map(run) if run.map_run.is_some() => Cancel {
                task: TaskRef { frame: id, attempt: frame.entered },
                state,
                parameters: frame.input.clone(),
                submitted: None,
                role_arn: None,
            },
            _ => return,
        };
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

/// The block that a frame of the machine itself runs.
pub(crate) const ROOT_BLOCK: BlockId = BlockId::ROOT;

/// The state of an id, borrowed from a program that outlives the turn's borrow.
pub(crate) fn state_in(program: &Program, id: StateId) -> &State {
    program.state(id)
}
