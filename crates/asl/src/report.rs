//! Diagnostics for people, in the style of a compiler: place, source line, underline, advice.

use std::fmt::Write;
use std::ops::Range;

use crate::diagnostic::{Diagnostic, Severity};

/// A tab is shown as this many spaces, so that the underline stands below its text.
const TAB: &str = "    ";
/// A longer line is cut around what is underlined: a definition may be one line of a megabyte.
const LINE_CHARS: usize = 120;
/// How much of a cut line is shown before what is underlined.
const BEFORE_CHARS: usize = 40;

/// How to show diagnostics.
#[derive(Clone, Copy, Debug)]
pub struct Style<'f> {
    /// The file's name.
    pub file: &'f str,
    /// Whether to colour for a terminal.
    pub colour: bool,
}

/// Shows `diagnostics` of the definition `text`, each with a blank line after it.
pub fn render(text: &str, diagnostics: &[Diagnostic], style: &Style) -> String {
    let lines = Lines::new(text);
    let mut out = String::new();
    for diagnostic in diagnostics {
        // Writing to a string does not fail.
        let _ = one(&mut out, &lines, diagnostic, style);
    }
    out
}

/// `2 errors, 1 warning`; `no problems`.
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let warnings = diagnostics.len() - errors;
    let count = |number: usize, noun: &str| match number {
        0 => None,
        1 => Some(format!("1 {noun}")),
        _ => Some(format!("{number} {noun}s")),
    };
    match (count(errors, "error"), count(warnings, "warning")) {
        (None, None) => "no problems".to_owned(),
        (Some(one), None) | (None, Some(one)) => one,
        (Some(errors), Some(warnings)) => format!("{errors}, {warnings}"),
    }
}

/// The line and the column, both from 1, of a byte of `text`. The column counts characters.
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    Lines::new(text).position(offset)
}

