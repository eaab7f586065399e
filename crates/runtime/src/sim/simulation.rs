//! One run of a seed: virtual time, what happens when, and the lives of the server.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Debug;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use engine::Failure;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use store::Simulated;
use tokio::task::AbortHandle;
use value::{Payload, Timestamp};

use super::ledger::Ledger;
use super::process::{Asked, Committed, Process, SimClock};
use super::program::{ACTIVITIES, activity_arn, definition, machine_arn};
use super::resources::{START, create_activity, create_machine};
use super::scenario::Scenario;
use super::services::AskedBy;
use crate::catalog::MachineType;
use crate::executions::{ActivityTask, Error, Start, Started, TaskReply};
use crate::resolve;
use crate::tasks::{TaskAddress, TaskEvent};

/// By then everything must have ended; nothing that programs wait for takes as long.
const LONGEST: i64 = 3 * 24 * 3600 * 1000;

/// What happens at some time.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Boot,
    Crash,
    CommitDone {
        life: u64,
    },
    Jump(i64),
    CreateActivity(usize),
    CreateMachine(usize),
    Start {
        execution: usize,
        other_input: bool,
    },
    Stop(usize),
    Redrive(usize),
    Poll(usize),
    /// A worker goes away while it waits.
    Leave(u64),
    Answer {
        life: u64,
        address: TaskAddress,
        event: Box<TaskEvent>,
    },
    Reply {
        token: String,
        reply: TaskReply,
    },
}

/// What a caller was answered.
pub(super) enum News {
    Created(Result<(), String>),
    Started(Result<Started, Error>),
    At(Result<Timestamp, Error>),
    Polled(Result<Option<ActivityTask>, Error>),
    Replied(Result<(), Error>),
}

/// What the runs of many seeds came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Totals {
    pub executions: u64,
    pub events: u64,
    pub compared_with_model: u64,
    pub crashes: u64,
    pub refused_commits: u64,
    pub commits: u64,
    pub lost_calls: u64,
    pub timeouts: u64,
    pub redrives: u64,
    pub stops: u64,
    pub children: u64,
    pub woken: u64,
}

impl Totals {
    pub fn add(&mut self, other: &Self) {
        self.executions += other.executions;
        self.events += other.events;
        self.compared_with_model += other.compared_with_model;
        self.crashes += other.crashes;
        self.refused_commits += other.refused_commits;
        self.commits += other.commits;
        self.lost_calls += other.lost_calls;
        self.timeouts += other.timeouts;
        self.redrives += other.redrives;
        self.stops += other.stops;
        self.children += other.children;
        self.woken += other.woken;
    }

    /// Whether everything that is to be simulated took place.
    pub fn is_telling(&self) -> bool {
        let each = [
            self.compared_with_model,
            self.crashes,
            self.refused_commits,
            self.lost_calls,
            self.timeouts,
            self.redrives,
            self.stops,
            self.children,
            self.woken,
        ];
        each.iter().all(|count| *count > 0)
    }
}

type Mailbox = Arc<Mutex<VecDeque<(u64, News)>>>;

pub(super) struct Simulation {
    pub scenario: Scenario,
    pub rng: StdRng,
    pub now: i64,
    /// How far the server's clock is off.
    offset: i64,
    clock: Arc<SimClock>,
    queue: BTreeMap<(i64, u64), Action>,
    next: u64,
    store: Arc<Simulated>,
    process: Option<Process>,
    pub life: u64,
    pub ledger: Ledger,
    pub asked: AskedBy,
    mailbox: Mailbox,
    /// Calls that wait for an answer, by number; after a crash their callers try again.
    calls: BTreeMap<u64, Action>,
    polls: BTreeMap<u64, AbortHandle>,
    pub totals: Totals,
    pub trace: VecDeque<String>,
    pub loud: bool,
}

impl Simulation {
    pub fn new(seed: u64) -> Self {
        let scenario = Scenario::new(seed);
        let store = Simulated::new(seed, scenario.weather.disk, Box::new(|_| {}));
        let mut it = Self {
            scenario,
            rng: StdRng::seed_from_u64(seed),
            now: START,
            offset: 0,
            clock: Arc::default(),
            queue: BTreeMap::new(),
            next: 0,
            store: Arc::new(store),
            process: None,
            life: 0,
            ledger: Ledger::default(),
            asked: AskedBy::new(),
            mailbox: Mailbox::default(),
            calls: BTreeMap::new(),
            polls: BTreeMap::new(),
            totals: Totals::default(),
            trace: VecDeque::new(),
            loud: std::env::var_os("STEPWELL_SIM_SEED").is_some(),
        };
        it.plan();
        it
    }

