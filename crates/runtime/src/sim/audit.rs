//! What must be true of every durable event, every answer and every end.

use engine::event::Reply;
use engine::{Event, EventKind, Failure};
use store::Status;
use value::Value;

use super::ledger::{Attempt, Entry};
use super::model::{End, Model, Plan, answer, int, same_output};
use super::services::{attempt_of, planned};
use super::simulation::{Action, News, Simulation, may_be_redriven};
use crate::executions::{Error, TaskReply};

/// The attempt that `event` of `entry` is about: the newest one scheduled in its frame before it.
fn attempt_at<'e>(entry: &'e Entry, event: &Event) -> Option<(Attempt, &'e Event)> {
    let at = entry.events.iter().rposition(|it| it == event)?;
    let mut before = entry.events[..at].iter().rev().filter(|it| it.frame == event.frame);
    before.find_map(|it| match &it.kind {
        EventKind::TaskScheduled(scheduled) => Some(((entry.row.id, it.id, scheduled.nonce), it)),
        _ => None,
    })
}

fn parameters(scheduled: &Event) -> &Value {
    match &scheduled.kind {
        EventKind::TaskScheduled(scheduled) => scheduled.parameters.value(),
        _ => &Value::Null,
    }
}

fn is_nested(scheduled: &Event) -> bool {
    parameters(scheduled).get("StateMachineArn").is_some()
}

/// The error of a call that was under way when the server died.
fn is_lost(failure: &Failure) -> bool {
    let cause = failure.cause.as_deref().unwrap_or_default();
    failure.error.as_deref() == Some("Lambda.Unknown") || cause.contains("the server stopped")
}

impl Simulation {
    /// An event has become durable: the world must have had its part in it.
    pub fn audit_event(&mut self, id: i64, event: &Event) {
        let Some(entry) = self.ledger.entries.get(&id) else { return };
        let Some((key, scheduled)) = attempt_at(entry, event) else { return };
        let nested = is_nested(scheduled);
        let asked = self.asked.get(&key);
        let failed = |failure: &Failure| asked.is_some_and(|it| it.failures.contains(failure));
        let explained = match &event.kind {
            EventKind::TaskSucceeded { .. } | EventKind::TaskFailed(_) if nested => {
                self.child_ended(entry, scheduled, event)
            }
            EventKind::TaskSucceeded { output } | EventKind::ReplyHeld(Reply::Success(output)) => {
                asked.is_some_and(|it| it.successes.contains(output))
            }
            EventKind::TaskFailed(failure) | EventKind::TaskSubmitFailed(failure)
                if is_lost(failure) =>
            {
                self.totals.lost_calls += 1;
                self.totals.crashes > 0
            }
            // The machines exist and the names are the attempts' own: no start is refused.
            EventKind::TaskSubmitFailed(_) if nested => false,
            EventKind::TaskSubmitted { output } if nested => self.child(output.value()).is_some(),
            EventKind::TaskFailed(failure)
            | EventKind::TaskSubmitFailed(failure)
            | EventKind::ReplyHeld(Reply::Failure(failure)) => failed(failure),
            EventKind::TaskSubmitted { output } => {
                asked.is_some_and(|it| it.submissions.contains(output))
            }
            EventKind::TaskTimedOut(_) => {
                self.totals.timeouts += 1;
                is_late(entry, scheduled, event)
            }
            _ => return,
        };
        assert!(explained, "nobody did {event:?} of {id}");
        let mut own = entry.events.iter().filter(|it| it.frame == event.frame);
        let held = own.by_ref().filter(|it| it.id == 0 && it.prev >= key.1);
        let held = held.filter(|it| matches!(it.kind, EventKind::ReplyHeld(_))).count();
        let later = entry.events.iter().any(|it| {
            it.frame == event.frame
                && it.id > key.1
                && matches!(it.kind, EventKind::TaskScheduled(_))
        });
        assert!(later || held <= 1, "an acknowledged answer to {key:?} was replaced");
    }

    /// A synchronous child is over, durably, before its parent hears of it.
    fn child_ended(&self, entry: &Entry, scheduled: &Event, event: &Event) -> bool {
        let after = entry.events.iter().skip_while(|it| it.id != scheduled.id);
        let submitted = after.take_while(|it| *it != event).find_map(|it| match &it.kind {
            EventKind::TaskSubmitted { output } if it.frame == event.frame => Some(output),
            _ => None,
        });
        let Some(submitted) = submitted else {
            // A request-response call.
            return matches!(event.kind, EventKind::TaskSucceeded { .. });
        };
        let Some(child) = self.child(submitted.value()) else { return false };
        match &event.kind {
            EventKind::TaskSucceeded { .. } => child.row.status == Status::Succeeded,
            _ => may_be_redriven(child.row.status) || child.row.redrive_count > 0,
        }
    }

