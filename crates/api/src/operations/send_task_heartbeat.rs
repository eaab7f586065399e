//! SendTaskHeartbeat

use runtime::TaskReply;

use crate::call::{Call, Reply, empty};

/// Answers a call.
pub async fn answer(call: &Call<'_>) -> Reply {
    call.app.executions.reply(call.required("taskToken"), TaskReply::Heartbeat).await?;
    empty()
}
