//! `Assign`: the variables that a state, a Choice rule or a Catcher sets.

use value::json::{Member, Node, NodeKind};

use crate::checker::{Checker, VariableUse};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::expression::StatesAccess;
use crate::limits::VARIABLE_NAME_CHARS;
use crate::location::Location;
use crate::parse::StateParser;
use crate::program::Assignment;

impl StateParser<'_, '_> {
    /// The `Assign` of `node`; `None` is a fault.
    pub(crate) fn assign(
        &mut self,
        node: &Node,
        at: &Location,
        access: StatesAccess,
    ) -> Option<Vec<Assignment>> {
        let Some(member) = node.get("Assign") else { return Some(Vec::new()) };
        let at = at.field("Assign");
        let NodeKind::Object(members) = &member.value.kind else {
            self.checker.wrong_type(&member.value.span, &at, "Object");
            return None;
        };
        let parts: Vec<Option<Assignment>> =
            members.iter().map(|member| self.assignment(member, &at, access)).collect();
        parts.into_iter().collect()
    }

    fn assignment(
        &mut self,
        member: &Member,
        at: &Location,
        access: StatesAccess,
    ) -> Option<Assignment> {
        let (name, value) = if self.is_jsonata() {
            let at = at.field(&member.key);
            (member.key.clone(), self.template(&member.value, &at, access))
        } else {
            let name = member.key.strip_suffix(".$").unwrap_or(&member.key).into();
            (name, self.payload_member(member, at, at).map(|(_, template)| template))
        };
        if !self.checker.variable_name(&name, member, at) {
            return None;
        }
        self.outline.assigns.push(VariableUse {
            name: name.clone(),
            span: member.key_span.clone(),
            location: at.to_string(),
        });
        Some(Assignment { name, value: value? })
    }
}

impl Checker<'_> {
    /// Whether a variable may have this name.
    fn variable_name(&mut self, name: &str, member: &Member, at: &Location) -> bool {
        let (code, message) = if name == "states" {
            let message = "Cannot assign to reserved variable '$states'.";
            (Code::ReservedVariableName, message.to_owned())
        } else if name.chars().count() > VARIABLE_NAME_CHARS {
            let message = format!(
                "Invalid variable name '{name}': the variable name exceeds the \
                 {VARIABLE_NAME_CHARS}-character limit."
            );
            (Code::InvalidVariableName, message)
        } else if !is_identifier(name) && !self.is_placeholder_name(name) {
            let message = format!(
                "Invalid variable name '{name}': the variable name contains invalid characters."
            );
            (Code::InvalidVariableName, message)
        } else {
            return true;
        };
        let help = match code {
            Code::ReservedVariableName => "choose another name".to_owned(),
            _ => {
                "a name starts with a letter and goes on with letters, digits and '_'; only whole \
                  variables can be assigned"
                    .to_owned()
            }
        };
        self.report(Diagnostic {
            severity: Severity::Error,
            code,
            message,
            location: Some(at.to_string()),
            span: member.key_span.clone(),
            help: Some(help),
        });
        false
    }

    fn is_placeholder_name(&self, name: &str) -> bool {
        self.options.placeholders && name.contains("${")
    }
}

/// Unicode's ID_Start, then ID_Continue, as the standard library's classes come closest to them.
fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    let first = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    first && chars.all(|c| c.is_alphanumeric() || c == '_')
}