    fn child(&self, submitted: &Value) -> Option<&Entry> {
        let arn = submitted.get("ExecutionArn").and_then(Value::as_str)?;
        let name = arn.rsplit(':').next()?;
        self.ledger.entries.values().find(|entry| entry.row.name == name)
    }

    /// An acknowledgement tells of something durable.
    pub fn audit_answer(&mut self, action: &Action, news: &News) {
        match (action, news) {
            (Action::Start { execution, other_input }, News::Started(result)) => {
                let planned = &self.scenario.executions[*execution];
                let entry = self.find(*execution);
                match result {
                    Ok(_) => {
                        let entry = entry.expect("an acknowledged start is not durable");
                        let first = entry.events.first().map(|event| &event.kind);
                        let same = matches!(first, Some(EventKind::ExecutionStarted { input })
                            if (*input == planned.input) != *other_input);
                        assert!(same, "started with another input");
                    }
                    Err(Error::AlreadyExists(_)) => assert!(entry.is_some()),
                    Err(error) => panic!("a start failed: {error}"),
                }
            }
            (Action::Stop(at), News::At(Ok(_))) => {
                let entry = self.find(*at).expect("stopped what is not there");
                let last = entry.last();
                let closed = !entry.is_open() || entry.row.redrive_count > 0;
                assert!(closed, "an acknowledged stop is not durable: {last:?}");
                self.totals.stops += 1;
            }
            (Action::Redrive(at), News::At(Ok(_))) => {
                let entry = self.find(*at).expect("redriven what is not there");
                let count = entry
                    .events
                    .iter()
                    .filter(|it| matches!(it.kind, EventKind::ExecutionRedriven { .. }))
                    .count();
                assert!(count > 0, "an acknowledged redrive is not durable");
                assert_eq!(count, entry.row.redrive_count as usize, "the row counts otherwise");
                self.totals.redrives += 1;
            }
            (Action::Reply { token, reply }, News::Replied(Ok(()))) => {
                self.audit_reply(attempt_of(token), reply);
            }
            (Action::Reply { .. }, News::Replied(Err(Error::TaskTimedOut))) => {}
            (Action::Redrive(_) | Action::Stop(_), News::At(Err(_))) => {}
            (action, _) => panic!("{action:?} was answered with something else"),
        }
    }

    fn find(&self, execution: usize) -> Option<&Entry> {
        let planned = &self.scenario.executions[execution];
        self.ledger.entries.values().find(|entry| entry.row.name == planned.name.as_str())
    }

    /// An acknowledged answer counts.
    fn audit_reply(&self, key: Attempt, reply: &TaskReply) {
        let entry = self.ledger.entries.get(&key.0).expect("answered what is not there");
        let scheduled = entry.events.iter().position(|it| it.id == key.1).expect("no such attempt");
        let frame = entry.events[scheduled].frame;
        let counts = |event: &Event| match (&event.kind, reply) {
            (EventKind::TaskSucceeded { output }, TaskReply::Success(sent))
            | (EventKind::ReplyHeld(Reply::Success(output)), TaskReply::Success(sent)) => {
                output == sent
            }
            (EventKind::TaskFailed(failure), TaskReply::Failure(sent))
            | (EventKind::ReplyHeld(Reply::Failure(failure)), TaskReply::Failure(sent)) => {
                failure == sent
            }
            (_, TaskReply::Heartbeat) => true,
            _ => false,
        };
        let mut after = entry.events[scheduled..].iter().filter(|it| it.frame == frame);
        assert!(after.any(counts), "an acknowledged answer to {key:?} is not durable: {reply:?}");
    }

    /// Everything has ended: as the model says, where nothing interfered.
    pub fn audit_ends(&mut self) {
        for at in 0..self.scenario.executions.len() {
            assert!(self.find(at).is_some(), "e{at} was never started");
        }
        let ids: Vec<_> = self.ledger.entries.keys().copied().collect();
        for id in ids {
            let entry = &self.ledger.entries[&id];
            let is_child = !entry.row.name.starts_with('e') || entry.row.name.len() > 8;
            self.totals.executions += 1;
            self.totals.children += u64::from(is_child);
            if self.is_undisturbed(entry) {
                self.compare(entry);
                self.totals.compared_with_model += 1;
            }
        }
    }

