//! What is known to be durable, and whether it is what it should be.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use engine::{Event, EventKind, Execution, FrameId};
use store::{ExecutionRow, Status, Store, Write};

use crate::catalog::Revision;
use crate::shard::Shard;

/// Names an attempt: execution, id of its `…Scheduled`, secret. Numbers of executions that never
/// became durable are given out again; the secret is not.
pub(super) type Attempt = (i64, u64, u128);

/// An execution as the disk has it.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub row: ExecutionRow,
    pub events: Vec<Event>,
    next_seq: u32,
}

impl Entry {
    pub fn is_open(&self) -> bool {
        self.row.status == Status::Running
    }

    pub fn last(&self) -> Option<&EventKind> {
        self.events.last().map(|event| &event.kind)
    }

    /// Whether the attempt was scheduled, durably.
    pub fn has_attempt(&self, attempt: Attempt) -> bool {
        self.events.iter().any(|event| {
            event.id == attempt.1
                && matches!(&event.kind, EventKind::TaskScheduled(it) if it.nonce == attempt.2)
        })
    }
}

/// The simulation's own books.
#[derive(Default)]
pub(super) struct Ledger {
    pub entries: BTreeMap<i64, Entry>,
    /// Every open Standard execution as its journal, durable or about to be, replays.
    replayed: HashMap<i64, Execution>,
    pub commits: u64,
    /// Results that became durable since the world last looked.
    pub news: Vec<(i64, Event)>,
}

impl Ledger {
    /// A shard handed over `writes`: what they replay to must be what it holds.
    pub fn ahead(&mut self, writes: &[Write], shard: &Shard) {
        let mut touched = HashSet::new();
        for write in writes {
            let Write::Append(record) = write else { continue };
            let id = record.execution;
            let Some(open) = shard.open_execution(id) else {
                self.replayed.remove(&id);
                continue;
            };
            // Children of Map Runs begin elsewhere than their program.
            if open.row.express || open.row.map_run.is_some() {
                continue;
            }
            if record.seq == 0 {
                let (program, meta) = (open.execution.program(), open.execution.meta());
                let fresh = Execution::new(program.clone(), meta.clone());
                self.replayed.insert(id, fresh);
            }
            let replayed = self.replayed.entry(id).or_insert_with(|| {
                // Taken up again by a redrive: all that came before is durable.
                let (program, meta) = (open.execution.program(), open.execution.meta());
                let events = self.entries.get(&id).map_or(&[][..], |entry| &entry.events);
                Execution::replay(program.clone(), meta.clone(), events.iter().cloned())
            });
            for event in engine::codec::decode(&record.body).unwrap() {
                replayed.fold(&event);
            }
            touched.insert(id);
        }
        for id in touched {
            let (Some(open), Some(replayed)) = (shard.open_execution(id), self.replayed.get(&id))
            else {
                continue;
            };
            assert!(
                open.execution.same_state(replayed),
                "the journal of {id} replays to\n{replayed:#?}\nnot to what is in memory:\n{:#?}",
                open.execution
            );
        }
    }

    /// A batch is durable.
    pub fn committed(&mut self, writes: &[Write], store: &dyn Store) {
        self.commits += 1;
        for write in writes {
            match write {
                Write::PutExecution(row) => {
                    let entry = self.entries.entry(row.id);
                    entry.and_modify(|entry| entry.row = row.clone()).or_insert_with(|| Entry {
                        row: row.clone(),
                        events: Vec::new(),
                        next_seq: 0,
                    });
                }
                Write::Append(record) => {
                    let entry = self.entries.get_mut(&record.execution).unwrap();
                    assert_eq!(record.seq, entry.next_seq, "a gap in {}", record.execution);
                    entry.next_seq += 1;
                    for event in engine::codec::decode(&record.body).unwrap() {
                        check_next(entry, &event);
                        self.news.push((record.execution, event.clone()));
                        entry.events.push(event);
                    }
                }
                Write::DeleteExecution { id } => drop(self.entries.remove(id)),
                Write::PutDocument { .. } | Write::DeleteDocument { .. } => {}
            }
        }
        debug_assert!(store.max_execution_id().is_ok());
    }

