//! History as the API and the logs show it: an event with AWS's type name and details.

use std::fmt::Write;

use asl::Program;
use asl::program::StateKind;
use asl::resource::{Resource, ResourceKind};

use value::{Payload, Value, push_string};

use crate::event::{Event, EventKind, Failure, Scheduled};

/// What the events alone do not say.
pub struct Context<'c> {
    /// The program that the execution runs.
    pub program: &'c Program,
    /// `roleArn`.
    pub role_arn: &'c str,
    /// `region` of tasks.
    pub region: &'c str,
    /// `stateMachineVersionArn`.
    pub version_arn: Option<&'c str>,
    /// `stateMachineAliasArn`.
    pub alias_arn: Option<&'c str>,
    /// `includeExecutionData`.
    pub include_data: bool,
    /// A payload that is longer than this once it stands, escaped, in a string is left out, and its
    /// details say so: the logs have such a limit, the API has none.
    pub data_bytes_max: Option<usize>,
}

impl Context<'_> {
    /// Appends the event as GetExecutionHistory has it. Nothing for private events.
    pub fn push(&self, event: &Event, out: &mut String) {
        if !event.kind.is_public() {
            return;
        }
        let name = self.type_name(event);
        // Writing to a `String` cannot fail.
        let _ = write!(
            out,
            "{{\"timestamp\":{}.{:03},\"type\":\"{name}\",\"id\":{},\"previousEventId\":{}",
            event.time.0.div_euclid(1000),
            event.time.0.rem_euclid(1000),
            event.id,
            event.prev
        );
        if let Some(member) = details_name(&event.kind, &name) {
            let _ = write!(out, ",\"{member}\":{{");
            Details { context: self, out, any: false }.event(event);
            out.push('}');
        }
        out.push('}');
    }

    /// Appends the details object as the logs have it, `{}` where there are none.
    pub fn push_details(&self, event: &Event, out: &mut String) {
        out.push('{');
        if details_name(&event.kind, &self.type_name(event)).is_some() {
            Details { context: self, out, any: false }.event(event);
        }
        out.push('}');
    }

    /// AWS's name of the event's type.
    pub fn type_name(&self, event: &Event) -> String {
        let of_state = |suffix: &str| {
            format!("{}State{suffix}", self.program.state(event.state).kind.type_name())
        };
        match &event.kind {
            EventKind::StateEntered { .. } => of_state("Entered"),
            EventKind::StateExited { .. } => of_state("Exited"),
            EventKind::StateAborted => of_state("Aborted"),
            kind => match task_suffix(kind) {
                Some(suffix) => {
                    let prefix = match self.resource(event).map(|resource| &resource.kind) {
                        Some(ResourceKind::Lambda) => "LambdaFunction",
                        Some(ResourceKind::Activity) => "Activity",
                        _ => "Task",
                    };
                    format!("{prefix}{suffix}")
                }
                None => plain_name(kind).to_owned(),
            },
        }
    }

    /// The resource of the Task that the event happened in.
    fn resource(&self, event: &Event) -> Option<&Resource> {
        match &self.program.state(event.state).kind {
            StateKind::Task(task) => Some(&task.resource),
            _ => None,
        }
    }
}

fn task_suffix(kind: &EventKind) -> Option<&'static str> {
    Some(match kind {
        EventKind::TaskScheduled(_) => "Scheduled",
        EventKind::TaskStarted { .. } => "Started",
        EventKind::TaskStartFailed(_) => "StartFailed",
        EventKind::TaskSubmitted { .. } => "Submitted",
        EventKind::TaskSubmitFailed(_) => "SubmitFailed",
        EventKind::TaskSucceeded { .. } => "Succeeded",
        EventKind::TaskFailed(_) => "Failed",
        EventKind::TaskTimedOut(_) => "TimedOut",
        _ => return None,
    })
}

