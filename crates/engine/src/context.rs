//! The context object (`$$`, `$states.context`), built when an expression asks for it.

use asl::program::StateKind;
use smol_str::SmolStr;
use value::{Object, Timestamp, Value};

use crate::execution::Execution;
use crate::frame::{Doing, FrameId};

/// The context object as the frame's state sees it, with AWS's order of keys (recorded:
/// test_query_context_object_values).
pub(crate) fn build(execution: &Execution, frame: FrameId, token: Option<&str>) -> Value {
    if let Some(given) = &execution.meta.context {
        return given.clone();
    }
    let mut context = Object::with_capacity(5);
    context.insert("Execution", execution_part(execution));
    if let Some(item) = map_part(execution, frame) {
        context.insert("Map", item);
    }
    context.insert(
        "StateMachine",
        Value::object([
            ("Id", text(&execution.meta.state_machine_arn)),
            ("Name", text(&execution.meta.state_machine_name)),
        ]),
    );
    if let Some(state) = state_part(execution, frame) {
        context.insert("State", state);
    }
    if let Some(token) = token {
        context.insert("Task", Value::object([("Token", Value::string(token))]));
    }
    context.into()
}

fn execution_part(execution: &Execution) -> Value {
    let meta = &execution.meta;
    let mut part = Object::with_capacity(7);
    part.insert("Id", text(&meta.execution_arn));
    part.insert("Input", meta.input.value().clone());
    // Recorded: Express executions have the time after the names (`test_query_runtime_memory`).
    if !meta.express {
        part.insert("StartTime", time(meta.start));
    }
    part.insert("Name", text(&meta.name));
    part.insert("RoleArn", meta.role_arn.as_ref().map_or(Value::Null, text));
    if meta.express {
        part.insert("StartTime", time(meta.start));
    }
    // Recorded for Express executions too (`test_query_runtime_memory`).
    part.insert("RedriveCount", Value::Int(i64::from(execution.redrive_count)));
    if let Some(redriven) = execution.redrive_time {
        part.insert("RedriveTime", time(redriven));
    }
    part.into()
}

fn state_part(execution: &Execution, frame: FrameId) -> Option<Value> {
    let frame = execution.frames.get(frame)?;
    let state = execution.program.state(frame.state);
    let mut part = Object::with_capacity(3);
    part.insert("Name", text(&state.name));
    part.insert("EnteredTime", time(frame.entered_time));
    // Recorded: a Pass state has no RetryCount (test_query_context_object_values), a Task has
    // (test_lambda_invoke_with_retry_base).
    if matches!(state.kind, StateKind::Task(_) | StateKind::Parallel { .. } | StateKind::Map(_)) {
        part.insert("RetryCount", Value::Int(i64::from(frame.retry_count())));
    }
    Some(part.into())
}

/// `Map.Item` of the iteration that the frame belongs to, or of the item that a distributed Map
/// handed to this execution.
fn map_part(execution: &Execution, mut frame: FrameId) -> Option<Value> {
    while let Some((parent, index)) = execution.frames.get(frame)?.parent {
        if let Doing::Map(run) = &execution.frames.get(parent)?.doing {
            let items = run.start.items.value().as_array()?;
            let value = items.get(index as usize)?.clone();
            return Some(map_item(index, value));
        }
        frame = parent;
    }
    execution.meta.map_item.clone()
}

/// `Map` for the item `value` at `index`.
pub(crate) fn map_item(index: u32, value: Value) -> Value {
    let item = Value::object([("Index", Value::Int(i64::from(index))), ("Value", value)]);
    Value::object([("Item", item)])
}

fn text(text: &SmolStr) -> Value {
    Value::String(text.clone())
}

fn time(time: Timestamp) -> Value {
    Value::String(smol_str::format_smolstr!("{time}"))
}
