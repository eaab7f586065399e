//! Variables across states: which can have a value where they are read, and which names are taken.
//!
//! A variable exists in a state if a transition on some way to it, in its own block or in one
//! around it, assigns the variable. AWS reckons with the ways too: it accepts that a branch assigns
//! a name which only the `Catch` of its own Parallel assigns outside (recorded).

use std::collections::{HashMap, HashSet};

use smol_str::SmolStr;

use crate::checker::{Checker, VariableUse};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::limits::SUGGESTIONS_MAX;
use crate::program::StateId;
use crate::suggest::closest;

/// Checks what every state assigns and reads.
pub(crate) fn variables(checker: &mut Checker) {
    let scopes = Scopes::new(checker);
    let mut found = Vec::new();
    let mut told = HashSet::new();
    for used in scopes.uses() {
        if used.read && !used.inside && !used.outside {
            if told.insert((used.state, &used.variable.name)) {
                let help = (found.len() < SUGGESTIONS_MAX)
                    .then(|| scopes.advice(used.state, &used.variable.name));
                found.push(undefined(used.variable, help));
            }
        } else if !used.read && used.outside && told.insert((used.state, &used.variable.name)) {
            found.push(shadowed(used.variable));
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

fn undefined(used: &VariableUse, help: Option<String>) -> Diagnostic {
    Diagnostic {
        severity: Severity::Warning,
        code: Code::PossiblyUndefinedVariable,
        message: format!("Variable '${}' is possibly undefined.", used.name),
        location: Some(used.location.clone()),
        span: used.span.clone(),
        help,
    }
}

/// A variable in a state, and whether it exists when the state is entered.
struct Use<'c> {
    state: StateId,
    variable: &'c VariableUse,
    /// Read, not assigned.
    read: bool,
    /// It exists in the state's own block.
    inside: bool,
    /// It exists in a block around that.
    outside: bool,
}

/// Whether a block's variable exists when one of the block's states is entered.
struct Question<'c> {
    block: usize,
    name: &'c SmolStr,
    entered: StateId,
    /// Which use wants to know.
    asker: usize,
}

struct Scopes<'c> {
    checker: &'c Checker<'c>,
    /// For each block, which of its states assign a variable.
    assigners: Vec<HashMap<&'c SmolStr, Vec<StateId>>>,
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
        Self { checker, assigners }
    }

    /// Every use. The ways are walked once for each variable of a block, whoever asks for it.
    fn uses(&self) -> Vec<Use<'c>> {
        let mut uses = Vec::new();
        for (index, state) in self.checker.outlines.iter().enumerate() {
            let state_id = StateId(index as u32);
            let new = |variable, read| Use {
                state: state_id,
                variable,
                read,
                inside: false,
                outside: false,
            };
            uses.extend(state.assigns.iter().map(|variable| new(variable, false)));
            uses.extend(state.reads.iter().map(|variable| new(variable, true)));
        }
        let mut questions: Vec<Question> = Vec::new();
        for (asker, used) in uses.iter().enumerate() {
            self.ask(asker, used, &mut questions);
        }
        questions.sort_by_key(|question| (question.block, question.name));
        let mut ways = Ways { seen: vec![0; self.checker.outlines.len()], round: 0 };
        for group in questions.chunk_by(|a, b| a.block == b.block && a.name == b.name) {
            let Some(assigners) = self.assigners[group[0].block].get(group[0].name) else {
                continue;
            };
            ways.walk(self.checker, assigners);
            for question in group.iter().filter(|question| ways.reach(question.entered)) {
                let used = &mut uses[question.asker];
                if question.entered == used.state {
                    used.inside = true;
                } else {
                    used.outside = true;
                }
            }
        }
        uses
    }

    /// The questions of a use: in its own block and in every one around it. The children of a
    /// Distributed Map are executions of their own and see nothing of what is around them.
    fn ask(&self, asker: usize, used: &Use<'c>, questions: &mut Vec<Question<'c>>) {
        let mut entered = used.state;
        loop {
            let block = self.checker.outlines[entered.0 as usize].block;
            let name = &used.variable.name;
            // What a state assigns may exist in its own block already.
            let asks = used.read || entered != used.state;
            if asks && self.assigners[block].contains_key(name) {
                questions.push(Question { block, name, entered, asker });
            }
            let outline = &self.checker.block_outlines[block];
            match outline.owner.filter(|_| !outline.distributed) {
                Some(owner) => entered = owner,
                None => return,
            }
        }
    }

    fn advice(&self, state: StateId, name: &SmolStr) -> String {
        if self.assigners[self.checker.outlines[state.0 as usize].block].contains_key(name) {
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

/// The states that some states lead to.
struct Ways {
    /// In which round each state was last reached.
    seen: Vec<u32>,
    round: u32,
}

impl Ways {
    fn walk(&mut self, checker: &Checker, from: &[StateId]) {
        self.round += 1;
        let mut waiting = from.to_vec();
        while let Some(id) = waiting.pop() {
            for target in &checker.outlines[id.0 as usize].targets {
                let seen = &mut self.seen[target.0 as usize];
                if *seen != self.round {
                    *seen = self.round;
                    waiting.push(*target);
                }
            }
        }
    }

    fn reach(&self, id: StateId) -> bool {
        self.seen[id.0 as usize] == self.round
    }
}
