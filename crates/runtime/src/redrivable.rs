//! Which executions can be redriven, and why the others cannot.

use store::{ExecutionRow, Status};
use value::Timestamp;

/// An execution may be redriven for 14 days after its end (AWS quota).
const REDRIVABLE_MS: i64 = 14 * 24 * 3600 * 1000;
/// An execution lasts at most a year, redrives included (AWS quota).
const LONGEST_MS: i64 = 365 * 24 * 3600 * 1000;
/// An execution with as many events cannot be redriven (RedriveExecution).
pub(crate) const REDRIVABLE_EVENTS: u64 = 24_999;
/// Executions that started before 2023-11-15 cannot be redriven (RedriveExecution).
const LAUNCH_MS: i64 = 1_700_006_400_000;

/// Why an execution cannot be redriven, if so: what DescribeExecution and EventBridge show too.
pub fn refusal(row: &ExecutionRow, is_deleted: bool, now: Timestamp) -> Option<String> {
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

/// The reason that lies in the status.
pub fn wrong_status(status: Status) -> String {
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