struct Lines<'t> {
    text: &'t str,
    /// Where each line starts.
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// The start of the line that holds `offset`, and its number from 1.
    fn line_at(&self, offset: usize) -> (usize, usize) {
        let number = self.starts.partition_point(|start| *start <= offset).max(1);
        (self.starts[number - 1], number)
    }

    fn position(&self, offset: usize) -> (usize, usize) {
        let offset = self.floor(offset);
        let (start, number) = self.line_at(offset);
        (number, self.text[start..offset].chars().count() + 1)
    }

    /// The line that starts at `start`, without its end.
    fn content(&self, start: usize) -> &'t str {
        let rest = &self.text[start..];
        rest.split('\n').next().unwrap_or(rest).trim_end_matches('\r')
    }

    /// `offset`, or the nearest character boundary before it.
    fn floor(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

fn one(
    out: &mut String,
    lines: &Lines,
    diagnostic: &Diagnostic,
    style: &Style,
) -> std::fmt::Result {
    let paint = Paint { on: style.colour };
    let (word, colour) = match diagnostic.severity {
        Severity::Error => ("error", "1;31"),
        Severity::Warning => ("warning", "1;33"),
    };
    let from = lines.floor(diagnostic.span.start);
    let (start, number) = lines.line_at(from);
    let (_, column) = lines.position(from);
    let head = paint.with(colour, &format!("{word}[{}]", diagnostic.code.as_str()));
    writeln!(out, "{head}: {}", paint.with("1", diagnostic.message.trim_end()))?;
    let gutter = number.to_string();
    let pad = " ".repeat(gutter.len());
    let bar = paint.with("1;34", "|");
    let arrow = paint.with("1;34", "-->");
    write!(out, "{pad}{arrow} {}:{number}:{column}", style.file)?;
    match &diagnostic.location {
        Some(location) if location.starts_with('/') => writeln!(out, " ({location})")?,
        _ => writeln!(out)?,
    }
    let content = lines.content(start);
    let span = from - start..lines.floor(diagnostic.span.end).max(from) - start;
    let (shown, underline) = excerpt(content, &span);
    writeln!(out, "{pad} {bar}")?;
    writeln!(out, "{} {bar} {shown}", paint.with("1;34", &gutter))?;
    writeln!(out, "{pad} {bar} {}", paint.with(colour, &underline))?;
    if let Some(help) = &diagnostic.help {
        let (sign, word) = (paint.with("1;34", "="), paint.with("1", "help:"));
        writeln!(out, "{pad} {sign} {word} {help}")?;
    }
    writeln!(out)
}

/// The part of a line to show, and the carets to put below it. `span` is in bytes of the line and
/// may reach past its end.
fn excerpt(line: &str, span: &Range<usize>) -> (String, String) {
    let from = span.start.min(line.len());
    let to = span.end.clamp(from, line.len());
    let mut cut = Cut { shown: String::new(), columns: 0 };
    let skipped =
        line[..from].char_indices().rev().nth(BEFORE_CHARS).map(|(at, c)| at + c.len_utf8());
    let whole = line.len() <= LINE_CHARS;
    let before = match skipped.filter(|_| !whole) {
        Some(skipped) => {
            cut.push('…');
            &line[skipped..from]
        }
        None => &line[..from],
    };
    cut.extend(before, usize::MAX);
    let indent = cut.columns;
    let limit = if whole { usize::MAX } else { LINE_CHARS };
    let complete = cut.extend(&line[from..to], limit);
    let carets = "^".repeat((cut.columns - indent).max(1));
    if !(complete && cut.extend(&line[to..], limit)) {
        cut.push('…');
    }
    (cut.shown, format!("{}{carets}", " ".repeat(indent)))
}

/// What is shown of a line, and how many columns of a terminal it takes.
struct Cut {
    shown: String,
    columns: usize,
}

impl Cut {
    /// Adds `text` until `limit` columns are taken; whether all of it is there.
    fn extend(&mut self, text: &str, limit: usize) -> bool {
        for c in text.chars() {
            if self.columns >= limit {
                return false;
            }
            self.push(c);
        }
        true
    }

    /// Adds a character as it can be shown: no tab, no control.
    fn push(&mut self, c: char) {
        let from = self.shown.len();
        match c {
            '\t' => self.shown.push_str(TAB),
            c if c.is_control() => self.shown.push(char::REPLACEMENT_CHARACTER),
            c => self.shown.push(c),
        }
        self.columns += self.shown[from..].chars().map(width).sum::<usize>();
    }
}

/// How many columns a terminal gives a character: two to East Asian ones and pictures.
fn width(c: char) -> usize {
    let wide = matches!(c as u32,
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd);
    if wide { 2 } else { 1 }
}

struct Paint {
    on: bool,
}

impl Paint {
    fn with(&self, colour: &str, text: &str) -> String {
        if self.on && !text.is_empty() {
            format!("\u{1b}[{colour}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AnyResource, Options, check};

    fn shown(text: &str) -> String {
        let diagnostics = check(text, &Options::new(&AnyResource)).diagnostics;
        render(text, &diagnostics, &Style { file: "m.asl.json", colour: false })
    }

    #[test]
    fn a_misspelt_target() {
        let text = "{\n  \"StartAt\": \"A\",\n  \"States\": {\n    \"A\": {\"Type\": \"Pass\", \
                    \"Next\": \"Bee\"},\n    \"Be\": {\"Type\": \"Succeed\"}\n  }\n}\n";
        let expected = "\
error[MISSING_TRANSITION_TARGET]: Missing 'Next' target: Bee
 --> m.asl.json:4:35 (/States/A/Next)
  |
4 |     \"A\": {\"Type\": \"Pass\", \"Next\": \"Bee\"},
  |                                   ^^^^^
  = help: did you mean 'Be'?

error[MISSING_TRANSITION_TARGET]: State \"Be\" is not reachable.
 --> m.asl.json:5:5 (/States/Be)
  |
5 |     \"Be\": {\"Type\": \"Succeed\"}
  |     ^^^^
  = help: no 'StartAt', 'Next', 'Default' or 'Catch' leads to it

";
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn long_lines_are_cut() {
        let states: String =
            (0..3000).map(|n| format!("\"S{n}\":{{\"Type\":\"Fail\"}},")).collect();
        let text = format!("{{\"StartAt\":\"X\",\"States\":{{{states}\"X\":{{\"Typ\":1}}}}}}");
        for line in shown(&text).lines() {
            assert!(line.chars().count() < 200, "{line}");
        }
        assert!(shown(&text).contains("\"Typ\""), "{}", shown(&text));
    }

    #[test]
    fn any_span_can_be_shown() {
        let text = "{\"é\":\t\"日本\"}\r\n\n";
        for start in 0..text.len() + 3 {
            for end in start..text.len() + 3 {
                let diagnostic = Diagnostic {
                    severity: Severity::Warning,
                    code: crate::Code::NoPath,
                    message: "m".to_owned(),
                    location: None,
                    span: start..end,
                    help: None,
                };
                assert!(
                    render(text, &[diagnostic], &Style { file: "f", colour: true }).contains('^')
                );
            }
        }
        assert_eq!(position(text, 9), (1, 8));
    }
}
