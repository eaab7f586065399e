//! `%`: finding the step of a path that yields the ancestor it refers to.

use super::{Resolver, no_ancestor};
use crate::ast::{Kind, Node, Slot};
use crate::error::Fault;

impl Resolver {
    /// Lets the step that yields the ancestor of `slot` record it, starting from `node`.
    pub(super) fn seek_parent(&mut self, node: &mut Node, slot: Slot) -> Result<(), Fault> {
        match &mut node.kind {
            Kind::Name(_) | Kind::Wildcard => {
                let ancestor = &mut self.slots[slot as usize];
                ancestor.level -= 1;
                if ancestor.level == 0 {
                    if let Some(earlier) = node.ancestor {
                        self.slots[slot as usize].label = self.slots[earlier as usize].label;
                    }
                    node.ancestor = Some(slot);
                    node.tuple = true;
                }
            }
            Kind::Parent(_) => self.slots[slot as usize].level += 1,
            Kind::Block { expressions, .. } => {
                if let Some(last) = expressions.last_mut() {
                    node.tuple = true;
                    self.seek_parent(last, slot)?;
                }
            }
            Kind::Path { steps, .. } => {
                node.tuple = true;
                let mut steps = steps.iter_mut().rev();
                if let Some(last) = steps.next() {
                    self.seek_parent(last, slot)?;
                }
                for step in steps {
                    if self.slots[slot as usize].level <= 0 {
                        break;
                    }
                    self.seek_parent(step, slot)?;
                }
            }
            _ => return Err(no_ancestor(node)),
        }
        Ok(())
    }

    /// Finds the ancestors that the last step of a path looks for among the steps before it.
    pub(super) fn resolve_ancestry(&mut self, path: &mut Node) -> Result<(), Fault> {
        let Kind::Path { steps, .. } = &mut path.kind else { return Ok(()) };
        let Some(last) = steps.last() else { return Ok(()) };
        let mut slots = last.seeking.clone().unwrap_or_default();
        if let Kind::Parent(slot) = last.kind {
            slots.push(slot);
        }
        for slot in slots {
            let mut before = steps.len() - 1;
            while self.slots[slot as usize].level > 0 {
                if before == 0 {
                    path.seeking.get_or_insert_default().push(slot);
                    break;
                }
                before -= 1;
                // Steps in a row that bind a focus all stand on the same context.
                while before > 0
                    && steps[before].focus.is_some()
                    && steps[before - 1].focus.is_some()
                {
                    before -= 1;
                }
                self.seek_parent(&mut steps[before], slot)?;
            }
        }
        Ok(())
    }
}

/// Adds to `seeking` what the node still looks for.
pub(super) fn push_ancestry(seeking: &mut Option<Vec<Slot>>, value: &Node) {
    let parent = match value.kind {
        Kind::Parent(slot) => Some(slot),
        _ => None,
    };
    if value.seeking.is_some() || parent.is_some() {
        let slots = seeking.get_or_insert_default();
        slots.extend(value.seeking.iter().flatten().copied());
        slots.extend(parent);
    }
}
