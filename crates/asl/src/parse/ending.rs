//! Succeed and Fail: the states that end an execution.

use smol_str::SmolStr;
use value::json::Node;

use crate::diagnostic::Code;
use crate::expression::StatesAccess;
use crate::location::Location;
use crate::parse::StateParser;
use crate::program::{Expression, Field, StateKind};
use crate::template::looks_dynamic;

/// The intrinsic functions that `ErrorPath` and `CausePath` may call: those whose result is a
/// string (developer guide, Fail state).
const STRING_FUNCTIONS: &[&str] = &[
    "States.Format",
    "States.JsonToString",
    "States.ArrayGetItem",
    "States.Base64Encode",
    "States.Base64Decode",
    "States.Hash",
    "States.UUID",
];

impl StateParser<'_, '_> {
    pub(crate) fn succeed(&mut self) -> Option<StateKind> {
        self.outline.terminal = true;
        Some(StateKind::Succeed)
    }

    pub(crate) fn fail(&mut self, node: &Node, at: &Location) -> Option<StateKind> {
        self.outline.terminal = true;
        let error = self.text_field(node, at, "Error", "ErrorPath");
        let cause = self.text_field(node, at, "Cause", "CausePath");
        Some(StateKind::Fail { error: error?, cause: cause? })
    }

    /// `Error` or `Cause`; the outer `None` is a fault.
    fn text_field(
        &mut self,
        node: &Node,
        at: &Location,
        name: &str,
        path_name: &str,
    ) -> Option<Option<Field<SmolStr>>> {
        if !self.is_jsonata()
            && let Some(member) = node.get(path_name)
        {
            let expression = self.text_path(&member.value, &at.field(path_name), path_name)?;
            return Some(expression.map(|path| Field::Expression(Box::new(path))));
        }
        let Some(member) = node.get(name) else { return Some(None) };
        let at = at.field(name);
        if let Some(expression) = self.jsonata_value(&member.value, &at)? {
            return Some(Some(Field::Expression(Box::new(expression))));
        }
        let text = self.checker.string(&member.value, &at)?;
        if !self.is_jsonata() && looks_dynamic(&text) {
            let help = format!("to read it from a path, use '{path_name}'");
            let message = format!("The value of the field '{name}' looks like a path");
            self.checker.warn(Code::NoPath, &member.value.span, &at, message, Some(help));
        }
        Some(Some(Field::Literal(text.into())))
    }

    /// A path or a call of a function that yields a string; `Some(None)` is a placeholder.
    fn text_path(&mut self, node: &Node, at: &Location, name: &str) -> Option<Option<Expression>> {
        let text = self.checker.string(node, at)?;
        if let Some(expression) = self.dynamic(&text, node, at, name) {
            let called = text.split('(').next().unwrap_or_default();
            if !text.starts_with('$') && !STRING_FUNCTIONS.contains(&called.trim()) {
                let message = format!(
                    "The field '{name}' must be a valid JSONPath or a valid intrinsic function \
                     call that returns a string"
                );
                let help = format!("it may call {}", STRING_FUNCTIONS.join(", "));
                self.checker.fault_with_help(&node.span, at, message, Some(help));
                return None;
            }
            return Some(Some(expression));
        }
        if self.checker.is_placeholder(node) {
            return Some(None);
        }
        self.checker.not_dynamic(&node.span, at, name);
        None
    }
}

impl StatesAccess {
    /// What `Output` and `Assign` of a state of this type see of `$states`.
    pub(crate) fn of(type_name: &str) -> Self {
        let result = matches!(type_name, "Task" | "Parallel" | "Map");
        Self { result, error_output: false }
    }
}
