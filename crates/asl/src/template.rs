//! Templates: JSON with expressions in it, in either language.

use smol_str::SmolStr;
use value::json::{Member, Node, NodeKind};
use value::{Value, java_map};

use crate::diagnostic::Code;
use crate::expression::StatesAccess;
use crate::location::Location;
use crate::parse::StateParser;
use crate::program::Template;

/// Whether a string looks like a path or an intrinsic call.
pub(crate) fn looks_dynamic(text: &str) -> bool {
    let path = text == "$"
        || text == "$$"
        || ["$.", "$$.", "$["].iter().any(|prefix| text.starts_with(prefix));
    let call = text.starts_with("States.") && text.contains('(') && text.ends_with(')');
    path || call
}

impl StateParser<'_, '_> {
    /// The template in the member `name` of `node`: `Some(None)` if there is none, `None` if it
    /// is faulty.
    pub(crate) fn template_field(
        &mut self,
        node: &Node,
        at: &Location,
        name: &str,
        access: StatesAccess,
    ) -> Option<Option<Template>> {
        let Some(member) = node.get(name) else { return Some(None) };
        let at = at.field(name);
        self.template(&member.value, &at, access).map(Some)
    }

    /// A template in the state's language.
    pub(crate) fn template(
        &mut self,
        node: &Node,
        at: &Location,
        access: StatesAccess,
    ) -> Option<Template> {
        if self.is_jsonata() {
            self.jsonata_template(node, at, access)
        } else {
            self.payload_template(node, at, at)
        }
    }

    /// Any string between `{%` and `%}` is an expression.
    fn jsonata_template(
        &mut self,
        node: &Node,
        at: &Location,
        access: StatesAccess,
    ) -> Option<Template> {
        match &node.kind {
            NodeKind::Scalar(_) => match self.jsonata(node, at, access)? {
                Some(expression) => Some(Template::Expression(Box::new(expression))),
                None => Some(Template::Literal(node.to_value())),
            },
            NodeKind::Array(items) => {
                let parts: Vec<Option<Template>> = items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| self.jsonata_template(item, &at.item(index), access))
                    .collect();
                array(parts.into_iter().collect::<Option<_>>()?)
            }
            NodeKind::Object(members) => {
                let parts: Vec<Option<(SmolStr, Template)>> = members
                    .iter()
                    .map(|member| {
                        let at = at.field(&member.key);
                        let part = self.jsonata_template(&member.value, &at, access)?;
                        Some((member.key.clone(), part))
                    })
                    .collect();
                object(parts.into_iter().collect::<Option<_>>()?)
            }
        }
    }

    /// A member whose key ends with `.$` is a path or an intrinsic call. `field` is the template's
    /// own location, where AWS puts the faults of every part (recorded).
    fn payload_template(
        &mut self,
        node: &Node,
        field: &Location,
        at: &Location,
    ) -> Option<Template> {
        match &node.kind {
            NodeKind::Scalar(value) => Some(Template::Literal(value.clone())),
            NodeKind::Array(items) => {
                let parts: Vec<Option<Template>> = items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| self.payload_template(item, field, &at.item(index)))
                    .collect();
                array(parts.into_iter().collect::<Option<_>>()?)
            }
            NodeKind::Object(members) => {
                let parts: Vec<Option<(SmolStr, Template)>> =
                    members.iter().map(|member| self.payload_member(member, field, at)).collect();
                let is_resolved = members.iter().map(|member| member.key.ends_with(".$"));
                object(in_order(parts.into_iter().collect::<Option<_>>()?, is_resolved))
            }
        }
    }

    /// A member of a payload template, `.$` taken off its key.
    pub(crate) fn payload_member(
        &mut self,
        member: &Member,
        field: &Location,
        at: &Location,
    ) -> Option<(SmolStr, Template)> {
        if let Some(name) = member.key.strip_suffix(".$") {
            let part = match self.dynamic_member(member, field)? {
                Some(expression) => Template::Expression(Box::new(expression)),
                None => Template::Literal(member.value.to_value()),
            };
            return Some((name.into(), part));
        }
        let at = at.field(&member.key);
        if let Some(text) = member.value.as_str()
            && looks_dynamic(text)
        {
            let message = format!(
                "The value of the field '{}' looks like a path or an intrinsic function call, but \
                 the name of the field does not end with '.$'",
                member.key
            );
            let help = format!("write \"{}.$\" if it is to be evaluated", member.key);
            self.checker.warn(Code::NoDollar, &member.key_span, &at, message, Some(help));
        }
        let part = self.payload_template(&member.value, field, &at)?;
        Some((member.key.clone(), part))
    }
}

/// The order that the members of a payload template come in. Recorded throughout: what is resolved
/// comes after all that is literal, as a `HashMap` of the names shows it
/// (`test_query_context_object_values` has thirteen, `test_map_state_item_selector_singleton` five).
fn in_order(
    parts: Vec<(SmolStr, Template)>,
    is_resolved: impl Iterator<Item = bool>,
) -> Vec<(SmolStr, Template)> {
    let mut ordered = Vec::with_capacity(parts.len());
    let mut resolved = Vec::new();
    for (part, is_resolved) in parts.into_iter().zip(is_resolved) {
        if is_resolved { resolved.push(Some(part)) } else { ordered.push(part) }
    }
    let names = resolved.iter().map(|part| part.as_ref().map_or("", |(name, _)| name.as_str()));
    for place in java_map::order(names) {
        ordered.extend(resolved.get_mut(place).and_then(Option::take));
    }
    ordered
}

/// An array; a literal if all its parts are.
fn array(parts: Vec<Template>) -> Option<Template> {
    if !parts.iter().all(|part| matches!(part, Template::Literal(_))) {
        return Some(Template::Array(parts));
    }
    let items = parts.into_iter().filter_map(Template::into_literal).collect();
    Some(Template::Literal(Value::array(items)))
}

/// An object; a literal if all its parts are.
fn object(parts: Vec<(SmolStr, Template)>) -> Option<Template> {
    if !parts.iter().all(|(_, part)| matches!(part, Template::Literal(_))) {
        return Some(Template::Object(parts));
    }
    let members = parts.into_iter().filter_map(|(key, part)| Some((key, part.into_literal()?)));
    Some(Template::Literal(Value::object(members)))
}

impl Template {
    fn into_literal(self) -> Option<Value> {
        match self {
            Self::Literal(value) => Some(value),
            _ => None,
        }
    }
}
