//! Expressions in fields: JSONata between `{%` and `%}`, JSONPath paths and intrinsic calls.

use std::collections::HashSet;
use std::ops::Range;

use smol_str::SmolStr;
use value::json::{Member, Node};

use crate::checker::{Checker, VariableUse};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::location::Location;
use crate::parse::StateParser;
use crate::program::{Expression, ExpressionCode};

const OPEN: &str = "{%";
const CLOSE: &str = "%}";

/// What an expression sees of `$states`, besides `input` and `context`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StatesAccess {
    /// `$states.result`.
    pub(crate) result: bool,
    /// `$states.errorOutput`.
    pub(crate) error_output: bool,
}

impl StatesAccess {
    fn has(self, field: &str) -> bool {
        match field {
            "input" | "context" => true,
            "result" => self.result,
            "errorOutput" => self.error_output,
            _ => false,
        }
    }
}

/// A string of a JSONata state.
enum Text<'t> {
    /// The source between the delimiters.
    Expression(&'t str),
    /// One delimiter without the other.
    HalfOpen,
    /// Just a string.
    Literal,
}

/// Only delimiters at the very ends count: `" {% x %} "` is a literal (recorded).
fn classify(text: &str) -> Text<'_> {
    if let Some(inner) = text.strip_prefix(OPEN).and_then(|rest| rest.strip_suffix(CLOSE)) {
        return Text::Expression(inner);
    }
    if text.starts_with(OPEN) || text.ends_with(CLOSE) { Text::HalfOpen } else { Text::Literal }
}

impl StateParser<'_, '_> {
    /// The expression in a field that is no result's business. `Some(None)`: it is a literal.
    pub(crate) fn jsonata_value(
        &mut self,
        node: &Node,
        at: &Location,
    ) -> Option<Option<Expression>> {
        self.jsonata(node, at, StatesAccess::default())
    }

    /// The expression that the string `node` is. `Some(None)`: it is no expression. `None`: it is
    /// a faulty one.
    pub(crate) fn jsonata(
        &mut self,
        node: &Node,
        at: &Location,
        access: StatesAccess,
    ) -> Option<Option<Expression>> {
        let Some(text) = node.as_str().filter(|_| self.is_jsonata()) else { return Some(None) };
        let inner = match classify(text) {
            Text::Literal => return Some(None),
            Text::HalfOpen => {
                self.checker.no_expression(&node.span, at);
                return None;
            }
            Text::Expression(inner) => inner,
        };
        let source = inner.trim();
        let start = OPEN.len() + (inner.len() - inner.trim_start().len());
        let compiled = match jsonata::Expression::compile(source) {
            Ok(compiled) => compiled,
            Err(_) if self.checker.is_placeholder(node) => return Some(None),
            Err(error) => {
                let span = span_in_string(self.checker.text, &node.span, start + error.position);
                self.jsonata_fault(Code::InvalidJsonataExpression, error.message, span, at);
                return None;
            }
        };
        self.supported(&compiled, node, start, at, access)?;
        let variables: Vec<SmolStr> = compiled.free_variables().iter().map(SmolStr::new).collect();
        for name in variables {
            // `$` alone is the context value, `$states` is not a variable of the workflow.
            if !name.is_empty() && name != "states" && name != "$" {
                self.reads(&name, &node.span, at);
            }
        }
        let field = at.within(&self.outline.location).into();
        // `$states` without a member can hand the context on to anything.
        let reads_context = source.contains("context")
            || source.matches("$states").count() != source.matches("$states.").count();
        Some(Some(Expression {
            code: ExpressionCode::Jsonata { code: compiled, reads_context },
            field,
        }))
    }

    /// Refuses what AWS refuses of an expression that parses.
    fn supported(
        &mut self,
        compiled: &jsonata::Expression,
        node: &Node,
        start: usize,
        at: &Location,
        access: StatesAccess,
    ) -> Option<()> {
        let mut faults: Vec<(String, usize)> = Vec::new();
        for reference in compiled.unsupported_references() {
            faults.push((reference.message, reference.offset));
        }
        for field in compiled.states_fields() {
            if !access.has(&field.name) {
                let message = format!("Field '$states.{}' does not exist.", field.name);
                faults.push((message, field.offset));
            }
        }
        // One diagnostic for each distinct name (measured).
        let mut told = HashSet::new();
        faults.retain(|(message, _)| told.insert(message.clone()));
        let fine = faults.is_empty();
        for (message, offset) in faults {
            let span = span_in_string(self.checker.text, &node.span, start + offset);
            self.jsonata_fault(Code::UnsupportedJsonataExpression, message, span, at);
        }
        fine.then_some(())
    }

    fn jsonata_fault(&mut self, code: Code, message: String, span: Range<usize>, at: &Location) {
        let help = help(&message);
        self.checker.report(Diagnostic {
            severity: Severity::Error,
            code,
            message,
            location: Some(at.to_string()),
            span,
            help,
        });
    }

    /// A path or an intrinsic call; `None`, without a diagnostic, if `text` is neither.
    pub(crate) fn dynamic(
        &mut self,
        text: &str,
        node: &Node,
        at: &Location,
        field: &str,
    ) -> Option<Expression> {
        let dynamic = jsonpath::Dynamic::parse(text).ok()?;
        let variables: Vec<SmolStr> = dynamic.variables().map(SmolStr::new).collect();
        for name in variables {
            self.reads(&name, &node.span, at);
        }
        Some(Expression { code: ExpressionCode::JsonPath(dynamic), field: field.into() })
    }

