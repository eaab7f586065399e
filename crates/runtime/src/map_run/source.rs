//! `Source`: where the items of a run come from, one by one.

use std::collections::VecDeque;

use engine::MapItem;
use smol_str::SmolStr;
use value::{Payload, Value};

/// `Map.Item.Source` of items that come from the state's input.
const STATE_DATA: &str = "STATE_DATA";

/// An item, and `Map.Item.Source`.
pub(super) type Sourced = (MapItem, SmolStr);

/// Where the items of a run come from.
pub(super) struct Source {
    /// Items at hand.
    items: VecDeque<Sourced>,
}

/// What there is at the moment.
pub(super) enum AtHand {
    Item(Sourced),
    /// There will never be another one.
    Nothing,
}

impl Source {
    /// The items of a state's data.
    pub fn data(items: &Payload) -> Self {
        let item = |(index, (key, value)): (usize, (Option<SmolStr>, &Value))| {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            (MapItem { index, key, value: value.clone() }, SmolStr::new_static(STATE_DATA))
        };
        let items = match items.value() {
            Value::Array(items) => {
                items.iter().map(|it| (None, it)).enumerate().map(item).collect()
            }
            Value::Object(members) => {
                let members = members.iter().map(|(key, it)| (Some(key.clone()), it));
                members.enumerate().map(item).collect()
            }
            _ => VecDeque::new(),
        };
        Self { items }
    }

    /// How many items there are, as far as that is known already.
    pub fn known(&self) -> u64 {
        self.items.len() as u64
    }

    /// Whether `known` is all.
    pub fn is_known(&self) -> bool {
        true
    }

    /// The next item, without waiting.
    pub fn at_hand(&mut self) -> AtHand {
        self.items.pop_front().map_or(AtHand::Nothing, AtHand::Item)
    }
}