fn plain_name(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::ExecutionStarted { .. } => "ExecutionStarted",
        EventKind::ExecutionSucceeded { .. } => "ExecutionSucceeded",
        EventKind::ExecutionFailed(_) => "ExecutionFailed",
        EventKind::ExecutionAborted(_) => "ExecutionAborted",
        EventKind::ExecutionTimedOut(_) => "ExecutionTimedOut",
        EventKind::ExecutionRedriven { .. } => "ExecutionRedriven",
        EventKind::EvaluationFailed { .. } => "EvaluationFailed",
        EventKind::ParallelStarted { .. } => "ParallelStateStarted",
        EventKind::ParallelSucceeded => "ParallelStateSucceeded",
        EventKind::ParallelFailed => "ParallelStateFailed",
        EventKind::MapStarted(_) => "MapStateStarted",
        EventKind::MapIterationStarted { .. } => "MapIterationStarted",
        EventKind::MapIterationSucceeded { .. } => "MapIterationSucceeded",
        EventKind::MapIterationFailed { .. } => "MapIterationFailed",
        EventKind::MapIterationAborted { .. } => "MapIterationAborted",
        EventKind::MapSucceeded => "MapStateSucceeded",
        EventKind::MapFailed => "MapStateFailed",
        EventKind::MapRunStarted { .. } => "MapRunStarted",
        EventKind::MapRunSucceeded => "MapRunSucceeded",
        EventKind::MapRunFailed(_) => "MapRunFailed",
        EventKind::MapRunAborted => "MapRunAborted",
        EventKind::MapRunRedriven { .. } => "MapRunRedriven",
        _ => "",
    }
}

/// The member that holds the details; some events have none (events.md, 1).
fn details_name(kind: &EventKind, type_name: &str) -> Option<String> {
    match kind {
        EventKind::StateEntered { .. } => return Some("stateEnteredEventDetails".into()),
        EventKind::StateExited { .. } => return Some("stateExitedEventDetails".into()),
        EventKind::StateAborted
        | EventKind::ParallelStarted { .. }
        | EventKind::ParallelSucceeded
        | EventKind::ParallelFailed
        | EventKind::MapSucceeded
        | EventKind::MapFailed
        | EventKind::MapRunSucceeded
        | EventKind::MapRunAborted => return None,
        EventKind::TaskStarted { .. } if type_name == "LambdaFunctionStarted" => return None,
        _ => {}
    }
    let mut name = String::with_capacity(type_name.len() + 12);
    let mut chars = type_name.chars();
    name.extend(chars.next().map(|first| first.to_ascii_lowercase()));
    name.push_str(chars.as_str());
    name.push_str("EventDetails");
    Some(name)
}

struct Details<'d, 'c> {
    context: &'d Context<'c>,
    out: &'d mut String,
    any: bool,
}

impl Details<'_, '_> {
    fn key(&mut self, key: &str) {
        if self.any {
            self.out.push(',');
        }
        self.any = true;
        let _ = write!(self.out, "\"{key}\":");
    }

    fn text(&mut self, key: &str, text: &str) {
        self.key(key);
        push_string(text, self.out);
    }

