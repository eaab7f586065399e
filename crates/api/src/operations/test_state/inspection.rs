//! `inspectionData`: the stages of the data flow, those that AWS shows for each type of state.

use asl::program::{Map, QueryLanguage, State, StateKind};
use engine::{Inspection, MapInspection, StateEnd};
use runtime::{HttpTrace, Tested};
use value::{Object, Payload, Value};

use super::item_reader::items_pointer;
use crate::call::Call;
use crate::json::ObjectWriter;

/// Writes the members of `inspectionData`. Which stages a type of state shows is recorded:
/// `test_test_state_scenarios`, `test_state_mock_scenarios`.
pub(super) fn show(out: &mut ObjectWriter, call: &Call<'_>, state: &State, tested: &Tested) {
    let seen = &tested.inspection;
    // Recorded: the input is shown as it was sent.
    out.text("input", call.text("input").map_or("{}", |text| text.as_str()));
    match state.query_language {
        QueryLanguage::JsonPath => json_path_stages(out, state, seen),
        QueryLanguage::Jsonata => jsonata_stages(out, state, seen),
    }
    if let StateKind::Map(map) = &state.kind {
        map_stages(out, state, map, &seen.map);
    }
    if !tested.variables.is_empty() {
        let variables = tested.variables.iter().cloned();
        out.text("variables", &Value::object(variables).to_json());
    }
    match &seen.end {
        Some(StateEnd::Exited { catcher: Some(at), .. }) => {
            out.object("errorDetails", |out| out.int("catchIndex", *at as i64));
        }
        Some(StateEnd::Retry { retrier, backoff_ms }) => out.object("errorDetails", |out| {
            out.int("retryIndex", *retrier as i64);
            out.int("retryBackoffIntervalSeconds", backoff_ms / 1000);
        }),
        _ => {}
    }
}

/// Writes what an HTTP Task sent and got (developer guide, "Testing state machines").
pub(super) fn show_trace(out: &mut ObjectWriter, trace: &HttpTrace) {
    if let Some(request) = &trace.request {
        out.object("request", |out| {
            out.text("protocol", &request.protocol);
            out.text("method", &request.method);
            out.text("url", &request.url);
            out.text("headers", &headers(&request.headers));
            out.maybe_text("body", Some(request.body.as_str()).filter(|body| !body.is_empty()));
        });
    }
    if let Some(response) = &trace.response {
        out.object("response", |out| {
            out.text("protocol", &response.protocol);
            out.text("statusCode", &response.status.to_string());
            out.text("statusMessage", &response.reason);
            out.text("headers", &headers(&response.headers));
            out.text("body", &response.body);
        });
    }
}

/// Headers as Java prints a list of them.
fn headers(headers: &[(String, String)]) -> String {
    let headers: Vec<String> =
        headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    format!("[{}]", headers.join(", "))
}

fn json_path_stages(out: &mut ObjectWriter, state: &State, seen: &Inspection) {
    let has_result = matches!(state.kind, StateKind::Pass { result: Some(_) });
    let (input, parameters, result, output) = match &state.kind {
        StateKind::Pass { .. } => (!has_result, !has_result, has_result, true),
        StateKind::Task(_) => (true, true, true, true),
        StateKind::Map(_) => (true, false, false, true),
        StateKind::Parallel { .. } => (false, false, false, true),
        _ => (true, false, false, false),
    };
    stage(out, "afterInputPath", input, &seen.after_input_path);
    stage(out, "afterParameters", parameters, &seen.after_parameters);
    stage(out, "result", result, &seen.result);
    stage(out, "afterResultSelector", output, &seen.after_result_selector);
    stage(out, "afterResultPath", output, &seen.after_result_path);
}

fn jsonata_stages(out: &mut ObjectWriter, state: &State, seen: &Inspection) {
    let is_task = matches!(state.kind, StateKind::Task(_));
    stage(out, "afterArguments", is_task, &seen.after_parameters);
    stage(out, "result", is_task, &seen.result);
}

fn stage(out: &mut ObjectWriter, name: &'static str, shown: bool, payload: &Option<Payload>) {
    if let Some(payload) = payload.as_ref().filter(|_| shown) {
        out.text(name, payload.text());
    }
}

fn map_stages(out: &mut ObjectWriter, state: &State, map: &Map, seen: &MapInspection) {
    let has_path = state.query_language == QueryLanguage::JsonPath && map.items.is_some();
    if let Some(items) = seen.items.as_ref().filter(|_| has_path) {
        match items.value() {
            Value::Array(items) => out.text("afterItemsPath", &list(items)),
            _ => out.text("afterItemsPath", items.text()),
        }
    }
    let has_pointer = map.item_reader.as_ref().is_some_and(|it| items_pointer(it).is_some());
    if let Some(Value::Array(items)) =
        seen.items.as_ref().filter(|_| has_pointer).map(Payload::value)
    {
        out.text("afterItemsPointer", &list(items));
    }
    if let Some(selected) = &seen.selected {
        out.text("afterItemSelector", &list(selected));
    }
    if let Some(batches) = &seen.batches {
        let batches: Vec<Value> = batches.iter().map(batch).collect();
        out.text("afterItemBatcher", &list(&batches));
    }
    if let Some(most) = seen.max_concurrency {
        out.int("maxConcurrency", most);
    }
    if let Some(count) = seen.tolerated_failure_count {
        out.int("toleratedFailureCount", i64::try_from(count).unwrap_or(i64::MAX));
    }
    if let Some(percentage) = seen.tolerated_failure_percentage {
        out.raw("toleratedFailurePercentage", &Value::Float(percentage).to_json());
    }
}

/// Measured: the items of a Map are shown with spaces between them, each itself compact.
fn list(items: &[Value]) -> String {
    let items: Vec<String> = items.iter().map(Value::to_json).collect();
    format!("[{}]", items.join(", "))
}

/// Measured: in a batch each item is shown as a string of JSON.
fn batch(batch: &Value) -> Value {
    let Value::Object(members) = batch else { return batch.clone() };
    let mut shown = Object::with_capacity(members.len());
    for (name, member) in members.iter() {
        let member = match member.as_array().filter(|_| name == "Items") {
            Some(items) => {
                let items = items.iter().map(|item| Value::from(item.to_json()));
                Value::array(items.collect())
            }
            None => member.clone(),
        };
        shown.insert(name.clone(), member);
    }
    shown.into()
}
