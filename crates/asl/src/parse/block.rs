//! `States` and `StartAt`: the machine's own, a branch's, an item processor's.

use std::collections::HashMap;
use std::ops::Range;

use smol_str::SmolStr;
use value::json::{Member, Node, NodeKind};

use crate::checker::{BlockOutline, Checker, Start, StateOutline};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::limits::NESTED_BLOCKS;
use crate::location::Location;
use crate::parse::state::state;
use crate::program::{Block, BlockId, Flow, QueryLanguage, State, StateId, StateKind};

/// The states of one block, by name.
pub(crate) struct Names {
    pub(crate) block: BlockId,
    pub(crate) ids: HashMap<SmolStr, StateId>,
    /// A name that is not there is made a state that ends the execution (`TestState`).
    pub(crate) open: bool,
}

impl Names {
    /// The state called `name`; a fault if there is none.
    pub(crate) fn find(
        &mut self,
        checker: &mut Checker,
        name: &str,
        span: &Range<usize>,
        at: &Location,
    ) -> Option<StateId> {
        if let Some(id) = self.ids.get(name) {
            return Some(*id);
        }
        if !self.open {
            checker.missing_target(name, span, at, self.ids.keys().map(SmolStr::as_str));
            return None;
        }
        let id = checker.reserve_state(self.block);
        self.ids.insert(name.into(), id);
        checker.outlines[id.0 as usize].terminal = true;
        checker.states[id.0 as usize] = Some(outside_state(id, name, self.block));
        Some(id)
    }
}

/// Stands for a state that the tested one leads to and that is not part of the definition.
fn outside_state(id: StateId, name: &str, block: BlockId) -> State {
    State {
        id,
        name: name.into(),
        block,
        query_language: QueryLanguage::JsonPath,
        kind: StateKind::Succeed,
        flow: Flow::default(),
        assign: Vec::new(),
        next: None,
        retry: Vec::new(),
        catch: Vec::new(),
        variable_references: Vec::new(),
    }
}

impl Checker<'_> {
    /// A place for a state of `block`.
    pub(crate) fn reserve_state(&mut self, block: BlockId) -> StateId {
        let id = StateId(self.states.len() as u32);
        self.states.push(None);
        self.outlines.push(StateOutline { block: block.0 as usize, ..StateOutline::default() });
        self.block_outlines[block.0 as usize].states.push(id);
        id
    }

    /// A place for a block.
    pub(crate) fn reserve_block(&mut self, owner: Option<StateId>, distributed: bool) -> BlockId {
        let id = BlockId(self.blocks.len() as u32);
        self.blocks.push(None);
        self.block_outlines.push(BlockOutline { owner, distributed, ..BlockOutline::default() });
        id
    }

    /// Parses the `States` and `StartAt` of `node`, whose other fields the caller checks.
    pub(crate) fn block(
        &mut self,
        node: &Node,
        at: &Location,
        owner: Option<StateId>,
        distributed: bool,
        depth: usize,
    ) -> BlockId {
        let id = self.reserve_block(owner, distributed);
        if depth > NESTED_BLOCKS {
            self.too_deep(node, at);
            return id;
        }
        let states_at = at.field("States");
        let members = match node.get("States") {
            Some(states) => self.state_members(&states.value, &states_at),
            None => Vec::new(),
        };
        let mut names = Names { block: id, ids: HashMap::new(), open: false };
        for member in &members {
            let state = self.reserve_state(id);
            names.ids.insert(member.key.clone(), state);
        }
        // Without states there is nothing that `StartAt` could name: one fault is enough.
        if !members.is_empty() {
            let start = self.start(node, at, &mut names);
            self.block_outlines[id.0 as usize].start = start;
            if let Start::At(start) = start {
                self.blocks[id.0 as usize] = Some(Block { start, owner });
            }
        }
        for member in members {
            if let Some(state_id) = names.ids.get(&member.key).copied() {
                state(self, &mut names, state_id, member, &states_at.field(&member.key), depth);
            }
        }
        id
    }

    /// The members of a `States` object; of a repeated name the last.
    fn state_members<'n>(&mut self, node: &'n Node, at: &Location) -> Vec<&'n Member> {
        let NodeKind::Object(members) = &node.kind else {
            self.wrong_type(&node.span, at, "Object");
            return Vec::new();
        };
        if members.is_empty() {
            self.fault(&node.span, at, "Value cannot be empty");
        }
        let last: HashMap<&str, usize> =
            members.iter().enumerate().map(|(index, m)| (m.key.as_str(), index)).collect();
        let kept = |(index, m): &(usize, &'n Member)| last.get(m.key.as_str()) == Some(index);
        members.iter().enumerate().filter(kept).map(|(_, member)| member).collect()
    }

    fn start(&mut self, node: &Node, at: &Location, names: &mut Names) -> Start {
        let Some(member) = node.get("StartAt") else { return Start::Absent };
        let at = at.field("StartAt");
        let Some(name) = self.string(&member.value, &at) else { return Start::Absent };
        match names.find(self, &name, &member.value.span, &at) {
            Some(id) => Start::At(id),
            None => Start::Dangling,
        }
    }

    fn too_deep(&mut self, node: &Node, at: &Location) {
        self.report(Diagnostic {
            severity: Severity::Error,
            code: Code::TooDeeplyNested,
            message: "The states are too deeply nested".to_owned(),
            location: Some(at.to_string()),
            span: node.span.clone(),
            help: Some(format!(
                "branches and item processors may nest {NESTED_BLOCKS} deep; start a nested \
                 execution instead"
            )),
        });
    }
}
