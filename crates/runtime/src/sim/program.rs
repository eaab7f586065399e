//! Programs for the simulation: generated as a tree, written out as a definition, and evaluated by
//! a model that knows nothing of the engine.

use rand::Rng;
use rand::rngs::StdRng;
use value::{Object, Value};

/// The activities that generated programs use.
pub(super) const ACTIVITIES: [&str; 2] = ["sim-a", "sim-b"];

const ACCOUNT: &str = "us-east-1:123456789012";

pub(super) fn activity_arn(name: &str) -> String {
    format!("arn:aws:states:{ACCOUNT}:activity:{name}")
}

pub(super) fn machine_arn(number: usize) -> String {
    format!("arn:aws:states:{ACCOUNT}:stateMachine:m{number}")
}

/// A state machine.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub steps: Vec<Step>,
    pub timeout_seconds: Option<u32>,
}

/// A state, or a state with those that a Choice leads to.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub name: String,
    pub kind: Kind,
    pub retry: Vec<Retrier>,
    pub catches: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Pass,
    Wait(u32),
    /// Below the number goes the first way, the rest the other.
    Choice(i64, Vec<Step>, Vec<Step>),
    Task(Task),
    Parallel(Vec<Vec<Step>>),
    /// So many items at a time.
    Map(u32, Vec<Step>),
    Nested(Nested, usize),
    Fail(&'static str),
}

#[derive(Clone, Debug)]
pub(super) struct Task {
    pub service: Service,
    pub timeout: Option<u32>,
    pub heartbeat: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Function,
    /// A call that may be made again.
    Repeatable,
    Job,
    Callback,
    Activity(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nested {
    RequestResponse,
    Sync,
    Sync2,
}

#[derive(Clone, Debug)]
pub(super) struct Retrier {
    pub errors: Vec<&'static str>,
    pub max_attempts: u32,
    pub interval: u32,
    pub full_jitter: bool,
}

/// The items that every input has; a Map runs over them.
pub(super) const ITEMS: usize = 3;

/// The input of an execution whose answers follow from `k`.
pub(super) fn input(k: i64) -> Value {
    let items = (0..ITEMS as i64).map(Value::Int).collect();
    Value::object([("k", Value::Int(k)), ("i", Value::Int(0)), ("items", Value::array(items))])
}

/// Makes programs.
pub(super) struct Generator<'r> {
    pub rng: &'r mut StdRng,
    /// The machines before this one may be nested.
    pub machines: usize,
    pub states: usize,
}

impl Generator<'_> {
    pub fn program(&mut self) -> Program {
        let timeout_seconds = self.rng.random_bool(0.1).then(|| self.rng.random_range(60..4000));
        let count = self.rng.random_range(1..=4);
        Program { steps: self.steps(count, 0), timeout_seconds }
    }

    fn steps(&mut self, count: usize, depth: usize) -> Vec<Step> {
        (0..count).map(|_| self.step(depth)).collect()
    }

    fn some_steps(&mut self, depth: usize) -> Vec<Step> {
        let count = self.rng.random_range(1..=2);
        self.steps(count, depth + 1)
    }

    fn step(&mut self, depth: usize) -> Step {
        self.states += 1;
        let name = format!("S{}", self.states);
        let kind = self.kind(depth);
        let may_fail =
            !matches!(kind, Kind::Pass | Kind::Wait(_) | Kind::Choice(..) | Kind::Fail(_));
        let (mut retry, mut catches) = (Vec::new(), false);
        if may_fail {
            catches = self.rng.random_bool(0.4);
            if self.rng.random_bool(0.6) {
                retry.push(self.retrier(vec!["ErrA", "States.Timeout"]));
            }
            if self.rng.random_bool(0.5) {
                retry.push(self.retrier(vec!["States.ALL"]));
            }
        }
        Step { name, kind, retry, catches }
    }

    fn fail(&mut self) -> Step {
        self.states += 1;
        let name = format!("S{}", self.states);
        Step { name, kind: Kind::Fail("ErrB"), retry: Vec::new(), catches: false }
    }

    fn retrier(&mut self, errors: Vec<&'static str>) -> Retrier {
        Retrier {
            errors,
            max_attempts: self.rng.random_range(0..=3),
            interval: self.rng.random_range(1..=20),
            full_jitter: self.rng.random_bool(0.3),
        }
    }

