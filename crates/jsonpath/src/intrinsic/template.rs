//! `Template`: the first argument of `States.Format`, cut at its `{}`.

use smol_str::SmolStr;
use value::Value;

use crate::limits::MAX_TEXT_BYTES;
use crate::{java, size};

/// The texts around the `{}`: always one more than there are of those.
#[derive(Debug)]
pub(super) struct Template(Vec<SmolStr>);

/// Whether a backslash before `char` is an escape (States Language specification, "Intrinsic
/// functions").
pub(super) fn can_be_escaped(char: char) -> bool {
    matches!(char, '\'' | '{' | '}' | '\\')
}

/// The text without its escapes.
pub(super) fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => text.extend(chars.next()),
            char => text.push(char),
        }
    }
    text
}

impl Template {
    /// Cuts a text with its escapes.
    pub(super) fn parse(raw: &str) -> Self {
        let mut texts = Vec::new();
        let mut text = String::new();
        let mut chars = raw.chars().peekable();
        while let Some(char) = chars.next() {
            match (char, chars.peek().copied()) {
                ('\\', Some(escaped)) if can_be_escaped(escaped) => {
                    text.push(escaped);
                    chars.next();
                }
                ('{', Some('}')) => {
                    texts.push(std::mem::take(&mut text).into());
                    chars.next();
                }
                _ => text.push(char),
            }
        }
        texts.push(text.into());
        Self(texts)
    }

    /// Puts the values in place: strings bare, objects as Java prints them (recorded).
    pub(super) fn fill(&self, values: &[Value]) -> Result<Value, String> {
        let wanted = self.0.len() - 1;
        let given = values.len();
        if wanted != given {
            return Err(format!(
                "Number of arguments do not match the occurrences of {{}}: expected {wanted}, but got {given}"
            ));
        }
        let mut out = String::new();
        for (at, text) in self.0.iter().enumerate() {
            out.push_str(text);
            if let Some(value) = values.get(at) {
                if out.len() + size::check(value)? > MAX_TEXT_BYTES {
                    return Err(size::too_large());
                }
                out.push_str(&java::to_text(value));
            }
        }
        Ok(Value::from(out))
    }
}
