//! Single values: strings, numbers, enumerations, and the placeholders of deployment tools.

use std::ops::Range;

use value::Value;
use value::json::{Member, Node, NodeKind};

use crate::checker::Checker;
use crate::location::Location;

/// The bounds of an integer field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// The least allowed.
    pub(crate) min: u64,
    /// The greatest allowed.
    pub(crate) max: Option<u64>,
}

impl Bounds {
    pub(crate) const fn from(min: u64) -> Self {
        Self { min, max: None }
    }

    pub(crate) const fn between(min: u64, max: u64) -> Self {
        Self { min, max: Some(max) }
    }
}

impl Checker<'_> {
    /// Whether a deployment tool has yet to fill in `node`.
    pub(crate) fn is_placeholder(&self, node: &Node) -> bool {
        if !self.options.placeholders {
            return false;
        }
        match &node.kind {
            NodeKind::Scalar(Value::String(text)) => text.contains("${"),
            // CloudFormation's functions, also as tools print them that turn YAML's tags to keys.
            NodeKind::Object(members) => match members.as_slice() {
                [only] => {
                    let key = only.key.as_str();
                    key == "Ref" || key.starts_with("Fn::") || key.starts_with('!')
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// The member `name`, unless a deployment tool has yet to fill it in.
    pub(crate) fn given<'n>(&self, node: &'n Node, name: &str) -> Option<&'n Member> {
        node.get(name).filter(|member| !self.is_placeholder(&member.value))
    }

    /// A string; of a placeholder object, its JSON text.
    pub(crate) fn string<'n>(
        &mut self,
        node: &'n Node,
        at: &Location,
    ) -> Option<std::borrow::Cow<'n, str>> {
        if let Some(text) = node.as_str() {
            return Some(text.into());
        }
        if self.is_placeholder(node) {
            return Some(node.to_value().to_json().into());
        }
        self.wrong_type(&node.span, at, "String");
        None
    }

    /// A boolean.
    pub(crate) fn boolean(&mut self, node: &Node, at: &Location) -> Option<bool> {
        match &node.kind {
            NodeKind::Scalar(Value::Bool(bool)) => Some(*bool),
            _ if self.is_placeholder(node) => Some(false),
            _ => {
                self.wrong_type(&node.span, at, "Boolean");
                None
            }
        }
    }

    /// An integer within bounds.
    pub(crate) fn integer(&mut self, node: &Node, at: &Location, bounds: Bounds) -> Option<u64> {
        let int = match &node.kind {
            NodeKind::Scalar(Value::Int(int)) => *int,
            _ => {
                let help = path_in_place_of_value(node);
                self.fault_with_help(&node.span, at, "Expected value of type Integer", help);
                return None;
            }
        };
        match u64::try_from(int) {
            Ok(int) if int >= bounds.min => match bounds.max {
                Some(max) if int > max => self.refuse(&node.span, at, "Maximum", max as f64),
                _ => Some(int),
            },
            _ => self.refuse(&node.span, at, "Minimum", bounds.min as f64),
        }
    }

    /// A number within bounds.
    pub(crate) fn number(
        &mut self,
        node: &Node,
        at: &Location,
        min: f64,
        max: Option<f64>,
    ) -> Option<f64> {
        let number = match &node.kind {
            NodeKind::Scalar(value) => value.as_f64(),
            _ => None,
        };
        match number {
            Some(number) if number < min => self.refuse(&node.span, at, "Minimum", min),
            Some(number) => match max {
                Some(max) if number > max => self.refuse(&node.span, at, "Maximum", max),
                _ => Some(number),
            },
            None if self.is_placeholder(node) => Some(min),
            None => {
                let help = path_in_place_of_value(node);
                self.fault_with_help(&node.span, at, "Expected value of type Number", help);
                None
            }
        }
    }

    fn refuse<T>(
        &mut self,
        span: &Range<usize>,
        at: &Location,
        which: &str,
        value: f64,
    ) -> Option<T> {
        self.fault(span, at, format!("{which} value is {value}"));
        None
    }

    /// One of a list of strings.
    pub(crate) fn one_of(
        &mut self,
        node: &Node,
        at: &Location,
        values: &'static [&'static str],
    ) -> Option<&'static str> {
        if self.is_placeholder(node) {
            return values.first().copied();
        }
        let text = self.string(node, at)?;
        if let Some(value) = values.iter().find(|value| **value == text) {
            return Some(value);
        }
        let help = self.did_you_mean(&text, values.iter().copied());
        let list = values.join(", ");
        let message = format!("Value should be one of the following: [{list}]");
        self.fault_with_help(&node.span, at, message, help);
        None
    }

    /// The items of an array that must not be empty.
    pub(crate) fn items<'n>(&mut self, node: &'n Node, at: &Location) -> Option<&'n [Node]> {
        match &node.kind {
            NodeKind::Array(items) if items.is_empty() => {
                self.fault(&node.span, at, "Value cannot be empty");
                None
            }
            NodeKind::Array(items) => Some(items),
            _ => {
                self.wrong_type(&node.span, at, "Array");
                None
            }
        }
    }

    /// `Comment`: a string, of which nothing is made.
    pub(crate) fn comment(&mut self, node: &Node, at: &Location) {
        if let Some(comment) = node.get("Comment") {
            self.string(&comment.value, &at.field("Comment"));
        }
    }
}

/// Advice for a path that stands where a number should.
fn path_in_place_of_value(node: &Node) -> Option<String> {
    let text = node.as_str()?;
    text.starts_with('$').then(|| {
        "to read it from a path, use the field whose name ends with 'Path'; in JSONata, write \
         \"{% … %}\""
            .to_owned()
    })
}
