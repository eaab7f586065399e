//! `StateParser`: one state – its type, language, transitions – on the way into the program.

use std::ops::Range;

use smol_str::SmolStr;
use value::Value;
use value::json::{Member, Node, NodeKind};

use crate::checker::{Checker, StateOutline};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::expression::StatesAccess;
use crate::fields::{self, TYPES};
use crate::location::Location;
use crate::parse::block::Names;
use crate::program::{BlockId, QueryLanguage, State, StateId, StateKind};

/// What is known while one state is parsed.
pub(crate) struct StateParser<'c, 'o> {
    pub(crate) checker: &'c mut Checker<'o>,
    /// The states of its block.
    pub(crate) names: &'c mut Names,
    pub(crate) id: StateId,
    pub(crate) language: QueryLanguage,
    pub(crate) outline: StateOutline,
    /// How many blocks it stands in.
    pub(crate) depth: usize,
}

/// Parses the state in `member` and records its outline; the program's state if it has no fault.
pub(crate) fn state<'c>(
    checker: &'c mut Checker<'_>,
    names: &'c mut Names,
    id: StateId,
    member: &Member,
    at: &Location,
    depth: usize,
) {
    let outline = StateOutline {
        name: member.key.clone(),
        location: at.to_string(),
        span: member.key_span.clone(),
        block: names.block.0 as usize,
        ..StateOutline::default()
    };
    let language = checker.language;
    let mut parser = StateParser { checker, names, id, language, outline, depth };
    let faults = parser.checker.errors;
    let state = parser.state(&member.value, at);
    let outline = parser.outline;
    if let Some(mut state) = state
        && checker.errors == faults
    {
        let mut names: Vec<SmolStr> = outline.reads.iter().map(|read| read.name.clone()).collect();
        // AWS lists them in order of their names (recorded).
        names.sort_unstable();
        names.dedup();
        state.variable_references = names;
        checker.states[id.0 as usize] = Some(state);
    }
    checker.outlines[id.0 as usize] = outline;
}

impl StateParser<'_, '_> {
    fn state(&mut self, node: &Node, at: &Location) -> Option<State> {
        let anchor = self.outline.span.clone();
        if !matches!(node.kind, NodeKind::Object(_)) {
            self.outline.broken = true;
            self.checker.wrong_type(&node.span, at, "Object");
            return None;
        }
        let foreign = self.query_language(node, at);
        let Some(type_name) = self.type_name(node, at, &anchor) else {
            self.outline.broken = true;
            self.next(node, at);
            return None;
        };
        if let Some(rules) = fields::state(type_name) {
            let language = (!foreign).then_some(self.language);
            self.checker.shape(node, at, &anchor, rules, language);
        }
        self.checker.comment(node, at);
        let next = match type_name {
            "Choice" | "Succeed" | "Fail" => None,
            _ => self.next(node, at),
        };
        let kind = self.kind(type_name, node, at);
        let flow = self.flow(node, at, type_name);
        let (retry, catch) = match type_name {
            "Task" | "Parallel" | "Map" => (self.retry(node, at), self.catch(node, at)),
            _ => (Some(Vec::new()), Some(Vec::new())),
        };
        let assign = match type_name {
            "Succeed" | "Fail" => Some(Vec::new()),
            _ => self.assign(node, at, StatesAccess::of(type_name)),
        };
        Some(State {
            id: self.id,
            name: self.outline.name.clone(),
            block: BlockId(self.outline.block as u32),
            query_language: self.language,
            kind: kind?,
            flow: flow?,
            assign: assign?,
            next,
            retry: retry?,
            catch: catch?,
            variable_references: Vec::new(),
        })
    }

    fn kind(&mut self, type_name: &str, node: &Node, at: &Location) -> Option<StateKind> {
        match type_name {
            "Pass" => self.pass(node, at),
            "Task" => self.task(node, at),
            "Wait" => self.wait(node, at),
            "Choice" => self.choice(node, at),
            "Parallel" => self.parallel(node, at),
            "Map" => self.map(node, at),
            "Succeed" => self.succeed(),
            _ => self.fail(node, at),
        }
    }

