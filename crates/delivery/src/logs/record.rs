//! The log record of one event, as AWS writes it (recorded: every number is a string).

use std::fmt::Write;

use engine::Event;
use engine::history::Context;
use runtime::Observed;
use value::push_string;

use crate::limits::DATA_BYTES;
use crate::logs::level;

/// A record.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    /// When the event happened, in milliseconds since 1970.
    pub time: i64,
    /// What is logged: one JSON object.
    pub message: String,
}

/// The records that the machine's logging wants of what was observed.
pub fn of(observed: &Observed) -> Vec<Record> {
    let Observed { revision, meta, .. } = observed;
    let Some(program) = revision.program() else { return Vec::new() };
    let context = Context {
        program: &program,
        role_arn: &revision.role_arn,
        region: &revision.region,
        version_arn: meta.version_arn.as_deref(),
        alias_arn: meta.alias_arn.as_deref(),
        include_data: revision.logging.include_execution_data,
        data_bytes_max: Some(DATA_BYTES),
    };
    let wanted = observed
        .events
        .iter()
        .filter(|event| level::takes(revision.logging.level, event, &program));
    wanted
        .map(|event| Record { time: event.time.0, message: message(observed, event, &context) })
        .collect()
}

fn message(observed: &Observed, event: &Event, context: &Context<'_>) -> String {
    let mut out = String::with_capacity(512);
    // Writing to a `String` cannot fail.
    let _ = write!(
        out,
        "{{\"id\":\"{}\",\"type\":\"{}\",\"details\":",
        event.id,
        context.type_name(event)
    );
    context.push_details(event, &mut out);
    let _ = write!(
        out,
        ",\"previous_event_id\":\"{}\",\"event_timestamp\":\"{}\",\"execution_arn\":",
        event.prev, event.time.0
    );
    push_string(&observed.meta.execution_arn, &mut out);
    if let Some(arn) = &observed.map_run_arn {
        out.push_str(",\"map_run_arn\":");
        push_string(arn, &mut out);
    }
    let _ = write!(out, ",\"redrive_count\":\"{}\"}}", observed.row.redrive_count);
    out
}
