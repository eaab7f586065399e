//! JSONata 2.0.6 as AWS Step Functions runs it: compiled once, evaluated many times, bounded.
//!
//! The semantics are those of jsonata-js 2.0.6 without `$eval`, with the functions that AWS adds
//! (`$partition`, `$range`, `$hash`, `$random`, `$uuid`, `$parse`) and the bounds measured on AWS.
//! Does not: read a clock, draw random numbers or do I/O; the `Host` hands these in.

mod analysis;
mod ast;
mod error;
mod eval;
mod functions;
mod lexer;
pub mod limits;
mod meter;
mod number;
mod output;
mod parser;
mod regex;
mod resolve;
mod signature;
mod val;

use std::sync::Arc;

use smol_str::SmolStr;
use value::Value;

pub use analysis::{StatesField, Unsupported};
pub use error::{Error, ErrorKind};
pub use functions::functions;
pub use limits::Limits;

use analysis::Analysis;
use ast::Program;
use eval::Evaluator;
use val::{Flags, Val};

/// A compiled expression. A clone is a reference count.
#[derive(Clone, Debug)]
pub struct Expression(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    program: Program,
    analysis: Analysis,
}

/// Where an expression finds its variables.
pub trait Environment {
    /// The value of a variable, named without its `$`.
    fn variable(&self, name: &str) -> Option<Value>;
}

/// What the world around an expression gives it.
pub trait Host {
    /// Milliseconds since the epoch; asked once in an evaluation.
    fn now_ms(&mut self) -> i64;
    /// A number from 0, 1 excluded.
    fn random(&mut self) -> f64;
    /// A UUID of version 4 in lower case.
    fn uuid(&mut self) -> SmolStr;
}

impl Expression {
    /// Compiles the text between `{%` and `%}`, trimmed.
    pub fn compile(source: &str) -> Result<Self, Error> {
        let tree = parser::parse(source).map_err(|fault| fault.into_error(ErrorKind::Parse))?;
        let program =
            resolve::resolve(source, tree).map_err(|fault| fault.into_error(ErrorKind::Parse))?;
        let analysis = Analysis::of(&program);
        Ok(Self(Arc::new(Compiled { program, analysis })))
    }

    /// The text it was compiled from.
    pub fn source(&self) -> &str {
        &self.0.program.source
    }

    /// Evaluates with no context; `None` is undefined.
    pub fn evaluate(
        &self,
        env: &dyn Environment,
        host: &mut dyn Host,
        limits: &Limits,
    ) -> Result<Option<Value>, Error> {
        self.run(Val::Undefined, env, host, limits)
    }

    /// Evaluates with an input document as the context (`$`, `$$` and bare names), as JSONata
    /// does outside Step Functions.
    pub fn evaluate_with_input(
        &self,
        input: Option<Value>,
        env: &dyn Environment,
        host: &mut dyn Host,
        limits: &Limits,
    ) -> Result<Option<Value>, Error> {
        self.run(input.map_or(Val::Undefined, Val::Json), env, host, limits)
    }

    fn run(
        &self,
        input: Val,
        env: &dyn Environment,
        host: &mut dyn Host,
        limits: &Limits,
    ) -> Result<Option<Value>, Error> {
        let mut evaluator = Evaluator::new(&self.0.program, env, host, limits);
        let result = match input {
            // An array is one input, not many.
            Val::Json(Value::Array(_)) => evaluator
                .list(vec![input], Flags::SEQUENCE.with(Flags::OUTER))
                .and_then(|input| evaluator.run(&input)),
            input => evaluator.run(&input),
        };
        let output = result.and_then(output::to_value);
        output.map_err(|fault| fault.into_error(ErrorKind::Evaluation))
    }

    /// The names of variables that are read but not bound inside, functions of JSONata left out,
    /// in the order of their first appearance.
    pub fn free_variables(&self) -> &[SmolStr] {
        &self.0.analysis.free
    }

    /// What AWS refuses when a definition is created: bare names at the top level, and `$$`.
    /// One entry for each distinct name.
    pub fn unsupported_references(&self) -> Vec<Unsupported> {
        self.0.analysis.unsupported.clone()
    }

    /// The fields read right below `$states`.
    pub fn states_fields(&self) -> Vec<StatesField> {
        self.0.analysis.states_fields.clone()
    }
}
