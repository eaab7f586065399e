//! The tokens of an expression.

use std::sync::Arc;

use smol_str::SmolStr;
use value::Value;

use crate::error::Fault;
use crate::number;
use crate::regex::Regex;

/// A token and where it starts.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub kind: TokenKind,
    pub position: u32,
}

#[derive(Clone, Debug)]
pub(crate) enum TokenKind {
    Name(SmolStr),
    Variable(SmolStr),
    /// A string, the way it was written apart.
    String(SmolStr),
    Number(f64),
    /// `true`, `false`, `null`.
    Value(Value),
    Regex(Arc<Regex>),
    Operator(&'static str),
    End,
}

/// Stands for a surrogate without its partner, which UTF-8 text cannot hold: a code point that
/// Unicode keeps out of interchange. `$encodeUrl` refuses it as it refuses the surrogate.
pub(crate) const LONE_SURROGATE: char = '\u{10FFFF}';

const SINGLE: &[(u8, &str)] = &[
    (b'.', "."),
    (b'[', "["),
    (b']', "]"),
    (b'{', "{"),
    (b'}', "}"),
    (b'(', "("),
    (b')', ")"),
    (b',', ","),
    (b'@', "@"),
    (b'#', "#"),
    (b';', ";"),
    (b':', ":"),
    (b'?', "?"),
    (b'+', "+"),
    (b'-', "-"),
    (b'*', "*"),
    (b'/', "/"),
    (b'%', "%"),
    (b'|', "|"),
    (b'=', "="),
    (b'<', "<"),
    (b'>', ">"),
    (b'^', "^"),
    (b'&', "&"),
    (b'!', "!"),
    (b'~', "~"),
];

const DOUBLE: &[(&[u8; 2], &str)] = &[
    (b"..", ".."),
    (b":=", ":="),
    (b"!=", "!="),
    (b">=", ">="),
    (b"<=", "<="),
    (b"**", "**"),
    (b"~>", "~>"),
];

/// Reads tokens one at a time: whether `/` opens a regular expression depends on the parser.
pub(crate) struct Lexer<'s> {
    source: &'s str,
    bytes: &'s [u8],
    at: usize,
}

fn single(byte: u8) -> Option<&'static str> {
    SINGLE.iter().find(|(known, _)| *known == byte).map(|(_, text)| *text)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b)
}

impl<'s> Lexer<'s> {
    pub fn new(source: &'s str) -> Self {
        Self { source, bytes: source.as_bytes(), at: 0 }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// The next token; with `infix`, a `/` divides.
    pub fn next(&mut self, infix: bool) -> Result<Token, Fault> {
        self.skip_blank()?;
        let start = self.at;
        let token = |kind| Token { kind, position: start as u32 };
        let Some(&byte) = self.bytes.get(self.at) else { return Ok(token(TokenKind::End)) };
        if byte == b'/' && !infix {
            self.at += 1;
            return Ok(token(TokenKind::Regex(self.regex(start)?)));
        }
        if let Some((_, text)) =
            DOUBLE.iter().find(|(pair, _)| byte == pair[0] && self.peek(1) == pair[1])
        {
            self.at += 2;
            return Ok(token(TokenKind::Operator(text)));
        }
        if let Some(text) = single(byte) {
            self.at += 1;
            return Ok(token(TokenKind::Operator(text)));
        }
        Ok(token(match byte {
            b'"' | b'\'' => TokenKind::String(self.string(byte)?),
            b'0'..=b'9' => TokenKind::Number(self.number()?),
            b'`' => TokenKind::Name(self.quoted_name()?),
            _ => self.word(),
        }))
    }

    fn skip_blank(&mut self) -> Result<(), Fault> {
        loop {
            while self.bytes.get(self.at).is_some_and(|byte| is_space(*byte)) {
                self.at += 1;
            }
            if self.peek(0) != b'/' || self.peek(1) != b'*' {
                return Ok(());
            }
            let start = self.at;
            match self.source[self.at + 2..].find("*/") {
                Some(length) => self.at += length + 4,
                None => return Err(Fault::code("S0106").at(start)),
            }
        }
    }

    fn string(&mut self, quote: u8) -> Result<SmolStr, Fault> {
        self.at += 1;
        let start = self.at;
        let rest = &self.bytes[start..];
        // A string without escapes is a slice of the source.
        if let Some(length) = rest.iter().position(|byte| *byte == quote || *byte == b'\\')
            && rest[length] == quote
        {
            self.at += length + 1;
            return Ok(SmolStr::new(&self.source[start..start + length]));
        }
        let mut out = String::new();
        let mut high = None;
        while let Some(char) = self.source[self.at..].chars().next() {
            if char == '\\' {
                self.at += 1;
                let unit = self.escape()?;
                push_unit(&mut out, &mut high, unit);
            } else if char == quote as char {
                flush(&mut out, &mut high);
                self.at += 1;
                return Ok(out.into());
            } else {
                flush(&mut out, &mut high);
                out.push(char);
                self.at += char.len_utf8();
            }
        }
        Err(Fault::code("S0101").at(self.at))
    }

    /// The UTF-16 unit of the escape whose backslash was read.
    fn escape(&mut self) -> Result<u16, Fault> {
        let Some(char) = self.source[self.at..].chars().next() else {
            return Err(Fault::code("S0103").at(self.at).token(""));
        };
        let unit = match char {
            '"' | '\\' | '/' => char as u16,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'u' => {
                let digits = self.bytes.get(self.at + 1..self.at + 5);
                let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
                let text = digits.and_then(|digits| std::str::from_utf8(digits).ok());
                let unit = text.and_then(|text| u16::from_str_radix(text, 16).ok());
                let Some(unit) = unit else { return Err(Fault::code("S0104").at(self.at)) };
                self.at += 4;
                unit
            }
            _ => return Err(Fault::code("S0103").at(self.at).token(char.to_string())),
        };
        self.at += 1;
        Ok(unit)
    }

    fn number(&mut self) -> Result<f64, Fault> {
        let start = self.at;
        self.at = start + number::literal_length(&self.bytes[start..]);
        let text = &self.source[start..self.at];
        let number: f64 = text.parse().unwrap_or(f64::INFINITY);
        if number.is_finite() {
            return Ok(number);
        }
        Err(Fault::code("S0102").at(start).token(text))
    }

    fn quoted_name(&mut self) -> Result<SmolStr, Fault> {
        self.at += 1;
        let rest = &self.source[self.at..];
        let Some(length) = rest.find('`') else {
            return Err(Fault::code("S0105").at(self.source.len()));
        };
        self.at += length + 1;
        Ok(SmolStr::new(&rest[..length]))
    }

    fn word(&mut self) -> TokenKind {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| is_space(*byte) || single(*byte).is_some());
        let word = &self.source[self.at..self.at + length.unwrap_or(rest.len())];
        self.at += word.len();
        if let Some(name) = word.strip_prefix('$') {
            return TokenKind::Variable(name.into());
        }
        match word {
            "or" => TokenKind::Operator("or"),
            "in" => TokenKind::Operator("in"),
            "and" => TokenKind::Operator("and"),
            "true" => TokenKind::Value(Value::Bool(true)),
            "false" => TokenKind::Value(Value::Bool(false)),
            "null" => TokenKind::Value(Value::Null),
            _ => TokenKind::Name(word.into()),
        }
    }

