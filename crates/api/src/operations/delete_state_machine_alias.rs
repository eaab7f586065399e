//! DeleteStateMachineAlias

use super::describe_state_machine_alias::alias_arn;
use crate::call::{Call, Reply, empty};

/// Answers a call; it may be repeated (measured).
pub async fn answer(call: &Call<'_>) -> Reply {
    let (arn, name) = alias_arn(call)?;
    call.app.catalog.delete_alias(arn.unqualified, name).await?;
    empty()
}
