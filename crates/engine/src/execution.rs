//! `Execution`: a running state machine, and the turn that an input gives it.

use std::sync::Arc;

use asl::Program;
use asl::program::{StateId, StateKind};
use asl::resource::{Pattern, ResourceKind};
use smol_str::SmolStr;
use value::{Payload, Timestamp, Value};

use crate::event::{Event, Failure, MapStart};
use crate::frame::{Doing, Frame, FrameId, Frames, TaskRun};
use crate::inspection::Inspection;
use crate::limits::Limits;
use crate::token::TaskToken;
use crate::turn::Turn;
use crate::variables::Variables;

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
    pub limits: Arc<Limits>,
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
    /// Where to note what the one state that is run looks at (TestState); `None` otherwise.
    fn inspection(&mut self) -> Option<&mut Inspection> {
        None
    }
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
    /// TestState: the Parallel or Map that is inspected ends as a whole.
    Mocked { outcome: Result<Payload, Failure> },
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
    /// The ARN of the Map Run, if that is what is given up.
    pub map_run: Option<SmolStr>,
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
    /// How often the run was redriven.
    pub redrive_count: u32,
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

    /// Whether both stand at the same point: what a replay must come to.
    pub fn same_state(&self, other: &Self) -> bool {
        self.frames == other.frames
            && self.last_event == other.last_event
            && self.outcome == other.outcome
            && (self.redrive_count, self.redrive_time) == (other.redrive_count, other.redrive_time)
            && self.deadline == other.deadline
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

    /// The task that is out under `token`'s frame, attempt and secret, and has no answer yet.
    pub fn task_of(&self, token: &TaskToken) -> Option<TaskRef> {
        let Doing::Task(run) = &self.frames.get(token.frame)?.doing else { return None };
        let same = run.attempt == token.attempt && run.nonce == token.nonce && run.held.is_none();
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

    /// Whether nothing happens to it until time has passed or somebody answers who holds a token:
    /// no work is left, and no call is out.
    pub fn only_waits(&self) -> bool {
        self.outcome.is_none()
            && self.frames.iter().all(|(_, frame)| match &frame.doing {
                Doing::Wait { .. } | Doing::Retry { .. } | Doing::Done { .. } => true,
                Doing::Parallel(_) => true,
                Doing::Map(run) => run.map_run.is_none(),
                Doing::Task(run) => self.is_with_somebody(frame, run),
                Doing::Enter | Doing::Work => false,
            })
    }

    /// Whether any task is out.
    pub fn has_tasks(&self) -> bool {
        self.frames.iter().any(|(_, frame)| matches!(frame.doing, Doing::Task(_)))
    }

    /// Whether a task waits for a worker to take it.
    pub fn offers_tasks(&self) -> bool {
        let is_offered = |doing: &Doing| matches!(doing, Doing::Task(run) if !run.started && run.submitted.is_none());
        self.frames.iter().any(|(_, frame)| is_offered(&frame.doing))
    }

    /// Whether a task is an activity's, or its token has been handed out.
    fn is_with_somebody(&self, frame: &Frame, run: &TaskRun) -> bool {
        let StateKind::Task(task) = &self.program.state(frame.state).kind else { return false };
        let is_handed_out =
            || task.resource.pattern() == Pattern::WaitForTaskToken && run.submitted.is_some();
        task.resource.kind == ResourceKind::Activity || is_handed_out()
    }

    /// When a task that is out is late, and when its next heartbeat is.
    pub fn deadlines(&self, task: TaskRef) -> (Option<Timestamp>, Option<Timestamp>) {
        match self.frames.get(task.frame).map(|frame| &frame.doing) {
            Some(Doing::Task(run)) if run.attempt == task.attempt => {
                (run.deadline, run.heartbeat_deadline)
            }
            _ => (None, None),
        }
    }

    pub(crate) fn dispatch(&self, id: FrameId, frame: &Frame, run: &TaskRun) -> Dispatch {
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
            if let Some(value) = frame.variables.get(name) {
                return Some(value.clone());
            }
            at = frame.parent.map(|(parent, _)| parent);
        }
        None
    }

    pub(crate) fn own_variable(&self, frame: FrameId, name: &str) -> Option<&Value> {
        self.frames.get(frame)?.variables.get(name)
    }

    pub(crate) fn variables_bytes(&self) -> usize {
        self.frames.iter().map(|(_, frame)| frame.variables.bytes()).sum()
    }

    /// The variables that the root frame holds, for `stepwell run` and TestState.
    pub fn variables(&self) -> &[(SmolStr, Value)] {
        self.frames.get(FrameId::ROOT).map_or(&[], |frame| frame.variables.as_slice())
    }

    /// Lets the execution, which has not started yet, start in `state`, wherever that stands, with
    /// these variables (TestState).
    pub fn start_in(&mut self, state: StateId, variables: Vec<(SmolStr, Value)>) {
        let (block, input) = (self.program.state(state).block, self.meta.input.clone());
        self.frames = Frames::default();
        let variables = Variables::new(variables);
        self.frames.add(Frame { variables, ..Frame::new(None, block, state, input, 0) });
    }
}

pub(crate) fn frame_due(frame: &Frame) -> Option<Timestamp> {
    match &frame.doing {
        Doing::Wait { due } | Doing::Retry { due } => Some(*due),
        Doing::Task(run) => match (run.deadline, run.heartbeat_deadline) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        },
        _ => None,
    }
}
