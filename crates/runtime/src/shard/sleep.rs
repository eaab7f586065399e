//! Executions that only wait, and will for a while, leave memory. They are read back from their
//! journals when something happens to them, or shortly before they are due.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::atomic::Ordering;

use engine::Execution;
use store::{ExecutionRow, Status};
use value::Timestamp;

use super::Shard;
use crate::executions::Error;
use crate::message::Recovered;
use crate::open::Open;
use crate::read;
use crate::shards::Shared;

/// The longest history, in events, that is read back for a wait; a longer one stays in memory, for
/// it would be folded anew at each step. Ours.
const MOST_EVENTS: u64 = 1_000;

/// Most executions that fall asleep, and most that wake, at one look at the time: it must not hold
/// up the others. Ours.
const MOST_AT_ONCE: usize = 64;

/// When executions leave memory, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SleepTimes {
    /// How long nothing must have happened to an execution.
    pub idle: i64,
    /// How far ahead at least it must be that something is due.
    pub ahead: i64,
    /// How long before that it is read back; less than `ahead`.
    pub early: i64,
}

impl SleepTimes {
    /// An activity's worker or a poll every minute finds its execution in memory; ten thousand
    /// executions that are due at one instant are read back in less than a second.
    pub const DEFAULT: Self = Self { idle: 10_000, ahead: 120_000, early: 10_000 };
}

/// What stays in memory of an execution that has left it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asleep {
    pub machine: i64,
    /// When it is read back.
    pub wake: Timestamp,
    pub has_tasks: bool,
}

impl Asleep {
    /// What stays of an execution, if it may leave memory at `now`.
    pub fn of(
        execution: &Execution,
        row: &ExecutionRow,
        times: SleepTimes,
        now: Timestamp,
    ) -> Option<Self> {
        // What is busy shows it at its first frame; when something is due is asked of all of them.
        if row.express || row.last_event > MOST_EVENTS || !execution.only_waits() {
            return None;
        }
        let due = execution.due()?;
        (due.0.saturating_sub(now.0) > times.ahead).then(|| Self {
            machine: row.machine,
            wake: Timestamp(due.0.saturating_sub(times.early)),
            has_tasks: execution.has_tasks(),
        })
    }

    /// As [`Asleep::of`], for one that is in memory.
    fn of_open(open: &Open, times: SleepTimes, now: Timestamp) -> Option<Self> {
        let is_alone = open.caller.is_none() && open.watchers.is_empty();
        let is_kept = is_alone && open.test_case.is_none();
        is_kept.then(|| Self::of(&open.execution, &open.row, times, now))?
    }
}

/// An execution that may leave memory if nothing happens to it for a while.
struct Drowsy {
    since: Timestamp,
    /// The batch that has its last turn.
    batch: u64,
    id: i64,
}

/// The executions of a shard that are not in memory, and those that may soon not be.
#[derive(Default)]
pub(super) struct Sleepers {
    asleep: HashMap<i64, Asleep>,
    wakes: BTreeSet<(Timestamp, i64)>,
    drowsy: VecDeque<Drowsy>,
    /// How many were read back so far.
    #[cfg(test)]
    pub woken: u64,
}

impl Sleepers {
    /// When one wakes, or may fall asleep.
    pub fn due(&self, times: SleepTimes) -> Option<Timestamp> {
        let wake = self.wakes.first().map(|(wake, _)| *wake);
        let sleep = self.drowsy.front().map(|it| Timestamp(it.since.0 + times.idle));
        wake.into_iter().chain(sleep).min()
    }

    /// How many executions of a machine are here.
    pub fn of_machine(&self, machine: i64) -> usize {
        self.asleep.values().filter(|it| it.machine == machine).count()
    }

    /// The executions that have tasks out.
    pub fn with_tasks(&self) -> Vec<i64> {
        self.asleep.iter().filter(|(_, it)| it.has_tasks).map(|(id, _)| *id).collect()
    }

