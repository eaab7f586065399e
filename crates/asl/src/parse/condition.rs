//! The conditions of a Choice's rules.

use smol_str::SmolStr;
use value::Value;
use value::json::{Member, Node, NodeKind};

use crate::checker::opening;
use crate::fields::{CONDITIONS, NESTED_RULE, OPERATORS};
use crate::limits::NESTED_CONDITIONS;
use crate::location::Location;
use crate::parse::StateParser;
use crate::program::{Comparison, Condition, Operand, Relation};

impl StateParser<'_, '_> {
    /// The condition of a rule, whose fields the caller has checked.
    pub(crate) fn condition(
        &mut self,
        node: &Node,
        at: &Location,
        depth: usize,
    ) -> Option<Condition> {
        if depth > NESTED_CONDITIONS {
            self.checker.fault(&opening(node), at, "The conditions are too deeply nested");
            return None;
        }
        if self.is_jsonata() {
            return self.jsonata_condition(node, at);
        }
        let present: Vec<&Member> = CONDITIONS.iter().filter_map(|name| node.get(name)).collect();
        let [member] = present.as_slice() else {
            self.one_condition(node, at);
            return None;
        };
        let name = member.key.as_str();
        let here = at.field(name);
        match name {
            "And" => self.conditions(&member.value, &here, depth).map(Condition::And),
            "Or" => self.conditions(&member.value, &here, depth).map(Condition::Or),
            "Not" => {
                let inner = self.nested(&member.value, &here, depth)?;
                Some(Condition::Not(Box::new(inner)))
            }
            "Variable" => self.comparison(node, member, at),
            // `Condition`: the table of fields has refused it.
            _ => None,
        }
    }

    fn one_condition(&mut self, node: &Node, at: &Location) {
        let list = CONDITIONS.join(", ");
        let message = format!("The object must have only one of the following fields, [{list}]");
        self.checker.fault(&opening(node), at, message);
    }

    fn jsonata_condition(&mut self, node: &Node, at: &Location) -> Option<Condition> {
        let Some(member) = node.get("Condition") else {
            // Fields of JSONPath have been refused; with nothing at all, that is the fault.
            if !CONDITIONS.iter().any(|name| node.get(name).is_some()) {
                self.one_condition(node, at);
            }
            return None;
        };
        let at = at.field("Condition");
        let value = &member.value;
        if let Some(expression) = self.jsonata_value(value, &at)? {
            return Some(Condition::Expression(Box::new(expression)));
        }
        match &value.kind {
            // A literal is accepted (recorded).
            NodeKind::Scalar(Value::Bool(bool)) => Some(Condition::Literal(*bool)),
            NodeKind::Scalar(Value::String(_)) if !self.checker.is_placeholder(value) => {
                self.checker.no_expression(&value.span, &at);
                None
            }
            _ => self.checker.boolean(value, &at).map(Condition::Literal),
        }
    }

    fn conditions(&mut self, node: &Node, at: &Location, depth: usize) -> Option<Vec<Condition>> {
        let items = self.checker.items(node, at)?;
        let parts: Vec<Option<Condition>> = items
            .iter()
            .enumerate()
            .map(|(index, item)| self.nested(item, &at.item(index), depth))
            .collect();
        parts.into_iter().collect()
    }

    fn nested(&mut self, node: &Node, at: &Location, depth: usize) -> Option<Condition> {
        let language = Some(self.language);
        if !self.checker.shape(node, at, &opening(node), &NESTED_RULE, language) {
            return None;
        }
        self.condition(node, at, depth + 1)
    }

