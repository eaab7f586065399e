//! Transitions: a way to the end, and a way to every state.

use crate::checker::{BlockOutline, Checker, Start, StateOutline};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::program::BlockId;

/// Checks that the machine ends somewhere and that every state of every block can be reached.
pub(crate) fn graph(checker: &mut Checker) {
    let Some(root) = checker.block_outlines.get(BlockId::ROOT.0 as usize) else { return };
    if root.states.is_empty() {
        return;
    }
    // Judged for the machine's own states alone, and a terminal state counts even if nothing leads
    // to it (measured).
    let ends = |outline: &StateOutline| outline.terminal || outline.broken;
    if !root.states.iter().any(|id| ends(&checker.outlines[id.0 as usize])) {
        let first = &checker.outlines[root.states[0].0 as usize];
        let diagnostic = Diagnostic {
            severity: Severity::Error,
            code: Code::MissingEndState,
            message: "Workflow has no terminal state".to_owned(),
            location: None,
            span: first.span.clone(),
            help: Some("give a state \"End\": true, or add a Succeed or Fail state".to_owned()),
        };
        // It hides what cannot be reached (measured).
        return checker.report(diagnostic);
    }
    let mut found = Vec::new();
    for block in &checker.block_outlines {
        unreachable(block, &checker.outlines, &mut found);
    }
    found.into_iter().for_each(|diagnostic| checker.report(diagnostic));
}

fn unreachable(block: &BlockOutline, outlines: &[StateOutline], found: &mut Vec<Diagnostic>) {
    // Where transitions are unknown, nothing can be said. A `StartAt` that names no state, though,
    // leaves every state unreachable (measured).
    let broken = block.states.iter().any(|id| outlines[id.0 as usize].broken);
    if broken || block.start == Start::Absent {
        return;
    }
    let mut reached = std::collections::HashSet::new();
    let mut waiting = Vec::new();
    if let Start::At(start) = block.start {
        reached.insert(start.0);
        waiting.push(start);
    }
    while let Some(id) = waiting.pop() {
        for target in &outlines[id.0 as usize].targets {
            if reached.insert(target.0) {
                waiting.push(*target);
            }
        }
    }
    for id in &block.states {
        if !reached.contains(&id.0) {
            let outline = &outlines[id.0 as usize];
            found.push(Diagnostic {
                severity: Severity::Error,
                code: Code::MissingTransitionTarget,
                message: format!("State \"{}\" is not reachable.", outline.name),
                location: Some(outline.location.clone()),
                span: outline.span.clone(),
                help: Some("no 'StartAt', 'Next', 'Default' or 'Catch' leads to it".to_owned()),
            });
        }
    }
}
