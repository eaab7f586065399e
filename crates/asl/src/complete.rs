//! Completions: what may stand where the cursor is in a definition that is being typed.
//!
//! The text need not be JSON yet, so it is read token by token up to the cursor.

use std::ops::Range;

use crate::fields::{self, In, Rules};

/// Deeper text is not completed.
const MAX_DEPTH: usize = 512;

/// Something that may stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What it is called.
    pub label: String,
    /// `field`, `value`, `state`, `resource` or `error`.
    pub kind: &'static str,
    /// What it is: the type of a state.
    pub detail: Option<String>,
    /// The text that takes the place of `span`.
    pub insert: String,
    /// The bytes that it takes the place of.
    pub span: Range<usize>,
}

/// The error names of the States Language.
const ERRORS: &[&str] = &[
    "States.ALL",
    "States.BranchFailed",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.IntrinsicFailure",
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.QueryEvaluationError",
    "States.ResultPathMatchFailure",
    "States.ResultWriterFailed",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
];

/// The functions that JSONata expressions may call, each with its signature.
pub fn functions() -> impl ExactSizeIterator<Item = (&'static str, &'static str)> {
    jsonata::functions()
}

/// What may stand at byte `offset` of `text`. `resources`: what a `Resource` may name.
pub fn complete(text: &str, offset: usize, resources: &[String]) -> Vec<Completion> {
    let Some(before) = text.get(..offset) else { return Vec::new() };
    let Some(cursor) = Cursor::read(before) else { return Vec::new() };
    let span = cursor.word..word_end(text, offset, cursor.quoted);
    let typed = text.get(cursor.word..offset).unwrap_or_default().trim_start_matches('"');
    let found =
        if cursor.at_key() { cursor.fields(text, &span) } else { cursor.values(text, resources) };
    let mut found: Vec<_> = found
        .into_iter()
        .filter(|(label, ..)| matches(label, typed))
        .map(|(label, kind, detail, insert)| Completion {
            label,
            kind,
            detail,
            insert,
            span: span.clone(),
        })
        .collect();
    // What begins as typed comes first; otherwise the order is that of the table.
    found.sort_by_key(|it| !starts(&it.label, typed));
    found
}