    fn kind(&mut self, depth: usize) -> Kind {
        let containers = if depth < 2 { 100 } else { 80 };
        match self.rng.random_range(0..containers) {
            0..10 => Kind::Pass,
            10..20 => Kind::Wait(self.rng.random_range(0..200)),
            20..70 => Kind::Task(self.task()),
            70..80 if self.machines > 0 => {
                let pattern = [Nested::RequestResponse, Nested::Sync, Nested::Sync2];
                let pattern = pattern[self.rng.random_range(0..3)];
                Kind::Nested(pattern, self.rng.random_range(0..self.machines))
            }
            70..80 => Kind::Task(self.task()),
            80..87 => {
                let below = self.rng.random_range(0..1000);
                let mut low = self.some_steps(depth);
                if self.rng.random_bool(0.3) {
                    low.push(self.fail());
                }
                Kind::Choice(below, low, self.some_steps(depth))
            }
            87..94 => {
                let branches = self.rng.random_range(1..=3);
                Kind::Parallel((0..branches).map(|_| self.some_steps(depth)).collect())
            }
            _ => Kind::Map(self.rng.random_range(0..3), self.some_steps(depth)),
        }
    }

    fn task(&mut self) -> Task {
        let activity = Service::Activity(self.rng.random_range(0..ACTIVITIES.len()));
        let services =
            [Service::Function, Service::Repeatable, Service::Job, Service::Callback, activity];
        let service = services[self.rng.random_range(0..services.len())];
        let by_token = matches!(service, Service::Callback | Service::Activity(_));
        // Whatever a holder may keep for ever has a timeout.
        let timeout =
            (by_token || self.rng.random_bool(0.5)).then(|| self.rng.random_range(120..600));
        let heartbeat = (by_token && self.rng.random_bool(0.5))
            .then(|| self.rng.random_range(30..timeout.unwrap_or(100)));
        Task { service, timeout, heartbeat }
    }
}

impl Service {
    fn resource(self) -> String {
        match self {
            Self::Function => format!("arn:aws:lambda:{ACCOUNT}:function:f"),
            Self::Repeatable => "arn:aws:states:::aws-sdk:sim:repeatable".into(),
            Self::Job => "arn:aws:states:::batch:submitJob.sync".into(),
            Self::Callback => "arn:aws:states:::sqs:sendMessage.waitForTaskToken".into(),
            Self::Activity(at) => activity_arn(ACTIVITIES[at]),
        }
    }
}

/// The definition's text.
pub(super) fn definition(program: &Program) -> String {
    let mut definition = Object::default();
    let (start, states) = block(&program.steps);
    definition.insert("StartAt", start);
    definition.insert("States", states);
    if let Some(seconds) = program.timeout_seconds {
        definition.insert("TimeoutSeconds", Value::Int(i64::from(seconds)));
    }
    Value::from(definition).to_json()
}

fn block(steps: &[Step]) -> (Value, Value) {
    let mut states = Object::default();
    write_steps(steps, None, &mut states);
    (Value::from(steps[0].name.as_str()), states.into())
}

fn write_steps(steps: &[Step], after: Option<&str>, states: &mut Object) {
    for (at, step) in steps.iter().enumerate() {
        let next = steps.get(at + 1).map(|step| step.name.as_str()).or(after);
        write_step(step, next, states);
    }
}

fn lead(state: &mut Object, next: Option<&str>) {
    match next {
        Some(next) => state.insert("Next", next.into()),
        None => state.insert("End", true.into()),
    }
}

fn pass(name: &str, result: &str, next: Option<&str>) -> Value {
    let mut state = Object::default();
    state.insert("Type", "Pass".into());
    state.insert("Result", result.into());
    state.insert("ResultPath", format!("$.{name}").into());
    lead(&mut state, next);
    state.into()
}

