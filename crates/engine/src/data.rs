//! Data flow: paths, templates and fields evaluated where a state stands.

use asl::program::{Assignment, Expression, ExpressionCode, Field, InOutPath, State, Template};
use smol_str::SmolStr;
use value::{Object, Payload, Timestamp, Value};

use crate::context;
use crate::error::StateError;
use crate::execution::{Execution, Host};
use crate::frame::FrameId;

/// What expressions of a state see. `input` is what `$` means; the rest serves `$$`, variables
/// and `$states`.
pub(crate) struct Scope<'e> {
    pub execution: &'e Execution,
    pub frame: FrameId,
    pub input: &'e Payload,
    pub now: Timestamp,
    pub token: Option<&'e str>,
    /// `$states.result`.
    pub result: Option<&'e Payload>,
    /// `$states.errorOutput`.
    pub error_output: Option<&'e Value>,
    /// `$$.Map.Item` of the item that an `ItemSelector` is about to shape.
    pub item: Option<Value>,
}

impl<'e> Scope<'e> {
    pub(crate) fn new(
        execution: &'e Execution,
        frame: FrameId,
        input: &'e Payload,
        now: Timestamp,
    ) -> Self {
        Self {
            execution,
            frame,
            input,
            now,
            token: None,
            result: None,
            error_output: None,
            item: None,
        }
    }

    pub(crate) fn with_input(&self, input: &'e Payload) -> Self {
        Self { input, item: self.item.clone(), ..*self }
    }

    fn context(&self) -> Value {
        let context = context::build(self.execution, self.frame, self.token);
        match (&self.item, context) {
            (Some(item), Value::Object(object)) => {
                let mut object = (*object).clone();
                object.insert("Map", item.clone());
                object.into()
            }
            (_, context) => context,
        }
    }

    /// `$states`. The context is built only for expressions that mention it.
    fn states(&self, with_context: bool) -> Value {
        let mut states = Object::with_capacity(4);
        states.insert("input", self.input.value().clone());
        if with_context {
            states.insert("context", self.context());
        }
        if let Some(result) = self.result {
            states.insert("result", result.value().clone());
        }
        if let Some(error_output) = self.error_output {
            states.insert("errorOutput", error_output.clone());
        }
        states.into()
    }
}

impl jsonpath::Environment for Scope<'_> {
    fn input(&self) -> &Value {
        self.input.value()
    }

    fn context(&self) -> Value {
        self.context()
    }

    fn variable(&self, name: &str) -> Option<Value> {
        self.execution.variable(self.frame, name)
    }
}

struct JsonataScope<'s, 'e> {
    scope: &'s Scope<'e>,
    with_context: bool,
}

impl jsonata::Environment for JsonataScope<'_, '_> {
    fn variable(&self, name: &str) -> Option<Value> {
        if name == "states" {
            return Some(self.scope.states(self.with_context));
        }
        self.scope.execution.variable(self.scope.frame, name)
    }
}

struct JsonataHost<'h> {
    host: &'h mut dyn Host,
    now: Timestamp,
}

impl jsonata::Host for JsonataHost<'_> {
    fn now_ms(&mut self) -> i64 {
        self.now.0
    }

    fn random(&mut self) -> f64 {
        self.host.random()
    }

    fn uuid(&mut self) -> SmolStr {
        self.host.uuid()
    }
}

struct JsonPathHost<'h>(&'h mut dyn Host);

impl jsonpath::Host for JsonPathHost<'_> {
    fn random(&mut self) -> f64 {
        self.0.random()
    }

    fn uuid(&mut self) -> SmolStr {
        self.0.uuid()
    }
}

/// `InputPath` or `OutputPath`.
pub(crate) fn in_out_path(
    path: &InOutPath,
    payload: &Payload,
    scope: &Scope<'_>,
) -> Result<Payload, StateError> {
    match path {
        InOutPath::Whole => Ok(payload.clone()),
        InOutPath::Null => Ok(Payload::from_value(Value::empty_object())),
        InOutPath::Path(path) => {
            let value = path.evaluate(&scope.with_input(payload)).map_err(|error| {
                StateError::runtime(format!("Invalid path '{}' : {error}", path.text()))
            })?;
            Ok(Payload::from_value(value))
        }
    }
}

/// A payload template or a JSONata field.
pub(crate) fn template(
    template: &Template,
    scope: &Scope<'_>,
    host: &mut dyn Host,
) -> Result<Value, StateError> {
    match template {
        Template::Literal(value) => Ok(value.clone()),
        Template::Object(members) => {
            let mut object = Object::with_capacity(members.len());
            for (key, member) in members {
                object.insert(key.clone(), self::template(member, scope, host)?);
            }
            Ok(object.into())
        }
        Template::Array(items) => {
            let items = items.iter().map(|item| self::template(item, scope, host));
            Ok(Value::array(items.collect::<Result<_, _>>()?))
        }
        Template::Expression(expression) => self::expression(expression, scope, host),
    }
}

