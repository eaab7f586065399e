//! `Variables`: what `Assign` keeps in one scope.

use smol_str::SmolStr;
use value::Value;

/// The variables of a scope, in the order of their first assignment. There are few, so they are
/// found by looking through them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Variables {
    entries: Vec<(SmolStr, Value)>,
    /// The sum of the lengths of their JSON texts: each `Assign` asks for it, and to render every
    /// variable each time would make a loop that keeps a large one slow.
    bytes: usize,
}

impl Variables {
    pub fn new(entries: Vec<(SmolStr, Value)>) -> Self {
        let bytes = entries.iter().map(|(_, value)| length(value)).sum();
        Self { entries, bytes }
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.entries.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub fn set(&mut self, name: &SmolStr, value: &Value) {
        self.bytes += length(value);
        match self.entries.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => {
                self.bytes -= length(old);
                *old = value.clone();
            }
            None => self.entries.push((name.clone(), value.clone())),
        }
    }

    /// The sum of the lengths of their JSON texts.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn as_slice(&self) -> &[(SmolStr, Value)] {
        &self.entries
    }
}

/// The length of a value's JSON text (measured.md, variable sizes: names do not count).
pub(crate) fn length(value: &Value) -> usize {
    value.to_json().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_what_is_kept() {
        let mut variables = Variables::new(vec![("a".into(), "text".into())]);
        assert_eq!(variables.bytes(), 6);
        variables.set(&"b".into(), &Value::Int(100));
        variables.set(&"a".into(), &Value::Null);
        assert_eq!(variables.bytes(), 7);
        assert_eq!(variables.get("a"), Some(&Value::Null));
        assert_eq!(variables.as_slice().len(), 2);
    }
}
