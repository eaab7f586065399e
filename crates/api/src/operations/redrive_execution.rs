//! RedriveExecution

use runtime::arn::{Arn, Resource};
use runtime::redrivable::{refusal, wrong_status};
use store::Status;
use value::Timestamp;

use super::describe_execution::{find, gone};
use crate::call::{Call, Reply};
use crate::error::Error;
use crate::json::ObjectWriter;

/// Answers a call.
pub async fn answer(call: &Call<'_>) -> Reply {
    refuse_label(call)?;
    let (arn, row) = find(call)?;
    let token = call.text("clientToken");
    // Held until the answer is known, so that a request that comes twice at once is done once.
    let _redriving = call.app.redrives.of(row.id).await;
    if let Some(token) = token
        && let Some(date) = call.app.executions.redriven_by(row.id, token)?
    {
        return Ok(reply(date));
    }
    // Read again: another redrive may have been waited for.
    let (_, row) = find(call)?;
    let machine = call.app.catalog.machine_by_id(row.machine);
    let is_deleted = machine.is_none_or(|machine| machine.deleting);
    if let Some(reason) = refusal(&row, is_deleted, call.now()) {
        return Err(Error::ExecutionNotRedrivable(reason));
    }
    match call.app.executions.redrive(row.id, token.cloned()).await {
        Ok(date) => Ok(reply(date)),
        Err(runtime::Error::Running) => {
            Err(Error::ExecutionNotRedrivable(wrong_status(Status::Running)))
        }
        Err(error) => Err(gone(error, arn)),
    }
}

fn reply(date: Timestamp) -> String {
    let mut out = ObjectWriter::new();
    out.time("redriveDate", date);
    out.finish()
}

/// The child of a Map Run is redriven with its Map Run alone.
fn refuse_label(call: &Call<'_>) -> Result<(), Error> {
    match Arn::parse(call.required("executionArn"))?.resource {
        Resource::Execution { label: Some(_), .. } => {
            Err(Error::LabeledArn("Labeled Execution ARNs are not supported for this API"))
        }
        _ => Ok(()),
    }
}