/// One expression.
pub(crate) fn expression(
    expression: &Expression,
    scope: &Scope<'_>,
    host: &mut dyn Host,
) -> Result<Value, StateError> {
    match &expression.code {
        ExpressionCode::JsonPath(dynamic) => json_path(dynamic, &expression.field, scope, host),
        ExpressionCode::Jsonata { code, reads_context } => {
            let environment = JsonataScope { scope, with_context: *reads_context };
            jsonata_value(code, &environment, &expression.field, host)
        }
    }
}

fn json_path(
    dynamic: &jsonpath::Dynamic,
    field: &str,
    scope: &Scope<'_>,
    host: &mut dyn Host,
) -> Result<Value, StateError> {
    dynamic.evaluate(scope, &mut JsonPathHost(host)).map_err(|error| match error {
        // What is there but cannot be walked into is told in JsonPath's own words (measured).
        jsonpath::DynamicError::Path(error) if !error.is_not_found() => {
            StateError::runtime(error.to_string())
        }
        // As AWS's own Step Functions Local prints it, the input is without the spaces it came with.
        jsonpath::DynamicError::Path(_) => StateError::runtime(format!(
            "The JSONPath '{}' specified for the field '{field}' could not be found in the input \
             '{}'",
            dynamic.text(),
            scope.input.value().to_json()
        )),
        jsonpath::DynamicError::Intrinsic(error) => StateError::named(error.error, error.cause),
    })
}

fn jsonata_value(
    code: &jsonata::Expression,
    environment: &JsonataScope<'_, '_>,
    field: &SmolStr,
    host: &mut dyn Host,
) -> Result<Value, StateError> {
    let mut host = JsonataHost { host, now: environment.scope.now };
    let about =
        || format!("The JSONata expression '{}' specified for the field '{field}'", code.source());
    match code.evaluate(environment, &mut host, &jsonata::Limits::default()) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(StateError::evaluation(
            Some(field.clone()),
            format!("{} returned nothing (undefined).", about()),
        )),
        Err(error) => {
            let message = match (error.kind, error.code) {
                (jsonata::ErrorKind::UnsupportedResultType, _) => {
                    format!("{} returned an unsupported result type.", about())
                }
                // Measured: no code, no text of JSONata, but an id that nobody can look up.
                (jsonata::ErrorKind::Internal, _) => format!(
                    "{} threw an internal error during evaluation. {}",
                    about(),
                    host.host.uuid()
                ),
                (_, Some(code)) => {
                    format!(
                        "{} threw an error during evaluation. {code}: {}",
                        about(),
                        error.message
                    )
                }
                (_, None) => {
                    format!("{} threw an error during evaluation: {}", about(), error.message)
                }
            };
            Err(StateError::evaluation(Some(field.clone()), message))
        }
    }
}

/// The text for a JSONata value of the wrong type (recorded: test_map_state_items_eval_jsonata).
pub(crate) fn unexpected_type(
    expression: &Expression,
    expected: &str,
    value: &Value,
) -> StateError {
    let source = match &expression.code {
        ExpressionCode::Jsonata { code, .. } => code.source().to_owned(),
        ExpressionCode::JsonPath(dynamic) => dynamic.text().to_owned(),
    };
    StateError::evaluation(
        Some(expression.field.clone()),
        format!(
            "The JSONata expression '{source}' specified for the field '{}' returned an unexpected \
             result type. Expected '{expected}', but was '{}' for value: {}",
            expression.field,
            value.type_name(),
            value.to_json()
        ),
    )
}

/// The source of a JSONPath expression, if it is one.
pub(crate) fn path_text(expression: &Expression) -> Option<&str> {
    match &expression.code {
        ExpressionCode::JsonPath(dynamic) => Some(dynamic.text()),
        ExpressionCode::Jsonata { .. } => None,
    }
}

/// A `…Path` field's value. A path that leads nowhere is told in the words of `InputPath`.
pub(crate) fn referenced(
    expression: &Expression,
    scope: &Scope<'_>,
    host: &mut dyn Host,
) -> Result<Value, StateError> {
    if let ExpressionCode::JsonPath(jsonpath::Dynamic::Path(path)) = &expression.code {
        return path.evaluate(scope).map_err(|error| {
            StateError::runtime(format!("Invalid path '{}' : {error}", path.text()))
        });
    }
    self::expression(expression, scope, host)
}

