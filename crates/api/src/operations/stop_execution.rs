//! StopExecution

use std::sync::Arc;

use engine::Failure;

use super::describe_execution::{find, gone};
use crate::call::{Call, Reply};
use crate::json::ObjectWriter;

/// Answers a call; what has ended already keeps its end.
pub async fn answer(call: &Call<'_>) -> Reply {
    let (arn, row) = find(call)?;
    let stopped = call.app.executions.stop(row.id, failure(call)).await;
    let stop_date = stopped.map_err(|error| gone(error, arn))?;
    let mut out = ObjectWriter::new();
    out.time("stopDate", stop_date);
    Ok(out.finish())
}

/// `error` and `cause`.
pub(super) fn failure(call: &Call<'_>) -> Failure {
    let cause = call.text("cause").map(|cause| Arc::from(cause.as_str()));
    Failure { error: call.text("error").cloned(), cause }
}
