//! Names of states and labels of Maps: their length, their characters, and that none is repeated.

use std::collections::HashSet;
use std::ops::Range;

use smol_str::SmolStr;

use crate::checker::Checker;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::limits::{LABEL_CHARS, STATE_NAME_CHARS};

/// Checks the names and labels of every state, at any depth.
pub(crate) fn names(checker: &mut Checker) {
    let mut names: HashSet<SmolStr> = HashSet::new();
    let mut labels: HashSet<SmolStr> = HashSet::new();
    let mut found = Vec::new();
    for outline in &checker.outlines {
        let (name, span) = (&outline.name, &outline.span);
        let mut add = |code, message, location: String, span: &Range<usize>, help: Option<&str>| {
            found.push(Diagnostic {
                severity: Severity::Error,
                code,
                message,
                location: Some(location),
                span: span.clone(),
                help: help.map(str::to_owned),
            });
        };
        if span.is_empty() {
            // A state outside of a tested one.
            continue;
        }
        if name.chars().count() > STATE_NAME_CHARS || name.is_empty() {
            let message = too_long("State", name, STATE_NAME_CHARS);
            add(Code::InvalidStateName, message, outline.location.clone(), span, None);
        }
        if !names.insert(name.clone()) {
            let message = format!("Duplicate State name: {name}");
            let help = "names are unique in the whole machine, also inside of branches and item \
                        processors";
            let location = outline.location.clone();
            add(Code::DuplicateStateName, message, location, span, Some(help));
        }
        let Some((label, span)) = &outline.label else { continue };
        let location = format!("{}/Label", outline.location);
        let placeholder = checker.options.placeholders && label.contains("${");
        if label.chars().count() > LABEL_CHARS {
            let message = too_long("Label", label, LABEL_CHARS);
            add(Code::InvalidLabelName, message, location.clone(), span, None);
        } else if !is_label(label) && !placeholder {
            let message = format!("Invalid Label name: {label} contains invalid characters");
            let help = "a label becomes a part of ARNs: no white space, brackets, wildcards, or \
                        special characters";
            add(Code::InvalidLabelName, message, location.clone(), span, Some(help));
        }
        if !labels.insert(label.clone()) {
            let message = format!("Duplicate Label name: {label}");
            add(Code::DuplicateLabelName, message, location, span, None);
        }
    }
    found.into_iter().for_each(|diagnostic| checker.report(diagnostic));
}

fn too_long(what: &str, name: &str, limit: usize) -> String {
    if name.is_empty() {
        return format!("Invalid {what} name: the name is empty");
    }
    format!(
        "Invalid {what} name: {name} exceeds the {limit}-character limit allowed by the service"
    )
}

/// The characters that AWS keeps out of names that are parts of ARNs (CreateStateMachine, `name`).
fn is_label(label: &str) -> bool {
    let excluded =
        |c: char| c.is_whitespace() || c.is_control() || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(c);
    !label.is_empty() && !label.contains(excluded)
}
