//! `Checker`: what a walk over a definition gathers – diagnostics, the program, and the outline
//! that the checks across states read.

use std::ops::Range;

use smol_str::SmolStr;
use value::json::{Member, Node, NodeKind};

use crate::Checked;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::fields::{In, Rules};
use crate::limits::{DIAGNOSTICS_MAX, JACKSON_SOURCE_CHARS, SUGGESTIONS_MAX};
use crate::location::Location;
use crate::options::Options;
use crate::program::{Block, Program, QueryLanguage, State, StateId};
use crate::suggest::closest;

/// The walk's memory.
pub(crate) struct Checker<'o> {
    pub(crate) text: &'o str,
    pub(crate) options: Options<'o>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// How many errors there are, also past the end of `diagnostics`.
    pub(crate) errors: usize,
    /// The machine's `QueryLanguage`.
    pub(crate) language: QueryLanguage,
    /// What has compiled, by `BlockId` and `StateId`.
    pub(crate) blocks: Vec<Option<Block>>,
    pub(crate) states: Vec<Option<State>>,
    /// What is known even of what has not compiled, by `BlockId` and `StateId`.
    pub(crate) block_outlines: Vec<BlockOutline>,
    pub(crate) outlines: Vec<StateOutline>,
}

/// What the checks across states need to know of a block.
#[derive(Debug, Default)]
pub(crate) struct BlockOutline {
    /// The state whose branch or processor it is.
    pub(crate) owner: Option<StateId>,
    /// Its states, in order.
    pub(crate) states: Vec<StateId>,
    /// Where it starts.
    pub(crate) start: Start,
    /// Its executions are children of their own: they do not see the variables around them.
    pub(crate) distributed: bool,
}

/// What a block's `StartAt` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Start {
    /// There is none, or no string.
    #[default]
    Absent,
    /// It names no state.
    Dangling,
    /// It names this one.
    At(StateId),
}

/// What the checks across states need to know of a state.
#[derive(Debug, Default)]
pub(crate) struct StateOutline {
    pub(crate) name: SmolStr,
    /// Its location.
    pub(crate) location: String,
    /// Where its name stands.
    pub(crate) span: Range<usize>,
    pub(crate) block: usize,
    /// The states that it leads to.
    pub(crate) targets: Vec<StateId>,
    /// The execution or the branch ends with it.
    pub(crate) terminal: bool,
    /// Where it leads cannot be told; a fault says why.
    pub(crate) broken: bool,
    /// The variables that it assigns.
    pub(crate) assigns: Vec<VariableUse>,
    /// The variables that its expressions read.
    pub(crate) reads: Vec<VariableUse>,
    /// The `Label` of a Map.
    pub(crate) label: Option<(SmolStr, Range<usize>)>,
}

/// A variable, assigned or read.
#[derive(Debug)]
pub(crate) struct VariableUse {
    pub(crate) name: SmolStr,
    pub(crate) span: Range<usize>,
    pub(crate) location: String,
}

impl<'o> Checker<'o> {
    pub(crate) fn new(text: &'o str, options: &Options<'o>) -> Self {
        Self {
            text,
            options: *options,
            diagnostics: Vec::new(),
            errors: 0,
            language: QueryLanguage::JsonPath,
            blocks: Vec::new(),
            states: Vec::new(),
            block_outlines: Vec::new(),
            outlines: Vec::new(),
        }
    }

