//! One execution and everything around it: the process, its disk, the time, services that answer
//! with what is plausible.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use asl::program::StateKind;
use asl::resource::Pattern;
use connectors::Connectors;
use engine::{EventKind, Failure, FrameId};
use rand::SeedableRng;
use rand::rngs::StdRng;
use smol_str::SmolStr;
use store::{Simulated, Status};
use value::Payload;

use super::plausible::Plausible;
use crate::catalog::MachineType;
use crate::executions::Start;
use crate::resolve;
use crate::shard::SleepTimes;
use crate::sim::ledger::Ledger;
use crate::sim::process::{Asked, Committed, Process, SimClock, SimTasks};
use crate::sim::program::machine_arn;
use crate::sim::resources::{START, create_machine};
use crate::tasks::{TaskAddress, TaskCall, TaskEvent};

/// No definition of the corpus waits longer.
const LONGEST: i64 = 40 * 24 * 3600 * 1000;
/// No definition of the corpus needs more calls.
const MAX_CALLS: usize = 3_000;

/// How the execution ended.
pub(super) enum End {
    /// The definition was not accepted.
    Refused(String),
    Succeeded,
    Failed {
        error: String,
        cause: String,
        by_fail_state: bool,
    },
}

pub(super) struct World {
    process: Process,
    clock: Arc<SimClock>,
    ledger: Ledger,
    rng: StdRng,
    /// How often each state has called, in each iteration.
    calls: HashMap<(i64, FrameId, SmolStr), usize>,
}

impl World {
    pub fn new(connectors: &Connectors, seed: u64) -> Self {
        let (clock, mut rng) = (Arc::<SimClock>::default(), StdRng::seed_from_u64(seed));
        clock.0.store(START, Ordering::Relaxed);
        let tasks = Arc::new(SimTasks::of(connectors.clone()));
        let store = Arc::new(Simulated::faultless());
        let with = (tasks, SleepTimes::DEFAULT);
        let process = Process::boot_with(store, clock.clone(), 1, with, &mut rng).unwrap();
        Self { process, clock, ledger: Ledger::default(), rng, calls: HashMap::new() }
    }

    /// Runs a definition; answers begin with the `number`-th.
    pub fn run(mut self, definition: &str, plausible: &Plausible, number: usize) -> End {
        let executions = self.process.executions.clone();
        let checked = executions.catalog().check(definition, MachineType::Standard);
        let Some(program) = checked.program else {
            let faults = checked.diagnostics.iter().map(|it| it.message.clone());
            return End::Refused(faults.collect::<Vec<_>>().join("; "));
        };
        let create = create_machine(executions.clone(), 0, definition.to_owned(), program);
        let create = async move { create.await.unwrap() };
        self.until(create, plausible, number);
        let mut target = resolve::target(executions.catalog(), &machine_arn(0), 0).unwrap();
        target.test_case = Some("corpus".into());
        let input = Payload::from_value(plausible.input(number));
        let start = Start::new(target, Some("e".into()), input);
        let begin = async move { executions.start(start).await.map(drop).unwrap() };
        self.until(begin, plausible, number);
        loop {
            self.settle(plausible, number);
            let entry = self.ledger.entries.values().find(|entry| entry.row.name == "e");
            let row = &entry.unwrap().row;
            if row.status != Status::Running {
                let (id, status) = (row.id, row.status);
                return self.end(id, status);
            }
            self.pass_time();
        }
    }

    fn end(&self, id: i64, status: Status) -> End {
        if status == Status::Succeeded {
            return End::Succeeded;
        }
        let executions = &self.process.executions;
        let failure = executions.describe(id).unwrap().failure;
        let entry = &self.ledger.entries[&id];
        let entered = |event: &&engine::Event| matches!(event.kind, EventKind::StateEntered { .. });
        let last = entry.events.iter().rev().find(entered).map(|event| event.state);
        let machine = executions.catalog().machine(&machine_arn(0)).unwrap();
        let program = machine.current.program().unwrap();
        let last = last.map(|state| &program.state(state).kind);
        let by_fail_state = matches!(last, Some(StateKind::Fail { .. }));
        let Failure { error, cause } = failure;
        let error = error.map_or_else(|| format!("{status:?}"), |error| error.to_string());
        End::Failed { error, cause: cause.as_deref().unwrap_or_default().to_owned(), by_fail_state }
    }

    /// Lets everything happen until `work` is done.
    fn until(
        &mut self,
        work: impl Future<Output = ()> + Send + 'static,
        plausible: &Plausible,
        number: usize,
    ) {
        let done = Arc::new(Mutex::new(false));
        let tell = done.clone();
        drop(self.process.callers.spawn(async move {
            work.await;
            *tell.lock().unwrap() = true;
        }));
        while !*done.lock().unwrap() {
            self.settle(plausible, number);
        }
    }

    /// Lets everything happen that needs no time.
    fn settle(&mut self, plausible: &Plausible, number: usize) {
        let mut quiet = 0;
        while quiet < 3 {
            quiet += 1;
            self.process.work(&mut self.rng, &mut self.ledger);
            if self.process.wants_commit() {
                quiet = 0;
                self.process.begin_commit();
                assert_eq!(self.process.end_commit(None, &mut self.ledger), Committed::Yes);
            }
            loop {
                let asked = self.process.tasks.asked.lock().unwrap().pop_front();
                match asked {
                    Some(Asked::Call(call)) => self.answer(&call, plausible, number),
                    Some(Asked::Cancel(_)) => {}
                    None => break,
                }
                quiet = 0;
            }
        }
    }

    fn answer(&mut self, call: &TaskCall, plausible: &Plausible, number: usize) {
        let calls = self.calls.values().sum::<usize>();
        assert!(calls < MAX_CALLS, "{} calls and calls", call.state_name);
        let TaskAddress { execution, task } = call.address;
        let key = (execution.id, task.frame, call.state_name.clone());
        let count = self.calls.entry(key).or_default();
        let result = plausible.result(&call.state_name, &call.resource, number + *count);
        *count += 1;
        let result = Payload::from_value(result);
        let tell = |event| self.process.executions.task_event(call.address, event);
        if call.resource.pattern() != Pattern::RequestResponse {
            tell(TaskEvent::Submitted(result.clone()));
        }
        tell(TaskEvent::Succeeded(result));
    }

    /// Goes on to whatever is due next.
    fn pass_time(&self) {
        let now = self.clock.0.load(Ordering::Relaxed);
        let due = self.process.due().expect("nothing will ever happen");
        assert!(due.0 - START < LONGEST, "it does not end");
        self.clock.0.store(due.0.max(now), Ordering::Relaxed);
        self.process.pass_time(due.0 - now);
    }
}
