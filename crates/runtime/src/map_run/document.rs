//! How a Map Run is written down: a JSON document under its number, and a key that finds it by the
//! execution that started it.

use asl::program::StateId;
use engine::{FrameId, TaskRef};
use smol_str::SmolStr;
use store::{Kind, Store, Write};
use value::{Object, Value, json};

use super::counts::Counts;
use super::{MapRun, MapRunStatus};
use crate::key::ExecutionKey;

/// The key of the document.
fn key(id: i64) -> String {
    format!("{id:019}")
}

/// What the keys begin with that lead from an execution to its Map Runs.
fn parent_prefix(execution: i64) -> String {
    format!("of/{execution:019}/")
}

/// The key that leads from its execution to a run: newer runs come first.
fn parent_key(run: &MapRun) -> String {
    let start = i64::MAX - run.start;
    format!("{}{start:019}/{}", parent_prefix(run.parent.id), key(run.id))
}

/// Writes a run that starts.
pub(super) fn put_new(run: &MapRun) -> Vec<Write> {
    let of_parent = parent_key(run);
    vec![put(run), Write::PutDocument { kind: Kind::MapRun, key: of_parent, body: Vec::new() }]
}

/// Writes a run.
pub(super) fn put(run: &MapRun) -> Write {
    let mut fields = Object::with_capacity(20);
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
    fields.insert("maxConcurrency", Value::Int(i64::from(run.max_concurrency)));
    fields.insert("redriveCount", Value::Int(i64::from(run.redrive_count)));
    fields.insert("redriveBegun", Value::Bool(run.redrive_begun));
    let mut number = |key: &str, number: Option<i64>| {
        number.into_iter().for_each(|number| fields.insert(key, Value::Int(number)));
    };
    number("stop", run.stop);
    number("redrive", run.redrive);
    number("toleratedFailureCount", run.tolerated_failure_count.map(|it| it as i64));
    if let Some(percentage) = run.tolerated_failure_percentage {
        fields.insert("toleratedFailurePercentage", Value::Float(percentage));
    }
    if let Some(counts) = run.counts {
        fields.insert("counts", counts.to_value());
    }
    if let Some(etag) = &run.etag {
        fields.insert("etag", Value::String(etag.clone()));
    }
    if run.all_given {
        fields.insert("allGiven", Value::Bool(true));
    }
    let body = Value::from(fields).to_json().into_bytes();
    Write::PutDocument { kind: Kind::MapRun, key: key(run.id), body }
}

/// The run numbered `id`.
pub(crate) fn get(store: &dyn Store, id: i64) -> Result<Option<MapRun>, store::Error> {
    let body = store.document(Kind::MapRun, &key(id))?;
    Ok(body.and_then(|body| parse(id, std::str::from_utf8(&body).ok()?)))
}

/// At most `limit` runs that the execution started, newest first, after the place `after`; each with
/// its place.
pub(super) fn of_execution(
    store: &dyn Store,
    execution: i64,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<(String, MapRun)>, store::Error> {
    let prefix = parent_prefix(execution);
    let after = after.map(|place| format!("{prefix}{place}"));
    let keys = store.documents_from(Kind::MapRun, after.as_deref(), &prefix, limit)?;
    let mut runs = Vec::with_capacity(keys.len());
    for (key, _) in keys {
        let id = key.rsplit('/').next().and_then(|id| id.parse().ok());
        let Some(run) = id.map(|id| get(store, id)).transpose()?.flatten() else { continue };
        runs.push((key[prefix.len()..].to_owned(), run));
    }
    Ok(runs)
}

/// Removes the runs that the execution started.
pub(crate) fn remove_of(store: &dyn Store, execution: i64) -> Result<Vec<Write>, store::Error> {
    let prefix = parent_prefix(execution);
    let keys = store.documents_from(Kind::MapRun, None, &prefix, usize::MAX)?;
    let both = keys.into_iter().flat_map(|(of_parent, _)| {
        let own = of_parent.rsplit('/').next().map(str::to_owned);
        [Some(of_parent), own].into_iter().flatten()
    });
    Ok(both.map(|key| Write::DeleteDocument { kind: Kind::MapRun, key }).collect())
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
        redrive_count: u32::try_from(int("redriveCount")?).ok()?,
        redrive: int("redrive"),
        redrive_begun: fields.get("redriveBegun").and_then(Value::as_bool)?,
        counts: fields.get("counts").and_then(Counts::from_value),
        etag: text("etag"),
        all_given: fields.get("allGiven").and_then(Value::as_bool).unwrap_or(false),
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
            redrive_count: 2,
            redrive: Some(8),
            redrive_begun: true,
            counts: Some(Counts::default()),
            etag: Some("\"e\"".into()),
            all_given: true,
        }
    }

    #[test]
    fn a_run_comes_back_as_it_was() {
        let run = sample();
        let Write::PutDocument { body, .. } = put(&run) else { panic!("no document") };
        assert_eq!(parse(7, std::str::from_utf8(&body).unwrap()), Some(run));
    }
}