/// Label, kind, detail and text of a completion.
type Found = (String, &'static str, Option<String>, String);

fn starts(label: &str, typed: &str) -> bool {
    label.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

fn matches(label: &str, typed: &str) -> bool {
    starts(label, typed) || label.to_ascii_lowercase().contains(&typed.to_ascii_lowercase())
}

/// Where the string or word at the cursor ends.
fn word_end(text: &str, offset: usize, quoted: bool) -> usize {
    let rest = text.get(offset..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    if quoted {
        let close = line.find(['"', ',', ':', '{', '}']);
        return match close {
            Some(at) if line.as_bytes().get(at) == Some(&b'"') => offset + at + 1,
            _ => offset,
        };
    }
    let is_word = |it: char| it.is_alphanumeric();
    offset + line.find(|it| !is_word(it)).unwrap_or(line.len())
}

/// An object or array that is open at the cursor.
#[derive(Debug)]
struct Open {
    /// Where it begins.
    start: usize,
    is_object: bool,
    /// The key whose value comes or goes on; for arrays none.
    key: Option<String>,
    /// A `:` has come after the key.
    has_colon: bool,
}

/// Where the cursor is.
#[derive(Debug)]
struct Cursor {
    open: Vec<Open>,
    /// Where the word at the cursor begins, its quote included.
    word: usize,
    /// Whether it begins with a quote.
    quoted: bool,
}

impl Cursor {
    /// Reads the text before the cursor; `None` where nothing can be completed.
    fn read(before: &str) -> Option<Self> {
        let bytes = before.as_bytes();
        let (mut open, mut at): (Vec<Open>, usize) = (Vec::new(), 0);
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'{' | b'[' if open.len() >= MAX_DEPTH => return None,
                b'{' | b'[' => {
                    let is_object = *byte == b'{';
                    open.push(Open { start: at, is_object, key: None, has_colon: false });
                }
                b'}' | b']' => drop(open.pop()),
                b':' => {
                    if let Some(top) = open.last_mut() {
                        top.has_colon = true;
                    }
                }
                b',' => {
                    if let Some(top) = open.last_mut() {
                        (top.key, top.has_colon) = (None, false);
                    }
                }
                b'"' => {
                    let Some(end) = string_end(bytes, at) else {
                        return Some(Self { open, word: at, quoted: true });
                    };
                    if let Some(top) = open.last_mut().filter(|top| top.is_object && !top.has_colon)
                    {
                        top.key = before.get(at + 1..end).map(str::to_owned);
                    }
                    at = end;
                }
                _ => {}
            }
            at += 1;
        }
        let word = before.rfind(|it: char| !it.is_alphanumeric());
        let word = word.map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        Some(Self { open, word, quoted: false })
    }

    fn at_key(&self) -> bool {
        self.open.last().is_some_and(|top| top.is_object && !top.has_colon)
    }

    /// The keys on the way to the object or array `depth` levels above the innermost one.
    fn key(&self, depth: usize) -> Option<&str> {
        let at = self.open.len().checked_sub(depth + 1)?;
        self.open.get(at)?.key.as_deref()
    }

    /// The fields that the object at the cursor takes and does not have.
    fn fields(&self, text: &str, span: &Range<usize>) -> Vec<Found> {
        let Some(top) = self.open.last() else { return Vec::new() };
        let members = members(text, top.start);
        let mut rules: Vec<&Rules> = Vec::new();
        match (self.key(1), self.key(2)) {
            (None, None) if self.open.len() == 1 => rules.push(&fields::MACHINE),
            (None, Some("Branches")) => rules.push(&fields::BRANCH),
            (None, Some("Retry")) => rules.push(&fields::RETRIER),
            (None, Some("Catch")) => rules.push(&fields::CATCHER),
            (None, Some("Choices")) => rules.push(&fields::CHOICE_RULE),
            (None, Some("And" | "Or")) | (Some("Not"), _) => rules.push(&fields::NESTED_RULE),
            (Some("ItemProcessor" | "Iterator"), _) => rules.push(&fields::PROCESSOR),
            (Some("ProcessorConfig"), _) => rules.push(&fields::DISTRIBUTED_CONFIG),
            (Some(_), Some("States")) => {
                let of_type = members.iter().find(|(key, _)| key == "Type");
                match of_type.and_then(|(_, value)| fields::state(value.as_deref()?)) {
                    Some(of_type) => rules.push(of_type),
                    None => rules.extend(fields::state("Pass")),
                }
            }
            _ => {}
        }
        let language = self.language(text);
        let has_colon = text.get(span.end..).is_some_and(|it| it.trim_start().starts_with(':'));
        let insert =
            |name: &str| if has_colon { format!("\"{name}\"") } else { format!("\"{name}\": ") };
        let names = rules.into_iter().flat_map(|rules| {
            rules.names().filter(move |name| {
                let other = if language == In::Jsonata { In::JsonPath } else { In::Jsonata };
                rules.language(name) != Some(other)
            })
        });
        names
            .filter(|name| !members.iter().any(|(key, _)| key == name))
            .map(|name| (name.to_owned(), "field", None, insert(name)))
            .collect()
    }

    /// The query language at the cursor: that of the innermost object that says it.
    fn language(&self, text: &str) -> In {
        let objects = self.open.iter().rev().filter(|open| open.is_object);
        let said = objects.filter_map(|open| {
            let members = members(text, open.start);
            members.into_iter().find(|(key, _)| key == "QueryLanguage")?.1
        });
        let said = said.map(|value| if value == "JSONata" { In::Jsonata } else { In::JsonPath });
        said.into_iter().next().unwrap_or(In::JsonPath)
    }

    fn values(&self, text: &str, resources: &[String]) -> Vec<Found> {
        let plain = |kind: &'static str, names: &[&str]| -> Vec<Found> {
            let quoted =
                names.iter().map(|name| (name.to_string(), kind, None, format!("\"{name}\"")));
            quoted.collect()
        };
        match self.key(0).or_else(|| self.key(1)) {
            Some("Type") => plain("value", fields::TYPES),
            Some("QueryLanguage") => plain("value", &["JSONata", "JSONPath"]),
            Some("Mode") => plain("value", &["INLINE", "DISTRIBUTED"]),
            Some("ExecutionType") => plain("value", &["STANDARD", "EXPRESS"]),
            Some("JitterStrategy") => plain("value", &["FULL", "NONE"]),
            Some("ErrorEquals") => plain("error", ERRORS),
            Some("End") => {
                ["true", "false"].map(|it| (it.to_owned(), "value", None, it.to_owned())).into()
            }
            Some("Next" | "Default" | "StartAt") => self.states(text),
            Some("Resource") => {
                let quoted = |arn: &String| (arn.clone(), "resource", None, format!("\"{arn}\""));
                resources.iter().map(quoted).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The states of the block that the cursor is in.
    fn states(&self, text: &str) -> Vec<Found> {
        let blocks = self.open.iter().rev().filter(|open| open.is_object);
        let found = blocks.filter_map(|open| {
            let mut starts = member_starts(text, open.start).into_iter();
            starts.find(|(key, _)| key == "States").map(|(_, start)| start)
        });
        let Some(start) = found.into_iter().next() else { return Vec::new() };
        let of_type = |start: usize| {
            members(text, start).into_iter().find(|(key, _)| key == "Type").and_then(|it| it.1)
        };
        member_starts(text, start)
            .into_iter()
            .map(|(name, start)| {
                let insert = format!("\"{name}\"");
                (name, "state", of_type(start), insert)
            })
            .collect()
    }
}

/// Where the string that begins at `start` ends: at its quote, or `None` if its line has no other.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return Some(at),
            b'\\' => at += 1,
            b'\n' => return None,
            _ => {}
        }
        at += 1;
    }
    None
}

