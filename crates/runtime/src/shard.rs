//! `Shard`: the one owner of its executions. A state machine itself: messages and the time go in,
//! writes and effects come out; no thread, no clock, no I/O but look-ups in the store.

mod deletions;
mod journal;
mod map_runs;
mod recovery;
mod sleep;
mod tasks;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use engine::{Applied, Command, Input, Outcome};
use rand::rngs::StdRng;
use smol_str::SmolStr;
use store::{Status, Write};
use value::Timestamp;

use crate::commit::Batch;
use crate::effect::{Effect, Observed};
use crate::executions::{Error, Start, Started};
use crate::host::{Host, uuid};
use crate::message::{Adopted, Message, Recovered};
use crate::nested;
use crate::open::{Open, status_of};
use crate::redrive_tokens;
use crate::shards::Shared;
use crate::tasks::TaskEvent;
use crate::waiting;

pub use sleep::SleepTimes;

use deletions::Deletions;
use sleep::Sleepers;
pub(crate) use sleep::{Asleep, asleep};

/// The owner of a part of all executions.
pub(crate) struct Shard {
    shared: Arc<Shared>,
    rng: StdRng,
    /// Boxed: the room that a hash map keeps free is then that of pointers.
    open: HashMap<i64, Box<Open>>,
    /// Executions that are open, but not in memory.
    sleepers: Sleepers,
    /// Standard executions by machine and name: those in memory, and those whose end is not known
    /// to be durable, so that a name is never free while the store does not know that it is taken.
    names: HashMap<(i64, SmolStr), i64>,
    closing: VecDeque<(u64, (i64, SmolStr))>,
    deletions: Deletions,
    timers: BTreeSet<(Timestamp, i64)>,
    /// Executions whose last turn ended with work left.
    unfinished: VecDeque<i64>,
    /// The number of the newest batch that is durable.
    durable: Arc<AtomicU64>,
    batches: u64,
    writes: Vec<Write>,
    effects: Vec<Effect>,
}

impl Shard {
    pub fn new(shared: Arc<Shared>, rng: StdRng) -> Self {
        Self {
            shared,
            rng,
            open: HashMap::new(),
            sleepers: Sleepers::default(),
            names: HashMap::new(),
            closing: VecDeque::new(),
            deletions: Deletions::default(),
            timers: BTreeSet::new(),
            unfinished: VecDeque::new(),
            durable: Arc::new(AtomicU64::new(0)),
            batches: 0,
            writes: Vec::new(),
            effects: Vec::new(),
        }
    }

    /// When time next makes a difference.
    pub fn due(&self) -> Option<Timestamp> {
        let timer = self.timers.first().map(|(due, _)| *due);
        timer.into_iter().chain(self.sleepers.due(self.shared.sleep)).min()
    }

    /// Whether there is work that waits for nothing.
    pub fn has_work(&self) -> bool {
        !self.unfinished.is_empty()
    }

    /// An execution that it holds.
    #[cfg(test)]
    pub fn open_execution(&self, id: i64) -> Option<&Open> {
        self.open.get(&id).map(Box::as_ref)
    }

    /// How many executions it holds.
    #[cfg(test)]
    pub fn in_memory(&self) -> usize {
        self.open.len()
    }

    /// How many executions were read back.
    #[cfg(test)]
    pub fn woken(&self) -> u64 {
        self.sleepers.woken
    }

    /// What it holds, if anything; nothing once all executions have ended and are durable.
    #[cfg(test)]
    pub fn leftovers(&self) -> Option<String> {
        let open: Vec<_> = self.open.keys().copied().chain(self.sleepers.all()).collect();
        let names: Vec<_> = self.names.keys().collect();
        let left = !open.is_empty()
            || !names.is_empty()
            || !self.closing.is_empty()
            || !self.timers.is_empty()
            || !self.unfinished.is_empty();
        left.then(|| {
            let (closing, timers) = (&self.closing, &self.timers);
            format!("{open:?} {names:?} {closing:?} {timers:?} {:?}", self.unfinished)
        })
    }

