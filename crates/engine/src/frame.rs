//! `Frame`: one run of a block — the machine itself, a branch or an iteration.

use asl::program::{BlockId, StateId};
use smol_str::SmolStr;
use value::{Payload, Timestamp};

use crate::variables::Variables;

/// The place of a frame in its execution; places of ended frames are used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FrameId(pub u32);

impl FrameId {
    /// The frame of the machine's own block.
    pub const ROOT: Self = Self(0);
}

/// One run of a block.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Frame {
    /// The frame of the Parallel or Map state that it belongs to, and its index there.
    pub parent: Option<(FrameId, u32)>,
    pub block: BlockId,
    /// The id that the frame's next event points back to.
    pub prev: u64,
    /// The state that it is in.
    pub state: StateId,
    /// The state's raw input.
    pub input: Payload,
    /// Id, predecessor and time of the state's `…StateEntered`; id 0 before it is entered.
    pub entered: u64,
    pub entered_prev: u64,
    pub entered_time: Timestamp,
    /// How often each Retrier of the state has run; empty before the first retry.
    pub retries: Vec<u32>,
    /// The variables of this scope.
    pub variables: Variables,
    /// What the frame is doing.
    pub doing: Doing,
}

impl Frame {
    pub(crate) fn new(
        parent: Option<(FrameId, u32)>,
        block: BlockId,
        start: StateId,
        input: Payload,
        prev: u64,
    ) -> Self {
        Self {
            parent,
            block,
            prev,
            state: start,
            input,
            entered: 0,
            entered_prev: 0,
            entered_time: Timestamp(0),
            retries: Vec::new(),
            variables: Variables::default(),
            doing: Doing::Enter,
        }
    }

    pub(crate) fn retry_count(&self) -> u32 {
        self.retries.iter().sum()
    }
}

/// What a frame is doing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Doing {
    /// About to enter its state.
    Enter,
    /// In its state, its work about to begin (again).
    Work,
    /// In a Wait.
    Wait { due: Timestamp },
    /// Between two attempts.
    Retry { due: Timestamp },
    /// A task is out.
    Task(Box<TaskRun>),
    /// Branches run.
    Parallel(Box<ParallelRun>),
    /// Iterations run.
    Map(Box<MapRun>),
    /// Ended with this output; its parent will take it.
    Done { output: Payload },
}

/// A task that is out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TaskRun {
    /// Id of its `…Scheduled`: names the attempt.
    pub attempt: u64,
    pub nonce: u128,
    pub parameters: Payload,
    pub role_arn: Option<SmolStr>,
    pub timeout_seconds: Option<u64>,
    pub heartbeat_ms: Option<i64>,
    /// When the whole task is late.
    pub deadline: Option<Timestamp>,
    /// When the next heartbeat is late; set once the task can send one.
    pub heartbeat_deadline: Option<Timestamp>,
    pub started: bool,
    /// The answer of the call that started a `.sync` or `.waitForTaskToken` task.
    pub submitted: Option<Payload>,
    /// What the holder answered before that.
    pub held: Option<crate::event::Reply>,
}

/// Running branches.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ParallelRun {
    pub children: Vec<FrameId>,
    pub results: Vec<Option<Payload>>,
    /// The last event of the branch that ended last: the predecessor of the state's end.
    pub freed_by: u64,
}

/// Running iterations.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MapRun {
    pub start: crate::event::MapStart,
    /// The index of the next iteration to start.
    pub next: u32,
    /// Frames of running iterations.
    pub children: Vec<FrameId>,
    pub results: Vec<Option<Payload>>,
    pub succeeded: u32,
    pub failed: u32,
    /// The last inner event of the iteration that ended last: the predecessor of the next one.
    pub freed_by: u64,
    /// The newest `MapIterationSucceeded`: the predecessor of the Map's end.
    pub last_success: u64,
    /// The Map Run, in distributed mode, once it was started.
    pub map_run: Option<DistributedRun>,
}

/// The Map Run of a distributed Map.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DistributedRun {
    pub arn: SmolStr,
    pub redrives: u32,
    pub stands: RunStands,
}

/// Where a Map Run stands, as far as its Map has heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RunStands {
    /// It is under way.
    Open,
    /// It has ended or was given up; a redrive goes on with it.
    Redrivable,
    /// It has ended; a redrive starts another one.
    Over,
}

impl MapRun {
    /// The Map Run, if it is under way.
    pub(crate) fn open_run(&self) -> Option<&DistributedRun> {
        self.map_run.as_ref().filter(|run| run.stands == RunStands::Open)
    }
}

/// Frames by their place.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Frames {
    slots: Vec<Option<Frame>>,
    free: Vec<FrameId>,
}

impl Frames {
    pub(crate) fn add(&mut self, frame: Frame) -> FrameId {
        match self.free.pop() {
            Some(id) => {
                self.slots[id.0 as usize] = Some(frame);
                id
            }
            None => {
                if self.slots.is_empty() {
                    // Most executions have one frame, and most that are open only wait: the room
                    // for four that a vector begins with would be half of what they hold.
                    self.slots.reserve_exact(1);
                }
                self.slots.push(Some(frame));
                FrameId(self.slots.len() as u32 - 1)
            }
        }
    }

    pub(crate) fn remove(&mut self, id: FrameId) -> Option<Frame> {
        let frame = self.slots.get_mut(id.0 as usize)?.take();
        if frame.is_some() {
            self.free.push(id);
        }
        frame
    }

    pub(crate) fn get(&self, id: FrameId) -> Option<&Frame> {
        self.slots.get(id.0 as usize)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, id: FrameId) -> Option<&mut Frame> {
        self.slots.get_mut(id.0 as usize)?.as_mut()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (FrameId, &Frame)> {
        let slots = self.slots.iter().enumerate();
        slots.filter_map(|(at, slot)| slot.as_ref().map(|frame| (FrameId(at as u32), frame)))
    }
}
