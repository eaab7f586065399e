//! What `stepwell run` shows while an execution runs.

use std::sync::Arc;

use engine::{Event, EventKind};
use runtime::catalog::Revision;
use runtime::{ExecutionKey, Observed, Observer};
use smol_str::SmolStr;
use tokio::sync::mpsc::UnboundedSender;

use crate::output;

/// Longest data that is shown of a state, in characters.
const SHOWN: usize = 160;

/// Shows states as they are entered and left, and the values of variables; tells of the end.
pub struct Progress {
    quiet: bool,
    ended: UnboundedSender<SmolStr>,
}

impl Progress {
    /// Shows nothing if `quiet`; sends to `ended` the ARN of an execution that has ended.
    pub fn new(quiet: bool, ended: UnboundedSender<SmolStr>) -> Self {
        Self { quiet, ended }
    }
}

impl Observer for Progress {
    fn wants(&self, _: &Revision, _: ExecutionKey) -> bool {
        true
    }

    fn observe(&self, observed: &Arc<Observed>) {
        let Some(program) = observed.revision.program() else { return };
        for event in observed.events.iter() {
            if !self.quiet
                && let Some(line) = line(event, &program)
            {
                output::note(line);
            }
            if event.kind.is_terminal() {
                let _ = self.ended.send(observed.meta.execution_arn.clone());
            }
        }
    }
}

fn line(event: &Event, program: &asl::Program) -> Option<String> {
    let state = &program.state(event.state);
    let name = output::paint(&state.name, "1");
    let dim = |text: &str| output::paint(text, "2");
    Some(match &event.kind {
        EventKind::StateEntered { input } => {
            format!(
                "{} {name} {} {}",
                output::paint("→", "36"),
                dim(state.kind.type_name()),
                dim(&shown(input.text()))
            )
        }
        EventKind::StateExited { output, assigned, .. } => {
            let mut line =
                format!("{} {name} {}", output::paint("✓", "32"), dim(&shown(output.text())));
            for (variable, value) in assigned {
                line.push_str(&format!("\n    ${variable} = {}", shown(&value.to_json())));
            }
            line
        }
        EventKind::TaskFailed(failure)
        | EventKind::TaskTimedOut(failure)
        | EventKind::TaskSubmitFailed(failure)
        | EventKind::EvaluationFailed { failure, .. } => format!(
            "{} {name} {}: {}",
            output::paint("✗", "31"),
            failure.error.as_deref().unwrap_or("failed"),
            shown(failure.cause.as_deref().unwrap_or_default())
        ),
        EventKind::RetryAt { due, .. } => {
            let seconds = (due.0 - event.time.0) as f64 / 1000.0;
            format!("{} {name} again in {seconds} s", output::paint("↻", "33"))
        }
        EventKind::WaitUntil { due } => format!("{} {name} until {due}", output::paint("…", "33")),
        _ => return None,
    })
}

fn shown(text: &str) -> String {
    let mut chars = text.chars();
    let mut shown: String =
        chars.by_ref().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if chars.next().is_some() {
        shown.push('…');
    }
    shown
}