    /// What has piled up since the last call; `None` if nothing has.
    pub fn take_batch(&mut self) -> Option<Batch> {
        if self.writes.is_empty() && self.effects.is_empty() {
            return None;
        }
        self.batches += 1;
        Some(Batch {
            writes: std::mem::take(&mut self.writes),
            effects: std::mem::take(&mut self.effects),
            durable: Some((self.durable.clone(), self.batches)),
        })
    }

    /// Lets everything that is due happen, and goes on with what was left.
    pub fn tick(&mut self, now: Timestamp) {
        self.forget_closed();
        self.wake_due(now);
        while let Some((due, id)) = self.timers.first().copied().filter(|(due, _)| *due <= now) {
            self.timers.remove(&(due, id));
            if let Some(open) = self.open.get_mut(&id) {
                open.due = None;
                self.turn(id, Input::Tick, now);
            }
        }
        for _ in 0..self.unfinished.len() {
            let Some(id) = self.unfinished.pop_front() else { return };
            self.turn(id, Input::Continue, now);
        }
        self.sleep_idle(now);
    }

    /// Takes a message. `Message::End` is the thread's affair.
    pub fn handle(&mut self, message: Message, now: Timestamp) {
        match message {
            Message::Start { start, is_named, reply } => {
                let started = self.start(*start, is_named, now);
                self.effects.push(Effect::Started(reply, started));
            }
            Message::Adopt(adopted) => self.adopt(*adopted, now),
            Message::Recover(recovered) => self.recover(*recovered, now),
            Message::Asleep { id, asleep } => self.asleep(id, asleep),
            Message::Stop { id, failure, reply } => {
                self.turn(id, Input::Stop { failure }, now);
                let stopped = self.shared.stop_date(id).map(|date| date.unwrap_or(now));
                self.effects.push(Effect::At(reply, stopped));
            }
            Message::Redrive { recovered, client_token, reply } => {
                let redriven = self.redrive(*recovered, client_token, now);
                self.effects.push(Effect::At(reply, redriven));
            }
            Message::Task { address, event } => {
                let task = address.task;
                let input = match event {
                    TaskEvent::Started => Input::TaskStarted { task, worker: None },
                    TaskEvent::Submitted(output) => Input::TaskSubmitted { task, output },
                    TaskEvent::SubmitFailed(failure) => Input::TaskSubmitFailed { task, failure },
                    TaskEvent::Succeeded(output) => Input::TaskSucceeded { task, output },
                    TaskEvent::Failed(failure) => Input::TaskFailed { task, failure },
                };
                self.turn(address.execution.id, input, now);
            }
            Message::Reply { token, reply, done } => {
                self.wake(token.execution, now);
                let replied = self.reply(&token, reply, now);
                self.effects.push(Effect::Replied(done, replied));
            }
            Message::Take { task, worker, reply } => {
                self.wake(task.address.execution.id, now);
                self.take(task, worker, reply, now);
            }
            Message::Watch { id, parent, form, reply } => {
                self.wake(id, now);
                match self.open.get_mut(&id) {
                    Some(open) => {
                        open.watchers.push((parent, form));
                        let _ = reply.send(true);
                    }
                    // Its end may not be durable yet; who hears of it reads it from the store.
                    None => self.effects.push(Effect::NotOpen(reply)),
                }
            }
            Message::MachineDeleted { machine, name, reply } => {
                self.machine_deleted(machine, name, reply);
            }
            Message::StartChild(child) => self.start_child(*child, now),
            Message::RestartChild(child) => self.restart_child(*child, now),
            Message::RedriveChild(recovered) => self.redrive_child(*recovered, now),
            Message::PinMapRun { map_run, etag, reply } => {
                self.writes.extend(self.shared.map_runs.pin(map_run, etag));
                self.effects.push(Effect::Committed(reply));
            }
            Message::MapRunEnded { map_run, outcome, all_given } => {
                self.map_run_ended(map_run, outcome, all_given, now);
            }
            Message::MarkRedrives { map_run, rows, is_last, reply } => {
                self.mark_redrives(map_run, rows, is_last);
                self.effects.push(Effect::Committed(reply));
            }
            Message::UpdateMapRun { map_run, settings, reply } => {
                let updated = self.update_map_run(map_run, settings);
                self.effects.push(Effect::Updated(reply, updated));
            }
            Message::Waiting { most, reply } => {
                let tasks = waiting::tasks(&self.open, most);
                let _ = reply.send((tasks, self.sleepers.with_tasks()));
            }
            Message::End => {}
        }
    }

