//! UpdateMapRun

use runtime::MapRunSettings;
use value::Value;

use super::describe_map_run::find;
use crate::call::{Call, Reply, empty};
use crate::error::Error;

/// Answers a call: the new settings hold at once.
pub async fn answer(call: &Call<'_>) -> Reply {
    let run = find(call)?;
    let int = |name: &str| call.input.get(name).and_then(Value::as_i64);
    let settings = MapRunSettings {
        max_concurrency: int("maxConcurrency").and_then(|it| u32::try_from(it).ok()),
        tolerated_failure_count: int("toleratedFailureCount").map(i64::unsigned_abs),
        tolerated_failure_percentage: call
            .input
            .get("toleratedFailurePercentage")
            .and_then(Value::as_f64),
    };
    if settings == MapRunSettings::default() {
        return Err(Error::MissingMember(
            "Either the maxConcurrency, the toleratedFailurePercentage, or the \
             toleratedFailureCount must be specified",
        ));
    }
    if !run.is_running() || !call.app.executions.update_map_run(&run, settings).await? {
        return Err(Error::MapRunCompleted);
    }
    empty()
}
