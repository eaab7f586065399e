//! One change of an execution's status, and the event that tells of it (recorded:
//! `test_event_bridge_events_base`).

use std::fmt::Write;
use std::sync::Arc;

use engine::{EventKind, Failure, Meta};
use runtime::Observed;
use runtime::redrivable::refusal;
use store::{ExecutionRow, Status};
use value::{Payload, Timestamp, push_string};

use crate::limits::DATA_BYTES;

/// A change.
pub struct Change {
    /// When.
    pub time: Timestamp,
    /// What the execution is.
    pub meta: Arc<Meta>,
    /// How it stands now.
    row: ExecutionRow,
    output: Option<Payload>,
    failure: Failure,
}

/// The changes among what was observed: at the start, a redrive and the end.
pub fn of(observed: &Observed) -> impl Iterator<Item = Change> {
    observed.events.iter().filter_map(|event| {
        let (status, output, failure) = match &event.kind {
            EventKind::ExecutionStarted { .. } | EventKind::ExecutionRedriven { .. } => {
                (Status::Running, None, None)
            }
            EventKind::ExecutionSucceeded { output } => (Status::Succeeded, Some(output), None),
            EventKind::ExecutionFailed(failure) => (Status::Failed, None, Some(failure)),
            EventKind::ExecutionAborted(failure) => (Status::Aborted, None, Some(failure)),
            EventKind::ExecutionTimedOut(failure) => (Status::TimedOut, None, Some(failure)),
            _ => return None,
        };
        let stop = (status != Status::Running).then_some(event.time.0);
        Some(Change {
            time: event.time,
            meta: observed.meta.clone(),
            row: ExecutionRow { status, stop, ..observed.row.clone() },
            output: output.cloned(),
            failure: failure.cloned().unwrap_or_default(),
        })
    })
}

impl Change {
    /// How many bytes of data it carries.
    pub fn data_bytes(&self) -> usize {
        self.meta.input.text().len() + self.output.as_ref().map_or(0, |it| it.text().len())
    }

    /// `detail`. Input and output are left out where they are too long together: the input first.
    pub fn detail(&self) -> String {
        let Self { meta, row, failure, .. } = self;
        let input = quoted(meta.input.text());
        let output = self.output.as_ref().map(|output| quoted(output.text()));
        let output_bytes = output.as_ref().map_or(0, String::len);
        let has_input = input.len() + output_bytes <= DATA_BYTES;
        let has_output = output_bytes <= DATA_BYTES;
        let reason = refusal(row, false, self.time);
        let mut out = String::with_capacity(1024 + input.len() + output_bytes);
        out.push('{');
        text(&mut out, "executionArn", Some(&meta.execution_arn));
        text(&mut out, "stateMachineArn", Some(&meta.state_machine_arn));
        text(&mut out, "name", Some(&meta.name));
        text(&mut out, "status", Some(row.status.name()));
        raw(&mut out, "startDate", Some(row.start));
        raw(&mut out, "stopDate", row.stop);
        raw(&mut out, "input", has_input.then_some(&input));
        raw(&mut out, "output", output.as_ref().filter(|_| has_output));
        text(&mut out, "stateMachineVersionArn", meta.version_arn.as_deref());
        text(&mut out, "stateMachineAliasArn", meta.alias_arn.as_deref());
        raw(&mut out, "redriveCount", Some(row.redrive_count));
        raw(&mut out, "redriveDate", row.redrive);
        let redrivable = match (&reason, row.map_run) {
            (Some(_), _) => "NOT_REDRIVABLE",
            (None, Some(_)) => "REDRIVABLE_BY_MAP_RUN",
            (None, None) => "REDRIVABLE",
        };
        text(&mut out, "redriveStatus", Some(redrivable));
        text(&mut out, "redriveStatusReason", reason.as_deref());
        raw(&mut out, "inputDetails", Some(included(has_input)));
        raw(&mut out, "outputDetails", output.as_ref().map(|_| included(has_output)));
        text(&mut out, "error", failure.error.as_deref());
        text(&mut out, "cause", failure.cause.as_deref());
        out.push('}');
        out
    }
}

fn included(is: bool) -> &'static str {
    if is { "{\"included\":true}" } else { "{\"included\":false}" }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8 + 2);
    push_string(text, &mut out);
    out
}

fn key(out: &mut String, key: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    // Writing to a `String` cannot fail.
    let _ = write!(out, "\"{key}\":");
}

/// A text, or null.
fn text(out: &mut String, name: &str, text: Option<&str>) {
    key(out, name);
    match text {
        Some(text) => push_string(text, out),
        None => out.push_str("null"),
    }
}

/// What is JSON already, or null.
fn raw(out: &mut String, name: &str, json: Option<impl std::fmt::Display>) {
    key(out, name);
    match json {
        Some(json) => drop(write!(out, "{json}")),
        None => out.push_str("null"),
    }
}
