//! The whole language against tables, recordings and arbitrary text.

// The exceptions that clippy.toml makes for tests do not reach the helpers around them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod arbitrary;
mod filters;
mod intrinsics;
mod paths;
mod recorded;
mod references;

use jsonpath::{Dynamic, DynamicError, Environment, Host};
use smol_str::SmolStr;
use value::{Value, json};

/// An environment of fixed values.
pub struct World {
    /// `$`.
    pub input: Value,
    /// `$$`.
    pub context: Value,
    /// The variables, as an object.
    pub variables: Value,
}

impl World {
    /// With this input, and a context and variables of its own.
    pub fn of(input: &str) -> Self {
        Self {
            input: parse(input),
            context: parse(r#"{"Execution":{"Name":"run-1","Input":{"a":1}}}"#),
            variables: parse(r#"{"x":5,"list":[1,2,3],"größe":{"b":[{"c":"d"}]}}"#),
        }
    }
}

impl Environment for World {
    fn input(&self) -> &Value {
        &self.input
    }
    fn context(&self) -> Value {
        self.context.clone()
    }
    fn variable(&self, name: &str) -> Option<Value> {
        self.variables.get(name).cloned()
    }
}

/// A host that always draws the same.
pub struct FixedHost(pub f64);

impl Host for FixedHost {
    fn random(&mut self) -> f64 {
        self.0
    }
    fn uuid(&mut self) -> SmolStr {
        "generated-uuid".into()
    }
}

/// The value of a JSON text.
pub fn parse(text: &str) -> Value {
    json::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The value of a path or call.
pub fn evaluate(text: &str, world: &World) -> Result<Value, DynamicError> {
    let dynamic = Dynamic::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    dynamic.evaluate(world, &mut FixedHost(0.5))
}

/// The value of `text` on `input` as JSON, or the message of its failure.
pub fn outcome(text: &str, input: &str) -> String {
    match evaluate(text, &World::of(input)) {
        Ok(value) => value.to_json(),
        Err(error) => error.to_string(),
    }
}

/// Runs a table of `(text, input, outcome)`.
pub fn table(rows: &[(&str, &str, &str)]) {
    for (text, input, expected) in rows {
        assert_eq!(outcome(text, input), *expected, "{text} on {input}");
    }
}
