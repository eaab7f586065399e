//! Deterministic simulation: many executions, services, workers and callers on the real shards,
//! recovery and commit path, under crashes, refused and slow commits, lost, late and repeated
//! answers, and a clock that jumps. Everything follows from a seed.
//!
//! `STEPWELL_SIM_SEEDS=n` runs so many seeds, `STEPWELL_SIM_SEED=n` that one, with its trace.

mod asleep;
mod audit;
mod corpus;
mod ledger;
mod model;
mod process;
mod program;
mod resources;
mod scenario;
mod services;
mod simulation;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use simulation::{Simulation, Totals};

/// How many seeds `cargo test` runs.
const SEEDS: u64 = 300;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// Runs one seed; on a failure says what led to it and how to see it again.
fn run(seed: u64) -> Result<Totals, ()> {
    let mut simulation = Simulation::new(seed);
    let end = catch_unwind(AssertUnwindSafe(|| simulation.run()));
    if end.is_err() {
        for line in simulation.trace.iter() {
            println!("{line}");
        }
        println!(
            "seed {seed} failed; replay it with\n  \
             STEPWELL_SIM_SEED={seed} cargo test -p runtime sim -- --nocapture"
        );
    }
    end.map_err(drop)
}

#[test]
fn simulated_servers_keep_their_promises() {
    if let Some(seed) = number("STEPWELL_SIM_SEED") {
        assert!(run(seed).is_ok(), "seed {seed} failed");
        return;
    }
    let seeds = number("STEPWELL_SIM_SEEDS").unwrap_or(SEEDS);
    let (next, totals) = (AtomicU64::new(0), Mutex::new(Totals::default()));
    let failed = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds || failed.lock().unwrap().len() > 4 {
                        return;
                    }
                    match run(seed) {
                        Ok(own) => totals.lock().unwrap().add(&own),
                        Err(()) => failed.lock().unwrap().push(seed),
                    }
                }
            });
        }
    });
    let (totals, failed) = (totals.into_inner().unwrap(), failed.into_inner().unwrap());
    println!("{seeds} seeds: {totals:?}");
    assert!(failed.is_empty(), "seeds {failed:?} failed");
    assert!(seeds < 50 || totals.is_telling(), "the simulation did not do its work: {totals:?}");
}