    fn plan(&mut self) {
        self.after(0, Action::Boot);
        for at in 0..ACTIVITIES.len() {
            self.after(1, Action::CreateActivity(at));
            self.after(2, Action::Poll(at));
            self.after(2, Action::Poll(at));
        }
        for at in 0..self.scenario.programs.len() {
            self.after(1, Action::CreateMachine(at));
        }
        let (span, weather) = (self.scenario.span, self.scenario.weather);
        for execution in 0..self.scenario.executions.len() {
            let at = self.rng.random_range(10..span);
            self.after(at, Action::Start { execution, other_input: false });
            if self.rng.random_bool(0.2) {
                let again = at + self.rng.random_range(0..span);
                let other_input = self.rng.random_bool(0.3);
                self.after(again, Action::Start { execution, other_input });
            }
            if self.rng.random_range(0..100) < weather.stops {
                let stop = at + self.rng.random_range(0..span);
                self.after(stop, Action::Stop(execution));
            }
            if self.rng.random_range(0..100) < 2 * weather.stops {
                let redrive = at + self.rng.random_range(0..2 * span);
                self.after(redrive, Action::Redrive(execution));
                let again = redrive + self.rng.random_range(0..50);
                self.after(again, Action::Redrive(execution));
            }
        }
        for _ in 0..weather.crashes {
            let at = self.rng.random_range(0..2 * span);
            self.after(at, Action::Crash);
        }
        for _ in 0..weather.clock_jumps {
            let at = self.rng.random_range(0..2 * span);
            let forward = self.rng.random_range(0..3_600_000);
            let back = -self.rng.random_range(0..2_000);
            let jump = if self.rng.random_bool(0.5) { forward } else { back };
            self.after(at, Action::Jump(jump));
        }
    }

    pub fn after(&mut self, delay: i64, action: Action) {
        self.next += 1;
        self.queue.insert((self.now + delay, self.next), action);
    }

    fn note(&mut self, what: impl Debug) {
        let mut line = format!("{:>9} {what:?}", self.now - START);
        if line.len() > 600 {
            line = line.chars().take(600).collect();
        }
        if self.loud {
            println!("{line}");
            return;
        }
        self.trace.push_back(line);
        if self.trace.len() > 60 {
            self.trace.pop_front();
        }
    }

    pub fn run(&mut self) -> Totals {
        self.set_clock();
        loop {
            self.settle();
            if self.is_over() {
                break;
            }
            let Some(next) = self.next_time() else {
                panic!("nothing will ever happen, but {} are open", self.open());
            };
            assert!(next - START < LONGEST, "stuck: {:#?}", self.stuck());
            let passed = next - self.now;
            self.now = next;
            self.set_clock();
            if let Some(process) = &self.process {
                process.pass_time(passed);
            }
            while let Some(first) = self.queue.first_entry() {
                if first.key().0 > self.now {
                    break;
                }
                let action = first.remove();
                self.act(action);
            }
        }
        self.end();
        self.totals.clone()
    }

    fn set_clock(&self) {
        self.clock.0.store(self.now + self.offset, Ordering::Relaxed);
    }

    fn next_time(&self) -> Option<i64> {
        let queued = self.queue.first_key_value().map(|((time, _), _)| *time);
        let due = self.process.as_ref().and_then(Process::due).map(|due| due.0 - self.offset);
        queued.into_iter().chain(due).min().map(|time| time.max(self.now))
    }

    /// Lets everything happen that needs no time.
    fn settle(&mut self) {
        loop {
            let Some(process) = &mut self.process else { return };
            process.work(&mut self.rng, &mut self.ledger);
            if process.wants_commit() {
                process.begin_commit();
                let percent = self.scenario.weather.slow_commits;
                let slow = self.rng.random_range(0..100) < percent;
                let longest = if self.rng.random_bool(0.1) { 8_000 } else { 40 };
                let delay = if slow { self.rng.random_range(0..longest) } else { 0 };
                self.after(delay, Action::CommitDone { life: self.life });
            }
            if !self.hear() {
                return;
            }
        }
    }

    /// Takes what the server asked and answered; `false` if there was nothing.
    fn hear(&mut self) -> bool {
        let mut heard = false;
        loop {
            let Some(process) = &self.process else { return heard };
            let asked = process.tasks.asked.lock().unwrap().pop_front();
            let news = self.mailbox.lock().unwrap().pop_front();
            if asked.is_none() && news.is_none() {
                return heard;
            }
            heard = true;
            match asked {
                Some(Asked::Call(call)) => {
                    self.note(("call", &call.resource.arn, call.address, &call.parameters));
                    self.called(&call);
                }
                Some(Asked::Cancel(cancel)) => self.note(("cancel", cancel.address)),
                None => {}
            }
            if let Some((call, news)) = news
                && let Some(action) = self.calls.remove(&call)
            {
                self.polls.remove(&call);
                self.answered(action, news);
            }
        }
    }