    /// The value of a `.$` key. `at` is the template's field, where AWS locates the fault
    /// (recorded). `Some(None)` is a placeholder, which stays what it is.
    pub(crate) fn dynamic_member(
        &mut self,
        member: &Member,
        at: &Location,
    ) -> Option<Option<Expression>> {
        let node = &member.value;
        let Some(text) = node.as_str() else {
            if self.checker.is_placeholder(node) {
                return Some(None);
            }
            let kind = node.to_value().type_name().to_uppercase();
            let message = format!(
                "The value for the field '{}' must be a STRING that contains a JSONPath but was \
                 {} {kind}",
                member.key,
                if kind.starts_with(['A', 'O']) { "an" } else { "a" },
            );
            self.checker.fault(&node.span, at, message);
            return None;
        };
        if let Some(expression) = self.dynamic(text, node, at, &member.key) {
            return Some(Some(expression));
        }
        if self.checker.is_placeholder(node) {
            return Some(None);
        }
        self.checker.not_dynamic(&node.span, at, &member.key);
        None
    }

    /// Notes that the state reads a variable.
    pub(crate) fn reads(&mut self, name: &str, span: &Range<usize>, at: &Location) {
        self.outline.reads.push(VariableUse {
            name: name.into(),
            span: span.clone(),
            location: at.to_string(),
        });
    }
}

impl Checker<'_> {
    /// The fault of a text that is neither a path nor an intrinsic call.
    pub(crate) fn not_dynamic(&mut self, span: &Range<usize>, at: &Location, field: &str) {
        let message = format!(
            "The value for the field '{field}' must be a valid JSONPath or a valid intrinsic \
             function call"
        );
        let text = self.text.get(span.start + 1..span.end.saturating_sub(1)).unwrap_or_default();
        let reason = jsonpath::Dynamic::parse(text).err().map(|error| error.message);
        self.fault_with_help(span, at, message, reason);
    }
}

/// What to do about a JSONata fault.
fn help(message: &str) -> Option<String> {
    if let Some(rest) = message.strip_prefix("Reference to '") {
        let name = rest.split('\'').next().unwrap_or_default();
        return Some(match name {
            "$$" => "use $states.input, or $states.context".to_owned(),
            _ => format!(
                "write $states.input.{name} for the input's field, or ${name} for a variable"
            ),
        });
    }
    if message.contains("$states.result") {
        return Some(
            "$states.result is there in Output and Assign of Task, Parallel and Map".into(),
        );
    }
    if message.contains("$states.errorOutput") {
        return Some("$states.errorOutput is there in Output and Assign of a Catcher".into());
    }
    message
        .contains("$states.")
        .then(|| "$states has input, context, result and errorOutput".to_owned())
}

/// The bytes of the text, within the JSON string at `string`, of the word that starts `offset`
/// bytes into the string's value, or is there. Escapes make the value shorter than what is written.
fn span_in_string(text: &str, string: &Range<usize>, offset: usize) -> Range<usize> {
    let Some(written) = text.get(string.start + 1..string.end.saturating_sub(1)) else {
        return string.clone();
    };
    let is_word = |c: char| c.is_alphanumeric() || "_$.".contains(c);
    // JSONata counts to a token's end as often as to its start: take the word from its start.
    let (mut value_at, mut at, mut word_from) = (0, 0, 0);
    while value_at < offset && at < written.len() {
        let (read, made) = one_char(&written[at..]);
        let in_word = written[at..].chars().next().is_some_and(is_word);
        at += read;
        value_at += made;
        if !in_word {
            word_from = at;
        }
    }
    let rest = &written[word_from..];
    let word = rest.find(|c: char| !is_word(c));
    let len = word.unwrap_or(rest.len()).max(rest.chars().next().map_or(0, char::len_utf8));
    if len == 0 {
        // It ends too early: the end is what to look at.
        return string.end.saturating_sub(1)..string.end;
    }
    let start = string.start + 1 + word_from;
    start..start + len
}

/// How many bytes of a JSON string make its next character, and how many bytes that has.
fn one_char(written: &str) -> (usize, usize) {
    let mut chars = written.chars();
    match chars.next() {
        Some('\\') if chars.next() == Some('u') => {
            let code = written.get(2..6).and_then(|hex| u32::from_str_radix(hex, 16).ok());
            match code {
                // The first half of a pair: both halves make four bytes.
                Some(0xd800..0xdc00) => (written.len().min(12), 4),
                Some(code) => (6, char::from_u32(code).map_or(3, char::len_utf8)),
                None => (written.len().min(2), 1),
            }
        }
        Some('\\') => (written.len().min(2), 1),
        Some(c) => (c.len_utf8(), c.len_utf8()),
        None => (0, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_reckon_with_escapes() {
        let text = r#"{"a": "x\n\u00e9 phone + 1"}"#;
        let string = 6..text.len() - 1;
        let value = "x\né phone + 1";
        let span = span_in_string(text, &string, value.find("phone").unwrap());
        assert_eq!(&text[span], "phone");
        let span = span_in_string(text, &string, value.find(" + ").unwrap());
        assert_eq!(&text[span], "phone");
        let span = span_in_string(text, &string, value.len());
        assert_eq!(&text[span], "1");
        assert_eq!(span_in_string("\"{% %}\"", &(0..7), 6), 6..7);
        for offset in 0..40 {
            let span = span_in_string(text, &string, offset);
            assert!(text.get(span).is_some());
        }
    }
}
