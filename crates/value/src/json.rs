//! JSON text to values: one scanner, two builders (with and without spans), Jackson's error texts.
//!
//! AWS shows Jackson's messages to callers (`Unrecognized token 'not': was expecting (…)`), so the
//! scanner finds faults in Jackson's order and says them in its words.

use std::fmt;
use std::ops::Range;

use smol_str::SmolStr;

use crate::{Object, Value};

/// How deep arrays and objects may nest: Jackson's `StreamReadConstraints` default.
pub const MAX_DEPTH: usize = 1000;

/// A fault in a JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Jackson's message, without its location.
    pub message: String,
    /// Where, in bytes from the start.
    pub offset: usize,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at line {}, column {}", self.message, self.line, self.column)
    }
}

impl std::error::Error for Error {}

/// A JSON value that knows where it stands in its text.
#[derive(Clone, Debug)]
pub struct Node {
    /// The bytes of the text that it takes.
    pub span: Range<usize>,
    /// What it is.
    pub kind: NodeKind,
}

/// The kinds of `Node`.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// `null`, a boolean, a number or a string.
    Scalar(Value),
    /// The items of an array.
    Array(Vec<Node>),
    /// The members of an object as written, repeated keys included.
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Member {
    /// The key, unescaped.
    pub key: SmolStr,
    /// Where the key stands, quotes included.
    pub key_span: Range<usize>,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The value without its spans.
    pub fn to_value(&self) -> Value {
        match &self.kind {
            NodeKind::Scalar(value) => value.clone(),
            NodeKind::Array(items) => Value::array(items.iter().map(Self::to_value).collect()),
            NodeKind::Object(members) => {
                Value::object(members.iter().map(|m| (m.key.clone(), m.value.to_value())))
            }
        }
    }

    /// The member `key` of an object; the last of repeated ones.
    pub fn get(&self, key: &str) -> Option<&Member> {
        match &self.kind {
            NodeKind::Object(members) => members.iter().rev().find(|member| member.key == key),
            _ => None,
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar(value) => value.as_str(),
            _ => None,
        }
    }
}

/// Parses one JSON document.
///
/// # Errors
/// The text is not exactly one JSON document, or nests deeper than [`MAX_DEPTH`].
pub fn parse(text: &str) -> Result<Value, Error> {
    document(text, &mut ValueBuilder, MAX_DEPTH)
}

/// Parses text that this program rendered, however deep it nests: a template may put a document
/// of [`MAX_DEPTH`] into others, and what was rendered must be read again.
///
/// # Errors
/// The text is not exactly one JSON document.
pub fn parse_rendered(text: &str) -> Result<Value, Error> {
    document(text, &mut ValueBuilder, usize::MAX)
}

