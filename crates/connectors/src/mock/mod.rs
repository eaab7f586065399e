//! Mocks: the file of Step Functions Local, read again when it changes, and the count of each
//! state's invocations.

mod file;
mod schema;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use asl::resource::{Resource, ResourceKind};
use smol_str::SmolStr;
use value::Value;

use crate::call::{Failure, TestCase};
use crate::failure::RUNTIME;
use file::{Answer, MockFile};
pub use schema::{MockMode, check_mocked_result};

/// How many executions' invocations are counted at once. Beyond it the counts of the execution
/// that began first are forgotten: test cases are run by people, in tens.
const MAX_EXECUTIONS: usize = 10_000;

/// The mocks of a file.
pub(crate) struct Mocks {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When the file that was read was written, and how long it is.
    stamp: Option<(SystemTime, u64)>,
    file: Option<Result<MockFile, String>>,
    counts: HashMap<SmolStr, Count>,
    executions: u64,
}

/// How often each state of an execution was invoked.
struct Count {
    began: u64,
    states: HashMap<SmolStr, u64>,
}

impl Mocks {
    pub fn new(path: PathBuf) -> Self {
        Self { path, state: Mutex::default() }
    }

    /// Why a test case cannot be run, if so.
    pub fn refuse(&self, case: &TestCase) -> Option<String> {
        let mut state = self.lock();
        match state.file(&self.path) {
            Ok(file) if file.has(machine(case), &case.case) => None,
            Ok(_) => Some(format!(
                "The test case '{}' of the state machine '{}' is not in the mock file {}",
                case.case,
                case.machine,
                self.path.display()
            )),
            Err(error) => Some(error),
        }
    }

    /// Whether the case mocks the state. A file that cannot be used does: the answer says why.
    pub fn is_mocked(&self, case: &TestCase, state_name: &str) -> bool {
        let mut state = self.lock();
        let file = state.file(&self.path);
        file.map_or(true, |file| file.response(machine(case), &case.case, state_name).is_some())
    }

    /// What a mocked state does at this invocation, which is counted; `None` if it is not mocked.
    pub fn answer(
        &self,
        case: &TestCase,
        execution_arn: &str,
        state_name: &str,
        resource: &Resource,
    ) -> Option<Result<Value, Failure>> {
        let mut state = self.lock();
        let response = match state.file(&self.path) {
            Ok(file) => file.response(machine(case), &case.case, state_name)?.clone(),
            Err(error) => return Some(Err(Failure::new(RUNTIME, error))),
        };
        let number = state.count(execution_arn, state_name);
        let answer = state.file(&self.path).ok()?.answer(&response, number).cloned();
        Some(match answer {
            Some(Answer::Return(result)) => {
                match check_mocked_result(resource, &result, MockMode::Present) {
                    Some(fault) => Err(Failure::new(RUNTIME, fault)),
                    None => Ok(returned(resource, result)),
                }
            }
            Some(Answer::Throw(failure)) => Err(failure),
            None => Err(Failure::new(
                RUNTIME,
                format!(
                    "The mocked response '{response}' has no answer to invocation {number} of the \
                     state '{state_name}'"
                ),
            )),
        })
    }

    /// An execution has ended: its invocations need not be counted any more.
    pub fn forget(&self, execution_arn: &str) {
        self.lock().counts.remove(execution_arn);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a mocked call gives. Mock files say of a function what Lambda's `Invoke` would answer; a Task
/// whose resource is the function itself gets the payload alone (recorded: test_map_state_lambda).
fn returned(resource: &Resource, result: Value) -> Value {
    let is_answer = |result: &Value| result.get("StatusCode").is_some();
    match result.get("Payload") {
        Some(payload) if resource.kind == ResourceKind::Lambda && is_answer(&result) => {
            payload.clone()
        }
        _ => result,
    }
}

/// The children of a distributed Map run a machine called `machine/label`.
fn machine(case: &TestCase) -> &str {
    case.machine.split('/').next().unwrap_or_default()
}

impl State {
    /// The file as it is now.
    fn file(&mut self, path: &Path) -> Result<&MockFile, String> {
        let stamp = std::fs::metadata(path)
            .and_then(|metadata| Ok((metadata.modified()?, metadata.len())))
            .ok();
        if self.file.is_none() || stamp != self.stamp || stamp.is_none() {
            let read = std::fs::read_to_string(path).map_err(|error| error.to_string());
            let parsed = read.and_then(|text| MockFile::parse(&text));
            self.file = Some(parsed.map_err(|error| {
                format!("The mock file {} cannot be used: {error}", path.display())
            }));
            self.stamp = stamp;
        }
        match &self.file {
            Some(Ok(file)) => Ok(file),
            Some(Err(error)) => Err(error.clone()),
            None => Err("There is no mock file".to_owned()),
        }
    }

    /// The number of this invocation, from 0.
    fn count(&mut self, execution_arn: &str, state_name: &str) -> u64 {
        if self.counts.len() >= MAX_EXECUTIONS && !self.counts.contains_key(execution_arn) {
            let oldest = self.counts.iter().min_by_key(|(_, count)| count.began);
            let oldest = oldest.map(|(arn, _)| arn.clone());
            oldest.and_then(|arn| self.counts.remove(&arn));
        }
        self.executions += 1;
        let began = self.executions;
        let count = self
            .counts
            .entry(execution_arn.into())
            .or_insert_with(|| Count { began, states: HashMap::new() });
        let next = count.states.entry(state_name.into()).or_default();
        let number = *next;
        *next += 1;
        number
    }
}
