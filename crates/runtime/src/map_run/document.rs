//! How a Map Run is written down: a JSON document under its number, and a key that finds it by the
//! execution that started it.

use asl::program::StateId;
use engine::{FrameId, TaskRef};
use smol_str::SmolStr;
use store::{Kind, Store, Write};
use value::{Object, Value, json};

use super::{MapRun, MapRunStatus};
use crate::key::ExecutionKey;

/// The key of the document.
fn key(id: i64) -> String {
    format!("{id:019}")
}

/// What the keys begin with that lead from an execution to its Map Runs.
pub(super) fn parent_prefix(execution: i64) -> String {
    format!("of/{execution:019}/")
}

/// Writes a run that starts.
pub(super) fn put_new(run: &MapRun) -> Vec<Write> {
    let of_parent = format!("{}{}", parent_prefix(run.parent.id), key(run.id));
    vec![put(run), Write::PutDocument { kind: Kind::MapRun, key: of_parent, body: Vec::new() }]
}

/// Writes a run.
pub(crate) fn put(run: &MapRun) -> Write {
    let mut fields = Object::with_capacity(16);
    fields.insert("arn", Value::String(run.arn.clone()));
    fields.insert("execution", Value::String(run.execution_arn.clone()));
    fields.insert("parent", Value::Int(run.parent.id));
    // As text: it has 64 bits.
    fields.insert("shardKey", Value::string(run.parent.shard_key.to_string()));
    fields.insert("frame", Value::Int(i64::from(run.task.frame.0)));
    fields.insert("attempt", Value::Int(run.task.attempt as i64));
    fields.insert("state", Value::Int(i64::from(run.state.0)));
    fields.insert("label", Value::String(run.label.clone()));
    fields.insert("status", run.status.name().into());
    fields.insert("start", Value::Int(run.start));
    if let Some(stop) = run.stop {
        fields.insert("stop", Value::Int(stop));
    }
    fields.insert("maxConcurrency", Value::Int(i64::from(run.max_concurrency)));
    if let Some(count) = run.tolerated_failure_count {
        fields.insert("toleratedFailureCount", Value::Int(count as i64));
    }
    if let Some(percentage) = run.tolerated_failure_percentage {
        fields.insert("toleratedFailurePercentage", Value::Float(percentage));
    }
    fields.insert("items", Value::Int(run.items as i64));
    let body = Value::from(fields).to_json().into_bytes();
    Write::PutDocument { kind: Kind::MapRun, key: key(run.id), body }
}

/// The run numbered `id`.
pub(crate) fn get(store: &dyn Store, id: i64) -> Result<Option<MapRun>, store::Error> {
    let body = store.document(Kind::MapRun, &key(id))?;
    Ok(body.and_then(|body| parse(id, std::str::from_utf8(&body).ok()?)))
}

fn parse(id: i64, text: &str) -> Option<MapRun> {
    let fields = json::parse(text).ok()?;
    let text = |key: &str| fields.get(key).and_then(Value::as_str).map(SmolStr::new);
    let int = |key: &str| fields.get(key).and_then(Value::as_i64);
    let shard_key = text("shardKey")?.parse().ok()?;
    let frame = FrameId(u32::try_from(int("frame")?).ok()?);
    Some(MapRun {
        id,
        arn: text("arn")?,
        execution_arn: text("execution")?,
        parent: ExecutionKey { id: int("parent")?, shard_key },
        task: TaskRef { frame, attempt: int("attempt")?.unsigned_abs() },
        state: StateId(u32::try_from(int("state")?).ok()?),
        label: text("label")?,
        status: MapRunStatus::from_name(&text("status")?)?,
        start: int("start")?,
        stop: int("stop"),
        max_concurrency: u32::try_from(int("maxConcurrency")?).ok()?,
        tolerated_failure_count: int("toleratedFailureCount").map(i64::unsigned_abs),
        tolerated_failure_percentage: fields
            .get("toleratedFailurePercentage")
            .and_then(Value::as_f64),
        items: int("items")?.unsigned_abs(),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn sample() -> MapRun {
        MapRun {
            id: 7,
            arn: "arn:aws:states:us-east-1:123456789012:mapRun:m/l:u".into(),
            execution_arn: "arn:aws:states:us-east-1:123456789012:execution:m:e".into(),
            parent: ExecutionKey { id: 3, shard_key: u64::MAX },
            task: TaskRef { frame: FrameId(1), attempt: 4 },
            state: StateId(2),
            label: "l".into(),
            status: MapRunStatus::Running,
            start: 5,
            stop: None,
            max_concurrency: 6,
            tolerated_failure_count: Some(1),
            tolerated_failure_percentage: Some(12.5),
            items: 9,
        }
    }

    #[test]
    fn a_run_comes_back_as_it_was() {
        let run = sample();
        let Write::PutDocument { body, .. } = put(&run) else { panic!("no document") };
        assert_eq!(parse(7, std::str::from_utf8(&body).unwrap()), Some(run));
    }
}
