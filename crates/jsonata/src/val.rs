//! The values of an evaluation: JSON as it came in, and what JSON cannot hold.

use std::collections::HashMap;
use std::rc::Rc;

use smol_str::SmolStr;
use value::{Object, Value};

use crate::eval::function::Function;
use crate::meter::Charge;

/// A value. A clone is at most a reference count.
#[derive(Clone, Debug, Default)]
pub(crate) enum Val {
    /// Nothing.
    #[default]
    Undefined,
    /// JSON from outside, or a scalar.
    Json(Value),
    /// An array made here.
    List(Rc<List>, Flags),
    /// An object made here.
    Map(Rc<Map>),
    Function(Rc<Function>),
    /// The bindings that a path with `@`, `#` or `%` carries from step to step.
    Tuples(Rc<Vec<Tuple>>),
}

/// What JSONata knows of an array beyond its items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags(u8);

impl Flags {
    /// An array as written or computed.
    pub const ARRAY: Self = Self(0);
    /// A sequence: one item stands for itself, none for nothing.
    pub const SEQUENCE: Self = Self(1);
    /// A sequence of one stays an array.
    pub const KEEP: Self = Self(2);
    /// A constructed array that paths do not flatten.
    pub const CONS: Self = Self(4);
    /// The input, an array, wrapped to be one item.
    pub const OUTER: Self = Self(8);

    pub fn has(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }

    pub fn with(self, flag: Self) -> Self {
        Self(self.0 | flag.0)
    }
}

/// The items of an array made here.
#[derive(Debug)]
pub(crate) struct List {
    pub items: Vec<Val>,
    /// How deep lists and maps nest in it; bounded so that nothing that recurses can overflow.
    pub depth: u16,
    /// Counted while the value lives.
    pub _charge: Charge,
}

/// The members of an object made here, in order.
#[derive(Debug)]
pub(crate) struct Map {
    pub members: Members,
    pub depth: u16,
    /// Counted while the value lives.
    pub _charge: Charge,
}

/// Below this many members a scan beats a hash table.
const INDEX_FROM: usize = 16;

/// Members in the order of their first appearance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members {
    entries: Vec<(SmolStr, Val)>,
    index: HashMap<SmolStr, u32>,
}