    /// All executions.
    #[cfg(test)]
    pub fn all(&self) -> Vec<i64> {
        self.asleep.keys().copied().collect()
    }

    fn add(&mut self, id: i64, asleep: Asleep) {
        self.wakes.insert((asleep.wake, id));
        self.asleep.insert(id, asleep);
    }

    fn remove(&mut self, id: i64) -> bool {
        let Some(asleep) = self.asleep.remove(&id) else { return false };
        self.wakes.remove(&(asleep.wake, id));
        true
    }
}

impl Shard {
    /// Takes in an execution that sleeps since before the server started.
    pub(super) fn asleep(&mut self, id: i64, asleep: Asleep) {
        self.deletions.opened(asleep.machine);
        self.sleepers.add(id, asleep);
    }

    /// Notes that an execution has come to wait.
    pub(super) fn note_wait(&mut self, id: i64, now: Timestamp) {
        let Some(open) = self.open.get(&id) else { return };
        if Asleep::of_open(open, self.shared.sleep, now).is_some() {
            let batch = open.batch;
            self.sleepers.drowsy.push_back(Drowsy { since: now, batch, id });
        }
    }

    /// Reads back the executions that are soon due; a few of them, if they are many.
    pub(super) fn wake_due(&mut self, now: Timestamp) {
        for _ in 0..MOST_AT_ONCE {
            match self.sleepers.wakes.first() {
                Some((wake, id)) if *wake <= now => self.wake(*id, now),
                _ => return,
            };
        }
    }

    /// Lets go of executions that have waited for a while; a few of them, if they are many.
    pub(super) fn sleep_idle(&mut self, now: Timestamp) {
        let times = self.shared.sleep;
        let durable = self.durable.load(Ordering::Acquire);
        for _ in 0..MOST_AT_ONCE {
            let is_idle = |it: &mut Drowsy| it.since.0 + times.idle <= now.0;
            let Some(drowsy) = self.sleepers.drowsy.pop_front_if(is_idle) else { return };
            // If something has happened to it since, it stands in the queue once more, or is busy.
            let open = self.open.get(&drowsy.id).filter(|open| open.batch == drowsy.batch);
            let asleep = open.and_then(|open| Asleep::of_open(open, times, now));
            match asleep {
                // The disk is slow; what it has not got cannot be read back.
                Some(_) if drowsy.batch > durable => {
                    self.sleepers.drowsy.push_back(Drowsy { since: now, ..drowsy });
                }
                Some(asleep) => self.sleep(drowsy.id, asleep),
                None => {}
            }
        }
    }

    fn sleep(&mut self, id: i64, asleep: Asleep) {
        let Some(open) = self.open.remove(&id) else { return };
        if let Some(due) = open.due {
            self.timers.remove(&(due, id));
        }
        self.names.remove(&(open.row.machine, open.row.name.clone()));
        self.sleepers.add(id, asleep);
    }

    /// Reads an execution back if it is asleep; whether it was. If it cannot be read the server
    /// stops, as when it cannot be written.
    pub(super) fn wake(&mut self, id: i64, now: Timestamp) -> bool {
        if !self.sleepers.remove(id) {
            return false;
        }
        match asleep(&self.shared, id) {
            Ok(Some(Recovered { execution, revision, row, seq })) => {
                self.hold(Open::new(execution, revision, row, seq));
                self.arm(id);
                self.note_wait(id, now);
                #[cfg(test)]
                {
                    self.sleepers.woken += 1;
                }
                true
            }
            Ok(None) => false,
            Err(error) => {
                self.shared.failure.set(format!("execution {id} cannot be read back: {error}"));
                false
            }
        }
    }
}

/// An execution that is asleep, from the store; none if it has ended since.
pub(crate) fn asleep(shared: &Shared, id: i64) -> Result<Option<Recovered>, Error> {
    match shared.store.execution(id)? {
        Some(row) if row.status == Status::Running => read::replayed(shared, row).map(Some),
        _ => Ok(None),
    }
}
