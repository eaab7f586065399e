//! The items of a run in the portions that its children get.

use std::collections::{BTreeMap, VecDeque};

use engine::{Batching, Failure, MapItem};
use value::{Object, Value};

/// What one child gets.
#[derive(Debug, PartialEq)]
pub(super) struct Portion {
    /// The index of its first item.
    pub first: u32,
    /// How many items it holds.
    pub items: u32,
    /// The child's input.
    pub input: Value,
}

/// Gives out the items that no child has got yet.
pub(super) struct Portions {
    items: VecDeque<MapItem>,
    /// What children have got already: first index and number of items.
    taken: BTreeMap<u32, u32>,
    batching: Option<Batching>,
    /// An item that was shaped but did not fit the portion before.
    held: Option<(u32, Value)>,
}

impl Portions {
    pub fn new(
        items: VecDeque<MapItem>,
        taken: BTreeMap<u32, u32>,
        batching: Option<Batching>,
    ) -> Self {
        Self { items, taken, batching, held: None }
    }

    /// The next portion; `shape` is `ItemSelector`.
    pub fn next(
        &mut self,
        shape: &mut dyn FnMut(MapItem) -> Result<Value, Failure>,
    ) -> Result<Option<Portion>, Failure> {
        let Some((first, item)) = self.next_item(shape, None)? else { return Ok(None) };
        let Some(batching) = self.batching.clone() else {
            return Ok(Some(Portion { first, items: 1, input: item }));
        };
        let mut bytes = item.to_json().len();
        let mut items = vec![item];
        while items.len() < batching.most_items {
            let following = first.saturating_add(items.len() as u32);
            let Some((index, item)) = self.next_item(shape, Some(following))? else { break };
            let size = item.to_json().len();
            if bytes.saturating_add(size) > batching.most_bytes {
                self.held = Some((index, item));
                break;
            }
            bytes += size;
            items.push(item);
        }
        let count = items.len() as u32;
        let mut input = Object::with_capacity(2);
        if let Some(batch_input) = batching.input {
            input.insert("BatchInput", batch_input);
        }
        input.insert("Items", Value::array(items));
        Ok(Some(Portion { first, items: count, input: input.into() }))
    }

    /// The next item that no child has; only the one at `index`, if that is given.
    fn next_item(
        &mut self,
        shape: &mut dyn FnMut(MapItem) -> Result<Value, Failure>,
        index: Option<u32>,
    ) -> Result<Option<(u32, Value)>, Failure> {
        if let Some(held) = self.held.take() {
            return Ok(Some(held));
        }
        while index.is_none()
            && let Some(count) = self.items.front().and_then(|it| self.taken.remove(&it.index))
        {
            let count = (count.max(1) as usize).min(self.items.len());
            drop(self.items.drain(..count));
        }
        let fits = |item: &MapItem| match index {
            Some(index) => item.index == index && !self.taken.contains_key(&index),
            None => true,
        };
        if !self.items.front().is_some_and(fits) {
            return Ok(None);
        }
        let Some(item) = self.items.pop_front() else { return Ok(None) };
        Ok(Some((item.index, shape(item)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(count: u32) -> VecDeque<MapItem> {
        let value = |index| Value::Int(i64::from(index));
        (0..count).map(|index| MapItem { index, key: None, value: value(index) }).collect()
    }

    fn all(mut portions: Portions) -> Vec<(u32, u32, String)> {
        let mut found = Vec::new();
        while let Some(it) = portions.next(&mut |item| Ok(item.value)).unwrap() {
            found.push((it.first, it.items, it.input.to_json()));
        }
        found
    }

    fn batching(most_items: usize, most_bytes: usize) -> Option<Batching> {
        Some(Batching { most_items, most_bytes, input: None })
    }

    #[test]
    fn what_children_have_is_not_given_again() {
        let taken = BTreeMap::from([(0, 1), (2, 1)]);
        let left = all(Portions::new(items(4), taken, None));
        assert_eq!(left, [(1, 1, "1".into()), (3, 1, "3".into())]);
    }

    #[test]
    fn batches_hold_as_much_as_they_may() {
        let found = all(Portions::new(items(5), BTreeMap::new(), batching(2, usize::MAX)));
        let text = |text: &str| text.to_owned();
        assert_eq!(
            found,
            [
                (0, 2, text(r#"{"Items":[0,1]}"#)),
                (2, 2, text(r#"{"Items":[2,3]}"#)),
                (4, 1, text(r#"{"Items":[4]}"#)),
            ]
        );
        let found = all(Portions::new(items(3), BTreeMap::new(), batching(9, 2)));
        assert_eq!(found.iter().map(|it| it.1).collect::<Vec<_>>(), [2, 1]);
    }

    #[test]
    fn batches_end_where_others_begin() {
        let taken = BTreeMap::from([(1, 2)]);
        let found = all(Portions::new(items(5), taken, batching(2, usize::MAX)));
        assert_eq!(found.iter().map(|it| (it.0, it.1)).collect::<Vec<_>>(), [(0, 1), (3, 2)]);
    }
}
