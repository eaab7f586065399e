//! Prints the time per evaluation of typical paths and calls on a document of about 11 KB.
//!
//! `cargo run --release -p jsonpath --example bench`

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use jsonpath::{Dynamic, Environment, Host, Path, ReferencePath};
use smol_str::SmolStr;
use value::{Value, json};

struct World(Value);

impl Environment for World {
    fn input(&self) -> &Value {
        &self.0
    }
    fn context(&self) -> Value {
        Value::Null
    }
    fn variable(&self, _: &str) -> Option<Value> {
        None
    }
}

struct NoHost;

impl Host for NoHost {
    fn random(&mut self) -> f64 {
        0.0
    }
    fn uuid(&mut self) -> SmolStr {
        SmolStr::default()
    }
}

/// An order of 100 items.
fn document() -> Value {
    let item = |n: i64| {
        format!(
            r#"{{"id":"item-{n:04}","price":{}.5,"quantity":{n},"position":{{"x":{n},"y":{}}},"tags":["a","b"],"active":true}}"#,
            n % 100,
            n * 2
        )
    };
    let items: Vec<_> = (0..100).map(item).collect();
    let text = format!(
        r#"{{"customer":{{"id":7,"name":"Jane","address":{{"street":"Main St 1","city":"Berlin"}}}},"items":[{}]}}"#,
        items.join(",")
    );
    println!("document of {} bytes", text.len());
    json::parse(&text).expect("the document is JSON")
}

/// Runs `work` for about a tenth of a second, five times, and prints the best time per run.
fn measure(name: &str, mut work: impl FnMut()) {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = Instant::now();
        let mut runs = 0_u32;
        while start.elapsed() < Duration::from_millis(100) {
            for _ in 0..64 {
                work();
            }
            runs += 64;
        }
        best = best.min(start.elapsed().as_nanos() as f64 / f64::from(runs));
    }
    println!("{best:>12.1} ns  {name}");
}

fn main() {
    let world = World(document());
    let city = Path::parse("$.customer.address.city").unwrap();
    measure("find $.customer.address.city", || {
        black_box(city.find(black_box(&world.0)));
    });
    for text in [
        "$",
        "$.customer.address.city",
        "$.customer.address",
        "$.items[99].position.y",
        "$.items[*].price",
        "$.items[10:20].id",
        "$..y",
        "$.items[?(@.price > 50)]",
        "$.items[?(@.price > 50 && @.id =~ /item-00.*/)].id",
        "$.items.length()",
        "States.Format('{} of {}', $.customer.name, $.customer.address.city)",
        "States.MathAdd($.customer.id, 1)",
        "States.ArrayLength($.items)",
        "States.JsonToString($.customer)",
        "States.Hash($.customer.name, 'SHA-256')",
    ] {
        let dynamic = Dynamic::parse(text).unwrap();
        measure(text, || {
            let _ = black_box(dynamic.evaluate(black_box(&world), &mut NoHost));
        });
    }
    for text in ["$.result", "$.customer.address.zip"] {
        let path = ReferencePath::parse(text).unwrap();
        measure(&format!("write {text}"), || {
            let _ = black_box(path.write(world.0.clone(), Value::Int(1)));
        });
    }
    for text in ["$.customer.address.city", "$.items[?(@.price > 50)].id"] {
        measure(&format!("parse {text}"), || {
            let _ = black_box(Path::parse(black_box(text)));
        });
    }
}
