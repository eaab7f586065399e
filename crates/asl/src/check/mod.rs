//! Checks across states: names, transitions, variables.

mod graph;
mod names;
mod variables;

pub(crate) use graph::graph;
pub(crate) use names::names;
pub(crate) use variables::variables;