    /// Adds a diagnostic, up to [`DIAGNOSTICS_MAX`].
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        if self.diagnostics.len() < DIAGNOSTICS_MAX {
            self.diagnostics.push(diagnostic);
        }
    }

    /// A `SCHEMA_VALIDATION_FAILED`.
    pub(crate) fn fault(&mut self, span: &Range<usize>, at: &Location, message: impl Into<String>) {
        self.fault_with_help(span, at, message, None);
    }

    /// The value is not of the type that stands here.
    pub(crate) fn wrong_type(&mut self, span: &Range<usize>, at: &Location, wanted: &str) {
        self.fault(span, at, format!("Expected value of type {wanted}"));
    }

    /// Text with only one of the delimiters of an expression, or without them where one must stand.
    pub(crate) fn no_expression(&mut self, span: &Range<usize>, at: &Location) {
        self.fault(span, at, "JSONata string must start with {% and end with %}");
    }

    /// None of the fields of which there must be one.
    pub(crate) fn none_of(&mut self, span: &Range<usize>, at: &Location, names: &[&str]) {
        let names = names.join(", ");
        let message =
            format!("This object should have only one of the following fields: [{names}]");
        self.fault(span, at, message);
    }

    /// Several of the fields of which there must be one.
    pub(crate) fn several_of(&mut self, span: &Range<usize>, at: &Location, names: &[&str]) {
        let names = names.join(", ");
        self.fault(
            span,
            at,
            format!("There should only be one of the following fields: [{names}]"),
        );
    }

    /// A `SCHEMA_VALIDATION_FAILED` with advice.
    pub(crate) fn fault_with_help(
        &mut self,
        span: &Range<usize>,
        at: &Location,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        self.report(Diagnostic {
            severity: Severity::Error,
            code: Code::SchemaValidationFailed,
            message: message.into(),
            location: Some(at.to_string()),
            span: span.clone(),
            help,
        });
    }

    /// A warning.
    pub(crate) fn warn(
        &mut self,
        code: Code,
        span: &Range<usize>,
        at: &Location,
        message: String,
        help: Option<String>,
    ) {
        self.report(Diagnostic {
            severity: Severity::Warning,
            code,
            message,
            location: Some(at.to_string()),
            span: span.clone(),
            help,
        });
    }

    /// Checks an object against the table of fields: which it has, which exclude each other.
    /// `language` is `None` where the fields of both languages pass. `anchor` is what to underline
    /// when something is missing. False if `node` is no object.
    pub(crate) fn shape(
        &mut self,
        node: &Node,
        at: &Location,
        anchor: &Range<usize>,
        rules: &Rules,
        language: Option<QueryLanguage>,
    ) -> bool {
        let NodeKind::Object(members) = &node.kind else {
            self.wrong_type(&node.span, at, "Object");
            return false;
        };
        for member in members {
            self.known_field(member, at, rules, language);
        }
        let has = |name: &&&str| node.get(name).is_some();
        let missing: Vec<&str> = rules.required.iter().filter(|n| !has(n)).copied().collect();
        if !missing.is_empty() {
            let message = format!("These fields are required: [{}]", missing.join(", "));
            self.fault(anchor, at, message);
        }
        for group in rules.one_of {
            if group.iter().filter(has).count() == 0 {
                self.none_of(anchor, at, group);
            }
        }
        for group in rules.one_of.iter().chain(rules.at_most_one_of) {
            if group.iter().filter(has).count() > 1 {
                let span = group.iter().rev().find_map(|name| node.get(name));
                let span = span.map_or_else(|| anchor.clone(), |member| member.key_span.clone());
                self.several_of(&span, at, group);
            }
        }
        true
    }

    /// Advice for a misspelt name.
    pub(crate) fn did_you_mean<'a>(
        &self,
        name: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Option<String> {
        if self.diagnostics.len() >= SUGGESTIONS_MAX {
            return None;
        }
        closest(name, candidates).map(|near| format!("did you mean '{near}'?"))
    }

    /// Checks that `member` belongs to an object of these `rules`.
    fn known_field(
        &mut self,
        member: &Member,
        at: &Location,
        rules: &Rules,
        language: Option<QueryLanguage>,
    ) {
        let name = &member.key;
        let (ours, theirs) = match (rules.language(name), language) {
            (None, _) => {
                let help = self.did_you_mean(name, rules.names());
                let message = format!("Field '{name}' is not supported");
                return self.fault_with_help(&member.key_span, at, message, help);
            }
            (Some(In::Jsonata), Some(QueryLanguage::JsonPath)) => ("JSONPath", "JSONata"),
            (Some(In::JsonPath), Some(QueryLanguage::Jsonata)) => ("JSONata", "JSONPath"),
            _ => return,
        };
        let message = format!(
            "The QueryLanguage is set to '{ours}', but field '{name}' is only supported for the \
             '{theirs}' QueryLanguage"
        );
        let help = match theirs {
            "JSONata" => Some("set \"QueryLanguage\": \"JSONata\" on this state".to_owned()),
            _ => jsonata_counterpart(name).map(str::to_owned),
        };
        self.fault_with_help(&member.key_span, at, message, help);
    }
}

impl Checker<'_> {
    /// JSON, but no object; AWS says no location (recorded).
    pub(crate) fn not_an_object(&mut self, span: &Range<usize>) {
        self.report(Diagnostic {
            severity: Severity::Error,
            code: Code::SchemaValidationFailed,
            message: "Definition must be a valid JSON object".to_owned(),
            location: None,
            span: span.clone(),
            help: None,
        });
    }

    /// Not JSON. The location is the one in Jackson's message.
    pub(crate) fn not_json(&mut self, error: &value::json::Error) {
        let location = format!(
            "[Source: (String)\"{}; line: {}, column: {}]",
            quoted(self.text),
            error.line,
            error.column
        );
        let end = self.text[error.offset.min(self.text.len())..].chars().next();
        self.report(Diagnostic {
            severity: Severity::Error,
            code: Code::InvalidJsonDescription,
            message: error.message.clone(),
            location: Some(location),
            span: error.offset..error.offset + end.map_or(0, char::len_utf8),
            help: None,
        });
    }

    /// The program, if nothing stands against it.
    pub(crate) fn finish(self, timeout_seconds: Option<u64>) -> Checked {
        let program = (self.errors == 0).then(|| {
            let blocks = self.blocks.into_iter().collect::<Option<_>>()?;
            let states = self.states.into_iter().collect::<Option<_>>()?;
            Some(Program { query_language: self.language, timeout_seconds, blocks, states })
        });
        Checked { program: program.flatten(), diagnostics: self.diagnostics }
    }
}

/// A source as Jackson quotes it: whole up to 500 characters, cut off after that.
fn quoted(text: &str) -> String {
    match text.char_indices().nth(JACKSON_SOURCE_CHARS) {
        None => format!("{text}\""),
        Some((end, _)) => {
            let rest = text[end..].chars().count();
            format!("{}\"[truncated {rest} chars]", &text[..end])
        }
    }
}

/// What JSONata has in place of a JSONPath field.
fn jsonata_counterpart(field: &str) -> Option<&'static str> {
    Some(match field {
        "Parameters" => "JSONata has 'Arguments' instead",
        "InputPath" => "JSONata has '$states.input' in 'Arguments' or 'Output' instead",
        "ResultSelector" | "ResultPath" | "OutputPath" | "Result" => {
            "JSONata has 'Output' instead, where '$states.input' and '$states.result' can be used"
        }
        "ItemsPath" => "JSONata has 'Items' instead",
        "Variable" | "And" | "Or" | "Not" => "JSONata has 'Condition' instead",
        _ if field.ends_with("Path") => {
            "JSONata takes an expression in the field without 'Path': \"{% … %}\""
        }
        _ => return None,
    })
}

/// The opening brace of an object: what to underline when something in it is missing.
pub(crate) fn opening(node: &Node) -> Range<usize> {
    node.span.start..node.span.start + 1
}