    fn act(&mut self, action: Action) {
        if !matches!(action, Action::Poll(_) | Action::CommitDone { .. }) {
            self.note(&action);
        }
        match action {
            Action::Boot => self.boot(),
            Action::Crash => self.crash(),
            Action::CommitDone { life } => self.commit_done(life),
            Action::Jump(by) => {
                self.offset += by;
                self.set_clock();
            }
            Action::Leave(call) => {
                if let Some(handle) = self.polls.remove(&call) {
                    handle.abort();
                    if let Some(poll) = self.calls.remove(&call) {
                        self.after(1_000, poll);
                    }
                }
            }
            Action::Answer { life, address, event } => {
                if life == self.life
                    && let Some(process) = &self.process
                {
                    process.executions.task_event(address, *event);
                }
            }
            action => self.call(action),
        }
    }

    fn boot(&mut self) {
        self.life += 1;
        let store = Arc::new(self.store.restart(Box::new(|_| {})));
        self.store = store.clone();
        let (clock, shards) = (self.clock.clone(), self.scenario.shards);
        let Ok(process) = Process::boot(store.clone(), clock, shards, &mut self.rng) else {
            assert!(self.store.crashed() || self.ledger.entries.is_empty());
            return self.after(100, Action::Boot);
        };
        let catalog = process.executions.catalog().clone();
        self.ledger.restarted(&*store, |id| catalog.revision(id).unwrap());
        self.process = Some(process);
        self.look_at_commit();
    }

    /// The process is gone; whoever waited for it tries again.
    fn crash(&mut self) {
        let Some(process) = self.process.take() else { return };
        self.totals.woken += process.woken();
        drop(process);
        self.store.crash();
        self.totals.crashes += 1;
        self.mailbox.lock().unwrap().clear();
        self.polls.clear();
        for call in std::mem::take(&mut self.calls).into_values() {
            let delay = self.rng.random_range(0..30_000);
            // Nobody knows whether a redrive took place; who asks again may redrive twice.
            if !matches!(call, Action::Redrive(_)) {
                self.after(delay, call);
            }
        }
        let down = if self.rng.random_bool(0.1) { 400_000 } else { 10_000 };
        let down = self.rng.random_range(0..down);
        self.after(down, Action::Boot);
    }

    fn commit_done(&mut self, life: u64) {
        let Some(process) = self.process.as_mut().filter(|_| life == self.life) else { return };
        let torn = self.rng.random_range(0..1000) < self.scenario.weather.torn;
        let torn = torn.then(|| self.rng.random_range(0..6));
        let committed = process.end_commit(torn, &mut self.ledger);
        self.totals.commits += 1;
        match committed {
            Committed::Yes => {}
            Committed::Crashed => {
                self.note(("crash at commit", torn));
                // What was told before the end of the process did happen.
                if torn.is_some() {
                    self.hear();
                }
                self.look_at_commit();
                return self.crash();
            }
            Committed::Refused => {
                self.totals.refused_commits += 1;
                self.note("refused");
                let delay = self.rng.random_range(0..2_000);
                self.after(delay, Action::Crash);
            }
        }
        self.look_at_commit();
    }

    fn look_at_commit(&mut self) {
        for (id, event) in std::mem::take(&mut self.ledger.news) {
            if self.loud {
                self.note((id, &event));
            }
            self.totals.events += 1;
            self.audit_event(id, &event);
        }
    }