    /// A new process found `store`: all that was durable must be there, and what follows it must
    /// be sound. Returns the numbers of executions that were not known to be durable.
    pub fn restarted(
        &mut self,
        store: &dyn Store,
        revision: impl Fn(i64) -> Option<Arc<Revision>>,
    ) {
        let rows = super::process::documents(store);
        let before = std::mem::take(&mut self.entries);
        self.replayed.clear();
        for row in rows {
            let records = store.journal(row.id, 0..=u64::MAX).unwrap();
            let known = before.get(&row.id).map_or(0, |entry| entry.events.len());
            let mut entry = Entry { row, events: Vec::new(), next_seq: 0 };
            for record in records {
                assert_eq!(record.seq, entry.next_seq, "a gap in {}", record.execution);
                entry.next_seq += 1;
                for event in engine::codec::decode(&record.body).unwrap() {
                    check_next(&entry, &event);
                    let at = entry.events.len();
                    match before.get(&entry.row.id).and_then(|before| before.events.get(at)) {
                        Some(old) => assert_eq!(*old, event, "the past changed"),
                        None if at >= known => self.news.push((entry.row.id, event.clone())),
                        None => {}
                    }
                    entry.events.push(event);
                }
            }
            assert!(entry.events.len() >= known, "{} lost events", entry.row.id);
            if entry.is_open() && !entry.row.express {
                let revision = revision(entry.row.revision).unwrap();
                self.replay(&entry, &revision);
            }
            self.entries.insert(entry.row.id, entry);
        }
        for (id, entry) in before {
            let gone = entry.row.express || self.entries.contains_key(&id);
            assert!(gone, "execution {id} was durable and is lost");
        }
    }

    fn replay(&mut self, entry: &Entry, revision: &Arc<Revision>) {
        let Some(EventKind::ExecutionStarted { input }) = entry.events.first().map(|e| &e.kind)
        else {
            return;
        };
        let arn = revision.execution_arn(&entry.row.name);
        let limits = Arc::new(engine::Limits::AWS);
        let meta = crate::open::meta(revision, &entry.row, arn, input.clone(), limits);
        let program = revision.program().unwrap();
        let events = entry.events.iter().cloned();
        let replayed = Execution::replay(program, Arc::new(meta), events);
        self.replayed.insert(entry.row.id, replayed);
    }
}

/// Whether `event` may follow what `entry` has: ids without gaps, links that lead back, no
/// transition twice, no timer early.
fn check_next(entry: &Entry, event: &Event) {
    if entry.row.express {
        return;
    }
    let id = entry.row.id;
    let newest = entry.events.iter().rev().find(|event| event.id > 0).map_or(0, |event| event.id);
    if event.kind.is_public() {
        assert_eq!(event.id, newest + 1, "{id}: ids have a gap: {event:?}");
    } else {
        assert_eq!(event.id, 0, "{id}: a private event with an id");
    }
    assert!(event.prev <= newest, "{id}: {event:?} points forward");
    let ended = entry.events.last().is_some_and(|event| event.kind.is_terminal());
    let redriven = matches!(event.kind, EventKind::ExecutionRedriven { .. });
    assert_eq!(ended, redriven, "{id}: {event:?} after the end, or a redrive before it");
    assert_eq!(event.id == 1, matches!(event.kind, EventKind::ExecutionStarted { .. }));
    let life = |it: &&Event| !matches!(it.kind, EventKind::ExecutionRedriven { .. });
    let own = entry.events.iter().rev().take_while(life);
    let own = own.filter(|it| it.frame == event.frame);
    check_frame(id, own, event);
}

/// What happened in a frame before, newest first, allows `event`.
fn check_frame<'e>(id: i64, mut own: impl Iterator<Item = &'e Event>, event: &Event) {
    let is_result = |kind: &EventKind| {
        matches!(
            kind,
            EventKind::TaskSucceeded { .. }
                | EventKind::TaskFailed(_)
                | EventKind::TaskTimedOut(_)
                | EventKind::TaskSubmitFailed(_)
                | EventKind::TaskStartFailed(_)
        )
    };
    let is_task = |kind: &EventKind| {
        is_result(kind)
            || matches!(
                kind,
                EventKind::TaskScheduled(_)
                    | EventKind::StateEntered { .. }
                    | EventKind::StateExited { .. }
                    | EventKind::WaitUntil { .. }
                    | EventKind::RetryAt { .. }
            )
    };
    match &event.kind {
        kind if is_result(kind) => {
            let before = own.find(|it| is_task(&it.kind)).map(|it| &it.kind);
            assert!(
                matches!(before, Some(EventKind::TaskScheduled(_))),
                "{id}: {event:?} has no open attempt, but {before:?}"
            );
        }
        EventKind::StateExited { .. } | EventKind::TaskScheduled(_) => {
            let before = own.find(|it| is_task(&it.kind));
            match before.map(|it| &it.kind) {
                Some(EventKind::WaitUntil { due } | EventKind::RetryAt { due, .. }) => {
                    assert!(event.time >= *due, "{id}: {event:?} is before its time {due:?}");
                }
                Some(EventKind::StateExited { .. }) | None => {
                    let redriven = matches!(event.kind, EventKind::TaskScheduled(_));
                    assert!(redriven || before.is_none(), "{id}: {event:?} leaves a state twice");
                }
                _ => {}
            }
        }
        EventKind::StateEntered { .. } => {
            let before = own.find(|it| is_task(&it.kind)).map(|it| &it.kind);
            let left = matches!(before, None | Some(EventKind::StateExited { .. }));
            // A frame's place is used again once a sibling was aborted.
            let reused = !matches!(event.frame, FrameId::ROOT);
            assert!(left || reused, "{id}: {event:?} enters without leaving: {before:?}");
        }
        _ => {}
    }
}