    fn start(&mut self, start: Start, is_named: bool, now: Timestamp) -> Result<Started, Error> {
        let name = start.name.clone().unwrap_or_else(|| uuid(&mut self.rng));
        if is_named && let Some(started) = self.started_before(&start, &name, now)? {
            return Ok(started);
        }
        let (execution, row) = self.shared.new_execution(&start, name, now, &mut self.rng)?;
        let started = Started {
            execution_arn: execution.meta().execution_arn.clone(),
            start_date: execution.meta().start,
        };
        let id = row.id;
        self.insert(Open {
            test_case: start.test_case,
            ..Open::new(execution, start.revision, row, 0)
        });
        self.turn(id, Input::Start, now);
        Ok(started)
    }

    /// The execution that has the name already, if it may be answered again: it runs, with the
    /// same input (CreateExecution is idempotent only while the execution runs).
    fn started_before(
        &mut self,
        start: &Start,
        name: &SmolStr,
        now: Timestamp,
    ) -> Result<Option<Started>, Error> {
        if start.revision.machine_type == crate::catalog::MachineType::Express {
            return Ok(None);
        }
        let arn = start.revision.execution_arn(name);
        let machine = start.revision.machine;
        let Some(id) = self.names.get(&(machine, name.clone())).copied() else {
            return match self.shared.store.find_execution(machine, name)? {
                Some(row) if self.wake(row.id, now) => self.started_before(start, name, now),
                Some(_) => Err(Error::AlreadyExists(arn)),
                None => Ok(None),
            };
        };
        match self.open.get(&id).map(|open| open.execution.meta()) {
            Some(meta) if meta.input == start.input => {
                Ok(Some(Started { execution_arn: arn, start_date: meta.start }))
            }
            _ => Err(Error::AlreadyExists(arn)),
        }
    }

    /// Takes in an execution that is open from now on.
    fn insert(&mut self, open: Open) {
        self.deletions.opened(open.row.machine);
        self.hold(open);
    }

    /// Has an open execution in memory.
    fn hold(&mut self, open: Open) {
        if !open.row.express {
            self.names.insert((open.row.machine, open.row.name.clone()), open.row.id);
        }
        self.open.insert(open.row.id, Box::new(open));
    }

    /// Gives an execution a turn, and takes what it brings.
    fn turn(&mut self, id: i64, input: Input, now: Timestamp) {
        let Some(open) = self.open.get_mut(&id) else {
            if self.wake(id, now) {
                self.turn(id, input, now);
            }
            return;
        };
        let input = self.deletions.input(open.row.machine, input);
        let mut host =
            Host { rng: &mut self.rng, catalog: &self.shared.catalog, tasks: &*self.shared.tasks };
        let applied = open.execution.apply(input, now, &mut host);
        self.settle(id, applied, now);
    }

    /// Turns what a turn brought into writes and effects.
    fn settle(&mut self, id: i64, applied: Applied, now: Timestamp) {
        let Some(open) = self.open.get_mut(&id) else { return };
        let outcome = open.execution.outcome().cloned();
        if let Some(outcome) = &outcome {
            open.row.status = status_of(outcome);
            open.row.stop = Some(now.0);
        }
        open.row.last_event = open.execution.last_event();
        // An Express child of a Map Run starts afresh when it is redriven.
        if !open.row.express {
            open.row.redrive_count = open.execution.redrive_count();
        }
        if !applied.events.is_empty() {
            open.batch = self.batches + 1;
            journal::record(open, &applied.events, outcome.is_some(), &mut self.writes);
        }
        if self.shared.wants(open) {
            let observed = Observed {
                key: open.key(),
                meta: open.execution.meta().clone(),
                row: open.row.clone(),
                map_run_arn: open.row.map_run.and_then(|id| self.shared.map_runs.arn(id)),
                revision: open.revision.clone(),
                events: applied.events,
            };
            self.effects.push(Effect::Observe(Arc::new(observed)));
        }
        for command in applied.commands {
            self.command(id, command, now);
        }
        if applied.more {
            self.unfinished.push_back(id);
        }
        self.arm(id);
        self.note_wait(id, now);
    }

