//! RedriveExecution

use runtime::arn::{Arn, Resource};
use store::{ExecutionRow, Status};
use value::Timestamp;

use super::describe_execution::{find, gone};
use crate::call::{Call, Reply};
use crate::error::Error;
use crate::json::ObjectWriter;

/// An execution may be redriven for 14 days after its end (AWS quota).
const REDRIVABLE_MS: i64 = 14 * 24 * 3600 * 1000;
/// An execution lasts at most a year, redrives included (AWS quota).
const LONGEST_MS: i64 = 365 * 24 * 3600 * 1000;
/// An execution with as many events cannot be redriven (RedriveExecution).
const REDRIVABLE_EVENTS: u64 = 24_999;
/// Executions that started before 2023-11-15 cannot be redriven (RedriveExecution).
const LAUNCH_MS: i64 = 1_700_006_400_000;

/// Answers a call.
pub async fn answer(call: &Call<'_>) -> Reply {
    refuse_label(call)?;
    let (arn, row) = find(call)?;
    let token = call.text("clientToken").map(|token| token.as_str());
    // Held until the answer is known, so that a request that comes twice at once is done once.
    let mut redriven = call.app.redrives.of(row.id).await;
    if let Some(date) = token.and_then(|token| redriven.date(row.id, token, call.now())) {
        return Ok(reply(date));
    }
    // Read again: another redrive may have been waited for.
    let (_, row) = find(call)?;
    let machine = call.app.catalog.machine_by_id(row.machine);
    let is_deleted = machine.is_none_or(|machine| machine.deleting);
    if let Some(reason) = refusal(&row, is_deleted, call.now()) {
        return Err(Error::ExecutionNotRedrivable(reason));
    }
    let date = match call.app.executions.redrive(row.id).await {
        Ok(date) => date,
        Err(runtime::Error::Running) => {
            return Err(Error::ExecutionNotRedrivable(wrong_status(Status::Running)));
        }
        Err(error) => return Err(gone(error, arn)),
    };
    if let Some(token) = token {
        redriven.remember(row.id, token, date);
    }
    Ok(reply(date))
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

/// Why an execution cannot be redriven, if so; shown by DescribeExecution too.
pub(super) fn refusal(row: &ExecutionRow, is_deleted: bool, now: Timestamp) -> Option<String> {
    let closed_for = row.stop.map_or(0, |stop| now.0.saturating_sub(stop));
    let reason = match row.status {
        Status::Running | Status::Succeeded | Status::PendingRedrive => {
            return Some(wrong_status(row.status));
        }
        _ if is_deleted => "State machine is in DELETING status",
        _ if row.start < LAUNCH_MS => "Execution was started before the launch of RedriveExecution",
        // Measured; the documentation has another text.
        _ if row.last_event >= REDRIVABLE_EVENTS => {
            "Execution has exceeded the maximum history event limit"
        }
        _ if now.0.saturating_sub(row.start) > LONGEST_MS => {
            "Execution has exceeded the max execution time"
        }
        _ if closed_for > REDRIVABLE_MS => "Execution redrivable period exceeded",
        _ => return None,
    };
    Some(reason.to_owned())
}

fn wrong_status(status: Status) -> String {
    format!("Execution is {} and cannot be redriven", status.name())
}

#[cfg(test)]
mod tests {
    use smol_str::SmolStr;

    use super::*;

    const DAY: i64 = 24 * 3600 * 1000;

    fn row(status: Status, start: i64, stop: i64) -> ExecutionRow {
        ExecutionRow {
            id: 1,
            machine: 1,
            revision: 1,
            name: SmolStr::new("e"),
            status,
            start,
            stop: Some(stop),
            last_event: 5,
            version: None,
            alias: None,
            map_run: None,
            item_count: None,
            redrive_count: 0,
            redrive: None,
            express: false,
            trace_header: None,
        }
    }

    #[test]
    fn the_limits_of_redrive() {
        let start = LAUNCH_MS;
        let stop = start + DAY;
        let why = |row: &ExecutionRow, now: i64| refusal(row, false, Timestamp(now));
        for status in [Status::Failed, Status::Aborted, Status::TimedOut] {
            assert_eq!(why(&row(status, start, stop), stop + 14 * DAY), None);
        }
        let failed = row(Status::Failed, start, stop);
        let expected = |text: &str| Some(text.to_owned());
        assert_eq!(
            why(&failed, stop + 14 * DAY + 1),
            expected("Execution redrivable period exceeded")
        );
        assert_eq!(
            why(&row(Status::Failed, start, start + 364 * DAY), start + 365 * DAY + 1),
            expected("Execution has exceeded the max execution time")
        );
        assert_eq!(
            why(&ExecutionRow { last_event: 24_999, ..failed.clone() }, stop),
            expected("Execution has exceeded the maximum history event limit")
        );
        assert_eq!(why(&ExecutionRow { last_event: 24_998, ..failed.clone() }, stop), None);
        assert_eq!(
            why(&row(Status::Failed, start - 1, stop), stop),
            expected("Execution was started before the launch of RedriveExecution")
        );
        assert_eq!(
            why(&row(Status::Running, start, stop), stop),
            expected("Execution is RUNNING and cannot be redriven")
        );
        assert_eq!(
            refusal(&failed, true, Timestamp(stop)),
            expected("State machine is in DELETING status")
        );
    }
}
