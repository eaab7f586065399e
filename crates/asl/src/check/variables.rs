//! Variables across states: which are visible where, and which names are taken.

use std::collections::{HashMap, HashSet};

use smol_str::SmolStr;

use crate::checker::Checker;
use crate::diagnostic::{Code, Diagnostic, Severity};

/// Checks every block against the variables of the blocks around it.
pub(crate) fn variables(checker: &mut Checker) {
    let own: Vec<HashSet<&SmolStr>> = checker
        .block_outlines
        .iter()
        .map(|block| {
            let states = block.states.iter().map(|id| &checker.outlines[id.0 as usize]);
            states.flat_map(|state| state.assigns.iter().map(|used| &used.name)).collect()
        })
        .collect();
    let visible = Visible { checker, own: &own };
    let mut found = Vec::new();
    for (block, outline) in checker.block_outlines.iter().enumerate() {
        for id in &outline.states {
            let state = &checker.outlines[id.0 as usize];
            let mut told: HashMap<&SmolStr, ()> = HashMap::new();
            for used in &state.assigns {
                if visible.outer(block, &used.name) && told.insert(&used.name, ()).is_none() {
                    found.push(Diagnostic {
                        severity: Severity::Error,
                        code: Code::SchemaValidationFailed,
                        message: format!(
                            "Cannot assign to variable '${}': a variable of that name exists in \
                             an outer scope.",
                            used.name
                        ),
                        location: Some(used.location.clone()),
                        span: used.span.clone(),
                        help: Some(
                            "inner states can read it; choose another name to assign".to_owned(),
                        ),
                    });
                }
            }
            for used in &state.reads {
                let known = own[block].contains(&used.name) || visible.outer(block, &used.name);
                if !known && told.insert(&used.name, ()).is_none() {
                    found.push(Diagnostic {
                        severity: Severity::Warning,
                        code: Code::PossiblyUndefinedVariable,
                        message: format!("Variable '${}' is possibly undefined.", used.name),
                        location: Some(used.location.clone()),
                        span: used.span.clone(),
                        help: visible.nearest(&used.name),
                    });
                }
            }
        }
    }
    found.into_iter().for_each(|diagnostic| checker.report(diagnostic));
}

struct Visible<'c> {
    checker: &'c Checker<'c>,
    /// The variables that each block's own states assign.
    own: &'c [HashSet<&'c SmolStr>],
}

impl Visible<'_> {
    /// Whether a block around `block` assigns `name` for it to see. The children of a Distributed
    /// Map are executions of their own and see nothing.
    fn outer(&self, mut block: usize, name: &SmolStr) -> bool {
        loop {
            let outline = &self.checker.block_outlines[block];
            let Some(owner) = outline.owner.filter(|_| !outline.distributed) else { return false };
            block = self.checker.outlines[owner.0 as usize].block;
            if self.own[block].contains(name) {
                return true;
            }
        }
    }

    /// Advice for a variable that is not visible.
    fn nearest(&self, name: &SmolStr) -> Option<String> {
        if self.own.iter().any(|own| own.contains(name)) {
            return Some("it is assigned only in a scope that cannot be seen from here".to_owned());
        }
        let names = self.own.iter().flatten().map(|name| name.as_str());
        let near = crate::suggest::closest(name, names);
        Some(near.map_or_else(
            || "no state assigns it".to_owned(),
            |near| format!("no state assigns it; did you mean '${near}'?"),
        ))
    }
}