impl Members {
    pub fn with_capacity(capacity: usize) -> Self {
        Self { entries: Vec::with_capacity(capacity), index: HashMap::new() }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn get(&self, key: &str) -> Option<&Val> {
        self.position(key).map(|at| &self.entries[at].1)
    }

    /// Sets `key`; a known key keeps its place.
    pub fn insert(&mut self, key: SmolStr, value: Val) {
        if let Some(at) = self.position(&key) {
            self.entries[at].1 = value;
            return;
        }
        let at = self.entries.len();
        self.entries.push((key, value));
        if at + 1 == INDEX_FROM {
            let keys = self.entries.iter().enumerate();
            self.index = keys.map(|(at, (key, _))| (key.clone(), at as u32)).collect();
        } else if at + 1 > INDEX_FROM {
            self.index.insert(self.entries[at].0.clone(), at as u32);
        }
    }

    pub fn remove(&mut self, key: &str) {
        if let Some(at) = self.position(key) {
            self.entries.remove(at);
            let keys = self.entries.iter().enumerate().filter(|_| self.entries.len() >= INDEX_FROM);
            self.index = keys.map(|(at, (key, _))| (key.clone(), at as u32)).collect();
        }
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&SmolStr, &Val)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    pub fn into_entries(self) -> Vec<(SmolStr, Val)> {
        self.entries
    }

    fn position(&self, key: &str) -> Option<usize> {
        if self.entries.len() < INDEX_FROM {
            return self.entries.iter().position(|(name, _)| name == key);
        }
        self.index.get(key).map(|at| *at as usize)
    }
}

/// One element of a stream of tuples.
#[derive(Clone, Debug)]
pub(crate) struct Tuple {
    /// The context value, `@`.
    pub context: Val,
    /// Variables bound by `@$v`, `#$v` and for `%`.
    pub bindings: Vec<(u32, Val)>,
}

impl Tuple {
    pub fn set(&mut self, symbol: u32, value: Val) {
        match self.bindings.iter_mut().find(|(known, _)| *known == symbol) {
            Some((_, old)) => *old = value,
            None => self.bindings.push((symbol, value)),
        }
    }
}

/// A borrowed value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum View<'a> {
    Undefined,
    Json(&'a Value),
    List(&'a Rc<List>, Flags),
    Map(&'a Rc<Map>),
    Function(&'a Rc<Function>),
    Tuples(&'a Rc<Vec<Tuple>>),
}

impl<'a> From<&'a Val> for View<'a> {
    fn from(val: &'a Val) -> Self {
        match val {
            Val::Undefined => Self::Undefined,
            Val::Json(value) => Self::Json(value),
            Val::List(list, flags) => Self::List(list, *flags),
            Val::Map(map) => Self::Map(map),
            Val::Function(function) => Self::Function(function),
            Val::Tuples(tuples) => Self::Tuples(tuples),
        }
    }
}

impl<'a> From<&'a Value> for View<'a> {
    fn from(value: &'a Value) -> Self {
        Self::Json(value)
    }
}

/// The items of an array, wherever it came from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Items<'a> {
    Json(&'a [Value]),
    List(&'a [Val]),
    /// A value that is no array, taken as an array of one.
    One(View<'a>),
}

impl<'a> Items<'a> {
    pub fn len(self) -> usize {
        match self {
            Self::Json(items) => items.len(),
            Self::List(items) => items.len(),
            Self::One(_) => 1,
        }
    }

    pub fn get(self, at: usize) -> View<'a> {
        match self {
            Self::Json(items) => items.get(at).map_or(View::Undefined, View::Json),
            Self::List(items) => items.get(at).map_or(View::Undefined, View::from),
            Self::One(view) if at == 0 => view,
            Self::One(_) => View::Undefined,
        }
    }

    pub fn iter(self) -> impl Iterator<Item = View<'a>> {
        (0..self.len()).map(move |at| self.get(at))
    }
}

impl<'a> View<'a> {
    /// An owned handle.
    pub fn to_val(self) -> Val {
        match self {
            Self::Undefined => Val::Undefined,
            Self::Json(value) => Val::Json(value.clone()),
            Self::List(list, flags) => Val::List(Rc::clone(list), flags),
            Self::Map(map) => Val::Map(Rc::clone(map)),
            Self::Function(function) => Val::Function(Rc::clone(function)),
            Self::Tuples(tuples) => Val::Tuples(Rc::clone(tuples)),
        }
    }

    pub fn is_undefined(self) -> bool {
        matches!(self, Self::Undefined)
    }

    pub fn is_array(self) -> bool {
        matches!(self, Self::Json(Value::Array(_)) | Self::List(..) | Self::Tuples(_))
    }

    /// The items, if this is an array.
    pub fn items(self) -> Option<Items<'a>> {
        match self {
            Self::Json(Value::Array(items)) => Some(Items::Json(items)),
            Self::List(list, _) => Some(Items::List(&list.items)),
            _ => None,
        }
    }

    /// The items, or the value itself as the only one.
    pub fn items_or_one(self) -> Items<'a> {
        self.items().unwrap_or(Items::One(self))
    }

    pub fn as_f64(self) -> Option<f64> {
        match self {
            Self::Json(Value::Int(int)) => Some(*int as f64),
            Self::Json(Value::Float(float)) => Some(*float),
            _ => None,
        }
    }

    pub fn as_str(self) -> Option<&'a str> {
        match self {
            Self::Json(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The member `key`, if this is an object that has it.
    pub fn member(self, key: &str) -> View<'a> {
        match self {
            Self::Json(Value::Object(object)) => {
                object.get(key).map_or(View::Undefined, View::Json)
            }
            Self::Map(map) => map.members.get(key).map_or(View::Undefined, View::from),
            _ => View::Undefined,
        }
    }

    /// The members, if this is an object.
    pub fn object(self) -> Option<ObjectView<'a>> {
        match self {
            Self::Json(Value::Object(object)) => Some(ObjectView::Json(object)),
            Self::Map(map) => Some(ObjectView::Map(&map.members)),
            _ => None,
        }
    }

    /// How deep lists and maps made here nest in it.
    pub fn depth(self) -> u16 {
        match self {
            Self::List(list, _) => list.depth,
            Self::Map(map) => map.depth,
            Self::Function(function) => function.depth(),
            _ => 0,
        }
    }
}

/// The members of an object, wherever it came from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ObjectView<'a> {
    Json(&'a Object),
    Map(&'a Members),
}

impl<'a> ObjectView<'a> {
    pub fn len(self) -> usize {
        match self {
            Self::Json(object) => object.len(),
            Self::Map(members) => members.len(),
        }
    }

    pub fn get(self, key: &str) -> View<'a> {
        match self {
            Self::Json(object) => object.get(key).map_or(View::Undefined, View::Json),
            Self::Map(members) => members.get(key).map_or(View::Undefined, View::from),
        }
    }

    /// Calls `each` for every member in order, until it fails.
    pub fn try_each<E>(
        self,
        mut each: impl FnMut(&'a SmolStr, View<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Json(object) => {
                object.iter().try_for_each(|(key, value)| each(key, View::Json(value)))
            }
            Self::Map(members) => {
                members.iter().try_for_each(|(key, value)| each(key, View::from(value)))
            }
        }
    }

