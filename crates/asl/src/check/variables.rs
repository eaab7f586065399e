//! Variables across states: which can have a value where they are read, and which names are taken.
//!
//! A variable exists in a state if a transition on some way to it, in its own block or in one
//! around it, assigns the variable. AWS reckons with the ways too: it accepts that a branch assigns
//! a name which only the `Catch` of its own Parallel assigns outside (recorded).

use std::collections::{HashMap, HashSet};

use smol_str::SmolStr;

use crate::checker::{Checker, StateOutline, VariableUse};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::program::StateId;
use crate::suggest::closest;

/// Checks what every state assigns and reads.
pub(crate) fn variables(checker: &mut Checker) {
    let mut found = Vec::new();
    let known: &Checker = checker;
    let mut scopes = Scopes::new(known);
    for (index, state) in known.outlines.iter().enumerate() {
        let id = StateId(index as u32);
        let mut told = HashSet::new();
        for used in &state.assigns {
            if scopes.exists_outside(state, &used.name) && told.insert(&used.name) {
                found.push(shadowed(used));
            }
        }
        for used in &state.reads {
            let exists =
                scopes.exists(id, state, &used.name) || scopes.exists_outside(state, &used.name);
            if !exists && told.insert(&used.name) {
                found.push(undefined(used, scopes.advice(state, &used.name)));
            }
        }
    }
    found.into_iter().for_each(|diagnostic| checker.report(diagnostic));
}

fn shadowed(used: &VariableUse) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        code: Code::SchemaValidationFailed,
        message: format!(
            "Cannot assign to variable '${}': a variable of that name exists in an outer scope.",
            used.name
        ),
        location: Some(used.location.clone()),
        span: used.span.clone(),
        help: Some("inner states can read it; choose another name to assign".to_owned()),
    }
}

fn undefined(used: &VariableUse, help: String) -> Diagnostic {
    Diagnostic {
        severity: Severity::Warning,
        code: Code::PossiblyUndefinedVariable,
        message: format!("Variable '${}' is possibly undefined.", used.name),
        location: Some(used.location.clone()),
        span: used.span.clone(),
        help: Some(help),
    }
}

struct Scopes<'c> {
    checker: &'c Checker<'c>,
    /// For each block, which of its states assign a variable.
    assigners: Vec<HashMap<&'c SmolStr, Vec<StateId>>>,
    /// The states in which a block's variable exists, once they have been asked for.
    existing: HashMap<(usize, SmolStr), HashSet<StateId>>,
}

impl<'c> Scopes<'c> {
    fn new(checker: &'c Checker<'c>) -> Self {
        let mut assigners = vec![HashMap::<_, Vec<StateId>>::new(); checker.block_outlines.len()];
        for (index, state) in checker.outlines.iter().enumerate() {
            for used in &state.assigns {
                let states = assigners[state.block].entry(&used.name).or_default();
                states.push(StateId(index as u32));
            }
        }
        Self { checker, assigners, existing: HashMap::new() }
    }

    /// Whether the variable `name` of the state's own block has been assigned when it is entered.
    fn exists(&mut self, id: StateId, state: &StateOutline, name: &SmolStr) -> bool {
        let Some(assigners) = self.assigners[state.block].get(name) else { return false };
        let checker = self.checker;
        let states = self
            .existing
            .entry((state.block, name.clone()))
            .or_insert_with(|| behind(checker, assigners));
        states.contains(&id)
    }

    /// Whether a block around the state's has the variable by then. The children of a Distributed
    /// Map are executions of their own and see nothing.
    fn exists_outside(&mut self, mut state: &'c StateOutline, name: &SmolStr) -> bool {
        let checker = self.checker;
        loop {
            let block = &checker.block_outlines[state.block];
            let Some(owner) = block.owner.filter(|_| !block.distributed) else { return false };
            state = &checker.outlines[owner.0 as usize];
            if self.exists(owner, state, name) {
                return true;
            }
        }
    }

    fn advice(&self, state: &StateOutline, name: &SmolStr) -> String {
        if self.assigners[state.block].contains_key(name) {
            return "no state on the way to this one assigns it".to_owned();
        }
        if self.assigners.iter().any(|block| block.contains_key(name)) {
            return "it is assigned in a scope that cannot be seen from here".to_owned();
        }
        let names = self.assigners.iter().flat_map(HashMap::keys).map(|name| name.as_str());
        match closest(name, names) {
            Some(near) => format!("no state assigns it; did you mean '${near}'?"),
            None => "no state assigns it".to_owned(),
        }
    }
}

/// The states that `assigners` lead to.
fn behind(checker: &Checker, assigners: &[StateId]) -> HashSet<StateId> {
    let mut reached = HashSet::new();
    let mut waiting = assigners.to_vec();
    while let Some(id) = waiting.pop() {
        for target in &checker.outlines[id.0 as usize].targets {
            if reached.insert(*target) {
                waiting.push(*target);
            }
        }
    }
    reached
}
