//! Choice: `Choices` and `Default`; the conditions are in `condition`.

use value::json::Node;

use crate::checker::opening;
use crate::expression::StatesAccess;
use crate::fields::CHOICE_RULE;
use crate::location::Location;
use crate::parse::StateParser;
use crate::program::{Rule, StateKind};

impl StateParser<'_, '_> {
    pub(crate) fn choice(&mut self, node: &Node, at: &Location) -> Option<StateKind> {
        let default = match node.get("Default") {
            None => Some(None),
            Some(member) => self.target(&member.value, &at.field("Default")).map(Some),
        };
        let Some(member) = node.get("Choices") else {
            self.outline.broken = true;
            return None;
        };
        let at = at.field("Choices");
        let Some(items) = self.checker.items(&member.value, &at) else {
            self.outline.broken = true;
            return None;
        };
        let rules: Vec<Option<Rule>> = items
            .iter()
            .enumerate()
            .map(|(index, item)| self.rule(item, &at.item(index)))
            .collect();
        Some(StateKind::Choice {
            rules: rules.into_iter().collect::<Option<_>>()?,
            default: default?,
        })
    }

    fn rule(&mut self, node: &Node, at: &Location) -> Option<Rule> {
        let language = Some(self.language);
        if !self.checker.shape(node, at, &opening(node), &CHOICE_RULE, language) {
            self.outline.broken = true;
            return None;
        }
        self.checker.comment(node, at);
        let condition = self.condition(node, at, 0);
        let next = match node.get("Next") {
            Some(next) => self.target(&next.value, &at.field("Next")),
            None => {
                self.outline.broken = true;
                None
            }
        };
        let access = StatesAccess::default();
        let assign = self.assign(node, at, access);
        let output = match self.is_jsonata() {
            true => self.template_field(node, at, "Output", access),
            false => Some(None),
        };
        Some(Rule { condition: condition?, next: next?, assign: assign?, output: output? })
    }
}
