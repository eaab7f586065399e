//! The context object of a tested state: the one given, or one as an Express execution would have.

use asl::TESTED_STATE;
use asl::program::{State, StateKind};
use smol_str::SmolStr;
use value::{Object, Payload, Value, json};

use super::has_token;
use crate::call::Call;
use crate::error::Error;

/// What the execution around the state would be called.
pub(super) struct Names<'n> {
    pub execution_arn: &'n SmolStr,
    pub execution_name: &'n SmolStr,
    pub state_machine_arn: &'n SmolStr,
    pub state_machine_name: &'n SmolStr,
    pub role_arn: Option<&'n SmolStr>,
}

/// The context object of a state that is given none. Measured: the state is always called
/// `StateName`, and there is no `Map`.
pub(super) fn generated(
    call: &Call<'_>,
    names: &Names<'_>,
    input: &Payload,
    state: &State,
) -> Value {
    let text = |text: &SmolStr| Value::String(text.clone());
    let now = Value::from(call.now().to_string());
    let execution = Value::object([
        ("Id", text(names.execution_arn)),
        ("Input", input.value().clone()),
        ("Name", text(names.execution_name)),
        ("RoleArn", names.role_arn.map_or(Value::Null, text)),
        ("StartTime", now.clone()),
    ]);
    let machine = Value::object([
        ("Id", text(names.state_machine_arn)),
        ("Name", text(names.state_machine_name)),
    ]);
    let entered = Value::object([
        ("Name", Value::string(TESTED_STATE)),
        ("EnteredTime", now),
        ("RetryCount", Value::Int(0)),
    ]);
    let mut context = Object::with_capacity(4);
    context.insert("Execution", execution);
    context.insert("StateMachine", machine);
    context.insert("State", entered);
    if may_have_token(state) {
        context.insert("Task", Value::object([("Token", Value::String(call.uuid()))]));
    }
    context.into()
}

/// The context object that was given, which stands for the whole (measured).
pub(super) fn given(text: &str, state: &State) -> Result<Value, Error> {
    let invalid = |why: String| Error::InvalidTest(format!("{PREFIX}{why}"));
    let context = json::parse(text).map_err(|error| invalid(error.message))?;
    let Value::Object(sections) = &context else {
        return Err(invalid("Context must be a JSON object".into()));
    };
    for (name, section) in sections.iter() {
        match SECTIONS.iter().find(|(known, _)| *known == name.as_str()) {
            Some((_, fields)) => check(name, section, fields).map_err(invalid)?,
            None if name == "Map" => {
                let why = "'Map' field is not supported when mocking a Context object";
                return Err(invalid(why.into()));
            }
            None => return Err(invalid(format!("Field '{name}' is not allowed"))),
        }
    }
    if sections.contains_key("Task") && !may_have_token(state) {
        return Err(invalid(
            "Context object contains 'Task' when state is not a Task state with a '.sync' or \
             '.waitForTaskToken' service integration pattern"
                .into(),
        ));
    }
    Ok(context)
}

/// What the messages about a context object begin with.
const PREFIX: &str = "Invalid Context object provided: ";

/// What a field of the context object holds.
#[derive(Clone, Copy)]
enum Holds {
    Anything,
    Text,
    Number,
}

/// The fields of a section.
type Fields = &'static [(&'static str, Holds)];

/// What a context object may hold.
const SECTIONS: &[(&str, Fields)] = &[
    (
        "Execution",
        &[
            ("Id", Holds::Text),
            ("Input", Holds::Anything),
            ("Name", Holds::Text),
            ("RoleArn", Holds::Text),
            ("StartTime", Holds::Text),
            ("RedriveCount", Holds::Number),
            ("RedriveTime", Holds::Text),
        ],
    ),
    (
        "State",
        &[("EnteredTime", Holds::Text), ("Name", Holds::Text), ("RetryCount", Holds::Number)],
    ),
    ("StateMachine", &[("Id", Holds::Text), ("Name", Holds::Text)]),
    ("Task", &[("Token", Holds::Text)]),
];

fn check(name: &str, section: &Value, fields: Fields) -> Result<(), String> {
    let section = section.as_object().ok_or_else(|| format!("{name} must be an object"))?;
    for (field, value) in section.iter() {
        let holds = fields.iter().find(|(known, _)| *known == field.as_str());
        match (holds.map(|(_, holds)| holds), value) {
            (None, _) => return Err(format!("Field '{field}' is not allowed")),
            (Some(Holds::Text), value) if value.as_str().is_none() => {
                return Err(format!("{name}.{field} must be a string"));
            }
            (Some(Holds::Number), value) if value.as_f64().is_none() => {
                return Err(format!("{name}.{field} must be a number"));
            }
            _ => {}
        }
    }
    Ok(())
}

fn may_have_token(state: &State) -> bool {
    matches!(&state.kind, StateKind::Task(task) if has_token(task))
}