    /// Whether every attempt went as planned, in the execution and in its children.
    fn is_undisturbed(&self, entry: &Entry) -> bool {
        let over = matches!(entry.row.status, Status::Succeeded | Status::Failed);
        if !over || entry.row.redrive_count > 0 {
            return false;
        }
        let other = entry.events.first().is_some_and(|event| {
            matches!(&event.kind, EventKind::ExecutionStarted { input }
                if input.value().get("other").is_some())
        });
        !other && entry.events.iter().all(|event| self.went_as_planned(entry, event))
    }

    fn went_as_planned(&self, entry: &Entry, event: &Event) -> bool {
        let is_result = matches!(
            event.kind,
            EventKind::TaskSucceeded { .. }
                | EventKind::TaskFailed(_)
                | EventKind::TaskTimedOut(_)
                | EventKind::TaskSubmitFailed(_)
        );
        if !is_result {
            return true;
        }
        let Some((_, scheduled)) = attempt_at(entry, event) else { return false };
        if is_nested(scheduled) {
            let between = entry.events.iter().skip_while(|it| it.id != scheduled.id);
            let submitted = between.take_while(|it| *it != event).find_map(|it| match &it.kind {
                EventKind::TaskSubmitted { output } if it.frame == event.frame => Some(output),
                _ => None,
            });
            return match submitted {
                Some(output) => {
                    self.child(output.value()).is_some_and(|child| self.is_undisturbed(child))
                }
                None => matches!(event.kind, EventKind::TaskSucceeded { .. }),
            };
        }
        let parameters = parameters(scheduled);
        let silent = planned(parameters, true) == Plan::Silent;
        match &event.kind {
            EventKind::TaskSucceeded { output } => {
                let s = parameters.get("s").and_then(Value::as_str).unwrap_or_default();
                planned(parameters, false) == Plan::Succeed
                    && *output.value() == answer(s, int(parameters, "n"))
            }
            EventKind::TaskFailed(failure) => {
                matches!(planned(parameters, true), Plan::Fail(error)
                    if failure.error.as_deref() == Some(error))
            }
            EventKind::TaskTimedOut(_) => silent,
            _ => false,
        }
    }

    fn compare(&self, entry: &Entry) {
        let Some(EventKind::ExecutionStarted { input }) = entry.events.first().map(|e| &e.kind)
        else {
            return;
        };
        let machine = self.machine_of(entry);
        let model = Model { programs: &self.scenario.programs };
        let Some(ends) = model.ends(machine, input.value()) else { return };
        let same = |end: &End| match (entry.last(), end) {
            (Some(EventKind::ExecutionSucceeded { output }), Ok(model)) => {
                same_output(output.value(), model)
            }
            (Some(EventKind::ExecutionFailed(failure)), Err(error)) => {
                failure.error.as_deref() == Some(error)
            }
            _ => false,
        };
        assert!(
            ends.iter().any(same),
            "{} of m{machine} ended with {:?}, the model with one of {ends:#?}\n{:#?}",
            entry.row.name,
            entry.last(),
            self.scenario.programs[machine]
        );
    }

    fn machine_of(&self, entry: &Entry) -> usize {
        self.machine_number(entry.row.machine).expect("an execution of no machine")
    }
}

/// Whether `TimeoutSeconds` or `HeartbeatSeconds` of the attempt were over when it timed out.
fn is_late(entry: &Entry, scheduled: &Event, event: &Event) -> bool {
    let EventKind::TaskScheduled(task) = &scheduled.kind else { return false };
    let between = entry.events.iter().skip_while(|it| it.id != scheduled.id);
    let own: Vec<_> =
        between.take_while(|it| *it != event).filter(|it| it.frame == event.frame).collect();
    let newest = |wanted: fn(&EventKind) -> bool| {
        own.iter().rev().find(|it| wanted(&it.kind)).map(|it| it.time.0)
    };
    let over = |from: Option<i64>, seconds: Option<u64>| match (from, seconds) {
        (Some(from), Some(seconds)) => event.time.0 >= from + seconds as i64 * 1000,
        _ => false,
    };
    let started =
        newest(|kind| matches!(kind, EventKind::TaskStarted { .. } | EventKind::TaskScheduled(_)));
    let beat = newest(|kind| {
        matches!(
            kind,
            EventKind::TaskStarted { .. } | EventKind::TaskSubmitted { .. } | EventKind::Heartbeat
        )
    });
    over(started, task.timeout_seconds) || over(beat, task.heartbeat_seconds)
}