    fn maybe_text(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    fn number(&mut self, key: &str, number: u64) {
        self.key(key);
        let _ = write!(self.out, "{number}");
    }

    /// `input` or `output`, with the object that says whether it was left out for its length.
    fn data(&mut self, key: &str, payload: &Payload) {
        if self.context.include_data {
            let truncated = !self.fitting(|details| details.text(key, payload.text()));
            self.key(&format!("{key}Details"));
            let _ = write!(self.out, "{{\"truncated\":{truncated}}}");
        }
    }

    /// Writes a member, and takes it back if it is longer than data may be; whether it stands.
    fn fitting(&mut self, member: impl FnOnce(&mut Self)) -> bool {
        let (start, any) = (self.out.len(), self.any);
        member(self);
        let fits = self.context.data_bytes_max.is_none_or(|max| self.out.len() - start <= max);
        if !fits {
            self.out.truncate(start);
            self.any = any;
        }
        fits
    }

    fn failure(&mut self, failure: &Failure) {
        self.maybe_text("error", failure.error.as_deref());
        self.maybe_text("cause", failure.cause.as_deref());
    }

    /// The name of the event's state.
    fn name(&mut self, key: &str, event: &Event) {
        let program = self.context.program;
        self.text(key, &program.state(event.state).name);
    }

    fn event(&mut self, event: &Event) {
        match &event.kind {
            EventKind::ExecutionStarted { input } => {
                self.data("input", input);
                self.text("roleArn", self.context.role_arn);
                self.maybe_text("stateMachineAliasArn", self.context.alias_arn);
                self.maybe_text("stateMachineVersionArn", self.context.version_arn);
            }
            EventKind::ExecutionSucceeded { output } => self.data("output", output),
            EventKind::ExecutionFailed(failure)
            | EventKind::ExecutionAborted(failure)
            | EventKind::ExecutionTimedOut(failure)
            | EventKind::MapRunFailed(failure) => self.failure(failure),
            EventKind::ExecutionRedriven { redrive_count } => {
                self.number("redriveCount", u64::from(*redrive_count));
            }
            EventKind::StateEntered { input } => {
                self.name("name", event);
                self.data("input", input);
            }
            EventKind::StateExited { output, assigned, .. } => {
                self.name("name", event);
                self.data("output", output);
                self.assigned(assigned);
            }
            EventKind::EvaluationFailed { failure, location } => {
                self.failure(failure);
                self.maybe_text("location", location.as_deref());
                self.name("state", event);
            }
            EventKind::MapStarted(start) => self.number("length", u64::from(start.length)),
            EventKind::MapIterationStarted { index, .. }
            | EventKind::MapIterationSucceeded { index }
            | EventKind::MapIterationFailed { index }
            | EventKind::MapIterationAborted { index } => {
                self.name("name", event);
                self.number("index", u64::from(*index));
            }
            EventKind::MapRunStarted { map_run } => self.text("mapRunArn", map_run),
            EventKind::MapRunRedriven { map_run, redrive_count } => {
                self.text("mapRunArn", map_run);
                self.number("redriveCount", u64::from(*redrive_count));
            }
            kind => self.task(kind, self.context.resource(event)),
        }
    }

    /// Values as JSON text (recorded); all gone without execution data (measured).
    fn assigned(&mut self, assigned: &[(smol_str::SmolStr, Value)]) {
        if assigned.is_empty() || !self.context.include_data {
            return;
        }
        let fits = self.fitting(|details| {
            details.key("assignedVariables");
            details.out.push('{');
            for (at, (name, value)) in assigned.iter().enumerate() {
                if at > 0 {
                    details.out.push(',');
                }
                push_string(name, details.out);
                details.out.push(':');
                push_string(&value.to_json(), details.out);
            }
            details.out.push('}');
        });
        let _ = write!(self.out, ",\"assignedVariablesDetails\":{{\"truncated\":{}}}", !fits);
    }

    fn task(&mut self, kind: &EventKind, resource: Option<&Resource>) {
        if let Some(Resource { kind: ResourceKind::Service { resource_type, .. }, .. }) = resource {
            self.text("resourceType", resource_type);
            self.text("resource", resource.map_or("", Resource::event_resource));
        }
        match kind {
            EventKind::TaskScheduled(scheduled) => self.scheduled(scheduled, resource),
            EventKind::TaskStarted { worker } => self.maybe_text("workerName", worker.as_deref()),
            EventKind::TaskSubmitted { output } | EventKind::TaskSucceeded { output } => {
                self.data("output", output);
            }
            EventKind::TaskStartFailed(failure)
            | EventKind::TaskSubmitFailed(failure)
            | EventKind::TaskFailed(failure)
            | EventKind::TaskTimedOut(failure) => self.failure(failure),
            _ => {}
        }
    }

    fn scheduled(&mut self, scheduled: &Scheduled, resource: Option<&Resource>) {
        if matches!(resource, Some(Resource { kind: ResourceKind::Service { .. }, .. })) {
            self.text("region", self.context.region);
            if self.context.include_data {
                self.fitting(|details| details.text("parameters", scheduled.parameters.text()));
            }
        } else {
            self.text("resource", resource.map_or("", |resource| &resource.arn));
            self.data("input", &scheduled.parameters);
        }
        if let Some(seconds) = scheduled.timeout_seconds {
            self.number("timeoutInSeconds", seconds);
        }
        if let Some(seconds) = scheduled.heartbeat_seconds {
            self.number("heartbeatInSeconds", seconds);
        }
        if let Some(role_arn) = &scheduled.role_arn {
            self.key("taskCredentials");
            self.out.push_str("{\"roleArn\":");
            push_string(role_arn, self.out);
            self.out.push('}');
        }
    }
}
