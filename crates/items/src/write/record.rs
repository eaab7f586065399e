//! What stands for a child in a result.

use value::{Value, json, push_string};

use super::{Child, ChildStatus, Format, OutputType, Transformation};

/// Shows each result of a child as JSON text: several if its output is an array to be flattened.
/// A text has no line break if the format has a result on each line.
pub(super) fn each_result(child: &Child<'_>, format: Format, show: &mut dyn FnMut(&str)) {
    let transformed = format.transformation != Transformation::None;
    // A child that did not succeed is shown as without a transformation (developer guide).
    let succeeded = child.status == ChildStatus::Succeeded;
    let Some(output) = child.output.filter(|_| transformed && succeeded) else {
        return show(&record(child));
    };
    if format.transformation == Transformation::Flatten
        && let Ok(Value::Array(items)) = json::parse_rendered(output)
    {
        for item in items.iter() {
            show(&item.to_json());
        }
        return;
    }
    let has_breaks = output.contains(['\n', '\r']);
    match json::parse_rendered(output) {
        Ok(value) if has_breaks && format.output_type == OutputType::JsonLines => {
            show(&value.to_json());
        }
        _ => show(output),
    }
}

/// Everything that is known of a child; keys in the order of the alphabet, as measured.
pub(super) fn record(child: &Child<'_>) -> String {
    let mut out = Writer { text: String::with_capacity(512 + child.input.len() * 2) };
    if child.status == ChildStatus::Pending {
        out.string("Input", Some(child.input));
        out.raw("InputDetails", INCLUDED);
        out.string("Status", Some(child.status.name()));
        return out.end();
    }
    out.string("Cause", child.cause);
    out.string("Error", child.error);
    out.string("ExecutionArn", Some(child.execution_arn));
    out.string("Input", Some(child.input));
    out.raw("InputDetails", INCLUDED);
    out.string("Name", Some(child.name));
    out.string("Output", child.output);
    // Measured: it stays where there is no output.
    out.raw("OutputDetails", INCLUDED);
    if let Some(redrive) = &child.redrive {
        out.raw("RedriveCount", &redrive.count.to_string());
        out.string("RedriveStatus", Some(redrive.status));
        out.string("RedriveStatusReason", redrive.reason);
    }
    out.string("StartDate", Some(&date(child.start)));
    out.string("StateMachineArn", Some(child.state_machine_arn));
    out.string("Status", Some(child.status.name()));
    out.string("StopDate", child.stop.map(date).as_deref());
    out.end()
}

const INCLUDED: &str = "{\"Included\":true}";

/// `2025-02-04T01:49:50.099Z`, always with milliseconds.
fn date(time: value::Timestamp) -> String {
    let (year, month, day, ms) = time.civil();
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    let ms = ms % 1000;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
}

/// An object, written member by member.
struct Writer {
    text: String,
}

impl Writer {
    fn string(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.name(name);
            push_string(value, &mut self.text);
        }
    }

    fn raw(&mut self, name: &str, value: &str) {
        self.name(name);
        self.text.push_str(value);
    }

    fn name(&mut self, name: &str) {
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
        push_string(name, &mut self.text);
        self.text.push(':');
    }

    fn end(mut self) -> String {
        self.text.push('}');
        self.text
    }
}
