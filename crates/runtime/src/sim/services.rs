//! The world around the server: services that answer calls, holders of tokens, activity workers.

use std::collections::BTreeMap;

use asl::resource::{Pattern, ResourceKind};
use engine::Failure;
use engine::token::TaskToken;
use rand::Rng;
use value::{Payload, Value};

use super::ledger::Attempt;
use super::model::{Plan, answer, int, plan};
use super::simulation::{Action, Simulation};
use crate::executions::{ActivityTask, TaskReply};
use crate::tasks::{TaskAddress, TaskCall, TaskEvent};

/// What the world remembers of an attempt.
#[derive(Default)]
pub(super) struct Asked {
    /// The lives of the server that called.
    pub calls: Vec<u64>,
    pub handed_out: u32,
    /// What was sent, whether or not it arrived.
    pub successes: Vec<Payload>,
    pub failures: Vec<Failure>,
    pub submissions: Vec<Payload>,
}

pub(super) type AskedBy = BTreeMap<Attempt, Asked>;

pub(super) fn attempt_of(token: &str) -> Attempt {
    let token = TaskToken::parse(token).unwrap();
    (token.execution, token.attempt, token.nonce)
}

/// The plan that a task's parameters ask for.
pub(super) fn planned(parameters: &Value, may_be_silent: bool) -> Plan {
    let s = parameters.get("s").and_then(Value::as_str).unwrap_or_default();
    let (k, i, n) = (int(parameters, "k"), int(parameters, "i"), int(parameters, "n"));
    let may_be_silent = may_be_silent && parameters.get("job").is_none();
    match plan(k, i, s, n, int(parameters, "r") > 0) {
        Plan::Silent if !may_be_silent => Plan::Succeed,
        plan => plan,
    }
}

pub(super) fn result_of(parameters: &Value) -> Payload {
    let s = parameters.get("s").and_then(Value::as_str).unwrap_or_default();
    Payload::from_value(answer(s, int(parameters, "n")))
}

impl Simulation {
    /// The server calls a service.
    pub fn called(&mut self, call: &TaskCall) {
        let key = attempt_of(&call.token);
        let entry = self.ledger.entries.get(&key.0);
        let durable = entry.is_some_and(|entry| entry.has_attempt(key));
        assert!(durable, "{:?} was called before its cause was durable", call.address);
        let life = self.life;
        let asked = self.asked.entry(key).or_default();
        let repeatable = call.resource.arn.ends_with(":repeatable") || call.submitted.is_some();
        if let Some(last) = asked.calls.last() {
            assert!(repeatable && *last < life, "{:?} was called twice", call.address);
        }
        asked.calls.push(life);
        match (&call.resource.kind, call.resource.pattern()) {
            (ResourceKind::Service { .. }, Pattern::Sync) => self.job(call),
            (ResourceKind::Service { .. }, Pattern::WaitForTaskToken) => self.callback(call),
            _ => self.request(call),
        }
    }

    fn answer_later(&mut self, delay: i64, address: TaskAddress, event: TaskEvent) {
        let action = Action::Answer { life: self.life, address, event: Box::new(event) };
        self.after(delay, action);
    }

    fn asked(&mut self, call: &TaskCall) -> &mut Asked {
        self.asked.entry(attempt_of(&call.token)).or_default()
    }

    fn bad_luck(&mut self) -> bool {
        let percent = self.scenario.weather.bad_answers;
        self.rng.random_range(0..100) < percent
    }

    fn delay(&mut self) -> i64 {
        match self.rng.random_range(0..10) {
            0..3 => self.rng.random_range(0..5),
            3..9 => self.rng.random_range(0..3_000),
            _ => self.rng.random_range(0..60_000),
        }
    }

    fn request(&mut self, call: &TaskCall) {
        let may_be_silent = call.timeout_seconds.is_some();
        let plan = planned(call.parameters.value(), may_be_silent);
        let mut delay = self.delay();
        if self.bad_luck() && may_be_silent {
            // Lost, or late.
            if self.rng.random_bool(0.5) {
                return;
            }
            delay += 400_000;
        }
        self.outcome(call, plan, delay);
        if self.bad_luck() {
            let again = delay + self.rng.random_range(0..5_000);
            let plan = if self.rng.random_bool(0.5) { plan } else { Plan::Fail("Again") };
            self.outcome(call, plan, again);
        }
    }

