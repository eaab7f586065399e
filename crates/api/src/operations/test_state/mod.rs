//! TestState: one state, run by the interpreter that runs executions.

mod context;
mod inspection;
mod item_reader;
mod mock;

use std::sync::Arc;

use asl::program::{MapMode, State, StateKind, Task};
use asl::resource::{Pattern, ResourceKind};
use asl::{Checked, Program, Severity, TESTED_STATE};
use engine::{Failure, Inspection, Outcome, StateEnd};
use runtime::catalog::MachineType;
use runtime::{StateTest, Tested};
use smol_str::{SmolStr, format_smolstr};
use value::{Payload, Value, json};

use self::context::Names;
use self::mock::Mock;
use super::create_state_machine::check_role;
use super::start_execution::input;
use crate::call::{Call, Reply};
use crate::error::Error;
use crate::json::ObjectWriter;

/// Answers a call, however the state ended.
pub async fn answer(call: &Call<'_>) -> Reply {
    let mock = Mock::read(call)?;
    let configuration = Configuration::read(call, mock.is_some())?;
    let program = Arc::new(program(call)?);
    let state = match call.text("stateName") {
        Some(name) => program.state_named(name),
        None => program.state_named(TESTED_STATE),
    };
    let state = state.ok_or(Error::Validation("State not found in definition"))?;
    let role_arn = call.text("roleArn").cloned();
    check_kind(state, mock.is_some(), role_arn.is_some())?;
    role_arn.as_ref().map_or(Ok(()), check_role)?;
    configuration.check(state)?;
    if let Some(mock) = &mock {
        mock.check(call, state)?;
    }
    let test = test(call, &program, state, role_arn, &configuration, mock.is_some())?;
    let failures = configuration.map_iteration_failure_count;
    let mock = mock.map(|mock| move |seen: &Inspection| mock.outcome(seen, failures));
    let tested = call.app.executions.test_state(test, mock).await?;
    Ok(shown(call, &program, state, &tested))
}

/// `stateConfiguration`. `errorCausedByState` is taken and changes nothing (recorded:
/// `test_map_state_error_caused_by_state`): whatever state it came from, the mocked error is the Map's.
struct Configuration<'a> {
    retrier_retry_count: u32,
    map_iteration_failure_count: Option<u64>,
    map_item_reader_data: Option<&'a str>,
}

impl<'a> Configuration<'a> {
    fn read(call: &Call<'a>, mocked: bool) -> Result<Self, Error> {
        let given = call.value("stateConfiguration");
        let number = |name: &str| given?.get(name)?.as_i64();
        let failures = number("mapIterationFailureCount");
        if failures.is_some() && !mocked {
            return Err(Error::Validation(
                "TestState does not support MapIterationFailureCount when a mock is not specified.",
            ));
        }
        Ok(Self {
            retrier_retry_count: number("retrierRetryCount")
                .map_or(0, |count| u32::try_from(count).unwrap_or(u32::MAX)),
            map_iteration_failure_count: failures.and_then(|count| u64::try_from(count).ok()),
            map_item_reader_data: given
                .and_then(|given| given.get("mapItemReaderData"))
                .and_then(Value::as_str),
        })
    }

    fn check(&self, state: &State) -> Result<(), Error> {
        let StateKind::Map(map) = &state.kind else {
            return match self.map_iteration_failure_count {
                Some(_) => Err(Error::Validation(
                    "MapIterationFailureCount is only supported when testing a Map state.",
                )),
                None => Ok(()),
            };
        };
        let reads = map.item_reader.is_some() && map.mode != MapMode::Inline;
        if reads && self.map_item_reader_data.is_none() {
            return Err(Error::Validation(
                "ItemReader data must be specified when testing a Map state with ItemReader \
                 specified.",
            ));
        }
        Ok(())
    }
}

/// The definition: a whole machine if it says which state is meant, else one state.
fn program(call: &Call<'_>) -> Result<Program, Error> {
    let definition = call.required("definition");
    let catalog = &call.app.catalog;
    let Checked { program, diagnostics } = match call.text("stateName") {
        Some(_) => catalog.check(definition, MachineType::Standard),
        None => catalog.check_state(definition),
    };
    program.ok_or_else(|| {
        let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error);
        Error::InvalidDefinition(errors.map(ToString::to_string).collect::<Vec<_>>().join(", "))
    })
}

