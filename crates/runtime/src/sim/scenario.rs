//! What a seed stands for: programs, executions, and how rough the world is.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use store::simulated::Faults;
use value::Payload;

use super::program::{Generator, Program, input};

/// How likely misfortunes are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Weather {
    pub disk: Faults,
    /// A commit takes long, in percent.
    pub slow_commits: u32,
    /// The process dies amid the effects of a commit, in thousandths.
    pub torn: u32,
    /// The process dies between commits, so often in the scenario.
    pub crashes: u32,
    pub clock_jumps: u32,
    /// Services lose, delay or repeat an answer, in percent.
    pub bad_answers: u32,
    /// Executions that are stopped, in percent.
    pub stops: u32,
}

impl Weather {
    fn of(rng: &mut StdRng) -> Self {
        let disk = |crash, fail| Faults {
            crash_before: crash,
            crash_after: crash,
            fail,
            ..Faults::default()
        };
        match rng.random_range(0..10) {
            0..3 => Self { slow_commits: 20, ..Self::default() },
            3..7 => Self {
                disk: disk(6, 3),
                slow_commits: 20,
                torn: 6,
                crashes: 1,
                clock_jumps: 0,
                bad_answers: 4,
                stops: 5,
            },
            _ => Self {
                disk: disk(30, 15),
                slow_commits: 50,
                torn: 30,
                crashes: 4,
                clock_jumps: 3,
                bad_answers: 15,
                stops: 15,
            },
        }
    }
}

/// An execution that a caller starts.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub name: String,
    pub machine: usize,
    pub input: Payload,
}

pub(super) struct Scenario {
    pub weather: Weather,
    pub shards: usize,
    pub programs: Vec<Program>,
    pub executions: Vec<Planned>,
    /// Starts fall into the first so many milliseconds.
    pub span: i64,
}

impl Scenario {
    pub fn new(seed: u64) -> Self {
        let rng = &mut StdRng::seed_from_u64(seed ^ 0x5ce9_a210);
        let mut programs = Vec::new();
        for number in 0..rng.random_range(2..=5_usize) {
            // The first ones nest nothing; what nests, nests those before it.
            let machines = if number < 2 { 0 } else { number };
            programs.push(Generator { rng, machines, states: 0 }.program());
        }
        let executions = (0..rng.random_range(4..=24)).map(|number| {
            let machine = rng.random_range(0..programs.len());
            let input = Payload::from_value(input(rng.random_range(0..1000)));
            Planned { name: format!("e{number}"), machine, input }
        });
        let executions = executions.collect();
        let span = rng.random_range(1_000..300_000);
        let shards = rng.random_range(1..=4);
        Self { weather: Weather::of(rng), shards, programs, executions, span }
    }
}
