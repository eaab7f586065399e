//! `Mock`: what a tested Task, Map or Parallel is to give, and the checks that it must pass.

use asl::program::{Map, State, StateKind};
use asl::resource::{Resource, ResourceKind};
use engine::{Failure, Inspection, MapInspection};
use value::{Payload, Value};

use super::payload;
use crate::call::{Call, text};
use crate::error::Error;

/// `mock`
pub(super) struct Mock {
    outcome: Result<Payload, Failure>,
    mode: Mode,
}

/// `fieldValidationMode`
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Strict,
    Present,
    None,
}

impl Mock {
    /// Reads the request's mock, if it has one.
    ///
    /// # Errors
    /// It is not exactly one of a result and an error.
    pub fn read(call: &Call<'_>) -> Result<Option<Self>, Error> {
        let Some(given) = call.value("mock") else { return Ok(None) };
        if call.flag("revealSecrets") == Some(true) {
            let rule = "TestState does not support RevealSecrets when a mock is specified.";
            return Err(Error::Validation(rule));
        }
        let error_output = given.get("errorOutput").filter(|value| !value.is_null());
        let outcome = match (text(given, "result"), error_output) {
            (Some(result), None) => {
                Ok(payload(result).ok_or(Error::Validation("Mocked result must be valid JSON"))?)
            }
            (None, Some(error_output)) => Err(failure(error_output)?),
            (None, None) => {
                return Err(Error::Validation(
                    "One of the following fields is required for a test mock: [result, \
                     errorOutput].",
                ));
            }
            (Some(_), Some(_)) => {
                return Err(Error::Validation(
                    "A test mock should have only one of the following fields: [result, \
                     errorOutput].",
                ));
            }
        };
        let mode = match text(given, "fieldValidationMode").map(|mode| mode.as_str()) {
            Some("NONE") => Mode::None,
            Some("PRESENT") => Mode::Present,
            _ => Mode::Strict,
        };
        Ok(Some(Self { outcome, mode }))
    }

    /// Whether the mocked result can be one of `state`.
    ///
    /// # Errors
    /// It cannot.
    pub fn check(&self, call: &Call<'_>, state: &State) -> Result<(), Error> {
        let Ok(result) = &self.outcome else { return Ok(()) };
        let result = result.value();
        match &state.kind {
            StateKind::Task(task) => self.check_task(call, &task.resource, result),
            StateKind::Map(map) => check_map(map, result),
            StateKind::Parallel { branches } => check_parallel(branches.len(), result),
            _ => Ok(()),
        }
    }

    fn check_task(
        &self,
        call: &Call<'_>,
        resource: &Resource,
        result: &Value,
    ) -> Result<(), Error> {
        if self.mode == Mode::None {
            return Ok(());
        }
        let is_service = matches!(resource.kind, ResourceKind::Service { .. });
        if is_service && result.as_object().is_none() {
            return Err(Error::Validation("Mocked result must be a valid JSON object."));
        }
        let all = self.mode == Mode::Strict;
        let fault = call.app.executions.check_mocked_result(resource, result, all);
        fault.map_or(Ok(()), |fault| Err(Error::InvalidTest(fault)))
    }

    /// What the mock gives once the state has come to where it would call or start something.
    ///
    /// # Errors
    /// The mock does not fit the iterations of a Map.
    pub fn outcome(
        self,
        seen: &Inspection,
        failures: Option<u64>,
    ) -> Result<Result<Payload, Failure>, Error> {
        let map = &seen.map;
        let iterations = map.iterations() as u64;
        if failures.is_some_and(|failures| failures > iterations) {
            return Err(Error::Validation(
                "Map iteration failure count must be less than or equal to the number of Map \
                 iterations",
            ));
        }
        let Ok(result) = self.outcome else { return Ok(self.outcome) };
        // Measured: the threshold is judged before the result's size, but an error that is mocked
        // comes before both.
        if exceeds(map, failures.unwrap_or(0), iterations) {
            return Ok(Err(Failure::tolerance_exceeded()));
        }
        let size = result.value().as_array().map(|items| items.len() as u64);
        if map.items.is_some() && size.is_some_and(|size| size != iterations) {
            let rule = "Input array does not equal the mocked result array's size";
            return Err(Error::Validation(rule));
        }
        Ok(Ok(result))
    }
}

fn failure(error_output: &Value) -> Result<Failure, Error> {
    let error = text(error_output, "error").filter(|error| !error.is_empty());
    let error =
        error.ok_or(Error::Validation("An error was not specified in the mocked error output."))?;
    let cause = text(error_output, "cause").map(|cause| cause.as_str().into());
    Ok(Failure { error: Some(error.clone()), cause })
}

fn check_map(map: &Map, result: &Value) -> Result<(), Error> {
    match (&map.result_writer, result) {
        (None, Value::Array(_)) | (Some(_), Value::Object(_)) => Ok(()),
        (None, _) => Err(Error::Validation("Mocked result must be an array.")),
        (Some(_), _) => Err(Error::Validation("Mocked result must be a JSON object.")),
    }
}

fn check_parallel(branches: usize, result: &Value) -> Result<(), Error> {
    match result.as_array() {
        None => Err(Error::Validation("Mocked result must be an array.")),
        Some(results) if results.len() == branches => Ok(()),
        Some(_) => Err(Error::Validation(
            "Mocked result must contain the same number of items as number of Parallel branches.",
        )),
    }
}

/// Whether so many failed iterations are more than a Map tolerates. Recorded: a Map that says
/// nothing of thresholds tolerates all of them.
fn exceeds(map: &MapInspection, failures: u64, iterations: u64) -> bool {
    let too_many = map.tolerated_failure_count.is_some_and(|most| failures > most);
    let share = failures as f64 * 100.0 / iterations.max(1) as f64;
    too_many || map.tolerated_failure_percentage.is_some_and(|most| share > most)
}