/// The keys of the object at `start`, with the text of values that are strings.
fn members(text: &str, start: usize) -> Vec<(String, Option<String>)> {
    let value = |at: usize| {
        let end =
            string_end(text.as_bytes(), at).filter(|_| text.as_bytes().get(at) == Some(&b'"'));
        end.and_then(|end| text.get(at + 1..end)).map(str::to_owned)
    };
    member_starts(text, start).into_iter().map(|(key, at)| (key, value(at))).collect()
}

/// The keys of the object at `start`, and where the value of each begins.
fn member_starts(text: &str, start: usize) -> Vec<(String, usize)> {
    let bytes = text.as_bytes();
    let (mut found, mut depth, mut at): (Vec<(String, usize)>, usize, usize) =
        (Vec::new(), 0, start);
    let mut key: Option<String> = None;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            b',' if depth == 1 => key = None,
            b':' if depth == 1 => {
                if let Some(key) = key.take() {
                    let rest = text.get(at + 1..).unwrap_or_default();
                    found.push((key, at + 1 + (rest.len() - rest.trim_start().len())));
                }
            }
            b'"' => {
                let Some(end) = string_end(bytes, at) else {
                    at += 1;
                    continue;
                };
                if depth == 1 {
                    key = text.get(at + 1..end).map(str::to_owned);
                }
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Labels and the text with the first one taken, for a text whose cursor is `|`.
    fn at(marked: &str) -> (Vec<String>, String) {
        let offset = marked.find('|').unwrap();
        let text = marked.replacen('|', "", 1);
        let resources = ["arn:aws:states:::sqs:sendMessage".to_owned()];
        let found = complete(&text, offset, &resources);
        let taken = found.first().map_or(text.clone(), |first| {
            format!("{}{}{}", &text[..first.span.start], first.insert, &text[first.span.end..])
        });
        (found.into_iter().map(|it| it.label).collect(), taken)
    }

    #[test]
    fn fields_follow_type_and_language() {
        let (labels, taken) = at(r#"{"States":{"A":{"Type":"Task","Res|}}}"#);
        assert_eq!(labels[0], "ResultPath");
        assert!(labels.contains(&"Resource".to_owned()) && !labels.contains(&"Seconds".to_owned()));
        assert_eq!(taken, r#"{"States":{"A":{"Type":"Task","ResultPath": }}}"#);
        let (labels, _) = at(r#"{"QueryLanguage":"JSONata","States":{"A":{"Type":"Pass", "|"}}}"#);
        assert!(labels.contains(&"Output".to_owned()) && !labels.contains(&"InputPath".to_owned()));
        assert!(!labels.contains(&"Type".to_owned()), "it is there");
        let (labels, taken) = at(r#"{"St|"#);
        assert_eq!(
            (labels, taken.as_str()),
            (vec!["StartAt".into(), "States".into()], r#"{"StartAt": "#)
        );
    }

    #[test]
    fn values_are_those_of_their_field() {
        let (labels, taken) =
            at(r#"{"States":{"A":{"Next": "S|x","End":1},"Ship":{"Type":"Wait"}}}"#);
        assert_eq!(labels, ["Ship"]);
        assert!(taken.contains(r#""Next": "Ship","#), "{taken}");
        assert_eq!(at(r#"{"States":{"A":{"Type": |}}}"#).0.len(), 8);
        assert_eq!(at(r#"{"States":{"A":{"Resource": "sqs|"}}}"#).0.len(), 1);
        let (labels, _) =
            at(r#"{"States":{"A":{"Type":"Task","Retry":[{"ErrorEquals":["States.T|"]}]}}}"#);
        assert_eq!(labels, ["States.TaskFailed", "States.Timeout"]);
    }

    #[test]
    fn any_place_of_any_text_is_survived() {
        let text = "{\"States\":{\"é\":{\"Next\":\"\\\",[{}]\"}}\n,\"x\": [1, {\"Type\"";
        for offset in 0..=text.len() + 1 {
            complete(text, offset, &[]);
            complete(text.get(offset..).unwrap_or(""), 3, &[]);
        }
        complete(&"[".repeat(100_000), 100_000, &[]);
        complete(&"\"".repeat(100_001), 100_001, &[]);
    }
}
