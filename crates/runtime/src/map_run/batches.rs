//! The items of a run in the portions that its children get.

use engine::Batching;
use value::{Object, Value};

/// What one child gets.
#[derive(Debug, PartialEq)]
pub(super) struct Portion {
    /// The index of its first item.
    pub first: u64,
    /// How many items it holds.
    pub items: u64,
    /// The child's input.
    pub input: Value,
}

/// Puts items together, as `ItemBatcher` says. Items must come in the order of their indexes; a
/// portion ends where one is left out.
pub(super) struct Portions {
    batching: Option<Batching>,
    first: u64,
    items: Vec<Value>,
    bytes: usize,
    ready: Option<Portion>,
}

impl Portions {
    pub fn new(batching: Option<Batching>) -> Self {
        Self { batching, first: 0, items: Vec::new(), bytes: 0, ready: None }
    }

    /// Takes an item. What is ready must have been taken before.
    pub fn push(&mut self, index: u64, item: Value) {
        let Some(batching) = &self.batching else {
            self.ready = Some(Portion { first: index, items: 1, input: item });
            return;
        };
        let most_items = batching.most_items;
        let size = match batching.most_bytes {
            usize::MAX => 0,
            _ => item.to_json().len(),
        };
        let fits = index == self.first + self.items.len() as u64
            && self.bytes.saturating_add(size) <= batching.most_bytes;
        if !self.items.is_empty() && !fits {
            self.ready = self.batch();
        }
        if self.items.is_empty() {
            (self.first, self.bytes) = (index, 0);
        }
        self.items.push(item);
        self.bytes += size;
        if self.items.len() >= most_items && self.ready.is_none() {
            self.ready = self.batch();
        }
    }

    /// A portion that can hold no more.
    pub fn take(&mut self) -> Option<Portion> {
        let ready = self.ready.take();
        let is_full =
            self.batching.as_ref().is_some_and(|batching| self.items.len() >= batching.most_items);
        if ready.is_some() && is_full {
            self.ready = self.batch();
        }
        ready
    }

    /// What is left, when no item comes any more.
    pub fn finish(&mut self) -> Option<Portion> {
        self.take().or_else(|| self.batch())
    }

    /// How many children so many items will need, as far as that can be told.
    pub fn children_of(&self, items: u64) -> u64 {
        match self.batching.as_ref().map(|batching| batching.most_items) {
            None => items,
            Some(usize::MAX) => 0,
            Some(most) => items.div_ceil(most as u64),
        }
    }

    /// Whether no item is in here.
    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.ready.is_none()
    }

    fn batch(&mut self) -> Option<Portion> {
        if self.items.is_empty() {
            return None;
        }
        let items = std::mem::take(&mut self.items);
        let count = items.len() as u64;
        let mut input = Object::with_capacity(2);
        if let Some(batch_input) = self.batching.as_ref().and_then(|it| it.input.clone()) {
            input.insert("BatchInput", batch_input);
        }
        input.insert("Items", Value::array(items));
        Some(Portion { first: self.first, items: count, input: input.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(indexes: &[u64], batching: Option<Batching>) -> Vec<(u64, u64, String)> {
        let mut portions = Portions::new(batching);
        let mut found = Vec::new();
        for index in indexes {
            portions.push(*index, Value::Int(*index as i64));
            found.extend(std::iter::from_fn(|| portions.take()));
        }
        found.extend(std::iter::from_fn(|| portions.finish()));
        assert!(portions.is_empty());
        found.into_iter().map(|it| (it.first, it.items, it.input.to_json())).collect()
    }

    fn batching(most_items: usize, most_bytes: usize) -> Option<Batching> {
        Some(Batching { most_items, most_bytes, input: None })
    }

    #[test]
    fn without_batches_a_child_gets_one_item() {
        assert_eq!(all(&[1, 3], None), [(1, 1, "1".into()), (3, 1, "3".into())]);
    }

    #[test]
    fn batches_hold_as_much_as_they_may() {
        let found = all(&[0, 1, 2, 3, 4], batching(2, usize::MAX));
        let text = |text: &str| text.to_owned();
        assert_eq!(
            found,
            [
                (0, 2, text(r#"{"Items":[0,1]}"#)),
                (2, 2, text(r#"{"Items":[2,3]}"#)),
                (4, 1, text(r#"{"Items":[4]}"#)),
            ]
        );
        let counts = |indexes: &[u64], batching| {
            all(indexes, batching).iter().map(|it| (it.0, it.1)).collect::<Vec<_>>()
        };
        assert_eq!(counts(&[0, 1, 2], batching(9, 2)), [(0, 2), (2, 1)]);
        assert_eq!(counts(&[0, 1, 2], batching(1, 2)), [(0, 1), (1, 1), (2, 1)]);
        assert_eq!(counts(&[10, 11], batching(9, 1)), [(10, 1), (11, 1)]);
    }

    #[test]
    fn batches_end_where_others_begin() {
        let found = all(&[0, 3, 4, 6], batching(2, usize::MAX));
        assert_eq!(
            found.iter().map(|it| (it.0, it.1)).collect::<Vec<_>>(),
            [(0, 1), (3, 2), (6, 1)]
        );
        let found = all(&[0, 2, 4], batching(1, usize::MAX));
        assert_eq!(found.len(), 3);
    }
}