    /// A caller asks something of the server, or later if there is none.
    fn call(&mut self, action: Action) {
        let is_poll = matches!(action, Action::Poll(_));
        let Some(process) = &self.process else {
            return self.after(5_000, action);
        };
        self.next += 1;
        let (call, executions) = (self.next, process.executions.clone());
        let machine = |at: usize| executions.catalog().machine(&machine_arn(at));
        let planned = &self.scenario.executions;
        let handle = process.callers.handle();
        let mailbox = self.mailbox.clone();
        let tell = move |news| mailbox.lock().unwrap().push_back((call, news));
        let task = match &action {
            Action::CreateActivity(at) => {
                let create = create_activity(executions, *at);
                handle.spawn(async move { tell(News::Created(create.await)) })
            }
            Action::CreateMachine(at) => {
                let text = definition(&self.scenario.programs[*at]);
                let checked = executions.catalog().check(&text, MachineType::Standard);
                let Some(program) = checked.program else {
                    panic!("{text}\nis refused: {:?}", checked.diagnostics);
                };
                let create = create_machine(executions, *at, text, program);
                handle.spawn(async move { tell(News::Created(create.await)) })
            }
            Action::Start { execution, other_input } => {
                let planned = &planned[*execution];
                let created = |name| executions.catalog().activity(&activity_arn(name)).is_some();
                // What runs before its activities and children exist fails; that is no news.
                let mut all = 0..self.scenario.programs.len();
                if all.any(|at| machine(at).is_none()) || !ACTIVITIES.into_iter().all(created) {
                    return self.after(100, action);
                }
                let arn = machine_arn(planned.machine);
                let target = resolve::target(executions.catalog(), &arn, 0).unwrap();
                let other = || Payload::from_valid_text("{\"other\":true}");
                let input = if *other_input { other() } else { planned.input.clone() };
                let start = Start::new(target, Some(planned.name.as_str().into()), input);
                handle.spawn(async move { tell(News::Started(executions.start(start).await)) })
            }
            Action::Stop(at) | Action::Redrive(at) => {
                let planned = &planned[*at];
                let Some(machine) = machine(planned.machine) else {
                    return self.after(100, action);
                };
                let is_stop = matches!(action, Action::Stop(_));
                let Ok(Some(row)) = executions.find(machine.id, &planned.name) else { return };
                if !is_stop && !may_be_redriven(row.status) {
                    return;
                }
                handle.spawn(async move {
                    let failure = Failure::new("Stopped", "simulated");
                    tell(News::At(if is_stop {
                        executions.stop(row.id, failure).await
                    } else {
                        executions.redrive(row.id, None).await
                    }));
                })
            }
            Action::Poll(at) => {
                let arn = activity_arn(ACTIVITIES[*at]);
                handle.spawn(async move {
                    let worker = Some("worker".into());
                    tell(News::Polled(executions.activity_task(&arn, worker).await));
                })
            }
            Action::Reply { token, reply } => {
                let (token, reply) = (token.clone(), reply.clone());
                handle.spawn(async move {
                    tell(News::Replied(executions.reply(&token, reply).await));
                })
            }
            other => panic!("{other:?} is no call"),
        };
        self.calls.insert(call, action);
        if is_poll {
            self.polls.insert(call, task.abort_handle());
            if self.rng.random_bool(0.2) {
                let leaves = self.rng.random_range(0..90_000);
                self.after(leaves, Action::Leave(call));
            }
        }
    }

    fn answered(&mut self, action: Action, news: News) {
        match (action, news) {
            (Action::CreateActivity(_) | Action::CreateMachine(_), News::Created(Ok(()))) => {}
            (action, News::Created(Err(_)))
            | (action, News::Started(Err(Error::Stopping)))
            | (action, News::Replied(Err(Error::Stopping | Error::Store(_))))
            | (action @ Action::Stop(_), News::At(Err(Error::Stopping))) => {
                self.after(3_000, action);
            }
            (Action::Poll(at), news) => {
                if let News::Polled(Ok(Some(task))) = news {
                    self.taken(&task);
                }
                let pause = self.rng.random_range(0..3_000);
                self.after(pause, Action::Poll(at));
            }
            (action, news) => self.audit_answer(&action, &news),
        }
    }

    /// The number in the scenario of the machine that the server numbered `id`.
    pub fn machine_number(&self, id: i64) -> Option<usize> {
        let machine = self.process.as_ref()?.executions.catalog().machine_by_id(id)?;
        machine.name.strip_prefix('m')?.parse().ok()
    }

    fn open(&self) -> usize {
        self.ledger.entries.values().filter(|entry| entry.is_open()).count()
    }

    fn stuck(&self) -> Vec<&super::ledger::Entry> {
        self.ledger.entries.values().filter(|entry| entry.is_open()).collect()
    }

    /// All that was to be started has been, and has ended.
    fn is_over(&self) -> bool {
        let idle = |action: &Action| {
            matches!(action, Action::Poll(_) | Action::Leave(_) | Action::Jump(_))
        };
        self.process.as_ref().is_some_and(Process::is_quiet)
            && self.open() == 0
            && self.queue.values().all(idle)
            && self.calls.values().all(idle)
    }

    fn end(&mut self) {
        let Some(process) = &mut self.process else { return };
        self.totals.woken += process.woken();
        let left = process.leftovers();
        assert!(left.is_empty(), "left behind: {left:#?}");
        self.audit_ends();
    }
}

pub(super) fn may_be_redriven(status: store::Status) -> bool {
    use store::Status::{Aborted, Failed, TimedOut};
    matches!(status, Failed | Aborted | TimedOut)
}
