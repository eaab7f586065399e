//! Times the engine on expressions of the kinds that state machines have, in microseconds of CPU
//! per evaluation. `bench.js` beside it times jsonata-js on the same: pass its output file to
//! see the ratios (`node bench.js > js.txt; bench js.txt`).

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used)]

use std::collections::HashMap;
use std::time::{Duration, Instant};

use jsonata::{Environment, Expression, Host, Limits};
use smol_str::SmolStr;
use value::{Value, json};

/// Name and expression; `bench.js` reads the same file.
const CASES: &str = include_str!("bench-cases.json");
const TIME_PER_CASE: Duration = Duration::from_millis(300);

struct Variables(Value);

impl Environment for Variables {
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
        SmolStr::default()
    }
}

/// The input both engines get.
fn input() -> Value {
    let items = (0..1000).map(|n| {
        Value::object([
            ("id", Value::Int(n)),
            ("name", Value::from(format!("item {n}"))),
            ("price", Value::Float(n as f64 * 1.25 + 0.5)),
            ("qty", Value::Int(n % 7 + 1)),
            ("group", Value::from(format!("g{}", n % 10))),
        ])
    });
    let items = Value::array(items.collect());
    let small = json::parse(include_str!("bench-input.json")).unwrap();
    let mut object = (**small.as_object().unwrap()).clone();
    object.insert("items", items);
    object.into()
}

/// Microseconds per call, the best of the rounds that fit the time.
fn time(mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    call();
    let once = start.elapsed().max(Duration::from_nanos(50));
    // Short rounds, of which the best is taken: another process on the core spoils some, not all.
    let per_round = (500_000 / once.as_nanos()).clamp(1, 200_000) as u32;
    let mut best = f64::INFINITY;
    let start = Instant::now();
    while start.elapsed() < TIME_PER_CASE {
        let round = Instant::now();
        for _ in 0..per_round {
            call();
        }
        best = best.min(round.elapsed().as_secs_f64() * 1e6 / f64::from(per_round));
    }
    best
}

fn main() {
    let theirs: HashMap<String, (f64, f64)> = std::env::args()
        .nth(1)
        .map(|path| std::fs::read_to_string(path).unwrap())
        .unwrap_or_default()
        .lines()
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let name = fields.next()?.to_owned();
            Some((name, (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?)))
        })
        .collect();
    let variables = Variables(Value::object([("states", Value::object([("input", input())]))]));
    let limits = Limits { depth: 320, steps: u64::MAX, ..Limits::AWS };
    println!(
        "{:24} {:>10} {:>8} {:>10} {:>8}",
        "expression", "eval µs", "x JS", "compile µs", "x JS"
    );
    let cases = json::parse(CASES).unwrap();
    let only = std::env::args().nth(2);
    for (name, source) in cases.as_object().unwrap().iter() {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        let source = source.as_str().unwrap();
        let expression = Expression::compile(source).unwrap();
        let result = expression.evaluate(&variables, &mut StillHost, &limits);
        result.expect(name).expect(name);
        let eval = time(|| {
            let _ = std::hint::black_box(expression.evaluate(&variables, &mut StillHost, &limits));
        });
        let compile = time(|| {
            let _ = std::hint::black_box(Expression::compile(source));
        });
        let (js_eval, js_compile) = theirs.get(name.as_str()).copied().unwrap_or_default();
        let (eval_ratio, compile_ratio) = (js_eval / eval, js_compile / compile);
        println!("{name:24} {eval:10.2} {eval_ratio:8.1} {compile:10.2} {compile_ratio:8.1}");
    }
}
