//! SendTaskFailure

use engine::Failure;
use runtime::TaskReply;

use super::stop_execution::failure;
use crate::call::{Call, Reply, empty};

/// Answers a call.
pub async fn answer(call: &Call<'_>) -> Reply {
    let failure: Failure = failure(call);
    call.app.executions.reply(call.required("taskToken"), TaskReply::Failure(failure)).await?;
    empty()
}