    /// `Variable` and its operator.
    fn comparison(&mut self, node: &Node, variable: &Member, at: &Location) -> Option<Condition> {
        let path = self.reference_path(&variable.value, &at.field("Variable"));
        let present: Vec<&Member> =
            OPERATORS.iter().filter_map(|(name, _)| node.get(name)).collect();
        let [member] = present.as_slice() else {
            let names: Vec<&str> = OPERATORS.iter().map(|(name, _)| *name).collect();
            match present.last() {
                None => self.checker.none_of(&opening(node), at, &names),
                Some(last) => self.checker.several_of(&last.key_span, at, &names),
            }
            return None;
        };
        let comparison = self.operator(&member.key, &member.value, &at.field(&member.key))?;
        match path? {
            Some(variable) => Some(Condition::Compare { variable, comparison }),
            // A placeholder compares with nothing.
            None => Some(Condition::Literal(false)),
        }
    }

    fn operator(&mut self, name: &str, node: &Node, at: &Location) -> Option<Comparison> {
        if let Some(kind) = name.strip_prefix("Is") {
            let expected = self.checker.boolean(node, at)?;
            return Some(match kind {
                "Null" => Comparison::IsNull(expected),
                "Present" => Comparison::IsPresent(expected),
                "Numeric" => Comparison::IsNumeric(expected),
                "String" => Comparison::IsString(expected),
                "Boolean" => Comparison::IsBoolean(expected),
                _ => Comparison::IsTimestamp(expected),
            });
        }
        if name == "StringMatches" {
            let pattern = self.checker.string(node, at)?;
            return Some(Comparison::StringMatches(pieces(&pattern)));
        }
        let (name, path) = match name.strip_suffix("Path") {
            Some(name) => (name, true),
            None => (name, false),
        };
        if let Some(relation) = name.strip_prefix("String") {
            let operand = self.operand(node, at, path, |this, node, at| {
                this.checker.string(node, at).map(SmolStr::from)
            })?;
            return Some(Comparison::String(relation_of(relation), operand));
        }
        if let Some(relation) = name.strip_prefix("Numeric") {
            let operand = self.operand(node, at, path, |this, node, at| {
                this.checker.number(node, at, f64::NEG_INFINITY, None)
            })?;
            return Some(Comparison::Numeric(relation_of(relation), operand));
        }
        if let Some(relation) = name.strip_prefix("Timestamp") {
            let operand =
                self.operand(node, at, path, |this, node, at| this.checker.timestamp(node, at))?;
            return Some(Comparison::Timestamp(relation_of(relation), operand));
        }
        self.operand(node, at, path, |this, node, at| this.checker.boolean(node, at))
            .map(Comparison::Boolean)
    }

    fn operand<T>(
        &mut self,
        node: &Node,
        at: &Location,
        path: bool,
        literal: impl FnOnce(&mut Self, &Node, &Location) -> Option<T>,
    ) -> Option<Operand<T>> {
        if !path {
            return literal(self, node, at).map(Operand::Literal);
        }
        match self.reference_path(node, at)? {
            Some(path) => Some(Operand::Path(path)),
            None => jsonpath::Path::parse("$").ok().map(Operand::Path),
        }
    }
}

fn relation_of(name: &str) -> Relation {
    match name {
        "LessThan" => Relation::LessThan,
        "GreaterThan" => Relation::GreaterThan,
        "LessThanEquals" => Relation::LessThanEquals,
        "GreaterThanEquals" => Relation::GreaterThanEquals,
        _ => Relation::Equals,
    }
}

/// A `StringMatches` pattern, cut at its wildcards. `\*` and `\\` are literal.
fn pieces(pattern: &str) -> Vec<SmolStr> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' => pieces.push(std::mem::take(&mut piece).into()),
            '\\' => match chars.next_if(|next| matches!(next, '*' | '\\')) {
                Some(escaped) => piece.push(escaped),
                None => piece.push('\\'),
            },
            _ => piece.push(c),
        }
    }
    pieces.push(piece.into());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_cut_at_wildcards() {
        let cut = |pattern| pieces(pattern).join("|");
        assert_eq!(cut("log-*.txt"), "log-|.txt");
        assert_eq!(cut("*"), "|");
        assert_eq!(cut(r"a\*b*c\\d\e"), r"a*b|c\d\e");
        assert_eq!(cut(""), "");
    }
}
