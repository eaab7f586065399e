//! SendTaskSuccess

use runtime::TaskReply;
use value::Payload;

use crate::call::{Call, Reply, empty};
use crate::error::Error;

/// Answers a call.
pub async fn answer(call: &Call<'_>) -> Reply {
    let output = Payload::parse(call.required("output"));
    let output = output.map_err(|fault| Error::InvalidOutput(fault.message))?;
    call.app.executions.reply(call.required("taskToken"), TaskReply::Success(output)).await?;
    empty()
}