    /// Calls `each` for every member in order.
    pub fn each(self, mut each: impl FnMut(&'a SmolStr, View<'a>)) {
        let _: Result<(), std::convert::Infallible> = self.try_each(|key, value| {
            each(key, value);
            Ok(())
        });
    }
}

impl Val {
    pub const NULL: Self = Self::Json(Value::Null);

    pub fn view(&self) -> View<'_> {
        self.into()
    }

    pub fn bool(bool: bool) -> Self {
        Self::Json(Value::Bool(bool))
    }

    pub fn is_undefined(&self) -> bool {
        matches!(self, Self::Undefined)
    }

    pub fn as_f64(&self) -> Option<f64> {
        self.view().as_f64()
    }

    pub fn as_str(&self) -> Option<&str> {
        self.view().as_str()
    }
}

impl From<Value> for Val {
    fn from(value: Value) -> Self {
        Self::Json(value)
    }
}

impl From<&str> for Val {
    fn from(text: &str) -> Self {
        Self::Json(Value::string(text))
    }
}

/// Deep equality: numbers by value, arrays in order, objects in any order.
pub(crate) fn equal(a: View<'_>, b: View<'_>) -> bool {
    match (a, b) {
        (View::Undefined, View::Undefined) => true,
        (View::Json(a), View::Json(b)) => a == b,
        (View::Function(a), View::Function(b)) => Rc::ptr_eq(a, b),
        (View::List(a, _), View::List(b, _)) if Rc::ptr_eq(a, b) => true,
        (View::Map(a), View::Map(b)) if Rc::ptr_eq(a, b) => true,
        _ => {
            if let (Some(a), Some(b)) = (a.items(), b.items()) {
                return a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal(a, b));
            }
            let (Some(a), Some(b)) = (a.object(), b.object()) else { return false };
            let same = |key: &SmolStr, value| match b.get(key) {
                View::Undefined => Err(()),
                other if equal(value, other) => Ok(()),
                _ => Err(()),
            };
            a.len() == b.len() && a.try_each(same).is_ok()
        }
    }
}
