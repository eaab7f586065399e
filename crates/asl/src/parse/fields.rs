//! Fields that are a literal, a path in the field whose name ends with `Path`, or JSONata.

use value::json::Node;

use crate::location::Location;
use crate::parse::StateParser;
use crate::parse::scalars::Bounds;
use crate::program::{Expression, ExpressionCode, Field};

impl StateParser<'_, '_> {
    /// An integer field. The outer `None` is a fault.
    pub(crate) fn integer_field(
        &mut self,
        node: &Node,
        at: &Location,
        name: &str,
        path_name: Option<&str>,
        bounds: Bounds,
    ) -> Option<Option<Field<u64>>> {
        self.number_field(node, at, name, path_name, |this, node, at| {
            this.checker.integer(node, at, bounds)
        })
    }

    /// A number field. The outer `None` is a fault.
    pub(crate) fn number_field<T>(
        &mut self,
        node: &Node,
        at: &Location,
        name: &str,
        path_name: Option<&str>,
        literal: impl FnOnce(&mut Self, &Node, &Location) -> Option<T>,
    ) -> Option<Option<Field<T>>> {
        if let Some(path_name) = path_name
            && let Some(path) = self.path_field(node, at, path_name)?
        {
            return Some(Some(Field::Expression(Box::new(path))));
        }
        let Some(member) = self.checker.given(node, name) else { return Some(None) };
        let at = at.field(name);
        if let Some(expression) = self.jsonata_value(&member.value, &at)? {
            return Some(Some(Field::Expression(Box::new(expression))));
        }
        literal(self, &member.value, &at).map(|value| Some(Field::Literal(value)))
    }

    /// A field that holds a reference path, in a JSONPath state. The outer `None` is a fault.
    pub(crate) fn path_field(
        &mut self,
        node: &Node,
        at: &Location,
        name: &str,
    ) -> Option<Option<Expression>> {
        if self.is_jsonata() {
            return Some(None);
        }
        let Some(member) = node.get(name) else { return Some(None) };
        let Some(path) = self.reference_path(&member.value, &at.field(name))? else {
            return Some(None);
        };
        let code = ExpressionCode::JsonPath(jsonpath::Dynamic::Path(path));
        Some(Some(Expression { code, field: name.into() }))
    }

    /// A path that names at most one node; `Some(None)` is a placeholder.
    pub(crate) fn reference_path(
        &mut self,
        node: &Node,
        at: &Location,
    ) -> Option<Option<jsonpath::Path>> {
        let text = self.checker.string(node, at)?;
        match jsonpath::Path::parse_reference(&text) {
            Ok(path) => {
                if let Some(name) = path.variable() {
                    self.reads(name, &node.span, at);
                }
                Some(Some(path))
            }
            Err(_) if self.checker.is_placeholder(node) => Some(None),
            Err(message) => {
                self.checker.fault(&node.span, at, message);
                None
            }
        }
    }
}
