//! Executions that are not in memory answer as if they were.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use engine::Failure;
use rand::SeedableRng;
use rand::rngs::StdRng;
use store::{Simulated, Status};
use value::Payload;

use super::ledger::Ledger;
use super::process::{Asked, Committed, Process, SimClock, SimTasks};
use super::program::{ACTIVITIES, activity_arn, machine_arn};
use super::resources::{START, create_activity, create_machine};
use crate::catalog::MachineType;
use crate::executions::{Error, Executions, Start, Started, TaskReply};
use crate::resolve;
use crate::shard::SleepTimes;
use crate::tasks::TaskEvent;

const TIMES: SleepTimes = SleepTimes { idle: 1_000, ahead: 60_000, early: 5_000 };
const DAY: i64 = 24 * 3600 * 1000;

struct Server {
    process: Process,
    clock: Arc<SimClock>,
    ledger: Ledger,
    rng: StdRng,
}

impl Server {
    fn on(store: Simulated, clock: Arc<SimClock>) -> Self {
        let mut rng = StdRng::seed_from_u64(1);
        let with = (Arc::<SimTasks>::default(), TIMES);
        let process = Process::boot_with(store.into(), clock.clone(), 2, with, &mut rng).unwrap();
        let catalog = process.executions.catalog().clone();
        let mut ledger = Ledger::default();
        ledger.restarted(&*process.store, |id| catalog.revision(id).unwrap());
        Self { process, clock, ledger, rng }
    }

    /// A server with a machine that waits for a day, for a worker, and for who has a token.
    fn new() -> Self {
        let clock = Arc::<SimClock>::default();
        clock.0.store(START, Ordering::Relaxed);
        let mut server = Self::on(Simulated::faultless(), clock);
        let definition = format!(
            r#"{{"StartAt":"P","States":{{"P":{{"Type":"Parallel","End":true,"Branches":[
            {{"StartAt":"W","States":{{"W":{{"Type":"Wait","Seconds":86400,"End":true}}}}}},
            {{"StartAt":"A","States":{{"A":{{"Type":"Task","Resource":"{}","End":true}}}}}},
            {{"StartAt":"T","States":{{"T":{{"Type":"Task","End":true,
              "Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken",
              "Parameters":{{"QueueUrl":"q","MessageBody.$":"$$.Task.Token"}}}}}}}}]}}}}}}"#,
            activity_arn(ACTIVITIES[0])
        );
        server.ask(|executions| create_activity(executions, 0)).unwrap();
        let checked = server.process.executions.catalog().check(&definition, MachineType::Standard);
        let program = checked.program.unwrap();
        server.ask(|executions| create_machine(executions, 0, definition, program)).unwrap();
        server
    }

    /// What a call comes to.
    fn ask<T, F>(&mut self, call: impl FnOnce(Executions) -> F) -> T
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let answer = Arc::new(Mutex::new(None));
        let (call, tell) = (call(self.process.executions.clone()), answer.clone());
        drop(self.process.callers.spawn(async move {
            let answered = call.await;
            *tell.lock().unwrap() = Some(answered);
        }));
        loop {
            self.settle();
            if let Some(answer) = answer.lock().unwrap().take() {
                return answer;
            }
        }
    }

    /// Lets everything happen that needs no time. Calls are submitted.
    fn settle(&mut self) {
        loop {
            self.process.work(&mut self.rng, &mut self.ledger);
            let asked = self.process.tasks.asked.lock().unwrap().pop_front();
            if let Some(Asked::Call(call)) = asked {
                let submitted = TaskEvent::Submitted(Payload::from_valid_text("{}"));
                self.process.executions.task_event(call.address, submitted);
            } else if self.process.wants_commit() {
                self.process.begin_commit();
                assert_eq!(self.process.end_commit(None, &mut self.ledger), Committed::Yes);
            } else {
                return;
            }
        }
    }

    fn pass(&mut self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::Relaxed);
        self.process.pass_time(ms);
        self.settle();
    }

    fn start(&mut self, input: &str) -> Result<Started, Error> {
        let target =
            resolve::target(self.process.executions.catalog(), &machine_arn(0), 0).unwrap();
        let start = Start::new(target, Some("e".into()), Payload::parse(input).unwrap());
        self.ask(|executions| async move { executions.start(start).await })
    }

    /// Starts an execution, and waits until it is not in memory any more.
    fn asleep() -> Self {
        let mut server = Self::new();
        server.start("1").unwrap();
        assert_eq!(server.process.in_memory(), 1);
        server.pass(TIMES.idle);
        assert_eq!(server.process.in_memory(), 0);
        server
    }

    /// The names of the states whose tasks wait, and their tokens.
    fn inbox(&mut self) -> Vec<(String, String)> {
        let tasks = self.ask(|executions| async move { executions.waiting_tasks(10).await });
        tasks.unwrap().into_iter().map(|task| (task.state_name.to_string(), task.token)).collect()
    }

    fn reply(&mut self, token: String) {
        let reply = TaskReply::Success(Payload::from_valid_text("2"));
        let replied = self.ask(|executions| async move { executions.reply(&token, reply).await });
        replied.unwrap();
    }

    fn status(&self) -> Status {
        self.process.executions.describe(1).unwrap().row.status
    }

    /// Answers the tasks; the execution ends on the day.
    fn finish(&mut self) {
        let token = self.inbox().into_iter().find(|(state, _)| state == "T").unwrap().1;
        self.reply(token);
        self.pass(TIMES.idle);
        assert_eq!(self.process.in_memory(), 0);
        let arn = activity_arn(ACTIVITIES[0]);
        let task = self.ask(|executions| async move { executions.activity_task(&arn, None).await });
        self.reply(task.unwrap().unwrap().task_token);
        let due = START + DAY;
        let left = due - self.clock.0.load(Ordering::Relaxed);
        self.pass(TIMES.idle);
        self.pass(left - TIMES.idle - TIMES.early - 1);
        assert_eq!(self.process.in_memory(), 0);
        self.pass(1);
        assert_eq!((self.process.in_memory(), self.status()), (1, Status::Running));
        self.pass(TIMES.early);
        let description = self.process.executions.describe(1).unwrap();
        assert_eq!(description.row.status, Status::Succeeded);
        assert_eq!(description.row.stop, Some(due));
        assert_eq!(description.output.unwrap().text(), "[1,2,2]");
        assert_eq!(self.process.leftovers(), [""; 0]);
    }
}

