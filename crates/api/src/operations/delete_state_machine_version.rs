//! DeleteStateMachineVersion

use runtime::arn::ArnError;

use crate::call::{Call, Reply, empty};
use crate::machine_arn::MachineArn;

/// Answers a call; deleting what is not there succeeds (recorded: `test_list_delete_version`).
pub async fn answer(call: &Call<'_>) -> Reply {
    let arn = MachineArn::parse(call.required("stateMachineVersionArn"))?.unlabeled()?;
    let number = arn.version().ok_or_else(|| ArnError::Form(arn.given.to_string()))?;
    call.app.catalog.delete_version(arn.unqualified, number).await?;
    empty()
}
