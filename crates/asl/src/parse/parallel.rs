//! Parallel: `Branches`.

use value::json::Node;

use crate::checker::opening;
use crate::fields::BRANCH;
use crate::location::Location;
use crate::parse::StateParser;
use crate::program::{BlockId, StateKind};

impl StateParser<'_, '_> {
    pub(crate) fn parallel(&mut self, node: &Node, at: &Location) -> Option<StateKind> {
        let at = at.field("Branches");
        let items = self.checker.items(&node.get("Branches")?.value, &at)?;
        let branches = items.iter().enumerate();
        let branches = branches.map(|(index, item)| self.branch(item, &at.item(index))).collect();
        Some(StateKind::Parallel { branches })
    }

    fn branch(&mut self, node: &Node, at: &Location) -> BlockId {
        self.checker.shape(node, at, &opening(node), &BRANCH, None);
        self.checker.comment(node, at);
        self.checker.block(node, at, Some(self.id), false, self.depth + 1)
    }
}