/// A field that must be a whole number: `TimeoutSeconds`, `MaxConcurrency` and the like.
pub(crate) fn integer(
    field: &Field<u64>,
    scope: &Scope<'_>,
    host: &mut dyn Host,
) -> Result<i64, StateError> {
    let expression = match field {
        Field::Literal(number) => return Ok(i64::try_from(*number).unwrap_or(i64::MAX)),
        Field::Expression(expression) => expression,
    };
    let value = referenced(expression, scope, host)?;
    match (&value, path_text(expression)) {
        (Value::Int(number), _) => Ok(*number),
        // Recorded: the text "1" is a number to a path field
        // (test_reference_in_map_state_MAP_STATE_REFERENCE_IN_MAX_CONCURRENCY_PATH).
        (Value::String(text), Some(_)) if text.parse::<i64>().is_ok() => {
            Ok(text.parse().unwrap_or_default())
        }
        (Value::Float(number), None) if number.fract() == 0.0 => Ok(*number as i64),
        (value, Some(path)) => Err(StateError::runtime(format!(
            "The {} field refers to value \"{}\" which is not a valid integer: {path}",
            expression.field,
            display(value)
        ))),
        (value, None) => Err(unexpected_type(expression, "integer", value)),
    }
}

/// A field that must be a number: `ToleratedFailurePercentage`.
pub(crate) fn float(
    field: &Field<f64>,
    scope: &Scope<'_>,
    host: &mut dyn Host,
) -> Result<f64, StateError> {
    let expression = match field {
        Field::Literal(number) => return Ok(*number),
        Field::Expression(expression) => expression,
    };
    let value = referenced(expression, scope, host)?;
    let path = path_text(expression);
    let number = match &value {
        Value::String(text) if path.is_some() => text.parse().ok(),
        value => value.as_f64(),
    };
    match (number, path) {
        (Some(number), _) => Ok(number),
        (None, Some(path)) => Err(StateError::runtime(format!(
            "The {} field refers to value \"{}\" which is not a valid float: {path}",
            expression.field,
            display(&value)
        ))),
        (None, None) => Err(unexpected_type(expression, "number", &value)),
    }
}

/// A field that must be text: `Error`, `Cause`, `RoleArn`.
pub(crate) fn text(
    field: &Field<SmolStr>,
    scope: &Scope<'_>,
    host: &mut dyn Host,
) -> Result<SmolStr, StateError> {
    let expression = match field {
        Field::Literal(text) => return Ok(text.clone()),
        Field::Expression(expression) => expression,
    };
    match self::expression(expression, scope, host)? {
        Value::String(text) => Ok(text),
        value => match path_text(expression) {
            Some(path) => Err(StateError::runtime(format!(
                "The {} parameter does not reference a string value: {path} == {}",
                expression.field,
                display(&value)
            ))),
            None => Err(unexpected_type(expression, "string", &value)),
        },
    }
}

/// A value as messages show it: strings bare, everything else as JSON.
pub(crate) fn display(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_json(), str::to_owned)
}

/// `Assign`: the new values, in order.
pub(crate) fn assign(
    assignments: &[Assignment],
    state: &State,
    scope: &Scope<'_>,
    host: &mut dyn Host,
) -> Result<Vec<(SmolStr, Value)>, StateError> {
    let mut assigned = Vec::with_capacity(assignments.len());
    let mut bytes = 0;
    for assignment in assignments {
        let value = template(&assignment.value, scope, host)?;
        let text = value.to_json();
        if value::json::is_too_deep(&text) {
            return Err(StateError::too_deep());
        }
        bytes += text.len();
        assigned.push((assignment.name.clone(), value));
    }
    if !assigned.is_empty() {
        check_variable_sizes(&assigned, bytes, state, scope)?;
    }
    Ok(assigned)
}

/// Sizes are those of the JSON text, names not counted (measured.md, variable sizes).
fn check_variable_sizes(
    assigned: &[(SmolStr, Value)],
    bytes: usize,
    state: &State,
    scope: &Scope<'_>,
) -> Result<(), StateError> {
    let limits = &scope.execution.meta.limits;
    if bytes > limits.assign_bytes {
        return Err(StateError::data_limit(&state.name));
    }
    let replaced: usize = assigned
        .iter()
        .filter_map(|(name, _)| scope.execution.own_variable(scope.frame, name))
        .map(crate::variables::length)
        .sum();
    let total = scope.execution.variables_bytes() - replaced + bytes;
    if total > limits.variables_bytes {
        let mut error = StateError::data_limit(&state.name);
        error.message = format!(
            "Execution total variable size limit exceeded. State '{}' assigned variables that \
             exceed the total execution limit by {} bytes.",
            state.name,
            total - limits.variables_bytes
        );
        error.evaluation =
            Some(crate::error::Evaluation { location: Some("Assign".into()), after_entry: false });
        return Err(error);
    }
    Ok(())
}
