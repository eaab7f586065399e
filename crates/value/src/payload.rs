//! `Payload`: JSON text and its value, each made from the other at most once.

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::{Value, json, measure};

/// A JSON document that states hand on: its text exactly as it came or was rendered, and its
/// value. Cloning is a reference count; the missing half is made on first use and kept.
#[derive(Clone)]
pub struct Payload(Arc<Inner>);

struct Inner {
    text: OnceLock<Box<str>>,
    value: OnceLock<Value>,
}

impl Payload {
    /// From text that came from outside.
    ///
    /// # Errors
    /// The text is not one JSON document.
    pub fn parse(text: &str) -> Result<Self, json::Error> {
        let value = json::parse(text)?;
        Ok(Self::from_parts(text, value))
    }

    /// From text that is known to be JSON (our own rendering, or read back from the store). Its
    /// value is parsed when it is first asked for; text that is not JSON after all reads as `null`.
    pub fn from_valid_text(text: impl Into<Box<str>>) -> Self {
        let inner = Inner { text: OnceLock::from(text.into()), value: OnceLock::new() };
        Self(Arc::new(inner))
    }

    /// From a value; its text is the compact rendering.
    pub fn from_value(value: Value) -> Self {
        Self(Arc::new(Inner { text: OnceLock::new(), value: OnceLock::from(value) }))
    }

    /// From a text and the value it is known to hold.
    pub fn from_parts(text: impl Into<Box<str>>, value: Value) -> Self {
        Self(Arc::new(Inner { text: OnceLock::from(text.into()), value: OnceLock::from(value) }))
    }

    /// The array of `items`, each with its own text verbatim, as a Parallel state's result keeps it.
    pub fn array_of(items: &[Payload]) -> Self {
        let mut text =
            String::with_capacity(2 + items.iter().map(|i| i.text().len() + 1).sum::<usize>());
        text.push('[');
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            text.push_str(item.text());
        }
        text.push(']');
        Self::from_valid_text(text)
    }

    /// The JSON text.
    pub fn text(&self) -> &str {
        self.0
            .text
            .get_or_init(|| self.0.value.get().map(Value::to_json).unwrap_or_default().into())
    }

    /// Most bytes that the text can have, if that can be told without making it; none also if it
    /// nests deeper than [`json::MAX_DEPTH`].
    pub fn bound(&self) -> Option<usize> {
        match (self.0.text.get(), self.0.value.get()) {
            (None, Some(value)) => measure::bound(value),
            _ => None,
        }
    }

    /// The value.
    pub fn value(&self) -> &Value {
        self.0.value.get_or_init(|| {
            self.0.text.get().and_then(|text| json::parse_rendered(text).ok()).unwrap_or_default()
        })
    }

    /// Whether both are the same document in memory.
    pub fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// Equality of the text.
impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.same(other) || self.text() == other.text()
    }
}

impl From<Value> for Payload {
    fn from(value: Value) -> Self {
        Self::from_value(value)
    }
}