/// Whether the document of a valid JSON text nests deeper than [`MAX_DEPTH`].
pub fn is_too_deep(text: &str) -> bool {
    // Each level takes two bytes; nearly every document is shorter than that.
    if text.len() <= 2 * MAX_DEPTH {
        return false;
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return true;
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// Parses one JSON document and keeps where each value stands.
///
/// # Errors
/// As [`parse`].
pub fn parse_spanned(text: &str) -> Result<Node, Error> {
    document(text, &mut NodeBuilder, MAX_DEPTH)
}

trait Builder {
    type Out;
    type Members;
    fn scalar(&mut self, value: Value, span: Range<usize>) -> Self::Out;
    fn array(&mut self, items: Vec<Self::Out>, span: Range<usize>) -> Self::Out;
    fn members(&mut self) -> Self::Members;
    fn member(&mut self, to: &mut Self::Members, key: SmolStr, at: Range<usize>, value: Self::Out);
    fn object(&mut self, members: Self::Members, span: Range<usize>) -> Self::Out;
}

struct ValueBuilder;

impl Builder for ValueBuilder {
    type Out = Value;
    type Members = Object;
    fn scalar(&mut self, value: Value, _: Range<usize>) -> Value {
        value
    }
    fn array(&mut self, items: Vec<Value>, _: Range<usize>) -> Value {
        Value::array(items)
    }
    fn members(&mut self) -> Object {
        Object::default()
    }
    fn member(&mut self, to: &mut Object, key: SmolStr, _: Range<usize>, value: Value) {
        to.insert(key, value);
    }
    fn object(&mut self, members: Object, _: Range<usize>) -> Value {
        members.into()
    }
}

struct NodeBuilder;

impl Builder for NodeBuilder {
    type Out = Node;
    type Members = Vec<Member>;
    fn scalar(&mut self, value: Value, span: Range<usize>) -> Node {
        Node { span, kind: NodeKind::Scalar(value) }
    }
    fn array(&mut self, items: Vec<Node>, span: Range<usize>) -> Node {
        Node { span, kind: NodeKind::Array(items) }
    }
    fn members(&mut self) -> Vec<Member> {
        Vec::new()
    }
    fn member(&mut self, to: &mut Vec<Member>, key: SmolStr, key_span: Range<usize>, value: Node) {
        to.push(Member { key, key_span, value });
    }
    fn object(&mut self, members: Vec<Member>, span: Range<usize>) -> Node {
        Node { span, kind: NodeKind::Object(members) }
    }
}

fn document<B: Builder>(text: &str, builder: &mut B, max_depth: usize) -> Result<B::Out, Error> {
    let mut scanner = Scanner { text, bytes: text.as_bytes(), at: 0, depth: 0, max_depth };
    scanner.skip_space();
    if scanner.at == text.len() {
        return Err(scanner.error("No content to map due to end-of-input"));
    }
    let out = scanner.value(builder)?;
    scanner.skip_space();
    match scanner.peek() {
        None => Ok(out),
        Some(_) => Err(scanner.trailing()),
    }
}

const VALUE_EXPECTED: &str =
    "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    depth: usize,
    max_depth: usize,
}

impl Scanner<'_> {
    fn value<B: Builder>(&mut self, builder: &mut B) -> Result<B::Out, Error> {
        let from = self.at;
        match self.peek() {
            Some(b'{') => self.object(builder),
            Some(b'[') => self.array(builder),
            Some(b'"') => {
                let text = self.string("a string value")?;
                Ok(builder.scalar(Value::String(text), from..self.at))
            }
            Some(b'-' | b'0'..=b'9') => {
                let number = self.number()?;
                Ok(builder.scalar(number, from..self.at))
            }
            Some(_) => {
                let word = self.word()?;
                Ok(builder.scalar(word, from..self.at))
            }
            None => Err(self.error("Unexpected end-of-input")),
        }
    }

    fn object<B: Builder>(&mut self, builder: &mut B) -> Result<B::Out, Error> {
        let from = self.at;
        self.enter()?;
        let mut members = builder.members();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.leave();
            return Ok(builder.object(members, from..self.at));
        }
        loop {
            let key_from = self.at;
            match self.peek() {
                Some(b'"') => {}
                Some(_) => {
                    return Err(self.unexpected("was expecting double-quote to start field name"));
                }
                None => return Err(self.unclosed("Object", from)),
            }
            let key = self.string("a field name")?;
            let key_span = key_from..self.at;
            self.skip_space();
            match self.peek() {
                Some(b':') => self.at += 1,
                Some(_) => {
                    return Err(
                        self.unexpected("was expecting a colon to separate field name and value")
                    );
                }
                None => return Err(self.unclosed("Object", from)),
            }
            self.skip_space();
            if self.peek().is_none() {
                return Err(self.unclosed("Object", from));
            }
            let value = self.value(builder)?;
            builder.member(&mut members, key, key_span, value);
            self.skip_space();
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    self.skip_space();
                }
                Some(b'}') => {
                    self.leave();
                    return Ok(builder.object(members, from..self.at));
                }
                Some(b']') => return Err(self.wrong_close(']', '}', "Object", from)),
                Some(_) => {
                    return Err(self.unexpected("was expecting comma to separate Object entries"));
                }
                None => return Err(self.unclosed("Object", from)),
            }
        }
    }

    fn array<B: Builder>(&mut self, builder: &mut B) -> Result<B::Out, Error> {
        let from = self.at;
        self.enter()?;
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.leave();
            return Ok(builder.array(items, from..self.at));
        }
        loop {
            if self.peek().is_none() {
                return Err(self.unclosed("Array", from));
            }
            items.push(self.value(builder)?);
            self.skip_space();
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    self.skip_space();
                }
                Some(b']') => {
                    self.leave();
                    return Ok(builder.array(items, from..self.at));
                }
                Some(b'}') => return Err(self.wrong_close('}', ']', "Array", from)),
                Some(_) => {
                    return Err(self.unexpected("was expecting comma to separate Array entries"));
                }
                None => return Err(self.unclosed("Array", from)),
            }
        }
    }

    fn enter(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > self.max_depth {
            return Err(self.error(format!(
                "Document nesting depth ({}) exceeds the maximum allowed ({MAX_DEPTH}, from \
                 `StreamReadConstraints.getMaxNestingDepth()`)",
                self.depth
            )));
        }
        self.at += 1;
        Ok(())
    }

    fn leave(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    fn string(&mut self, what: &str) -> Result<SmolStr, Error> {
        self.at += 1;
        let from = self.at;
        let bytes = self.bytes;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'"' => {
                    let text = SmolStr::new(&self.text[from..self.at]);
                    self.at += 1;
                    return Ok(text);
                }
                b'\\' | 0..=0x1f => return self.escaped_string(from, what),
                _ => self.at += 1,
            }
        }
        Err(self.error(format!("Unexpected end-of-input: was expecting closing quote for {what}")))
    }

    /// The rest of a string in which something needs a second look; `self.at` is at it.
    fn escaped_string(&mut self, from: usize, what: &str) -> Result<SmolStr, Error> {
        let mut out = String::with_capacity(self.at - from + 16);
        let mut run = from;
        loop {
            match self.peek() {
                Some(b'"') => {
                    out.push_str(&self.text[run..self.at]);
                    self.at += 1;
                    return Ok(out.into());
                }
                Some(b'\\') => {
                    out.push_str(&self.text[run..self.at]);
                    self.at += 1;
                    out.push(self.escape()?);
                    run = self.at;
                }
                Some(control @ 0..=0x1f) => {
                    return Err(self.error(format!(
                        "Illegal unquoted character ((CTRL-CHAR, code {control})): has to be \
                         escaped using backslash to be included in string value"
                    )));
                }
                Some(_) => self.at += 1,
                None => {
                    return Err(self.error(format!(
                        "Unexpected end-of-input: was expecting closing quote for {what}"
                    )));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Error> {
        let Some(byte) = self.peek() else {
            return Err(self.error("Unexpected end-of-input in character escape sequence"));
        };
        let char = match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                return self.unicode_escape();
            }
            _ => {
                let char = self.char_here();
                return Err(self.error(format!(
                    "Unrecognized character escape '{char}' (code {})",
                    char as u32
                )));
            }
        };
        self.at += 1;
        Ok(char)
    }

    /// The character of `\uXXXX`, with its second half if it is a surrogate pair. A lone surrogate
    /// has no place in UTF-8: it becomes U+FFFD.
    fn unicode_escape(&mut self) -> Result<char, Error> {
        let high = self.hex4()?;
        if !(0xd800..0xdc00).contains(&high) {
            return Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        if self.bytes[self.at..].starts_with(b"\\u") {
            let back = self.at;
            self.at += 2;
            let low = self.hex4()?;
            if (0xdc00..0xe000).contains(&low) {
                let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = back;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Result<u32, Error> {
        let mut code = 0;
        for _ in 0..4 {
            let Some(byte) = self.peek() else {
                return Err(self.error("Unexpected end-of-input in character escape sequence"));
            };
            let Some(digit) = (byte as char).to_digit(16) else {
                return Err(self.unexpected("expected a hex-digit for character escape sequence"));
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }

    fn number(&mut self) -> Result<Value, Error> {
        let from = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let digits = self.digits();
        if digits == 0 {
            return Err(self
                .bad_number("expected digit (0-9) to follow minus sign, for valid numeric value"));
        }
        let first = self.bytes[self.at - digits];
        if first == b'0' && digits > 1 {
            self.at -= digits - 1;
            return Err(self.error("Invalid numeric value: Leading zeroes not allowed"));
        }
        let mut float = false;
        if self.peek() == Some(b'.') {
            float = true;
            self.at += 1;
            if self.digits() == 0 {
                return Err(self.bad_number("Decimal point not followed by a digit"));
            }
        }
        if let Some(b'e' | b'E') = self.peek() {
            float = true;
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(self.bad_number("Exponent indicator not followed by a digit"));
            }
        }
        if !matches!(
            self.peek(),
            None | Some(b' ' | b'\t' | b'\n' | b'\r' | b',' | b']' | b'}' | b':')
        ) {
            return Err(self.unexpected("Expected space separating root-level values"));
        }
        let text = &self.text[from..self.at];
        if !float && let Ok(int) = text.parse::<i64>() {
            return Ok(Value::Int(int));
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Float(number)),
            _ => Err(self.error(format!("Numeric value ({text}) out of range of double"))),
        }
    }

    fn digits(&mut self) -> usize {
        let from = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        self.at - from
    }

    fn word(&mut self) -> Result<Value, Error> {
        let from = self.at;
        for (word, value) in
            [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))]
        {
            if self.bytes[from..].starts_with(word.as_bytes()) {
                self.at += word.len();
                if !self.peek().is_some_and(is_word_byte) {
                    return Ok(value);
                }
                self.at = from;
            }
        }
        if !self.bytes[from..].first().copied().is_some_and(is_word_byte) {
            return Err(self.unexpected(&format!("expected a valid value {VALUE_EXPECTED}")));
        }
        while self.peek().is_some_and(is_word_byte) {
            self.at += 1;
        }
        let token = &self.text[from..self.at];
        Err(self.error(format!("Unrecognized token '{token}': was expecting {VALUE_EXPECTED}")))
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn char_here(&self) -> char {
        self.text[self.at..].chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn error(&self, message: impl Into<String>) -> Error {
        let (line, column) = position(self.text, self.at);
        Error { message: message.into(), offset: self.at, line, column }
    }

    fn unexpected(&self, expecting: &str) -> Error {
        let char = self.char_here();
        self.error(format!("Unexpected character ('{char}' (code {})): {expecting}", char as u32))
    }

    fn bad_number(&self, why: &str) -> Error {
        let char = self.char_here();
        match self.peek() {
            Some(_) => self.error(format!(
                "Unexpected character ('{char}' (code {})) in numeric value: {why}",
                char as u32
            )),
            None => self.error("Unexpected end-of-input in VALUE_NUMBER_INT"),
        }
    }

    fn unclosed(&self, what: &str, from: usize) -> Error {
        let start = self.source(from);
        self.error(format!(
            "Unexpected end-of-input: expected close marker for {what} (start marker at {start})"
        ))
    }

    fn wrong_close(&self, got: char, expected: char, what: &str, from: usize) -> Error {
        let start = self.source(from);
        self.error(format!(
            "Unexpected close marker '{got}': expected '{expected}' (for {what} starting at {start})"
        ))
    }

    fn trailing(&self) -> Error {
        self.unexpected(&format!(
            "Expected space separating root-level values, or {VALUE_EXPECTED}"
        ))
    }

    fn source(&self, at: usize) -> String {
        let (line, column) = position(self.text, at);
        format!("[Source: (String)\"{}\"; line: {line}, column: {column}]", snippet(self.text))
    }
}

/// What Jackson shows of a source text in a location: its first 500 characters.
pub fn snippet(text: &str) -> String {
    const SHOWN: usize = 500;
    let mut chars = text.chars();
    let mut shown: String = chars.by_ref().take(SHOWN).collect();
    let rest = chars.count();
    if rest > 0 {
        shown.push_str(&format!("[truncated {rest} chars]"));
    }
    shown
}

/// The line and the column (in characters), both from 1, of a byte offset.
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    let offset =
        (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

/// What Jackson takes into an unrecognised token: characters of a Java identifier.
fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

#[cfg(test)]
mod tests;
