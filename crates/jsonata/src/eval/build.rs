//! Making lists and maps: every one is counted and its depth bounded.

use std::rc::Rc;

use crate::error::Fault;
use crate::eval::Evaluator;
use crate::eval::frame::MAX_VALUE_DEPTH;
use crate::limits::ITEM_BYTES;
use crate::val::{Flags, List, Map, Members, Val, View};

impl Evaluator<'_> {
    /// An array of `items`.
    pub fn list(&self, items: Vec<Val>, flags: Flags) -> Result<Val, Fault> {
        let depth = depth(items.iter())?;
        let charge = self.meter.charge(items.len() * ITEM_BYTES)?;
        Ok(Val::List(Rc::new(List { items, depth, _charge: charge }), flags))
    }

    /// An object of `members`.
    pub fn map(&self, members: Members) -> Result<Val, Fault> {
        let depth = depth(members.iter().map(|(_, value)| value))?;
        let charge = self.meter.charge(members.len() * 2 * ITEM_BYTES)?;
        Ok(Val::Map(Rc::new(Map { members, depth, _charge: charge })))
    }

    /// Fails if `count` items more would not fit.
    pub fn check_room(&self, count: usize) -> Result<(), Fault> {
        self.meter.check(count.saturating_mul(ITEM_BYTES))
    }

    /// Appends a value, or the items of an array.
    pub fn append(&mut self, items: &mut Vec<Val>, value: Val) -> Result<(), Fault> {
        match value {
            Val::List(list, _) => match Rc::try_unwrap(list) {
                // Nobody else holds the list: its items move, and its charge ends.
                Ok(List { items: more, .. }) if items.is_empty() => *items = more,
                Ok(List { items: more, .. }) => items.extend(more),
                Err(list) => {
                    self.check_room(items.len() + list.items.len())?;
                    self.step(list.items.len() / 8)?;
                    items.extend(list.items.iter().cloned());
                }
            },
            value => match value.view().items() {
                Some(more) => {
                    self.check_room(items.len() + more.len())?;
                    self.step(more.len() / 8)?;
                    items.extend(more.iter().map(View::to_val));
                }
                None => items.push(value),
            },
        }
        Ok(())
    }
}

fn depth<'a>(values: impl Iterator<Item = &'a Val>) -> Result<u16, Fault> {
    let mut deepest = 0;
    for value in values {
        match value {
            Val::Json(_) | Val::Undefined => {}
            other => deepest = deepest.max(other.view().depth()),
        }
    }
    if deepest >= MAX_VALUE_DEPTH {
        return Err(Fault::stack_overflow());
    }
    Ok(deepest + 1)
}
