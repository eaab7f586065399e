//! DeleteActivity

use super::describe_activity::activity_arn;
use crate::call::{Call, Reply, empty};

/// Answers a call; deleting what is not there succeeds.
pub async fn answer(call: &Call<'_>) -> Reply {
    call.app.catalog.delete_activity(activity_arn(call)?).await?;
    empty()
}