    /// A regular expression whose opening `/` was read; a `/` within brackets does not end it.
    fn regex(&mut self, open: usize) -> Result<Arc<Regex>, Fault> {
        let start = self.at;
        let mut depth = 0i32;
        while let Some(&byte) = self.bytes.get(self.at) {
            let escaped = self.at > start && self.bytes[self.at - 1] == b'\\';
            match byte {
                b'/' if depth == 0 && !self.is_escaped(start) => {
                    if self.at == start {
                        return Err(Fault::code("S0301").at(self.at));
                    }
                    let pattern = &self.source[start..self.at];
                    self.at += 1;
                    return self.compile_regex(pattern, open);
                }
                b'(' | b'[' | b'{' if !escaped => depth += 1,
                b')' | b']' | b'}' if !escaped => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
        Err(Fault::code("S0302").at(self.at))
    }

    fn compile_regex(&mut self, pattern: &str, open: usize) -> Result<Arc<Regex>, Fault> {
        let (mut ignore_case, mut multiline) = (false, false);
        while matches!(self.peek(0), b'i' | b'm') {
            ignore_case |= self.peek(0) == b'i';
            multiline |= self.peek(0) == b'm';
            self.at += 1;
        }
        let regex = Regex::compile(pattern, ignore_case, multiline);
        regex.map(Arc::new).map_err(|message| Fault::text_only(message).at(open))
    }

    /// Whether an odd number of backslashes stands before the current byte.
    fn is_escaped(&self, start: usize) -> bool {
        let before = &self.bytes[start..self.at];
        before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
    }
}

/// Adds a UTF-16 unit; `high` keeps a leading surrogate until its partner comes.
fn push_unit(out: &mut String, high: &mut Option<u16>, unit: u16) {
    match (high.take(), unit) {
        (Some(first), 0xDC00..=0xDFFF) => {
            let code = 0x10000 + ((u32::from(first) - 0xD800) << 10) + (u32::from(unit) - 0xDC00);
            out.push(char::from_u32(code).unwrap_or(LONE_SURROGATE));
        }
        (first, _) => {
            if first.is_some() {
                out.push(LONE_SURROGATE);
            }
            match unit {
                0xD800..=0xDBFF => *high = Some(unit),
                _ => out.push(char::from_u32(u32::from(unit)).unwrap_or(LONE_SURROGATE)),
            }
        }
    }
}

fn flush(out: &mut String, high: &mut Option<u16>) {
    if high.take().is_some() {
        out.push(LONE_SURROGATE);
    }
}
