//! `Value`: a JSON value whose clone is a reference count.

use std::sync::Arc;

use smol_str::SmolStr;

use crate::Object;

/// An immutable JSON value. Cloning never copies an array, an object or a long string.
///
/// Integers that fit `i64` are kept exactly; every other number is an IEEE-754 double, which is
/// what Jackson's tree model does with the payloads of Step Functions (`1.0` stays `1.0`,
/// `1` stays `1`).
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer written without fraction or exponent that fits 64 bits.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string; up to 23 bytes are held inline, longer ones are shared.
    String(SmolStr),
    /// An array.
    Array(Arc<Vec<Value>>),
    /// An object; keys keep the order of their first appearance.
    Object(Arc<Object>),
}

impl Value {
    /// A string value.
    pub fn string(text: impl AsRef<str>) -> Self {
        Self::String(SmolStr::new(text))
    }

    /// An array value.
    pub fn array(items: Vec<Value>) -> Self {
        Self::Array(Arc::new(items))
    }

    /// The empty object.
    pub fn empty_object() -> Self {
        Self::Object(Arc::new(Object::default()))
    }

    /// An object value from pairs in order; a repeated key keeps its first place and its last value.
    pub fn object<K: Into<SmolStr>>(pairs: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::Object(Arc::new(pairs.into_iter().collect()))
    }

    /// The text of a string value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number as a double, if this is a number.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(int) => Some(*int as f64),
            Self::Float(float) => Some(*float),
            _ => None,
        }
    }

    /// The integer, if this is a number written as an integer.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(int) => Some(*int),
            _ => None,
        }
    }

    /// The boolean, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(bool) => Some(*bool),
            _ => None,
        }
    }

    /// The items, if this is an array.
    pub fn as_array(&self) -> Option<&Arc<Vec<Value>>> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members, if this is an object.
    pub fn as_object(&self) -> Option<&Arc<Object>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The member `key` of an object.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_object().and_then(|object| object.get(key))
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// JSON's name for the kind of value: `null`, `boolean`, `number`, `string`, `array`, `object`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Int(_) | Self::Float(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// The compact JSON text: no spaces, key order kept, non-ASCII not escaped.
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(crate::measure::hint(self));
        crate::render::render(self, &mut out);
        out
    }

    /// Appends the compact JSON text to `out`.
    pub fn render(&self, out: &mut String) {
        crate::render::render(self, out);
    }
}

/// Deep equality. Numbers compare by value (`1` equals `1.0`), objects without regard to order.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Int(a), Self::Float(b)) | (Self::Float(b), Self::Int(a)) => *a as f64 == *b,
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => Arc::ptr_eq(a, b) || a == b,
            (Self::Object(a), Self::Object(b)) => Arc::ptr_eq(a, b) || a == b,
            _ => false,
        }
    }
}

impl From<bool> for Value {
    fn from(bool: bool) -> Self {
        Self::Bool(bool)
    }
}

impl From<i64> for Value {
    fn from(int: i64) -> Self {
        Self::Int(int)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::string(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<SmolStr> for Value {
    fn from(text: SmolStr) -> Self {
        Self::String(text)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::array(items)
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(Arc::new(object))
    }
}