#[test]
fn tokens_and_workers_are_answered_and_the_wait_ends_in_time() {
    Server::asleep().finish();
}

#[test]
fn the_inbox_shows_what_waits_without_waking_it() {
    let mut server = Server::new();
    server.start("1").unwrap();
    let before = server.inbox();
    assert_eq!(before.len(), 2);
    server.pass(TIMES.idle);
    assert_eq!(server.inbox(), before);
    assert_eq!(server.process.in_memory(), 0);
}

#[test]
fn a_name_stays_taken() {
    let mut server = Server::asleep();
    let again = server.start("1").unwrap();
    assert_eq!(again.start_date.0, START);
    server.pass(TIMES.idle);
    assert_eq!(server.process.in_memory(), 0);
    assert!(matches!(server.start("2"), Err(Error::AlreadyExists(_))));
}

#[test]
fn it_is_stopped() {
    let mut server = Server::asleep();
    let stop = |executions: Executions| async move {
        executions.stop(1, Failure::new("E", "because")).await
    };
    server.ask(stop).unwrap();
    assert_eq!(server.status(), Status::Aborted);
}

#[test]
fn a_restart_leaves_it_asleep_once_its_worker_has_the_task() {
    let mut server = Server::asleep();
    let arn = activity_arn(ACTIVITIES[0]);
    let task = server.ask(|executions| async move { executions.activity_task(&arn, None).await });
    let task = task.unwrap().unwrap();
    let store = server.process.store.restart(Box::new(|_| {}));
    let mut server = Server::on(store, server.clock.clone());
    server.settle();
    assert_eq!(server.process.in_memory(), 0);
    server.reply(task.task_token);
    assert_eq!(server.inbox().len(), 1);
}

#[test]
fn a_restart_offers_its_task_to_workers_again() {
    let server = Server::asleep();
    let store = server.process.store.restart(Box::new(|_| {}));
    let mut server = Server::on(store, server.clock);
    server.settle();
    assert_eq!(server.process.in_memory(), 1);
    server.pass(TIMES.idle);
    assert_eq!(server.process.in_memory(), 0);
    server.finish();
}
