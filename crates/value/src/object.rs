//! `Object`: the members of a JSON object, in order.

use std::collections::HashMap;
use std::sync::OnceLock;

use smol_str::SmolStr;

use crate::Value;

/// Below this many members a scan beats a hash table.
const INDEX_FROM: usize = 16;

/// Where each member stands.
#[derive(Clone, Debug)]
struct Index(HashMap<SmolStr, u32>);

/// The members of a JSON object in the order of their first appearance.
#[derive(Clone, Debug, Default)]
pub struct Object {
    entries: Vec<(SmolStr, Value)>,
    /// Built on the first look-up in a large object.
    index: OnceLock<Box<Index>>,
}

impl Object {
    /// An empty object with room for `capacity` members.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { entries: Vec::with_capacity(capacity), index: OnceLock::new() }
    }

    /// The object of members whose keys are known to be distinct, so that nobody looks for
    /// repetitions.
    pub fn from_distinct(entries: Vec<(SmolStr, Value)>) -> Self {
        Self { entries, index: OnceLock::new() }
    }

    /// The number of members.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.position(key).map(|at| &self.entries[at].1)
    }

    /// The value of `key` and its place, tried at `hint` first: objects of one origin mostly have
    /// their members in the same places.
    pub fn get_hinted(&self, key: &str, hint: usize) -> Option<(&Value, usize)> {
        match self.entries.get(hint) {
            Some((name, value)) if name == key => Some((value, hint)),
            _ => self.position(key).map(|at| (&self.entries[at].1, at)),
        }
    }

    /// Whether `key` is a member.
    pub fn contains_key(&self, key: &str) -> bool {
        self.position(key).is_some()
    }

    /// Sets `key`. A key that is already there keeps its place (as Java's `LinkedHashMap`).
    pub fn insert(&mut self, key: impl Into<SmolStr>, value: Value) {
        let key = key.into();
        match self.position(&key) {
            Some(at) => self.entries[at].1 = value,
            None => {
                if let Some(index) = self.index.get_mut() {
                    index.0.insert(key.clone(), self.entries.len() as u32);
                }
                self.entries.push((key, value));
            }
        }
    }

    /// Takes `key` out; the others keep their order.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let at = self.position(key)?;
        self.index = OnceLock::new();
        Some(self.entries.remove(at).1)
    }

    /// The members in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&SmolStr, &Value)> + DoubleEndedIterator {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// The keys in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &SmolStr> + DoubleEndedIterator {
        self.entries.iter().map(|(key, _)| key)
    }

    /// The values in order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> + DoubleEndedIterator {
        self.entries.iter().map(|(_, value)| value)
    }

    fn position(&self, key: &str) -> Option<usize> {
        if self.entries.len() < INDEX_FROM {
            return self.entries.iter().position(|(name, _)| name == key);
        }
        let index = self.index.get_or_init(|| {
            let pairs = self.entries.iter().enumerate();
            let places = pairs.map(|(at, (name, _))| (name.clone(), at as u32));
            Box::new(Index(places.collect()))
        });
        index.0.get(key).map(|at| *at as usize)
    }
}

impl<K: Into<SmolStr>> FromIterator<(K, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter();
        let mut object = Self::with_capacity(pairs.size_hint().0);
        for (key, value) in pairs {
            object.insert(key, value);
        }
        object
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.iter().all(|(key, value)| other.get(key).is_some_and(|theirs| theirs == value))
    }
}
