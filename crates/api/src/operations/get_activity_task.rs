//! GetActivityTask

use super::describe_activity::activity;
use crate::call::{Call, Reply, empty};
use crate::error::Error;
use crate::json::ObjectWriter;

/// Workers that may wait at one activity (AWS quota "activity pollers per ARN").
const MAX_POLLERS: usize = 1_000;

/// Answers a call, at the latest after 60 s; early and empty if the server stops.
pub async fn answer(call: &Call<'_>) -> Reply {
    let activity = activity(call)?;
    let _poller = activity.poll(MAX_POLLERS).ok_or(Error::ActivityWorkerLimitExceeded)?;
    let deleted = activity.deleted.notified();
    let worker = call.text("workerName").cloned();
    let mut stopping = call.stopping.clone();
    let task = tokio::select! {
        biased;
        task = call.app.executions.activity_task(&activity.arn, worker) => task?,
        () = deleted => return Err(Error::ActivityDoesNotExist(activity.arn.clone())),
        _ = stopping.wait_for(|stopping| *stopping) => None,
    };
    let Some(task) = task else { return empty() };
    let mut out = ObjectWriter::with_capacity(task.task_token.len() + task.input.text().len() + 64);
    out.text("taskToken", &task.task_token);
    out.text("input", task.input.text());
    Ok(out.finish())
}
