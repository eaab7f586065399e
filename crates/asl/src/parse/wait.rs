//! Wait: how long, or until when.

use value::Timestamp;
use value::json::Node;

use crate::limits::TIMEOUT_SECONDS_MAX;
use crate::location::Location;
use crate::parse::StateParser;
use crate::parse::scalars::Bounds;
use crate::program::{Field, StateKind, Wait};

impl StateParser<'_, '_> {
    pub(crate) fn wait(&mut self, node: &Node, at: &Location) -> Option<StateKind> {
        let seconds = Bounds::between(0, TIMEOUT_SECONDS_MAX);
        let seconds = self.integer_field(node, at, "Seconds", Some("SecondsPath"), seconds)?;
        let timestamp = self.timestamp_field(node, at)?;
        let wait = match (seconds, timestamp) {
            (Some(seconds), _) => Wait::Seconds(seconds),
            (None, Some(timestamp)) => Wait::Timestamp(timestamp),
            // Yet to be filled in, or missing, which the table of fields has told.
            (None, None) => Wait::Seconds(Field::Literal(0)),
        };
        Some(StateKind::Wait(wait))
    }

    /// `Timestamp` or `TimestampPath`; the outer `None` is a fault.
    fn timestamp_field(&mut self, node: &Node, at: &Location) -> Option<Option<Field<Timestamp>>> {
        if let Some(path) = self.path_field(node, at, "TimestampPath")? {
            return Some(Some(Field::Expression(Box::new(path))));
        }
        let Some(member) = node.get("Timestamp") else { return Some(None) };
        let at = at.field("Timestamp");
        if let Some(expression) = self.jsonata_value(&member.value, &at)? {
            return Some(Some(Field::Expression(Box::new(expression))));
        }
        let literal = self.checker.timestamp(&member.value, &at)?;
        Some(Some(Field::Literal(literal)))
    }
}

impl crate::checker::Checker<'_> {
    /// A literal point in time.
    pub(crate) fn timestamp(&mut self, node: &Node, at: &Location) -> Option<Timestamp> {
        let text = self.string(node, at)?;
        if let Some(timestamp) = Timestamp::parse(&text) {
            return Some(timestamp);
        }
        if self.is_placeholder(node) {
            return Some(Timestamp::default());
        }
        let help = if text.starts_with('$') {
            "to read it from a path, use the field whose name ends with 'Path'"
        } else {
            "write it as 2016-03-14T01:59:00Z, with an upper-case T and an offset or Z"
        };
        let message = "String does not match RFC3339 timestamp";
        self.fault_with_help(&node.span, at, message, Some(help.to_owned()));
        None
    }
}