    fn type_name(
        &mut self,
        node: &Node,
        at: &Location,
        anchor: &Range<usize>,
    ) -> Option<&'static str> {
        let Some(member) = node.get("Type") else {
            self.checker.fault(anchor, at, "These fields are required: [Type]");
            return None;
        };
        let text = member.value.as_str().unwrap_or_default();
        if let Some(name) = TYPES.iter().find(|name| **name == text) {
            return Some(name);
        }
        let list = TYPES.join(", ");
        let message = format!("The field 'Type' should have one of these values: [{list}]");
        let help = self.checker.did_you_mean(text, TYPES.iter().copied());
        self.checker.fault_with_help(&member.value.span, &at.field("Type"), message, help);
        None
    }

    /// Sets the state's language. True if it is JSONPath in a JSONata machine, which hides the
    /// faults of fields of the other language (measured).
    fn query_language(&mut self, node: &Node, at: &Location) -> bool {
        let Some(member) = node.get("QueryLanguage") else { return false };
        self.language = self.checker.query_language(member, at);
        let foreign = self.language == QueryLanguage::JsonPath
            && self.checker.language == QueryLanguage::Jsonata;
        if foreign {
            let message = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole \
                           state machine";
            self.checker.fault(&member.value.span, at, message);
        }
        foreign
    }

    /// `Next` and `End`.
    fn next(&mut self, node: &Node, at: &Location) -> Option<StateId> {
        if let Some(end) = node.get("End") {
            self.outline.terminal = true;
            let at = at.field("End");
            if self.checker.boolean(&end.value, &at) == Some(false) {
                let message = "Value should be one of the following: [true]";
                self.checker.fault(&end.value.span, &at, message);
            }
        }
        let Some(next) = node.get("Next") else {
            self.outline.broken |= !self.outline.terminal;
            return None;
        };
        self.target(&next.value, &at.field("Next"))
    }

    /// The state that `node` names, in the same block.
    pub(crate) fn target(&mut self, node: &Node, at: &Location) -> Option<StateId> {
        let Some(name) = self.checker.string(node, at) else {
            self.outline.broken = true;
            return None;
        };
        let found = self.names.find(self.checker, &name, &node.span, at);
        self.outline.targets.extend(found);
        found
    }

    /// Whether it is a JSONata state.
    pub(crate) fn is_jsonata(&self) -> bool {
        self.language == QueryLanguage::Jsonata
    }
}

impl Checker<'_> {
    /// The value of a `QueryLanguage`. Only exactly `JSONPath` is JSONPath; whatever else it says
    /// is a fault, and the other checks then go by JSONata (measured).
    pub(crate) fn query_language(&mut self, member: &Member, owner: &Location) -> QueryLanguage {
        const VALUES: &[&str] = &["JSONPath", "JSONata"];
        let at = owner.field("QueryLanguage");
        let node = &member.value;
        match &node.kind {
            NodeKind::Scalar(Value::String(text)) if text == "JSONPath" => {
                return QueryLanguage::JsonPath;
            }
            NodeKind::Scalar(Value::String(_)) => {
                self.one_of(node, &at, VALUES);
            }
            // AWS's text for this field has brackets and capitals (measured).
            _ => self.wrong_type(&node.span, &at, "[STRING]"),
        }
        QueryLanguage::Jsonata
    }

    /// A `MISSING_TRANSITION_TARGET`. AWS says 'Next' whatever the field is (measured).
    pub(crate) fn missing_target<'a>(
        &mut self,
        name: &str,
        span: &Range<usize>,
        at: &Location,
        names: impl Iterator<Item = &'a str>,
    ) {
        let help = self.did_you_mean(name, names);
        self.report(Diagnostic {
            severity: Severity::Error,
            code: Code::MissingTransitionTarget,
            message: format!("Missing 'Next' target: {name}"),
            location: Some(at.to_string()),
            span: span.clone(),
            help,
        });
    }
}