/// Which types of state can be tested, with a mock and without.
fn check_kind(state: &State, mocked: bool, has_role: bool) -> Result<(), Error> {
    match (&state.kind, mocked) {
        (StateKind::Task(_) | StateKind::Map(_) | StateKind::Parallel { .. }, true) => Ok(()),
        (kind, true) => Err(Error::InvalidTest(format!(
            "State type '{}' is not supported when a mock is specified",
            kind.type_name()
        ))),
        (StateKind::Map(_) | StateKind::Parallel { .. }, false) => Err(Error::UntestableState(
            "TestState API does not support Map or Parallel states. Supported state types include: \
             [Task, Wait, Pass, Succeed, Fail, Choice]",
        )),
        (StateKind::Task(task), false) if answers_later(task) => Err(Error::UntestableState(
            "TestState API does not support activities and the service integration patterns .sync \
             and .waitForTaskToken when a mock is not specified.",
        )),
        (StateKind::Task(_), false) if !has_role => {
            Err(Error::Validation("RoleArn must be specified when testing a Task state"))
        }
        _ => Ok(()),
    }
}

/// Whether somebody else than the service called gives the result.
fn answers_later(task: &Task) -> bool {
    task.resource.kind == ResourceKind::Activity || has_token(task)
}

fn has_token(task: &Task) -> bool {
    task.resource.pattern() != Pattern::RequestResponse
}

fn test(
    call: &Call<'_>,
    program: &Arc<Program>,
    state: &State,
    role_arn: Option<SmolStr>,
    configuration: &Configuration<'_>,
    mocked: bool,
) -> Result<StateTest, Error> {
    let input = input(call)?;
    let (machine, name) = (call.uuid(), call.uuid());
    let execution_arn = format_smolstr!("{}{machine}:{name}", call.arn_prefix("express"));
    let state_machine_arn = format_smolstr!("{}{machine}", call.arn_prefix("stateMachine"));
    let names = Names {
        execution_arn: &execution_arn,
        execution_name: &name,
        state_machine_arn: &state_machine_arn,
        state_machine_name: &machine,
        role_arn: role_arn.as_ref(),
    };
    let context = match call.text("context") {
        Some(text) if mocked => context::given(text, state)?,
        Some(_) => {
            return Err(Error::Validation(
                "TestState does not support Context when a mock is not specified.",
            ));
        }
        None => context::generated(call, &names, &input, state),
    };
    Ok(StateTest {
        program: Arc::clone(program),
        state: state.id,
        input,
        context,
        variables: variables(call)?,
        inspection: Inspection {
            retries_done: configuration.retrier_retry_count,
            items_read: configuration
                .map_item_reader_data
                .map(|data| item_reader::items(data, state))
                .transpose()?,
            ..Inspection::default()
        },
        execution_arn,
        execution_name: name,
        state_machine_arn,
        state_machine_name: machine,
        role_arn,
        region: call.caller.region.into(),
        account: call.caller.account.into(),
        reveal_secrets: call.flag("revealSecrets") == Some(true),
    })
}

/// `variables`: an object.
fn variables(call: &Call<'_>) -> Result<Vec<(SmolStr, Value)>, Error> {
    let Some(text) = call.text("variables").filter(|text| !text.is_empty()) else {
        return Ok(Vec::new());
    };
    match json::parse(text) {
        Ok(Value::Object(variables)) => {
            Ok(variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        _ => Err(Error::Validation("Variables must be a valid JSON object.")),
    }
}

/// The answer: status, error, output, the next state, and what was seen on the way.
fn shown(call: &Call<'_>, program: &Program, state: &State, tested: &Tested) -> String {
    let seen = &tested.inspection;
    let mut out = ObjectWriter::new();
    let failed = match &tested.outcome {
        Some(Outcome::Failed(failure) | Outcome::TimedOut(failure) | Outcome::Aborted(failure)) => {
            Some(failure)
        }
        _ => seen.failure.as_ref(),
    };
    if let Some(Failure { error, cause }) = failed {
        out.maybe_text("error", error.as_deref());
        out.maybe_text("cause", cause.as_deref());
    }
    let status = match &seen.end {
        Some(StateEnd::Exited { output, next, catcher }) => {
            out.text("output", output.text());
            out.maybe_text("nextState", next.map(|next| program.state(next).name.as_str()));
            if catcher.is_some() { "CAUGHT_ERROR" } else { "SUCCEEDED" }
        }
        Some(StateEnd::Retry { .. }) => "RETRIABLE",
        None => "FAILED",
    };
    out.text("status", status);
    // Recorded: TRACE shows no more than DEBUG of anything but an HTTP Task.
    if matches!(call.text("inspectionLevel").map(SmolStr::as_str), Some("DEBUG" | "TRACE")) {
        out.object("inspectionData", |out| {
            inspection::show(out, call, state, tested);
            if call.text("inspectionLevel").is_some_and(|level| level == "TRACE") {
                inspection::show_trace(out, &tested.trace);
            }
        });
    }
    out.finish()
}

/// A mocked result, which keeps its text.
fn payload(text: &str) -> Option<Payload> {
    Payload::parse(text).ok()
}