fn write_step(step: &Step, next: Option<&str>, states: &mut Object) {
    let mut state = Object::default();
    let name = step.name.as_str();
    match &step.kind {
        Kind::Pass => return states.insert(name, pass(name, "passed", next)),
        Kind::Wait(seconds) => {
            state.insert("Type", "Wait".into());
            state.insert("Seconds", Value::Int(i64::from(*seconds)));
        }
        Kind::Fail(error) => {
            let fail = [("Type", "Fail".into()), ("Error", (*error).into())];
            return states.insert(name, Value::object(fail));
        }
        Kind::Choice(below, low, high) => {
            let rule = Value::object([
                ("Variable", "$.k".into()),
                ("NumericLessThan", Value::Int(*below)),
                ("Next", low[0].name.as_str().into()),
            ]);
            state.insert("Type", "Choice".into());
            state.insert("Choices", Value::array(vec![rule]));
            state.insert("Default", high[0].name.as_str().into());
            states.insert(name, state.into());
            // What comes after a Choice must be a state: both ways meet there.
            let meet = format!("{name}end");
            write_steps(low, Some(&meet), states);
            write_steps(high, Some(&meet), states);
            return states.insert(&*meet, pass(name, "chosen", next));
        }
        Kind::Task(task) => write_task(name, task, &mut state),
        Kind::Parallel(branches) => {
            let branches = branches.iter().map(|steps| {
                let (start, states) = block(steps);
                Value::object([("StartAt", start), ("States", states)])
            });
            state.insert("Type", "Parallel".into());
            state.insert("Parameters", handed_down("$.i"));
            state.insert("Branches", Value::array(branches.collect()));
        }
        Kind::Map(concurrency, steps) => {
            let (start, states) = block(steps);
            state.insert("Type", "Map".into());
            state.insert("ItemsPath", "$.items".into());
            state.insert("ItemSelector", handed_down("$$.Map.Item.Index"));
            state.insert("MaxConcurrency", Value::Int(i64::from(*concurrency)));
            let processor = Value::object([("StartAt", start), ("States", states)]);
            state.insert("ItemProcessor", processor);
        }
        Kind::Nested(pattern, machine) => write_nested(*pattern, *machine, &mut state),
    }
    if !matches!(step.kind, Kind::Wait(_)) {
        state.insert("ResultPath", format!("$.{name}").into());
    }
    write_handlers(step, next, &mut state, states);
    lead(&mut state, next);
    states.insert(name, state.into());
}

fn handed_down(index: &str) -> Value {
    Value::object([("k.$", "$.k".into()), ("i.$", index.into()), ("items.$", "$.items".into())])
}

fn write_task(name: &str, task: &Task, state: &mut Object) {
    let mut parameters = Object::default();
    parameters.insert("s", name.into());
    parameters.insert("k.$", "$.k".into());
    parameters.insert("i.$", "$.i".into());
    parameters.insert("n.$", "$$.State.RetryCount".into());
    parameters.insert("r.$", "$$.Execution.RedriveCount".into());
    if task.service == Service::Job {
        // Jobs always end.
        parameters.insert("job", true.into());
    }
    if task.service == Service::Callback {
        parameters.insert("token.$", "$$.Task.Token".into());
    }
    state.insert("Type", "Task".into());
    state.insert("Resource", task.service.resource().into());
    state.insert("Parameters", parameters.into());
    if let Some(seconds) = task.timeout {
        state.insert("TimeoutSeconds", Value::Int(i64::from(seconds)));
    }
    if let Some(seconds) = task.heartbeat {
        state.insert("HeartbeatSeconds", Value::Int(i64::from(seconds)));
    }
}

fn write_nested(pattern: Nested, machine: usize, state: &mut Object) {
    let (suffix, key, selected): (_, _, Value) = match pattern {
        Nested::RequestResponse => ("", "started", true.into()),
        Nested::Sync => (".sync", "status.$", "$.Status".into()),
        Nested::Sync2 => (".sync:2", "output.$", "$.Output".into()),
    };
    let mut child = handed_down("$.i");
    if let Value::Object(object) = &mut child {
        std::sync::Arc::make_mut(object).insert("parent.$", "$$.Execution.Name".into());
    }
    state.insert("Type", "Task".into());
    let resource = format!("arn:aws:states:::states:startExecution{suffix}");
    state.insert("Resource", resource.into());
    let arn = machine_arn(machine).into();
    state.insert("Parameters", Value::object([("StateMachineArn", arn), ("Input", child)]));
    state.insert("ResultSelector", Value::object([(key, selected)]));
}

fn write_handlers(step: &Step, next: Option<&str>, state: &mut Object, states: &mut Object) {
    if !step.retry.is_empty() {
        let retry = step.retry.iter().map(|retrier| {
            let errors = retrier.errors.iter().map(|error| Value::from(*error)).collect();
            Value::object([
                ("ErrorEquals", Value::array(errors)),
                ("MaxAttempts", Value::Int(i64::from(retrier.max_attempts))),
                ("IntervalSeconds", Value::Int(i64::from(retrier.interval))),
                ("JitterStrategy", if retrier.full_jitter { "FULL" } else { "NONE" }.into()),
            ])
        });
        state.insert("Retry", Value::array(retry.collect()));
    }
    if step.catches {
        let catchers = [("ErrA", "a"), ("States.ALL", "z")].map(|(error, suffix)| {
            let landing = format!("{}{suffix}", step.name);
            states.insert(&*landing, pass(&step.name, suffix, next));
            Value::object([
                ("ErrorEquals", Value::array(vec![error.into()])),
                ("ResultPath", Value::Null),
                ("Next", landing.into()),
            ])
        });
        state.insert("Catch", Value::array(catchers.into()));
    }
}
