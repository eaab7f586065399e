//! The table of intrinsic functions, and how they read their arguments.

use std::sync::Arc;

use smol_str::SmolStr;
use value::{Object, Value};

use super::template::Template;
use super::{array, encode, math, text};
use crate::{Host, java};

/// An intrinsic function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Array,
    ArrayContains,
    ArrayGetItem,
    ArrayLength,
    ArrayPartition,
    ArrayRange,
    ArrayUnique,
    Base64Decode,
    Base64Encode,
    Format,
    Hash,
    JsonMerge,
    JsonToString,
    MathAdd,
    MathRandom,
    StringSplit,
    StringToJson,
    Uuid,
}

/// Name, function, fewest and most arguments.
const FUNCTIONS: [(&str, Function, usize, usize); 18] = [
    ("States.Array", Function::Array, 0, usize::MAX),
    ("States.ArrayContains", Function::ArrayContains, 2, 2),
    ("States.ArrayGetItem", Function::ArrayGetItem, 2, 2),
    ("States.ArrayLength", Function::ArrayLength, 1, 1),
    ("States.ArrayPartition", Function::ArrayPartition, 2, 2),
    ("States.ArrayRange", Function::ArrayRange, 3, 3),
    ("States.ArrayUnique", Function::ArrayUnique, 1, 1),
    ("States.Base64Decode", Function::Base64Decode, 1, 1),
    ("States.Base64Encode", Function::Base64Encode, 1, 1),
    ("States.Format", Function::Format, 1, usize::MAX),
    ("States.Hash", Function::Hash, 2, 2),
    ("States.JsonMerge", Function::JsonMerge, 3, 3),
    ("States.JsonToString", Function::JsonToString, 1, 1),
    ("States.MathAdd", Function::MathAdd, 2, 2),
    ("States.MathRandom", Function::MathRandom, 2, 3),
    ("States.StringSplit", Function::StringSplit, 2, 2),
    ("States.StringToJson", Function::StringToJson, 1, 1),
    ("States.UUID", Function::Uuid, 0, 0),
];

impl Function {
    pub(super) fn of_name(name: &str) -> Option<Self> {
        FUNCTIONS.iter().find(|row| row.0 == name).map(|row| row.1)
    }

    pub(super) fn name(self) -> &'static str {
        FUNCTIONS.iter().find(|row| row.1 == self).map_or("", |row| row.0)
    }

    pub(super) fn takes(self, count: usize) -> bool {
        FUNCTIONS.iter().any(|row| row.1 == self && (row.2..=row.3).contains(&count))
    }

    /// The function of `values`, whose number has been checked, or what is wrong with them.
    pub(super) fn apply(self, values: &[Value], host: &mut dyn Host) -> Result<Value, String> {
        let given = Arguments(values);
        match self {
            Self::Array => Ok(Value::array(values.to_vec())),
            Self::ArrayContains => array::contains(given),
            Self::ArrayGetItem => array::get_item(given),
            Self::ArrayLength => given.array(0).map(|items| Value::Int(items.len() as i64)),
            Self::ArrayPartition => array::partition(given),
            Self::ArrayRange => array::range(given),
            Self::ArrayUnique => array::unique(given),
            Self::Base64Decode => encode::base64_decode(given),
            Self::Base64Encode => encode::base64_encode(given),
            Self::Format => {
                Template::parse(given.text(0)?).fill(values.get(1..).unwrap_or_default())
            }
            Self::Hash => encode::hash(given),
            Self::JsonMerge => text::json_merge(given),
            Self::JsonToString => text::json_to_string(given),
            Self::MathAdd => math::add(given),
            Self::MathRandom => math::random(given, host),
            Self::StringSplit => text::string_split(given),
            Self::StringToJson => text::string_to_json(given),
            Self::Uuid => Ok(Value::String(host.uuid())),
        }
    }
}

const NULL: &Value = &Value::Null;
const ORDINALS: [&str; 3] = ["first", "second", "third"];

/// The values of a call's arguments, read by place and type.
#[derive(Clone, Copy)]
pub(super) struct Arguments<'a>(&'a [Value]);

impl<'a> Arguments<'a> {
    pub(super) fn any(self, at: usize) -> &'a Value {
        self.0.get(at).unwrap_or(NULL)
    }

    pub(super) fn get(self, at: usize) -> Option<&'a Value> {
        self.0.get(at)
    }

    pub(super) fn text(self, at: usize) -> Result<&'a SmolStr, String> {
        match self.any(at) {
            Value::String(text) => Ok(text),
            other => Err(wrong_type(at, "a string", other)),
        }
    }

    pub(super) fn array(self, at: usize) -> Result<&'a Arc<Vec<Value>>, String> {
        self.any(at).as_array().ok_or_else(|| wrong_type(at, "an array", self.any(at)))
    }

    pub(super) fn object(self, at: usize) -> Result<&'a Arc<Object>, String> {
        self.any(at).as_object().ok_or_else(|| wrong_type(at, "an object", self.any(at)))
    }

    /// A number, rounded as `Math.round` does.
    pub(super) fn integer(self, at: usize) -> Result<i64, String> {
        java::round(self.any(at)).ok_or_else(|| wrong_type(at, "a number", self.any(at)))
    }

    /// A number that is a Java `int` once it is rounded.
    pub(super) fn int(self, at: usize) -> Result<i32, String> {
        let integer = self.integer(at)?;
        i32::try_from(integer).map_err(|_| {
            let which = ORDINALS.get(at).copied().unwrap_or("last");
            format!("The {which} argument is out of range: {integer}")
        })
    }
}

fn wrong_type(at: usize, wanted: &str, given: &Value) -> String {
    let which = ORDINALS.get(at).copied().unwrap_or("last");
    let kind = given.type_name();
    format!("The {which} argument must be {wanted}, but was {kind}")
}