    fn outcome(&mut self, call: &TaskCall, plan: Plan, delay: i64) {
        let event = match plan {
            Plan::Silent => return,
            Plan::Succeed => {
                let result = result_of(call.parameters.value());
                self.asked(call).successes.push(result.clone());
                TaskEvent::Succeeded(result)
            }
            Plan::Fail(error) => {
                let failure = Failure::new(error, "simulated");
                self.asked(call).failures.push(failure.clone());
                TaskEvent::Failed(failure)
            }
        };
        self.answer_later(delay, call.address, event);
    }

    /// Tells of the submission; `false` if it failed.
    fn submit(&mut self, call: &TaskCall, delay: i64) -> bool {
        if self.bad_luck() && self.rng.random_bool(0.3) {
            let failure = Failure::new("ErrSubmit", "simulated");
            self.asked(call).failures.push(failure.clone());
            self.answer_later(delay, call.address, TaskEvent::SubmitFailed(failure));
            return false;
        }
        let output = Payload::from_value(Value::object([("job", Value::from(&*call.token))]));
        self.asked(call).submissions.push(output.clone());
        self.answer_later(delay, call.address, TaskEvent::Submitted(output));
        true
    }

    /// A job is submitted once and watched by every life of the server.
    fn job(&mut self, call: &TaskCall) {
        let delay = self.delay();
        if call.submitted.is_none() && !self.submit(call, delay) {
            return;
        }
        let plan = planned(call.parameters.value(), false);
        let more = self.delay();
        self.outcome(call, plan, delay + more);
    }

    /// The token goes out with the call; its holder does not wait for the call to be answered.
    fn callback(&mut self, call: &TaskCall) {
        let delay = self.delay();
        self.submit(call, delay);
        let early = self.delay();
        self.held(&call.token, call.parameters.value(), early);
    }

    /// Somebody holds a token: heartbeats, then an answer, perhaps another one.
    fn held(&mut self, token: &str, parameters: &Value, delay: i64) {
        let key = attempt_of(token);
        let mut delay = delay;
        if self.bad_luck() {
            delay += self.rng.random_range(0..700_000);
        }
        for beat in 1..=delay / 20_000 {
            self.reply_later(beat * 20_000, key, token, TaskReply::Heartbeat);
        }
        let mut plan = planned(parameters, true);
        let mut times = if self.bad_luck() { 3 } else { 1 };
        while times > 0 {
            times -= 1;
            let reply = match plan {
                Plan::Silent => return,
                Plan::Succeed => TaskReply::Success(result_of(parameters)),
                Plan::Fail(error) => TaskReply::Failure(Failure::new(error, "simulated")),
            };
            self.reply_later(delay, key, token, reply);
            delay += self.rng.random_range(0..4_000);
            if self.rng.random_bool(0.5) {
                plan = Plan::Fail("Again");
            }
        }
    }

    fn reply_later(&mut self, delay: i64, attempt: Attempt, token: &str, reply: TaskReply) {
        let asked = self.asked.entry(attempt).or_default();
        match &reply {
            TaskReply::Success(output) => asked.successes.push(output.clone()),
            TaskReply::Failure(failure) => asked.failures.push(failure.clone()),
            TaskReply::Heartbeat => {}
        }
        self.after(delay, Action::Reply { token: token.to_owned(), reply });
    }

    /// A worker got a task.
    pub fn taken(&mut self, task: &ActivityTask) {
        let key = attempt_of(&task.task_token);
        let entry = self.ledger.entries.get(&key.0);
        assert!(entry.is_some_and(|entry| entry.has_attempt(key)), "handed out too early");
        let asked = self.asked.entry(key).or_default();
        asked.handed_out += 1;
        assert_eq!(asked.handed_out, 1, "a task was handed out twice: {key:?}");
        let delay = self.delay();
        self.held(&task.task_token, task.input.value(), delay);
    }
}
