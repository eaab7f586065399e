//! Amazon EventBridge: events put on a bus.

use value::{Object, Value};

use super::RR_TOKEN;
use crate::call::{Call, Failure};
use crate::table::{Api, Integration, Work};
use crate::text;

pub(super) const ROWS: &[Integration] = &[Integration {
    resource_type: "events",
    action: "putEvents",
    title: "Amazon EventBridge: PutEvents",
    patterns: RR_TOKEN,
    required: &["Entries"],
    error_prefix: "EventBridge",
    sdk_name: "AmazonEventBridge",
    iam: &["events:PutEvents"],
    iam_sync: &[],
    work: Work::Api(Api {
        prepare: Some(prepare),
        finish: Some(finish),
        ..Api::new("eventbridge", "putEvents")
    }),
}];

/// Details that are no strings become their JSON text, and every event says where it comes from:
/// the state machine and the execution (recorded: test_put_events_mixed_malformed_detail).
fn prepare(call: &Call, request: &mut Object) -> Result<(), Failure> {
    if let Some(entries) = request.get("Entries").and_then(Value::as_array) {
        let prepared = entries.iter().map(|entry| match entry.as_object() {
            Some(entry) => Value::from(prepare_entry(call, (**entry).clone())),
            None => entry.clone(),
        });
        let prepared = Value::array(prepared.collect());
        request.insert("Entries", prepared);
    }
    Ok(())
}

fn prepare_entry(call: &Call, mut entry: Object) -> Object {
    text::stringify(&mut entry, "Detail");
    let mut resources =
        entry.get("Resources").and_then(Value::as_array).map_or_else(Vec::new, |own| own.to_vec());
    resources.push(Value::String(call.state_machine_arn.clone()));
    resources.push(Value::String(call.execution_arn.clone()));
    entry.insert("Resources", Value::array(resources));
    entry
}

/// One entry that was refused fails the task; the cause is the answer without metadata.
fn finish(_: &Call, answer: &mut Object) -> Result<(), Failure> {
    let failed = answer.get("FailedEntryCount").and_then(Value::as_i64).unwrap_or(0);
    if failed == 0 {
        return Ok(());
    }
    Err(Failure::new("EventBridge.FailedEntry", Value::from(answer.clone()).to_json()))
}
