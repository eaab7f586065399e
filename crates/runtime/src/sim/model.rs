//! What a generated program comes to when nothing goes wrong: worked out from its tree, without
//! the engine, as the set of what is possible when branches race to fail.

use value::{Object, Value};

use super::program::{ITEMS, Kind, Nested, Program, Service, Step, Task};

/// How an execution may end: its output, or the name of its error.
pub(super) type End = Result<Value, String>;

/// More possibilities than this are not told apart.
const MOST_ENDS: usize = 64;

/// What the world does with one attempt of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    Succeed,
    Fail(&'static str),
    /// Nobody answers.
    Silent,
}

/// The plan for the attempt number `n` (from 0) of the state `s` in the iteration `i`. After a
/// redrive everything succeeds.
pub(super) fn plan(k: i64, i: i64, s: &str, n: i64, redriven: bool) -> Plan {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in [k, i, n].iter().flat_map(|n| n.to_le_bytes()).chain(s.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 29;
    match (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) % 100 {
        _ if redriven => Plan::Succeed,
        0..12 => Plan::Fail("ErrA"),
        12..20 => Plan::Fail("ErrB"),
        20..25 => Plan::Silent,
        _ => Plan::Succeed,
    }
}

/// What a task answers.
pub(super) fn answer(s: &str, n: i64) -> Value {
    Value::object([("s", Value::from(s)), ("n", Value::Int(n))])
}

/// The model's view of all machines.
pub(super) struct Model<'p> {
    pub programs: &'p [Program],
}

impl Model<'_> {
    /// How an execution of `machine` with `input` may end; `None` if there is too much to tell.
    pub fn ends(&self, machine: usize, input: &Value) -> Option<Vec<End>> {
        self.steps(&self.programs[machine].steps, input)
    }

    fn steps(&self, steps: &[Step], input: &Value) -> Option<Vec<End>> {
        let mut ends = vec![Ok(input.clone())];
        for step in steps {
            let mut next = Vec::new();
            for end in ends {
                match end {
                    Ok(input) => next.extend(self.step(step, &input)?),
                    error => next.push(error),
                }
            }
            ends = distinct(next)?;
        }
        Some(ends)
    }

    fn step(&self, step: &Step, input: &Value) -> Option<Vec<End>> {
        let results = match &step.kind {
            Kind::Pass => vec![Ok("passed".into())],
            Kind::Wait(_) => return Some(vec![Ok(input.clone())]),
            Kind::Fail(error) => return Some(vec![Err((*error).to_owned())]),
            Kind::Choice(below, low, high) => {
                let k = int(input, "k");
                let mut ends = self.steps(if k < *below { low } else { high }, input)?;
                for end in &mut ends {
                    *end = end.clone().map(|output| with(&output, &step.name, "chosen".into()));
                }
                return Some(ends);
            }
            Kind::Task(task) => vec![self.task(step, task, input)],
            Kind::Parallel(branches) => {
                let input = handed_down(input, int(input, "i"));
                let each = branches.iter().map(|steps| self.steps(steps, &input));
                all(each.collect::<Option<Vec<_>>>()?)?
            }
            Kind::Map(_, steps) => {
                let each = (0..ITEMS).map(|i| self.steps(steps, &handed_down(input, i as i64)));
                all(each.collect::<Option<Vec<_>>>()?)?
            }
            Kind::Nested(pattern, machine) => self.nested(*pattern, *machine, input)?,
        };
        let ends = results.into_iter().map(|result| match result {
            Ok(result) => Ok(with(input, &step.name, result)),
            Err(error) if step.catches => {
                let caught = if error == "ErrA" { "a" } else { "z" };
                Ok(with(input, &step.name, caught.into()))
            }
            error => error,
        });
        distinct(ends.collect())
    }

    /// Plans one attempt after another, as the state's Retriers allow.
    fn task(&self, step: &Step, task: &Task, input: &Value) -> End {
        let mut counts = vec![0; step.retry.len()];
        loop {
            let n: u32 = counts.iter().sum();
            let error = match plan_of(task, input, &step.name, i64::from(n)) {
                Plan::Succeed => return Ok(answer(&step.name, i64::from(n))),
                Plan::Fail(error) => error,
                Plan::Silent => "States.Timeout",
            };
            let mut retriers = step.retry.iter().zip(&mut counts);
            let retrier =
                retriers.find(|(r, _)| r.errors.iter().any(|e| *e == error || *e == "States.ALL"));
            match retrier {
                Some((retrier, count)) if *count < retrier.max_attempts => *count += 1,
                _ => return Err(error.to_owned()),
            }
        }
    }

    fn nested(&self, pattern: Nested, machine: usize, input: &Value) -> Option<Vec<End>> {
        if pattern == Nested::RequestResponse {
            return Some(vec![Ok(Value::object([("started", Value::Bool(true))]))]);
        }
        // The child's input names its parent; nothing but its own output shows that.
        let child = with(&handed_down(input, int(input, "i")), "parent", Value::Null);
        let ends = self.ends(machine, &child)?.into_iter().map(|end| match (end, pattern) {
            (Ok(output), Nested::Sync2) => Ok(Value::object([("output", output)])),
            (Ok(_), _) => Ok(Value::object([("status", Value::from("SUCCEEDED"))])),
            (Err(_), _) => Err("States.TaskFailed".to_owned()),
        });
        distinct(ends.collect())
    }
}

