//! What compiles ends within its limits.

#![no_main]

use fuzz::{StillHost, World};
use jsonata::{Expression, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(expression) = Expression::compile(text) else { return };
    let limits = Limits { steps: 100_000, ..Limits::AWS };
    let _ = expression.evaluate(&World::default(), &mut StillHost, &limits);
});
