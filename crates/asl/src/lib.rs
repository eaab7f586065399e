//! The Amazon States Language: text → checks → `Program`.
//!
//! Does not: run anything; know a clock, a network or which services exist (the caller passes in
//! what resources it recognises).

mod check;
mod checker;
pub mod complete;
pub mod diagnostic;
mod expression;
mod fields;
pub mod limits;
mod location;
mod options;
mod parse;
pub mod program;
pub mod report;
pub mod resource;
mod suggest;
mod template;

pub use diagnostic::{Code, Diagnostic, Severity};
pub use options::{AnyResource, Options, ParameterFault, Recognition, Resources};
pub use parse::TESTED_STATE;
pub use program::Program;

use checker::Checker;
use value::json::Node;

/// What a check has found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The compiled definition, if it has no error.
    pub program: Option<Program>,
    /// Every fault and warning, those of single states before those across states.
    pub diagnostics: Vec<Diagnostic>,
}

impl Checked {
    /// Whether the definition is accepted.
    pub fn is_ok(&self) -> bool {
        self.program.is_some()
    }
}

/// Checks and compiles a definition.
pub fn check(text: &str, options: &Options) -> Checked {
    checked(text, options, parse::machine)
}

/// Checks and compiles a single state (`TestState`): a machine of one state, called
/// [`TESTED_STATE`]. The states that it leads to need not exist; the program has a state that ends
/// the execution for each.
pub fn check_state(text: &str, options: &Options) -> Checked {
    checked(text, options, |checker, node| {
        parse::single_state(checker, node);
        None
    })
}

fn checked(
    text: &str,
    options: &Options,
    parse: impl FnOnce(&mut Checker, &Node) -> Option<u64>,
) -> Checked {
    let mut checker = Checker::new(text, options);
    let mut timeout_seconds = None;
    if text.trim().is_empty() {
        checker.not_an_object(&(0..text.len()));
    } else {
        match value::json::parse_spanned(text) {
            Ok(node) => timeout_seconds = parse(&mut checker, &node),
            Err(error) => checker.not_json(&error),
        }
    }
    check::names(&mut checker);
    check::graph(&mut checker);
    check::variables(&mut checker);
    checker.finish(timeout_seconds)
}