    /// Sets the execution's timer to what it is due for.
    fn arm(&mut self, id: i64) {
        let Some(open) = self.open.get_mut(&id) else { return };
        let due = open.execution.due();
        if due != open.due {
            if let Some(old) = open.due {
                self.timers.remove(&(old, id));
            }
            if let Some(due) = due {
                self.timers.insert((due, id));
            }
            open.due = due;
        }
    }

    fn command(&mut self, id: i64, command: Command, now: Timestamp) {
        match command {
            Command::Dispatch(dispatch) => self.dispatch(id, *dispatch),
            Command::Cancel(cancel) => match &cancel.map_run {
                Some(arn) => self.writes.extend(self.shared.map_runs.cancel(arn, now)),
                None => self.cancel(id, *cancel),
            },
            Command::StartMapRun(run) => self.run_map(id, &run, now),
            Command::Close(outcome) => self.close(id, &outcome, now),
        }
    }

    fn close(&mut self, id: i64, outcome: &Outcome, now: Timestamp) {
        let Some(mut open) = self.open.remove(&id) else { return };
        if let Some(due) = open.due.take() {
            self.timers.remove(&(due, id));
        }
        if open.test_case.is_some() {
            self.shared.tasks.forget_test_case(&open.execution.meta().execution_arn);
        }
        if let Some(caller) = open.caller.take() {
            let result = open.sync_result(outcome, now);
            self.effects.push(Effect::Ended(caller, Box::new(result)));
        }
        for (parent, form) in std::mem::take(&mut open.watchers) {
            let event = nested::ended(&open, outcome, now, form);
            let message = Message::Task { address: parent, event };
            self.effects.push(Effect::Tell(parent.execution, Box::new(message)));
        }
        for reply in self.deletions.closed(open.row.machine) {
            self.effects.push(Effect::Committed(reply));
        }
        if let Some(map_run) = open.row.map_run {
            let status = status_of(outcome);
            self.effects.push(Effect::ChildEnded { map_run, child: id, status });
        }
        if !open.row.express {
            // The name stays taken here until the store is known to have it.
            let name = (open.row.machine, open.row.name.clone());
            self.closing.push_back((self.batches + 1, name));
        }
    }

    fn forget_closed(&mut self) {
        let durable = self.durable.load(Ordering::Acquire);
        while let Some((_, name)) = self.closing.pop_front_if(|(batch, _)| *batch <= durable) {
            // A redriven execution has its name again.
            if self.names.get(&name).is_some_and(|id| !self.open.contains_key(id)) {
                self.names.remove(&name);
            }
        }
    }

    fn adopt(&mut self, adopted: Adopted, now: Timestamp) {
        let Adopted { execution, revision, row, applied, test_case, reply } = adopted;
        let id = row.id;
        let caller = Some(reply);
        self.insert(Open { caller, test_case, ..Open::new(execution, revision, row, 1) });
        self.settle(id, applied, now);
    }

    fn redrive(
        &mut self,
        recovered: Recovered,
        client_token: Option<SmolStr>,
        now: Timestamp,
    ) -> Result<Timestamp, Error> {
        self.forget_closed();
        let Recovered { execution, revision, mut row, seq } = recovered;
        // It was read before this turn. If it was redriven since, it runs, or has run and its end
        // may not even be durable; what was read is then no longer how it stands.
        let is_taken = self.names.contains_key(&(row.machine, row.name.clone()));
        if is_taken || self.shared.store.execution(row.id)?.as_ref() != Some(&row) {
            return Err(Error::Running);
        }
        let id = row.id;
        if let Some(token) = client_token {
            let write = redrive_tokens::remember(&*self.shared.store, id, &token, now)?;
            self.writes.push(write);
        }
        row.status = Status::Running;
        row.stop = None;
        row.redrive = Some(now.0);
        row.redrive_count = execution.redrive_count() + 1;
        self.writes.push(Write::PutExecution(row.clone()));
        self.insert(Open::new(execution, revision, row, seq));
        self.turn(id, Input::Redrive, now);
        Ok(now)
    }
}
