//! The definition as a whole, and the single state that `TestState` takes for one.

use std::collections::HashMap;

use value::json::{Member, Node, NodeKind};

use crate::checker::{Checker, Start, opening};
use crate::fields::MACHINE;
use crate::limits::TIMEOUT_SECONDS_MAX;
use crate::location::Location;
use crate::parse::block::Names;
use crate::parse::scalars::Bounds;
use crate::parse::state::state;
use crate::program::Block;

/// The name that AWS gives the state of a `TestState` call (recorded).
pub const TESTED_STATE: &str = "StateName";

/// Parses a whole definition; its `TimeoutSeconds`.
pub(crate) fn machine(checker: &mut Checker, node: &Node) -> Option<u64> {
    let at = Location::Root;
    if !is_object(checker, node) {
        return None;
    }
    checker.shape(node, &at, &opening(node), &MACHINE, None);
    checker.comment(node, &at);
    if let Some(member) = node.get("QueryLanguage") {
        checker.language = checker.query_language(member, &at);
    }
    if let Some(member) = node.get("Version") {
        checker.one_of(&member.value, &at.field("Version"), &["1.0"]);
    }
    // AWS accepts 0 here, unlike on a Task (measured).
    let timeout = checker.given(node, "TimeoutSeconds").and_then(|member| {
        let bounds = Bounds::between(0, TIMEOUT_SECONDS_MAX);
        checker.integer(&member.value, &at.field("TimeoutSeconds"), bounds)
    });
    checker.block(node, &at, None, false, 0);
    timeout
}

/// Parses a single state as a machine of its own. The states that it leads to need not exist: each
/// becomes a state that ends the execution.
pub(crate) fn single_state(checker: &mut Checker, node: &Node) {
    if !is_object(checker, node) {
        return;
    }
    let block = checker.reserve_block(None, false);
    let start = checker.reserve_state(block);
    checker.block_outlines[0].start = Start::At(start);
    checker.blocks[0] = Some(Block { start, owner: None });
    let ids = HashMap::from([(TESTED_STATE.into(), start)]);
    let mut names = Names { block, ids, open: true };
    let root = Location::Root;
    let states = root.field("States");
    let member = Member { key: TESTED_STATE.into(), key_span: opening(node), value: node.clone() };
    state(checker, &mut names, start, &member, &states.field(TESTED_STATE), 0);
}

/// A text that is JSON but no object; AWS says no location (recorded).
fn is_object(checker: &mut Checker, node: &Node) -> bool {
    let object = matches!(node.kind, NodeKind::Object(_));
    if !object {
        checker.not_an_object(&node.span);
    }
    object
}
