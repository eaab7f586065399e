//! From JSON to a program: one file for each state type or group of fields.

mod assign;
mod block;
mod choice;
mod condition;
mod ending;
mod errors;
mod fields;
mod flow;
mod machine;
mod map;
mod map_io;
mod parallel;
mod pass;
mod scalars;
mod state;
mod task;
mod wait;

pub use machine::TESTED_STATE;
pub(crate) use machine::{machine, single_state};
pub(crate) use state::StateParser;
