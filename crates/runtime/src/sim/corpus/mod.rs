//! Real definitions run to their end: on the real shards in virtual time, their tasks answered at
//! the boundary of the connectors.

mod definitions;
mod paths;
mod plausible;
mod world;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use connectors::{Config, Connectors};

use definitions::Definition;
use plausible::Plausible;
use world::{End, World};

/// How many different worlds a definition may run in. It has done so well as in the best one.
const WORLDS: usize = 6;

/// How a definition runs in the world where it does best, and what it says if it fails.
fn run(connectors: &Connectors, definition: &Definition) -> (String, String) {
    let plausible = Plausible::of(&definition.value);
    let mut label = (String::new(), String::new());
    for number in 0..WORLDS {
        let text = definition.value.to_json();
        let world = World::new(connectors, number as u64);
        // One that panics is not to hide the others.
        let end = catch_unwind(AssertUnwindSafe(|| world.run(&text, &plausible, number)));
        let Ok(end) = end else { return ("PANICKED".to_owned(), String::new()) };
        label = match end {
            End::Refused(faults) => return ("REFUSED".to_owned(), faults),
            End::Succeeded => return ("SUCCEEDED".to_owned(), String::new()),
            End::Failed { error, cause, by_fail_state: true } => {
                ("FAILED by its own Fail state".to_owned(), format!("{error}: {cause}"))
            }
            End::Failed { error, cause, .. } => (format!("FAILED {error}"), cause),
        };
    }
    label
}

/// How the definitions of a folder end, but for those that succeed; and how many there are.
fn ends(folder: &str) -> (BTreeMap<String, String>, usize) {
    let definitions = definitions::of_folder(folder);
    let connectors = Connectors::new(Config::default());
    let (next, ends) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let worker = std::thread::Builder::new().stack_size(crate::THREAD_STACK_BYTES);
            let work = || {
                while let Some(definition) = definitions.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (end, cause) = run(&connectors, definition);
                    if end != "SUCCEEDED" {
                        let name = format!("{folder}/{}", definition.name);
                        let cause: String = cause.chars().take(400).collect();
                        println!("{name} {end}: {cause}");
                        ends.lock().unwrap().insert(name, end);
                    }
                }
            };
            worker.spawn_scoped(scope, work).unwrap();
        }
    });
    (ends.into_inner().unwrap(), definitions.len())
}

/// The ends that are known, by folder and name.
fn known(folder: &str) -> BTreeMap<String, String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/sim/corpus/ends.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| line.starts_with(folder));
    let parts = lines.filter_map(|line| line.split_once(' '));
    parts.map(|(name, end)| (name.to_owned(), end.to_owned())).collect()
}

/// The complete workflows of a textbook, and one machine of each of its examples of a state.
#[test]
fn textbook_definitions_run_to_their_end() {
    let (ends, count) = ends("textbook");
    if count > 0 {
        assert_eq!((ends, count), (known("textbook"), 14));
    }
}

#[test]
fn real_definitions_run_to_their_end() {
    let (ends, count) = ends("workflows");
    if count > 0 {
        assert_eq!((ends, count), (known("workflows"), 166));
    }
}