/// The plan for a task, given that only what has a timeout may be left unanswered.
pub(super) fn plan_of(task: &Task, input: &Value, s: &str, n: i64) -> Plan {
    let plan = plan(int(input, "k"), int(input, "i"), s, n, int(input, "r") > 0);
    let may_be_silent = task.timeout.is_some() && task.service != Service::Job;
    if plan == Plan::Silent && !may_be_silent { Plan::Succeed } else { plan }
}

pub(super) fn int(value: &Value, key: &str) -> i64 {
    value.get(key).and_then(Value::as_i64).unwrap_or_default()
}

fn handed_down(input: &Value, i: i64) -> Value {
    let items = input.get("items").cloned().unwrap_or_default();
    Value::object([("k", Value::Int(int(input, "k"))), ("i", Value::Int(i)), ("items", items)])
}

fn with(value: &Value, key: &str, member: Value) -> Value {
    let mut object = value.as_object().map_or_else(Object::default, |object| (**object).clone());
    object.insert(key, member);
    object.into()
}

/// Every child must end well; any that may fail may be the first to.
fn all(each: Vec<Vec<End>>) -> Option<Vec<End>> {
    let mut outputs = vec![Vec::new()];
    let mut ends = Vec::new();
    for child in each {
        let (good, bad): (Vec<_>, Vec<_>) = child.into_iter().partition(Result::is_ok);
        ends.extend(bad);
        let good: Vec<_> = good.into_iter().flatten().collect();
        outputs = outputs
            .iter()
            .flat_map(|before| {
                good.iter().map(|output| [&before[..], std::slice::from_ref(output)].concat())
            })
            .collect();
        if outputs.len() > MOST_ENDS {
            return None;
        }
    }
    ends.extend(outputs.into_iter().map(|outputs| Ok(Value::array(outputs))));
    distinct(ends)
}

fn distinct(ends: Vec<End>) -> Option<Vec<End>> {
    let mut known: Vec<End> = Vec::new();
    for end in ends {
        if !known.contains(&end) {
            known.push(end);
        }
    }
    (known.len() <= MOST_ENDS).then_some(known)
}

/// Whether an output is what the model says, but for the names of parents.
pub(super) fn same_output(output: &Value, model: &Value) -> bool {
    match (output, model) {
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| {
                    key == "parent" || b.get(key).is_some_and(|other| same_output(value, other))
                })
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same_output(a, b))
        }
        (a, b) => a == b,
    }
}
