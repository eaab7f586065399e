//! Evaluates JSON lines `{"expr", "data", "bindings", "depth"}` from standard input and prints one
//! JSON line each: for comparing this engine with another one, case by case.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::io::BufRead;

use jsonata::{Environment, Expression, Host, Limits};
use smol_str::SmolStr;
use value::{Value, json};

struct Bindings(Value);

impl Environment for Bindings {
    fn variable(&self, name: &str) -> Option<Value> {
        self.0.get(name).cloned()
    }
}

struct StillHost;

impl Host for StillHost {
    fn now_ms(&mut self) -> i64 {
        1_510_067_557_121
    }

    fn random(&mut self) -> f64 {
        0.5
    }

    fn uuid(&mut self) -> SmolStr {
        "00000000-0000-4000-8000-000000000000".into()
    }
}

fn evaluate(case: &Value) -> Value {
    let expr = case.get("expr").and_then(Value::as_str).unwrap_or_default();
    let bindings = Bindings(case.get("bindings").cloned().unwrap_or_default());
    let depth = case.get("depth").and_then(Value::as_i64);
    let limits = Limits { depth: depth.unwrap_or(500) as usize, ..Limits::AWS };
    let result = Expression::compile(expr).and_then(|expression| {
        let input = case.get("data").cloned();
        expression.evaluate_with_input(input, &bindings, &mut StillHost, &limits)
    });
    match result {
        Ok(Some(result)) => Value::object([("result", result)]),
        Ok(None) => Value::object([("undefined", Value::Bool(true))]),
        Err(error) => Value::object([
            ("code", error.code.map_or(Value::Null, Value::from)),
            ("message", Value::from(error.message)),
            ("token", error.token.unwrap_or_default()),
            ("position", Value::Int(error.position as i64)),
        ]),
    }
}

fn main() {
    for line in std::io::stdin().lock().lines() {
        println!("{}", evaluate(&json::parse(&line.unwrap()).unwrap()).to_json());
    }
}
