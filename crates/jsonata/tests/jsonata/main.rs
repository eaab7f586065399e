//! The engine from outside: the public suite, what was measured on AWS, hostile expressions.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod hostile;
mod measured;
mod suite;

use jsonata::{Environment, Error, Expression, Host, Limits};
use smol_str::SmolStr;
use value::{Value, json};

/// Variables from the members of an object.
pub struct Variables(pub Value);

impl Environment for Variables {
    fn variable(&self, name: &str) -> Option<Value> {
        self.0.get(name).cloned()
    }
}

/// A world that is always the same.
#[derive(Default)]
pub struct FixedHost(u64);

impl Host for FixedHost {
    fn now_ms(&mut self) -> i64 {
        1_510_067_557_121
    }

    fn random(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn uuid(&mut self) -> SmolStr {
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301".into()
    }
}

/// Evaluates as Step Functions does, with `$states.input` given as JSON text.
pub fn evaluate_in(input: &str, source: &str, limits: &Limits) -> Result<Option<Value>, Error> {
    let variables = Variables(Value::object([(
        "states",
        Value::object([("input", json::parse(input).unwrap())]),
    )]));
    Expression::compile(source)?.evaluate(&variables, &mut FixedHost::default(), limits)
}

/// The result as JSON text, `undefined`, or the error as `CODE: text`.
pub fn run(source: &str) -> String {
    match evaluate_in("null", source, &Limits::AWS) {
        Ok(Some(value)) => value.to_json(),
        Ok(None) => "undefined".to_owned(),
        Err(error) => error.to_string(),
    }
}
